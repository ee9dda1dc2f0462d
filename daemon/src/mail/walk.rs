//! Walk through the mailbox of one exact address, page by page, up to a limit. The bridge filters
//! neither by read state nor by exact address, and new mail shifts its pages.

use super::{check, error::MailError, service::MailService};
use std::collections::HashSet;
use tai_auth::bridge::{Bridge, Message, Page};
use tai_proto::names::{Address, Instance};
use tokio::time::Instant;

/// Receiver of progress, called after each page with the number of examined mails and of all
/// mails.
pub(crate) type Tell<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Mails to visit, and size of the pages.
pub(super) struct Scope<'a> {
    pub(super) instance: Option<&'a Instance>,
    /// The instance's address.
    pub(super) address: &'a Address,
    /// Whether the bodies are needed.
    pub(super) bodies: bool,
    /// Number of mails per page. The bridge lists each mail with its whole body (trap 3).
    pub(super) page: u32,
    /// Limit of mails.
    pub(super) most: u32,
    pub(super) tell: Tell<'a>,
}

/// Walk between two pages.
pub(super) struct Walk<'a> {
    scope: Scope<'a>,
    offset: u32,
    seen: HashSet<u64>,
    /// Number of mails that were not visited, because a rule hides their senders.
    pub(super) left_out: u64,
    /// Number of mails of the instance by the bridge's count.
    pub(super) count: u64,
    /// Whether the walk has reached the end of the mailbox.
    pub(super) complete: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(scope: Scope<'a>) -> Self {
        Self {
            scope,
            offset: 0,
            seen: HashSet::new(),
            left_out: 0,
            count: 0,
            complete: false,
        }
    }

    /// Returns the number of visited mails of the address.
    pub(super) fn looked_at(&self) -> u64 {
        self.seen.len() as u64 - self.left_out
    }
}

impl<B: Bridge> MailService<B> {
    /// Returns the next mails of the address that the instance may read, roughly newest first;
    /// `None` at the end of the mailbox and at the limit. A caller that has enough still needs the
    /// whole page, because the bridge lists the mails of one second oldest first (trap 4).
    pub(super) async fn next_page(
        &self,
        walk: &mut Walk<'_>,
        deadline: Instant,
    ) -> Result<Option<Vec<Message>>, MailError> {
        let Scope {
            instance,
            address,
            bodies,
            page,
            most,
            tell,
        } = walk.scope;
        if walk.complete || walk.offset >= most {
            return Ok(None);
        }
        let request = Page {
            instance: instance.map(Instance::to_string),
            limit: page,
            offset: walk.offset,
            bodies,
        };
        let listing = self
            .with_token(deadline, async |token| {
                self.bridge.list(&token, &request, deadline).await
            })
            .await?;
        walk.offset += page;
        walk.count = listing.count;
        walk.complete = listing.mails.is_empty() || !listing.has_more;
        let rules = self.policy.rules(instance);
        let mut mails = listing.mails;
        mails.retain(|mail| {
            // The bridge's filter is a LIKE (trap 5), and a new mail pushes a visited one onto the
            // next page.
            if !address.matches(&mail.head.to) || !walk.seen.insert(mail.head.id) {
                return false;
            }
            let sender = check::parsed(&mail.head.from);
            let is_hidden = rules.hides_sender(sender.as_ref()).is_some();
            walk.left_out += u64::from(is_hidden);
            !is_hidden
        });
        tell(u64::from(walk.offset).min(walk.count), walk.count);
        Ok(Some(mails))
    }
}
