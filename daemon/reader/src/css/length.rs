//! Lengths, percentages and numbers.

use super::{
    Parsed,
    calculation::{Calculated, calculated},
    invalid,
};
use cssparser::Parser;

pub(crate) use super::dimension::{Length, MEDIUM, NORMAL_LINE, SCREEN_HEIGHT, SCREEN_WIDTH};

/// Parses a length or a percentage. `unitless` permits numbers without a unit, as pixels.
pub(crate) fn parse(input: &mut Parser<'_>, unitless: bool) -> Parsed<Length> {
    match calculated(input)? {
        Calculated::Length(length) => Ok(length),
        Calculated::Number(number) if number == 0.0 || unitless => Ok(Length::px(number)),
        Calculated::Number(_) | Calculated::Angle(_) => invalid(),
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
        Calculated::Length(_) | Calculated::Angle(_) => invalid(),
    }
}

/// Parses a number that is no percentage.
pub(super) fn parse_plain_number(input: &mut Parser<'_>) -> Parsed<f32> {
    match calculated(input)? {
        Calculated::Number(number) => Ok(number),
        Calculated::Length(_) | Calculated::Angle(_) => invalid(),
    }
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
