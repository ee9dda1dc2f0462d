//! Limits of the mails that wait, for each address and for the daemon.

use crate::mail::sending::prepared::PreparedMail;

/// Limits of a pool of mails.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capacity {
    pub(crate) mails: usize,
    /// Limit of their size in memory, in bytes.
    pub(crate) bytes: usize,
}

/// Capacity of one address for mails that wait.
pub(crate) const OF_ADDRESS: Capacity = Capacity {
    mails: 32,
    bytes: 8 << 20,
};
/// Capacity of the daemon for mails that wait.
pub(crate) const OF_DAEMON: Capacity = Capacity {
    mails: 256,
    bytes: 64 << 20,
};

/// Capacity of one address for open questions. A further question replaces the oldest of the
/// address.
pub(super) const QUESTIONS_OF_ADDRESS: Capacity = Capacity {
    mails: 64,
    bytes: 16 << 20,
};
/// Capacity of the daemon for open questions. A further question replaces the oldest of the address
/// with the most questions.
pub(super) const ALL_QUESTIONS: Capacity = Capacity {
    mails: 1024,
    bytes: 64 << 20,
};

impl Capacity {
    /// Returns whether there is room for one more mail beside these.
    pub(super) fn has_room(self, waiting: &[&PreparedMail], mail: &PreparedMail) -> bool {
        let bytes: usize = waiting.iter().map(|other| other.size()).sum();
        waiting.len() < self.mails && bytes + mail.size() <= self.bytes
    }
}
