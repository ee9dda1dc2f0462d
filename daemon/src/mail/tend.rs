//! Looking for mails, and putting them away.

use super::{
    MailError, MailService,
    inbox::{newest_first, row},
    reading,
    walk::{Tell, Walk},
};
use std::ops::ControlFlow;
use tai_auth::bridge::{Bridge, Message};
use tai_proto::reading::{Found, Search};
use tokio::time::Instant;

/// Each mail comes with its body here.
const PAGE: u32 = 25;
/// At most this many mails are looked at for one search.
const MAX_LOOKED_AT: u32 = 1_000;
const MAX_FOUND: u32 = 100;
const MAX_QUERY: usize = 500;

impl<B: Bridge> MailService<B> {
    /// Deletes a mail of this instance; its subject.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub async fn delete(
        &self,
        instance: Option<&str>,
        id: u64,
        deadline: Instant,
    ) -> Result<String, MailError> {
        let mail = self.instances(instance, id, deadline).await?;
        // It was there a moment ago: when it is not any more, it is deleted, and nobody could
        // tell whether by this request or the one whose answer was lost.
        self.with_token(deadline, async |token| {
            self.bridge.delete(&token, id, deadline).await
        })
        .await?;
        self.leases.dropped(id);
        Ok(reading::line(&mail.head.subject))
    }

    /// Marks a mail of this instance read; its subject.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub async fn mark_read(
        &self,
        instance: Option<&str>,
        id: u64,
        deadline: Instant,
    ) -> Result<String, MailError> {
        let mail = self.instances(instance, id, deadline).await?;
        self.with_token(deadline, async |token| {
            self.bridge.mark_read(&token, id, deadline).await
        })
        .await?;
        Ok(reading::line(&mail.head.subject))
    }

    /// A mail, if it is addressed to the instance.
    async fn instances(
        &self,
        instance: Option<&str>,
        id: u64,
        deadline: Instant,
    ) -> Result<Message, MailError> {
        let address = self.address(instance, deadline).await?;
        self.own(&address, id, deadline).await
    }

    /// Looks for mails, newest first, page by page, and says how far it looked.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub async fn search(
        &self,
        instance: Option<&str>,
        search: Search,
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<Found, MailError> {
        let bad = |field, rule| Err(MailError::BadField { field, rule });
        if !(1..=MAX_FOUND).contains(&search.limit) {
            return bad("limit", "it is a number from 1 to 100");
        }
        let query = search.query.to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        if words.is_empty() || query.len() > MAX_QUERY {
            return bad("query", "it is one or more words, of 500 bytes at most");
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
        Ok(Found {
            rows: found.into_iter().take(limit).map(row).collect(),
            looked_at: walked.looked_at,
            complete,
            address,
        })
    }
}

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
