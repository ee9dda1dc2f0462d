//! What a client reports about a mail that is leased to it: that it writes the mail, has written
//! it, or gives it back.

use crate::mail::{error::MailError, leases::ClientKey, service::MailService};
use tai_auth::bridge::Bridge;
use tai_proto::names::{Address, Instance, MailId};
use tokio::time::Instant;

impl<B: Bridge> MailService<B> {
    /// Marks a leased mail read before the client writes it. Returns whether the bridge counts it
    /// as read. If the mail cannot be marked, the client still writes it, and it is marked later. If
    /// the lease is not on the disk, the mail is not marked, because a power failure would lose it.
    ///
    /// # Errors
    /// [`MailError::NoSuchMail`] if the mail is not leased to the client. With shared leases,
    /// [`MailError::HeldElsewhere`] or [`MailError::LeaseStore`]: the client must not write the mail.
    pub(crate) async fn settle(
        &self,
        client: ClientKey,
        id: MailId,
        deadline: Instant,
    ) -> Result<bool, MailError> {
        self.still_holds(client, id, deadline).await?;
        let lease = self.leases.mark(client, id.get());
        let lease = lease.ok_or(MailError::NoSuchMail(id))?;
        if let Err(error) = lease.kept(deadline).await {
            tracing::warn!(mail_id = id.get(), %error, "a mail is not marked read");
            return Ok(false);
        }
        // A returned mail is marked again, because its former holder may have failed to mark it.
        Ok(self.confirm_read(id, deadline).await)
    }

    /// Records that a client has written a leased mail. The report counts if the client holds the
    /// mail, or if no client holds it and it is addressed to the client's instance, because the
    /// client may have reconnected.
    pub(crate) fn deliver(&self, instance: Option<&Instance>, client: ClientKey, id: MailId) {
        let own = self.known_address(instance);
        let is_own = |address: &str| match &own {
            Some(own) => own.matches(address),
            // A daemon that has just started does not know the account yet.
            None => is_of_instance(address, instance),
        };
        let own = own.as_ref().map(Address::as_str);
        self.leases.deliver(client, id.get(), own, is_own);
    }

    /// Returns a leased mail that the client does not write, so that another client may get it.
    pub(crate) fn give_back(&self, client: ClientKey, id: MailId) {
        if let Some(address) = self.leases.give_back(client, id.get()) {
            self.arrivals.give_back(address);
        }
    }

    /// Drops what is known about a mail that was unread, and was marked or deleted.
    pub(super) fn not_unread(&self, id: MailId) {
        self.begun.end(id.get());
        self.ascents.forget(id.get());
    }

    /// Marks a mail read. Returns whether the bridge says that it counts the mail as read.
    pub(super) async fn confirm_read(&self, id: MailId, deadline: Instant) -> bool {
        let marked = self
            .with_token(deadline, async |token| {
                self.bridge.mark_read(&token, id.get(), deadline).await
            })
            .await;
        match marked {
            Ok(true) => {
                self.leases.confirm(id.get());
                self.not_unread(id);
                true
            }
            Ok(false) => false,
            Err(error) => {
                let error = tai_auth::chain(&error);
                tracing::warn!(mail_id = id.get(), error, "cannot mark a mail read");
                false
            }
        }
    }
}

/// Returns whether an address, of any account, belongs to the instance.
pub(super) fn is_of_instance(address: &str, instance: Option<&Instance>) -> bool {
    let local = address.split_once('@').map_or(address, |(local, _)| local);
    match (local.split_once('.'), instance) {
        (Some((of, _)), Some(instance)) => of.eq_ignore_ascii_case(instance.as_str()),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::fake::instance;

    #[test]
    fn an_unknown_accounts_address_is_matched_by_its_instance() {
        for (address, name, own) in [
            ("desk.alice@tai.chat", Some("DESK"), true),
            ("desk.alice@tai.chat", Some("lab"), false),
            ("desk.alice@tai.chat", None, false),
            ("alice@tai.chat", None, true),
            ("alice@tai.chat", Some("desk"), false),
        ] {
            assert_eq!(
                is_of_instance(address, name.map(instance).as_ref()),
                own,
                "{address} {name:?}"
            );
        }
    }
}
