//! Results of the search for the daemon that serves the account, among several daemons.

use crate::{ConnectError, Connection};
use std::sync::Arc;
use tai_proto::Fault;

/// Result of a search for the daemon that serves the account.
pub(super) enum Search {
    /// A daemon serves the account.
    Serves(Arc<Connection>),
    /// Each daemon runs, and none serves the account.
    Elsewhere(Fault),
    /// A daemon does not run.
    Absent(Absent),
}

/// Daemon that does not run.
pub(super) struct Absent {
    pub(super) error: ConnectError,
    /// Answer of the other daemon, which runs; `None` if this one stops.
    pub(super) elsewhere: Option<Fault>,
    pub(super) presence: Presence,
}

impl Absent {
    /// Returns whether the daemon stops: its end is what the client waits for, whatever another one answers.
    fn stops(&self) -> bool {
        matches!(self.error, ConnectError::Stopping { .. })
    }
}

impl Search {
    /// Returns the result for two daemons.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Search::Serves(connection), _) | (_, Search::Serves(connection)) => {
                Search::Serves(connection)
            }
            (Search::Elsewhere(_), Search::Elsewhere(fault)) => Search::Elsewhere(fault),
            (Search::Elsewhere(fault), Search::Absent(absent))
            | (Search::Absent(absent), Search::Elsewhere(fault)) => Search::Absent(Absent {
                elsewhere: (!absent.stops()).then_some(fault),
                ..absent
            }),
            (Search::Absent(absent), Search::Absent(other)) => {
                let presence = absent.presence.max(other.presence);
                let told = match other.stops() {
                    true => other,
                    false => absent,
                };
                Search::Absent(Absent { presence, ..told })
            }
        }
    }
}

/// Trace of an absent daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Presence {
    /// None.
    Gone,
    /// It hung up: it exits, and its successor may have the same socket.
    HungUp,
    /// It holds its lock: it starts or drains.
    Held,
}
