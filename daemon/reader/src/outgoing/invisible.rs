//! Characters that a person does not see: zero-width, direction, tag and control characters. They
//! hide text from a person, or change the order in which a person reads it.

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
fn replace(text: &str, mut replace: impl FnMut(char, &mut String)) -> String {
    let has_rtl = text.chars().any(is_rtl);
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        if let Some(flag) = flag(rest) {
            out.push_str(flag);
            rest = rest.get(flag.len()..).unwrap_or_default();
            before = None;
            continue;
        }
        rest = after;
        let keeps = match c {
            '\n' | '\t' => true,
            '\u{200c}' | '\u{200d}' => before.is_some_and(joins),
            '\u{200e}' | '\u{200f}' | '\u{61c}' => has_rtl,
            '\u{fe00}'..='\u{fe0f}' => before.is_some_and(takes_selector),
            '\u{e0100}'..='\u{e01ef}' => before.is_some_and(is_ideograph),
            other => !is_invisible(other),
        };
        match keeps {
            true => out.push(c),
            false => replace(c, &mut out),
        }
        // A joiner or a selector after a removed character has no base.
        before = keeps.then_some(c);
    }
    out
}

/// Returns whether a person sees nothing where this character is, or whether the character changes
/// the direction of the text around it. White space is visible.
pub fn is_invisible(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Soft hyphen; combining grapheme joiner; Arabic letter mark; Hangul fillers; Khmer
        // inherent vowels; Mongolian separators.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{3164}'
        | '\u{ffa0}' => true,
        // Zero-width characters, direction marks, line and paragraph separators, embeddings,
        // overrides, isolates, invisible operators.
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        // Variation selectors, byte order mark, interlinear annotations, shorthand and musical
        // controls, tags, further selectors.
        '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        other => other.is_control(),
    }
}

/// Returns whether a character is a letter of a script that is written from right to left.
pub(super) fn is_rtl(c: char) -> bool {
    matches!(c,
        '\u{5be}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
        && c.is_alphabetic()
}

/// Returns the flag of England, Scotland or Wales at the start of a text. Other sequences of tags
/// are not flags that a font shows.
fn flag(text: &str) -> Option<&str> {
    const FLAGS: [&str; 3] = [
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
    ];
    FLAGS.into_iter().find(|flag| text.starts_with(flag))
}

/// Returns whether a joiner after this character has a meaning.
fn joins(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && (!is_invisible(c) || is_selector(c))
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}')
}

/// Returns whether a font has two forms of this character, which a variation selector chooses.
fn takes_selector(c: char) -> bool {
    match c {
        '0'..='9' | '#' | '*' | '©' | '®' => true,
        other => {
            let is_letter = other.is_alphabetic() && !is_ideograph(other);
            !other.is_ascii() && !is_letter && !other.is_whitespace() && !is_invisible(other)
        }
    }
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
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
            ("é\u{200d}\u{200d}é", "é\u{200d}é", 1, "a second joiner"),
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
