//! Values of the declarations of an outgoing mail.

use super::css;
use crate::css::{length, shorthand::SYSTEM_FONTS};
use cssparser::Parser;

/// Font size of a page, in pixels.
pub(super) const FONT: f32 = 16.0;

/// Words with which a length has no number.
const WORDS: [&str; 17] = [
    "auto",
    "none",
    "normal",
    "inherit",
    "initial",
    "unset",
    "revert",
    "revert-layer",
    "min-content",
    "max-content",
    "fit-content",
    "stretch",
    "-webkit-fill-available",
    "-moz-available",
    "hanging",
    "each-line",
    "baseline",
];

/// Words of `display` with which a box is seen, each alone.
const DISPLAYS: [&str; 25] = [
    "block",
    "inline",
    "inline-block",
    "flow-root",
    "flex",
    "inline-flex",
    "grid",
    "inline-grid",
    "list-item",
    "contents",
    "table",
    "inline-table",
    "table-row",
    "table-cell",
    "table-row-group",
    "table-header-group",
    "table-footer-group",
    "table-caption",
    "ruby",
    "inherit",
    "initial",
    "unset",
    "revert",
    "revert-layer",
    "math",
];

/// Words of sizes of fonts that can be read.
const SIZES: [&str; 11] = [
    "xx-small",
    "x-small",
    "small",
    "medium",
    "large",
    "x-large",
    "xx-large",
    "xxx-large",
    "smaller",
    "larger",
    "initial",
];

/// Size of a font.
pub(super) enum FontSize {
    /// Pixels.
    Known(f32),
    /// The size of the element around.
    Inherited,
    Unknown,
}

/// A declaration with its value in lower case, without comments and `!important`.
pub(super) struct Plain {
    pub(super) name: String,
    pub(super) value: String,
}

/// Returns the declarations of a style in the order in which they apply: the important ones last.
pub(super) fn in_order(style: &str) -> Vec<Plain> {
    let mut declarations: Vec<(bool, Plain)> = css::declarations(style)
        .into_iter()
        .map(|declaration| {
            let (value, is_important) = plain(declaration.value);
            let name = declaration.name;
            (is_important, Plain { name, value })
        })
        .collect();
    declarations.sort_by_key(|(is_important, _)| *is_important);
    declarations.into_iter().map(|(_, plain)| plain).collect()
}

/// Returns a value in lower case without comments and `!important`, and whether it had that.
fn plain(value: &str) -> (String, bool) {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let out = out.to_lowercase();
    match out.rsplit_once('!') {
        Some((before, word)) if word.trim() == "important" => (before.trim().to_owned(), true),
        Some(_) | None => (out.trim().to_owned(), false),
    }
}

/// Returns a length or a number in pixels. `em` is the size of the font, and of 100 %.
pub(super) fn length(value: &str, em: f32) -> Option<f32> {
    let mut parser = Parser::new(value);
    let length = parser.parse_entirely(|input| length::parse(input, true));
    length.ok().map(|length| length.resolve(em, FONT, em))
}

/// Returns the lengths of a value in pixels, without its words; `None` for a value that is not
/// understood.
pub(super) fn lengths(value: &str, em: f32) -> Option<Vec<f32>> {
    let mut parser = Parser::new(value);
    let mut found = Vec::new();
    while !parser.is_exhausted() {
        match parser.try_parse(|input| length::parse(input, true)) {
            Ok(length) => found.push(length.resolve(em, FONT, em)),
            Err(_) => {
                let word = parser.expect_ident().ok()?;
                WORDS.contains(&&**word).then_some(())?;
            }
        }
    }
    (!value.is_empty()).then_some(found)
}

/// Returns whether a value is one length, or a word in its place, so that no mail program drops it.
pub(super) fn is_one_length(value: &str) -> bool {
    let has_unit = value.ends_with(|c: char| c.is_alphabetic() || c == '%' || c == ')');
    let is_one = length(value, FONT).is_some() || WORDS.contains(&value);
    is_one && (has_unit || value.parse() == Ok(0.0_f32))
}

/// Returns the opacity of a value; `None` for a value that is not understood.
pub(super) fn opacity(value: &str) -> Option<f32> {
    let mut parser = Parser::new(value);
    let opacity = parser.parse_entirely(length::parse_number);
    match value {
        "inherit" | "initial" | "unset" | "revert" | "revert-layer" => Some(1.0),
        _ => opacity.ok(),
    }
}

/// Returns the size of `font-size`.
pub(super) fn font_size(value: &str, em: f32) -> FontSize {
    match (length(value, em), value) {
        (Some(px), _) if is_one_length(value) => FontSize::Known(px),
        (Some(_), _) => FontSize::Unknown,
        (None, "inherit" | "unset") => FontSize::Inherited,
        (None, word) if SIZES.contains(&word) => FontSize::Known(FONT),
        (None, _) => FontSize::Unknown,
    }
}

/// Returns the size in a value of `font`.
pub(super) fn size_in_font(value: &str, em: f32) -> FontSize {
    let is_number =
        |word: &str| word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    // A number without a unit is a weight, except zero.
    let has_unit = |word: &str| word.ends_with(|c: char| c.is_alphabetic() || c == '%');
    let is_size = |word: &&str| {
        SIZES.contains(word)
            || is_unread(word)
            || (is_number(word) && (has_unit(word) || word.parse() == Ok(0.0_f32)))
    };
    let mut words = value.split(|c: char| c.is_whitespace() || c == '/');
    match words.find(is_size) {
        // A function may have spaces, at which it was split.
        Some(size) if is_unread(size) => FontSize::Unknown,
        Some(size) => font_size(size, em),
        None if SYSTEM_FONTS.contains(&value) => FontSize::Known(FONT),
        None => font_size(value, em),
    }
}

/// Returns whether a value of `display` shows the box.
pub(super) fn is_shown(display: &str) -> bool {
    DISPLAYS.contains(&display)
}

/// Returns whether the meaning of a value is not known here: it has a function or an escape.
pub(super) fn is_unread(value: &str) -> bool {
    value.contains(['(', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn important_declarations_apply_last_and_in_their_order() {
        let order = |style| {
            let words = in_order(style).into_iter().map(|plain| plain.value);
            words.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            order("a:1 !IMPORTANT;b:2;c:3/**/! important;d:4"),
            "2 4 1 3"
        );
        assert_eq!(order("a:x ! important y"), "x ! important y");
    }

    #[test]
    fn lengths_are_those_of_css() {
        for (value, expected) in [
            ("1e-3px", Some(0.001)),
            ("-9e3px", Some(-9_000.0)),
            ("1vmin", Some(8.005)),
            ("2rlh", Some(36.16)),
            ("calc(1px - 1px)", Some(0.0)),
            ("50%", Some(5.0)),
            ("7", Some(7.0)),
            ("1foo", None),
            ("var(--x)", None),
        ] {
            let found = length(value, 10.0);
            let is_near = |found: f32| expected.is_some_and(|px| (px - found).abs() < 0.01);
            assert!(
                found.map_or(expected.is_none(), is_near),
                "{value}: {found:?}"
            );
        }
        assert_eq!(lengths("0 auto -1E3px", 10.0), Some(vec![0.0, -1_000.0]));
        assert_eq!(lengths("0 1foo", 10.0), None);
        assert_eq!(lengths("", 10.0), None);
    }
}
