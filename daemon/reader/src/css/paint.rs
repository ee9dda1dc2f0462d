//! Images, shadows, masks and filters, as far as they decide whether text can be told from its ground.

use super::{
    Invalid, Parsed, colour,
    colour::{Colour, Rgba},
    data, gradient, invalid, length,
    property::{Filter, Image, Mask},
};
use crate::thresholds::{CLEAR, FAR};
use cssparser::{Delimiter, ParseError, Parser, Token, match_ignore_ascii_case};

/// Distance of a shadow from its letters, in pixels, at which it does not show their shape.
const DETACHED: f32 = 200.0;

/// Consumes the value. Returns the image that its layers are together.
pub(super) fn images(input: &mut Parser<'_>) -> Image {
    let mut found = Image::None;
    while let Ok(token) = input.next().cloned() {
        let layer = match token {
            Token::UnquotedUrl(url) => picture(&url),
            Token::QuotedString(url) => picture(&url),
            Token::Function(name) => image(&name, input),
            _ => continue,
        };
        found = join(found, layer);
    }
    found
}

/// Returns the image of two layers, the upper one first.
pub(super) fn join(upper: Image, lower: Image) -> Image {
    match (upper, lower) {
        (Image::None, other) | (other, Image::None) => other,
        (Image::Plain(upper), _) if upper.alpha > 0.95 => Image::Plain(upper),
        _ => Image::Picture,
    }
}

/// Returns the image at an address. Some addresses certainly have none.
pub(crate) fn picture(url: &str) -> Image {
    let url = url.trim();
    if let Some((kind, bytes)) = data::decoded(url) {
        return match is_drawn(&kind, &bytes) {
            true => Image::Picture,
            false => Image::None,
        };
    }
    let url = url.to_ascii_lowercase();
    let is_nothing = ["about:", "#", "javascript:", "data:"]
        .iter()
        .any(|start| url.starts_with(start));
    match url.is_empty() || is_nothing {
        true => Image::None,
        false => Image::Picture,
    }
}

/// Returns whether an image of a type may draw anything.
fn is_drawn(kind: &str, bytes: &[u8]) -> bool {
    const SHAPES: [&str; 11] = [
        "<rect", "<circle", "<ellipse", "<poly", "<path", "<line", "<image", "<use", "<text",
        "<foreign", "<style",
    ];
    if kind.starts_with("image/svg") {
        let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
        let styled = text.contains("background") || text.contains(":rect");
        return styled || SHAPES.iter().any(|shape| text.contains(shape));
    }
    // The transparent image of one pixel in each old template.
    let single = bytes.get(6..10) == Some(&[1, 0, 1, 0]);
    let clear = bytes
        .windows(4)
        .any(|part| matches!(part, [0x21, 0xf9, 4, flags] if flags & 1 == 1));
    kind.starts_with("image/")
        && !bytes.is_empty()
        && !(bytes.starts_with(b"GIF") && single && clear)
}

/// Consumes the block of a function. Returns its image.
pub(super) fn image(name: &str, input: &mut Parser<'_>) -> Image {
    if name.eq_ignore_ascii_case("url") {
        let url = input.parse_nested_block(|input| {
            let url = input.expect_string()?.to_string();
            while input.next().is_ok() {}
            Ok::<_, ParseError<Invalid>>(url)
        });
        return url.map_or(Image::Picture, |url| picture(&url));
    }
    let lower = name.to_ascii_lowercase();
    if lower == "light-dark" {
        let light = input.parse_nested_block(|input| {
            let light = input.parse_until_before(Delimiter::Comma, |input| {
                Ok::<_, ParseError<Invalid>>(images(input))
            })?;
            while input.next().is_ok() {}
            Ok(light)
        });
        return light.unwrap_or(Image::Picture);
    }
    let is_gradient = lower.ends_with("gradient") || lower == "image";
    let found = input.parse_nested_block(|input| {
        Ok::<_, ParseError<Invalid>>(match is_gradient {
            true => gradient::gradient(name, input),
            false => images(input),
        })
    });
    match found {
        Ok(found) if is_gradient || is_image(name) => found,
        // Other functions draw nothing without a script, or are none.
        Ok(_) => Image::None,
        Err(_) => Image::Picture,
    }
}

/// Returns whether a function stands for one of the images in it.
fn is_image(name: &str) -> bool {
    [
        "image-set",
        "-webkit-image-set",
        "cross-fade",
        "-webkit-cross-fade",
    ]
    .iter()
    .any(|image| name.eq_ignore_ascii_case(image))
}

/// Consumes the value. A mask leaves nothing if it is a gradient without opacity, or an image without
/// a size.
pub(super) fn mask(input: &mut Parser<'_>) -> Mask {
    let mut hides = false;
    let mut any = false;
    let mut size = false;
    let (mut far, mut single, mut layers) = (false, false, 1);
    while let Ok(token) = input.next().cloned() {
        match &token {
            Token::Ident(name) => single |= name.eq_ignore_ascii_case("no-repeat"),
            Token::Comma => layers += 1,
            Token::Dimension { value, .. } => far |= !size && value.abs() >= FAR,
            _ => {}
        }
        any |= matches!(token, Token::Function(_) | Token::UnquotedUrl(_));
        hides |= match &token {
            Token::Function(name) => image(name, input) == Image::None,
            // A mask of the mail itself.
            Token::UnquotedUrl(url) => url.starts_with('#'),
            Token::Number { value, .. } | Token::Dimension { value, .. } => size && *value == 0.0,
            _ => false,
        };
        size = matches!(token, Token::Delim('/'));
    }
    match (hides || (far && single && layers == 1), any) {
        (true, _) => Mask::Nothing,
        (false, true) => Mask::Image,
        (false, false) => Mask::None,
    }
}

/// Consumes the value. Returns the colour of a shadow inside the box that is so thick that text may
/// be on it.
pub(super) fn box_shadow(input: &mut Parser<'_>) -> Option<Colour> {
    const THICK: f32 = 8.0;
    let mut inset = false;
    let mut thick = false;
    let mut found = None;
    while !input.is_exhausted() {
        if let Ok(colour) = input.try_parse(|input| colour::parse(input)) {
            found = Some(colour);
            continue;
        }
        match input.next() {
            Ok(Token::Ident(name)) => inset |= name.eq_ignore_ascii_case("inset"),
            Ok(Token::Dimension { value, .. }) => thick |= *value >= THICK,
            _ => {}
        }
    }
    (inset && thick).then(|| found.unwrap_or(Colour::Current))
}

/// Consumes the value. Returns the colour of the shadow that shows the letters, if there is one.
pub(super) fn text_shadow(input: &mut Parser<'_>) -> Option<Colour> {
    let shadows = input.parse_comma_separated_ignoring_errors(shadow);
    let mut seen = shadows.into_iter().flatten();
    let first = seen.next()?;
    match seen.all(|other| other == first) {
        true => Some(first),
        false => Some(Colour::Unknown),
    }
}

/// Parses one shadow. Returns `None` if it is not seen near the letters.
fn shadow(input: &mut Parser<'_>) -> Parsed<Option<Colour>> {
    let mut shade = Colour::Current;
    let mut lengths = Vec::new();
    while !input.is_exhausted() {
        if let Ok(colour) = input.try_parse(|input| colour::parse(input)) {
            shade = colour;
        } else if let Ok(length) = input.try_parse(|input| length::parse(input, false)) {
            lengths.push(length.usual());
        } else {
            input.expect_ident_matching("none")?;
            return Ok(None);
        }
    }
    let far = lengths.iter().any(|length| length.abs() >= DETACHED);
    let clear = matches!(shade, Colour::Known(colour) if colour.alpha <= CLEAR);
    Ok((!far && !clear && lengths.len() >= 2).then_some(shade))
}

/// Consumes the value. Returns the colour of the outline of letters, and whether there is one.
pub(super) fn stroke(input: &mut Parser<'_>) -> (Colour, bool) {
    let mut colour = Colour::Current;
    let mut drawn = false;
    while !input.is_exhausted() {
        match input.try_parse(|input| colour::parse(input)) {
            Ok(found) => colour = found,
            Err(_) => drawn = has_one_width(input),
        }
    }
    (colour, drawn)
}

/// Consumes the value. Returns whether it is a width.
pub(super) fn has_width(input: &mut Parser<'_>) -> bool {
    let drawn = has_one_width(input);
    while input.next().is_ok() {}
    drawn
}

fn has_one_width(input: &mut Parser<'_>) -> bool {
    match input.try_parse(|input| length::parse(input, true)) {
        Ok(width) => width.usual() > 0.0,
        Err(_) => input.next().is_ok(),
    }
}

/// Parses `filter`.
pub(super) fn filter(input: &mut Parser<'_>) -> Parsed<Filter> {
    /// Greatest difference of colours that cannot be told apart, as a part of the whole.
    const LEAST: f32 = 0.02;
    let mut filter = Filter::NONE;
    while !input.is_exhausted() {
        let token = input.next()?.clone();
        match token {
            Token::Function(name) if name.eq_ignore_ascii_case("drop-shadow") => {
                filter.shadow = input.parse_nested_block(shadow)?.or(filter.shadow);
            }
            Token::Function(name) => {
                let value = input.parse_nested_block(|input| {
                    let value = input.try_parse(length::parse_number).unwrap_or(1.0);
                    while input.next().is_ok() {}
                    Ok::<f32, ParseError<Invalid>>(value.clamp(0.0, 1.0))
                })?;
                if name.eq_ignore_ascii_case("opacity") {
                    filter.opacity *= value;
                }
                if name.eq_ignore_ascii_case("invert") && value > 0.9 {
                    filter.inverts = !filter.inverts;
                }
                let flat = match_ignore_ascii_case! { &name,
                    "brightness" if value <= LEAST => Some(0.0),
                    "contrast" if value <= LEAST => Some(127.5),
                    "invert" if (value - 0.5).abs() <= LEAST => Some(127.5),
                    _ => None,
                };
                if flat.is_some() {
                    filter.flat = flat;
                    filter.inverts = false;
                }
            }
            Token::Ident(_) | Token::UnquotedUrl(_) => {}
            _ => return invalid(),
        }
    }
    Ok(filter)
}

/// Parses `fill` of SVG. A pattern or a gradient has no known colour.
pub(super) fn svg_fill(input: &mut Parser<'_>) -> Parsed<Colour> {
    if input
        .try_parse(|input| input.expect_ident_matching("none"))
        .is_ok()
    {
        return Ok(Colour::Known(Rgba::TRANSPARENT));
    }
    if let Ok(colour) = input.try_parse(|input| colour::parse(input)) {
        return Ok(colour);
    }
    while input.next().is_ok() {}
    Ok(Colour::Unknown)
}

/// Least width of a border on which letters may stand, in pixels.
pub(crate) const THICK: f32 = 15.0;

/// Parses a border. Returns whether it is so thick that letters may stand on it.
pub(super) fn thick_border(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut thick = false;
    let mut drawn = false;
    let mut seen = true;
    while !input.is_exhausted() {
        if let Ok(width) = input.try_parse(|input| length::parse(input, true)) {
            thick = width.usual() >= THICK;
        } else if let Ok(colour) = input.try_parse(|input| colour::parse(input)) {
            seen = !matches!(colour, Colour::Known(colour) if colour.alpha < 0.5);
        } else {
            let name = input.expect_ident()?;
            drawn |= match_ignore_ascii_case! { name,
                "none" | "hidden" | "thin" | "medium" | "thick" => false,
                _ => true,
            };
        }
    }
    Ok(thick && drawn && seen)
}
