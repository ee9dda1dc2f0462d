//! Text from the bridge, from a proxy or from a library that quotes one of them. It passes through
//! [`line()`] where it enters an error type, so that it can neither forge a log line nor control a
//! terminal.

/// Text in the place of a secret.
const REMOVED: &str = "[removed]";
/// Bytes of the beginning of a secret that are removed at the end of a cut text.
const LEAST_OF_SECRET: usize = 4;
/// Limit of a code or a message of the bridge, in characters.
pub(crate) const MAX_MESSAGE: usize = 1_000;

/// Returns text as one line of at most `max` characters. Line breaks, tabs and other separators
/// become spaces. Control characters and characters that change the direction of text become
/// U+FFFD. Text that was cut ends with `…`.
pub(crate) fn line(text: &str, max: usize) -> String {
    let mut chars = text.chars();
    let mut out: String = chars.by_ref().take(max).map(shown).collect();
    if chars.next().is_some() {
        out.pop();
        out.push('…');
    }
    out
}

/// Returns text as one line, as for [`Error`](std::error::Error) texts of this crate: line breaks,
/// tabs and other separators become spaces; control characters and characters that change the
/// direction of text become U+FFFD.
pub fn one_line(text: &str) -> String {
    line(text, usize::MAX)
}

/// Returns the text of an error of the bridge or a library, see [`line()`].
pub(crate) fn message(text: &str) -> String {
    line(text, MAX_MESSAGE)
}

/// Returns one line of foreign text without the secret of the request that it answers: `[removed]` stands
/// in its place. The text may have been cut within the secret.
pub(crate) fn without(text: &str, secret: &str) -> String {
    let secret = one_line(secret);
    if secret.is_empty() {
        return text.to_owned();
    }
    let text = text.replace(&secret, REMOVED);
    let Some(cut) = text.strip_suffix('…') else {
        return text;
    };
    let mut lengths = (LEAST_OF_SECRET..secret.len()).rev();
    match lengths.find_map(|length| cut.strip_suffix(secret.get(..length)?)) {
        Some(kept) => format!("{kept}{REMOVED}…"),
        None => text,
    }
}

fn shown(c: char) -> char {
    match c {
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        // Marks, embeddings, overrides and isolates of the bidirectional algorithm.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_one_line_without_control_characters() {
        for (text, expected) in [
            ("Message not found", "Message not found"),
            ("x\n2026-11-27 INFO forged", "x 2026-11-27 INFO forged"),
            ("x\u{1b}[2Jy\u{9b}2J", "x\u{fffd}[2Jy\u{fffd}2J"),
            ("a\u{202e}b\u{2066}c\u{2028}d", "a\u{fffd}b\u{fffd}c d"),
            ("\u{0}\u{7f}", "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(line(text, 100), expected, "{text:?}");
        }
    }

    #[test]
    fn a_repeated_secret_is_removed_also_if_the_text_is_cut_within_it() {
        for (text, expected) in [
            ("bad password \"s3cret-word\"", "bad password \"[removed]\""),
            ("s3cret-words3cret-word", "[removed][removed]"),
            ("bad password s3cret-w…", "bad password [removed]…"),
            ("bad password s3c…", "bad password s3c…"),
            ("another s3cret", "another s3cret"),
        ] {
            assert_eq!(without(text, "s3cret-word"), expected, "{text:?}");
        }
        assert_eq!(
            without(&line("x a\tb\u{7f}cd y", 99), "a\tb\u{7f}cd"),
            "x [removed] y"
        );
        assert_eq!(without("text", ""), "text");
    }

    #[test]
    fn foreign_text_is_cut_between_characters() {
        assert_eq!(line("äöü", 3), "äöü");
        assert_eq!(line("äöüß", 3), "äö…");
        assert_eq!(message(&"x".repeat(5_000_000)).chars().count(), MAX_MESSAGE);
    }
}
