//! Characters that a person does not see: zero-width characters, direction overrides, tags, control
//! characters. They hide instructions from people but not from models.

mod classes;
mod lines;
mod reversed;

pub(crate) use classes::is_invisible;
pub(crate) use lines::normalize;
pub(crate) use reversed::{is_right_to_left, overridden, reverse};

use classes::{
    has_variants, is_cjk, is_emoji, is_pictograph, joins_scripts, takes_selector, windows_1252,
};
use std::borrow::Cow;

/// Text without invisible characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// The text. Line breaks and tabs are kept, and so are joiners and selectors with a meaning.
    pub text: String,
    /// Number of removed characters that have a use in deception. Soft hyphens and byte order
    /// marks do not count.
    pub removed: u32,
}

/// Removes invisible characters from text, and turns all line separators into line feeds.
#[must_use]
pub fn clean(text: &str) -> Cleaned {
    let mut cleaned = Cleaned::default();
    append_clean(&normalize(text), &mut cleaned);
    cleaned
}

/// Returns a subject or a name as one line without invisible characters and without spaces at its
/// ends.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_printable) {
        return text.trim().into();
    }
    let cleaned = clean(text).text;
    let spaced = cleaned.replace(['\n', '\t'], " ");
    spaced.trim().to_owned().into()
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..0x7f)
}

/// Appends text without its invisible characters. Line separators are unchanged.
pub(crate) fn append_clean(text: &str, cleaned: &mut Cleaned) {
    if text.bytes().all(|byte| is_printable(byte) || byte == b'\n') {
        cleaned.text.push_str(text);
        return;
    }
    let before = cleaned.text.chars().next_back();
    let Cleaned { text: out, removed } = cleaned;
    scan(text, before, out, |c, out| {
        if let Some(meant) = windows_1252(c) {
            out.push(meant);
        } else if matches!(c, '\u{2028}' | '\u{2029}') {
            out.push(c);
        } else if !matches!(c, '\u{ad}' | '\u{feff}') {
            *removed = removed.saturating_add(1);
        }
    });
}

/// Appends text, and calls `remove` in place of each character that a person does not see and that has no
/// meaning between its neighbours.
pub(crate) fn scan(
    text: &str,
    mut before: Option<char>,
    out: &mut String,
    mut remove: impl FnMut(char, &mut String),
) {
    // Marks of direction have a meaning beside letters from the right to the left.
    let is_two_way = text.contains(is_right_to_left);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        if let Some(flag) = flag_tags(c, rest) {
            out.push(c);
            out.push_str(flag);
            rest = rest.get(flag.len()..).unwrap_or_default();
            before = Some(c);
            continue;
        }
        let keeps = match c {
            // Of several in a row the last one counts; the others can encode a text that no person sees.
            c if is_mark(c) => {
                let beside = [before, rest.chars().next()];
                is_two_way && !beside.into_iter().flatten().any(is_mark)
            }
            '\u{2028}' | '\u{2029}' => false,
            c => !is_invisible(c) || keeps(before, c, rest.chars().next()),
        };
        if keeps {
            out.push(c);
            before = Some(c);
        } else {
            let length = out.len();
            remove(c, out);
            // A joiner or a selector after a removed character has no base.
            before = out.get(length..).and_then(|put| put.chars().next_back());
        }
    }
}

const BLACK_FLAG: char = '\u{1f3f4}';
const TAG_END: char = '\u{e007f}';

/// Returns the tags after a character that make it the flag of a region.
fn flag_tags(c: char, after: &str) -> Option<&str> {
    const LONGEST: usize = 6;
    if c != BLACK_FLAG {
        return None;
    }
    let (end, _) = after
        .char_indices()
        .take(LONGEST)
        .find(|(_, c)| *c == TAG_END)?;
    let tags = after.get(..end)?;
    let region: Option<String> = tags
        .chars()
        .map(|tag| char::from_u32(u32::from(tag).checked_sub(0xe0000)?))
        .collect();
    let region = region?;
    // Other regions are shown as a black flag, so their tags would be a hidden text.
    let is_state = |state: &str| state.len() == 2 && state.bytes().all(|b| b.is_ascii_lowercase());
    let known = matches!(region.as_str(), "gbeng" | "gbsct" | "gbwls")
        || region.strip_prefix("us").is_some_and(is_state);
    known
        .then(|| after.get(..end + TAG_END.len_utf8()))
        .flatten()
}

/// Returns whether a character is a mark of direction.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// Returns whether an invisible character has a meaning between its neighbours.
fn keeps(before: Option<char>, c: char, after: Option<char>) -> bool {
    let is = |of: Option<char>, class: fn(char) -> bool| of.is_some_and(class);
    match c {
        '\u{200c}' | '\u{200d}' if is(before, joins_scripts) => true,
        '\u{200c}' => false,
        '\u{200d}' if is(before, |c| is_emoji(c) || c == '\u{fe0f}') => is(after, is_pictograph),
        // A letter in the form that it has inside a word.
        '\u{200d}' => !is(before, is_invisible) && is(after, joins_scripts),
        '\u{fe0e}' | '\u{fe0f}' => is(before, takes_selector),
        '\u{fe00}'..='\u{fe0d}' => is(before, has_variants),
        '\u{180b}'..='\u{180f}' => is(before, |c| ('\u{1820}'..='\u{18af}').contains(&c)),
        '\u{e0100}'..='\u{e01ef}' => is(before, is_cjk),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
