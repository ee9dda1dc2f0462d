//! The records of the ledger in its journal.

use crate::{
    digest::Digest,
    mail::journal::fields::{NotARecord, fields, moment, parse_moment},
};
use std::{fmt, str::FromStr};
use tai_auth::session::stamp::Stamp;

/// A change of a ledger entry. Times have a resolution of one second in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LedgerRecord {
    /// The mail is about to be sent.
    Sending {
        /// The mail.
        digest: Digest,
        /// The time of the attempt.
        at: Stamp,
    },
    /// The bridge accepted the mail.
    Sent {
        /// The mail.
        digest: Digest,
        /// The time of the answer.
        at: Stamp,
    },
    /// The bridge may have accepted the mail.
    Unknown {
        /// The mail.
        digest: Digest,
        /// The time of the failure.
        at: Stamp,
    },
    /// The entry has ended.
    Closed {
        /// The mail.
        digest: Digest,
    },
    /// A send counts for the limits of its sender.
    Counted {
        /// The sender, in lower case.
        sender: String,
        /// The time of the attempt.
        at: Stamp,
    },
    /// A counted send did not happen.
    Uncounted {
        /// The sender, in lower case.
        sender: String,
        /// The time of the attempt.
        at: Stamp,
    },
    /// An address answered a mail.
    Reply {
        /// The answered mail.
        original: u64,
        /// The address that answered, in lower case.
        sender: String,
        /// What is certain about the reply.
        fate: ReplyFate,
        /// The time of the change.
        at: Stamp,
    },
    /// No reply to the mail was sent.
    Unreplied {
        /// The mail.
        original: u64,
        /// The address that did not answer, in lower case.
        sender: String,
    },
}

/// What is certain about a reply, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ReplyFate {
    /// The reply may have been sent.
    MaybeSent,
    /// The reply waited for a person's approval.
    Held,
    /// The bridge accepted the reply.
    Sent,
}

impl ReplyFate {
    /// Returns the event in the file.
    fn event(self) -> &'static str {
        match self {
            Self::MaybeSent => "maybe-replied",
            Self::Held => "reply-held",
            Self::Sent => "replied",
        }
    }
}

impl fmt::Display for LedgerRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sending { digest, at } => write!(f, "sending {digest} {}", moment(*at)),
            Self::Sent { digest, at } => write!(f, "sent {digest} {}", moment(*at)),
            Self::Unknown { digest, at } => write!(f, "unknown {digest} {}", moment(*at)),
            Self::Closed { digest } => write!(f, "closed {digest}"),
            Self::Counted { sender, at } => write!(f, "counted {sender} {}", moment(*at)),
            Self::Uncounted { sender, at } => write!(f, "uncounted {sender} {}", moment(*at)),
            Self::Reply {
                original,
                sender,
                fate,
                at,
            } => {
                let event = fate.event();
                write!(f, "{event} {original}/{sender} {}", moment(*at))
            }
            Self::Unreplied { original, sender } => write!(f, "unreplied {original}/{sender}"),
        }
    }
}

impl FromStr for LedgerRecord {
    type Err = NotARecord;

    fn from_str(line: &str) -> Result<Self, NotARecord> {
        let (event, key, value) = fields(line)?;
        let at = value.map(parse_moment).transpose()?;
        let sender = key.to_owned();
        match (event, at) {
            ("counted", Some(at)) => return Ok(Self::Counted { sender, at }),
            ("uncounted", Some(at)) => return Ok(Self::Uncounted { sender, at }),
            ("unreplied", None) => {
                let (original, sender) = reply(key)?;
                return Ok(Self::Unreplied { original, sender });
            }
            _ => {}
        }
        let fates = [ReplyFate::MaybeSent, ReplyFate::Held, ReplyFate::Sent];
        if let Some(fate) = fates.into_iter().find(|fate| fate.event() == event) {
            let (original, sender) = reply(key)?;
            return Ok(Self::Reply {
                original,
                sender,
                fate,
                at: at.ok_or(NotARecord)?,
            });
        }
        let digest = Digest::parse(key).ok_or(NotARecord)?;
        match (event, at) {
            ("sending", Some(at)) => Ok(Self::Sending { digest, at }),
            ("sent", Some(at)) => Ok(Self::Sent { digest, at }),
            ("unknown", Some(at)) => Ok(Self::Unknown { digest, at }),
            ("closed", None) => Ok(Self::Closed { digest }),
            _ => Err(NotARecord),
        }
    }
}

/// Splits the key of a reply into the answered mail and the address that answered it.
fn reply(key: &str) -> Result<(u64, String), NotARecord> {
    let (original, sender) = key.split_once('/').ok_or(NotARecord)?;
    let original = original.parse().map_err(|_| NotARecord)?;
    Ok((original, sender.to_owned()))
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
