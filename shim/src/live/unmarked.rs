//! Handled mails that are not marked read yet. They stay leased, because an unread mail without a
//! lease is handled a second time. Other mails do not wait for them.

use super::calls::Calls;
use crate::backoff::after_failure;
use std::collections::VecDeque;
use tai_client::{Backoff, Lease};
use tai_proto::{
    Fault, FaultCode, Hint,
    call::{MarkRead, Peek, Settle},
    mail::Window,
    names::MailId,
};
use tokio::time::Instant;

/// Limit of the mails. Beyond it, live takes no further mail.
pub(super) const MAX_UNMARKED: usize = 100;

/// Handled mails that are not marked read yet. While marks fail, one mail is tried at a time.
pub(super) struct Unmarked {
    /// The next mail to try is the first one.
    leases: VecDeque<Lease>,
    backoff: Backoff,
    /// Time of the next attempt.
    due: Instant,
    /// Whether the configuration is not known to forbid [`MarkRead`]. The audit log has a line for each
    /// refused call.
    may_mark: bool,
    /// Failure that was reported last.
    reported: Option<Fault>,
}

impl Unmarked {
    pub(super) fn new() -> Self {
        Self {
            leases: VecDeque::new(),
            backoff: after_failure(),
            due: Instant::now(),
            may_mark: true,
            reported: None,
        }
    }

    /// Adds a handled mail and marks it read. Returns a failure that is to be reported.
    pub(super) async fn add(&mut self, lease: Lease, calls: &Calls) -> Option<Fault> {
        // Comes before the attempt, which a signal can interrupt.
        self.leases.push_front(lease);
        let fault = self.mark_first(calls).await?;
        if self.leases.len() == 1 {
            self.due = Instant::now() + self.backoff.advance();
        }
        self.unreported(fault)
    }

    /// Marks the mails read if an attempt is due, until one fails. Returns a failure that is to be
    /// reported.
    pub(super) async fn mark_due(&mut self, calls: &Calls) -> Option<Fault> {
        while !self.leases.is_empty() && self.due <= Instant::now() {
            match self.mark_first(calls).await {
                None => self.backoff = after_failure(),
                Some(fault) => {
                    self.due = Instant::now() + self.backoff.advance();
                    return self.unreported(fault);
                }
            }
        }
        None
    }

    /// Returns the time of the next attempt; `None` if no mail is left.
    pub(super) fn due(&self) -> Option<Instant> {
        (!self.leases.is_empty()).then_some(self.due)
    }

    /// Returns the number of mails if it is the limit.
    pub(super) fn full(&self) -> Option<usize> {
        let count = self.leases.len();
        (count >= MAX_UNMARKED).then_some(count)
    }

    /// Returns whether this failure was reported last.
    pub(super) fn has_reported(&self, fault: &Fault) -> bool {
        self.reported.as_ref() == Some(fault)
    }

    /// Replaces the lease of a mail by that of a restarted taid, which leases the mail a second time.
    /// Returns the lease of any other mail.
    pub(super) fn renew(&mut self, lease: Lease) -> Option<Lease> {
        let mut leases = self.leases.iter_mut();
        match leases.find(|old| old.id() == lease.id()) {
            Some(old) => {
                std::mem::replace(old, lease).forget();
                None
            }
            None => Some(lease),
        }
    }

    /// Ends all leases at the end of the process. taid marks the mails later, and gives them to no
    /// client.
    pub(super) fn leave(&mut self) {
        self.leases.drain(..).for_each(Lease::delivered);
    }

    /// Marks the first mail read and ends its lease. After a failure the mail becomes the last one.
    async fn mark_first(&mut self, calls: &Calls) -> Option<Fault> {
        let id = self.leases.front()?.id();
        let marked = mark(calls, id, &mut self.may_mark).await;
        let lease = self.leases.pop_front()?;
        match marked {
            Ok(()) => {
                lease.delivered();
                if self.leases.is_empty() {
                    self.backoff = after_failure();
                    self.reported = None;
                }
                None
            }
            Err(fault) => {
                self.leases.push_back(lease);
                Some(fault)
            }
        }
    }

    /// Returns a failure of another kind than the one that was reported last.
    fn unreported(&mut self, fault: Fault) -> Option<Fault> {
        let is_known = |reported: &Fault| reported.code == fault.code;
        if self.reported.as_ref().is_some_and(is_known) {
            return None;
        }
        self.reported = Some(fault.clone());
        Some(fault)
    }
}

/// Marks a leased mail read. Succeeds also if no later attempt can mark it, such as after its
/// deletion.
///
/// # Errors
/// The reason why the mail is still unread.
async fn mark(calls: &Calls, id: MailId, may_mark: &mut bool) -> Result<(), Fault> {
    match calls.call(Settle { id }).await {
        Ok(settled) if settled.marked_read => return Ok(()),
        // The bridge failed, or the mail was deleted. [`MarkRead`] tells which.
        Ok(_) => {}
        // A restarted taid does not know the lease.
        Err(fault) if fault.code == FaultCode::NotFound => {}
        Err(fault) => return unless_lasting(fault),
    }
    if *may_mark {
        match calls.call(MarkRead { id }).await {
            Ok(_) => return Ok(()),
            Err(fault) if fault.code == FaultCode::NotPermitted => *may_mark = false,
            Err(fault) => return unless_lasting(fault),
        }
    }
    is_read(calls, id).await
}

/// Looks at a mail where the configuration forbids [`MarkRead`].
async fn is_read(calls: &Calls, id: MailId) -> Result<(), Fault> {
    let window = Window {
        limit: Window::MIN,
        ..Window::WHOLE
    };
    let fetched = match calls.call(Peek { id, window }).await {
        Ok(fetched) => fetched,
        Err(fault) => return unless_lasting(fault),
    };
    match fetched.mail.is_some_and(|mail| mail.envelope.read) {
        true => Ok(()),
        false => {
            let fault = Fault::new(
                FaultCode::BridgeFailed,
                format!("email {id} is handled and still unread"),
            )
            .because("taid could not mark it as read")
            .hint(Hint::reader("run `taid logs` for the reason"));
            Err(fault.for_profile(&calls.profile().await))
        }
    }
}

/// Returns the failure of a call that can succeed later.
fn unless_lasting(fault: Fault) -> Result<(), Fault> {
    // With shared leases, a client of another machine can hold the mail.
    match fault.code.is_lasting() {
        true => Ok(()),
        false => Err(fault),
    }
}

#[cfg(test)]
#[path = "unmarked_tests.rs"]
mod tests;
