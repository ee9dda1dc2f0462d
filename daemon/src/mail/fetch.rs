//! Reading a mail: the one that is named, or the oldest unread one, which is lent until it is
//! written (see [`super::leases`]).

use super::{
    MailError, MailService,
    leases::{ClientKey, Taken},
    reading,
    walk::Tell,
};
use tai_auth::{
    bridge::{Bridge, Message},
    session::error::SessionError,
};
use tai_proto::{
    call::{FetchEmail, Mail},
    reading::{Read, Removed},
};
use tokio::time::Instant;

impl<B: Bridge> MailService<B> {
    /// Reads a mail. A named one is marked read. Where none is named it is the oldest unread
    /// one that no other client has, and it is lent: see [`MailService::settle`].
    ///
    /// # Errors
    /// Any [`MailError`].
    pub async fn fetch(
        &self,
        instance: Option<&str>,
        client: ClientKey,
        which: FetchEmail,
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<Read, MailError> {
        let address = self.address(instance, deadline).await?;
        if let Some(id) = which.id {
            let message = self.own(&address, id, deadline).await?;
            let marked_read = self.mark(id, deadline).await;
            return Ok(read(address, message, marked_read).await);
        }
        let mut missing = Vec::new();
        loop {
            let Some(taken) = self
                .take(instance, &address, client, &missing, tell, deadline)
                .await?
            else {
                let (mail, removed) = (None, Removed::default());
                return Ok(Read {
                    address,
                    mail,
                    removed,
                });
            };
            match self.own(&address, taken.id(), deadline).await {
                Ok(message) => {
                    let read = read(address, message, false).await;
                    taken.keep();
                    return Ok(read);
                }
                // Deleted, or another's by now: there may be a next one.
                Err(MailError::NoSuchMail(id) | MailError::NotYours { id, .. }) => {
                    taken.missed();
                    missing.push(id);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads a mail and leaves it as it is.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub async fn peek(
        &self,
        instance: Option<&str>,
        id: u64,
        deadline: Instant,
    ) -> Result<Read, MailError> {
        let address = self.address(instance, deadline).await?;
        let message = self.own(&address, id, deadline).await?;
        let is_read = message.head.read;
        Ok(read(address, message, is_read).await)
    }

    /// Takes the oldest mail that nobody has and that is not `missing`: first what came back,
    /// then what is unread.
    async fn take(
        &self,
        instance: Option<&str>,
        address: &str,
        client: ClientKey,
        missing: &[u64],
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<Option<Taken<'_>>, MailError> {
        // One at a time, so that the list is not older than somebody's lease.
        let held = tokio::time::timeout_at(deadline, self.fetching.lock()).await;
        let _held = held.map_err(|_| MailError::Session(SessionError::Deadline))?;
        if let Some(taken) = self.leases.take_returned(client, address) {
            return Ok(Some(taken));
        }
        self.leases.look_begins();
        let unread = self.unread(instance, address, tell, deadline).await?;
        if let Some(id) = self.leases.unmarked_of(&unread) {
            self.mark(id, deadline).await;
        }
        Ok(unread
            .into_iter()
            .filter(|id| !missing.contains(id))
            .find_map(|id| self.leases.take(client, id, address)))
    }

    /// Marks a mail read that was lent to this client and is about to be written by it.
    /// Whether the bridge has it as read now: a mail that cannot be marked is delivered all
    /// the same, and will be found again.
    ///
    /// # Errors
    /// [`MailError::NoSuchMail`] when it was not lent to this client.
    pub async fn settle(
        &self,
        client: ClientKey,
        id: u64,
        deadline: Instant,
    ) -> Result<bool, MailError> {
        if !self.leases.mark(client, id) {
            return Err(MailError::NoSuchMail(id));
        }
        // Also when it came back from one who may have marked it: marking twice is marking
        // once, and that one may have been cut off before it did.
        Ok(self.mark(id, deadline).await)
    }

    async fn mark(&self, id: u64, deadline: Instant) -> bool {
        let marked = self
            .with_token(deadline, async |token| {
                self.bridge.mark_read(&token, id, deadline).await
            })
            .await;
        // A mail that cannot be marked is read all the same: it would be lost otherwise.
        if let Err(error) = &marked {
            tracing::warn!(id, error = %tai_auth::chain(error), "a mail could not be marked read");
        }
        let marked = marked == Ok(true);
        if marked {
            self.leases.confirm(id);
        }
        marked
    }
}

/// A mail as a client gets it.
async fn read(address: String, message: Message, marked_read: bool) -> Read {
    let body = reading::body(message.html, message.text).await;
    let head = message.head;
    let mail = Some(Mail {
        id: head.id,
        from: reading::line(&head.from),
        to: reading::line(&head.to),
        subject: reading::line(&head.subject),
        date: head.date,
        body: body.markdown,
        marked_read,
    });
    let removed = body.removed;
    Read {
        address,
        mail,
        removed,
    }
}
