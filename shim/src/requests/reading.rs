//! The mail that the agent reads in parts.

use std::collections::VecDeque;
use tai_client::Lease;
use tai_proto::{mail::Part, names::MailId};

/// Limit of mails whose next part is remembered. Beyond it the oldest is dropped.
const MAX_NEXT: usize = 16;

/// Part of a mail in an answer.
pub(crate) struct ShownMail {
    pub(crate) id: MailId,
    pub(crate) part: Part,
    /// Lease of the mail; `None` if the client named a mail that it does not lease with this part.
    pub(crate) lease: Option<Lease>,
    /// Whether the agent named a mail that it had not begun.
    pub(crate) is_named: bool,
}

/// The begun mails of one client.
#[derive(Default)]
pub(super) struct Reading {
    /// Lease of the mail that the agent reads. Dropping it returns the mail.
    held: Option<Lease>,
    /// Number of the next part of each begun mail, oldest first.
    next: VecDeque<(MailId, u32)>,
}

impl Reading {
    /// Records that the agent has a part. If it begins a leased mail, the one that it has begun before
    /// returns to taid. Reading a mail by its id does not end that of the begun one.
    pub(super) fn shown(&mut self, mail: ShownMail) {
        let ShownMail {
            id,
            part,
            lease,
            is_named,
        } = mail;
        self.next.retain(|(begun, _)| *begun != id);
        if part.is_last() {
            if let Some(lease) = lease {
                lease.delivered();
                if !is_named {
                    self.held = None;
                }
            }
            return;
        }
        self.next.push_back((id, part.number.saturating_add(1)));
        if self.next.len() > MAX_NEXT {
            self.next.pop_front();
        }
        if let Some(lease) = lease {
            self.hold(lease);
        }
    }

    /// Holds the lease of a begun mail. Another mail's lease returns to taid.
    pub(super) fn hold(&mut self, lease: Lease) {
        self.held = Some(lease);
    }

    pub(super) fn begun(&self) -> Option<(MailId, u32)> {
        let id = self.held.as_ref()?.id();
        Some((id, self.next_part(id)))
    }

    pub(super) fn next_part(&self, id: MailId) -> u32 {
        let next = self.next.iter().find(|(begun, _)| *begun == id);
        next.map_or(1, |(_, part)| *part)
    }

    pub(super) fn take(&mut self, id: MailId) -> Option<Lease> {
        self.held.take_if(|lease| lease.id() == id)
    }
}
