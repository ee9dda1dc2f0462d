//! Tracks of grids: rows and columns.

use super::{Invalid, Parsed, invalid};
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

/// Consumes the tracks. Returns whether one may have a size that does not depend on its content.
pub(super) fn is_sized(input: &mut Parser<'_>) -> bool {
    let mut sized = false;
    while let Ok(token) = input.next() {
        sized |= match token {
            Token::Dimension { unit, .. } => !unit.eq_ignore_ascii_case("fr"),
            Token::Number { .. } | Token::Percentage { .. } | Token::Function(_) => true,
            _ => false,
        };
    }
    sized
}

/// Parses the place of a box in one direction. Returns the number of its first track, if it is given.
pub(super) fn first(input: &mut Parser<'_>) -> Parsed<Option<i32>> {
    let first = line(input)?;
    while input.next().is_ok() {}
    Ok(first)
}

/// Parses `grid-area`. Returns the numbers of the first row and the first column, if they are given.
pub(super) fn area(input: &mut Parser<'_>) -> Parsed<(Option<i32>, Option<i32>)> {
    let row = line(input)?;
    let column = match input.try_parse(|input| input.expect_delim('/')) {
        Ok(()) => line(input)?,
        // A name is that of both.
        Err(_) => row.filter(|row| *row < LEAST_LINE),
    };
    while input.next().is_ok() {}
    Ok((row, column))
}

/// Consumes the value. Returns whether a box may be in several tracks of one direction.
pub(super) fn is_long(input: &mut Parser<'_>) -> bool {
    let mut lines = Vec::new();
    let mut spans = false;
    while let Ok(token) = input.next() {
        match token {
            Token::Number {
                int_value: Some(line),
                ..
            } => lines.push(*line),
            Token::Delim('/') => {}
            _ => spans = true,
        }
    }
    // The two lines of one direction look like the first ones of both.
    let ends = |first: i32, last: i32| last == first || last == first.saturating_add(1);
    spans
        || !match lines.as_slice() {
            [] | [_] => true,
            [first, last] => ends(*first, *last),
            [row, column, last_row, last_column] => {
                ends(*row, *last_row) && ends(*column, *last_column)
            }
            _ => false,
        }
}

/// Least number of a line of a grid.
pub(crate) const LEAST_LINE: i32 = -100_000_000;

/// Returns a number that stands for the name of an area, which no line has.
fn number(name: &str) -> i32 {
    let hash = name.bytes().fold(5_381_i32, |hash, byte| {
        hash.wrapping_mul(33).wrapping_add(i32::from(byte))
    });
    LEAST_LINE - 1 - (hash & 0x3fff_ffff)
}

/// Parses a line of a grid: a number, a name, or a number of tracks.
fn line(input: &mut Parser<'_>) -> Parsed<Option<i32>> {
    let start = input.state();
    match input.next()? {
        Token::Number {
            int_value: Some(number),
            ..
        } => Ok(Some(*number)),
        Token::Ident(name) => {
            let name = name.to_string();
            let counted = input.try_parse(Parser::expect_integer).is_ok();
            let own = !counted && !["auto", "span"].contains(&&*name.to_ascii_lowercase());
            Ok(own.then(|| number(&name)))
        }
        _ => {
            input.reset(&start);
            invalid()
        }
    }
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
