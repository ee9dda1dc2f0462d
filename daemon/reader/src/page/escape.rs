//! Escapes in text, only where the text would otherwise become Markdown.

use std::ops::Range;

/// Begins the warning behind a link.
pub(super) const WARNING: &str = "(⚠";

/// Characters inside an imitation of a note that do not tell it from one.
const UNSEEN: [char; 5] = [' ', '\u{a0}', '*', '_', '\\'];

/// Which characters of a line would become markup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Markup {
    star: bool,
    underscore: bool,
    tilde: bool,
    backtick: bool,
    bracket: bool,
    /// Whether the text is in a link, whose text brackets may end.
    link: bool,
    /// Whether the line is a row of a Markdown table.
    pipe: bool,
}

impl Markup {
    /// Examines the text of a line. `all` has the parts that the mail did not write, too, and `emphasis`
    /// says whether the line has emphasis of its own.
    pub(super) fn of(text: &str, all: &str, emphasis: bool, pipe: bool) -> Self {
        Self {
            star: is_paired(text, '*', emphasis),
            underscore: is_paired(text, '_', false),
            tilde: text.matches("~~").count() > 1,
            backtick: text.matches('`').count() > 1,
            bracket: ["](", "]:", "]["].iter().any(|end| all.contains(end)),
            link: false,
            pipe,
        }
    }

    /// Returns the markup of text in a link.
    pub(super) fn in_link(self, text: &str) -> Self {
        let mut open = 0;
        let is_even = text.chars().all(|c| {
            open += i32::from(c == '[') - i32::from(c == ']');
            open >= 0
        });
        Self {
            link: self.bracket || !is_even || open != 0,
            ..self
        }
    }

    /// Appends text with escapes. `before` is the last character before it.
    pub(super) fn escape(self, text: &str, before: Option<char>, out: &mut String) {
        let mut address = None;
        let mut previous = before;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if at == 0 || previous.is_none_or(char::is_whitespace) {
                address = address_in(text.get(at..).unwrap_or_default()).map(|start| at + start);
            }
            let next = chars.peek().map(|(_, next)| *next);
            // These signs are usual in addresses.
            let in_address =
                matches!(c, '_' | '*' | '~' | '&') && address.is_some_and(|start| at >= start);
            if (c == '|' && self.pipe)
                || (!in_address && self.is_markup(text, at, (previous, c, next)))
            {
                out.push('\\');
            }
            out.push(c);
            previous = Some(c);
        }
    }

    /// Returns whether the character between two others, at a place of a text, would become markup.
    fn is_markup(
        self,
        text: &str,
        at: usize,
        (previous, c, next): (Option<char>, char, Option<char>),
    ) -> bool {
        let is = |c: Option<char>, class: fn(char) -> bool| c.is_some_and(class);
        let within_word = is(previous, char::is_alphanumeric) && is(next, char::is_alphanumeric);
        let touches = is(previous, |c| !c.is_whitespace()) || is(next, |c| !c.is_whitespace());
        match c {
            '*' => self.star && touches && !within_word,
            '_' => self.underscore && touches && !within_word,
            '~' => self.tilde && (next == Some('~') || previous == Some('~')),
            '`' => self.backtick,
            '[' => self.bracket || self.link,
            // The other bracket may be in a line before.
            ']' => {
                let may_end = next.is_none_or(|next| matches!(next, '(' | '['));
                self.link || (self.bracket && may_end)
            }
            // The next piece, or the end of a link, may be a sign.
            '\\' => next.is_none_or(|c| c.is_ascii_punctuation()),
            '&' => is_entity(text.get(at..).unwrap_or_default()),
            _ => false,
        }
    }
}

/// Escapes what imitates the notes of this program or is a tag of HTML, wherever the mail wrote a part of
/// it. `texts` are the places of a line that the mail wrote.
pub(super) fn guard(line: &str, texts: &[Range<usize>]) -> String {
    let is_of_mail = |at: usize| {
        let next = texts.partition_point(|text| text.end <= at);
        texts.get(next).is_some_and(|text| text.start <= at)
    };
    let mut guarded = String::with_capacity(line.len() + 8);
    let mut is_escaped = false;
    // The colon of a link whose text imitates a note.
    let mut colon = None;
    for (at, c) in line.char_indices() {
        let rest = line.get(at..).unwrap_or_default();
        let imitated = match c {
            '[' | '［' => label(rest),
            '(' | '（' => warning_sign(rest),
            '<' if is_of_mail(at) && is_tag(rest) => 1,
            _ => 0,
        };
        let imitates = !is_escaped && (at..at + imitated).any(is_of_mail);
        if imitates && c == '[' && !is_of_mail(at) {
            colon = Some(at + imitated - 1);
        } else if imitates || (colon == Some(at) && c == ':') {
            guarded.push('\\');
        }
        is_escaped = c == '\\' && !is_escaped;
        guarded.push(c);
    }
    guarded
}

/// Returns the text of a label, which ends neither the label nor begins other Markdown.
pub(super) fn in_label(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let is_markup = match c {
            '\\' | '`' => true,
            '<' => next.is_some_and(|next| next.is_ascii_alphabetic() || "/!?".contains(next)),
            '(' => next.is_some_and(|next| WARNING.ends_with(next)),
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(match c {
            '[' => '(',
            ']' => ')',
            c => c,
        });
    }
    escaped
}

/// Returns whether an escape is needed before a line, so that it does not become a block.
pub(super) fn block_escape(line: &str) -> bool {
    let hashes = line.bytes().take_while(|b| *b == b'#').count();
    let heading = (1..=6).contains(&hashes)
        && line
            .get(hashes..)
            .is_some_and(|rest| rest.starts_with(' ') || rest.is_empty());
    let is_rule = |sign: char| {
        let signs = line.chars().filter(|c| *c == sign).count();
        signs >= 3 && line.chars().all(|c| c == sign || c == ' ')
    };
    let underline = !line.is_empty() && line.chars().all(|c| c == '=') && line.len() > 1;
    heading
        || underline
        || ['-', '*', '_'].into_iter().any(is_rule)
        || line.starts_with("```")
        || line.starts_with("~~~")
}

/// Returns whether a sign opens emphasis that a later one closes.
fn is_paired(text: &str, sign: char, emphasis: bool) -> bool {
    let mut opened = false;
    let mut previous: Option<char> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == sign {
            let next = chars.peek().copied();
            let before = previous.is_some_and(|c| !c.is_whitespace() && c != sign);
            let after = next.is_some_and(|c| !c.is_whitespace() && c != sign);
            let touches = before || after;
            if touches && (emphasis || (opened && before)) {
                return true;
            }
            opened |= after;
        }
        previous = Some(c);
    }
    false
}

/// Returns where the address of the web or of mail in the first word of a text begins.
fn address_in(text: &str) -> Option<usize> {
    let word = text.split_whitespace().next().unwrap_or_default();
    let www = word
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("www."));
    if www || is_mail(word) {
        return Some(0);
    }
    let slashes = word.find("://")?;
    let scheme = word.get(..slashes).unwrap_or_default();
    Some(
        scheme
            .trim_end_matches(|c: char| c.is_ascii_alphanumeric())
            .len(),
    )
}

fn is_mail(word: &str) -> bool {
    let word = word.trim_matches(['<', '>', '(', ')', ',', '.', ';', ':']);
    word.split_once('@').is_some_and(|(person, host)| {
        !person.is_empty()
            && host.contains('.')
            && !host.contains(['*', '<', '('])
            && !person.contains(['[', '*', '`'])
    })
}

/// Returns the length of the beginning of a label of an image, a button or a field, if text begins so; 0
/// otherwise. Blanks, emphasis and capitals do not tell it from one. The rest of the label may be in the
/// next cell.
fn label(text: &str) -> usize {
    let name = within(text);
    let found = ["image", "button", "field"].iter().find_map(|label| {
        let (start, rest) = name.split_at_checked(label.len())?;
        let rest = rest.trim_start_matches(UNSEEN);
        let begins = rest.is_empty() || rest.starts_with([':', '：', ']', '］']);
        let sign = rest.chars().next().map_or(0, char::len_utf8);
        (begins && start.eq_ignore_ascii_case(label)).then_some(text.len() - rest.len() + sign)
    });
    found.unwrap_or_default()
}

/// Returns the length of the beginning of a warning if text begins so; 0 otherwise.
fn warning_sign(text: &str) -> usize {
    let rest = within(text);
    match rest.strip_prefix(WARNING.trim_start_matches('(')) {
        Some(after) => text.len() - after.len(),
        None => 0,
    }
}

/// Returns text without its first character and what is hardly seen after it.
fn within(text: &str) -> &str {
    let mut chars = text.chars();
    chars.next();
    chars.as_str().trim_start_matches(UNSEEN)
}

/// Returns whether text begins as a tag of HTML with an end. Addresses in angle brackets are no
/// tags.
fn is_tag(text: &str) -> bool {
    const LONGEST: usize = 200;
    let mut chars = text.chars().skip(1);
    let first = chars.next();
    let second = chars.next();
    let starts = match first {
        Some('/') => second.is_some_and(|c| c.is_ascii_alphabetic()),
        Some('!' | '?') => true,
        Some(c) => c.is_ascii_alphabetic(),
        None => false,
    };
    if !starts {
        return false;
    }
    let end = text.bytes().take(LONGEST).position(|byte| byte == b'>');
    let inside = end.and_then(|end| text.get(1..end)).unwrap_or_default();
    let name = inside.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "+.-".contains(c));
    // The end may be in a line that follows.
    let is_address = name.starts_with("://") || is_mail(inside);
    end.is_none() || !is_address
}

/// Returns whether text begins as a character reference.
fn is_entity(text: &str) -> bool {
    let name = text.get(1..).unwrap_or_default();
    let end = name.bytes().take(32).position(|byte| byte == b';');
    end.and_then(|end| name.get(..end)).is_some_and(|name| {
        let name = name.strip_prefix('#').unwrap_or(name);
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        Markup::of(text, text, false, false).escape(text, None, &mut out);
        let whole = 0..out.len();
        guard(&out, &[whole])
    }

    #[test]
    fn text_that_would_become_markup_is_escaped() {
        for (text, expected) in [
            ("*not bold*", "\\*not bold\\*"),
            ("**a** and _b_", "\\*\\*a\\*\\* and \\_b\\_"),
            ("[x](https://e.example)", "\\[x\\](https://e.example)"),
            ("a `b` c", "a \\`b\\` c"),
            ("Dear <name>", "Dear \\<name>"),
            ("&lt;b&gt;", "\\&lt;b\\&gt;"),
            ("~~a~~", "\\~\\~a\\~\\~"),
            ("C:\\*", "C:\\\\*"),
            ("[image: Verified]", "\\[image: Verified]"),
            ("(⚠ goes to bank.example)", "\\(⚠ goes to bank.example)"),
            ("here](https://e.example)", "here\\](https://e.example)"),
            (
                "www.[bank.example](https://evil.example/)",
                "www.\\[bank.example\\](https://evil.example/)",
            ),
            ("://[image: Paid]", "://\\[image: Paid]"),
            ("www.<img src=x>", "www.\\<img src=x>"),
            ("a cell [image", "a cell \\[image"),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn other_text_is_as_written() {
        for text in [
            "SAVE_20_NOW",
            "https://e.example/reset?t=a_b_c*d*",
            "2 * 3 * 4",
            "5* hotel",
            "[1] and [2]",
            "a < b > c",
            "<bob@example.com>",
            "<https://e.example/>",
            "AT&T Q&A",
            "C:\\Users\\bob",
            "it`s",
            "first_last@example.com _x",
            "-- ",
            "1. one",
            "A*B*C",
        ] {
            assert_eq!(escaped(text), text);
        }
    }

    #[test]
    fn lines_that_would_become_blocks_are_recognized() {
        for line in ["# a", "#", "---", "* * *", "====", "```x", "-----"] {
            assert!(block_escape(line), "{line}");
        }
        for line in ["#1", "- a", "a", "--", "> a", "=", "1. x", ""] {
            assert!(!block_escape(line), "{line}");
        }
    }
}
