//! The journal of the approvals, and the mails that its records leave behind when a daemon stops.

use super::state::{Approval, HELD_LIFE, LOST_LIFE, Place, Trace};
use crate::{
    digest::Digest,
    mail::journal::fields::{NotARecord, fields, moment, parse_moment},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};
use tai_auth::session::stamp::Stamp;
use tai_proto::names::Instance;

/// A change of an approval that outlives the daemon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ApprovalRecord {
    /// The number belongs to a mail, and to no later one.
    Numbered {
        /// The number.
        number: u64,
    },
    /// The mail waits, and its content is in this place.
    Held {
        /// The mail, which was not being sent.
        trace: Trace,
        /// The place of its content.
        place: Place,
    },
    /// The mail is about to be sent.
    Sending {
        /// The number of the mail.
        number: u64,
    },
    /// The content of the mail is lost.
    Lost {
        /// The number of the mail.
        number: u64,
    },
    /// The next record of this mail ends the approval of an earlier one, so that one of both waits at
    /// any time.
    Replaces {
        /// The number of the mail.
        number: u64,
        /// The number of the earlier one.
        old: u64,
    },
    /// The approval has ended.
    Closed {
        /// The number of the mail.
        number: u64,
    },
}

impl fmt::Display for ApprovalRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbered { number } => write!(f, "numbered {number}"),
            Self::Held { trace, place } => {
                let place = match place {
                    Place::Memory => "memory",
                    Place::Sealed => "sealed",
                };
                let instance = trace.instance.as_ref().map_or("", Instance::as_str);
                let (number, digest, since) = (trace.number, &trace.digest, moment(trace.since));
                write!(f, "held {number} {place},{digest},{since},{instance}")
            }
            Self::Sending { number } => write!(f, "sending {number}"),
            Self::Lost { number } => write!(f, "lost {number}"),
            Self::Replaces { number, old } => write!(f, "replaces {number} {old}"),
            Self::Closed { number } => write!(f, "closed {number}"),
        }
    }
}

impl FromStr for ApprovalRecord {
    type Err = NotARecord;

    fn from_str(line: &str) -> Result<Self, NotARecord> {
        let (event, number, value) = fields(line)?;
        let number = number.parse().map_err(|_| NotARecord)?;
        match (event, value) {
            ("numbered", None) => Ok(Self::Numbered { number }),
            ("held", Some(value)) => held(number, value).ok_or(NotARecord),
            ("sending", None) => Ok(Self::Sending { number }),
            ("lost", None) => Ok(Self::Lost { number }),
            ("replaces", Some(old)) => {
                let old = old.parse().map_err(|_| NotARecord)?;
                Ok(Self::Replaces { number, old })
            }
            ("closed", None) => Ok(Self::Closed { number }),
            _ => Err(NotARecord),
        }
    }
}

fn held(number: u64, value: &str) -> Option<ApprovalRecord> {
    let (place, rest) = value.split_once(',')?;
    let (digest, rest) = rest.split_once(',')?;
    let (since, instance) = rest.split_once(',')?;
    Some(ApprovalRecord::Held {
        place: match place {
            "memory" => Place::Memory,
            "sealed" => Place::Sealed,
            _ => return None,
        },
        trace: Trace {
            number,
            digest: Digest::parse(digest)?,
            instance: match instance {
                "" => None,
                name => Some(name.parse().ok()?),
            },
            since: parse_moment(since).ok()?,
            maybe_sent: false,
        },
    })
}

/// Returns the records from which a later daemon learns this approval, the last one last.
pub(super) fn records(approval: &Approval) -> Vec<ApprovalRecord> {
    let (trace, place, end) = match approval {
        Approval::Asked { .. } => return Vec::new(),
        Approval::Held(waiting) => (waiting.trace(), waiting.place, None),
        Approval::Sending(waiting) => {
            let number = waiting.number;
            let sending = ApprovalRecord::Sending { number };
            (waiting.trace(), waiting.place, Some(sending))
        }
        Approval::Sealed(trace) => (trace.clone(), Place::Sealed, None),
        Approval::Lost(trace) => {
            let lost = ApprovalRecord::Lost {
                number: trace.number,
            };
            (trace.clone(), Place::Memory, Some(lost))
        }
    };
    let number = trace.number;
    let (was_sending, maybe_sent) = (trace.maybe_sent, false);
    let mut records = vec![ApprovalRecord::Held {
        trace: Trace {
            maybe_sent,
            ..trace
        },
        place,
    }];
    let sending = ApprovalRecord::Sending { number };
    if was_sending && end.as_ref() != Some(&sending) {
        records.push(sending);
    }
    records.extend(end);
    records
}

/// The mails of an earlier daemon, as its records describe them.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    /// The largest number of a mail.
    pub(super) last_number: u64,
    mails: BTreeMap<u64, EarlierMail>,
    /// Mails that are about to replace others.
    replacing: BTreeMap<u64, u64>,
    /// Mails whose approval has ended.
    ended: BTreeSet<u64>,
}

#[derive(Debug)]
struct EarlierMail {
    trace: Trace,
    place: Place,
    is_lost: bool,
}

impl Earlier {
    /// Applies the next record.
    pub(super) fn apply(&mut self, record: ApprovalRecord) {
        match record {
            ApprovalRecord::Numbered { number } => self.last_number = self.last_number.max(number),
            ApprovalRecord::Held { trace, place } => {
                let number = trace.number;
                self.last_number = self.last_number.max(number);
                let is_lost = false;
                let mail = EarlierMail {
                    trace,
                    place,
                    is_lost,
                };
                self.mails.insert(number, mail);
                if let Some(old) = self.replacing.remove(&number) {
                    self.end(old);
                }
            }
            ApprovalRecord::Replaces { number, old } => {
                self.replacing.insert(number, old);
            }
            ApprovalRecord::Sending { number } => {
                if let Some(mail) = self.mails.get_mut(&number) {
                    mail.trace.maybe_sent = true;
                }
            }
            ApprovalRecord::Lost { number } => {
                if let Some(mail) = self.mails.get_mut(&number) {
                    mail.is_lost = true;
                }
            }
            ApprovalRecord::Closed { number } => self.end(number),
        }
    }

    fn end(&mut self, number: u64) {
        self.mails.remove(&number);
        self.ended.insert(number);
    }

    /// Accounts for damaged records: any mail may have been sent. A mail with a file and without a
    /// record waited, and is lost, because the record has what opens the file.
    pub(super) fn doubt(&mut self, files: Vec<(u64, Stamp)>) {
        for (number, since) in files {
            if self.ended.contains(&number) {
                continue;
            }
            self.mails.entry(number).or_insert_with(|| EarlierMail {
                trace: Trace {
                    number,
                    // The digest of no mail.
                    digest: Digest::of(&["a waiting mail without a record", &number.to_string()]),
                    instance: None,
                    since,
                    maybe_sent: true,
                },
                place: Place::Memory,
                is_lost: true,
            });
        }
        for mail in self.mails.values_mut() {
            mail.trace.maybe_sent = true;
        }
    }

    /// Returns the approvals of a daemon that starts now, oldest first. A mail that expired before
    /// is none; the ledger still has a send whose outcome is unknown.
    pub(super) fn approvals(self, now: Stamp) -> Vec<Approval> {
        let mails = self.mails.into_values();
        let approval = |mail: EarlierMail| {
            let life = if mail.is_lost { LOST_LIFE } else { HELD_LIFE };
            if mail.trace.since.age(now) >= life {
                return None;
            }
            Some(match mail.place {
                Place::Sealed if !mail.is_lost => Approval::Sealed(mail.trace),
                Place::Sealed | Place::Memory => Approval::Lost(mail.trace),
            })
        };
        mails.filter_map(approval).collect()
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
