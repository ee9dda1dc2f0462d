//! Look for the oldest unread mails of an address, with few requests whatever the size of the
//! mailbox.
//!
//! An [`Ascent`] finds them from the old end of the list and remembers its place. A mail that
//! became unread again below that place is found by an ascent through the whole list, without which
//! no look says that there is no unread mail.

use super::{
    walk::Tell,
    wanted::{Reach, Wanted},
};
use crate::mail::{
    error::MailError,
    leases::Written,
    listing::{
        ascent::{Ascent, Purpose, Step},
        ascents::{Finding, Found},
        descent::Part,
        paging::Budget,
        seen::Seen,
    },
    service::MailService,
};
use std::collections::HashSet;
use tai_auth::bridge::{Bridge, Listing, Page, Row};
use tai_proto::{
    mail::LeftOut,
    names::{Address, Instance, MailId},
};
use tokio::time::Instant;

/// Limit of ascents of one look that begin again because the mailbox changes.
const MAX_AGAIN: u32 = 4;

/// Address to look at.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) instance: Option<&'a Instance>,
    /// The instance's address.
    pub(super) address: &'a Address,
    /// The address in lower case.
    pub(super) key: &'a str,
    pub(super) wanted: &'a Wanted<'a>,
    pub(super) tell: Tell<'a>,
}

/// The rows that a look has seen.
#[derive(Debug, Default)]
struct Rows {
    unread: HashSet<u64>,
    /// Unread mails that do not meet the conditions of the call.
    rejected: HashSet<u64>,
    hidden: HashSet<u64>,
    /// Rows without a valid id, by their distance from the end of the list.
    without_id: HashSet<u64>,
    /// Whether the look has seen the list from its end on.
    is_whole: bool,
}

impl Rows {
    fn left_out(&self, not_examined: u64, taken: u64) -> LeftOut {
        LeftOut {
            hidden: self.hidden.len() as u64,
            without_id: self.without_id.len() as u64,
            not_examined,
            taken,
        }
    }
}

impl<B: Bridge> MailService<B> {
    /// Looks for the oldest unread mails that no client holds and that meet the conditions. Returns
    /// those that do not meet them, too. The looks of one address follow each other.
    pub(super) async fn look(
        &self,
        spot: Spot<'_>,
        deadline: Instant,
    ) -> Result<(Finding, HashSet<u64>), MailError> {
        let since = Instant::now();
        self.leases.begin_look(spot.address.as_str());
        let mut rows = Rows::default();
        let found = self.oldest_unread(spot, &mut rows, deadline).await?;
        let mut unread: Vec<u64> = rows.unread.into_iter().collect();
        unread.sort_unstable();
        if let Some(written) = self.leases.unconfirmed_of(spot.address.as_str(), &unread) {
            self.mark_written(spot, written, deadline).await;
        }
        Ok((Finding { since, found }, rows.rejected))
    }

    /// Marks a mail that a client says it has written, if it is a mail of the address.
    async fn mark_written(&self, spot: Spot<'_>, written: Written, deadline: Instant) {
        let (Written::Listed(id) | Written::Unlisted(id)) = written;
        let Ok(id) = MailId::new(id) else {
            return;
        };
        let is_own = match written {
            Written::Listed(_) => true,
            Written::Unlisted(_) => {
                match self.own(spot.instance, spot.address, id, deadline).await {
                    Ok(_) => true,
                    Err(MailError::NotYours { .. }) => {
                        self.leases.disown(id.get());
                        false
                    }
                    Err(_) => false,
                }
            }
        };
        if is_own {
            self.confirm_read(id, deadline).await;
        }
    }

    async fn oldest_unread(
        &self,
        spot: Spot<'_>,
        rows: &mut Rows,
        deadline: Instant,
    ) -> Result<Found, MailError> {
        let mut budget = Budget::new(deadline);
        let reach = spot.wanted.reach;
        // The ascent through the whole list, once the remembered one has found nothing. A look with
        // conditions begins with it, because the remembered one knows mails without their envelopes.
        let mut whole: Option<Ascent> = match (spot.wanted.has_conditions(), reach) {
            (true, Reach::Whole) => Some(self.on_ascent(spot, &mut None, |ascent| ascent.again())),
            (true, Reach::New | Reach::Returned) | (false, _) => None,
        };
        let mut again = 0;
        let is_free = |rejected: &HashSet<u64>, id| {
            spot.wanted.may_be(id)
                && !rejected.contains(&id)
                && self.leases.is_free(id, spot.address.as_str())
        };
        loop {
            let asked = self.on_ascent(spot, &mut whole, |ascent| {
                ascent.next(|id| is_free(&rows.rejected, id))
            });
            if again > MAX_AGAIN || !budget.spend() {
                let above = self.on_ascent(spot, &mut whole, |ascent| ascent.above());
                return Ok(Found::None {
                    left_out: rows.left_out(above.max(1), 0),
                    has_held: false,
                });
            }
            let (purpose, Part { offset, limit }) = asked;
            let page = Page {
                instance: spot.instance.map(Instance::to_string),
                limit,
                offset,
                bodies: false,
            };
            let listing = self.page(&page, deadline).await?;
            let seen = self.seen(spot, offset, &listing, rows);
            let step = self.on_ascent(spot, &mut whole, |ascent| {
                ascent.take(asked, &listing, &seen)
            });
            match step {
                Step::Moved => continue,
                Step::Changed => {
                    again += 1;
                    self.on_ascent(spot, &mut whole, |ascent| *ascent = ascent.again());
                    continue;
                }
                Step::Advanced => rows.is_whole |= purpose == Purpose::Begin,
            }
            let (unread, is_at_top, above, count) = self.on_ascent(spot, &mut whole, |ascent| {
                let unread = ascent.unread();
                (unread, ascent.is_at_top(), ascent.above(), ascent.count())
            });
            (spot.tell)(count.saturating_sub(above), count);
            // Only a mail that this look has seen counts, and only if it is the next one.
            let mut free = unread
                .iter()
                .copied()
                .filter(|id| is_free(&rows.rejected, *id))
                .peekable();
            let next: Vec<u64> =
                std::iter::from_fn(|| free.next_if(|id| rows.unread.contains(id))).collect();
            if !next.is_empty() {
                self.remember(spot, whole);
                return Ok(Found::Unread(next));
            }
            let has_free = free.next().is_some();
            if is_at_top && !has_free {
                if rows.is_whole || reach != Reach::Whole {
                    self.remember(spot, whole);
                    let is_taken = |id: &&u64| {
                        spot.wanted.elsewhere.contains(*id)
                            || !self.leases.is_free(**id, spot.address.as_str())
                    };
                    let taken = unread.iter().filter(is_taken).count();
                    return Ok(Found::None {
                        left_out: rows.left_out(0, taken as u64),
                        has_held: !unread.is_empty(),
                    });
                }
                *rows = Rows {
                    rejected: std::mem::take(&mut rows.rejected),
                    ..Rows::default()
                };
                whole = Some(self.on_ascent(spot, &mut None, |ascent| ascent.again()));
            }
        }
    }

    /// Calls `then` with the ascent through the whole list if there is one, otherwise with the
    /// remembered one.
    fn on_ascent<R>(
        &self,
        spot: Spot<'_>,
        whole: &mut Option<Ascent>,
        then: impl FnOnce(&mut Ascent) -> R,
    ) -> R {
        match whole {
            Some(ascent) => then(ascent),
            None => self.ascents.with(spot.key, then),
        }
    }

    fn remember(&self, spot: Spot<'_>, whole: Option<Ascent>) {
        if let Some(whole) = whole {
            self.ascents.with(spot.key, |ascent| *ascent = whole);
        }
    }

    /// Reads the rows of a page.
    fn seen(&self, spot: Spot<'_>, offset: u32, listing: &Listing, rows: &mut Rows) -> Vec<Seen> {
        let rules = self.policy.rules(spot.instance);
        let mut see = |(at, row): (usize, &Row)| {
            let mail = match row {
                Row::Mail(mail) => &mail.head,
                Row::Unusable { to } => {
                    if to.is_empty() || spot.address.matches(to) {
                        let above = u64::from(offset) + at as u64;
                        rows.without_id.insert(listing.count.saturating_sub(above));
                    }
                    let date = String::new();
                    return Seen {
                        id: None,
                        date,
                        is_unread: false,
                    };
                }
            };
            // The bridge's filter is a LIKE (bridge-api.md, trap 5).
            let is_own = spot.address.matches(&mail.to);
            let sender = || Address::in_field(&mail.from);
            let is_hidden = is_own && rules.hides_sender(sender).is_some();
            let is_unread = is_own && !is_hidden && !mail.read;
            if is_hidden {
                rows.hidden.insert(mail.id);
            }
            if is_unread && !spot.wanted.accepts(mail) {
                rows.rejected.insert(mail.id);
            }
            match is_unread {
                true => rows.unread.insert(mail.id),
                false => rows.unread.remove(&mail.id),
            };
            Seen {
                id: Some(mail.id),
                date: mail.date.clone(),
                is_unread,
            }
        };
        listing.rows.iter().enumerate().map(&mut see).collect()
    }
}

#[cfg(test)]
#[path = "look_tests.rs"]
mod tests;
