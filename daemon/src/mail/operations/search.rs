//! Finding mails by words and operators.

use super::{
    inbox::{envelope, newest_first},
    walk::{Tell, Walk, WalkOptions},
};
use crate::mail::{
    error::MailError,
    listing::view::View,
    search::{fold::fold, query::Query},
    service::MailService,
};
use tai_auth::bridge::{Bridge, Head, Message};
use tai_proto::{
    call::{MAX_SEARCH, Search},
    mail::{LeftOut, SearchResults},
    names::{Address, Instance},
};
use tokio::time::{Duration, Instant};

/// Number of mails per page. Each mail of a search includes its body.
const PAGE: u32 = 25;
/// Limit of mails that one search examines.
const MAX_LOOKED_AT: u32 = 1_000;
/// Time before the deadline of a search at which it returns what it has found.
const MARGIN: Duration = Duration::from_secs(12);

impl<B: Bridge> MailService<B> {
    /// Returns the head of a mail that matches. A body is read only if the head leaves the match
    /// open, and in the form that a client gets.
    async fn matching(&self, query: &Query, mail: Message, deadline: Instant) -> Option<Head> {
        let left = query.left_for_body(&mail.head)?;
        if left.is_empty() {
            return Some(mail.head);
        }
        let (head, body) = self.body(mail, deadline).await;
        let body = fold(&body.markdown);
        left.iter().all(|word| body.contains(word)).then_some(head)
    }

    /// Finds mails by words and operators, newest first: see [`Query`]. `tell` is called after each
    /// page. Shortly before the deadline it returns what it has found.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn search(
        &self,
        instance: Option<&Instance>,
        search: Search,
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<SearchResults, MailError> {
        let address = self.address(instance, deadline).await?;
        let view = View::Agent {
            instance,
            address: &address,
        };
        let found = self.search_in(view, address.clone(), search, tell, deadline);
        found.await.inspect(|found| self.note_listed(&found.mails))
    }

    /// As [`MailService::search`], in a view. `address` is the answer's.
    pub(super) async fn search_in(
        &self,
        view: View<'_>,
        address: Address,
        search: Search,
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<SearchResults, MailError> {
        // The rule below says this number.
        const { assert!(MAX_SEARCH == 100) };
        if !(1..=MAX_SEARCH).contains(&search.limit) {
            return Err(MailError::BadField {
                field: "limit",
                rule: "expected a number from 1 to 100",
            });
        }
        let query = Query::parse(&search.query)?;
        let options = WalkOptions {
            view,
            bodies: true,
            page: PAGE,
            most_per_page: PAGE,
            most: MAX_LOOKED_AT,
            tell,
        };
        let mut walk = Walk::new(options, deadline);
        let (mut found, mut looked_at, mut is_late) = (Vec::<Head>::new(), 0, false);
        let limit = search.limit as usize;
        while found.iter().filter(|head| walk.is_settled(head)).count() < limit
            && !is_late
            && let Some(page) = self.next_page(&mut walk, deadline).await?
        {
            for mail in page {
                is_late |= deadline.saturating_duration_since(Instant::now()) < MARGIN;
                if is_late {
                    break;
                }
                looked_at += 1;
                if !(search.unread_only && mail.head.read) {
                    found.extend(self.matching(&query, mail, deadline).await);
                }
            }
        }
        let complete = walk.is_complete() && found.len() <= limit && !is_late;
        let mails = newest_first(found).into_iter().take(limit);
        Ok(SearchResults {
            mails: mails.filter_map(envelope).collect(),
            looked_at,
            left_out: LeftOut {
                hidden: walk.hidden,
                without_id: walk.unusable(),
                // `complete` and `looked_at` say how far the search came.
                not_examined: 0,
                taken: 0,
            },
            complete,
            address,
        })
    }
}
