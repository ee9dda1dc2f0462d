//! Replaces a waiting mail with a person's version of it.
//!
//! One step of the table exchanges both, so that at every moment exactly one of them waits, and no
//! decision about one is about the other: the new mail has a number of its own. The file of the new
//! mail is written before the exchange, and that of the old one is removed after its record
//! survives a power failure. Nothing is sent.

use super::{
    Approvals,
    discards::Discarded,
    error::ApprovalError,
    show::{show, version},
    state::{Approval, Effect, Event, Place, WaitingMail},
};
use crate::mail::{
    journal::{JournalError, Promise},
    sending::prepared::PreparedMail,
};
use std::sync::Arc;
use tai_proto::{approval::HeldMail, names::Instance, text::Label};
use tokio::time::Instant;

/// An exchange whose record may not survive a power failure yet.
#[must_use = "the file of the old mail remains otherwise"]
pub(in crate::mail) struct Exchange {
    old: u64,
    new: WaitingMail,
    promise: Promise,
}

impl Approvals {
    /// Returns a waiting mail, and the instance that submitted it.
    ///
    /// # Errors
    /// [`ApprovalError::NotHeld`], [`ApprovalError::OtherVersion`], [`ApprovalError::Locked`] or
    /// [`ApprovalError::Lost`].
    pub(in crate::mail) fn waiting_mail(
        &self,
        number: u64,
        seen: &Label,
    ) -> Result<(Arc<PreparedMail>, Option<Instance>), ApprovalError> {
        let waiting = self.find(number, seen)?;
        Ok((waiting.mail, waiting.instance))
    }

    /// Returns a mail that waits, in the version that a person saw.
    ///
    /// # Errors
    /// As [`Approvals::waiting_mail`].
    fn find(&self, number: u64, seen: &Label) -> Result<WaitingMail, ApprovalError> {
        let (table, _) = self.table();
        match table.numbered(number).map(|(_, approval)| approval) {
            Some(Approval::Held(waiting)) if version(&waiting.trace()) != *seen => {
                Err(ApprovalError::OtherVersion(number))
            }
            Some(Approval::Held(waiting)) => Ok(waiting.clone()),
            Some(Approval::Sealed(_)) => Err(ApprovalError::Locked(number)),
            Some(Approval::Lost(_)) => Err(ApprovalError::Lost(number)),
            Some(Approval::Sending(_) | Approval::Asked { .. }) | None => {
                Err(ApprovalError::NotHeld(number))
            }
        }
    }

    /// Exchanges a waiting mail for a person's version of it, which waits for an hour from now.
    ///
    /// # Errors
    /// As [`Approvals::find`], and [`ApprovalError::MaybeSent`]. The old mail waits as before.
    pub(in crate::mail) async fn revise(
        &self,
        number: u64,
        seen: &Label,
        mail: PreparedMail,
        deadline: Instant,
    ) -> Result<Exchange, ApprovalError> {
        let old = self.find(number, seen)?;
        let (new_number, now) = {
            let (mut table, now) = self.table();
            (table.next_number(), now)
        };
        let mut new = WaitingMail {
            number: new_number,
            revises: Some((number, old.mail.digest.clone())),
            mail: Arc::new(mail),
            insist: false,
            since: now,
            place: Place::Memory,
            maybe_sent: false,
            replaces: None,
            client: old.client,
            instance: old.instance,
        };
        if let Some(safe) = &self.safe
            && let Some(key) = self.key_for_new(safe, deadline).await
            && safe.write(key, new.clone()).await
        {
            new.place = Place::Sealed;
        }
        let (mut table, now) = self.table();
        let event = Event::Revise {
            number,
            waiting: new.clone(),
        };
        let effect = match table.key_of(number) {
            Some(key) => table.change(key, event, now),
            None => Effect::Refuse(ApprovalError::NotHeld(number)),
        };
        match effect {
            Effect::Refuse(error) => {
                if let Some(safe) = &self.safe {
                    safe.vault.remove(new.number);
                }
                Err(error)
            }
            Effect::None | Effect::TellHeld | Effect::Send { .. } => {
                // The agent that submits the old mail again does not make it wait beside the new one.
                let changed = old.mail.digest.clone();
                let mail = Discarded {
                    number,
                    // Such a mail cannot be changed.
                    maybe_sent: false,
                };
                table.discards.add(changed, mail, now);
                Ok(Exchange {
                    old: number,
                    new,
                    promise: table.journal.promise(),
                })
            }
        }
    }

    /// Waits until an exchange survives a power failure, and returns the new mail.
    ///
    /// # Errors
    /// [`JournalError`]. The new mail waits. If taid stops, the old one waits again.
    pub(in crate::mail) async fn exchanged(
        &self,
        exchange: Exchange,
        deadline: Instant,
    ) -> Result<HeldMail, JournalError> {
        let Exchange { old, new, promise } = exchange;
        promise.kept(deadline).await?;
        if let Some(safe) = &self.safe {
            safe.vault.remove(old);
        }
        Ok(show(&new, self.clock.stamp()))
    }
}
