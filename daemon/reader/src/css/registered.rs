//! Registered custom properties: `@property` (CSS Properties and Values API).

use super::{Invalid, Parsed, colour, invalid, length};
use cssparser::{Delimiter, ParseError, Parser, Token};
use std::rc::Rc;

/// A custom property with the syntax of its values.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) name: Rc<str>,
    pub(crate) inherits: bool,
    pub(crate) initial: Option<Rc<str>>,
    syntax: Box<str>,
}

impl Registered {
    /// Returns a property with any values, which no element inherits.
    pub(super) fn own(name: &str) -> Self {
        Self {
            name: name.into(),
            inherits: false,
            initial: None,
            syntax: "*".into(),
        }
    }

    /// Parses the block of the rule.
    pub(super) fn parse(name: Rc<str>, input: &mut Parser<'_>) -> Parsed<Self> {
        let (mut syntax, mut inherits, mut initial) = (None, None, None);
        while !input.is_exhausted() {
            let (descriptor, value) = input.parse_until_after(Delimiter::Semicolon, descriptor)?;
            let mut words = Parser::new(value);
            if descriptor.eq_ignore_ascii_case("syntax") {
                syntax = words.expect_string().ok().map(|text| text.trim().into());
            } else if descriptor.eq_ignore_ascii_case("inherits") {
                inherits = words
                    .expect_ident()
                    .ok()
                    .map(|word| word.eq_ignore_ascii_case("true"));
            } else if descriptor.eq_ignore_ascii_case("initial-value") {
                initial = Some(Rc::from(value));
            }
        }
        let (Some(syntax), Some(inherits)) = (syntax, inherits) else {
            return invalid();
        };
        let registered = Self {
            name,
            inherits,
            initial,
            syntax,
        };
        match &registered.initial {
            Some(initial) if registered.permits(initial) => Ok(registered),
            None if &*registered.syntax == "*" => Ok(registered),
            _ => invalid(),
        }
    }

    /// Returns whether a text is a value of the property.
    pub(crate) fn permits(&self, text: &str) -> bool {
        permits(&self.syntax, text)
    }
}

/// Returns whether a text agrees with a syntax.
pub(crate) fn permits(syntax: &str, text: &str) -> bool {
    syntax == "*" || syntax.split('|').any(|one| is_one(one.trim(), text))
}

fn descriptor<'i>(input: &mut Parser<'i>) -> Parsed<(String, &'i str)> {
    let name = input.expect_ident()?.to_string();
    input.expect_colon()?;
    let start = input.position();
    while input.next().is_ok() {}
    Ok((name, input.slice_from(start).trim_ascii()))
}

/// Returns whether a text agrees with one component of a syntax.
fn is_one(component: &str, text: &str) -> bool {
    let mut input = Parser::new(text);
    let value = |input: &mut Parser<'_>, kind: &str| value(kind, input);
    let result = match (component.strip_suffix('#'), component.strip_suffix('+')) {
        (Some(kind), _) => input
            .parse_comma_separated(|input| value(input, kind))
            .map(|_| ()),
        (_, Some(kind)) => loop {
            match value(&mut input, kind) {
                Ok(()) if input.is_exhausted() => break Ok(()),
                Ok(()) => {}
                Err(error) => break Err(error),
            }
        },
        (None, None) => value(&mut input, component),
    };
    result.is_ok() && input.is_exhausted()
}

/// Parses a value. Kinds that no property of this crate has are not checked.
fn value(kind: &str, input: &mut Parser<'_>) -> Parsed<()> {
    match kind {
        "<length>" => match length::parse(input, false)?.is_definite() {
            true => Ok(()),
            false => invalid(),
        },
        "<length-percentage>" => length::parse(input, false).map(|_| ()),
        "<number>" => length::parse_plain_number(input).map(|_| ()),
        "<integer>" => {
            if input.try_parse(Parser::expect_integer).is_ok() {
                return Ok(());
            }
            match input.try_parse(Parser::expect_number) {
                Ok(_) => invalid(),
                Err(_) => length::parse_plain_number(input).map(|_| ()),
            }
        }
        "<percentage>" => {
            if input.try_parse(Parser::expect_percentage).is_ok() {
                return Ok(());
            }
            let length = length::parse(input, false)?;
            match length.is_definite() {
                true => invalid(),
                false => Ok(()),
            }
        }
        "<color>" => colour::parse(input).map(|_| ()),
        "<string>" => Ok(input.expect_string().map(|_| ())?),
        "<custom-ident>" => Ok(input.expect_ident().map(|_| ())?),
        kind if kind.starts_with('<') => {
            while input.next().is_ok() {}
            Ok(())
        }
        word => match input.next() {
            Ok(Token::Ident(name)) if **name == *word => Ok(()),
            _ => Err(ParseError::custom(Invalid)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_agree_with_the_syntax() {
        for (syntax, value, permitted) in [
            ("*", "x y", true),
            ("<length>", "1px", true),
            ("<length>", "calc(1px + 1em)", true),
            ("<length>", "1%", false),
            ("<length> | none", "none", true),
            ("<length> | none", "None", false),
            ("<number>", "1.5", true),
            ("<number>", "1%", false),
            ("<integer>", "1.5", false),
            ("<percentage>", "1%", true),
            ("<percentage>", "0", false),
            ("<color>+", "red #fff", true),
            ("<color>+", "red, #fff", false),
            ("<color>#", "red, #fff", true),
            ("<custom-ident>", "12", false),
            ("<url>", "url(x)", true),
        ] {
            let registered = Registered {
                name: "--x".into(),
                inherits: true,
                initial: None,
                syntax: syntax.into(),
            };
            assert_eq!(registered.permits(value), permitted, "{syntax} {value}");
        }
    }

    #[test]
    fn a_rule_needs_a_syntax_and_a_valid_initial_value() {
        for (rule, valid) in [
            ("syntax:'<color>';inherits:false;initial-value:red", true),
            ("syntax:'<color>';inherits:false;initial-value:1px", false),
            ("syntax:'<color>';inherits:false", false),
            ("syntax:'*';inherits:false", true),
            ("inherits:false;initial-value:red", false),
            ("syntax:'*';initial-value:red", false),
        ] {
            let found = Registered::parse("--x".into(), &mut Parser::new(rule));
            assert_eq!(found.is_ok(), valid, "{rule}");
        }
    }
}
