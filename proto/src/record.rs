//! The record of a running daemon: the content of its profile's lock file.

use std::path::PathBuf;

/// Limit of a record, in bytes.
pub const MAX_RECORD: u64 = 8 << 10;

/// Record of a running daemon. Its lock file in the state directory contains it, so that every
/// client finds the daemon, whatever runtime directory it has. The record is a hint: a client
/// checks the user of the process at the socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Process id, in the daemon's own PID namespace.
    pub pid: u32,
    /// Path of the socket for agents.
    pub socket: PathBuf,
    /// Name of the machine, which differs if machines share a home directory.
    pub host: String,
    /// Whether the daemon stops: it completes its calls and does not listen any more.
    pub is_stopping: bool,
}

/// Last line of the record of a daemon that stops, which it appends.
pub const STOPPING: &str = "stopping\n";

impl Record {
    /// Parses the content of a lock file; `None` if it is incomplete.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.parse().ok()?;
        let socket = lines.next().map(PathBuf::from)?;
        let host = lines.next()?.to_owned();
        let is_stopping = lines.next() == Some(STOPPING.trim_end());
        let is_complete = text.ends_with('\n') && !socket.as_os_str().is_empty();
        is_complete.then_some(Self {
            pid,
            socket,
            host,
            is_stopping,
        })
    }

    /// Returns the content of the lock file.
    pub fn text(&self) -> String {
        let (pid, socket, host) = (self.pid, self.socket.display(), &self.host);
        let last = match self.is_stopping {
            true => STOPPING,
            false => "",
        };
        format!("{pid}\n{socket}\n{host}\n{last}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written_and_an_incomplete_one_is_ignored() {
        let record = Record {
            pid: 7,
            socket: "/run/user/7/tai/default.sock".into(),
            host: "desk".to_owned(),
            is_stopping: false,
        };
        let text = record.text();
        assert_eq!(Record::parse(&text).as_ref(), Some(&record));
        for end in 0..text.len() {
            let part = text.get(..end).unwrap();
            assert_eq!(Record::parse(part), None, "{part:?}");
        }
        assert_eq!(Record::parse("x\n/a\nb\n"), None);
        let stopping = Record {
            is_stopping: true,
            ..record
        };
        assert!(stopping.text().starts_with(&text));
        assert_eq!(Record::parse(&stopping.text()), Some(stopping));
    }
}
