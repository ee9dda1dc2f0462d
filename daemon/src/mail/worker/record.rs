//! The records of the mails on which a worker failed, in their journal.

use crate::{
    digest::Digest,
    mail::journal::fields::{NotARecord, fields},
};
use std::{fmt, str::FromStr};

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
