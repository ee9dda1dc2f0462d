//! The journal format: one record a line, `EVENT KEY VALUE`, separated by single spaces. The
//! records of the leases, of the ledger and of unreadable mails are defined only here, those of the
//! approvals in [`super::approvals`].

use super::digest::Digest;
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
            Self::Sending { digest, at } => write!(f, "sending {digest} {}", moment(*at)),
            Self::Sent { digest, at } => write!(f, "sent {digest} {}", moment(*at)),
            Self::Unknown { digest, at } => write!(f, "unknown {digest} {}", moment(*at)),
            Self::Closed { digest } => write!(f, "closed {digest}"),
            Self::Counted { sender, at } => write!(f, "counted {sender} {}", moment(*at)),
            Self::Uncounted { sender, at } => write!(f, "uncounted {sender} {}", moment(*at)),
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
mod tests {
    use super::*;

    fn at(seconds: u64) -> Stamp {
        Stamp {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
            boot: 0x1a,
            since_boot: Duration::from_secs(7),
        }
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
                " 5:1a:7",
            ),
            (
                LedgerRecord::Sent {
                    digest: digest(),
                    at: at(5),
                },
                "sent",
                " 5:1a:7",
            ),
            (
                LedgerRecord::Unknown {
                    digest: digest(),
                    at: at(5),
                },
                "unknown",
                " 5:1a:7",
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
                "counted desk.alice@tai.chat 5:1a:7",
            ),
            (
                LedgerRecord::Uncounted {
                    sender: sender(),
                    at: at(5),
                },
                "uncounted desk.alice@tai.chat 5:1a:7",
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
            format!("sent {digest} 5"),
            format!("sent {digest} 5:1a"),
            format!("sent {digest} 5:g:7"),
            format!("sent {digest} 5:1a:7:8"),
            format!("sent {digest} 99999999999999999999:1a:7"),
            format!("closed {digest} 5:1a:7"),
            "sent x 5:1a:7".to_owned(),
        ] {
            assert_eq!(line.parse::<LedgerRecord>(), Err(NotARecord), "{line:?}");
        }
    }
}
