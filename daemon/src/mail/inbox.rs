//! Looking through the mailbox: page by page, exact addresses only, bounded. The bridge can
//! neither filter by read state nor by exact address, and its pages shift when mail arrives
//! in between.

use super::{MailError, MailService, tend::row};
use crate::bridge::{Bridge, Head, Page};
use std::collections::HashSet;
use tai_proto::call::{Inbox, ListInbox};
use tokio::time::Instant;

/// The bridge's own default. Each row costs its whole body on the way.
const PAGE: u32 = 50;
/// At most this many mails are looked at for one call.
const MAX_LOOKED_AT: u32 = 5_000;

struct Found {
    mails: Vec<Head>,
    /// How many the bridge counts for the prefix.
    count: u64,
    /// Whether every mail was looked at.
    complete: bool,
}

impl<B: Bridge> MailService<B> {
    pub(super) async fn inbox(
        &self,
        instance: Option<&str>,
        address: String,
        which: ListInbox,
        deadline: Instant,
    ) -> Result<Inbox, MailError> {
        let end = u64::from(which.offset) + u64::from(which.limit);
        let wanted = |mail: &Head| which.show_read || !mail.read;
        // One more than shown tells whether there is more.
        let enough = |mails: &[Head]| mails.iter().filter(|mail| wanted(mail)).count() as u64 > end;
        let mut found = self.look(instance, &address, deadline, enough).await?;
        let total = if found.complete {
            found.mails.len() as u64
        } else {
            found.count
        };
        found.mails.retain(wanted);
        // The bridge's order has ids ascending within a second (trap 4).
        found
            .mails
            .sort_by(|a, b| (&b.date, b.id).cmp(&(&a.date, a.id)));
        let more = found.mails.len() as u64 > end || !found.complete;
        let rows = found
            .mails
            .into_iter()
            .skip(which.offset as usize)
            .take(which.limit as usize)
            .map(row)
            .collect();
        Ok(Inbox {
            address,
            rows,
            total,
            more,
        })
    }

    /// The ids of the unread mails, oldest first: by time, then by id.
    pub(super) async fn unread(
        &self,
        instance: Option<&str>,
        address: &str,
        deadline: Instant,
    ) -> Result<Vec<u64>, MailError> {
        let found = self.look(instance, address, deadline, |_| false).await?;
        let mut unread: Vec<&Head> = found.mails.iter().filter(|mail| !mail.read).collect();
        unread.sort_by(|a, b| (&a.date, a.id).cmp(&(&b.date, b.id)));
        Ok(unread.into_iter().map(|mail| mail.id).collect())
    }

    /// Goes through the pages until there is enough, or no more.
    async fn look(
        &self,
        instance: Option<&str>,
        address: &str,
        deadline: Instant,
        enough: impl Fn(&[Head]) -> bool,
    ) -> Result<Found, MailError> {
        let mut seen = HashSet::new();
        let mut found = Found {
            mails: Vec::new(),
            count: 0,
            complete: false,
        };
        for offset in (0..MAX_LOOKED_AT).step_by(PAGE as usize) {
            let page = Page {
                instance: instance.map(str::to_owned),
                limit: PAGE,
                offset,
            };
            let listing = self
                .with_token(deadline, async |token| {
                    self.bridge.list(&token, &page, deadline).await
                })
                .await?;
            found.count = listing.count;
            let empty = listing.mails.is_empty();
            for mail in listing.mails {
                // The bridge's filter is a LIKE (trap 5), and a mail that arrived in between
                // pushes one that was seen onto the next page.
                if mail.to.eq_ignore_ascii_case(address) && seen.insert(mail.id) {
                    found.mails.push(mail);
                }
            }
            if empty || !listing.has_more {
                found.complete = true;
                break;
            }
            if enough(&found.mails) {
                break;
            }
        }
        Ok(found)
    }
}
