//! Sizes of boxes in a flexible box, which replace their widths or heights.

use super::{Parsed, length};
use cssparser::{Parser, Token};

/// Largest size that leaves nothing readable of a box, in pixels.
const THIN: f32 = 4.0;

/// Parses `flex` or `flex-grow`. Returns whether the box takes a part of the room that is left.
pub(super) fn grows(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut numbers = 0;
    let mut grows = false;
    while let Ok(token) = input.next() {
        match token {
            Token::Number { value, .. } => {
                // The second number of `flex` is about shrinking.
                grows |= numbers == 0 && *value > 0.0;
                numbers += 1;
            }
            // A size alone is one of a box that grows.
            Token::Ident(name) => grows |= numbers == 0 && !name.eq_ignore_ascii_case("none"),
            Token::Dimension { .. } | Token::Percentage { .. } => grows |= numbers == 0,
            _ => {}
        }
    }
    Ok(grows)
}

/// Parses `flex` or `flex-basis`. Returns whether it gives a size that text can be read in.
pub(super) fn has_basis(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut has = false;
    while !input.is_exhausted() {
        let start = input.state();
        has |= match input.next()?.clone() {
            Token::Ident(name) => !["auto", "none"]
                .iter()
                .any(|word| name.eq_ignore_ascii_case(word)),
            Token::Number { .. } => false,
            _ => {
                input.reset(&start);
                if input.try_parse(length::parse_plain_number).is_ok() {
                    continue;
                }
                let length = length::parse(input, false)?;
                !length.is_definite() && length.part > 0.0 || length.usual() > THIN
            }
        };
    }
    Ok(has)
}

/// Parses `flex` or `flex-basis`. Returns whether the box begins without a size that text can be read in.
pub(super) fn is_thin(input: &mut Parser<'_>) -> Parsed<bool> {
    // `flex` with a number alone gives a size of nothing.
    let mut thin = false;
    while !input.is_exhausted() {
        let start = input.state();
        thin = match input.next()?.clone() {
            Token::Ident(_) => return Ok(false),
            Token::Number { .. } => true,
            _ => {
                input.reset(&start);
                if input.try_parse(length::parse_plain_number).is_ok() {
                    continue;
                }
                let length = length::parse(input, false)?;
                return Ok(length.part <= 0.0 && length.usual() <= THIN);
            }
        };
    }
    Ok(thin)
}

/// Parses `flex` or `flex-basis`. Returns whether the box begins as wide as the flexible box around it.
pub(super) fn is_full(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut full = false;
    while let Ok(token) = input.next() {
        full |= matches!(token, Token::Percentage { unit_value, .. } if *unit_value >= 1.0);
    }
    Ok(full)
}

/// Parses `flex` or `flex-shrink`. Returns whether the box does not shrink.
pub(super) fn is_rigid(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut numbers = Vec::new();
    let mut none = false;
    while let Ok(token) = input.next() {
        match token {
            Token::Number { value, .. } => numbers.push(*value),
            Token::Ident(name) => none |= name.eq_ignore_ascii_case("none"),
            _ => {}
        }
    }
    // A number alone is that of `flex-shrink`: with `flex`, the box begins without a size, too.
    let shrinks = numbers.get(1).or(numbers.first());
    Ok(none || shrinks == Some(&0.0))
}
