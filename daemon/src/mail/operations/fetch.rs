//! Reading a mail: by its id, or the oldest unread one, which is leased to the client until the
//! client has written it.

use super::{
    body_part::mail_id,
    look::Spot,
    walk::Tell,
    wanted::{NextMail, Reach, Wanted},
};
use crate::mail::{
    error::MailError,
    leases::{ClientKey, Taken},
    listing::{ascents::Found, passed_over::PassedOver},
    service::MailService,
    sharing::Sharing,
};
use tai_auth::bridge::{Bridge, BridgeError};
use tai_proto::{
    call::{Fetch, Which},
    mail::{FetchedMail, LeftOut, Mail},
    names::{Address, Instance},
};
use tokio::time::{Instant, sleep_until, timeout_at};

/// Number of mails that the bridge may list and not have, in one call. Each comes from a list of
/// its own.
const MAX_MISSED: u32 = 32;

/// The next mail of an instance.
pub(super) enum Next<'a> {
    Mail {
        taken: Taken<'a>,
        /// Whether another client held it and the bridge may count it as read.
        was_returned: bool,
    },
    /// There is none that the instance may read.
    None { left_out: LeftOut },
}

impl<B: Bridge> MailService<B> {
    /// Reads a part of a mail. An unread mail that no other client holds, the oldest one or the one
    /// with the id, is leased to the client, which [settles](MailService::settle) it, writes it, and
    /// [reports](MailService::deliver) that. A mail with an id is leased with its last part. A
    /// cancelled call leaves no lease.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn fetch(
        &self,
        instance: Option<&Instance>,
        client: ClientKey,
        fetch: Fetch,
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<FetchedMail, MailError> {
        let address = self.address(instance, deadline).await?;
        let except = match fetch.which {
            Which::Oldest { except } => except,
            Which::Named(id) => {
                let message = self.own(instance, &address, id, deadline).await?;
                let named = self.fetch_named(address, client, message, fetch.window, deadline);
                return named.await;
            }
        };
        let request = NextMail {
            instance,
            address: &address,
            client,
            window: fetch.window,
            tell,
        };
        let mut wanted = Wanted {
            except: except.senders.iter().map(Address::key).collect(),
            left: except.mails.iter().map(|id| id.get()).collect(),
            ..Wanted::default()
        };
        let fetched = self.lease_next(request, &mut wanted, deadline).await?;
        match wanted.passed_over.into_failure() {
            Some(error) if fetched.mail.is_none() => Err(error),
            Some(_) | None => Ok(fetched),
        }
    }

    /// Leases the oldest unread mail that is wanted and that no other client holds, and reads a part
    /// of it. Adds the mails that are not wanted to the rejected ones. A cancelled call leaves no
    /// lease, and wakes the clients that wait for the mail.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(super) async fn lease_next(
        &self,
        request: NextMail<'_>,
        wanted: &mut Wanted<'_>,
        deadline: Instant,
    ) -> Result<FetchedMail, MailError> {
        let NextMail {
            instance, address, ..
        } = request;
        // They may have come back since the last call.
        wanted.elsewhere.clear();
        wanted.passed_over = PassedOver::default();
        wanted.unavailable = self.unavailable.ids();
        let mut missed = 0;
        loop {
            let (taken, was_returned) = match self.take(request, wanted, deadline).await? {
                Next::Mail {
                    taken,
                    was_returned,
                } => (taken, was_returned),
                Next::None { .. } if !wanted.unavailable.is_empty() => {
                    wanted.unavailable.clear();
                    continue;
                }
                Next::None { left_out } => {
                    // The mail may be reserved for a client that does not come back.
                    let may_be = |id| wanted.may_be(id);
                    if let Some(end) = self.leases.reserved_until(address.as_str(), may_be) {
                        let ended = timeout_at(deadline, sleep_until(end.into())).await;
                        ended.map_err(|_| self.not_in_turn(address.as_str()))?;
                        if wanted.reach == Reach::Returned {
                            wanted.reach = Reach::New;
                        }
                        continue;
                    }
                    return Ok(FetchedMail {
                        address: address.clone(),
                        mail: None,
                        is_leased: false,
                        left_out,
                        passed_over: wanted.passed_over.ids(),
                    });
                }
            };
            // Dropped after `taken`, so that other clients find the mail.
            let announcement = self.arrivals.announce_at_end(address.as_str());
            let taken = taken;
            let id = mail_id(taken.id())?;
            match self.own(instance, address, id, deadline).await {
                // After the list, another call has read the mail by its id, or marked it.
                Ok(message) if message.head.read && !was_returned => {
                    announcement.cancel();
                    taken.miss();
                    wanted.rejected.insert(id.get());
                    self.ascents.forget(id.get());
                }
                // A returned mail, whose envelope no list has shown.
                Ok(message) if !wanted.accepts(&message.head) => {
                    wanted.rejected.insert(id.get());
                }
                Ok(message) => {
                    let mut mail = self.read(message, request.window, deadline).await?;
                    mail.envelope.read = false;
                    self.unavailable.remove(id);
                    announcement.cancel();
                    taken.keep();
                    return Ok(FetchedMail {
                        passed_over: wanted.passed_over.ids(),
                        is_leased: true,
                        ..fetched(address.clone(), mail)
                    });
                }
                // After the list, a reload hid it. Another machine, or a later policy, may permit it.
                Err(MailError::NotPermitted { .. }) => {
                    announcement.cancel();
                    taken.postpone();
                    wanted.rejected.insert(id.get());
                }
                // After the list, the mail was deleted or moved. The next one may exist.
                Err(MailError::NoSuchMail(_) | MailError::NotYours { .. }) => {
                    announcement.cancel();
                    taken.miss();
                    wanted.rejected.insert(id.get());
                    self.ascents.forget(id.get());
                    // A returned mail is of the leases, and no list has shown it.
                    missed += u32::from(!was_returned);
                    if missed >= MAX_MISSED {
                        return Err(MailError::Bridge(BridgeError::Garbled {
                            detail: "it lists emails that it does not have".to_owned(),
                        }));
                    }
                }
                Err(error) => {
                    self.unavailable.add(id, &error);
                    wanted.passed_over.add(id, error)?;
                    announcement.cancel();
                }
            }
        }
    }

    /// Takes the oldest wanted mail of the address that no client holds: first a returned one, then
    /// an unread one.
    async fn take(
        &self,
        request: NextMail<'_>,
        wanted: &mut Wanted<'_>,
        deadline: Instant,
    ) -> Result<Next<'_>, MailError> {
        // Looks of one address are serialized, so that no look is older than a lease.
        let (address, key) = (request.address.as_str(), request.address.key());
        let asked = Instant::now();
        let turn = timeout_at(deadline, self.looks.wait(&key)).await;
        let mut turn = turn.map_err(|_| self.not_in_turn(address))?;
        let returned = self.take_returned(request, wanted, asked, deadline).await?;
        if let Some(next) = returned {
            return Ok(next);
        }
        if wanted.reach == Reach::Returned {
            let left_out = LeftOut::default();
            return Ok(Next::None { left_out });
        }
        // The look of a call that was ahead of this one answers this one, too, if it began later.
        let earlier = turn
            .take()
            .filter(|finding| wanted.is_shared() && finding.since >= asked);
        if let Some(finding) = earlier {
            let next = match &finding.found {
                // A client may have given its mail back since.
                Found::None { has_held: true, .. } => None,
                found => self.next_of(found, request, wanted, deadline).await?,
            };
            if let Some(next) = next {
                *turn = Some(finding);
                return Ok(next);
            }
        }
        loop {
            let spot = Spot {
                instance: request.instance,
                address: request.address,
                key: &key,
                wanted,
                tell: request.tell,
            };
            let (finding, rejected) = self.look(spot, deadline).await?;
            wanted.rejected.extend(rejected);
            let elsewhere = wanted.elsewhere.len();
            let next = self.next_of(&finding.found, request, wanted, deadline);
            let next = next.await?;
            // The next look finds the mails behind those that other machines hold.
            if next.is_none() && wanted.elsewhere.len() > elsewhere {
                continue;
            }
            if wanted.is_shared() {
                *turn = Some(finding);
            }
            // Only this call takes mails of the address.
            return Ok(next.unwrap_or(Next::None {
                left_out: LeftOut::default(),
            }));
        }
    }

    /// Takes the oldest wanted mail of the address that a client gave back.
    async fn take_returned(
        &self,
        request: NextMail<'_>,
        wanted: &mut Wanted<'_>,
        asked: Instant,
        deadline: Instant,
    ) -> Result<Option<Next<'_>>, MailError> {
        let (client, address) = (request.client, request.address.as_str());
        match &self.sharing {
            Sharing::Local => {
                let may_be = |id| wanted.may_be(id);
                let taken = self.leases.take_returned(client, address, may_be);
                Ok(taken.map(|taken| Next::Mail {
                    taken,
                    was_returned: true,
                }))
            }
            // The store takes over the returned mails of all machines.
            Sharing::Shared(keeper) => {
                let mut ids = keeper.returned(address, asked, deadline).await?;
                // Only a damaged row has another id.
                ids.retain(|id| mail_id(*id).is_ok());
                self.take_granted(ids, request, wanted, deadline).await
            }
        }
    }

    /// Takes the first mail that a look has found and that is still free; `None` if there is none
    /// any more.
    async fn next_of(
        &self,
        found: &Found,
        request: NextMail<'_>,
        wanted: &mut Wanted<'_>,
        deadline: Instant,
    ) -> Result<Option<Next<'_>>, MailError> {
        match found {
            Found::Unread(ids) => self.take_of(ids, request, wanted, deadline).await,
            Found::None { left_out, .. } => Ok(Some(Next::None {
                left_out: *left_out,
            })),
        }
    }
}

pub(super) fn fetched(address: Address, mail: Mail) -> FetchedMail {
    FetchedMail {
        address,
        left_out: LeftOut::default(),
        mail: Some(Box::new(mail)),
        is_leased: false,
        passed_over: Vec::new(),
    }
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
