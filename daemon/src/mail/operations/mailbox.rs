//! Deleting, marking and searching mails.

use super::{
    inbox::{envelope, newest_first},
    walk::{Scope, Tell, Walk},
};
use crate::mail::{
    error::{Change, MailError},
    listing::view::View,
    search::{fold::fold, query::Query},
    service::MailService,
};
use tai_auth::bridge::{Bridge, Head, Message};
use tai_proto::{
    call::{MAX_SEARCH, Search},
    mail::{LeftOut, SearchResults},
    names::{Address, Instance, MailId},
};
use tai_reader::characters::line;
use tokio::time::{Duration, Instant};

/// Number of mails per page. Each mail of a search includes its body.
const PAGE: u32 = 25;
/// Limit of mails that one search examines.
const MAX_LOOKED_AT: u32 = 1_000;
/// Time before the deadline of a search at which it returns what it has found.
const MARGIN: Duration = Duration::from_secs(12);

impl<B: Bridge> MailService<B> {
    /// Deletes a mail of the instance and returns its subject. A lease of the mail ends.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn delete(
        &self,
        instance: Option<&Instance>,
        id: MailId,
        deadline: Instant,
    ) -> Result<String, MailError> {
        let mail = self.of_instance(instance, id, deadline).await?;
        self.remove(id, deadline).await?;
        Ok(line(&mail.head.subject).into_owned())
    }

    /// Deletes a mail that the caller may see.
    pub(super) async fn remove(&self, id: MailId, deadline: Instant) -> Result<(), MailError> {
        let is_deleted = self
            .with_token(deadline, async |token| {
                self.bridge.delete(&token, id.get(), deadline).await
            })
            .await?;
        // If the mail is gone, an attempt of this request, whose answer may have been lost, has
        // deleted it.
        if !is_deleted && self.message(id, deadline).await?.is_some() {
            let change = Change::Delete;
            return Err(MailError::Unchanged { id, change });
        }
        self.leases.delete(id.get());
        self.not_unread(id);
        Ok(())
    }

    /// Marks a mail of the instance read and returns its subject.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn mark_read(
        &self,
        instance: Option<&Instance>,
        id: MailId,
        deadline: Instant,
    ) -> Result<String, MailError> {
        let mail = self.of_instance(instance, id, deadline).await?;
        let admitted = self.admit(&mail, id, deadline).await?;
        self.mark(id, deadline).await?;
        admitted.keep();
        Ok(line(&mail.head.subject).into_owned())
    }

    /// Marks a mail read that the caller may see.
    pub(super) async fn mark(&self, id: MailId, deadline: Instant) -> Result<(), MailError> {
        let is_marked = self
            .with_token(deadline, async |token| {
                self.bridge.mark_read(&token, id.get(), deadline).await
            })
            .await?;
        if !is_marked {
            let found = self.message(id, deadline).await?;
            if !found.ok_or(MailError::NoSuchMail(id))?.head.read {
                let change = Change::MarkRead;
                return Err(MailError::Unchanged { id, change });
            }
        }
        self.leases.read(id.get(), true);
        self.not_unread(id);
        Ok(())
    }

    /// Returns a mail if it is addressed to the instance.
    async fn of_instance(
        &self,
        instance: Option<&Instance>,
        id: MailId,
        deadline: Instant,
    ) -> Result<Message, MailError> {
        let address = self.address(instance, deadline).await?;
        self.own(instance, &address, id, deadline).await
    }

    /// Returns the head of a mail that matches. A body is read only if the head leaves the match
    /// open, and in the form that a client gets.
    async fn matching(&self, query: &Query, mail: Message, deadline: Instant) -> Option<Head> {
        let Message { head, html, text } = mail;
        let left = query.left_for_body(&head)?;
        if left.is_empty() {
            return Some(head);
        }
        let body = self.body(head.id, html, text, deadline).await;
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
        let scope = Scope {
            view,
            bodies: true,
            page: PAGE,
            most_per_page: PAGE,
            most: MAX_LOOKED_AT,
            tell,
        };
        let mut walk = Walk::new(scope, deadline);
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

#[cfg(test)]
#[path = "mailbox_tests.rs"]
mod tests;
