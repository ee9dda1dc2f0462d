//! The journal format: one record a line, `EVENT KEY VALUE`, separated by single spaces. The
//! records of the leases, of the ledger and of unreadable mails are defined only here.

use super::digest::Digest;
use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};

/// A line that is not a record of the journal it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotARecord;

/// A change of a lease that outlives the daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LeaseRecord {
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
    /// The lease has ended.
    Closed {
        /// The mail.
        id: u64,
    },
}

/// A change of a ledger entry. Times have a resolution of one second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LedgerRecord {
    /// The mail is about to be sent.
    Sending {
        /// The mail.
        digest: Digest,
        /// The time of the attempt.
        at: SystemTime,
    },
    /// The bridge accepted the mail.
    Sent {
        /// The mail.
        digest: Digest,
        /// The time of the answer.
        at: SystemTime,
    },
    /// The bridge may have accepted the mail.
    Unknown {
        /// The mail.
        digest: Digest,
        /// The time of the failure.
        at: SystemTime,
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
        at: SystemTime,
    },
    /// A counted send did not happen.
    Uncounted {
        /// The sender, in lower case.
        sender: String,
        /// The time of the attempt.
        at: SystemTime,
    },
}

impl fmt::Display for LeaseRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Marked { id, address } => write!(f, "marked {id} {address}"),
            Self::Unconfirmed { id, address } => write!(f, "unconfirmed {id} {address}"),
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
            ("marked", Some(address)) => Ok(Self::Marked {
                id,
                address: address.to_owned(),
            }),
            ("unconfirmed", Some(address)) => Ok(Self::Unconfirmed {
                id,
                address: address.to_owned(),
            }),
            ("closed", None) => Ok(Self::Closed { id }),
            _ => Err(NotARecord),
        }
    }
}

impl fmt::Display for LedgerRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sending { digest, at } => write!(f, "sending {digest} {}", seconds(*at)),
            Self::Sent { digest, at } => write!(f, "sent {digest} {}", seconds(*at)),
            Self::Unknown { digest, at } => write!(f, "unknown {digest} {}", seconds(*at)),
            Self::Closed { digest } => write!(f, "closed {digest}"),
            Self::Counted { sender, at } => write!(f, "counted {sender} {}", seconds(*at)),
            Self::Uncounted { sender, at } => write!(f, "uncounted {sender} {}", seconds(*at)),
        }
    }
}

impl FromStr for LedgerRecord {
    type Err = NotARecord;

    fn from_str(line: &str) -> Result<Self, NotARecord> {
        let (event, key, value) = fields(line)?;
        let at = value.map(time).transpose()?;
        let sender = key.to_owned();
        match (event, at) {
            ("counted", Some(at)) => return Ok(Self::Counted { sender, at }),
            ("uncounted", Some(at)) => return Ok(Self::Uncounted { sender, at }),
            _ => {}
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

/// Splits a line into its event, its key and its value.
fn fields(line: &str) -> Result<(&str, &str, Option<&str>), NotARecord> {
    let mut fields = line.split(' ');
    match (fields.next(), fields.next(), fields.next(), fields.next()) {
        (Some(event), Some(key), value, None) => Ok((event, key, value)),
        _ => Err(NotARecord),
    }
}

fn seconds(at: SystemTime) -> u64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

fn time(text: &str) -> Result<SystemTime, NotARecord> {
    let seconds = Duration::from_secs(text.parse().map_err(|_| NotARecord)?);
    let at = SystemTime::UNIX_EPOCH.checked_add(seconds);
    at.ok_or(NotARecord)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn each_lease_record_is_one_line_and_parses_back() {
        let address = "desk.alice@tai.chat".to_owned();
        for (record, line) in [
            (
                LeaseRecord::Marked {
                    id: 7,
                    address: address.clone(),
                },
                "marked 7 desk.alice@tai.chat",
            ),
            (
                LeaseRecord::Unconfirmed { id: 7, address },
                "unconfirmed 7 desk.alice@tai.chat",
            ),
            (LeaseRecord::Closed { id: 7 }, "closed 7"),
        ] {
            assert_eq!(record.to_string(), line);
            assert_eq!(line.parse(), Ok(record));
        }
    }

    #[test]
    fn each_ledger_record_is_one_line_and_parses_back() {
        let digest = || Digest::of(&["a"]);
        for (record, event, value) in [
            (
                LedgerRecord::Sending {
                    digest: digest(),
                    at: at(5),
                },
                "sending",
                " 5",
            ),
            (
                LedgerRecord::Sent {
                    digest: digest(),
                    at: at(5),
                },
                "sent",
                " 5",
            ),
            (
                LedgerRecord::Unknown {
                    digest: digest(),
                    at: at(5),
                },
                "unknown",
                " 5",
            ),
            (LedgerRecord::Closed { digest: digest() }, "closed", ""),
        ] {
            let line = format!("{event} {}{value}", digest());
            assert_eq!(record.to_string(), line);
            assert_eq!(line.parse(), Ok(record));
        }
        let sender = || "desk.alice@tai.chat".to_owned();
        for (record, line) in [
            (
                LedgerRecord::Counted {
                    sender: sender(),
                    at: at(5),
                },
                "counted desk.alice@tai.chat 5",
            ),
            (
                LedgerRecord::Uncounted {
                    sender: sender(),
                    at: at(5),
                },
                "uncounted desk.alice@tai.chat 5",
            ),
        ] {
            assert_eq!(record.to_string(), line);
            assert_eq!(line.parse(), Ok(record));
        }
    }

    #[test]
    fn the_record_of_an_unreadable_mail_is_one_line_and_parses_back() {
        let body = Digest::of(&["a"]);
        let line = format!("failed 7 {body}");
        let record = UnreadableRecord::Failed { id: 7, body };
        assert_eq!(record.to_string(), line);
        assert_eq!(line.parse(), Ok(record));
        for bad in ["failed 7", "failed x a", "failed 7 x", "read 7 a"] {
            assert_eq!(bad.parse::<UnreadableRecord>(), Err(NotARecord), "{bad:?}");
        }
    }

    #[test]
    fn a_line_in_another_format_is_not_a_record() {
        for line in [
            "",
            "marked",
            "marked 7",
            "marked x a@b",
            "marked 7 a@b c",
            "marked -7 a@b",
            "closed 7 a@b",
            "closed  7",
            "settled 7 a@b",
            "\u{0}\u{0}",
        ] {
            assert_eq!(line.parse::<LeaseRecord>(), Err(NotARecord), "{line:?}");
        }
        let digest = Digest::of(&["a"]);
        for line in [
            format!("sent {digest}"),
            format!("sent {digest} x"),
            format!("sent {digest} 99999999999999999999"),
            format!("closed {digest} 5"),
            "sent x 5".to_owned(),
        ] {
            assert_eq!(line.parse::<LedgerRecord>(), Err(NotARecord), "{line:?}");
        }
    }
}
