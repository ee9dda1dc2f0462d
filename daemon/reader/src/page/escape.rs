//! Escapes in text, only where the text would otherwise become Markdown.

/// Begins the warning behind a link.
pub(super) const WARNING: &str = "(⚠";

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
    /// Examines the text of a line. `emphasis` says whether the line has emphasis of its own.
    pub(super) fn of(text: &str, emphasis: bool, pipe: bool) -> Self {
        Self {
            star: is_paired(text, '*', emphasis),
            underscore: is_paired(text, '_', false),
            tilde: text.matches("~~").count() > 1,
            backtick: text.matches('`').count() > 1,
            bracket: text.contains("](") || text.contains("]:") || text.contains("]["),
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
        let mut is_open = false;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if at == 0 || previous.is_none_or(char::is_whitespace) {
                address = address_in(text.get(at..).unwrap_or_default()).map(|start| at + start);
            }
            let next = chars.peek().map(|(_, next)| *next);
            let in_address = address.is_some_and(|start| at >= start);
            if (c == '|' && self.pipe)
                || (!in_address && self.is_markup(text, at, (previous, c, next), is_open))
            {
                out.push('\\');
            }
            is_open |= c == '[';
            out.push(c);
            previous = Some(c);
        }
    }

    /// Returns whether the character between two others, at a place of a text, would become markup. `is_open`
    /// says whether the text has an opening bracket before it.
    fn is_markup(
        self,
        text: &str,
        at: usize,
        (previous, c, next): (Option<char>, char, Option<char>),
        is_open: bool,
    ) -> bool {
        let is = |c: Option<char>, class: fn(char) -> bool| c.is_some_and(class);
        let within_word = is(previous, char::is_alphanumeric) && is(next, char::is_alphanumeric);
        let touches = is(previous, |c| !c.is_whitespace()) || is(next, |c| !c.is_whitespace());
        match c {
            '*' => self.star && touches && !within_word,
            '_' => self.underscore && touches && !within_word,
            '~' => self.tilde && (next == Some('~') || previous == Some('~')),
            '`' => self.backtick,
            '[' => self.bracket || self.link || is_label(text.get(at..).unwrap_or_default()),
            // The other bracket may be in a line before.
            ']' => {
                let may_end = next.is_none_or(|next| matches!(next, '(' | '['));
                self.link || (self.bracket && may_end && !is_open)
            }
            '(' => text.get(at..).is_some_and(|text| text.starts_with(WARNING)),
            '\\' => is(next, |c| c.is_ascii_punctuation()),
            '<' => is_tag(text.get(at..).unwrap_or_default()),
            '&' => is_entity(text.get(at..).unwrap_or_default()),
            _ => false,
        }
    }
}

/// Returns the number of characters at the beginning of a line after which an escape is needed;
/// `None` if the line does not become a block.
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

/// Returns whether text begins as a label of an image, a button or a field.
fn is_label(text: &str) -> bool {
    let name = text.strip_prefix('[').unwrap_or_default();
    ["image", "button", "field"].iter().any(|label| {
        let rest = name.strip_prefix(label).unwrap_or_default();
        rest.starts_with(':') || rest.starts_with(']')
    })
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
    end.is_some() && !name.starts_with("://") && !is_mail(inside)
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
        Markup::of(text, false, false).escape(text, None, &mut out);
        out
    }

    #[test]
    fn text_that_would_become_markup_is_escaped() {
        for (text, expected) in [
            ("*not bold*", "\\*not bold\\*"),
            ("**a** and _b_", "\\*\\*a\\*\\* and \\_b\\_"),
            ("[x](https://e.example)", "\\[x](https://e.example)"),
            ("a `b` c", "a \\`b\\` c"),
            ("Dear <name>", "Dear \\<name>"),
            ("&lt;b&gt;", "\\&lt;b\\&gt;"),
            ("~~a~~", "\\~\\~a\\~\\~"),
            ("C:\\*", "C:\\\\*"),
            ("[image: Verified]", "\\[image: Verified]"),
            ("(⚠ goes to bank.example)", "\\(⚠ goes to bank.example)"),
            ("here](https://e.example)", "here\\](https://e.example)"),
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
