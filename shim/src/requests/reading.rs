//! The mail that the agent reads in parts.

use std::collections::VecDeque;
use tai_client::Lease;
use tai_proto::{
    mail::{Part, Window},
    names::MailId,
};

/// Limit of mails whose next part is remembered. Beyond it the oldest is dropped.
const MAX_NEXT: usize = 16;

/// Part of a mail in an answer.
pub(crate) struct ShownMail {
    pub(crate) id: MailId,
    pub(crate) part: Part,
    /// Limits of the parts.
    pub(crate) window: Window,
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
    /// The next part of each begun mail, with the limits by which the parts are counted; oldest first.
    next: VecDeque<(MailId, Window)>,
}

impl Reading {
    /// Records that the agent has a part. If it begins a leased mail, the one that it has begun before
    /// returns to taid. Reading a mail by its id does not end that of the begun one.
    pub(super) fn shown(&mut self, mail: ShownMail) {
        let ShownMail {
            id,
            part,
            window,
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
        let part = part.number.saturating_add(1);
        self.next.push_back((id, Window { part, ..window }));
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

    pub(super) fn begun(&self) -> Option<MailId> {
        Some(self.held.as_ref()?.id())
    }

    /// Returns the limits of the parts of a begun mail.
    pub(super) fn window(&self, id: MailId) -> Option<Window> {
        let begun = self.next.iter().find(|(begun, _)| *begun == id);
        begun.map(|(_, window)| *window)
    }

    pub(super) fn next_part(&self, id: MailId, window: Window) -> u32 {
        let next = self.next.iter().find(|(begun, _)| *begun == id);
        let next = next.map(|(_, next)| *next);
        let of_window = |next: &Window| {
            Window {
                part: next.part,
                ..window
            } == *next
        };
        next.filter(of_window).map_or(1, |next| next.part)
    }

    pub(super) fn take(&mut self, id: MailId) -> Option<Lease> {
        self.held.take_if(|lease| lease.id() == id)
    }
}
