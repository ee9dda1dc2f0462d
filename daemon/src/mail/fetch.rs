//! Reading a mail: one that is named by its id, or the oldest unread one, which is leased to
//! the client until the client has written it.

use super::{
    error::MailError,
    leases::{ClientKey, Taken},
    reading,
    service::MailService,
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
use tokio::time::{Instant, timeout_at};

impl<B: Bridge> MailService<B> {
    /// Reads a mail. A mail that is named by its id is marked read. Otherwise the oldest unread
    /// mail that no other client holds is leased to the client: the client
    /// [settles](MailService::settle) it, writes it, and [reports](MailService::deliver) that.
    /// A cancelled call leaves no lease.
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
            let confirmed = self.confirm_read(id, deadline).await;
            self.leases.read(id, confirmed);
            return Ok(read(address, message, confirmed).await);
        }
        let mut missing = Vec::new();
        loop {
            let taken = self.take(instance, &address, client, &missing, tell, deadline);
            let Some(taken) = taken.await? else {
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
                // The mail was deleted since, or moved. The next one may still be there.
                Err(MailError::NoSuchMail(id) | MailError::NotYours { id, .. }) => {
                    taken.miss();
                    missing.push(id);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads a mail and leaves its state unchanged.
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
        let is_read = message.envelope.read;
        Ok(read(address, message, is_read).await)
    }

    /// Takes the oldest mail of the address that no client holds and that is not `missing`:
    /// first a returned one, then an unread one.
    async fn take(
        &self,
        instance: Option<&str>,
        address: &str,
        client: ClientKey,
        missing: &[u64],
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<Option<Taken<'_>>, MailError> {
        // One look at a time for each address, so that no list is older than a lease.
        let key = address.to_ascii_lowercase();
        let turn = timeout_at(deadline, self.looks.wait(&key)).await;
        let _turn = turn.map_err(|_| MailError::Session(SessionError::Deadline))?;
        if let Some(taken) = self.leases.take_returned(client, address) {
            return Ok(Some(taken));
        }
        self.leases.begin_look(address);
        let unread = self.unread(instance, address, tell, deadline).await?;
        if let Some(id) = self.leases.unconfirmed_of(&unread) {
            self.confirm_read(id, deadline).await;
        }
        Ok(unread
            .into_iter()
            .filter(|id| !missing.contains(id))
            .find_map(|id| self.leases.take(client, id, address)))
    }

    /// Marks a mail read that is leased to the client and is about to be written. Returns
    /// whether the bridge counts it as read now. A mail that cannot be marked is written
    /// nevertheless, because it would be lost otherwise, and is marked later.
    ///
    /// # Errors
    /// [`MailError::NoSuchMail`] if the mail is not leased to the client.
    pub async fn settle(
        &self,
        client: ClientKey,
        id: u64,
        deadline: Instant,
    ) -> Result<bool, MailError> {
        if !self.leases.mark(client, id) {
            return Err(MailError::NoSuchMail(id));
        }
        // A returned mail is marked again: its former holder may have been cut off before.
        Ok(self.confirm_read(id, deadline).await)
    }

    /// Records that a client has written a leased mail to its reader. The report counts if the
    /// client holds the mail, or if the mail is addressed to its instance and no client holds
    /// it: the client may have reconnected since.
    pub fn deliver(&self, instance: Option<&str>, client: ClientKey, id: u64) {
        let own = self.known_address(instance);
        self.leases.deliver(client, id, |address| match &own {
            Some(own) => own.eq_ignore_ascii_case(address),
            // The daemon has just started and does not know the account.
            None => is_of_instance(address, instance),
        });
    }

    /// Gives a leased mail back that the client does not write. Another client may get it.
    pub fn give_back(&self, client: ClientKey, id: u64) {
        if let Some(address) = self.leases.give_back(client, id) {
            self.arrivals.give_back(address);
        }
    }

    /// Marks a mail read. Returns whether the bridge says that it counts the mail as read.
    async fn confirm_read(&self, id: u64, deadline: Instant) -> bool {
        let marked = self
            .with_token(deadline, async |token| {
                self.bridge.mark_read(&token, id, deadline).await
            })
            .await;
        match marked {
            Ok(true) => {
                self.leases.confirm(id);
                true
            }
            Ok(false) => false,
            Err(error) => {
                let error = tai_auth::chain(&error);
                tracing::warn!(mail_id = id, error, "cannot mark a mail read");
                false
            }
        }
    }
}

/// Whether an address of any account belongs to the instance.
fn is_of_instance(address: &str, instance: Option<&str>) -> bool {
    let local = address.split_once('@').map_or(address, |(local, _)| local);
    match (local.split_once('.'), instance) {
        (Some((of, _)), Some(instance)) => of.eq_ignore_ascii_case(instance),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Converts a mail to the form that a client gets.
async fn read(address: String, message: Message, marked_read: bool) -> Read {
    let body = reading::body(message.html, message.text).await;
    let envelope = message.envelope;
    let mail = Some(Mail {
        id: envelope.id,
        from: reading::line(&envelope.from),
        to: reading::line(&envelope.to),
        subject: reading::line(&envelope.subject),
        date: envelope.date,
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

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
