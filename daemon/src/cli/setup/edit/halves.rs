//! Files with an escape of half a surrogate pair, which Node writes for a text that it has cut inside
//! a character. The parser of JSON refuses the escape, so that it edits a copy without it.

use std::{borrow::Cow, ops::RangeInclusive};
use tai_proto::surrogates;

/// Code points for private use. One of them stands for a half; no configuration needs all of them.
const STAND_INS: RangeInclusive<u32> = 0xe000..=0xf8ff;

/// A text in which another escape of the same length stands for each half.
pub(super) struct WithoutHalves<'a> {
    /// The text for the parser.
    pub(super) text: Cow<'a, str>,
    stand_in: String,
    halves: Vec<&'a str>,
}

impl<'a> WithoutHalves<'a> {
    /// Replaces the halves in a text.
    pub(super) fn new(text: &'a str) -> Self {
        let offsets = surrogates::lone(text.as_bytes());
        let half = |at: &usize| text.get(*at..*at + surrogates::LENGTH);
        let halves: Vec<&str> = offsets.iter().filter_map(half).collect();
        let escapes = STAND_INS.map(|code| format!("\\u{code:04x}"));
        let mut unused = escapes.filter(|escape| !text.contains(escape.as_str()));
        match (halves.is_empty(), unused.next()) {
            (false, Some(stand_in)) => {
                let mut copy = text.to_owned();
                for at in offsets {
                    copy.replace_range(at..at + surrogates::LENGTH, &stand_in);
                }
                Self {
                    text: Cow::Owned(copy),
                    stand_in,
                    halves,
                }
            }
            _ => Self {
                text: Cow::Borrowed(text),
                stand_in: String::new(),
                halves: Vec::new(),
            },
        }
    }

    /// Returns the edited text with the halves; `None` if the edit has removed one of them, so that the
    /// places of the others are not known.
    pub(super) fn restore(&self, edited: String) -> Option<String> {
        if self.halves.is_empty() {
            return Some(edited);
        }
        let mut pieces = edited.split(&self.stand_in);
        let mut out = pieces.next().unwrap_or_default().to_owned();
        let mut halves = self.halves.iter();
        for piece in pieces {
            out.push_str(halves.next()?);
            out.push_str(piece);
        }
        halves.next().is_none().then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_half_returns_to_its_place_in_the_edited_text() {
        let text = r#"{"a":"\ud800 \ue000","b":"x\uDC00"}"#;
        let without = WithoutHalves::new(text);
        assert_eq!(without.text, r#"{"a":"\ue001 \ue000","b":"x\ue001"}"#);
        let edited = without.text.replace("\"b\"", "\"new\":1,\"b\"");
        let expected = text.replace("\"b\"", "\"new\":1,\"b\"");
        assert_eq!(without.restore(edited), Some(expected));
        assert_eq!(without.restore(r#"{"a":"\ue001"}"#.to_owned()), None);
        let whole = WithoutHalves::new(r#"{"a":"\ud83d\ude00"}"#);
        assert_eq!(whole.restore("b".to_owned()), Some("b".to_owned()));
    }
}
