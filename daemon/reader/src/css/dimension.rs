//! The units of lengths.

use super::{Parsed, invalid};
use cssparser::match_ignore_ascii_case;
use std::ops::{Add, Mul};

/// Width of the assumed screen in pixels. It is just above the usual limits of style sheets for
/// small screens.
pub(crate) const SCREEN_WIDTH: f32 = 800.5;
/// Height of the assumed screen in pixels.
pub(crate) const SCREEN_HEIGHT: f32 = 1_000.0;
/// Default size of a font in pixels.
pub(crate) const MEDIUM: f32 = 16.0;
/// Least height of a usual line, as a multiple of the font size.
pub(crate) const NORMAL_LINE: f32 = 1.13;

/// A length: the sum of its parts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Length {
    /// Pixels.
    pub(crate) px: f32,
    /// Multiple of the element's font size.
    pub(crate) em: f32,
    /// Multiple of the root element's font size.
    pub(crate) rem: f32,
    /// Fraction of the size to which percentages refer.
    pub(crate) part: f32,
}

impl Length {
    pub(crate) const ZERO: Self = Self::px(0.0);

    pub(crate) const fn px(px: f32) -> Self {
        Self {
            px,
            em: 0.0,
            rem: 0.0,
            part: 0.0,
        }
    }

    pub(crate) const fn em(em: f32) -> Self {
        Self {
            em,
            ..Self::px(0.0)
        }
    }

    /// No part of a size that may be unknown.
    pub(crate) const NO_PART: Self = Self {
        part: f32::MIN_POSITIVE,
        ..Self::ZERO
    };

    /// Returns the length in pixels.
    pub(crate) fn resolve(self, em: f32, rem: f32, whole: f32) -> f32 {
        self.em
            .mul_add(em, self.rem.mul_add(rem, self.part.mul_add(whole, self.px)))
    }

    /// Returns the length in pixels at the default font size and the width of the screen.
    pub(crate) fn usual(self) -> f32 {
        self.resolve(MEDIUM, MEDIUM, SCREEN_WIDTH)
    }

    /// Returns whether the length does not depend on the size of another box.
    pub(crate) fn is_definite(self) -> bool {
        self.part == 0.0
    }
}

impl Add for Length {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            px: self.px + other.px,
            em: self.em + other.em,
            rem: self.rem + other.rem,
            part: self.part + other.part,
        }
    }
}

impl Mul<f32> for Length {
    type Output = Self;

    fn mul(self, by: f32) -> Self {
        Self {
            px: self.px * by,
            em: self.em * by,
            rem: self.rem * by,
            part: self.part * by,
        }
    }
}

/// Returns the length that a number with a unit is.
pub(super) fn dimension(value: f32, unit: &str) -> Parsed<Length> {
    let screen = |whole: f32| Length::px(value * whole / 100.0);
    Ok(match_ignore_ascii_case! { unit,
        "px" => Length::px(value),
        "em" | "ic" => Length::em(value),
        "rem" | "ric" => Length { rem: value, ..Length::ZERO },
        "ex" | "ch" => Length::em(value * 0.5),
        "cap" => Length::em(value * 0.7),
        "rcap" => Length { rem: value * 0.7, ..Length::ZERO },
        "lh" => Length::em(value * NORMAL_LINE),
        "rlh" => Length { rem: value * NORMAL_LINE, ..Length::ZERO },
        "rex" | "rch" => Length { rem: value * 0.5, ..Length::ZERO },
        "pt" => Length::px(value * 96.0 / 72.0),
        "pc" => Length::px(value * 16.0),
        "in" => Length::px(value * 96.0),
        "cm" => Length::px(value * 96.0 / 2.54),
        "mm" => Length::px(value * 96.0 / 25.4),
        "q" => Length::px(value * 96.0 / 101.6),
        "vw" | "svw" | "lvw" | "dvw" | "vi" | "svi" | "lvi" | "dvi" | "cqw" | "cqi" | "vmin"
        | "svmin" | "lvmin" | "dvmin" | "cqmin" => screen(SCREEN_WIDTH),
        "vh" | "svh" | "lvh" | "dvh" | "vb" | "svb" | "lvb" | "dvb" | "cqh" | "cqb" | "vmax"
        | "svmax" | "lvmax" | "dvmax" | "cqmax" => screen(SCREEN_HEIGHT),
        _ => return invalid(),
    })
}
