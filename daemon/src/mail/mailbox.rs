//! Deleting, marking and searching mails.

use super::{
    error::MailError,
    inbox::{envelope, newest_first},
    reading,
    service::MailService,
    walk::{Tell, Walk},
};
use std::ops::ControlFlow;
use tai_auth::bridge::{Bridge, Message};
use tai_proto::{
    call::{MAX_SEARCH, Search},
    mail::SearchResults,
    names::{Instance, MailId},
};
use tokio::time::Instant;

/// Number of mails per page. Each mail of a search includes its body.
const PAGE: u32 = 25;
/// Limit of mails that one search examines.
const MAX_LOOKED_AT: u32 = 1_000;
/// Longest query, in bytes.
const MAX_QUERY: usize = 500;

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
        // The mail existed a moment ago. If it is gone, an attempt of this request, whose answer may
        // have been lost, has deleted it.
        self.with_token(deadline, async |token| {
            self.bridge.delete(&token, id.get(), deadline).await
        })
        .await?;
        self.leases.delete(id.get());
        Ok(reading::line(&mail.head.subject))
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
        let confirmed = self
            .with_token(deadline, async |token| {
                self.bridge.mark_read(&token, id.get(), deadline).await
            })
            .await?;
        self.leases.read(id.get(), confirmed);
        Ok(reading::line(&mail.head.subject))
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

    /// Finds mails by words in the sender, the subject or the body, newest first. `tell` is
    /// called after each page.
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
        let bad = |field, rule| Err(MailError::BadField { field, rule });
        if !(1..=MAX_SEARCH).contains(&search.limit) {
            return bad("limit", "expected a number from 1 to 100");
        }
        let query = search.query.to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        if words.is_empty() || query.len() > MAX_QUERY {
            return bad("query", "expected one or more words, at most 500 bytes");
        }
        let address = self.address(instance, deadline).await?;
        let walk = Walk {
            instance,
            address: &address,
            bodies: true,
            page: PAGE,
            most: MAX_LOOKED_AT,
            tell,
        };
        let mut found = Vec::new();
        let limit = search.limit as usize;
        let walked = self
            .walk(&walk, deadline, |mail| {
                if !(search.unread_only && mail.head.read) && has_all(&mail, &words) {
                    found.push(mail.head);
                }
                match found.len() >= limit {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            })
            .await?;
        newest_first(&mut found);
        let complete = walked.complete && found.len() <= limit;
        Ok(SearchResults {
            mails: found.into_iter().take(limit).filter_map(envelope).collect(),
            looked_at: walked.looked_at,
            left_out: walked.left_out,
            complete,
            address,
        })
    }
}

/// Returns whether each of the words, in lower case, occurs in the mail.
fn has_all(mail: &Message, words: &[&str]) -> bool {
    let parts = [
        Some(mail.head.from.as_str()),
        Some(mail.head.subject.as_str()),
        mail.text.as_deref(),
        mail.html.as_deref(),
    ];
    let texts: Vec<String> = parts.into_iter().flatten().map(str::to_lowercase).collect();
    words
        .iter()
        .all(|word| texts.iter().any(|text| text.contains(word)))
}
