//! Parts of long bodies, and the mails of which a client requested some parts only.

use crate::mail::bounded::Bounded;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tai_proto::mail::{Part, Window};
use unicode_segmentation::GraphemeCursor;

/// Limit of remembered mails. Beyond it the oldest is dropped.
const MAX_BEGUN: usize = 256;

/// Returns the requested part of a body and the number of parts; the text is empty if there are
/// fewer parts. The parts in order are the body.
pub(in crate::mail) fn part(body: &str, window: Window) -> (&str, u32) {
    let (mut rest, mut found, mut count) = (body, "", 0);
    loop {
        let (piece, following) = rest.split_at(end(rest, window));
        count += 1;
        if count == window.part {
            found = piece;
        }
        if following.is_empty() {
            return (found, count);
        }
        rest = following;
    }
}

/// Returns the length of the first part: after a paragraph, a line or a word in its last quarter,
/// before a long word with a link, or else between user-perceived characters. A link and the
/// warning about it stay together.
fn end(text: &str, window: Window) -> usize {
    let hard = fitting(text, window);
    if hard == text.len() {
        return hard;
    }
    let soft = text.floor_char_boundary(hard - hard / 4);
    let last = text.get(soft..hard).unwrap_or_default();
    let after = |separator: &str| Some(soft + last.rfind(separator)? + separator.len());
    after("\n\n")
        .or_else(|| after("\n"))
        .or_else(|| {
            let mut spaces = last.rmatch_indices(' ').map(|(at, _)| at + 1);
            let rest = text.get(soft..).unwrap_or_default();
            Some(soft + spaces.find(|at| !is_of_warning(rest, *at))?)
        })
        .or_else(|| before_link(text.get(..hard)?))
        .unwrap_or_else(|| {
            let mut cursor = GraphemeCursor::new(hard, text.len(), true);
            let between = match cursor.is_boundary(text, 0) {
                Ok(true) => Some(hard),
                Ok(false) | Err(_) => cursor.prev_boundary(text, 0).ok().flatten(),
            };
            // A character longer than a quarter of a part is cut.
            between.filter(|end| *end > soft).unwrap_or(hard)
        })
}

/// Returns whether a warning about a link begins at a place, or lasts beyond it. The text of a mail
/// has no such beginning.
fn is_of_warning(text: &str, at: usize) -> bool {
    const WARNING: &str = "(⚠ ";
    let (before, after) = text.split_at(at);
    let open = before.rfind(WARNING).and_then(|from| before.get(from..));
    after.starts_with(WARNING) || open.is_some_and(|warning| !warning.contains(')'))
}

/// Returns the length of a text without its last word, if a link begins in that word.
fn before_link(text: &str) -> Option<usize> {
    let word = text.rfind([' ', '\n'])? + 1;
    text.get(word..)?.contains("](").then_some(word)
}

/// Returns the length of the longest beginning within the limits of the window.
fn fitting(text: &str, window: Window) -> usize {
    let mut bytes = window.limit.max(Window::MIN);
    let mut lines = window.lines.max(1);
    for (at, character) in text.char_indices() {
        let Some(left) = bytes.checked_sub(escaped(character)) else {
            return at;
        };
        bytes = left;
        if character == '\n' {
            lines -= 1;
            if lines == 0 {
                return at + 1;
            }
        }
    }
    text.len()
}

/// Returns the length of a character in a JSON string, in bytes.
fn escaped(character: char) -> u32 {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        control if control.is_ascii_control() => 6,
        other => other.len_utf8() as u32,
    }
}

/// Mails of which clients requested some parts but not the last one. They do not outlive the daemon.
#[derive(Debug, Default)]
pub(in crate::mail) struct BegunMails(Mutex<Begun>);

/// The largest number of a requested part of each mail.
type Begun = Bounded<u64, u32, MAX_BEGUN>;

impl BegunMails {
    fn mails(&self) -> MutexGuard<'_, Begun> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a client gets a part, and returns its position.
    pub(in crate::mail) fn give(&self, id: u64, number: u32, of: u32) -> Part {
        let mut mails = self.mails();
        let given = mails.remove(&id).unwrap_or_default();
        if number < of {
            mails.put(id, given.max(number));
        }
        Part { number, of, given }
    }

    /// Forgets a mail that was read, marked or deleted.
    pub(in crate::mail) fn end(&self, id: u64) {
        self.mails().remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn window(limit: u32, lines: u32) -> Window {
        Window {
            part: 1,
            limit,
            lines,
            has_history: true,
        }
    }

    fn parts(body: &str, window: Window) -> Vec<&str> {
        let of = part(body, window).1;
        (1..=of)
            .map(|part| super::part(body, Window { part, ..window }).0)
            .collect()
    }

    fn json_len(text: &str) -> usize {
        serde_json::to_string(text).unwrap().len() - 2
    }

    #[test]
    fn a_body_within_the_limit_is_one_part() {
        let small = window(1_000, 100);
        assert_eq!(parts("", small), [""]);
        let whole = "x".repeat(1_000);
        assert_eq!(parts(&whole, small), [whole.as_str()]);
        assert_eq!(parts(&whole, window(1, 100)), [whole.as_str()]);
        assert_eq!(part(&"\n".repeat(1 << 20), Window::WHOLE).1, 1);
        assert_eq!(part("a", Window { part: 2, ..small }), ("", 1));
        assert_eq!(part("a", Window { part: 0, ..small }), ("", 1));
    }

    #[test]
    fn a_part_ends_at_a_paragraph_a_line_or_a_word() {
        let small = window(1_000, 100);
        let first = |text: &str| parts(text, small)[0].len();
        let text = |separator: &str| format!("{}{separator}{}", "x".repeat(900), "y y".repeat(300));
        assert_eq!(first(&text("\n\n")), 902);
        assert_eq!(first(&text("\n")), 901);
        assert_eq!(
            first(&format!("{} {}", "x".repeat(900), "y".repeat(900))),
            901
        );
        let family = "👩\u{200d}👩\u{200d}👧".repeat(200);
        assert!(
            parts(&family, small)
                .iter()
                .all(|part| part.len() % 18 == 0)
        );
    }

    #[test]
    fn a_part_ends_neither_in_the_target_of_a_link_nor_before_its_warning() {
        let small = window(1_000, 100);
        let target = "[sign-in](https://bank.example.evil.example/)";
        for (body, first) in [
            (format!("{} {target} after", "x".repeat(960)), 961),
            (
                format!("Dear Bob,\n{} {target} after", "x".repeat(960)),
                971,
            ),
            (
                format!(
                    "{} {target} (⚠ goes to evil.example) after",
                    "x".repeat(945)
                ),
                946,
            ),
            // A link that is longer than a part is cut.
            (format!("[a](https://{}/)", "x".repeat(2_000)), 1_000),
        ] {
            assert_eq!(parts(&body, small)[0].len(), first, "{body}");
        }
    }

    #[test]
    fn a_part_counts_what_json_adds_and_its_lines() {
        let lengths = |text: &str, window| -> Vec<usize> {
            parts(text, window).iter().map(|part| part.len()).collect()
        };
        assert_eq!(lengths(&"\"".repeat(1_000), window(1_000, 100)), [500, 500]);
        assert_eq!(lengths(&"a\n".repeat(6), window(1_000, 2)), [4, 4, 4]);
        assert_eq!(lengths("a\nb", window(1_000, 1)), [2, 1]);
    }

    #[test]
    fn a_mail_that_was_begun_is_remembered_until_its_last_part() {
        let begun = BegunMails::default();
        assert_eq!(begun.give(7, 1, 3).given, 0);
        assert_eq!(begun.give(7, 2, 3).given, 1);
        assert_eq!(begun.give(7, 1, 3).given, 2);
        assert_eq!(begun.give(7, 3, 3).given, 2);
        assert_eq!(begun.give(7, 1, 3).given, 0);
        begun.end(7);
        assert_eq!(begun.give(7, 1, 3).given, 0);
        for id in 100..100 + MAX_BEGUN as u64 {
            begun.give(id, 1, 2);
        }
        assert_eq!(begun.give(7, 1, 3).given, 0);
    }

    proptest! {
        #[test]
        fn the_parts_in_order_are_the_body_and_within_the_limits(
            body in "(\\PC{0,40}|[ \n\"]{1,9}|👩\u{200d}👧|\u{300}{9}){0,300}",
            limit in 0u32..3_000,
            lines in 0u32..60,
        ) {
            let parts = parts(&body, window(limit, lines));
            prop_assert_eq!(parts.concat(), body.clone());
            prop_assert!(body.is_empty() || parts.iter().all(|part| !part.is_empty()));
            for part in parts {
                prop_assert!(json_len(part) <= limit.max(Window::MIN) as usize);
                prop_assert!(part.matches('\n').count() <= lines.max(1) as usize);
            }
        }
    }
}
