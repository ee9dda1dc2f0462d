//! Parts of long bodies, and the mails of which a client requested some parts only.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tai_proto::mail::{Part, Window};
use unicode_segmentation::GraphemeCursor;

/// Limit of remembered mails. Beyond it the oldest is dropped.
const MAX_BEGUN: usize = 256;

/// Returns the requested part of a body and the number of parts; the text is empty if there are
/// fewer parts. The parts in order are the body.
pub(super) fn part(body: &str, window: Window) -> (&str, u32) {
    let limit = usize::try_from(window.limit.max(Window::MIN)).unwrap_or(usize::MAX);
    let (mut rest, mut found, mut count) = (body, "", 0);
    loop {
        let (piece, following) = rest.split_at(end(rest, limit));
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

/// Returns the length of the first part: after a paragraph, a line or a word in the last quarter of
/// the limit, or else between user-perceived characters.
fn end(text: &str, limit: usize) -> usize {
    if text.len() <= limit {
        return text.len();
    }
    let hard = text.floor_char_boundary(limit);
    let soft = text.floor_char_boundary(limit - limit / 4);
    let last = text.get(soft..hard).unwrap_or_default();
    let after = |separator: &str| Some(soft + last.rfind(separator)? + separator.len());
    after("\n\n")
        .or_else(|| after("\n"))
        .or_else(|| after(" "))
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

/// Mails of which clients requested some parts but not the last one, oldest first. They do not outlive
/// the daemon.
#[derive(Debug, Default)]
pub(super) struct BegunMails(Mutex<VecDeque<Begun>>);

#[derive(Debug)]
struct Begun {
    id: u64,
    /// Largest number of a requested part.
    given: u32,
}

impl BegunMails {
    fn mails(&self) -> MutexGuard<'_, VecDeque<Begun>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a client gets a part, and returns its position.
    pub(super) fn give(&self, id: u64, number: u32, of: u32) -> Part {
        let mut mails = self.mails();
        let index = mails.iter().position(|mail| mail.id == id);
        let earlier = index.and_then(|index| mails.remove(index));
        let given = earlier.map_or(0, |mail| mail.given);
        if number < of {
            mails.push_back(Begun {
                id,
                given: given.max(number),
            });
            if mails.len() > MAX_BEGUN {
                mails.pop_front();
            }
        }
        Part { number, of, given }
    }

    /// Forgets a mail that was read, marked or deleted.
    pub(super) fn end(&self, id: u64) {
        self.mails().retain(|mail| mail.id != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(body: &str, limit: u32) -> Vec<&str> {
        let of = part(body, Window { part: 1, limit }).1;
        (1..=of)
            .map(|part| super::part(body, Window { part, limit }).0)
            .collect()
    }

    #[test]
    fn a_body_within_the_limit_is_one_part() {
        assert_eq!(parts("", 1_000), [""]);
        let whole = "x".repeat(1_000);
        assert_eq!(parts(&whole, 1_000), [whole.as_str()]);
        assert_eq!(parts(&whole, 1), [whole.as_str()]);
        assert_eq!(part("a", Window::WHOLE), ("a", 1));
        let window = Window {
            part: 2,
            limit: 1_000,
        };
        assert_eq!(part("a", window), ("", 1));
        assert_eq!(part("a", Window { part: 0, ..window }), ("", 1));
    }

    #[test]
    fn a_part_ends_at_a_paragraph_a_line_or_a_word() {
        let text = |separator: &str| format!("{}{separator}{}", "x".repeat(900), "y y".repeat(300));
        assert_eq!(parts(&text("\n\n"), 1_000)[0].len(), 902);
        assert_eq!(parts(&text("\n"), 1_000)[0].len(), 901);
        assert_eq!(
            parts(&format!("{} {}", "x".repeat(900), "y".repeat(900)), 1_000)[0].len(),
            901
        );
        let family = "👩\u{200d}👩\u{200d}👧".repeat(200);
        assert!(
            parts(&family, 1_000)
                .iter()
                .all(|part| part.len() % 18 == 0)
        );
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
        fn the_parts_in_order_are_the_body(
            body in "(\\PC{0,40}|[ \n]|👩\u{200d}👧|\u{300}{9}){0,400}",
            limit in 0u32..3_000,
        ) {
            let parts = parts(&body, limit);
            prop_assert_eq!(parts.concat(), body.clone());
            let limit = limit.max(Window::MIN) as usize;
            prop_assert!(parts.iter().all(|part| part.len() <= limit));
            prop_assert!(body.is_empty() || parts.iter().all(|part| !part.is_empty()));
        }
    }
}
