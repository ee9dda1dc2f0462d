//! Colours that are made from another one, in the notation of other colours.

use super::{Parsed, light::linear};
use cssparser::{Parser, ToCss as _, Token};

/// A channel that a relative colour may use, with its value if it is computed.
type Channel = (&'static str, Option<f32>);

/// Returns a colour from another one in the notation without it, and whether its channels are known.
/// `input` is behind the other colour, whose channels in sRGB, from 0 to 255, and opacity are given if
/// they are known.
pub(super) fn absolute(
    function: &str,
    origin: Option<([f32; 3], f32)>,
    input: &mut Parser<'_>,
) -> Parsed<(String, bool)> {
    let function = function.to_ascii_lowercase();
    let mut out = format!("{function}(");
    let space = match function.as_str() {
        "color" => input.expect_ident()?.to_ascii_lowercase(),
        _ => String::new(),
    };
    out.push_str(&space);
    let (channels, alpha) = match origin {
        Some((origin, alpha)) => (channels(&function, &space, origin), Some(alpha)),
        None => (channels(&function, &space, [0.0; 3]), None),
    };
    let known = |(name, value): Channel| (name, value.filter(|_| origin.is_some()));
    let channels: Vec<Channel> = channels.into_iter().map(known).collect();
    let names: Vec<&str> = channels.iter().map(|(name, _)| *name).collect();
    let channels = [channels, vec![("alpha", alpha)]].concat();
    let mut writer = Writer {
        channels: &channels,
        out,
        unknown: false,
        slash: None,
    };
    let mut words = Vec::new();
    writer.write(input, 0, &mut words)?;
    let Writer { out, unknown, .. } = &writer;
    let (channels, alpha) = match writer.slash.and_then(|slash| out.split_at_checked(slash)) {
        Some((channels, alpha)) => (channels, alpha.to_owned()),
        None => (out.as_str(), format!(" / {}", alpha.unwrap_or(1.0))),
    };
    Ok(match origin.filter(|_| words == names) {
        Some(([r, g, b], _)) => (format!("rgb({r} {g} {b}{alpha})"), true),
        None => (format!("{channels}{alpha})"), !unknown && origin.is_some()),
    })
}

fn channels(function: &str, space: &str, [r, g, b]: [f32; 3]) -> Vec<Channel> {
    let unit = [r, g, b].map(|channel| channel / 255.0);
    let most = unit.into_iter().fold(0.0, f32::max);
    let least = unit.into_iter().fold(1.0, f32::min);
    let known = |names: [&'static str; 3], values: [f32; 3]| {
        let pairs = names.into_iter().zip(values);
        pairs.map(|(name, value)| (name, Some(value))).collect()
    };
    let unknown = |names: [&'static str; 3]| names.map(|name| (name, None)).into();
    match function {
        "rgb" | "rgba" => known(["r", "g", "b"], [r, g, b]),
        "hsl" | "hsla" => {
            let light = f32::midpoint(most, least);
            let room = 1.0 - (2.0 * light - 1.0).abs();
            let saturation = if room > 0.0 {
                (most - least) / room
            } else {
                0.0
            };
            let hue = hue(unit, most, least);
            known(["h", "s", "l"], [hue, saturation * 100.0, light * 100.0])
        }
        "hwb" => {
            let hue = hue(unit, most, least);
            known(["h", "w", "b"], [hue, least * 100.0, (1.0 - most) * 100.0])
        }
        "oklab" => known(["l", "a", "b"], oklab(unit)),
        "oklch" => {
            let [l, a, b] = oklab(unit);
            let hue = b.atan2(a).to_degrees().rem_euclid(360.0);
            known(["l", "c", "h"], [l, a.hypot(b), hue])
        }
        "lab" => unknown(["l", "a", "b"]),
        "lch" => unknown(["l", "c", "h"]),
        "color" if space == "srgb" => known(["r", "g", "b"], unit),
        "color" if space.starts_with("xyz") => unknown(["x", "y", "z"]),
        "color" => unknown(["r", "g", "b"]),
        _ => Vec::new(),
    }
}

/// Returns the hue in degrees.
fn hue([r, g, b]: [f32; 3], most: f32, least: f32) -> f32 {
    let range = most - least;
    if range <= 0.0 {
        return 0.0;
    }
    let sixth = match most {
        _ if most <= r => (g - b) / range,
        _ if most <= g => (b - r) / range + 2.0,
        _ => (r - g) / range + 4.0,
    };
    (sixth * 60.0).rem_euclid(360.0)
}

/// Converts a colour of sRGB to Oklab (<https://bottosson.github.io/posts/oklab/>).
fn oklab(channels: [f32; 3]) -> [f32; 3] {
    let [r, g, b] = channels.map(linear);
    let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

/// Writer of a notation with numbers in place of the names of channels.
struct Writer<'a> {
    channels: &'a [Channel],
    out: String,
    /// Whether a name has no number.
    unknown: bool,
    /// Where the opacity begins.
    slash: Option<usize>,
}

impl Writer<'_> {
    fn write(&mut self, input: &mut Parser<'_>, depth: u32, words: &mut Vec<String>) -> Parsed<()> {
        while let Ok(token) = input.next().cloned() {
            self.out.push(' ');
            match &token {
                Token::Ident(name) if !name.eq_ignore_ascii_case("none") => {
                    let name = name.to_ascii_lowercase();
                    let known = self.channels.iter().find(|(channel, _)| *channel == name);
                    match known {
                        Some((_, value)) => {
                            self.unknown |= value.is_none();
                            self.out.push_str(&value.unwrap_or_default().to_string());
                        }
                        None => self.out.push_str(&name),
                    }
                    if self.slash.is_none() {
                        words.push(name);
                    }
                }
                Token::Function(name) => {
                    self.out.push_str(name);
                    self.out.push('(');
                    self.nested(input, depth, words)?;
                }
                Token::ParenthesisBlock => {
                    self.out.push('(');
                    self.nested(input, depth, words)?;
                }
                other => {
                    if depth == 0 && *other == Token::Delim('/') {
                        self.slash = Some(self.out.len());
                    }
                    if self.slash.is_none() {
                        words.push(String::new());
                    }
                    let _ = other.to_css(&mut self.out);
                }
            }
        }
        Ok(())
    }

    fn nested(
        &mut self,
        input: &mut Parser<'_>,
        depth: u32,
        words: &mut Vec<String>,
    ) -> Parsed<()> {
        words.push(String::new());
        input.parse_nested_block(|input| self.write(input, depth + 1, words))?;
        self.out.push(')');
        Ok(())
    }
}
