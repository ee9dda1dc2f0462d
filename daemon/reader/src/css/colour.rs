//! Colours in all notations.

use super::{
    Invalid, Parsed, Syntax, invalid, length,
    light::luminance,
    notation::{self, Commas},
    relative,
};
use cssparser::{ParseError, Parser, Token, match_ignore_ascii_case};

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
    /// The page in a dark scheme of colours.
    pub(crate) const DARK_PAGE: Self = Self::opaque([18.0; 3]);
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
    let token = input.next()?.clone();
    match token {
        Token::Hash(digits) | Token::IDHash(digits) => {
            match cssparser::color::parse_hash_color(digits.as_bytes()) {
                Ok((r, g, b, alpha)) => Ok(Colour::Known(Rgba {
                    channels: [r, g, b].map(f32::from),
                    alpha,
                })),
                Err(()) => invalid(),
            }
        }
        Token::Ident(name) => named(&name),
        Token::Function(name) => input.parse_nested_block(|input| function(&name, input)),
        _ => invalid(),
    }
}

fn named(name: &str) -> Parsed<Colour> {
    if let Ok((r, g, b)) = cssparser::color::parse_named_color(name) {
        return Ok(Colour::Known(Rgba::opaque([r, g, b].map(f32::from))));
    }
    let channels = match_ignore_ascii_case! { name,
        "transparent" => return Ok(Colour::Known(Rgba::TRANSPARENT)),
        "currentcolor" => return Ok(Colour::Current),
        "accentcolortext" | "activecaption" | "appworkspace" | "background" | "canvas" | "field"
        | "highlighttext" | "inactivecaption" | "infobackground" | "menu" | "scrollbar" | "window" => [255.0; 3],
        "buttontext" | "canvastext" | "captiontext" | "fieldtext" | "infotext" | "marktext"
        | "menutext" | "windowtext" => [0.0; 3],
        "linktext" | "-webkit-link" => [0.0, 0.0, 238.0],
        "activetext" | "-webkit-activelink" => [255.0, 0.0, 0.0],
        "graytext" | "buttonborder" | "buttonface" | "highlight" | "mark" | "selecteditem"
        | "selecteditemtext" | "accentcolor" | "visitedtext" | "activeborder" | "buttonhighlight"
        | "buttonshadow" | "inactiveborder" | "inactivecaptiontext"
        | "threeddarkshadow" | "threedface" | "threedhighlight" | "threedlightshadow"
        | "threedshadow" | "windowframe" | "-webkit-focus-ring-color" => {
            return Ok(Colour::Unknown);
        },
        _ => return invalid(),
    };
    Ok(Colour::Known(Rgba::opaque(channels)))
}

/// Returns a colour of the system in a dark scheme, if it is another one than in a light scheme.
pub(crate) fn in_the_dark(name: &str) -> Option<&'static str> {
    Some(match_ignore_ascii_case! { name,
        "activecaption" | "appworkspace" | "background" | "canvas" | "inactivecaption"
        | "infobackground" | "menu" | "scrollbar" | "window" => "#121212",
        "activeborder" | "buttonborder" | "buttontext" | "canvastext" | "captiontext" | "fieldtext"
        | "inactiveborder" | "infotext" | "menutext" | "windowframe" | "windowtext" => "#fff",
        "field" | "selecteditemtext" => "#3b3b3b",
        "linktext" | "-webkit-link" => "#9e9eff",
        _ => return None,
    })
}

/// Parses the arguments of a function.
fn function(name: &str, input: &mut Parser<'_>) -> Parsed<Colour> {
    match_ignore_ascii_case! { name,
        "light-dark" => {
            let light = parse(input)?;
            input.expect_comma()?;
            parse(input)?;
            Ok(light)
        },
        "color-mix" => mixed(input),
        "contrast-color" => Ok(contrast(parse(input)?)),
        _ => {
            let from = |input: &mut Parser<'_>| input.expect_ident_matching("from");
            match input.try_parse(from) {
                Ok(()) => relative(name, input),
                Err(_) => notation::absolute(name, input, Commas::Permitted).map(known),
            }
        },
    }
}

fn known((channels, alpha): ([f32; 3], f32)) -> Colour {
    Colour::Known(Rgba { channels, alpha })
}

/// Parses a space of colours, and the way around its circle of hues.
pub(super) fn space(input: &mut Parser<'_>) -> Parsed<()> {
    let name = input.expect_ident_cloned()?;
    match_ignore_ascii_case! { &name,
        "hsl" | "hwb" | "lch" | "oklch" => {
            let _ = input.try_parse(|input| {
                let way = input.expect_ident_cloned()?;
                match_ignore_ascii_case! { &way,
                    "shorter" | "longer" | "increasing" | "decreasing" => {
                        Ok::<_, ParseError<Invalid>>(input.expect_ident_matching("hue")?)
                    },
                    _ => invalid(),
                }
            });
            Ok(())
        },
        "lab" | "oklab" => Ok(()),
        _ => match notation::is_space(&name) {
            true => Ok(()),
            false => invalid(),
        },
    }
}

/// Parses the arguments of `color-mix`. The colours are mixed in sRGB, whatever space is named.
fn mixed(input: &mut Parser<'_>) -> Parsed<Colour> {
    if input
        .try_parse(|input| input.expect_ident_matching("in"))
        .is_ok()
    {
        space(input)?;
        input.expect_comma()?;
    }
    let (first, share) = shared(input)?;
    input.expect_comma()?;
    let (second, other) = shared(input)?;
    let (a, b) = match (share, other) {
        (None, None) => (0.5, 0.5),
        (Some(a), None) => (a, 1.0 - a),
        (None, Some(b)) => (1.0 - b, b),
        (Some(a), Some(b)) => (a, b),
    };
    let total = a + b;
    if total <= 0.0 {
        return Ok(Colour::Known(Rgba::TRANSPARENT));
    }
    let (Colour::Known(first), Colour::Known(second)) = (first, second) else {
        return Ok(Colour::Unknown);
    };
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
    let origin = match parse(input)? {
        Colour::Known(origin) => Some((origin.channels, origin.alpha)),
        Colour::Current | Colour::Unknown => None,
    };
    let (text, is_known) = relative::absolute(name, origin, input)?;
    let colour = Parser::new(&text).parse_entirely(|input| {
        let name = input.expect_function()?.clone();
        input.parse_nested_block(|input| notation::absolute(&name, input, Commas::Refused))
    })?;
    Ok(match is_known {
        true => known(colour),
        false => Colour::Unknown,
    })
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
    let share = |input: &mut Parser<'_>| match length::parse_percentage(input)? {
        share if (0.0..=1.0).contains(&share) => Ok(share),
        _ => invalid(),
    };
    let before = input.try_parse(share).ok();
    let colour = parse(input)?;
    let after = match before {
        None => input.try_parse(share).ok(),
        some => some,
    };
    Ok((colour, after))
}

#[cfg(test)]
#[path = "colour_tests.rs"]
mod tests;
