//! Lengths, percentages and numbers.

use super::{
    Parsed,
    calculation::{Calculated, calculated},
    invalid,
};
use cssparser::{Parser, Token};

pub(crate) use super::dimension::{Length, MEDIUM, NORMAL_LINE, SCREEN_HEIGHT, SCREEN_WIDTH};

/// Parses a length or a percentage. `unitless` permits numbers without a unit, as pixels. The result of
/// a calculation always has a unit.
pub(crate) fn parse(input: &mut Parser<'_>, unitless: bool) -> Parsed<Length> {
    if let Ok(number) = input.try_parse(Parser::expect_number) {
        return match number == 0.0 || unitless {
            true => Ok(Length::px(number)),
            false => invalid(),
        };
    }
    match calculated(input)? {
        Calculated::Length(length) => Ok(length),
        Calculated::Percentage(part) => Ok(Length {
            part,
            ..Length::ZERO
        }),
        Calculated::Number(_) | Calculated::Angle(_) => invalid(),
    }
}

/// Parses a number; a percentage is a fraction of one.
pub(crate) fn parse_number(input: &mut Parser<'_>) -> Parsed<f32> {
    match calculated(input)? {
        Calculated::Number(number) | Calculated::Percentage(number) => Ok(number),
        Calculated::Length(_) | Calculated::Angle(_) => invalid(),
    }
}

/// Parses a number that is no percentage.
pub(super) fn parse_plain_number(input: &mut Parser<'_>) -> Parsed<f32> {
    match calculated(input)? {
        Calculated::Number(number) => Ok(number),
        _ => invalid(),
    }
}

/// Parses a percentage, as a part of one.
pub(super) fn parse_percentage(input: &mut Parser<'_>) -> Parsed<f32> {
    match calculated(input)? {
        Calculated::Percentage(part) => Ok(part),
        _ => invalid(),
    }
}

/// Parses a whole number. The result of a calculation is rounded.
pub(super) fn parse_integer(input: &mut Parser<'_>) -> Parsed<i32> {
    let start = input.state();
    match input.next()? {
        Token::Number {
            int_value: Some(number),
            ..
        } => return Ok(*number),
        Token::Function(_) => input.reset(&start),
        _ => return invalid(),
    }
    // The result of a calculation is at most a thousand millions.
    #[allow(clippy::cast_possible_truncation)]
    Ok(parse_plain_number(input)?.round() as i32)
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
