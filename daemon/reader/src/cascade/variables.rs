//! Substitution of custom properties: `var()` in values.

use super::computed::Variables;
use crate::limits::MAX_VALUE;
use cssparser::{ParseError, Parser, Token};
use std::cell::{Cell, RefCell};

/// Deepest nesting of references and brackets.
const MAX_NESTING: usize = 128;

/// Bytes that all substitutions of a document may still read and write.
#[derive(Debug)]
pub(super) struct Budget {
    left: Cell<usize>,
    exceeded: Cell<bool>,
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            left: Cell::new(bytes),
            exceeded: Cell::new(false),
        }
    }

    /// Returns whether a value was left out because of a limit.
    pub(super) fn is_exceeded(&self) -> bool {
        self.exceeded.get()
    }

    /// Notes that a value is left out.
    pub(super) fn exceed(&self) {
        self.exceeded.set(true);
    }

    /// Returns whether this many bytes are permitted.
    pub(super) fn spend(&self, bytes: usize) -> bool {
        match self.left.get().checked_sub(bytes) {
            Some(left) => self.left.set(left),
            None => self.exceed(),
        }
        !self.is_exceeded()
    }
}

/// Reason for which a text has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// A property has no value, or the text is invalid.
    Invalid,
    /// A limit is exceeded.
    Limit,
    /// The property with this place among those that are being resolved refers to itself.
    Circle(usize),
}

/// Returns a text with the values of the custom properties that it names. `own` is the property whose
/// text it is, if it is a custom one.
pub(super) fn substitute(
    text: &str,
    own: Option<&str>,
    variables: &Variables,
    budget: &Budget,
) -> Result<String, Failure> {
    let substitution = Substitution {
        variables,
        budget,
        open: RefCell::new(own.into_iter().map(str::to_owned).collect()),
    };
    substitution.text(text, 0)
}

struct Substitution<'a> {
    variables: &'a Variables,
    budget: &'a Budget,
    /// Names of the properties that are being resolved, the outermost first.
    open: RefCell<Vec<String>>,
}

impl Substitution<'_> {
    /// Returns a text without references.
    fn text(&self, text: &str, depth: usize) -> Result<String, Failure> {
        if depth > MAX_NESTING || !self.budget.spend(text.len() + 1) {
            return Err(Failure::Limit);
        }
        let mut out = String::new();
        self.copy(&mut Parser::new(text), depth, &mut out)?;
        Ok(out)
    }

    /// Copies tokens, and resolves the references among them.
    fn copy(&self, input: &mut Parser<'_>, depth: usize, out: &mut String) -> Result<(), Failure> {
        loop {
            let start = input.position();
            let token = match input.next_including_whitespace_and_comments() {
                Ok(Token::Comment(_)) => {
                    // It keeps the texts before and after it apart.
                    if !out.ends_with("/**/") {
                        out.push_str("/**/");
                    }
                    continue;
                }
                Ok(token) => token.clone(),
                Err(_) => return Ok(()),
            };
            let is = |name: &str, others: &[&str]| {
                others.iter().any(|other| name.eq_ignore_ascii_case(other))
            };
            let (reference, close) = match &token {
                Token::Function(name) if is(name, &["var"]) => (Some(true), ""),
                Token::Function(name) if is(name, &["env"]) => (Some(false), ""),
                // No other reference has a value in a mail.
                Token::Function(name) if is(name, &["attr", "if"]) => {
                    return Err(Failure::Invalid);
                }
                Token::Function(_) | Token::ParenthesisBlock => (None, ")"),
                Token::SquareBracketBlock => (None, "]"),
                Token::CurlyBracketBlock => (None, "}"),
                _ => (None, ""),
            };
            if reference.is_none() {
                match token {
                    Token::WhiteSpace(_) => out.push(' '),
                    _ => out.push_str(input.slice_from(start)),
                }
            }
            if reference.is_some() || !close.is_empty() {
                if depth > MAX_NESTING {
                    return Err(Failure::Limit);
                }
                let mut result = Ok(());
                let block = input.parse_nested_block(|input| {
                    result = match reference {
                        Some(variable) => self.reference(input, variable, depth + 1, out),
                        None => self.copy(input, depth + 1, out),
                    };
                    while input.next().is_ok() {}
                    Ok::<(), ParseError<()>>(())
                });
                result?;
                block.map_err(|_| Failure::Limit)?;
                out.push_str(close);
            }
            if out.len() > MAX_VALUE {
                return Err(Failure::Limit);
            }
        }
    }

    /// Parses the name of a custom property or of a property of the screen, and a fallback, and
    /// appends the text.
    fn reference(
        &self,
        input: &mut Parser<'_>,
        variable: bool,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Failure> {
        let name = input.expect_ident_cloned().map_err(|_| Failure::Invalid)?;
        let fallback = match input.try_parse(Parser::expect_comma) {
            Ok(()) => {
                let start = input.position();
                while input.next().is_ok() {}
                Some(input.slice_from(start))
            }
            Err(_) => None,
        };
        let value = match (variable, name.starts_with("safe-area-inset-")) {
            (true, _) => self.value(&name, depth),
            (false, true) => Ok("0px".to_owned()),
            (false, false) => Err(Failure::Invalid),
        };
        let outside = self.open.borrow().len();
        let value = match (value, fallback) {
            // The property that has this reference is in the circle too.
            (Err(Failure::Circle(at)), _) if at < outside => Err(Failure::Circle(at)),
            (Err(Failure::Invalid | Failure::Circle(_)), Some(fallback)) => {
                self.text(fallback, depth + 1)
            }
            (Err(Failure::Circle(_)), None) => Err(Failure::Invalid),
            (value, _) => value,
        };
        // A comment keeps the texts of two properties apart.
        out.push_str("/**/");
        out.push_str(&value?);
        out.push_str("/**/");
        Ok(())
    }

    /// Returns the value of a custom property.
    fn value(&self, name: &str, depth: usize) -> Result<String, Failure> {
        if let Some(at) = self.open.borrow().iter().position(|open| open == name) {
            return Err(Failure::Circle(at));
        }
        let text = self.variables.get(name).ok_or(Failure::Invalid)?;
        self.open.borrow_mut().push(name.to_owned());
        let value = self.text(text, depth + 1);
        self.open.borrow_mut().pop();
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<String> {
        let variables: Variables = [
            ("--a", "1px"),
            ("--b", "var(--a)"),
            ("--loop", "var(--loop)"),
        ]
        .into_iter()
        .chain([
            ("--big", "var(--more) var(--more)"),
            ("--more", "var(--big, 1px) x x x x"),
        ])
        .map(|(name, text)| (name.into(), text.into()))
        .collect();
        let budget = Budget::new(1 << 20);
        let value = substitute(text, None, &variables, &budget).ok();
        value.map(|text| text.replace("/**/", ""))
    }

    #[test]
    fn references_are_replaced_by_their_values() {
        assert_eq!(value("var(--b)").as_deref(), Some("1px"));
        assert_eq!(
            value("calc(2 * var(--a))").as_deref(),
            Some("calc(2 * 1px)")
        );
        assert_eq!(value("var(--none, red)").as_deref(), Some(" red"));
        assert_eq!(value("var(--none, var(--a))").as_deref(), Some(" 1px"));
    }

    #[test]
    fn circles_and_unknown_references_have_no_value() {
        assert_eq!(value("var(--loop, red)").as_deref(), Some(" red"));
        assert_eq!(value("var(--more, red)").as_deref(), Some(" red"));
        assert_eq!(
            value("env(safe-area-inset-top, 9px)").as_deref(),
            Some("0px")
        );
        for text in ["var(--none)", "var(--loop)", "var(--big)", "env(x)"] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn a_limit_is_noted() {
        let deep = format!("{}1{}", "(".repeat(200), ")".repeat(200));
        let found = substitute(&deep, None, &Variables::new(), &Budget::new(1 << 20));
        assert_eq!(found, Err(Failure::Limit));
        let budget = Budget::new(10);
        let found = substitute("0123456789", None, &Variables::new(), &budget);
        assert_eq!((found, budget.is_exceeded()), (Err(Failure::Limit), true));
    }
}
