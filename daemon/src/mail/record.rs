//! The journal format: one record a line, `EVENT KEY VALUE`, separated by single spaces. The
//! records of the leases, of the ledger and of unreadable mails are defined only here, those of the
//! approvals in [`super::approvals`].

use crate::digest::Digest;
use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};
use tai_auth::session::stamp::Stamp;

/// A line that is not a record of the journal it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotARecord;

/// A change of a lease that outlives the daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LeaseRecord {
    /// A client holds the mail, and the bridge counts it as unread.
    Taken {
        /// The mail.
        id: u64,
        /// The mail's recipient.
        address: String,
    },
    /// The bridge may count the mail as read, and no client has written it.
    Marked {
        /// The mail.
        id: u64,
        /// The mail's recipient.
        address: String,
    },
    /// A client has written the mail, and the bridge may count it as unread.
    Unconfirmed {
        /// The mail.
        id: u64,
        /// The mail's recipient.
        address: String,
    },
    /// A client has written the mail, and the bridge counts it as read. The store of the shared leases
    /// does not know it yet.
    Delivered {
        /// The mail.
        id: u64,
    },
    /// The lease has ended.
    Closed {
        /// The mail.
        id: u64,
    },
}

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

impl fmt::Display for LeaseRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken { id, address } => write!(f, "taken {id} {address}"),
            Self::Marked { id, address } => write!(f, "marked {id} {address}"),
            Self::Unconfirmed { id, address } => write!(f, "unconfirmed {id} {address}"),
            Self::Delivered { id } => write!(f, "delivered {id}"),
            Self::Closed { id } => write!(f, "closed {id}"),
        }
    }
}

impl FromStr for LeaseRecord {
    type Err = NotARecord;

    fn from_str(line: &str) -> Result<Self, NotARecord> {
        let (event, key, value) = fields(line)?;
        let id = key.parse().map_err(|_| NotARecord)?;
        match (event, value) {
            ("taken", Some(address)) => Ok(Self::Taken {
                id,
                address: address.to_owned(),
            }),
            ("marked", Some(address)) => Ok(Self::Marked {
                id,
                address: address.to_owned(),
            }),
            ("unconfirmed", Some(address)) => Ok(Self::Unconfirmed {
                id,
                address: address.to_owned(),
            }),
            ("delivered", None) => Ok(Self::Delivered { id }),
            ("closed", None) => Ok(Self::Closed { id }),
            _ => Err(NotARecord),
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

/// A mail on which the worker failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum UnreadableRecord {
    /// A second attempt would fail too.
    Failed {
        /// The bridge's id.
        id: u64,
        /// The body, with the release of taid that failed.
        body: Digest,
    },
}

impl fmt::Display for UnreadableRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { id, body } => write!(f, "failed {id} {body}"),
        }
    }
}

impl FromStr for UnreadableRecord {
    type Err = NotARecord;

    fn from_str(line: &str) -> Result<Self, NotARecord> {
        match fields(line)? {
            ("failed", id, Some(body)) => Ok(Self::Failed {
                id: id.parse().map_err(|_| NotARecord)?,
                body: Digest::parse(body).ok_or(NotARecord)?,
            }),
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

/// Splits a line into its event, its key and its value.
pub(super) fn fields(line: &str) -> Result<(&str, &str, Option<&str>), NotARecord> {
    let mut fields = line.split(' ');
    match (fields.next(), fields.next(), fields.next(), fields.next()) {
        (Some(event), Some(key), value, None) => Ok((event, key, value)),
        _ => Err(NotARecord),
    }
}

/// Returns a time as Unix seconds, the boot's number and the seconds since that boot: `5:1a:7`.
pub(super) fn moment(at: Stamp) -> String {
    let wall = at.wall.duration_since(SystemTime::UNIX_EPOCH);
    let wall = wall.unwrap_or_default().as_secs();
    format!("{wall}:{:x}:{}", at.boot, at.since_boot.as_secs())
}

pub(super) fn parse_moment(text: &str) -> Result<Stamp, NotARecord> {
    let (wall, boot) = text.split_once(':').ok_or(NotARecord)?;
    let (boot, since) = boot.split_once(':').ok_or(NotARecord)?;
    let seconds = |text: &str| {
        text.parse()
            .map(Duration::from_secs)
            .map_err(|_| NotARecord)
    };
    let wall = SystemTime::UNIX_EPOCH.checked_add(seconds(wall)?);
    Ok(Stamp {
        wall: wall.ok_or(NotARecord)?,
        boot: u32::from_str_radix(boot, 16).map_err(|_| NotARecord)?,
        since_boot: seconds(since)?,
    })
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
