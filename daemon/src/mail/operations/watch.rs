//! Waiting for new mail.

use crate::mail::{
    arrivals::{Arrival, LastPoll},
    error::MailError,
    search::query::Query,
    service::MailService,
};
use tai_auth::{bridge::Bridge, session::error::SessionError};
use tai_proto::{
    mail::MailboxUpdate,
    names::{Address, Instance},
};
use tokio::time::{Instant, timeout_at};

impl<B: Bridge> MailService<B> {
    /// Waits for mail to the instance's address that the instance may read. Without a mark, it
    /// returns when the mailbox's current state is known. With the mark of an earlier answer, it
    /// returns when mail has arrived since, or at the deadline.
    ///
    /// # Errors
    /// [`MailError::Session`] if the account is signed out, or if the first watch finds no login;
    /// the error of the last poll if none succeeded before the deadline. A failed poll is retried
    /// and is no error.
    pub(crate) async fn watch(
        &self,
        instance: Option<&Instance>,
        since: Option<u64>,
        deadline: Instant,
    ) -> Result<MailboxUpdate, MailError> {
        if since.is_none() {
            // The poll retries a refused login without a word.
            let login = self.session.token(deadline).await;
            login.map_err(MailError::Session)?;
        }
        self.watch_for(None, instance, since, deadline).await
    }

    /// As [`MailService::watch`], for mail that may match the query.
    ///
    /// # Errors
    /// As [`MailService::watch`].
    pub(super) async fn watch_for(
        &self,
        query: Option<&Query>,
        instance: Option<&Instance>,
        since: Option<u64>,
        deadline: Instant,
    ) -> Result<MailboxUpdate, MailError> {
        let address = self.address(instance, deadline).await?;
        let rules = self.policy.rules(instance);
        let is_own = |arrival: &Arrival| {
            let may_read = |from: &String| {
                rules.hides_sender(|| Address::in_field(from)).is_none()
                    && query.is_none_or(|query| query.has_envelope(from, &arrival.subject))
            };
            address.matches(&arrival.to) && arrival.from.as_ref().is_none_or(may_read)
        };
        let mut log = self.arrivals.watch();
        loop {
            let is_late = Instant::now() >= deadline;
            if let Some(log) = &*log.borrow_and_update() {
                let arrived = since.is_some_and(|since| log.has_arrival(since, is_own));
                if arrived || since.is_none() || is_late {
                    let mark = log.latest();
                    return Ok(MailboxUpdate { mark, arrived });
                }
            } else if is_late {
                return Err(match self.arrivals.last_poll() {
                    LastPoll::Failed(error) => error,
                    LastPoll::None | LastPoll::Succeeded => {
                        MailError::Session(SessionError::Deadline)
                    }
                });
            }
            // `self` owns the sender, so this fails only at the deadline.
            let _ = timeout_at(deadline, log.changed()).await;
        }
    }
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
