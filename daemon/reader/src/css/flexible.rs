//! Sizes of boxes in a flexible box, which replace their widths or heights.

use super::{Parsed, length};
use cssparser::{Parser, Token};

/// Largest size that leaves nothing readable of a box, in pixels.
const SMALLEST: f32 = 4.0;

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
                let length = length::parse(input, false)?;
                !length.is_definite() && length.part > 0.0 || length.usual() > SMALLEST
            }
        };
    }
    Ok(has)
}
