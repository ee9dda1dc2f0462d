//! Calls that lease a mail to the client.

use super::{CallContext, Client, Link, MARGIN, OnLoss};
use crate::{Connection, Dial, Lease, Outcome, lease::LeaseEnd};
use std::{sync::Arc, time::Duration};
use tai_proto::{
    Fault, FaultCode, Method,
    call::{Except, Fetch, Settle, WaitFor, Which},
    mail::{FetchedMail, Filter, Window},
};
use tokio::{sync::mpsc::OwnedPermit, time::Instant};

impl<D: Dial> Client<D> {
    /// Reads a part of a mail. The oldest unread mail, and with its last part an unread mail that the
    /// call names, is leased and settled. Dropping the returned lease, or this future, returns the mail.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn fetch(
        &self,
        context: CallContext<'_>,
        fetch: Fetch,
    ) -> Result<(FetchedMail, Option<Lease>), Fault> {
        self.lease(context, || fetch.clone(), true).await
    }

    /// Leases the oldest unread mail that is not excepted. It stays unread until [`Settle`].
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn lease_oldest(
        &self,
        context: CallContext<'_>,
        except: &Except,
    ) -> Result<(FetchedMail, Option<Lease>), Fault> {
        let fetch = || Fetch {
            which: Which::Oldest {
                except: except.clone(),
            },
            window: Window::WHOLE,
        };
        self.lease(context, fetch, false).await
    }

    /// Waits for an unread mail that meets the conditions, for at most `limit`, and leases and
    /// settles it as [`Client::fetch`] does. A wait that a new daemon continues keeps its
    /// end.
    ///
    /// # Errors
    /// As [`Client::call`].
    pub async fn wait_for(
        &self,
        context: CallContext<'_>,
        filter: &Filter,
        limit: Duration,
        window: Window,
    ) -> Result<(FetchedMail, Option<Lease>), Fault> {
        let until = Instant::now() + limit;
        let wait = || {
            let left = until.saturating_duration_since(Instant::now());
            WaitFor {
                filter: filter.clone(),
                limit_ms: u32::try_from(left.as_millis()).unwrap_or(u32::MAX),
                window,
            }
        };
        self.lease(context, wait, true).await
    }

    /// Takes over the lease of the mail in the answer to a call. `method` returns the call of each attempt.
    async fn lease<M: Method<Answer = FetchedMail>>(
        &self,
        context: CallContext<'_>,
        method: impl Fn() -> M,
        settle: bool,
    ) -> Result<(FetchedMail, Option<Lease>), Fault> {
        let work = async |connection: Arc<Connection>, deadline: Instant| {
            let Ok(place) = self.endings.clone().reserve_owned().await else {
                return Outcome::NotBegun;
            };
            let until = deadline - MARGIN;
            let (mut fetched, lease) = match self
                .link
                .leased(connection.clone(), place, method(), context, until)
                .await
            {
                Outcome::Answered(Ok(leased)) => leased,
                other => return other,
            };
            if let (true, Some(lease), Some(mail)) = (settle, &lease, &mut fetched.mail)
                && mail.part.is_last()
            {
                let settle = Settle { id: lease.id() };
                let settled = connection.call(settle, None, until, context.cancelled);
                match settled.await {
                    Outcome::Answered(Ok(settled)) => mail.envelope.read = settled.marked_read,
                    Outcome::Cancelled => return Outcome::Cancelled,
                    // With shared leases, the store does not answer, or another machine has the mail.
                    Outcome::Answered(Err(fault))
                        if matches!(fault.code, FaultCode::Unreachable | FaultCode::NotYours) =>
                    {
                        return Outcome::Answered(Err(fault));
                    }
                    // The daemon has exited or does not know the lease, so it leases the mail
                    // again.
                    Outcome::Answered(Err(_)) | Outcome::NotBegun | Outcome::Lost => {
                        return Outcome::Lost;
                    }
                }
            }
            Outcome::Answered(Ok((fetched, lease)))
        };
        self.link.repeatedly(context, OnLoss::Repeat, work).await
    }
}

impl<D: Dial> Link<D> {
    /// Makes a call that leases a mail. The task runs to the daemon's answer even if the caller gives up,
    /// because the answer may lease a mail; dropping the task's result returns that mail.
    async fn leased<M: Method<Answer = FetchedMail>>(
        self: &Arc<Self>,
        connection: Arc<Connection>,
        place: OwnedPermit<LeaseEnd>,
        method: M,
        context: CallContext<'_>,
        until: Instant,
    ) -> Outcome<(FetchedMail, Option<Lease>)> {
        let cancelled = context.cancelled.child_token();
        let _given_up = cancelled.clone().drop_guard();
        let progress = context.progress.cloned();
        let link = self.clone();
        let task = tokio::spawn(async move {
            let fetched = connection.call_to_end(method, progress.as_ref(), until, &cancelled);
            fetched.await.and_then(|fetched| {
                let leased = fetched.mail.as_ref().filter(|_| fetched.is_leased);
                let id = leased.map(|mail| mail.envelope.id);
                let lease = id.map(|id| Lease::new(id, connection.clone(), place));
                if let Some(lease) = &lease {
                    link.hold(lease.held());
                }
                Ok((fetched, lease))
            })
        });
        tokio::select! {
            // A task ends early only with its runtime.
            leased = task => leased.unwrap_or(Outcome::Lost),
            () = context.cancelled.cancelled() => Outcome::Cancelled,
        }
    }
}
