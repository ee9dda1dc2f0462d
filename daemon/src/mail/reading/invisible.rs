//! Invisible characters: zero-width characters, direction marks, tags and control characters. They
//! hide instructions from people but not from models.

/// Removes invisible characters from a body and adds their number to `count`. Line breaks and
/// tabs stay, and so do the joiners that scripts and emoji need.
pub(in crate::mail) fn clean(text: &str, count: &mut u32) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let needed = is_joiner(c) && joins(before) && joins(chars.peek().copied());
        if is_invisible(c) && !needed {
            *count = count.saturating_add(1);
            continue;
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// Removes invisible characters from a subject or a name, and makes it one line.
pub(in crate::mail) fn line(text: &str) -> String {
    let one_line = text.replace(|c: char| c.is_control(), " ");
    clean(&one_line, &mut 0)
}

/// Returns whether this is ZERO WIDTH NON-JOINER or ZERO WIDTH JOINER.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Returns whether a joiner next to this character has a meaning: non-ASCII letters, emoji.
fn joins(c: Option<char>) -> bool {
    c.is_some_and(|c| !c.is_ascii() && !c.is_whitespace() && !is_invisible(c))
}

fn is_invisible(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Soft hyphen; combining grapheme joiner; Arabic letter mark; Hangul fillers; Khmer
        // inherent vowels; Mongolian vowel separators.
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
        // Zero-width characters, marks of direction, embeddings, overrides, isolates,
        // invisible operators.
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        // Byte order mark, interlinear annotations.
        '\u{feff}' | '\u{fff0}'..='\u{fffb}' => true,
        // Tags and the variation selectors that can spell bytes.
        '\u{e0000}'..='\u{e0fff}' => true,
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_removed_except_the_joiners_that_scripts_need() {
        for (text, expected, removed) in [
            ("plain\ttext\n", "plain\ttext\n", 0),
            ("pass\u{200b}word", "password", 1),
            ("\u{202e}txt.exe\u{202c}", "txt.exe", 2),
            ("a\u{e0069}\u{e0067}\u{e006e}b", "ab", 3),
            ("\u{feff}bell\u{7}\u{85}", "bell", 3),
            // An emoji of a family, and Persian text.
            ("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧", 0),
            ("می\u{200c}خواهم", "می\u{200c}خواهم", 0),
            // The padding of newsletters.
            ("Hi\u{200c} \u{200c} \u{200c}", "Hi  ", 3),
            ("é\u{200d}\u{200d}\u{200d}é", "é\u{200d}é", 2),
        ] {
            let mut count = 0;
            assert_eq!(clean(text, &mut count), expected, "{text:?}");
            assert_eq!(count, removed, "{text:?}");
        }
        assert_eq!(line("a\r\nBcc: b\u{202e}"), "a  Bcc: b");
    }
}
