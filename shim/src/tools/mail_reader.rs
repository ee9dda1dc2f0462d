//! The reader of a part of a mail, for `fetch_email` and `wait_for_email`.

use super::definition::Invocation;
use crate::{habits::Habits, requests::ShownMail};
use std::time::Duration;
use tai_client::Lease;
use tai_proto::{
    Fault, FaultCode,
    call::{Delivery, EndLease, Fetch, Peek, Settle, Which},
    mail::{FetchedMail, Filter, Part, Window},
    names::MailId,
};

/// Reader of a part of a mail.
pub(super) struct Reader<'a> {
    pub(super) invocation: &'a Invocation<'a>,
    /// Habits of the client, with the limit that the agent gave.
    pub(super) habits: Habits,
    /// Whether the body includes the quoted history at its end.
    pub(super) full: bool,
}

impl Reader<'_> {
    fn window(&self, part: u32) -> Window {
        Window {
            part,
            limit: self.habits.window,
            lines: self.habits.lines,
            has_history: self.full,
        }
    }

    /// Reads a part of the oldest unread mail: the first one, or the next one if the agent has begun
    /// the mail. Returns whether it is the next one. If no other mail is unread, goes on with the mail
    /// that the agent reads.
    pub(super) async fn oldest(&self) -> Result<(FetchedMail, bool), Fault> {
        let (taid, requests) = (self.invocation.taid, self.invocation.requests);
        let (which, window) = (Which::OLDEST, self.window(1));
        let fetching = crate::calls::fetch(taid, Fetch { which, window }, self.invocation.context);
        let (fetched, lease) = fetching.await?;
        match (lease, requests.begun()) {
            (Some(lease), _) => self.leased_now(fetched, lease).await,
            (None, Some(id)) => {
                let next = requests.next_part(id, window);
                match self.begun(id, next).await? {
                    Some(begun) => Ok((begun, next > 1)),
                    None => Ok((fetched, false)),
                }
            }
            (None, None) => Ok((fetched, false)),
        }
    }

    /// Waits for a mail, and reads a part of it as [`Reader::oldest`] does. Without a mail within the
    /// limit, the answer has none.
    pub(super) async fn awaited(
        &self,
        filter: &Filter,
        limit: Duration,
    ) -> Result<(FetchedMail, bool), Fault> {
        let (taid, window) = (self.invocation.taid, self.window(1));
        let context = self.invocation.context;
        let (fetched, lease) = crate::calls::wait_for(taid, filter, limit, window, context).await?;
        match lease {
            Some(lease) => self.leased_now(fetched, lease).await,
            None => Ok((fetched, false)),
        }
    }

    /// Shows the mail that taid has just leased: its first part, or the next one if the agent has
    /// begun the mail. Returns whether it is the next one.
    async fn leased_now(
        &self,
        fetched: FetchedMail,
        lease: Lease,
    ) -> Result<(FetchedMail, bool), Fault> {
        let Some(mail) = &fetched.mail else {
            return Ok((fetched, false));
        };
        let (id, part) = (mail.envelope.id, mail.part);
        self.leave_begun(id).await;
        let next = self.invocation.requests.next_part(id, self.window(1));
        if next > 1 && next <= part.of {
            return Ok((self.leased(lease, next).await?, true));
        }
        self.show(id, part, Some(lease));
        Ok((fetched, false))
    }

    /// Returns the begun mail to taid, because the agent reads another one. Waits for taid, so that
    /// the next call finds the mail.
    async fn leave_begun(&self, next: MailId) {
        let requests = self.invocation.requests;
        if let Some(lease) = requests.begun().and_then(|id| requests.take_lease(id)) {
            // A restarted taid has leased the same mail a second time.
            if lease.id() == next {
                return lease.forget();
            }
            let end = EndLease {
                id: lease.id(),
                delivery: Delivery::Returned,
            };
            // Dropping the lease reports its end once more.
            if self.invocation.call(end).await.is_ok() {
                lease.forget();
            }
        }
    }

    /// Reads a part of a mail that the agent names.
    pub(super) async fn named(&self, id: MailId, part: u32) -> Result<FetchedMail, Fault> {
        if let Some(lease) = self.invocation.requests.take_lease(id) {
            return self.leased(lease, part).await;
        }
        self.unleased(id, part).await
    }

    /// Reads a part of a mail, and leaves it as it is.
    pub(super) async fn shown(&self, id: MailId, part: u32) -> Result<FetchedMail, Fault> {
        let window = self.window(part);
        self.invocation.call(Peek { id, window }).await
    }

    /// Reads a part of a mail of which the client has no lease.
    async fn unleased(&self, id: MailId, part: u32) -> Result<FetchedMail, Fault> {
        let (taid, context) = (self.invocation.taid, self.invocation.context);
        let (which, window) = (Which::Named(id), self.window(part));
        let fetching = crate::calls::fetch(taid, Fetch { which, window }, context);
        let (fetched, lease) = fetching.await?;
        if let Some(mail) = &fetched.mail {
            self.show_as(mail.envelope.id, mail.part, lease, true);
        }
        Ok(fetched)
    }

    /// Reads a part of the begun mail; `None` if the mail was deleted or moved, which ends its lease.
    async fn begun(&self, id: MailId, part: u32) -> Result<Option<FetchedMail>, Fault> {
        let fault = match self.named(id, part).await {
            Ok(fetched) => return Ok(Some(fetched)),
            Err(fault) if is_gone(fault.code) => fault,
            Err(fault) => return Err(fault),
        };
        // The fault may be of the mark, which another client's lease can prevent.
        let window = self.window(part);
        match self.invocation.call(Peek { id, window }).await {
            Err(gone) if is_gone(gone.code) => {
                drop(self.invocation.requests.take_lease(id));
                Ok(None)
            }
            Ok(_) | Err(_) => Err(fault),
        }
    }

    /// Reads a part of a leased mail. Marks the mail read if it is the last part.
    async fn leased(&self, lease: Lease, part: u32) -> Result<FetchedMail, Fault> {
        let id = lease.id();
        let window = self.window(part);
        let mut fetched = match self.invocation.call(Peek { id, window }).await {
            Ok(fetched) => fetched,
            Err(fault) => {
                self.invocation.requests.put_back(lease);
                return Err(fault);
            }
        };
        if let Some(mail) = &mut fetched.mail {
            if mail.part.is_last() {
                match self.invocation.call(Settle { id }).await {
                    Ok(settled) => mail.envelope.read = settled.marked_read,
                    // A restarted taid does not know the lease.
                    Err(fault) if fault.code == FaultCode::NotFound => {
                        lease.forget();
                        return self.unleased(id, part).await;
                    }
                    Err(fault) => return Err(fault),
                }
            }
            self.show(id, mail.part, Some(lease));
        }
        Ok(fetched)
    }

    fn show(&self, id: MailId, part: Part, lease: Option<Lease>) {
        self.show_as(id, part, lease, false);
    }

    fn show_as(&self, id: MailId, part: Part, lease: Option<Lease>, is_named: bool) {
        let context = self.invocation.context;
        let mail = ShownMail {
            id,
            part,
            window: self.window(part.number),
            lease,
            is_named,
        };
        let requests = self.invocation.requests;
        requests.add_mail(&context.id, &context.ct, mail);
    }
}

/// Returns whether a fault says that the instance does not have the mail, so that its lease ends.
fn is_gone(code: FaultCode) -> bool {
    matches!(
        code,
        FaultCode::NotFound | FaultCode::NotYours | FaultCode::NotPermitted
    )
}
