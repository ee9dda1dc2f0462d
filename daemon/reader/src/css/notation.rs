//! Notations of colours that give their channels.

use super::{
    Parsed,
    calculation::{Calculated, calculated},
    invalid,
};
use cssparser::Parser;
use cssparser_color::{hsl_to_rgb, hwb_to_rgb};

/// Whether the old notation with commas is permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commas {
    Permitted,
    Refused,
}

/// A channel as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Channel {
    None,
    Number(f32),
    Percentage(f32),
    /// An angle in degrees.
    Angle(f32),
}

/// Returns whether a space of colours has channels of red, green and blue, or of X, Y and Z.
pub(super) fn is_space(name: &str) -> bool {
    const SPACES: [&str; 10] = [
        "srgb",
        "srgb-linear",
        "display-p3",
        "display-p3-linear",
        "a98-rgb",
        "prophoto-rgb",
        "rec2020",
        "xyz",
        "xyz-d50",
        "xyz-d65",
    ];
    SPACES.iter().any(|space| name.eq_ignore_ascii_case(space))
}

/// Parses the arguments of a function whose channels are given. Returns red, green and blue in sRGB from 0 to
/// 255, and the opacity.
pub(super) fn absolute(
    function: &str,
    input: &mut Parser<'_>,
    commas: Commas,
) -> Parsed<([f32; 3], f32)> {
    let function = function.to_ascii_lowercase();
    let space = match function.as_str() {
        "color" => input.expect_ident()?.to_ascii_lowercase(),
        _ => String::new(),
    };
    let first = channel(input)?;
    let may_be_old = matches!(function.as_str(), "rgb" | "rgba" | "hsl" | "hsla");
    let old =
        may_be_old && commas == Commas::Permitted && input.try_parse(Parser::expect_comma).is_ok();
    let second = channel(input)?;
    if old {
        input.expect_comma()?;
    }
    let channels = [first, second, channel(input)?];
    let alpha = alpha(input, old)?;
    if old && channels.contains(&Channel::None) {
        return invalid();
    }
    let [x, y, z] = channels;
    let unit = match function.as_str() {
        "rgb" | "rgba" => {
            let percentages = channels.map(|one| matches!(one, Channel::Percentage(_)));
            if old && percentages != [percentages.contains(&true); 3] {
                return invalid();
            }
            let one = |channel: Channel| -> Parsed<f32> { Ok(channel.scaled(255.0)? / 255.0) };
            (one(x)?, one(y)?, one(z)?)
        }
        "hsl" | "hsla" => hsl_to_rgb(x.hue()? / 360.0, y.share(old)?, z.share(old)?),
        "hwb" => hwb_to_rgb(x.hue()? / 360.0, y.share(false)?, z.share(false)?),
        "lab" => lab(x.scaled(100.0)?, y.scaled(125.0)?, z.scaled(125.0)?),
        "lch" => {
            let (a, b) = polar(y.scaled(150.0)?, z.hue()?);
            lab(x.scaled(100.0)?, a, b)
        }
        "oklab" => oklab(x.scaled(1.0)?, y.scaled(0.4)?, z.scaled(0.4)?),
        "oklch" => {
            let (a, b) = polar(y.scaled(0.4)?, z.hue()?);
            oklab(x.scaled(1.0)?, a, b)
        }
        "color" => {
            let channels = (x.scaled(1.0)?, y.scaled(1.0)?, z.scaled(1.0)?);
            match space.as_str() {
                "srgb-linear" | "display-p3-linear" => {
                    let (r, g, b) = channels;
                    (gamma(r), gamma(g), gamma(b))
                }
                "xyz" | "xyz-d50" | "xyz-d65" => xyz(channels),
                // The other spaces agree with sRGB in black and white, and nearly in between.
                _ if is_space(&space) => channels,
                _ => return invalid(),
            }
        }
        _ => return invalid(),
    };
    let unit = [unit.0, unit.1, unit.2];
    Ok((unit.map(|channel| channel.clamp(0.0, 1.0) * 255.0), alpha))
}

fn channel(input: &mut Parser<'_>) -> Parsed<Channel> {
    let none = input.try_parse(|input| input.expect_ident_matching("none"));
    if none.is_ok() {
        return Ok(Channel::None);
    }
    Ok(match calculated(input)? {
        Calculated::Number(number) => Channel::Number(number),
        Calculated::Percentage(part) => Channel::Percentage(part),
        Calculated::Angle(angle) => Channel::Angle(angle.to_degrees()),
        Calculated::Length(_) => return invalid(),
    })
}

/// Parses the opacity, if there is one.
fn alpha(input: &mut Parser<'_>, old: bool) -> Parsed<f32> {
    if input.is_exhausted() {
        return Ok(1.0);
    }
    match old {
        true => input.expect_comma()?,
        false => input.expect_delim('/')?,
    }
    match channel(input)? {
        Channel::Number(alpha) | Channel::Percentage(alpha) => Ok(alpha.clamp(0.0, 1.0)),
        Channel::None if !old => Ok(0.0),
        Channel::None | Channel::Angle(_) => invalid(),
    }
}

impl Channel {
    /// Returns a number; a percentage is a part of the whole.
    fn scaled(self, whole: f32) -> Parsed<f32> {
        match self {
            Self::None => Ok(0.0),
            Self::Number(number) => Ok(number),
            Self::Percentage(part) => Ok(part * whole),
            Self::Angle(_) => invalid(),
        }
    }

    /// Returns a part of one. The old notation has percentages only.
    fn share(self, old: bool) -> Parsed<f32> {
        match self {
            Self::Number(_) if old => invalid(),
            Self::Number(number) => Ok((number / 100.0).clamp(0.0, 1.0)),
            other => Ok(other.scaled(1.0)?.clamp(0.0, 1.0)),
        }
    }

    /// Returns an angle in degrees.
    fn hue(self) -> Parsed<f32> {
        match self {
            Self::None => Ok(0.0),
            Self::Number(angle) | Self::Angle(angle) => Ok(angle.rem_euclid(360.0)),
            Self::Percentage(_) => invalid(),
        }
    }
}

fn polar(chroma: f32, hue: f32) -> (f32, f32) {
    let (sin, cos) = hue.to_radians().sin_cos();
    (chroma * cos, chroma * sin)
}

/// Converts a colour of CIE Lab. The slight difference of the white points does not matter here.
fn lab(lightness: f32, a: f32, b: f32) -> (f32, f32, f32) {
    let y = (lightness + 16.0) / 116.0;
    let inverse = |t: f32| match t > 6.0 / 29.0 {
        true => t * t * t,
        false => 3.0 * (6.0f32 / 29.0).powi(2) * (t - 4.0 / 29.0),
    };
    let x = 0.950_47 * inverse(y + a / 500.0);
    let z = 1.088_83 * inverse(y - b / 200.0);
    xyz((x, inverse(y), z))
}

/// Converts a colour of CIE XYZ.
fn xyz((x, y, z): (f32, f32, f32)) -> (f32, f32, f32) {
    (
        gamma(3.240_6 * x - 1.537_2 * y - 0.498_6 * z),
        gamma(-0.968_9 * x + 1.875_8 * y + 0.041_5 * z),
        gamma(0.055_7 * x - 0.204 * y + 1.057 * z),
    )
}

/// Converts a colour of Oklab (<https://bottosson.github.io/posts/oklab/>).
fn oklab(lightness: f32, a: f32, b: f32) -> (f32, f32, f32) {
    let l = (lightness + 0.396_337_8 * a + 0.215_803_76 * b).powi(3);
    let m = (lightness - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
    let s = (lightness - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
    (
        gamma(4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s),
        gamma(-1.268_438 * l + 2.609_757_4 * m - 0.341_319_38 * s),
        gamma(-0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s),
    )
}

fn gamma(linear: f32) -> f32 {
    match linear > 0.003_130_8 {
        true => 1.055 * linear.powf(1.0 / 2.4) - 0.055,
        false => 12.92 * linear,
    }
}
