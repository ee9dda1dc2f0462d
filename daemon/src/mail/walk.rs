//! Walk through the mailbox of one exact address, page by page, up to a limit. The bridge filters
//! neither by read state nor by exact address, and new mail shifts its pages.

use super::{check, error::MailError, service::MailService};
use std::{collections::HashSet, ops::ControlFlow};
use tai_auth::bridge::{Bridge, Message, Page};
use tai_proto::names::{Address, Instance};
use tokio::time::Instant;

/// Receiver of progress, called after each page with the number of examined mails and of all
/// mails.
pub(crate) type Tell<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Mails to visit, and size of the pages.
pub(super) struct Walk<'a> {
    pub(super) instance: Option<&'a Instance>,
    /// The instance's address.
    pub(super) address: &'a Address,
    /// Whether `visit` needs the bodies.
    pub(super) bodies: bool,
    /// Number of mails per page. The bridge lists each mail with its whole body (trap 3).
    pub(super) page: u32,
    /// Limit of mails.
    pub(super) most: u32,
    pub(super) tell: Tell<'a>,
}

/// Extent of a walk.
pub(super) struct Walked {
    /// Number of visited mails of the address.
    pub(super) looked_at: u64,
    /// Number of mails that were not visited, because a rule hides their senders.
    pub(super) left_out: u64,
    /// Number of mails of the instance by the bridge's count.
    pub(super) count: u64,
    /// Whether the walk reached the end of the mailbox.
    pub(super) complete: bool,
}

impl<B: Bridge> MailService<B> {
    /// Calls `visit` with each mail of the address that the instance may read, roughly newest first, until there are no
    /// more or `visit` breaks. The current page is still finished, because the bridge lists the
    /// mails of one second oldest first (trap 4).
    pub(super) async fn walk(
        &self,
        walk: &Walk<'_>,
        deadline: Instant,
        mut visit: impl FnMut(Message) -> ControlFlow<()>,
    ) -> Result<Walked, MailError> {
        let mut seen = HashSet::new();
        let rules = self.policy.rules(walk.instance);
        let (mut count, mut complete, mut left_out) = (0, false, 0);
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
                // The bridge's filter is a LIKE (trap 5), and a new mail pushes a visited one onto
                // the next page.
                if !walk.address.matches(&mail.head.to) || !seen.insert(mail.head.id) {
                    continue;
                }
                let sender = check::parsed(&mail.head.from);
                match rules.hides_sender(sender.as_ref()) {
                    Some(_) => left_out += 1,
                    None => enough |= visit(mail).is_break(),
                }
            }
            (walk.tell)(u64::from(offset + walk.page).min(count), count);
            if complete || enough {
                break;
            }
        }
        Ok(Walked {
            looked_at: seen.len() as u64 - left_out,
            left_out,
            count,
            complete,
        })
    }
}
