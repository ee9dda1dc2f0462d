//! Ascent through the list of the bridge, from the oldest mail to the newest, as a pure state that
//! is kept between calls.
//!
//! The distance of a row from the end of the list stays the same while new mail arrives at the
//! top, and shrinks with deletions below the row. If it grows, an older mail has arrived, and the
//! ascent begins again. The bridge's order of the seconds is taken as it is; within one second it
//! lists the oldest mail first (bridge-api.md, trap 4), so a second counts once it is known whole.

use super::{
    descent::Part,
    paging::{MAX_ROWS, next_rows},
    seen::{OpenRow, Page, Place, Seen, unread_of},
};
use std::collections::HashMap;
use tai_auth::bridge::Listing;

/// Mailboxes of up to this many rows are read whole each time.
const SMALL: u32 = 20;
/// Number of rows of the first page at the end of a larger mailbox.
const FIRST: u32 = 50;
/// Number of rows beyond the expected ones that each page asks for. Changes of so many rows since
/// the last page cost no further request.
const SLACK: u64 = 3;
/// Limit of rows of a page that checks known mails.
const CHECKED: u64 = 24;
/// Number of known unread mails that one page checks.
const CHECKED_MAILS: usize = 8;
/// Size of the newest second up to which each page reads it again. New mail of the same second is
/// listed in it.
const REREAD: usize = 40;
/// Number of rows below the newest second that are remembered.
const ANCHORS: usize = 4;
/// Number of pages in succession that may show none of the known rows.
const MAX_MOVED: u32 = 2;

/// Purpose of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) enum Purpose {
    /// Finds the end of the list.
    Begin,
    /// Reads the rows above the known ones.
    Climb,
    /// Checks known unread mails.
    Check {
        /// The oldest of them.
        first: u64,
    },
}

/// Result of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) enum Step {
    /// The page was where it was expected.
    Advanced,
    /// The rows have moved. The next page is requested with the new count.
    Moved,
    /// The rows below the known ones have changed. The ascent must begin again.
    Changed,
}

/// An ascent between two pages.
#[derive(Debug, Default)]
pub(in crate::mail) struct Ascent {
    /// Number of rows by the last answer; `None` before the first.
    count: Option<u64>,
    /// Whether the end of the list has been found.
    has_begun: bool,
    /// Unread mails of the seconds that are known whole, oldest first.
    unread: Vec<Place>,
    /// Topmost rows of these seconds, the topmost last.
    anchors: Vec<Place>,
    /// Rows of the newest second so far, the topmost last.
    open: Vec<OpenRow>,
    open_date: String,
    /// Number of rows from the topmost examined row to the end of the list.
    examined: u64,
    /// Whether the last page included the top of the list.
    is_at_top: bool,
    /// Number of new rows that the next page asks for.
    rows: u32,
    moved: u32,
}

impl Ascent {
    /// Begins again at the end of the list, with the count and the size of the pages of this one.
    pub(in crate::mail) fn again(&self) -> Self {
        Self {
            count: self.count,
            rows: self.rows,
            ..Self::default()
        }
    }

    /// Returns the next page: of the oldest free unread mail if one is known, otherwise of the rows
    /// above the known ones.
    pub(in crate::mail) fn next(&self, is_free: impl Fn(u64) -> bool) -> (Purpose, Part) {
        let part = |from: u64, to: u64| Part {
            offset: u32::try_from(from).unwrap_or(u32::MAX),
            limit: u32::try_from(to.saturating_sub(from))
                .map_or(MAX_ROWS, |rows| rows.min(MAX_ROWS)),
        };
        let count = match self.count {
            Some(count) if count > u64::from(SMALL) => count,
            Some(_) | None => return (Purpose::Begin, part(0, u64::from(SMALL))),
        };
        let rows = u64::from(self.rows.clamp(FIRST, MAX_ROWS));
        let is_short = self.anchors.is_empty() && self.open.len() <= REREAD;
        if !self.has_begun || is_short {
            return (
                Purpose::Begin,
                part(count.saturating_sub(rows), count + SLACK),
            );
        }
        let at = |place: &Place| count.saturating_sub(place.from_end);
        let candidates = self.unread.iter().copied().chain(self.checked_open());
        let mut free = candidates.filter(|place| is_free(place.id));
        if let Some(first) = free.next() {
            let (mut from, mut to) = (at(&first), at(&first) + 1);
            for next in free.take(CHECKED_MAILS).map(|place| at(&place)) {
                let (lower, upper) = (from.min(next), to.max(next + 1));
                if upper - lower > CHECKED {
                    break;
                }
                (from, to) = (lower, upper);
            }
            let first = first.id;
            let part = part(from.saturating_sub(SLACK), to + SLACK);
            return (Purpose::Check { first }, part);
        }
        let top = count.saturating_sub(self.examined);
        let below = match self.anchors.last() {
            Some(anchor) if self.open.len() <= REREAD => at(anchor),
            Some(_) | None => top + 1,
        };
        let to = below + 1 + SLACK;
        let from = top
            .saturating_sub(rows)
            .max(to.saturating_sub(u64::from(MAX_ROWS)));
        (Purpose::Climb, part(from, to))
    }

    /// Takes the answer to [`Ascent::next`]. `seen` has the rows of the listing.
    pub(in crate::mail) fn take(
        &mut self,
        asked: (Purpose, Part),
        listing: &Listing,
        seen: &[Seen],
    ) -> Step {
        let (purpose, Part { offset, limit }) = asked;
        let (from, rows) = (u64::from(offset), seen.len() as u64);
        let count = match listing.has_more {
            // The bridge does not count. The end is looked for further down.
            true if listing.count <= from + rows => from + rows + u64::from(MAX_ROWS),
            // It does not count below the end either.
            false if listing.count == 0 && rows == 0 => from / 2,
            true | false => listing.count,
        };
        self.count = Some(count);
        let page = Page {
            from,
            count,
            rows: seen,
        };
        if !matches!(purpose, Purpose::Check { .. }) && rows > 0 {
            self.rows = next_rows(limit, listing);
        }
        let step = match purpose {
            // The page is not the end of the list.
            Purpose::Begin if listing.has_more || (rows == 0 && count > 0) => Step::Moved,
            Purpose::Begin => {
                *self = Self {
                    has_begun: true,
                    ..self.again()
                };
                self.push(&page, seen.len());
                Step::Advanced
            }
            Purpose::Climb => self.climb(&page),
            Purpose::Check { first } => self.check(&page, first),
        };
        self.moved = match step {
            Step::Moved => self.moved + 1,
            Step::Advanced | Step::Changed => 0,
        };
        match self.moved > MAX_MOVED {
            true => Step::Changed,
            false => step,
        }
    }

    /// Reads the rows above the topmost row of the seconds that are known whole, or above a row of
    /// the newest second if that is long.
    fn climb(&mut self, page: &Page<'_>) -> Step {
        let index: HashMap<u64, usize> = page.places().map(|(at, now)| (now.id, at)).collect();
        let on_page = |place: &Place| Some((*place, *index.get(&place.id)?));
        let (before, at) = match self.anchors.iter().rev().find_map(on_page) {
            Some(anchor) => {
                self.open.clear();
                anchor
            }
            None => {
                let mut open = self.open.iter().enumerate();
                let found = open.find_map(|(last, row)| Some((last, on_page(&row.place)?)));
                let Some((last, anchor)) = found else {
                    return Step::Moved;
                };
                self.open.truncate(last + 1);
                anchor
            }
        };
        let Some(deleted) = before.from_end.checked_sub(page.place_of(at)) else {
            return Step::Changed;
        };
        self.shift(&[(before.from_end, deleted)]);
        self.push(page, at);
        Step::Advanced
    }

    /// Reads the first `rows` rows of the page, from the last of them to the first.
    fn push(&mut self, page: &Page<'_>, rows: usize) {
        for (at, seen) in page.rows.iter().enumerate().take(rows).rev() {
            let from_end = page.place_of(at);
            self.examined = self.examined.max(from_end);
            let Some(id) = seen.id else { continue };
            if seen.date != self.open_date {
                self.close();
                self.open_date.clone_from(&seen.date);
            }
            self.open.push(OpenRow {
                place: Place { id, from_end },
                is_unread: seen.is_unread,
            });
        }
        self.is_at_top = page.from == 0;
    }

    /// Counts the newest second so far as whole.
    fn close(&mut self) {
        self.anchors.extend(self.open.iter().map(|row| row.place));
        let surplus = self.anchors.len().saturating_sub(ANCHORS);
        self.anchors.drain(..surplus);
        self.unread
            .extend(unread_of(&std::mem::take(&mut self.open)));
    }

    /// Compares the known rows of the page with their places, from the bottom, and removes the mails
    /// that were read or deleted.
    fn check(&mut self, page: &Page<'_>, first: u64) -> Step {
        let open = self.checked_open();
        let known = self.unread.iter().chain(&self.anchors).copied().chain(open);
        let known: HashMap<u64, u64> = known.map(|place| (place.id, place.from_end)).collect();
        let (mut deleted, mut shifts) = (0, Vec::new());
        for (_, now) in page.places().rev() {
            let Some(before) = known.get(&now.id) else {
                continue;
            };
            let Some(more) = before.saturating_sub(deleted).checked_sub(now.from_end) else {
                // A mail has been inserted below this one.
                return Step::Changed;
            };
            if more > 0 {
                deleted += more;
                shifts.push((*before, more));
            }
        }
        let present = |id: &u64| page.rows.iter().any(|row| row.id == Some(*id));
        if !known.keys().any(present) {
            return Step::Moved;
        }
        self.shift(&shifts);
        let rows: HashMap<u64, bool> = page
            .rows
            .iter()
            .filter_map(|row| Some((row.id?, row.is_unread)))
            .collect();
        // Place before this page of the lowest known row on it; 0 for the end of the list.
        let last = page.from + page.rows.len() as u64;
        let lowest = match last < page.count {
            true => known
                .iter()
                .filter(|(id, _)| rows.contains_key(id))
                .map(|(_, place)| *place)
                .min(),
            false => Some(0),
        };
        let is_unread = |place: &Place| match rows.get(&place.id) {
            Some(is_unread) => *is_unread,
            None => {
                // Another program has deleted the mail if the rows above and below it are there.
                let at = page.count.saturating_sub(place.from_end);
                let before = known.get(&place.id).zip(lowest);
                let is_above = before.is_some_and(|(before, lowest)| *before > lowest);
                !(is_above && at >= page.from)
            }
        };
        self.unread.retain(is_unread);
        for row in &mut self.open {
            row.is_unread &= is_unread(&row.place);
        }
        let unread = self.unread.iter().copied().chain(self.checked_open());
        let is_left = unread.into_iter().any(|place| place.id == first);
        match is_left && !rows.contains_key(&first) {
            true => Step::Moved,
            false => Step::Advanced,
        }
    }

    /// Returns the unread mails of the newest second, oldest first, if the second is too long to be
    /// read again with each page.
    fn checked_open(&self) -> impl Iterator<Item = Place> + use<> {
        let is_checked = self.is_at_top && self.open.len() > REREAD;
        unread_of(&self.open).filter(move |_| is_checked)
    }

    /// Moves places, after deletions: each with a place from which on rows have moved, and by how
    /// much.
    fn shift(&mut self, deletions: &[(u64, u64)]) {
        let shift = |from_end: u64| {
            let below = deletions.iter().filter(|(place, _)| *place <= from_end);
            from_end.saturating_sub(below.map(|(_, rows)| rows).sum())
        };
        let open = self.open.iter_mut().map(|row| &mut row.place);
        for place in self.unread.iter_mut().chain(&mut self.anchors).chain(open) {
            place.from_end = shift(place.from_end);
        }
        self.examined = shift(self.examined);
    }

    /// Returns the unread mails, oldest first, that are known to be older than all others.
    pub(in crate::mail) fn unread(&self) -> Vec<u64> {
        let whole = self.unread.iter().copied();
        let open = unread_of(&self.open).filter(|_| self.is_at_top);
        whole.chain(open).map(|place| place.id).collect()
    }

    /// Returns whether the whole list has been examined, up to its top at the last page.
    pub(in crate::mail) fn is_at_top(&self) -> bool {
        self.has_begun && self.is_at_top
    }

    /// Returns the number of rows above the examined ones.
    pub(in crate::mail) fn above(&self) -> u64 {
        self.count.unwrap_or(0).saturating_sub(self.examined)
    }

    /// Returns the number of rows by the last answer.
    pub(in crate::mail) fn count(&self) -> u64 {
        self.count.unwrap_or(0)
    }

    /// Forgets an unread mail that was read or deleted.
    pub(super) fn forget(&mut self, id: u64) {
        self.unread.retain(|place| place.id != id);
        let of_id = |row: &&mut OpenRow| row.place.id == id;
        if let Some(row) = self.open.iter_mut().find(of_id) {
            row.is_unread = false;
        }
    }
}
