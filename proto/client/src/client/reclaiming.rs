//! Leases that outlive their connection: the client reclaims the mails that it holds from the next
//! daemon, which gives them to no other client for 3 s.

use super::Link;
use crate::{Connection, Dial, Outcome, lease::Held};
use std::{
    pin::pin,
    sync::{Arc, MutexGuard, PoisonError, Weak},
};
use tai_proto::{
    FaultCode,
    call::{Delivery, EndLease, ReclaimLeases},
    names::MailId,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

impl<D: Dial> Link<D> {
    fn leases(&self) -> MutexGuard<'_, Vec<Weak<Held>>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a new lease.
    pub(super) fn hold(&self, held: &Arc<Held>) {
        let mut leases = self.leases();
        leases.retain(|lease| lease.strong_count() > 0);
        leases.push(Arc::downgrade(held));
        drop(leases);
        self.leased.notify_waiters();
    }

    /// Returns the leases that have not ended.
    fn held(&self) -> Vec<(Arc<Held>, Arc<Connection>)> {
        let leases = self.leases();
        let held = leases.iter().filter_map(Weak::upgrade);
        held.filter_map(|held| Some((held.clone(), held.connection()?)))
            .collect()
    }

    /// Returns the leases whose connection has ended and that reminders reclaim.
    pub(super) fn orphans(&self) -> Vec<(Arc<Held>, Arc<Connection>)> {
        let mut held = self.held();
        held.retain(|(held, _)| held.reminded().is_some_and(|of| of.has_ended()));
        held
    }

    /// Waits until a lease has lost its connection.
    pub(super) async fn orphaned(&self) {
        loop {
            let mut leased = pin!(self.leased.notified());
            leased.as_mut().enable();
            let reminded = self
                .held()
                .into_iter()
                .find_map(|(held, _)| held.reminded());
            match reminded {
                Some(connection) => {
                    connection.ended().await;
                    if !self.orphans().is_empty() {
                        return;
                    }
                }
                None => leased.await,
            }
        }
    }

    /// Reclaims the mails that the predecessor of this daemon leased, before the first call: another
    /// client may fetch them after 3 s.
    pub(super) async fn reclaim(&self, connection: &Arc<Connection>, deadline: Instant) {
        let mut held = self.held();
        held.retain(|(_, of)| of.is_of_account == connection.is_of_account);
        if held.is_empty() {
            return;
        }
        let ids: Vec<MailId> = held.iter().map(|(held, _)| held.id).collect();
        let never = CancellationToken::new();
        let reclaim = ReclaimLeases { ids };
        let Outcome::Answered(answer) = connection.call(reclaim, None, deadline, &never).await
        else {
            return;
        };
        let kept = match answer {
            Ok(kept) => kept,
            // A daemon of an earlier release.
            Err(fault) if fault.code == FaultCode::BadRequest => Vec::new(),
            // The daemon stops, or cannot answer now. A reminder asks again, or asks its successor.
            Err(_) => return,
        };
        for (held, _) in held {
            if !kept.contains(&held.id) {
                // The daemon does not know it. Further calls about the mail find that out.
                held.leave();
            } else if held.reclaimed(connection) {
                let end = EndLease {
                    id: held.id,
                    delivery: Delivery::Returned,
                };
                // If the connection breaks, the daemon returns the mail.
                let _ = connection.call(end, None, deadline, &never).await;
            }
        }
    }
}
