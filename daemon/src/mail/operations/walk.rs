//! Walk through the mails of a view, page by page, from the newest mail.

use crate::mail::{
    error::MailError,
    listing::{descent::Descent, paging::Budget, view::View},
    service::MailService,
};
use tai_auth::bridge::{Bridge, Head, Listing, Message, Page};
use tai_proto::names::{Address, Instance};
use tokio::time::Instant;

/// Receiver of progress, called after each page with the number of examined mails and of all
/// mails.
pub(crate) type Tell<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// Mails to visit, and size of the pages.
pub(super) struct WalkOptions<'a> {
    pub(super) view: View<'a>,
    /// Whether the bodies are needed.
    pub(super) bodies: bool,
    /// Number of mails of the first page. The bridge lists each mail with its whole body (trap 3).
    pub(super) page: u32,
    /// Limit of mails per page.
    pub(super) most_per_page: u32,
    /// Limit of examined mails.
    pub(super) most: u32,
    pub(super) tell: Tell<'a>,
}

/// Walk between two pages.
pub(super) struct Walk<'a> {
    options: WalkOptions<'a>,
    descent: Descent,
    budget: Budget,
    /// Number of visited mails of the view.
    own: u64,
    /// Number of mails that were not visited, because a rule hides their senders.
    pub(super) hidden: u64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(options: WalkOptions<'a>, deadline: Instant) -> Self {
        Self {
            descent: Descent::new(options.page, options.most_per_page),
            budget: Budget::new(deadline),
            own: 0,
            hidden: 0,
            options,
        }
    }

    /// Returns the number of visited mails of the view.
    pub(super) fn looked_at(&self) -> u64 {
        self.own
    }

    /// Returns the number of rows so far, of any address.
    pub(super) fn reached(&self) -> u32 {
        self.descent.reached()
    }

    /// Returns the number of mails of the view by the bridge's count.
    pub(super) fn count(&self) -> u64 {
        self.descent.count
    }

    /// Returns whether the walk has reached the end of the mailbox.
    pub(super) fn is_complete(&self) -> bool {
        self.descent.is_complete
    }

    /// Returns whether the mail's place among the visited mails is final. The bridge lists the
    /// mails of one second oldest first (trap 4), so the next page may have newer ones.
    pub(super) fn is_settled(&self, head: &Head) -> bool {
        self.descent.has_all_of(&head.date)
    }

    /// Returns the number of rows that no request can name.
    pub(super) fn unusable(&self) -> u64 {
        self.descent.unusable()
    }

    /// Returns the number of mails that the walk has not reached.
    pub(super) fn unseen(&self) -> u64 {
        self.descent.unseen()
    }
}

impl<B: Bridge> MailService<B> {
    /// Returns the next mails of the view, in the bridge's order;
    /// `None` at the end of the mailbox and at the limits of the walk.
    pub(super) async fn next_page(
        &self,
        walk: &mut Walk<'_>,
        deadline: Instant,
    ) -> Result<Option<Vec<Message>>, MailError> {
        let WalkOptions {
            view,
            bodies,
            most,
            tell,
            ..
        } = walk.options;
        let part = walk.descent.next();
        if walk.is_complete() || walk.descent.reached() >= most || !walk.budget.spend() {
            return Ok(None);
        }
        let page = Page {
            instance: view.instance().map(Instance::to_string),
            limit: part.limit,
            offset: part.offset,
            bodies,
        };
        let listing = self.page(&page, deadline).await?;
        let rules = view.rules(&self.policy);
        let mut mails = walk.descent.take(listing, |to| view.has(to));
        mails.retain(|mail| {
            if !view.has(&mail.head.to) {
                return false;
            }
            let sender = || Address::in_field(&mail.head.from);
            let is_hidden = rules.hides_sender(sender).is_some();
            match is_hidden {
                true => walk.hidden += 1,
                false => walk.own += 1,
            }
            !is_hidden
        });
        let count = walk.count();
        tell(count - walk.unseen().min(count), count);
        Ok(Some(mails))
    }

    /// Requests one page of the list.
    pub(super) async fn page(&self, page: &Page, deadline: Instant) -> Result<Listing, MailError> {
        self.with_token(deadline, async |token| {
            self.bridge.list(&token, page, deadline).await
        })
        .await
    }
}
