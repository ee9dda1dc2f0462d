//! Calculations: `calc()` and its relatives (CSS Values 4, 10).

use super::{
    Parsed,
    dimension::{Length, SCREEN_WIDTH, dimension},
    invalid,
};
use cssparser::{Parser, Token, match_ignore_ascii_case};

/// A value in a calculation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Calculated {
    Number(f32),
    /// A part of a size, without a length.
    Percentage(f32),
    Length(Length),
    /// An angle in radians.
    Angle(f32),
}

impl Calculated {
    /// Returns a number to compare two values. Percentages refer to the width of the screen.
    fn rank(self) -> f32 {
        match self {
            Self::Number(number) | Self::Angle(number) => number,
            Self::Percentage(part) => part_of(part).usual(),
            Self::Length(length) => length.usual(),
        }
    }

    fn times(self, other: Self) -> Parsed<Self> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Ok(Self::Number(a * b)),
            (Self::Number(a), Self::Percentage(b)) | (Self::Percentage(b), Self::Number(a)) => {
                Ok(Self::Percentage(a * b))
            }
            (Self::Number(a), Self::Length(b)) | (Self::Length(b), Self::Number(a)) => {
                Ok(Self::Length(b * a))
            }
            (Self::Number(a), Self::Angle(b)) | (Self::Angle(b), Self::Number(a)) => {
                Ok(Self::Angle(b * a))
            }
            _ => invalid(),
        }
    }

    fn over(self, by: Self) -> Parsed<Self> {
        match (self, by) {
            (value, Self::Number(by)) => value.times(Self::Number(1.0 / by)),
            (value, by) if value.is_like(by) => Ok(Self::Number(value.rank() / by.rank())),
            _ => invalid(),
        }
    }

    fn plus(self, other: Self) -> Parsed<Self> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Ok(Self::Number(a + b)),
            (Self::Percentage(a), Self::Percentage(b)) => Ok(Self::Percentage(a + b)),
            (Self::Percentage(a), Self::Length(b)) | (Self::Length(b), Self::Percentage(a)) => {
                Ok(Self::Length(part_of(a) + b))
            }
            (Self::Length(a), Self::Length(b)) => Ok(Self::Length(a + b)),
            (Self::Angle(a), Self::Angle(b)) => Ok(Self::Angle(a + b)),
            _ => invalid(),
        }
    }

    fn is_like(self, other: Self) -> bool {
        let size = |value| matches!(value, Self::Percentage(_) | Self::Length(_));
        let same = std::mem::discriminant(&self) == std::mem::discriminant(&other);
        same || (size(self) && size(other))
    }

    /// Returns a value of the same kind.
    fn with_rank(self, rank: f32) -> Self {
        match self {
            Self::Number(_) => Self::Number(rank),
            Self::Percentage(_) => Self::Percentage(rank / SCREEN_WIDTH),
            Self::Length(_) => Self::Length(Length::px(rank)),
            Self::Angle(_) => Self::Angle(rank),
        }
    }

    /// Returns the result of a calculation. What is no number is zero.
    fn censored(self) -> Self {
        let finite = |value: f32| match value {
            value if value.is_nan() => 0.0,
            value => value.clamp(-1e9, 1e9),
        };
        match self {
            Self::Number(number) => Self::Number(finite(number)),
            Self::Percentage(part) => Self::Percentage(finite(part)),
            Self::Angle(angle) => Self::Angle(finite(angle)),
            Self::Length(length) => Self::Length(Length {
                px: finite(length.px),
                em: finite(length.em),
                rem: finite(length.rem),
                part: finite(length.part),
            }),
        }
    }
}

const fn part_of(part: f32) -> Length {
    Length {
        part,
        ..Length::ZERO
    }
}

/// Parses a number, a percentage, a dimension or a function.
pub(super) fn calculated(input: &mut Parser<'_>) -> Parsed<Calculated> {
    let token = input.next()?.clone();
    match token {
        Token::Function(name) => {
            let value = input.parse_nested_block(|input| function(&name, input))?;
            Ok(value.censored())
        }
        Token::Ident(_) | Token::ParenthesisBlock => invalid(),
        token => plain(&token),
    }
}

fn plain(token: &Token<'_>) -> Parsed<Calculated> {
    match token {
        Token::Number { value, .. } => Ok(Calculated::Number(*value)),
        Token::Percentage { unit_value, .. } => Ok(Calculated::Percentage(*unit_value)),
        Token::Dimension { value, unit, .. } => Ok(match_ignore_ascii_case! { unit,
            "deg" => Calculated::Angle(value.to_radians()),
            "grad" => Calculated::Angle((value * 0.9).to_radians()),
            "rad" => Calculated::Angle(*value),
            "turn" => Calculated::Angle((value * 360.0).to_radians()),
            _ => Calculated::Length(dimension(*value, unit)?),
        }),
        _ => invalid(),
    }
}

/// Parses a value inside a calculation.
fn term(input: &mut Parser<'_>) -> Parsed<Calculated> {
    let token = input.next()?.clone();
    match token {
        Token::ParenthesisBlock => input.parse_nested_block(sum),
        Token::Function(name) => input.parse_nested_block(|input| function(&name, input)),
        Token::Ident(name) => match_ignore_ascii_case! { &name,
            "infinity" => Ok(Calculated::Number(f32::INFINITY)),
            "-infinity" => Ok(Calculated::Number(f32::NEG_INFINITY)),
            "nan" => Ok(Calculated::Number(f32::NAN)),
            "pi" => Ok(Calculated::Number(std::f32::consts::PI)),
            "e" => Ok(Calculated::Number(std::f32::consts::E)),
            _ => invalid(),
        },
        token => plain(&token),
    }
}

fn function(name: &str, input: &mut Parser<'_>) -> Parsed<Calculated> {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "calc" | "-webkit-calc" => sum(input),
        "min" => extreme(input, |new, old| new < old),
        "max" => extreme(input, |new, old| new > old),
        "clamp" => clamp(input),
        "abs" => {
            let value = sum(input)?;
            value.times(Calculated::Number(value.rank().signum()))
        }
        "sign" => {
            let rank = sum(input)?.rank();
            let sign = if rank == 0.0 { 0.0 } else { rank.signum() };
            Ok(Calculated::Number(sign))
        }
        "sin" | "cos" | "tan" => {
            let (Calculated::Angle(angle) | Calculated::Number(angle)) = sum(input)? else {
                return invalid();
            };
            Ok(Calculated::Number(match name.as_str() {
                "sin" => angle.sin(),
                "cos" => angle.cos(),
                _ => angle.tan(),
            }))
        }
        "asin" => Ok(Calculated::Angle(number(input)?.asin())),
        "acos" => Ok(Calculated::Angle(number(input)?.acos())),
        "atan" => Ok(Calculated::Angle(number(input)?.atan())),
        "atan2" => {
            let (y, x) = pair(input)?;
            Ok(Calculated::Angle(y.rank().atan2(x.rank())))
        }
        "sqrt" => Ok(Calculated::Number(number(input)?.sqrt())),
        "exp" => Ok(Calculated::Number(number(input)?.exp())),
        "pow" => {
            let base = number(input)?;
            input.expect_comma()?;
            Ok(Calculated::Number(base.powf(number(input)?)))
        }
        "log" => {
            let value = number(input)?;
            let base = input.try_parse(Parser::expect_comma);
            Ok(Calculated::Number(match base {
                Ok(()) => value.ln() / number(input)?.ln(),
                Err(_) => value.ln(),
            }))
        }
        "hypot" => {
            let first = sum(input)?;
            let mut total = first.rank().powi(2);
            while input.try_parse(Parser::expect_comma).is_ok() {
                let next = sum(input)?;
                if !next.is_like(first) {
                    return invalid();
                }
                total += next.rank().powi(2);
            }
            Ok(first.with_rank(total.sqrt()))
        }
        "mod" => {
            let (value, by) = pair(input)?;
            let (a, b) = (value.rank(), by.rank());
            Ok(value.with_rank(a - b * (a / b).floor()))
        }
        "rem" => {
            let (value, by) = pair(input)?;
            Ok(value.with_rank(value.rank() % by.rank()))
        }
        "round" => round(input),
        "progress" => {
            let value = sum(input)?;
            input.expect_comma()?;
            let (start, end) = pair(input)?;
            let (value, start, end) = (value.rank(), start.rank(), end.rank());
            Ok(Calculated::Number(
                ((value - start) / (end - start)).clamp(0.0, 1.0),
            ))
        }
        _ => invalid(),
    }
}

fn number(input: &mut Parser<'_>) -> Parsed<f32> {
    match sum(input)? {
        Calculated::Number(number) => Ok(number),
        _ => invalid(),
    }
}

/// Parses two values of the same kind.
fn pair(input: &mut Parser<'_>) -> Parsed<(Calculated, Calculated)> {
    let first = sum(input)?;
    input.expect_comma()?;
    let second = sum(input)?;
    match first.is_like(second) {
        true => Ok((first, second)),
        false => invalid(),
    }
}

fn clamp(input: &mut Parser<'_>) -> Parsed<Calculated> {
    let bound = |input: &mut Parser<'_>| {
        let none = input.try_parse(|input| input.expect_ident_matching("none"));
        match none {
            Ok(()) => Ok(None),
            Err(_) => sum(input).map(Some),
        }
    };
    let low = bound(input)?;
    input.expect_comma()?;
    let mut value = sum(input)?;
    input.expect_comma()?;
    if let Some(high) = bound(input)?
        && value.rank() > high.rank()
    {
        value = high;
    }
    Ok(match low {
        Some(low) if value.rank() < low.rank() => low,
        _ => value,
    })
}

fn round(input: &mut Parser<'_>) -> Parsed<Calculated> {
    let strategy = input.try_parse(|input| {
        let name = input.expect_ident_cloned()?;
        input.expect_comma()?;
        Ok::<_, cssparser::BasicParseError>(name.to_ascii_lowercase())
    });
    let value = sum(input)?;
    let step = match input.try_parse(Parser::expect_comma) {
        Ok(()) => sum(input)?,
        Err(_) => Calculated::Number(1.0),
    };
    if !value.is_like(step) {
        return invalid();
    }
    let times = value.rank() / step.rank();
    let times = match strategy.as_deref() {
        Ok("up") => times.ceil(),
        Ok("down") => times.floor(),
        Ok("to-zero") => times.trunc(),
        Ok("nearest") | Err(_) => (times + 0.5).floor(),
        Ok(_) => return invalid(),
    };
    Ok(value.with_rank(times * step.rank()))
}

fn extreme(input: &mut Parser<'_>, better: fn(f32, f32) -> bool) -> Parsed<Calculated> {
    let mut best = sum(input)?;
    while input.try_parse(Parser::expect_comma).is_ok() {
        let next = sum(input)?;
        if !next.is_like(best) {
            return invalid();
        }
        let is_length = matches!(next, Calculated::Length(_));
        if better(next.rank(), best.rank()) {
            best = next;
        }
        // A percentage among lengths is one of them.
        if let Calculated::Percentage(part) = best
            && is_length
        {
            best = Calculated::Length(part_of(part));
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
    let mut total = term(input)?;
    loop {
        let before = input.state();
        match input.next() {
            Ok(Token::Delim('*')) => total = total.times(term(input)?)?,
            Ok(Token::Delim('/')) => total = total.over(term(input)?)?,
            _ => {
                input.reset(&before);
                return Ok(total);
            }
        }
    }
}
