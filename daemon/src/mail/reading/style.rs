//! The part of CSS that decides whether an element is visible: its `style` attribute. Style
//! sheets are not read. If a style sheet could make an element visible, it counts as visible.

use std::collections::HashMap;

/// Parses a `style` attribute to its declarations in lower case. The last one of a name wins.
pub(super) fn declarations(style: &str) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for declaration in style.split(';') {
        if let Some((name, value)) = declaration.split_once(':') {
            let value = value.trim().to_ascii_lowercase();
            let value = value.trim_end_matches("!important").trim().to_owned();
            found.insert(name.trim().to_ascii_lowercase(), value);
        }
    }
    found
}

/// Returns whether these declarations make an element invisible.
pub(super) fn hides(style: &HashMap<String, String>) -> bool {
    let is = |name: &str, values: &[&str]| {
        style
            .get(name)
            .is_some_and(|value| values.contains(&value.as_str()))
    };
    let size = |name: &str| style.get(name).and_then(|value| pixels(value));
    let none = |name: &str, at_most: f64| size(name).is_some_and(|size| size <= at_most);
    let away = |name: &str| size(name).is_some_and(|size| size <= -500.0);
    let clipped = is("overflow", &["hidden"]) || style.contains_key("max-height");
    is("display", &["none"])
        || is("visibility", &["hidden", "collapse"])
        || none("opacity", 0.05)
        || none("font-size", 1.0)
        || (clipped && (none("height", 1.0) || none("max-height", 1.0)))
        || (clipped && (none("width", 1.0) || none("max-width", 1.0)))
        || away("text-indent")
        || away("left")
        || away("top")
        || away("margin-left")
        || is("color", &["transparent"])
}

/// Parses a length in pixels. Other units count as pixels, which suffices for lengths near zero.
fn pixels(value: &str) -> Option<f64> {
    let end = value
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

/// Parses a colour to red, green and blue; `None` for unknown syntax.
pub(super) fn colour(text: &str) -> Option<[u8; 3]> {
    let text = text.trim().to_ascii_lowercase();
    let named = match text.as_str() {
        "white" => Some("ffffff"),
        "black" => Some("000000"),
        "red" => Some("ff0000"),
        "gray" | "grey" => Some("808080"),
        "silver" => Some("c0c0c0"),
        "whitesmoke" => Some("f5f5f5"),
        "snow" => Some("fffafa"),
        "ivory" => Some("fffff0"),
        _ => None,
    };
    if let Some(inside) = text
        .strip_prefix("rgb(")
        .or_else(|| text.strip_prefix("rgba("))
    {
        let mut parts = inside.trim_end_matches(')').split([',', ' ', '/']);
        let mut next = || {
            parts
                .find(|part| !part.is_empty())?
                .trim()
                .parse::<u8>()
                .ok()
        };
        return Some([next()?, next()?, next()?]);
    }
    let hex = named.unwrap_or_else(|| text.trim_start_matches('#'));
    let digits: Vec<u8> = hex
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect::<Option<_>>()?;
    match digits.as_slice() {
        [r, g, b] => Some([r * 17, g * 17, b * 17]),
        [a, b, c, d, e, f, ..] if digits.len() == 6 || digits.len() == 8 => {
            Some([a * 16 + b, c * 16 + d, e * 16 + f])
        }
        _ => None,
    }
}

/// Returns whether two colours are too similar for text to be readable.
pub(super) fn same(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hiding_styles_are_recognized_and_other_styles_are_visible() {
        for style in [
            "display:none",
            "DISPLAY : None !important",
            "color:red; visibility:hidden",
            "opacity:0",
            "font-size:0px",
            "font-size:1px;line-height:1px",
            "max-height:0;overflow:hidden",
            "height:0; overflow: hidden",
            "text-indent:-9999px",
            "position:absolute;left:-10000px",
            "color:transparent",
        ] {
            assert!(hides(&declarations(style)), "{style}");
        }
        for style in [
            "",
            "display:block",
            "height:0",
            "font-size:11px",
            "opacity:0.8",
            "width:100%",
            "margin-left:-8px",
            "nonsense",
            ";;:;",
        ] {
            assert!(!hides(&declarations(style)), "{style}");
        }
    }

    #[test]
    fn colours_are_compared_in_every_notation() {
        for white in [
            "white",
            "#fff",
            "#FFFFFF",
            "rgb(255, 255, 255)",
            "#ffffff80",
            "fefefe",
        ] {
            assert!(same(colour(white).unwrap(), [255; 3]), "{white}");
        }
        assert!(!same(colour("#eee").unwrap(), [255; 3]));
        for bad in ["", "inherit", "#ff", "rgb(1,2)", "url(x)", "#gggggg"] {
            assert_eq!(colour(bad), None, "{bad}");
        }
    }
}
