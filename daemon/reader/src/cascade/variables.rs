//! Substitution of custom properties: `var()` in values.

use super::computed::Variables;
use crate::limits::MAX_VALUE;
use cssparser::{ParseError, Parser, Token};
use std::cell::Cell;

/// Deepest reference from a custom property to another.
const MAX_REFERENCES: usize = 16;

/// Returns a value with the texts of the custom properties that it names. Returns `None` if it names
/// a property that has no value and no fallback, if a text becomes too long, and if all
/// substitutions of the document read more than `budget` bytes. Properties that refer to each other
/// in a circle have no value.
pub(super) fn substitute(
    text: &str,
    variables: &Variables,
    budget: &Cell<usize>,
) -> Option<String> {
    let substitution = Substitution { variables, budget };
    substitution.text(text, 0)
}

struct Substitution<'a> {
    variables: &'a Variables,
    budget: &'a Cell<usize>,
}

fn failed() -> ParseError<()> {
    ParseError::custom(())
}

impl Substitution<'_> {
    /// Returns a text without references.
    fn text(&self, text: &str, depth: usize) -> Option<String> {
        self.budget
            .set(self.budget.get().checked_sub(text.len() + 1)?);
        if depth > MAX_REFERENCES {
            return None;
        }
        let mut out = String::new();
        self.copy(&mut Parser::new(text), depth, &mut out)?;
        Some(out)
    }

    /// Copies tokens, and resolves the references among them.
    fn copy(&self, input: &mut Parser<'_>, depth: usize, out: &mut String) -> Option<()> {
        loop {
            let start = input.position();
            let token = match input.next_including_whitespace() {
                Ok(token) => token.clone(),
                Err(_) => return Some(()),
            };
            let is = |name: &str, others: &[&str]| {
                others.iter().any(|other| name.eq_ignore_ascii_case(other))
            };
            let close = match &token {
                Token::Function(name) if is(name, &["var", "env"]) => {
                    let variable = is(name, &["var"]);
                    input
                        .parse_nested_block(|input| self.reference(input, variable, depth, out))
                        .ok()?;
                    continue;
                }
                // No other reference has a value in a mail.
                Token::Function(name) if is(name, &["attr", "if"]) => return None,
                Token::Function(_) | Token::ParenthesisBlock => ")",
                Token::SquareBracketBlock => "]",
                Token::CurlyBracketBlock => "}",
                _ => "",
            };
            match token {
                Token::WhiteSpace(_) => out.push(' '),
                _ => out.push_str(input.slice_from(start)),
            }
            if !close.is_empty() {
                input
                    .parse_nested_block(|input| self.copy(input, depth, out).ok_or_else(failed))
                    .ok()?;
                out.push_str(close);
            }
            if out.len() > MAX_VALUE {
                return None;
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
    ) -> Result<(), ParseError<()>> {
        let name = input.expect_ident_cloned()?;
        let fallback = match input.try_parse(Parser::expect_comma) {
            Ok(()) => {
                let start = input.position();
                while input.next().is_ok() {}
                Some(input.slice_from(start))
            }
            Err(_) => None,
        };
        while input.next().is_ok() {}
        let defined = match (variable, name.starts_with("safe-area-inset-")) {
            (true, _) => self.variables.get(&*name).map(|text| &**text),
            (false, true) => Some("0px"),
            (false, false) => None,
        };
        // A circle ends at the deepest reference, and leaves no value.
        let resolve = |text: &str| self.text(text, depth + 1);
        let text = defined
            .and_then(resolve)
            .or_else(|| fallback.and_then(resolve));
        // A comment keeps the texts of two properties apart.
        out.push_str("/**/");
        out.push_str(&text.ok_or_else(failed)?);
        out.push_str("/**/");
        Ok(())
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
            ("--more", "var(--big) x x x x"),
        ])
        .map(|(name, text)| (name.into(), text.into()))
        .collect();
        substitute(text, &variables, &Cell::new(1 << 20)).map(|text| text.replace("/**/", ""))
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
        assert_eq!(
            value("env(safe-area-inset-top, 9px)").as_deref(),
            Some("0px")
        );
        for text in ["var(--none)", "var(--loop)", "var(--big)", "env(x)"] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
