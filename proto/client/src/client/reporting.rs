//! Reports of the ends of leases to the daemon, which leases a mail again without them.

use super::{CALL_TIMEOUT, Endings, Link};
use crate::{Connection, Dial, Outcome, lease::LeaseEnd};
use std::{
    sync::{MutexGuard, PoisonError},
    time::Duration,
};
use tai_proto::{
    FaultCode,
    call::{Delivery, EndLease},
    names::MailId,
};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

/// Pause after a failed attempt to connect for a report.
const REPORT_RETRY: Duration = Duration::from_millis(50);

impl<D: Dial> Endings<D> {
    /// Reports the ends of leases until the client and all leases are dropped.
    pub async fn report(self) {
        self.report_to(|_, _| {}).await;
    }

    /// As [`Endings::report`], and calls `reported` for each end that the daemon confirmed.
    pub async fn report_to(mut self, mut reported: impl FnMut(MailId, Delivery)) {
        while let Some(end) = self.ends.recv().await {
            let mut ends = vec![end];
            ends.extend(std::iter::from_fn(|| self.ends.try_recv().ok()));
            self.link.unreported().extend(&ends);
            for (id, delivery) in ends {
                if self.link.report((id, delivery)).await {
                    reported(id, delivery);
                }
            }
        }
    }
}

impl<D: Dial> Link<D> {
    /// Reports the end of a lease and retries until the daemon has answered, for at most 55
    /// seconds. Without the report the daemon leases the mail again. Returns whether the daemon
    /// answered.
    async fn report(&self, (id, delivery): LeaseEnd) -> bool {
        let deadline = Instant::now() + CALL_TIMEOUT;
        let identity = self.identity.lock().await.clone();
        let never = CancellationToken::new();
        let work = async {
            loop {
                let connected = self.connected.notified();
                tokio::pin!(connected);
                connected.as_mut().enable();
                let Ok(connection) = self.connection(&identity, deadline).await else {
                    // If a call connects first, this report follows at once, before the call
                    // leases the mail a second time.
                    let _ = timeout(REPORT_RETRY, connected).await;
                    continue;
                };
                let end = EndLease { id, delivery };
                match connection.call(end, None, deadline, &never).await {
                    Outcome::Answered(Err(fault)) if fault.code == FaultCode::Stopping => {
                        connection.ended().await;
                    }
                    Outcome::Answered(_) | Outcome::Cancelled => return,
                    Outcome::NotSent | Outcome::Lost => {}
                }
            }
        };
        let is_told = timeout_at(deadline, work).await.is_ok();
        self.unreported().retain(|end| *end != (id, delivery));
        is_told
    }

    /// Reports all lease ends over a new connection before its first call. The first call may wait
    /// for a login, longer than a daemon waits for the reports of its predecessor's clients. The
    /// connection may be one to the daemon of another account, so each end is reported again later.
    pub(super) async fn report_all(&self, connection: &Connection, deadline: Instant) {
        let never = CancellationToken::new();
        let ends = self.unreported().clone();
        for (id, delivery) in ends {
            let end = EndLease { id, delivery };
            let _ = connection.call(end, None, deadline, &never).await;
        }
    }

    fn unreported(&self) -> MutexGuard<'_, Vec<LeaseEnd>> {
        self.unreported
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
