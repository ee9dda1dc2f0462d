//! Tracks of grids: rows and columns.

use super::{Invalid, Parsed};
use cssparser::{ParseError, Parser, Token};

/// The tracks of a grid in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tracks {
    Rows,
    Columns,
}

/// Parses the tracks of one direction, or those of both with a slash between. Returns whether the
/// first track of a direction has no size of its own.
pub(super) fn is_flat(input: &mut Parser<'_>, tracks: Tracks) -> Parsed<bool> {
    let start = input.state();
    let mut both = false;
    while let Ok(token) = input.next() {
        both |= *token == Token::Delim('/');
    }
    input.reset(&start);
    if both && tracks == Tracks::Columns {
        while *input.next()? != Token::Delim('/') {}
    }
    let flat = is_first_flat(input);
    while input.next().is_ok() {}
    Ok(flat)
}

fn is_first_flat(input: &mut Parser<'_>) -> bool {
    while let Ok(token) = input.next().cloned() {
        match token {
            // Names of lines.
            Token::SquareBracketBlock => {}
            Token::Number { value, .. } | Token::Dimension { value, .. } => return value == 0.0,
            Token::Percentage { unit_value, .. } => return unit_value == 0.0,
            Token::Function(name) => {
                let inside = input.parse_nested_block(|input| {
                    let flat = match () {
                        () if name.eq_ignore_ascii_case("minmax") => are_all_zero(input),
                        () if name.eq_ignore_ascii_case("repeat") => {
                            input.next()?;
                            input.expect_comma()?;
                            is_first_flat(input)
                        }
                        () => false,
                    };
                    while input.next().is_ok() {}
                    Ok::<_, ParseError<Invalid>>(flat)
                });
                return inside.unwrap_or(false);
            }
            _ => return false,
        }
    }
    false
}

fn are_all_zero(input: &mut Parser<'_>) -> bool {
    let mut zero = true;
    while let Ok(token) = input.next() {
        zero &= match token {
            Token::Number { value, .. } | Token::Dimension { value, .. } => *value == 0.0,
            Token::Percentage { unit_value, .. } => *unit_value == 0.0,
            Token::Comma => true,
            _ => false,
        };
    }
    zero
}
