//! Presentational attributes: `bgcolor`, `width`, `<font color>` and the like.

use super::computed::Computed;
use crate::{
    css::{
        colour::{Colour, Rgba},
        length::Length,
        marker::ListStyle,
        paint,
        property::{Align, FontSize, Size, WhiteSpace},
    },
    document::Element,
};
use cssparser::color::parse_named_color;
use html5ever::local_name;

/// Applies the presentational attributes of an element. Returns a font size, which depends on the
/// parent.
pub(super) fn apply(element: &Element, style: &mut Computed) -> Option<FontSize> {
    let attribute = |name| element.attribute(&name);
    let name = element.html_name();
    if matches!(
        name,
        "body"
            | "table"
            | "colgroup"
            | "col"
            | "thead"
            | "tbody"
            | "tfoot"
            | "tr"
            | "td"
            | "th"
            | "marquee"
    ) {
        if let Some(colour) = attribute(local_name!("bgcolor")).and_then(legacy_colour) {
            style.background = Colour::Known(colour);
        }
        if let Some(url) = attribute(local_name!("background")) {
            style.background_image = paint::picture(url);
        }
    }
    match name {
        "body" => {
            if let Some(colour) = attribute(local_name!("text")).and_then(legacy_colour) {
                style.inherited().colour = Some(colour);
            }
        }
        "font" => {
            if let Some(colour) = attribute(local_name!("color")).and_then(legacy_colour) {
                style.inherited().colour = Some(colour);
            }
            return attribute(local_name!("size")).and_then(font_size);
        }
        // Elements whose attributes of these names are a style or a size (HTML, "dimension
        // attributes").
        "table" | "td" | "th" | "img" | "hr" | "iframe" | "marquee" | "video" | "object"
        | "canvas" => {
            // Nothing is no size of a table or a cell.
            let of_table = matches!(name, "table" | "td" | "th");
            let size = |name| {
                let size = attribute(name).and_then(dimension);
                size.filter(|size| !of_table || *size != Length::ZERO)
            };
            if let Some(width) = size(local_name!("width")) {
                style.frame().width = Some(width);
            }
            if let Some(height) = size(local_name!("height")) {
                style.frame().height = Some(height);
            }
        }
        "ol" | "ul" | "li" => {
            if let Some(marker) = attribute(local_name!("type")).and_then(marker) {
                style.inherited().list_style = marker;
            }
        }
        "pre" if attribute(local_name!("wrap")).is_some() => {
            style.inherited().white_space = WhiteSpace::Pre;
        }
        _ => {}
    }
    if matches!(name, "td" | "th") && attribute(local_name!("nowrap")).is_some() {
        style.inherited().white_space = WhiteSpace::NoWrap;
    }
    if matches!(
        name,
        "div"
            | "legend"
            | "p"
            | "td"
            | "th"
            | "tr"
            | "tbody"
            | "thead"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
    ) {
        match attribute(local_name!("align"))
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("center" | "middle") => style.inherited().align = Align::Centre,
            Some("right") => style.inherited().align = Align::Right,
            Some("left" | "justify") => style.inherited().align = Align::Left,
            _ => {}
        }
    }
    None
}

/// Returns the colour of links that the body gives.
pub(super) fn link_colour(body: &Element) -> Option<Rgba> {
    body.attribute(&local_name!("link")).and_then(legacy_colour)
}

/// Returns the marker that the attribute `type` of a list or an item names.
pub(crate) fn marker(text: &str) -> Option<ListStyle> {
    Some(match text.trim() {
        "1" => ListStyle::Decimal,
        "a" => ListStyle::LowerAlpha,
        "A" => ListStyle::UpperAlpha,
        "i" => ListStyle::LowerRoman,
        "I" => ListStyle::UpperRoman,
        "none" => ListStyle::None,
        "disc" | "circle" | "square" => ListStyle::Bullet,
        _ => return None,
    })
}

/// Parses a size in pixels or percent; a unit is ignored.
pub(crate) fn dimension(text: &str) -> Option<Length> {
    let text = text.trim_start().trim_start_matches('+');
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let number: f32 = number.parse().ok()?;
    Some(match unit.trim_start().starts_with('%') {
        true => Length {
            part: number / 100.0,
            ..Length::ZERO
        },
        false => Length::px(number),
    })
}

/// Parses the size of a `font` element: 1 to 7, or relative to 3.
fn font_size(text: &str) -> Option<FontSize> {
    let text = text.trim();
    let digits: String = text
        .chars()
        .skip_while(|c| matches!(c, '+' | '-'))
        .take_while(char::is_ascii_digit)
        .take(3)
        .collect();
    let number: i32 = digits.parse().ok()?;
    let size = match text.chars().next() {
        Some('+') => 3 + number,
        Some('-') => 3 - number,
        _ => number,
    };
    const SIZES: [f32; 7] = [10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0];
    let at = usize::try_from(size.clamp(1, 7) - 1).ok()?;
    SIZES.get(at).map(|pixels| FontSize::Keyword(*pixels))
}

/// Parses a colour of an attribute (HTML, "rules for parsing a legacy color value").
fn legacy_colour(text: &str) -> Option<Rgba> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("transparent") {
        return None;
    }
    if let Ok((r, g, b)) = parse_named_color(text) {
        return Some(Rgba::opaque([r, g, b].map(f32::from)));
    }
    let digits: Vec<char> = text
        .chars()
        .take(128)
        .enumerate()
        .filter(|(at, c)| !(*at == 0 && *c == '#'))
        .map(|(_, c)| if c.is_ascii_hexdigit() { c } else { '0' })
        .collect();
    if let [r, g, b] = digits.as_slice()
        && text.starts_with('#')
    {
        return Some(Rgba::opaque([r, g, b].map(|c| digit(*c) * 17.0)));
    }
    let part = digits.len().div_ceil(3).max(1);
    let mut channels = [0.0; 3];
    let parts = digits.chunks(part);
    // Long parts lose their beginning, and then their end.
    let zeros = |skip: usize| {
        let mut parts = digits.chunks(part);
        part - skip > 2 && parts.all(|part| part.get(skip).is_none_or(|c| *c == '0'))
    };
    let mut skip = part.saturating_sub(8);
    while part > skip && zeros(skip) {
        skip += 1;
    }
    for (channel, part) in channels.iter_mut().zip(parts) {
        let mut digits = part.iter().skip(skip);
        let first = digits.next().map_or(0.0, |c| digit(*c));
        *channel = digits
            .next()
            .map_or(first, |c| first.mul_add(16.0, digit(*c)));
    }
    Some(Rgba::opaque(channels))
}

fn digit(c: char) -> f32 {
    // The digit is below 16.
    #[allow(clippy::cast_precision_loss)]
    let value = c.to_digit(16).unwrap_or_default() as f32;
    value
}

/// Returns whether a size is at most some pixels.
pub(crate) fn is_at_most(size: Size, limit: f32) -> bool {
    size.is_some_and(|size| size.is_definite() && size.usual() <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_attributes_are_read_as_browsers_do() {
        for (text, channels) in [
            ("#ffffff", [255.0, 255.0, 255.0]),
            ("ffffff", [255.0, 255.0, 255.0]),
            ("#fff", [255.0, 255.0, 255.0]),
            ("White", [255.0, 255.0, 255.0]),
            ("#036", [0.0, 51.0, 102.0]),
            ("chucknorris", [192.0, 0.0, 0.0]),
            ("#00ff00ff", [0.0, 240.0, 255.0]),
        ] {
            let found = legacy_colour(text).map(|colour| colour.channels);
            assert_eq!(found, Some(channels), "{text}");
        }
        assert_eq!(legacy_colour(""), None);
    }

    #[test]
    fn sizes_of_attributes_are_pixels_or_percent() {
        assert_eq!(dimension("600"), Some(Length::px(600.0)));
        assert_eq!(dimension(" 1px"), Some(Length::px(1.0)));
        assert_eq!(dimension("50%").map(|size| size.part), Some(0.5));
        assert_eq!(dimension("auto"), None);
    }
}
