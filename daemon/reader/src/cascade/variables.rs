//! Substitution of custom properties: `var()` in values.

use super::computed::Variables;
use crate::{
    css::{
        colour::in_the_dark,
        conditions::{Truth, condition, media_argument},
        registered, supports,
    },
    document::Element,
    limits::MAX_VALUE,
};
use cssparser::{Delimiter, ParseError, Parser, Token, match_ignore_ascii_case};
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

/// What a text may refer to.
#[derive(Clone, Copy)]
pub(super) struct Referred<'a> {
    pub(super) variables: &'a Variables,
    /// The element with the text.
    pub(super) element: Option<&'a Element>,
    /// Whether the scheme of colours is dark.
    pub(super) dark: bool,
}

/// Returns a text with the values of what it refers to. `own` is the property whose text it is, if it is
/// a custom one.
pub(super) fn substitute(
    text: &str,
    own: Option<&str>,
    referred: Referred<'_>,
    budget: &Budget,
) -> Result<String, Failure> {
    let substitution = Substitution {
        referred,
        is_custom: own.is_some(),
        budget,
        open: RefCell::new(own.into_iter().map(str::to_owned).collect()),
    };
    substitution.text(text, 0)
}

struct Substitution<'a> {
    referred: Referred<'a>,
    /// Whether the text is that of a custom property, whose colours have no scheme.
    is_custom: bool,
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
            let reference = match &token {
                Token::Function(name) => self.kind(name),
                _ => None,
            };
            let (reference, close) = match &token {
                Token::Function(_) if reference.is_some() => (reference, ""),
                Token::Function(_) | Token::ParenthesisBlock => (None, ")"),
                Token::SquareBracketBlock => (None, "]"),
                Token::CurlyBracketBlock => (None, "}"),
                _ => (None, ""),
            };
            if reference.is_none() {
                match token {
                    Token::Ident(name) if self.is_dark() => {
                        out.push_str(in_the_dark(&name).unwrap_or(&name));
                    }
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
                        Some(Kind::If) => self.choice(input, depth + 1, out),
                        Some(Kind::LightDark) => self.scheme(input, depth + 1, out),
                        Some(kind) => self.reference(input, kind, depth + 1, out),
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

    fn is_dark(&self) -> bool {
        self.referred.dark && !self.is_custom
    }

    /// Returns the kind of a reference with a name.
    fn kind(&self, name: &str) -> Option<Kind> {
        Some(match_ignore_ascii_case! { name,
            "var" => Kind::Variable,
            "env" => Kind::Screen,
            "attr" => Kind::Attribute,
            "if" => Kind::If,
            "light-dark" if self.is_dark() => Kind::LightDark,
            _ => return None,
        })
    }

    /// Parses the conditions and values of `if()`, and appends the first value whose condition holds.
    fn choice(
        &self,
        input: &mut Parser<'_>,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Failure> {
        let feature = |function: Option<&str>, input: &mut Parser<'_>| {
            match_ignore_ascii_case! { function?,
                "media" => media_argument(input),
                "supports" => supports::argument(input),
                "style" => has_style(Some(self.referred.variables), input),
                _ => None,
            }
        };
        while !input.is_exhausted() {
            let mut chosen = None;
            let branch = input.parse_until_after(Delimiter::Semicolon, |input| {
                let other = input.try_parse(|input| input.expect_ident_matching("else"));
                let truth = match other {
                    Ok(()) => Some(true),
                    Err(_) => condition(input, &feature).unwrap_or_default(),
                };
                input.expect_colon()?;
                let start = input.position();
                while input.next().is_ok() {}
                if truth == Some(true) {
                    chosen = Some(input.slice_from(start));
                }
                Ok::<(), ParseError<()>>(())
            });
            branch.map_err(|_| Failure::Invalid)?;
            if let Some(text) = chosen {
                out.push_str(&self.text(text, depth + 1)?);
                return Ok(());
            }
        }
        Err(Failure::Invalid)
    }

    /// Parses two values, and appends the one for a dark scheme of colours.
    fn scheme(
        &self,
        input: &mut Parser<'_>,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Failure> {
        let light = input.parse_until_after(Delimiter::Comma, |input| {
            while input.next().is_ok() {}
            Ok::<(), ParseError<()>>(())
        });
        light.map_err(|_| Failure::Invalid)?;
        self.copy(input, depth, out)
    }

    /// Returns the value of an attribute, in the type that a reference gives it.
    fn attribute(&self, name: &str, kind: AttributeKind) -> Result<String, Failure> {
        let attributes = self.referred.element.map(|element| &element.attributes);
        let mut attributes = attributes.into_iter().flatten();
        let found = attributes.find(|one| (*one.name.local).eq_ignore_ascii_case(name));
        let value = found.ok_or(Failure::Invalid)?.value.trim();
        if value.len() > MAX_VALUE || !self.budget.spend(value.len()) {
            return Err(Failure::Limit);
        }
        match kind {
            AttributeKind::Text => {
                let mut text = String::new();
                let written = cssparser::serialize_string(value, &mut text);
                written.map(|()| text).map_err(|_| Failure::Limit)
            }
            AttributeKind::Unit(unit) => match value.parse::<f32>() {
                Ok(number) => Ok(format!("{number}{unit}")),
                Err(_) => Err(Failure::Invalid),
            },
            AttributeKind::Syntax(syntax) if registered::permits(&syntax, value) => {
                Ok(value.to_owned())
            }
            AttributeKind::Syntax(_) => Err(Failure::Invalid),
        }
    }

    /// Parses the name of a custom property, of an attribute or of a property of the screen, and a
    /// fallback, and appends the text.
    fn reference(
        &self,
        input: &mut Parser<'_>,
        kind: Kind,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Failure> {
        let name = input.expect_ident_cloned().map_err(|_| Failure::Invalid)?;
        let typed = match kind {
            Kind::Attribute => attribute_kind(input)?,
            _ => AttributeKind::Text,
        };
        let fallback = match input.try_parse(Parser::expect_comma) {
            Ok(()) => {
                let start = input.position();
                while input.next().is_ok() {}
                Some(input.slice_from(start))
            }
            Err(_) => None,
        };
        let value = match kind {
            Kind::Variable => self.value(&name, depth),
            Kind::Attribute => self.attribute(&name, typed),
            _ if name.starts_with("safe-area-inset-") => Ok("0px".to_owned()),
            _ => Err(Failure::Invalid),
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
        let text = self.referred.variables.get(name).ok_or(Failure::Invalid)?;
        self.open.borrow_mut().push(name.to_owned());
        let value = self.text(text, depth + 1);
        self.open.borrow_mut().pop();
        value
    }
}

/// Kind of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Variable,
    Screen,
    Attribute,
    If,
    LightDark,
}

/// Type of the value of an attribute.
#[derive(Debug)]
enum AttributeKind {
    Text,
    /// A number with a unit.
    Unit(String),
    Syntax(String),
}

/// Parses what follows the name of an attribute.
fn attribute_kind(input: &mut Parser<'_>) -> Result<AttributeKind, Failure> {
    let syntax = input.try_parse(|input| {
        input.expect_function_matching("type")?;
        input.parse_nested_block(|input| {
            let start = input.position();
            while input.next().is_ok() {}
            let syntax = input.slice_from(start).trim_ascii().to_owned();
            Ok::<String, ParseError<()>>(syntax)
        })
    });
    if let Ok(syntax) = syntax {
        return Ok(AttributeKind::Syntax(syntax));
    }
    let unit = input.try_parse(|input| match input.next() {
        Ok(Token::Ident(name)) => Ok(name.to_string()),
        Ok(Token::Delim('%')) => Ok("%".to_owned()),
        _ => Err(()),
    });
    match unit.as_deref() {
        Err(()) => Ok(AttributeKind::Text),
        Ok(name) if name.eq_ignore_ascii_case("raw-string") => Ok(AttributeKind::Text),
        Ok(name) if name.eq_ignore_ascii_case("number") => Ok(AttributeKind::Unit(String::new())),
        Ok(name) => Ok(AttributeKind::Unit(name.to_owned())),
    }
}

/// Parses the argument of `style()`. Returns whether a custom property has a value, or the value.
pub(super) fn has_style(variables: Option<&Variables>, input: &mut Parser<'_>) -> Truth {
    let name = input.expect_ident_cloned().ok()?;
    if !name.starts_with("--") {
        return None;
    }
    let value = variables.and_then(|variables| variables.get(&*name));
    if input.is_exhausted() {
        return Some(value.is_some());
    }
    input.expect_colon().ok()?;
    let start = input.position();
    while input.next().is_ok() {}
    let wanted = input.slice_from(start).trim_ascii();
    Some(value.is_some_and(|value| value.trim_ascii() == wanted))
}

#[cfg(test)]
#[path = "variables_tests.rs"]
mod tests;
