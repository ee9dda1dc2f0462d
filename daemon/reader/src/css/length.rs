//! Lengths, percentages and numbers, with `calc()` and its relatives.

use super::{Parsed, invalid};
use cssparser::{Parser, Token, match_ignore_ascii_case};
use std::ops::{Add, Mul};

/// Width of the assumed screen in pixels. It is just above the usual limits of style sheets for
/// small screens.
pub(crate) const SCREEN_WIDTH: f32 = 800.5;
/// Height of the assumed screen in pixels.
pub(crate) const SCREEN_HEIGHT: f32 = 1_000.0;
/// Default size of a font in pixels.
pub(crate) const MEDIUM: f32 = 16.0;

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

    const fn em(em: f32) -> Self {
        Self {
            em,
            ..Self::px(0.0)
        }
    }

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

/// A number or a length, in a calculation.
#[derive(Debug, Clone, Copy)]
enum Calculated {
    Number(f32),
    Length(Length),
}

impl Calculated {
    /// Returns a number to compare two values. Percentages refer to the width of the screen.
    fn rank(self) -> f32 {
        match self {
            Self::Number(number) => number,
            Self::Length(length) => length.usual(),
        }
    }

    fn times(self, other: Self) -> Parsed<Self> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Ok(Self::Number(a * b)),
            (Self::Number(a), Self::Length(b)) | (Self::Length(b), Self::Number(a)) => {
                Ok(Self::Length(b * a))
            }
            (Self::Length(_), Self::Length(_)) => invalid(),
        }
    }

    fn plus(self, other: Self) -> Parsed<Self> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Ok(Self::Number(a + b)),
            (Self::Length(a), Self::Length(b)) => Ok(Self::Length(a + b)),
            _ => invalid(),
        }
    }
}

/// Parses a length or a percentage. `unitless` permits numbers without a unit, as pixels.
pub(crate) fn parse(input: &mut Parser<'_>, unitless: bool) -> Parsed<Length> {
    match calculated(input)? {
        Calculated::Length(length) => Ok(length),
        Calculated::Number(number) if number == 0.0 || unitless => Ok(Length::px(number)),
        Calculated::Number(_) => invalid(),
    }
}

/// Parses a number; a percentage is a fraction of one.
pub(crate) fn parse_number(input: &mut Parser<'_>) -> Parsed<f32> {
    match calculated(input)? {
        Calculated::Number(number) => Ok(number),
        Calculated::Length(length)
            if length
                == (Length {
                    part: length.part,
                    ..Length::ZERO
                }) =>
        {
            Ok(length.part)
        }
        Calculated::Length(_) => invalid(),
    }
}

fn calculated(input: &mut Parser<'_>) -> Parsed<Calculated> {
    let token = input.next()?.clone();
    match token {
        Token::Number { value, .. } => Ok(Calculated::Number(value)),
        Token::Percentage { unit_value, .. } => Ok(Calculated::Length(Length {
            part: unit_value,
            ..Length::ZERO
        })),
        Token::Dimension { value, unit, .. } => Ok(Calculated::Length(dimension(value, &unit)?)),
        Token::ParenthesisBlock => input.parse_nested_block(sum),
        Token::Function(name) => input.parse_nested_block(|input| function(&name, input)),
        Token::Ident(name) => match_ignore_ascii_case! { &name,
            "infinity" => Ok(Calculated::Number(1e9)),
            "-infinity" => Ok(Calculated::Number(-1e9)),
            "pi" => Ok(Calculated::Number(std::f32::consts::PI)),
            "e" => Ok(Calculated::Number(std::f32::consts::E)),
            _ => invalid(),
        },
        _ => invalid(),
    }
}

fn function(name: &str, input: &mut Parser<'_>) -> Parsed<Calculated> {
    match_ignore_ascii_case! { name,
        "calc" | "-webkit-calc" | "-moz-calc" => sum(input),
        "min" => extreme(input, |new, old| new < old),
        "max" => extreme(input, |new, old| new > old),
        "clamp" => {
            let low = sum(input)?;
            input.expect_comma()?;
            let value = sum(input)?;
            input.expect_comma()?;
            let high = sum(input)?;
            let value = if value.rank() > high.rank() { high } else { value };
            Ok(if value.rank() < low.rank() { low } else { value })
        },
        "abs" => {
            let value = sum(input)?;
            value.times(Calculated::Number(value.rank().signum()))
        },
        _ => invalid(),
    }
}

fn extreme(input: &mut Parser<'_>, better: fn(f32, f32) -> bool) -> Parsed<Calculated> {
    let mut best = sum(input)?;
    while input.try_parse(Parser::expect_comma).is_ok() {
        let next = sum(input)?;
        if better(next.rank(), best.rank()) {
            best = next;
        }
    }
    Ok(best)
}

fn sum(input: &mut Parser<'_>) -> Parsed<Calculated> {
    let mut total = product(input)?;
    loop {
        let before = input.state();
        match input.next() {
            Ok(Token::Delim('+')) => total = total.plus(product(input)?)?,
            Ok(Token::Delim('-')) => {
                let minus = product(input)?.times(Calculated::Number(-1.0))?;
                total = total.plus(minus)?;
            }
            _ => {
                input.reset(&before);
                return Ok(total);
            }
        }
    }
}

fn product(input: &mut Parser<'_>) -> Parsed<Calculated> {
    let mut total = calculated(input)?;
    loop {
        let before = input.state();
        match input.next() {
            Ok(Token::Delim('*')) => total = total.times(calculated(input)?)?,
            Ok(Token::Delim('/')) => match calculated(input)? {
                Calculated::Number(by) if by != 0.0 => {
                    total = total.times(Calculated::Number(1.0 / by))?;
                }
                _ => return invalid(),
            },
            _ => {
                input.reset(&before);
                return Ok(total);
            }
        }
    }
}

fn dimension(value: f32, unit: &str) -> Parsed<Length> {
    let screen = |whole: f32| Length::px(value * whole / 100.0);
    Ok(match_ignore_ascii_case! { unit,
        "px" => Length::px(value),
        "em" | "ic" => Length::em(value),
        "rem" | "ric" => Length { rem: value, ..Length::ZERO },
        "ex" | "ch" => Length::em(value * 0.5),
        "cap" => Length::em(value * 0.7),
        "lh" => Length::em(value * 1.2),
        "rlh" => Length { rem: value * 1.2, ..Length::ZERO },
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(text: &str) -> Option<f32> {
        let mut input = Parser::new(text);
        let length = input.parse_entirely(|input| parse(input, false)).ok()?;
        Some(length.resolve(10.0, 16.0, 700.0))
    }

    #[test]
    fn each_unit_has_its_length() {
        for (text, length) in [
            ("0", 0.0),
            ("12px", 12.0),
            ("2EM", 20.0),
            ("1rem", 16.0),
            ("72pt", 96.0),
            ("1pc", 16.0),
            ("-.5in", -48.0),
            ("50%", 350.0),
            ("calc(1px - 1px)", 0.0),
            ("calc((1px + 2em) * 2)", 42.0),
            ("calc(100% / 7)", 100.0),
            ("min(10px, 1em, 0px)", 0.0),
            ("max(10px, 2em)", 20.0),
            ("clamp(1px, 50px, 20px)", 20.0),
        ] {
            let found = pixels(text);
            assert!(
                found.is_some_and(|found| (found - length).abs() < 0.01),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn invalid_lengths_are_refused() {
        for text in [
            "",
            "12",
            "px",
            "1x",
            "calc(1px",
            "calc(1px + 1)",
            "calc(1px*1px)",
            "auto",
        ] {
            let unclosed = text == "calc(1px";
            assert_eq!(pixels(text).is_some(), unclosed, "{text}");
        }
        let deep = format!("{}1px{}", "calc(".repeat(5_000), ")".repeat(5_000));
        assert_eq!(pixels(&deep), None);
    }
}
