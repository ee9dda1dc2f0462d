//! Size, position and repetition of the images behind text and of masks, as far as they decide whether
//! anything of an image is drawn.

use super::{Parsed, invalid, length, property::Drawn};
use cssparser::{Parser, match_ignore_ascii_case};

/// Distance of an image from its box at which nothing of it is drawn, in pixels.
const FAR: f32 = 5_000.0;

/// Parses `background-size` or `mask-size`. Returns whether no layer has a size.
pub(super) fn is_empty(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut empty = true;
    loop {
        empty &= is_one_empty(input)?;
        if input.try_parse(Parser::expect_comma).is_err() {
            return Ok(empty);
        }
    }
}

/// Parses the size of one layer. Returns whether it is nothing.
pub(super) fn is_one_empty(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut sides = 0;
    let mut empty = false;
    while sides < 2 {
        if let Ok(side) = input.try_parse(|input| length::parse(input, false)) {
            empty |= side == length::Length::ZERO;
        } else if input.try_parse(size_keyword).is_err() {
            break;
        }
        sides += 1;
    }
    if sides == 0 { invalid() } else { Ok(empty) }
}

fn size_keyword(input: &mut Parser<'_>) -> Parsed<()> {
    let name = input.expect_ident()?;
    match_ignore_ascii_case! { name,
        "auto" | "cover" | "contain" => Ok(()),
        _ => invalid(),
    }
}

/// Parses `background-position` or `mask-position`. Returns whether all layers are far from the box.
pub(super) fn is_far(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut far = true;
    loop {
        let mut one = false;
        while !input.is_exhausted() && input.try_parse(Parser::expect_comma).is_err() {
            match input.try_parse(|input| length::parse(input, false)) {
                Ok(place) => one |= is_distance_far(place),
                Err(_) => {
                    input.expect_ident()?;
                }
            }
        }
        far &= one;
        if input.is_exhausted() {
            return Ok(far);
        }
    }
}

/// Returns whether an image is outside of its box at a distance from it.
pub(super) fn is_distance_far(place: length::Length) -> bool {
    place.is_definite() && place.usual().abs() >= FAR
}

/// Parses `background-repeat` or `mask-repeat`. Returns whether no layer repeats.
pub(super) fn is_single(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut single = true;
    while !input.is_exhausted() {
        if input.try_parse(Parser::expect_comma).is_err() {
            single &= input.expect_ident()?.eq_ignore_ascii_case("no-repeat");
        }
    }
    Ok(single)
}

impl Drawn {
    /// Returns whether nothing of the image is drawn.
    pub(crate) fn is_nothing(self) -> bool {
        self.empty || (self.far && self.single)
    }
}
