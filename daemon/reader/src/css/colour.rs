//! Colours in all notations.

use super::{Invalid, Parsed, Syntax, invalid, length, light::luminance, relative};
use cssparser::{Parser, Token, color::PredefinedColorSpace, match_ignore_ascii_case};
use cssparser_color::{Color, ColorParser, NumberOrPercentage, hsl_to_rgb, hwb_to_rgb};

/// A colour in sRGB with its opacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rgba {
    /// Red, green and blue from 0 to 255.
    pub(crate) channels: [f32; 3],
    /// Opacity from 0 to 1.
    pub(crate) alpha: f32,
}

impl Rgba {
    pub(crate) const BLACK: Self = Self::opaque([0.0; 3]);
    pub(crate) const WHITE: Self = Self::opaque([255.0; 3]);
    pub(crate) const TRANSPARENT: Self = Self {
        channels: [0.0; 3],
        alpha: 0.0,
    };

    pub(crate) const fn opaque(channels: [f32; 3]) -> Self {
        Self {
            channels,
            alpha: 1.0,
        }
    }

    /// Returns the colour that appears on an opaque ground.
    pub(crate) fn over(self, ground: [f32; 3]) -> [f32; 3] {
        let [r, g, b] = self.channels;
        let [gr, gg, gb] = ground;
        let mix = |a: f32, b: f32| a.mul_add(self.alpha, b * (1.0 - self.alpha));
        [mix(r, gr), mix(g, gg), mix(b, gb)]
    }
}

/// A colour of a declaration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Colour {
    /// A colour with known channels.
    Known(Rgba),
    /// The colour of the text.
    Current,
    /// A valid colour whose channels are not computed.
    Unknown,
}

/// Parser whose numbers may be calculations.
struct Calculating;

impl ColorParser<'_> for Calculating {
    type Output = Color;
    type Error = Invalid;

    fn parse_percentage(&self, input: &mut Parser<'_>) -> Parsed<f32> {
        length::parse_number(input)
    }

    fn parse_number(&self, input: &mut Parser<'_>) -> Parsed<f32> {
        length::parse_number(input)
    }

    fn parse_number_or_percentage(&self, input: &mut Parser<'_>) -> Parsed<NumberOrPercentage> {
        if let Ok(unit_value) = input.try_parse(Parser::expect_percentage) {
            return Ok(NumberOrPercentage::Percentage { unit_value });
        }
        let value = length::parse_number(input)?;
        Ok(NumberOrPercentage::Number { value })
    }
}

/// Parses the colour of a property. Old documents may omit the `#` (Quirks Mode, 3.1).
pub(super) fn of_property(input: &mut Parser<'_>, syntax: Syntax) -> Parsed<Colour> {
    if syntax.quirks
        && let Ok(colour) = input.try_parse(without_hash)
    {
        return Ok(colour);
    }
    parse(input)
}

fn without_hash(input: &mut Parser<'_>) -> Parsed<Colour> {
    let digits = match input.next()? {
        Token::Ident(name) => name.to_string(),
        Token::Number {
            int_value: Some(value @ 0..),
            ..
        } => format!("{value:0>6}"),
        Token::Dimension {
            int_value: Some(value @ 0..),
            unit,
            ..
        } => format!("{:0>6}", format!("{value}{unit}")),
        _ => return invalid(),
    };
    if !matches!(digits.len(), 3 | 6) {
        return invalid();
    }
    match cssparser::color::parse_hash_color(digits.as_bytes()) {
        Ok((r, g, b, _)) => Ok(Colour::Known(Rgba::opaque([r, g, b].map(f32::from)))),
        Err(()) => invalid(),
    }
}

/// Parses a colour.
pub(crate) fn parse(input: &mut Parser<'_>) -> Parsed<Colour> {
    if let Ok(colour) =
        input.try_parse(|input| cssparser_color::parse_color_with(&Calculating, input))
    {
        return Ok(known(colour));
    }
    let token = input.next()?.clone();
    match token {
        Token::Ident(name) => system(&name),
        Token::Function(name) => input.parse_nested_block(|input| {
            if input
                .try_parse(|input| input.expect_ident_matching("from"))
                .is_ok()
            {
                return relative(&name, input);
            }
            let colour = match_ignore_ascii_case! { &name,
                "light-dark" => {
                    let light = parse(input)?;
                    input.expect_comma()?;
                    parse(input)?;
                    light
                },
                "color-mix" => mixed(input)?,
                "contrast-color" => {
                    let colour = parse(input)?;
                    while input.next().is_ok() {}
                    contrast(colour)
                },
                "rgb" | "rgba" | "hsl" | "hsla" | "hwb" | "lab" | "lch" | "oklab" | "oklch"
                | "color" | "device-cmyk" | "color-contrast" => {
                    while input.next().is_ok() {}
                    Colour::Unknown
                },
                _ => return invalid(),
            };
            Ok(colour)
        }),
        _ => invalid(),
    }
}

fn system(name: &str) -> Parsed<Colour> {
    let channels = match_ignore_ascii_case! { name,
        "canvas" | "background" | "field" | "window" | "activetext" | "highlighttext" => [255.0; 3],
        "canvastext" | "fieldtext" | "buttontext" | "windowtext" | "marktext" | "infotext"
        | "menutext" | "captiontext" => [0.0; 3],
        "linktext" => [0.0, 0.0, 238.0],
        "graytext" | "buttonborder" | "buttonface" | "highlight" | "mark" | "selecteditem"
        | "selecteditemtext" | "accentcolor" | "accentcolortext" | "visitedtext" | "menu"
        | "infobackground" | "scrollbar" => return Ok(Colour::Unknown),
        _ => return invalid(),
    };
    Ok(Colour::Known(Rgba::opaque(channels)))
}

/// Parses the arguments of `color-mix`. The colours are mixed in sRGB, whatever space is named.
fn mixed(input: &mut Parser<'_>) -> Parsed<Colour> {
    input.expect_ident_matching("in")?;
    input.parse_until_after(cssparser::Delimiter::Comma, |input| {
        while input.next().is_ok() {}
        Ok(())
    })?;
    let (first, share) = shared(input)?;
    input.expect_comma()?;
    let (second, other) = shared(input)?;
    let (a, b) = match (share, other) {
        (None, None) => (0.5, 0.5),
        (Some(a), None) => (a, 1.0 - a),
        (None, Some(b)) => (1.0 - b, b),
        (Some(a), Some(b)) => (a, b),
    };
    let (Colour::Known(first), Colour::Known(second)) = (first, second) else {
        return Ok(Colour::Unknown);
    };
    let total = a + b;
    if total <= 0.0 {
        return invalid();
    }
    let alpha = (first.alpha * a + second.alpha * b) / total;
    let share = if alpha > 0.0 {
        first.alpha * a / total / alpha
    } else {
        0.0
    };
    let [r, g, b] = first.channels;
    let first = Rgba {
        channels: [r, g, b],
        alpha: share,
    };
    Ok(Colour::Known(Rgba {
        channels: first.over(second.channels),
        alpha: alpha * total.min(1.0),
    }))
}

/// Parses the arguments of a colour that is made from another one.
fn relative(name: &str, input: &mut Parser<'_>) -> Parsed<Colour> {
    let origin = parse(input)?;
    let Colour::Known(origin) = origin else {
        while input.next().is_ok() {}
        return Ok(Colour::Unknown);
    };
    let Some(text) = relative::absolute(name, (origin.channels, origin.alpha), input)? else {
        return Ok(Colour::Unknown);
    };
    let mut input = Parser::new(&text);
    let colour = cssparser_color::parse_color_with(&Calculating, &mut input);
    Ok(colour.map_or(Colour::Unknown, known))
}

/// Returns the one of black and white that differs more from a colour.
fn contrast(colour: Colour) -> Colour {
    let Colour::Known(colour) = colour else {
        return Colour::Unknown;
    };
    let luminance = luminance(colour.channels) + 0.05;
    Colour::Known(match 1.05 / luminance >= luminance / 0.05 {
        true => Rgba::WHITE,
        false => Rgba::BLACK,
    })
}

fn shared(input: &mut Parser<'_>) -> Parsed<(Colour, Option<f32>)> {
    let before = input.try_parse(Parser::expect_percentage).ok();
    let colour = parse(input)?;
    let after = input.try_parse(Parser::expect_percentage).ok();
    Ok((colour, before.or(after)))
}

fn known(colour: Color) -> Colour {
    let unit = |(r, g, b): (f32, f32, f32), alpha: Option<f32>| Rgba {
        channels: [r, g, b].map(|channel| channel.clamp(0.0, 1.0) * 255.0),
        alpha: alpha.unwrap_or(0.0),
    };
    let zero = Option::unwrap_or_default;
    Colour::Known(match colour {
        Color::CurrentColor => return Colour::Current,
        Color::Rgba(c) => Rgba {
            channels: [c.red, c.green, c.blue].map(f32::from),
            alpha: c.alpha,
        },
        Color::Hsl(c) => unit(
            hsl_to_rgb(zero(c.hue) / 360.0, zero(c.saturation), zero(c.lightness)),
            c.alpha,
        ),
        Color::Hwb(c) => unit(
            hwb_to_rgb(zero(c.hue) / 360.0, zero(c.whiteness), zero(c.blackness)),
            c.alpha,
        ),
        Color::Lab(c) => unit(lab(zero(c.lightness), zero(c.a), zero(c.b)), c.alpha),
        Color::Lch(c) => {
            let (a, b) = polar(zero(c.chroma), zero(c.hue));
            unit(lab(zero(c.lightness), a, b), c.alpha)
        }
        Color::Oklab(c) => unit(oklab(zero(c.lightness), zero(c.a), zero(c.b)), c.alpha),
        Color::Oklch(c) => {
            let (a, b) = polar(zero(c.chroma), zero(c.hue));
            unit(oklab(zero(c.lightness), a, b), c.alpha)
        }
        Color::ColorFunction(c) => {
            let channels = (zero(c.c1), zero(c.c2), zero(c.c3));
            match c.color_space {
                // The other spaces agree with sRGB in black and white, and nearly in between.
                PredefinedColorSpace::Srgb
                | PredefinedColorSpace::DisplayP3
                | PredefinedColorSpace::A98Rgb
                | PredefinedColorSpace::ProphotoRgb
                | PredefinedColorSpace::Rec2020 => unit(channels, c.alpha),
                PredefinedColorSpace::SrgbLinear => {
                    let (r, g, b) = channels;
                    unit((gamma(r), gamma(g), gamma(b)), c.alpha)
                }
                PredefinedColorSpace::XyzD50 | PredefinedColorSpace::XyzD65 => {
                    unit(xyz(channels), c.alpha)
                }
                _ => return Colour::Unknown,
            }
        }
    })
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

#[cfg(test)]
#[path = "colour_tests.rs"]
mod tests;
