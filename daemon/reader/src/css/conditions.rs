//! Conditions of `@media`, for a screen in a light room, and the grammar of all conditions.

use super::{
    Invalid, Parsed, invalid,
    length::{self, SCREEN_HEIGHT, SCREEN_WIDTH},
};
use cssparser::{ParseError, Parser, Token, match_ignore_ascii_case};

/// Truth of a condition; unknown features are neither true nor false.
pub(crate) type Truth = Option<bool>;

fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(a: Truth, b: Truth) -> Truth {
    and(a.map(|a| !a), b.map(|b| !b)).map(|neither| !neither)
}

/// Parses a list of media queries. Returns whether one of them is true.
pub(crate) fn media(input: &mut Parser<'_>) -> bool {
    if input.is_exhausted() {
        return true;
    }
    let queries = input.parse_comma_separated_ignoring_errors(|input| {
        let truth = media_query(input)?;
        input.expect_exhausted()?;
        Ok::<Truth, ParseError<Invalid>>(truth)
    });
    queries.contains(&Some(true))
}

fn media_query(input: &mut Parser<'_>) -> Parsed<Truth> {
    if let Ok(truth) = input.try_parse(|input| {
        let truth = condition(input, &media_feature).map_err(|()| ParseError::custom(Invalid))?;
        input.expect_exhausted()?;
        Ok::<Truth, ParseError<Invalid>>(truth)
    }) {
        return Ok(truth);
    }
    let mut negated = false;
    let mut name = input.expect_ident_cloned()?;
    if name.eq_ignore_ascii_case("not") || name.eq_ignore_ascii_case("only") {
        negated = name.eq_ignore_ascii_case("not");
        name = input.expect_ident_cloned()?;
    }
    let mut truth = Some(match_ignore_ascii_case! { &name,
        "all" | "screen" => true,
        "and" | "or" | "not" | "only" | "layer" => return invalid(),
        _ => false,
    });
    if !input.is_exhausted() {
        input.expect_ident_matching("and")?;
        let rest = terms(input, &media_feature, Some("and"));
        truth = and(truth, rest.map_err(|()| ParseError::custom(Invalid))?);
    }
    Ok(if negated {
        truth.map(|truth| !truth)
    } else {
        truth
    })
}

/// A parser of what is in the innermost parentheses or the name of a function.
pub(crate) type Feature<'a> = &'a dyn Fn(Option<&str>, &mut Parser<'_>) -> Truth;

/// Parses terms with `not`, `and` and `or`.
pub(crate) fn condition(input: &mut Parser<'_>, feature: Feature<'_>) -> Result<Truth, ()> {
    terms(input, feature, None)
}

/// Parses terms with `and` or with `or` between. `joined` is the only word that is permitted, if any is.
fn terms(
    input: &mut Parser<'_>,
    feature: Feature<'_>,
    mut joined: Option<&'static str>,
) -> Result<Truth, ()> {
    if word(input, "not") {
        return Ok(term(input, feature)?.map(|truth| !truth));
    }
    let mut truth = term(input, feature)?;
    loop {
        let Some(found) = ["and", "or"].into_iter().find(|one| word(input, one)) else {
            return Ok(truth);
        };
        if *joined.get_or_insert(found) != found {
            return Err(());
        }
        let not = word(input, "not");
        let next = term(input, feature)?;
        let next = if not { next.map(|next| !next) } else { next };
        truth = match found {
            "and" => and(truth, next),
            _ => or(truth, next),
        };
    }
}

fn word(input: &mut Parser<'_>, word: &str) -> bool {
    input
        .try_parse(|input| input.expect_ident_matching(word))
        .is_ok()
}

fn term(input: &mut Parser<'_>, feature: Feature<'_>) -> Result<Truth, ()> {
    let token = input.next().map_err(|_| ())?.clone();
    let inside = |input: &mut Parser<'_>, name: Option<&str>| {
        let truth = input.parse_nested_block(|input| {
            let nested = match name {
                Some(_) => None,
                None => input
                    .try_parse(|input| {
                        let truth = condition(input, feature)?;
                        input.expect_exhausted().map_err(|_| ())?;
                        Ok::<Truth, ()>(truth)
                    })
                    .ok(),
            };
            let truth = nested.unwrap_or_else(|| feature(name, input));
            // Browsers do not know a feature with more behind it.
            let truth = truth.filter(|_| name.is_some() || input.is_exhausted());
            while input.next().is_ok() {}
            Ok::<Truth, ParseError<Invalid>>(truth)
        });
        truth.map_err(|_| ())
    };
    match token {
        Token::ParenthesisBlock => inside(input, None),
        Token::Function(name) => inside(input, Some(&name)),
        _ => Err(()),
    }
}

/// Parses the argument of `media()` in a value: one feature or a condition.
pub(crate) fn media_argument(input: &mut Parser<'_>) -> Truth {
    let feature = input.try_parse(|input| {
        let truth = media_feature(None, input).ok_or(())?;
        match input.is_exhausted() {
            true => Ok(truth),
            false => Err(()),
        }
    });
    let condition = |()| condition(input, &media_feature).unwrap_or_default();
    feature.map_or_else(condition, Some)
}

/// Parses a feature of a box: its width or its height, if they are known.
pub(crate) fn size_feature(
    size: &dyn Fn(&str) -> Option<f32>,
    function: Option<&str>,
    input: &mut Parser<'_>,
) -> Truth {
    if function.is_some() {
        return None;
    }
    let plain = input.try_parse(|input| {
        let name = input.expect_ident_cloned()?.to_ascii_lowercase();
        let (limit, name) = limited(&name);
        if input.is_exhausted() {
            return Ok(size(name).map(|size| size > 0.0));
        }
        input.expect_colon()?;
        let truth = size(name).zip(number(input));
        Ok::<Truth, cssparser::BasicParseError>(truth.map(|(size, least)| limit.holds(size, least)))
    });
    plain.unwrap_or_else(|_| range(input, size))
}

fn media_feature(function: Option<&str>, input: &mut Parser<'_>) -> Truth {
    if function.is_some() {
        return None;
    }
    let plain = input.try_parse(|input| {
        let name = input.expect_ident_cloned()?;
        if input.is_exhausted() {
            return Ok(named(&name, None));
        }
        input.expect_colon()?;
        Ok::<Truth, cssparser::BasicParseError>(named(&name, Some(input)))
    });
    plain.unwrap_or_else(|_| range(input, &quantity))
}

/// Returns whether a feature has a value, or any value but none.
fn named(name: &str, value: Option<&mut Parser<'_>>) -> Truth {
    let name = name.to_ascii_lowercase();
    let prefixed = name.starts_with("-webkit-");
    let name = name.strip_prefix("-webkit-").unwrap_or(&name);
    let (limit, name) = limited(name);
    let amount = match name {
        "width" | "device-width" => SCREEN_WIDTH,
        "height" | "device-height" => SCREEN_HEIGHT,
        "aspect-ratio" | "device-aspect-ratio" => SCREEN_WIDTH / SCREEN_HEIGHT,
        "resolution" | "device-pixel-ratio" => 1.0,
        "color" => 8.0,
        // Browsers know it with the prefix only.
        "transform-3d" if prefixed => 1.0,
        "color-index" | "monochrome" | "grid" => 0.0,
        _ => return value.map_or_else(|| has_feature(name), |value| has_value(name, value)),
    };
    match value {
        None => matches!(limit, Limit::Exactly).then_some(amount > 0.0),
        Some(value) => Some(limit.holds(amount, number(value)?)),
    }
}

/// Returns the limit that the name of a feature begins with, and the rest of the name.
fn limited(name: &str) -> (Limit, &str) {
    let least = name.strip_prefix("min-").map(|name| (Limit::AtLeast, name));
    let most = || name.strip_prefix("max-").map(|name| (Limit::AtMost, name));
    least.or_else(most).unwrap_or((Limit::Exactly, name))
}

#[derive(Clone, Copy)]
enum Limit {
    AtLeast,
    AtMost,
    Exactly,
    MoreThan,
    LessThan,
}

impl Limit {
    fn holds(self, amount: f32, limit: f32) -> bool {
        match self {
            Self::AtLeast => amount >= limit,
            Self::AtMost => amount <= limit,
            Self::Exactly => (amount - limit).abs() < 0.01,
            Self::MoreThan => amount > limit,
            Self::LessThan => amount < limit,
        }
    }

    fn reversed(self) -> Self {
        match self {
            Self::AtLeast => Self::AtMost,
            Self::AtMost => Self::AtLeast,
            Self::Exactly => Self::Exactly,
            Self::MoreThan => Self::LessThan,
            Self::LessThan => Self::MoreThan,
        }
    }
}

/// Parses a length, a number, a ratio or a resolution.
fn number(input: &mut Parser<'_>) -> Option<f32> {
    if let Ok(length) = input.try_parse(|input| length::parse(input, false)) {
        let pixels = length.resolve(length::MEDIUM, length::MEDIUM, SCREEN_WIDTH);
        return length.is_definite().then_some(pixels);
    }
    match input.next().ok()?.clone() {
        Token::Number { value, .. } => {
            let under = input.try_parse(|input| {
                input.expect_delim('/')?;
                input.expect_number()
            });
            Some(under.map_or(value, |under| value / under))
        }
        Token::Dimension { value, unit, .. } => match_ignore_ascii_case! { &unit,
            "dppx" | "x" => Some(value),
            "dpi" => Some(value / 96.0),
            "dpcm" => Some(value * 2.54 / 96.0),
            _ => None,
        },
        _ => None,
    }
}

/// Features with keywords, and the value that holds.
const KEYWORDS: &[(&str, &str)] = &[
    ("orientation", "portrait"),
    ("prefers-color-scheme", "light"),
    ("prefers-reduced-motion", "no-preference"),
    ("prefers-reduced-transparency", "no-preference"),
    ("prefers-reduced-data", "no-preference"),
    ("prefers-contrast", "no-preference"),
    ("forced-colors", "none"),
    ("hover", "hover"),
    ("any-hover", "hover"),
    ("pointer", "fine"),
    ("any-pointer", "fine"),
    ("scripting", "none"),
    ("update", "fast"),
    ("overflow-block", "scroll"),
    ("overflow-inline", "scroll"),
    ("display-mode", "browser"),
    ("color-gamut", "srgb"),
    ("dynamic-range", "standard"),
    ("scan", "progressive"),
];

fn has_feature(name: &str) -> Truth {
    let (_, value) = KEYWORDS.iter().find(|(known, _)| *known == name)?;
    Some(!matches!(*value, "none" | "no-preference"))
}

fn has_value(name: &str, input: &mut Parser<'_>) -> Truth {
    let (_, holds) = KEYWORDS.iter().find(|(known, _)| *known == name)?;
    let value = input.expect_ident().ok()?;
    Some(value.eq_ignore_ascii_case(holds))
}

/// Parses `width >= 600px` and `400px < width <= 700px`.
fn range(input: &mut Parser<'_>, quantity: &dyn Fn(&str) -> Option<f32>) -> Truth {
    let first = input.try_parse(Parser::expect_ident_cloned).ok();
    if let Some(name) = first {
        let limit = comparison(input)?;
        return Some(limit.holds(quantity(&name)?, number(input)?));
    }
    let low = number(input)?;
    let limit = comparison(input)?;
    let name = input.expect_ident_cloned().ok()?;
    let amount = quantity(&name)?;
    let mut truth = limit.reversed().holds(amount, low);
    if !input.is_exhausted() {
        let limit = comparison(input)?;
        truth &= limit.holds(amount, number(input)?);
    }
    Some(truth)
}

fn quantity(name: &str) -> Option<f32> {
    Some(match_ignore_ascii_case! { name,
        "width" | "device-width" => SCREEN_WIDTH,
        "height" | "device-height" => SCREEN_HEIGHT,
        "aspect-ratio" | "device-aspect-ratio" => SCREEN_WIDTH / SCREEN_HEIGHT,
        "resolution" => 1.0,
        "color" => 8.0,
        _ => return None,
    })
}

fn comparison(input: &mut Parser<'_>) -> Option<Limit> {
    let Ok(Token::Delim(sign)) = input.next().cloned() else {
        return None;
    };
    let equal = input.try_parse(|input| input.expect_delim('=')).is_ok();
    Some(match (sign, equal) {
        ('>', true) => Limit::AtLeast,
        ('<', true) => Limit::AtMost,
        ('>', false) => Limit::MoreThan,
        ('<', false) => Limit::LessThan,
        ('=', false) => Limit::Exactly,
        _ => return None,
    })
}

#[cfg(test)]
#[path = "conditions_tests.rs"]
mod tests;
