//! Size, position and repetition of the images behind text and of masks, as far as they decide whether
//! anything of an image is drawn.

use super::{Parsed, invalid, length};
use crate::thresholds::FAR;
use cssparser::{Parser, match_ignore_ascii_case};

/// Width and height up to which an image that does not repeat is no ground of text, in pixels: an x
/// in the usual font is twice as high.
const GROUNDLESS: f32 = 3.5;
/// Width and height of the box, in pixels, to which percentages of an image refer. The layout is not
/// known here; most boxes with text are larger.
const ASSUMED_BOX: f32 = 300.0;

/// What the sizes of all layers have in common.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Extents {
    /// Whether a side is nothing.
    pub(super) empty: bool,
    /// Whether the width is small.
    narrow: bool,
    /// Whether the height is small.
    flat: bool,
}

/// The directions in which no layer repeats.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Single {
    pub(super) x: bool,
    pub(super) y: bool,
}

/// What of an image is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Drawn {
    pub(crate) extents: Extents,
    /// Whether the image is far from its box.
    pub(crate) far: bool,
    pub(crate) single: Single,
}

/// Parses `background-size` or `mask-size`.
pub(super) fn extents(input: &mut Parser<'_>) -> Parsed<Extents> {
    let mut all = one_extents(input)?;
    while input.try_parse(Parser::expect_comma).is_ok() {
        let one = one_extents(input)?;
        all.empty &= one.empty;
        all.narrow &= one.narrow;
        all.flat &= one.flat;
    }
    Ok(all)
}

/// Parses the size of one layer.
pub(super) fn one_extents(input: &mut Parser<'_>) -> Parsed<Extents> {
    let mut sides = Vec::new();
    while sides.len() < 2 {
        if let Ok(side) = input.try_parse(|input| length::parse(input, false)) {
            sides.push(Some(side));
        } else if input.try_parse(size_keyword).is_ok() {
            sides.push(None);
        } else {
            break;
        }
    }
    let small = |side: Option<length::Length>| {
        side.is_some_and(|side| {
            side.resolve(length::MEDIUM, length::MEDIUM, ASSUMED_BOX) <= GROUNDLESS
        })
    };
    let (Some(width), height) = (sides.first().copied(), sides.get(1).copied()) else {
        return invalid();
    };
    Ok(Extents {
        empty: sides
            .iter()
            .flatten()
            .any(|side| *side == length::Length::ZERO),
        narrow: small(width),
        flat: small(height.flatten()),
    })
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

/// Parses `background-repeat` or `mask-repeat`.
pub(super) fn single(input: &mut Parser<'_>) -> Parsed<Single> {
    let mut all = Single { x: true, y: true };
    loop {
        let x = one_single(input)?;
        let y = input.try_parse(one_single).unwrap_or(x);
        all.x &= x.x;
        all.y &= y.y;
        if input.try_parse(Parser::expect_comma).is_err() {
            return Ok(all);
        }
    }
}

fn one_single(input: &mut Parser<'_>) -> Parsed<Single> {
    keyword_single(input.expect_ident()?)
}

/// Returns the directions in which an image does not repeat.
pub(super) fn keyword_single(name: &str) -> Parsed<Single> {
    Ok(match_ignore_ascii_case! { name,
        "no-repeat" => Single { x: true, y: true },
        "repeat-x" => Single { x: false, y: true },
        "repeat-y" => Single { x: true, y: false },
        "repeat" | "space" | "round" => Single::default(),
        _ => return invalid(),
    })
}

impl Drawn {
    /// Returns whether nothing of the image is drawn behind text.
    pub(crate) fn is_nothing(self) -> bool {
        self.extents.empty
            || (self.far && self.single.x && self.single.y)
            || (self.extents.narrow && self.single.x)
            || (self.extents.flat && self.single.y)
    }
}
