//! Taking mails that the store of the shared leases grants to this machine. Without a store, each
//! mail that no client of this machine holds is granted.

use super::{
    fetch::Next,
    wanted::{NextMail, Wanted},
};
use crate::mail::{
    error::MailError,
    leases::{ClientKey, Leases, Taken},
    service::MailService,
    sharing::{
        Sharing,
        store::{Grant, Origin, Refusal},
    },
};
use tai_auth::bridge::{Bridge, Head};
use tai_proto::names::{Address, MailId};
use tokio::time::Instant;

/// Limit of the mails that the store is asked about at once.
const MAX_ASKED: usize = 200;

/// A mail that the store has leased to this machine for a client that names it. Dropping it gives the
/// mail back to the other machines, unless a client of this one holds it or another one names it.
#[must_use = "dropping it gives the mail back"]
pub(in crate::mail) struct Admitted<'a> {
    leases: &'a Leases,
    id: u64,
    /// The store's knowledge of the mail.
    pub(super) known: Known,
    /// Whether dropping it gives the mail back.
    lets_go: bool,
}

/// What the store knows about a mail that a client names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// Nothing beyond the bridge's list.
    Nothing,
    /// A client held it when it was marked, and did not write it.
    Returned,
    /// A client has written it.
    Written,
}

impl Admitted<'_> {
    /// Leaves the end of the lease to the one who reports it.
    pub(super) fn keep(mut self) {
        self.lets_go = false;
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        self.leases.end_named(self.id, self.lets_go);
    }
}

impl<B: Bridge> MailService<B> {
    /// Takes the first of these unread mails that is wanted and that no client holds. Mails that
    /// clients of other machines hold are added to [`Wanted::elsewhere`].
    pub(super) async fn take_of(
        &self,
        ids: &[u64],
        request: NextMail<'_>,
        wanted: &mut Wanted<'_>,
        deadline: Instant,
    ) -> Result<Option<Next<'_>>, MailError> {
        let (client, address) = (request.client, request.address.as_str());
        match &self.sharing {
            Sharing::Local => {
                let mut ids = ids.iter().filter(|id| wanted.may_be(**id));
                let taken = ids.find_map(|id| self.leases.take(client, *id, address));
                Ok(taken.map(|taken| Next::Mail {
                    taken,
                    was_returned: false,
                }))
            }
            Sharing::Shared(keeper) => {
                let is_free = |id: &u64| wanted.may_be(*id) && self.leases.is_free(*id, address);
                let ids = ids.iter().copied().filter(is_free);
                let mut ids: Vec<u64> = ids.take(MAX_ASKED).collect();
                if ids.is_empty() {
                    return Ok(None);
                }
                let refusals = keeper.refusals(address, &ids, deadline).await?;
                for (id, refusal) in &refusals {
                    self.note_refusal(*id, *refusal, address);
                    wanted.elsewhere.insert(*id);
                }
                ids.retain(|id| wanted.may_be(*id));
                self.take_granted(ids, request, wanted, deadline).await
            }
        }
    }

    /// Takes the first of these mails that is wanted, that no client here holds, and that the store
    /// grants to this machine.
    pub(super) async fn take_granted(
        &self,
        ids: Vec<u64>,
        request: NextMail<'_>,
        wanted: &mut Wanted<'_>,
        deadline: Instant,
    ) -> Result<Option<Next<'_>>, MailError> {
        let (client, address) = (request.client, request.address.as_str());
        for id in ids {
            if !wanted.may_be(id) {
                continue;
            }
            let Some(taken) = self.leases.take(client, id, address) else {
                continue;
            };
            match self.grant(taken, address, client, deadline).await? {
                Some((taken, was_returned)) => {
                    return Ok(Some(Next::Mail {
                        taken,
                        was_returned,
                    }));
                }
                None => {
                    wanted.elsewhere.insert(id);
                }
            }
        }
        Ok(None)
    }

    /// Asks the store for a taken mail. Returns the mail, and whether the bridge may count it as
    /// read; `None` if a client of another machine holds it or has written it.
    pub(super) async fn grant<'a>(
        &'a self,
        taken: Taken<'a>,
        address: &str,
        client: ClientKey,
        deadline: Instant,
    ) -> Result<Option<(Taken<'a>, bool)>, MailError> {
        let Sharing::Shared(keeper) = &self.sharing else {
            return Ok(Some((taken, false)));
        };
        let id = taken.id();
        let grant = keeper
            .acquire(address, id, Origin::Unread, deadline)
            .await?;
        match grant {
            Grant::Granted { marked } => {
                if marked {
                    // The mail is not marked at the bridge because of this, so that nothing waits for
                    // the disk.
                    let _ = self.leases.mark(client, id);
                }
                Ok(Some((taken, marked)))
            }
            Grant::Refused(refusal) => {
                taken.miss();
                self.note_refusal(id, refusal, address);
                Ok(None)
            }
        }
    }

    fn note_refusal(&self, id: u64, refusal: Refusal, address: &str) {
        match refusal {
            Refusal::Held | Refusal::Delivered => {}
            Refusal::Unconfirmed => self.leases.written_elsewhere(id, address),
        }
    }

    /// Leases a mail that a client names to this machine, so that no client of another machine gets
    /// it.
    ///
    /// # Errors
    /// [`MailError::HeldElsewhere`], [`MailError::LeaseStore`].
    pub(in crate::mail) async fn admit(
        &self,
        head: &Head,
        id: MailId,
        deadline: Instant,
    ) -> Result<Admitted<'_>, MailError> {
        self.leases.begin_named(id.get());
        let mut admitted = Admitted {
            leases: &self.leases,
            id: id.get(),
            known: Known::Nothing,
            lets_go: true,
        };
        let Sharing::Shared(keeper) = &self.sharing else {
            return Ok(admitted);
        };
        let to = Address::in_field(&head.to);
        let address = to.as_ref().map_or(head.to.as_str(), |to| to.as_str());
        let grant = keeper.acquire(address, id.get(), Origin::Named, deadline);
        match grant.await? {
            // A client that names a mail may read it again.
            Grant::Granted { marked: false } => Ok(admitted),
            Grant::Granted { marked: true } => {
                admitted.known = Known::Returned;
                Ok(admitted)
            }
            Grant::Refused(Refusal::Unconfirmed | Refusal::Delivered) => {
                admitted.known = Known::Written;
                Ok(admitted)
            }
            Grant::Refused(Refusal::Held) => {
                admitted.keep();
                Err(MailError::HeldElsewhere(id))
            }
        }
    }

    /// Checks that this machine still holds a leased mail that a client is about to write.
    ///
    /// # Errors
    /// [`MailError::NoSuchMail`] if the mail is not leased to the client;
    /// [`MailError::HeldElsewhere`], [`MailError::LeaseStore`].
    pub(super) async fn still_holds(
        &self,
        client: ClientKey,
        id: MailId,
        deadline: Instant,
    ) -> Result<(), MailError> {
        let Sharing::Shared(keeper) = &self.sharing else {
            return Ok(());
        };
        if !self.leases.holds(client, id.get()) {
            return Err(MailError::NoSuchMail(id));
        }
        match keeper.mark(id.get(), deadline).await? {
            true => Ok(()),
            false => Err(MailError::HeldElsewhere(id)),
        }
    }
}
