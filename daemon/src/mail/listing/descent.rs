//! Descent through the list of the bridge, from the newest mail to the oldest, as a pure state.
//!
//! New mail shifts the pages down, and deletions shift them up. Each page therefore overlaps the
//! one before it, and a page that does not is requested again from further up.

use super::paging::{MAX_ROWS, next_rows};
use std::collections::HashSet;
use tai_auth::bridge::{Listing, Message, Row};

/// Number of rows of a page that the next page repeats. One deletion between them is harmless.
const OVERLAP: u32 = 2;

/// Part of the list: the first row and the number of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) struct Part {
    pub(in crate::mail) offset: u32,
    pub(in crate::mail) limit: u32,
}

/// A descent between two pages.
#[derive(Debug)]
pub(in crate::mail) struct Descent {
    /// Ids of the rows so far, of any address.
    seen: HashSet<u64>,
    /// Number of rows above the next page.
    end: u32,
    /// Number of rows above `end` that the next page repeats.
    overlap: u32,
    /// Number of new rows that the next page asks for.
    rows: u32,
    /// Limit of `rows`.
    most_rows: u32,
    /// Time of arrival of the last row.
    last: Option<String>,
    /// Unusable rows after the last row with an id. The next page may repeat them.
    trailing: u64,
    /// Number of unusable rows that may be mails of the address.
    unusable: u64,
    /// Number of all rows by the bridge's count.
    pub(in crate::mail) count: u64,
    /// Whether the last page was the end of the list.
    pub(in crate::mail) is_complete: bool,
}

impl Descent {
    /// Begins at the newest mail with a page of `rows` rows; no page has more than `most_rows`.
    pub(in crate::mail) fn new(rows: u32, most_rows: u32) -> Self {
        let most_rows = most_rows.min(MAX_ROWS);
        Self {
            seen: HashSet::new(),
            end: 0,
            overlap: 0,
            rows: rows.clamp(1, most_rows),
            most_rows,
            last: None,
            trailing: 0,
            unusable: 0,
            count: 0,
            is_complete: false,
        }
    }

    /// Returns the next page.
    pub(in crate::mail) fn next(&self) -> Part {
        Part {
            offset: self.end.saturating_sub(self.overlap),
            limit: (self.rows + self.overlap.min(self.end)).min(MAX_ROWS),
        }
    }

    /// Takes the answer to [`Descent::next`] and returns the mails that are new. `is_own` says
    /// whether an address, which may be empty, can be the recipient that the caller wants.
    pub(in crate::mail) fn take(
        &mut self,
        listing: Listing,
        is_own: impl Fn(&str) -> bool,
    ) -> Vec<Message> {
        let Part { offset, limit } = self.next();
        let length = u32::try_from(listing.rows.len()).unwrap_or(MAX_ROWS);
        self.count = listing.count;
        let is_seen = |row: &Row| match row {
            Row::Mail(mail) => self.seen.contains(&mail.head.id),
            Row::Unusable { .. } => false,
        };
        let last_seen = listing.rows.iter().rposition(is_seen);
        if offset > 0 && last_seen.is_none() {
            // Deletions have moved the rows up by more than the overlap.
            self.overlap = self.overlap.saturating_mul(4).max(self.rows).min(self.end);
            return Vec::new();
        }
        self.end = offset + length;
        self.overlap = OVERLAP;
        // Of a page with large bodies, a part of the rows is kept.
        let is_cut = length < limit && listing.has_more;
        self.rows = match is_cut {
            true => length.max(1),
            false => next_rows(limit, &listing).min(self.most_rows),
        };
        self.is_complete = listing.rows.is_empty() || !listing.has_more;
        self.unusable -= self.trailing;
        self.trailing = 0;
        self.seen.reserve(listing.rows.len());
        let mut new = Vec::with_capacity(listing.rows.len());
        for (at, row) in listing.rows.into_iter().enumerate() {
            let is_below = last_seen.is_none_or(|last| at > last);
            match row {
                Row::Mail(mail) => {
                    if is_below {
                        self.last
                            .get_or_insert_default()
                            .clone_from(&mail.head.date);
                        self.trailing = 0;
                    }
                    if self.seen.insert(mail.head.id) {
                        new.push(mail);
                    }
                }
                Row::Unusable { to } if is_below && (to.is_empty() || is_own(&to)) => {
                    self.unusable += 1;
                    self.trailing += 1;
                }
                Row::Unusable { .. } => {}
            }
        }
        new
    }

    /// Returns whether all mails with this time of arrival have been seen, if the list has them
    /// next to each other.
    pub(in crate::mail) fn has_all_of(&self, date: &str) -> bool {
        self.is_complete || self.last.as_deref() != Some(date)
    }

    /// Returns the number of rows so far.
    pub(in crate::mail) fn reached(&self) -> u32 {
        self.end
    }

    /// Returns the number of rows without a valid id.
    pub(in crate::mail) fn unusable(&self) -> u64 {
        self.unusable
    }

    /// Returns the number of rows that were not seen.
    pub(in crate::mail) fn unseen(&self) -> u64 {
        match self.is_complete {
            true => 0,
            false => self.count.saturating_sub(u64::from(self.end)),
        }
    }
}
