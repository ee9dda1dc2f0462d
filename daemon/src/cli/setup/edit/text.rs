//! Byte order mark, line ends and positions of a text.

const BOM: char = '\u{feff}';

/// Text without a byte order mark and with `\n` as the line end, for parsers that would lose
/// both.
pub(super) struct Plain<'a> {
    bom: bool,
    original: &'a str,
    /// Text for the parser.
    pub(super) text: String,
}

impl<'a> Plain<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let original = without_bom(text);
        Self {
            bom: original.len() < text.len(),
            original,
            text: original.replace("\r\n", "\n"),
        }
    }

    /// Returns the edited text with the mark and the line ends of the original. Unchanged lines
    /// at the beginning and the end keep their own line ends, and the others get that of the
    /// first line.
    pub(super) fn restore(&self, edited: &str) -> String {
        let original: Vec<&str> = self.original.split_inclusive('\n').collect();
        let before: Vec<&str> = self.text.split_inclusive('\n').collect();
        let after: Vec<&str> = edited.split_inclusive('\n').collect();
        let same = |(a, b): &(&&str, &&str)| a == b;
        let head = before.iter().zip(&after).take_while(same).count();
        let rest = before.len().min(after.len()) - head;
        let tail = before.iter().rev().zip(after.iter().rev()).take(rest);
        let tail = tail.take_while(same).count();
        let crlf = original.first().is_some_and(|line| line.ends_with("\r\n"));
        let mut text = String::from(if self.bom { "\u{feff}" } else { "" });
        text.extend(original.iter().take(head).copied());
        let changed = after.iter().take(after.len() - tail).skip(head);
        for line in changed {
            match line.strip_suffix('\n') {
                Some(line) if crlf => text.extend([line, "\r\n"]),
                _ => text.push_str(line),
            }
        }
        text.extend(original.iter().skip(original.len() - tail).copied());
        text
    }
}

/// Returns the text after a byte order mark.
pub(super) fn without_bom(text: &str) -> &str {
    text.strip_prefix(BOM).unwrap_or(text)
}

/// Returns line and column of a byte, both from 1.
pub(super) fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_the_mark_outside_of_an_edit_are_kept() {
        let edit = |before: &str, from: &str, to: &str| {
            let plain = Plain::of(before);
            plain.restore(&plain.text.replace(from, to))
        };
        for text in ["", "a", "a\r\nb\nc\r\n", "\u{feff}", "\u{feff}a\r\n\r\n"] {
            assert_eq!(edit(text, "none", ""), text);
        }
        assert_eq!(
            edit("\u{feff}a\r\nb\nc\r\n", "b\n", "b\nx\n"),
            "\u{feff}a\r\nb\nx\r\nc\r\n"
        );
        assert_eq!(edit("a\r\nb", "b", "b\nc\n"), "a\r\nb\r\nc\r\n");
        assert_eq!(edit("a\nb\r\na\r\n", "b\na\n", "b\n"), "a\nb\r\n");
        assert_eq!(position("ä\nöx", 5), (2, 2));
    }
}
