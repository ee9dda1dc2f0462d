//! Characters that a person does not see: zero-width, direction, tag and control characters. They
//! hide text from a person, or change the order in which a person reads it.

use crate::characters;

/// Removes invisible characters and adds their number to `count`. Line feeds and tabs stay, and so
/// do the joiners, selectors and marks that scripts and emoji need.
pub fn clean(text: &str, count: &mut u32) -> String {
    replace(text, |_, _| *count = count.saturating_add(1))
}

/// Shows each invisible character as its code point, such as `‹U+200B›`.
pub fn reveal(text: &str) -> String {
    replace(text, |c, out| {
        out.push_str(&format!("‹U+{:04X}›", u32::from(c)));
    })
}

/// Copies text, and calls `replace` for each character that [`clean`] removes.
fn replace(text: &str, replace: impl FnMut(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    characters::scan(text, None, &mut out, replace);
    out
}

/// Returns whether a person sees nothing where this character is, or whether the character changes
/// the direction or the line of the text around it. White space is visible.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}') || characters::is_invisible(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_scripts_and_emoji_need_stay_and_others_are_counted() {
        for (text, expected, removed, why) in [
            ("plain\ttext\n", "plain\ttext\n", 0, "tabs and line feeds"),
            ("pass\u{200b}word", "password", 1, "zero-width space"),
            ("\u{202e}txt.exe\u{202c}", "txt.exe", 2, "override"),
            ("a\u{e0069}\u{e0067}b", "ab", 2, "tags without a flag"),
            ("\u{feff}bell\u{7}\u{85}", "bell", 3, "controls"),
            (
                "👩\u{200d}👩\u{200d}👧",
                "👩\u{200d}👩\u{200d}👧",
                0,
                "a family",
            ),
            (
                "🏳\u{fe0f}\u{200d}🌈",
                "🏳\u{fe0f}\u{200d}🌈",
                0,
                "joiner after a selector",
            ),
            ("1\u{fe0f}\u{20e3}", "1\u{fe0f}\u{20e3}", 0, "keycap"),
            (
                "می\u{200c}خواهم ه\u{200d}.",
                "می\u{200c}خواهم ه\u{200d}.",
                0,
                "Persian",
            ),
            (
                "Hi\u{200c} \u{200c} \u{200c}",
                "Hi  ",
                3,
                "padding of newsletters",
            ),
            (
                "é\u{200d}é",
                "éé",
                1,
                "a joiner of letters that do not join",
            ),
            (
                "a\u{fe00}\u{fe01}☺\u{fe0f}\u{fe0e}",
                "a☺\u{fe0f}",
                3,
                "bytes in selectors",
            ),
            (
                "\u{200f}שלום\u{200e}",
                "\u{200f}שלום\u{200e}",
                0,
                "marks in Hebrew",
            ),
            ("ab\u{200f}c", "abc", 1, "a mark in English"),
            (
                "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}!",
                "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}!",
                0,
                "the flag of England",
            ),
        ] {
            let mut count = 0;
            assert_eq!(clean(text, &mut count), expected, "{why}");
            assert_eq!(count, removed, "{why}");
        }
    }
}
