//! Reports of the ends of leases to the daemon, which leases a mail again without them.

use super::{CALL_TIMEOUT, Endings, Link, Start};
use crate::{
    Connection, Dial, Outcome,
    lease::{LeaseEnd, Unreported},
};
use std::{
    collections::VecDeque,
    sync::{Arc, MutexGuard, PoisonError},
    time::Duration,
};
use tai_proto::{
    FaultCode,
    call::{Delivery, EndLease},
    names::MailId,
};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

/// Pause after a failed attempt to connect for a report, and after a refused report.
const REPORT_RETRY: Duration = Duration::from_millis(50);
/// Interval of the reminders of unconfirmed deliveries. A daemon waits 3 s for the reports of its
/// predecessor's clients.
const REMIND_EVERY: Duration = Duration::from_secs(1);
/// Time for which a client without lease ends reminds. Afterwards, only a call reports the deliveries.
const REMIND_FOR: Duration = Duration::from_secs(60 * 60);
/// Limit of unconfirmed deliveries. Beyond it the oldest is dropped.
const MAX_UNREPORTED: usize = 256;

impl<D: Dial> Endings<D> {
    /// Reports the ends of leases until the client and all leases are dropped.
    pub async fn report(self) {
        self.report_to(|_, _| {}).await;
    }

    /// As [`Endings::report`], and calls `reported` for each end that the daemon confirmed.
    pub async fn report_to(mut self, mut reported: impl FnMut(MailId, Delivery)) {
        let mut queue = VecDeque::new();
        while let Some(end) = match queue.pop_front() {
            Some(end) => Some(end),
            None => self.next_or_remind().await,
        } {
            // On the heap, because most clients report nothing.
            let link = self.link.clone();
            let mut report = Box::pin(link.report(end.id, end.delivery, end.connection));
            let is_told = loop {
                tokio::select! {
                    is_told = &mut report => break is_told,
                    // A new connection reports all deliveries, also those behind this one.
                    Some(end) = self.next() => queue.push_back(end),
                }
            };
            if is_told {
                reported(end.id, end.delivery);
            }
        }
    }

    /// Returns the next end of a lease. Until then, reports the unconfirmed deliveries and reclaims the
    /// leases of an ended connection, again and again, from a daemon that runs. Starts none.
    async fn next_or_remind(&mut self) -> Option<LeaseEnd> {
        let link = self.link.clone();
        let mut until = Instant::now() + REMIND_FOR;
        loop {
            let is_due = Instant::now() < until;
            if !is_due {
                let orphans = link.orphans();
                orphans.iter().for_each(|(orphan, _)| orphan.leave());
            }
            let has_orphans = !link.orphans().is_empty();
            let reminds = has_orphans || (is_due && !link.unreported().is_empty());
            // The reminder ends when a lease does, which has a report of its own.
            tokio::select! {
                biased;
                end = self.next() => return end,
                () = async {
                    sleep(REMIND_EVERY).await;
                    Box::pin(link.remind()).await;
                }, if reminds => {}
                () = link.orphaned(), if !has_orphans => until = Instant::now() + REMIND_FOR,
            }
        }
    }

    /// Returns the next end of a lease, and stores a delivery until a daemon has confirmed it.
    async fn next(&mut self) -> Option<LeaseEnd> {
        let end = self.ends.recv().await?;
        match end.delivery {
            Delivery::Delivered => self.link.remember(Unreported {
                id: end.id,
                is_of_account: end.connection.is_of_account,
            }),
            Delivery::Returned => {}
        }
        Some(end)
    }
}

/// Returns a mail. The report is not repeated on another connection: the end of the lease's own
/// connection has returned the mail, and this client may hold a new lease of it.
async fn report_return(id: MailId, connection: &Connection) -> bool {
    let end = EndLease {
        id,
        delivery: Delivery::Returned,
    };
    let deadline = Instant::now() + CALL_TIMEOUT;
    let never = CancellationToken::new();
    let told = connection.call(end, None, deadline, &never);
    matches!(
        timeout_at(deadline, told).await,
        Ok(Outcome::Answered(Ok(())))
    )
}

/// Returns whether a fault is the daemon's answer to the report, so that a further one has the same.
fn is_about_the_mail(code: FaultCode) -> bool {
    match code {
        FaultCode::BadRequest
        | FaultCode::NotFound
        | FaultCode::NotYours
        | FaultCode::NotPermitted
        | FaultCode::VersionMismatch
        | FaultCode::OtherAccount
        | FaultCode::AccountRefused => true,
        FaultCode::NotRunning
        | FaultCode::NotSignedIn
        | FaultCode::AuthRefused
        | FaultCode::Unreachable
        | FaultCode::BridgeFailed
        | FaultCode::RateLimited
        | FaultCode::OutcomeUnknown
        | FaultCode::DeadlinePassed
        | FaultCode::TooBusy
        | FaultCode::Cancelled
        | FaultCode::Stopping
        | FaultCode::Duplicate
        | FaultCode::AwaitingApproval
        | FaultCode::AnswerTooLarge
        | FaultCode::Internal
        | FaultCode::NotRecorded => false,
    }
}

impl<D: Dial> Link<D> {
    async fn report(
        self: Arc<Self>,
        id: MailId,
        delivery: Delivery,
        connection: Arc<Connection>,
    ) -> bool {
        match delivery {
            Delivery::Delivered => self.report_delivery(id).await,
            Delivery::Returned => report_return(id, &connection).await,
        }
    }

    /// Reports a delivery and retries until the daemon has answered, for at most 55 seconds. After
    /// that, a reminder or the next connection reports it. Without the report the daemon leases the
    /// mail again.
    /// Returns whether the daemon answered.
    async fn report_delivery(self: &Arc<Self>, id: MailId) -> bool {
        let deadline = Instant::now() + CALL_TIMEOUT;
        let identity = self.identity.lock().await.clone();
        let work = async {
            loop {
                let connected = self.connected.notified();
                tokio::pin!(connected);
                connected.as_mut().enable();
                let connecting = self.connection(&identity, Start::IfNeeded, deadline);
                let Ok(connection) = connecting.await else {
                    // If a call connects first, this report follows at once, before the call
                    // leases the mail a second time.
                    let _ = timeout(REPORT_RETRY, connected).await;
                    continue;
                };
                // The new connection may have reported it.
                let is_told = !self
                    .unreported()
                    .iter()
                    .any(|unreported| unreported.id == id);
                if is_told || self.tell(id, &connection, deadline).await {
                    return;
                }
                // A lost connection has ended already.
                let _ = timeout(REPORT_RETRY, connection.ended()).await;
            }
        };
        let is_told = timeout_at(deadline, work).await.is_ok();
        if is_told {
            self.forget(&[id]);
        }
        is_told
    }

    /// Reports a delivery over one connection. Returns whether the daemon has taken the report.
    async fn tell(&self, id: MailId, connection: &Connection, deadline: Instant) -> bool {
        let end = EndLease {
            id,
            delivery: Delivery::Delivered,
        };
        let never = CancellationToken::new();
        match connection.call(end, None, deadline, &never).await {
            Outcome::Answered(Err(fault)) if fault.code == FaultCode::Stopping => {
                connection.ended().await;
                false
            }
            Outcome::Answered(Ok(())) | Outcome::Cancelled => true,
            Outcome::Answered(Err(fault)) => is_about_the_mail(fault.code),
            Outcome::NotBegun | Outcome::Lost => false,
        }
    }

    /// Reports the unconfirmed deliveries of mails that the predecessor of this daemon leased, before the
    /// first call: the claim of the account may wait for a login, longer than a daemon waits for the
    /// reports of its predecessor's clients. Returns the reported mails, to [forget](Link::forget) if
    /// the daemon serves the account.
    pub(super) async fn report_kept(
        &self,
        connection: &Connection,
        deadline: Instant,
    ) -> Vec<MailId> {
        let mut unreported = self.unreported().clone();
        unreported.retain(|one| one.is_of_account == connection.is_of_account);
        self.tell_all(unreported, connection, deadline).await
    }

    /// Reports the other unconfirmed deliveries to a daemon that serves the account.
    pub(super) async fn report_rest(&self, connection: &Connection, deadline: Instant) {
        let unreported = self.unreported().clone();
        let told = self.tell_all(unreported, connection, deadline).await;
        self.forget(&told);
    }

    async fn tell_all(
        &self,
        unreported: Vec<Unreported>,
        connection: &Connection,
        deadline: Instant,
    ) -> Vec<MailId> {
        let mut told = Vec::new();
        for Unreported { id, .. } in unreported {
            if self.tell(id, connection, deadline).await {
                told.push(id);
            }
        }
        told
    }

    /// Reports the unconfirmed deliveries and reclaims the leases, if a daemon runs that they may be of.
    async fn remind(self: &Arc<Self>) {
        let of_account = |is_of_account: bool| {
            let mut held = self.orphans().into_iter();
            held.any(|(_, of)| of.is_of_account == is_of_account)
                || (self.unreported().iter()).any(|one| one.is_of_account == is_of_account)
        };
        let runs = (self.dial.runs() && of_account(false))
            || (self.own.iter().any(Dial::runs) && of_account(true));
        if !runs {
            return;
        }
        let deadline = Instant::now() + CALL_TIMEOUT;
        let identity = self.identity.lock().await.clone();
        // A new connection has reported and reclaimed them.
        let connecting = self.connection(&identity, Start::Never, deadline);
        if let Ok(connection) = connecting.await {
            self.report_rest(&connection, deadline).await;
            if !self.orphans().is_empty() {
                self.reclaim(&connection, deadline).await;
            }
        }
    }

    /// Drops deliveries that the daemon has confirmed.
    pub(super) fn forget(&self, ids: &[MailId]) {
        self.unreported().retain(|one| !ids.contains(&one.id));
    }

    /// Stores a delivery until a daemon has confirmed it.
    fn remember(&self, delivery: Unreported) {
        let mut unreported = self.unreported();
        unreported.retain(|unreported| unreported.id != delivery.id);
        if unreported.len() >= MAX_UNREPORTED {
            unreported.remove(0);
        }
        unreported.push(delivery);
    }

    fn unreported(&self) -> MutexGuard<'_, Vec<Unreported>> {
        self.unreported
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
