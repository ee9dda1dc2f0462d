//! Substitution of custom properties: `var()` in values.

use super::computed::Variables;
use crate::limits::MAX_VALUE;
use cssparser::{ParseError, Parser, Token};
use std::cell::Cell;

/// Deepest reference from a custom property to another.
const MAX_REFERENCES: usize = 16;

/// Returns a value with the texts of the custom properties that it names. Returns `None` for a
/// property that does not exist, for a circle of properties, for a text that becomes too long, and
/// if all substitutions of the document read more than `budget` bytes.
pub(super) fn substitute(
    text: &str,
    variables: &Variables,
    budget: &Cell<usize>,
) -> Option<String> {
    let mut text = text.to_owned();
    // Each pass substitutes the references of the pass before.
    for _ in 0..MAX_REFERENCES {
        budget.set(budget.get().checked_sub(text.len())?);
        let mut substituted = String::new();
        let mut any = false;
        copy(
            &mut Parser::new(&text),
            variables,
            &mut substituted,
            &mut any,
        )?;
        if !any {
            return Some(text);
        }
        text = substituted;
    }
    None
}

fn failed() -> ParseError<()> {
    ParseError::custom(())
}

/// Copies tokens, and resolves the references among them.
fn copy(
    input: &mut Parser<'_>,
    variables: &Variables,
    out: &mut String,
    any: &mut bool,
) -> Option<()> {
    loop {
        let start = input.position();
        let token = match input.next_including_whitespace() {
            Ok(token) => token.clone(),
            Err(_) => return Some(()),
        };
        let close = match &token {
            Token::Function(name) if name.eq_ignore_ascii_case("var") => {
                *any = true;
                input
                    .parse_nested_block(|input| reference(input, variables, out))
                    .ok()?;
                continue;
            }
            // No other reference has a value in a mail.
            Token::Function(name)
                if ["env", "attr", "if"]
                    .iter()
                    .any(|other| name.eq_ignore_ascii_case(other)) =>
            {
                return None;
            }
            Token::Function(_) | Token::ParenthesisBlock => ")",
            Token::SquareBracketBlock => "]",
            Token::CurlyBracketBlock => "}",
            _ => "",
        };
        out.push_str(input.slice_from(start));
        if !close.is_empty() {
            input
                .parse_nested_block(|input| copy(input, variables, out, any).ok_or_else(failed))
                .ok()?;
            out.push_str(close);
        }
        if out.len() > MAX_VALUE {
            return None;
        }
    }
}

/// Parses the name of a custom property and a fallback, and appends the text.
fn reference(
    input: &mut Parser<'_>,
    variables: &Variables,
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
    let defined = variables.get(&*name).map(|text| &**text);
    match defined.or(fallback) {
        Some(text) => {
            // A comment keeps the texts of two properties apart.
            out.push_str("/**/");
            out.push_str(text);
            out.push_str("/**/");
            Ok(())
        }
        None => Err(failed()),
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
        for text in ["var(--none)", "var(--loop)", "var(--big)", "env(x)"] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
