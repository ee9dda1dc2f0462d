//! Going through the mailbox page by page, for exact addresses, up to a bound. The bridge can
//! filter neither by read state nor by exact address, and mail that arrives in between shifts
//! its pages.

use super::{error::MailError, service::MailService};
use std::{collections::HashSet, ops::ControlFlow};
use tai_auth::bridge::{Bridge, Message, Page};
use tai_proto::names::{Address, Instance};
use tokio::time::Instant;

/// Progress of a walk, called after each page: the mails that were looked at, and all mails.
pub(crate) type Tell<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// The mails to go through, and the pages to ask for.
pub(super) struct Walk<'a> {
    pub(super) instance: Option<&'a Instance>,
    /// The instance's address.
    pub(super) address: &'a Address,
    /// Whether the mails are needed with their bodies.
    pub(super) bodies: bool,
    /// Mails a page: the bridge lists each mail with its whole body (trap 3).
    pub(super) page: u32,
    /// The most mails to go through.
    pub(super) most: u32,
    pub(super) tell: Tell<'a>,
}

/// The extent of a walk.
pub(super) struct Walked {
    /// Mails of the address that the walk went through.
    pub(super) looked_at: u64,
    /// Mails that the bridge counts for the instance.
    pub(super) count: u64,
    /// Whether the walk went through all mails.
    pub(super) complete: bool,
}

impl<B: Bridge> MailService<B> {
    /// Calls `visit` with each mail of the address, roughly newest first, until there are no
    /// more or `visit` breaks. The page is finished nevertheless, because the bridge lists the
    /// mails of one second oldest first (trap 4).
    pub(super) async fn walk(
        &self,
        walk: &Walk<'_>,
        deadline: Instant,
        mut visit: impl FnMut(Message) -> ControlFlow<()>,
    ) -> Result<Walked, MailError> {
        let mut seen = HashSet::new();
        let (mut count, mut complete) = (0, false);
        for offset in (0..walk.most).step_by(walk.page as usize) {
            let page = Page {
                instance: walk.instance.map(Instance::to_string),
                limit: walk.page,
                offset,
                bodies: walk.bodies,
            };
            let listing = self
                .with_token(deadline, async |token| {
                    self.bridge.list(&token, &page, deadline).await
                })
                .await?;
            count = listing.count;
            complete = listing.mails.is_empty() || !listing.has_more;
            let mut enough = false;
            for mail in listing.mails {
                // The bridge's filter is a LIKE (trap 5), and a mail that arrives in between
                // pushes a visited one onto the next page.
                if walk.address.matches(&mail.head.to) && seen.insert(mail.head.id) {
                    enough |= visit(mail).is_break();
                }
            }
            (walk.tell)(u64::from(offset + walk.page).min(count), count);
            if complete || enough {
                break;
            }
        }
        Ok(Walked {
            looked_at: seen.len() as u64,
            count,
            complete,
        })
    }
}
