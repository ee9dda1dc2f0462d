//! The states of an approval and the pure function that changes them.

use super::error::ApprovalError;
use crate::{digest::Digest, mail::sending::prepared::PreparedMail};
use std::{sync::Arc, time::Duration};
use tai_auth::session::stamp::Stamp;
use tai_proto::{approval::ConsentAnswer, names::Instance};

/// Time limit for the answer to a question.
pub(super) const QUESTION_LIFE: Duration = Duration::from_secs(10 * 60);
/// Time for which a mail waits for `taid approve`.
pub(in crate::mail) const HELD_LIFE: Duration = Duration::from_secs(60 * 60);
/// Time from which a lost mail waited until it is forgotten.
pub(super) const LOST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// State of one mail that needs a person's approval.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Approval {
    /// A client asks the person.
    Asked {
        /// The proof that this question was asked.
        ticket: String,
        /// The number that `taid approve` names.
        number: u64,
        /// The mail, which belongs to its sender's pool.
        mail: Arc<PreparedMail>,
        /// The time of the question.
        since: Stamp,
    },
    /// The mail waits for `taid approve`.
    Held(WaitingMail),
    /// The person approved with `taid approve`, and the mail is being sent.
    Sending(WaitingMail),
    /// The mail waited when an earlier daemon stopped, and its content is sealed in a file.
    Sealed(Trace),
    /// The mail waited when an earlier daemon stopped, and its content is lost.
    Lost(Trace),
}

/// The facts about a waiting mail that outlive the daemon without a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trace {
    /// The number that `taid approve` names.
    pub(super) number: u64,
    pub(super) digest: Digest,
    pub(super) instance: Option<Instance>,
    /// The time from which the mail waits.
    pub(super) since: Stamp,
    /// Whether an earlier daemon was sending the mail when it stopped.
    pub(super) maybe_sent: bool,
}

/// The place of the content of a waiting mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The memory of the daemon.
    Memory,
    /// A sealed file, besides the memory.
    Sealed,
}

/// A mail that waits for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WaitingMail {
    /// The number that `taid approve` names.
    pub(super) number: u64,
    pub(super) mail: Arc<PreparedMail>,
    /// Whether to send it although the same mail was sent within ten minutes.
    pub(super) insist: bool,
    /// Name and version of the client that submitted the mail.
    pub(super) client: String,
    /// Instance of that client.
    pub(super) instance: Option<Instance>,
    /// The time from which the mail waits.
    pub(super) since: Stamp,
    pub(super) place: Place,
    /// Whether an earlier daemon was sending the mail when it stopped.
    pub(super) maybe_sent: bool,
    /// The same mail, lost with an earlier daemon.
    pub(super) replaces: Option<Trace>,
    /// The number and the digest of the mail that a person changed to this one.
    pub(super) revises: Option<(u64, Digest)>,
}

impl WaitingMail {
    /// Returns the facts that outlive the daemon.
    pub(super) fn trace(&self) -> Trace {
        Trace {
            number: self.number,
            digest: self.mail.digest.clone(),
            instance: self.instance.clone(),
            since: self.since,
            maybe_sent: self.maybe_sent,
        }
    }
}

/// Room in the queue for one more mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// There is room.
    Free,
    /// The same mail waits already.
    Same,
    /// There is no room.
    Full,
}

/// An event in the life of an approval.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The client submits the mail again, with the person's answer.
    Answer {
        /// The answer.
        answer: ConsentAnswer,
        /// The mail.
        waiting: WaitingMail,
        /// The room for it.
        room: Room,
    },
    /// The person approves with `taid approve`.
    Approve {
        /// The number of the mail.
        number: u64,
    },
    /// The person rejects with `taid approve`.
    Reject {
        /// The number of the mail.
        number: u64,
    },
    /// The person changes the mail.
    Revise {
        /// The number of the mail.
        number: u64,
        /// The mail that waits in its place.
        waiting: WaitingMail,
    },
    /// A file has the sealed content of the mail.
    Seal,
    /// The sealed content of the mail is open.
    Open(WaitingMail),
    /// The sealed content of the mail cannot be opened any more.
    Lose,
    /// The mail was certainly not sent.
    Fail,
    /// The mail was sent, or may have been.
    Finish,
    /// Time has passed.
    Expire,
}

/// Consequence of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    None,
    /// The caller sends this mail.
    Send {
        /// The mail.
        mail: Arc<PreparedMail>,
        /// [`WaitingMail::insist`].
        insist: bool,
    },
    /// The client is told that the mail waits.
    TellHeld,
    /// The event is not valid in this state.
    Refuse(ApprovalError),
}

/// Returns the approval after an event (`None` if it has ended) and the consequence. An expired
/// approval ends before the event.
pub(super) fn step(
    approval: Option<Approval>,
    event: Event,
    now: Stamp,
) -> (Option<Approval>, Effect) {
    match approval.filter(|approval| !is_expired(approval, now)) {
        Some(approval) => next(approval, event),
        None => match event {
            Event::Answer { .. } => (None, Effect::Refuse(ApprovalError::NoTicket)),
            Event::Approve { number } | Event::Reject { number } | Event::Revise { number, .. } => {
                (None, Effect::Refuse(ApprovalError::NotHeld(number)))
            }
            Event::Seal
            | Event::Open(_)
            | Event::Lose
            | Event::Fail
            | Event::Finish
            | Event::Expire => (None, Effect::None),
        },
    }
}

/// Returns whether the time of an approval has passed.
pub(super) fn is_expired(approval: &Approval, now: Stamp) -> bool {
    let (since, life) = match approval {
        Approval::Asked { since, .. } => (since, QUESTION_LIFE),
        Approval::Held(waiting) => (&waiting.since, HELD_LIFE),
        Approval::Sealed(trace) => (&trace.since, HELD_LIFE),
        Approval::Lost(trace) => (&trace.since, LOST_LIFE),
        Approval::Sending(_) => return false,
    };
    since.age(now) >= life
}

fn next(approval: Approval, event: Event) -> (Option<Approval>, Effect) {
    match event {
        Event::Answer {
            answer,
            waiting,
            room,
        } => answered(approval, answer, waiting, room),
        Event::Approve { number } => match approval {
            Approval::Held(waiting) => {
                let effect = send(&waiting);
                (Some(Approval::Sending(waiting)), effect)
            }
            Approval::Asked { .. }
            | Approval::Sending(_)
            | Approval::Sealed(_)
            | Approval::Lost(_) => refuse(approval, number),
        },
        Event::Reject { number } => match approval {
            Approval::Held(_) | Approval::Sealed(_) | Approval::Lost(_) => (None, Effect::None),
            Approval::Asked { .. } | Approval::Sending(_) => refuse(approval, number),
        },
        Event::Revise { number, waiting } => match approval {
            // The person must ask the recipient first, and then knows whether to send another mail.
            Approval::Held(old) if old.maybe_sent => {
                let error = ApprovalError::MaybeSent(number);
                (Some(Approval::Held(old)), Effect::Refuse(error))
            }
            Approval::Held(_) => (Some(Approval::Held(waiting)), Effect::None),
            Approval::Asked { .. }
            | Approval::Sending(_)
            | Approval::Sealed(_)
            | Approval::Lost(_) => refuse(approval, number),
        },
        Event::Seal => match approval {
            Approval::Held(waiting) => {
                let place = Place::Sealed;
                let sealed = WaitingMail { place, ..waiting };
                (Some(Approval::Held(sealed)), Effect::None)
            }
            Approval::Asked { .. }
            | Approval::Sending(_)
            | Approval::Sealed(_)
            | Approval::Lost(_) => (Some(approval), Effect::None),
        },
        Event::Open(waiting) => match approval {
            Approval::Sealed(_) => (Some(Approval::Held(waiting)), Effect::None),
            Approval::Asked { .. }
            | Approval::Held(_)
            | Approval::Sending(_)
            | Approval::Lost(_) => (Some(approval), Effect::None),
        },
        Event::Lose => match approval {
            Approval::Sealed(trace) => (Some(Approval::Lost(trace)), Effect::None),
            Approval::Asked { .. }
            | Approval::Held(_)
            | Approval::Sending(_)
            | Approval::Lost(_) => (Some(approval), Effect::None),
        },
        Event::Fail => match approval {
            Approval::Sending(waiting) => (Some(Approval::Held(waiting)), Effect::None),
            Approval::Asked { .. }
            | Approval::Held(_)
            | Approval::Sealed(_)
            | Approval::Lost(_) => (Some(approval), Effect::None),
        },
        Event::Finish => match approval {
            Approval::Sending(_) => (None, Effect::None),
            Approval::Asked { .. }
            | Approval::Held(_)
            | Approval::Sealed(_)
            | Approval::Lost(_) => (Some(approval), Effect::None),
        },
        Event::Expire => (Some(approval), Effect::None),
    }
}

fn answered(
    approval: Approval,
    answer: ConsentAnswer,
    waiting: WaitingMail,
    room: Room,
) -> (Option<Approval>, Effect) {
    match &approval {
        // Any answer consumes the question.
        Approval::Asked { mail, .. } if !mail.is_sent_as(&waiting.mail) => {
            (None, Effect::Refuse(ApprovalError::OtherMail))
        }
        Approval::Asked { .. } => match answer {
            ConsentAnswer::Approved => (None, send(&waiting)),
            ConsentAnswer::Declined | ConsentAnswer::Withdrawn => {
                (None, Effect::Refuse(ApprovalError::Declined))
            }
            ConsentAnswer::CannotAsk => match room {
                Room::Free => (Some(Approval::Held(waiting)), Effect::TellHeld),
                Room::Same => (None, Effect::TellHeld),
                Room::Full => (None, Effect::Refuse(ApprovalError::Full)),
            },
        },
        Approval::Held(_) | Approval::Sending(_) | Approval::Sealed(_) | Approval::Lost(_) => {
            (Some(approval), Effect::Refuse(ApprovalError::NoTicket))
        }
    }
}

fn send(waiting: &WaitingMail) -> Effect {
    Effect::Send {
        mail: waiting.mail.clone(),
        insist: waiting.insist,
    }
}

/// Refuses a person's decision about a mail that does not wait for one.
fn refuse(approval: Approval, number: u64) -> (Option<Approval>, Effect) {
    let error = match approval {
        Approval::Lost(_) => ApprovalError::Lost(number),
        Approval::Sealed(_) => ApprovalError::Locked(number),
        Approval::Asked { .. } | Approval::Held(_) | Approval::Sending(_) => {
            ApprovalError::NotHeld(number)
        }
    };
    (Some(approval), Effect::Refuse(error))
}

#[cfg(test)]
#[path = "state_more_tests.rs"]
mod more_tests;
#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
