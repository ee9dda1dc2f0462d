//! Colours of CSS, as far as they decide whether text can be seen.

use cssparser::{Parser, Token, color};

/// Largest difference of a channel at which text cannot be told from its background.
const INVISIBLE_DIFFERENCE: u8 = 16;

/// Colour with its opacity from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Colour {
    red: u8,
    green: u8,
    blue: u8,
    alpha: f32,
}

impl Colour {
    pub(super) const BLACK: Self = Self::opaque(0, 0, 0);
    pub(super) const WHITE: Self = Self::opaque(255, 255, 255);

    const fn opaque(red: u8, green: u8, blue: u8) -> Self {
        Self {
            red,
            green,
            blue,
            alpha: 1.0,
        }
    }

    /// Returns whether nothing of the colour can be seen.
    pub(super) fn is_transparent(self) -> bool {
        self.alpha < 0.1
    }

    /// Returns the colour in front of an opaque one.
    pub(super) fn over(self, below: Self) -> Self {
        let mix = |above: u8, below: u8| {
            let mixed = f32::from(above) * self.alpha + f32::from(below) * (1.0 - self.alpha);
            color::clamp_floor_256_f32(mixed)
        };
        Self::opaque(
            mix(self.red, below.red),
            mix(self.green, below.green),
            mix(self.blue, below.blue),
        )
    }

    /// Returns whether text of this colour cannot be told from its background.
    pub(super) fn is_lost_on(self, background: Self) -> bool {
        let seen = self.over(background);
        [
            (seen.red, background.red),
            (seen.green, background.green),
            (seen.blue, background.blue),
        ]
        .iter()
        .all(|(a, b)| a.abs_diff(*b) <= INVISIBLE_DIFFERENCE)
    }
}

/// Returns the first colour in a value; `None` if there is none that is understood.
pub(super) fn parse(value: &str) -> Option<Colour> {
    let mut parser = Parser::new(value);
    while let Ok(token) = parser.next() {
        let token = token.clone();
        let found = match &token {
            Token::IDHash(hash) | Token::Hash(hash) => {
                let parsed = color::parse_hash_color(hash.as_bytes());
                parsed.ok().map(|(red, green, blue, alpha)| Colour {
                    red,
                    green,
                    blue,
                    alpha,
                })
            }
            Token::Ident(name) if name.eq_ignore_ascii_case("transparent") => Some(Colour {
                alpha: 0.0,
                ..Colour::BLACK
            }),
            Token::Ident(name) => {
                let parsed = color::parse_named_color(name);
                parsed
                    .ok()
                    .map(|(red, green, blue)| Colour::opaque(red, green, blue))
            }
            Token::Function(name) => {
                let name = name.to_ascii_lowercase();
                function(&mut parser, &name)
            }
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Parses the arguments of `rgb()` and `hsl()`, in the old and the new notation.
fn function(parser: &mut Parser<'_>, name: &str) -> Option<Colour> {
    let mut numbers = Vec::new();
    let _ = parser.parse_nested_block(|inner| {
        while let Ok(token) = inner.next() {
            match token {
                Token::Number { value, .. } => numbers.push((*value, false)),
                Token::Percentage { unit_value, .. } => numbers.push((*unit_value, true)),
                Token::Dimension { value, .. } => numbers.push((*value, false)),
                _ => {}
            }
        }
        Ok::<(), cssparser::ParseError<()>>(())
    });
    let (&[first, second, third], rest) = numbers.split_first_chunk::<3>()?;
    let alpha = rest.first().map_or(1.0, |(alpha, _)| *alpha);
    let channel = |(value, is_share): (f32, bool)| match is_share {
        true => color::clamp_unit_f32(value),
        false => color::clamp_floor_256_f32(value),
    };
    match name {
        "rgb" | "rgba" => Some(Colour {
            red: channel(first),
            green: channel(second),
            blue: channel(third),
            alpha,
        }),
        "hsl" | "hsla" => {
            let (hue, saturation, light) = (first.0, second.0, third.0);
            let part = |n: f32| {
                let k = (n + hue / 30.0).rem_euclid(12.0);
                let a = saturation * light.min(1.0 - light);
                let value = light - a * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
                color::clamp_unit_f32(value)
            };
            Some(Colour {
                red: part(0.0),
                green: part(8.0),
                blue: part(4.0),
                alpha,
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_of_white_is_lost_on_white() {
        for white in [
            "#fff",
            "#FFFFFF",
            "white",
            "rgb(255,255,255)",
            "rgb(255 255 255)",
            "rgb(100%,100%,100%)",
            "rgba(250,250,250,1)",
            "hsl(0,0%,100%)",
            "#fefefe",
            "rgba(0,0,0,0.01)",
            "#ffff",
            "snow",
            "transparent",
            "!important white",
        ] {
            assert!(parse(white).unwrap().is_lost_on(Colour::WHITE), "{white}");
        }
        for seen in [
            "#000",
            "red",
            "rgb(0,0,0)",
            "#ddd",
            "hsl(200,50%,40%)",
            "rgba(0,0,0,.5)",
        ] {
            assert!(!parse(seen).unwrap().is_lost_on(Colour::WHITE), "{seen}");
        }
        assert_eq!(parse("inherit"), None);
        assert_eq!(parse("var(--x)"), None);
    }
}
