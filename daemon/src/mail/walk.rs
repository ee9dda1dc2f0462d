//! Going through the mailbox: page by page, exact addresses only, bounded. The bridge can
//! neither filter by read state nor by exact address, and its pages shift when mail arrives
//! in between.

use super::{MailError, MailService};
use std::{collections::HashSet, ops::ControlFlow};
use tai_auth::bridge::{Bridge, Message, Page};
use tokio::time::Instant;

/// Told after each page how many mails were looked at, and how many there are.
pub type Tell<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Which mails to go through, and how.
pub(super) struct Walk<'a> {
    pub(super) instance: Option<&'a str>,
    /// The instance's address.
    pub(super) address: &'a str,
    /// Whether the mails' bodies are wanted.
    pub(super) bodies: bool,
    /// Mails a page: each costs its whole body on the way.
    pub(super) page: u32,
    /// At most so many mails are looked at.
    pub(super) most: u32,
    pub(super) tell: Tell<'a>,
}

/// How far a walk went.
pub(super) struct Walked {
    /// Mails of the address that were looked at.
    pub(super) looked_at: u64,
    /// How many the bridge counts for the instance.
    pub(super) count: u64,
    /// Whether every mail was looked at.
    pub(super) complete: bool,
}

impl<B: Bridge> MailService<B> {
    /// Shows each mail of the address to `visit`, roughly newest first, until there are no
    /// more or `visit` has enough. The page it is on is shown to its end, because within a
    /// second the bridge's order is the other way round (trap 4).
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
                instance: walk.instance.map(str::to_owned),
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
                // The bridge's filter is a LIKE (trap 5), and a mail that arrived in between
                // pushes one that was seen onto the next page.
                if mail.head.to.eq_ignore_ascii_case(walk.address) && seen.insert(mail.head.id) {
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
