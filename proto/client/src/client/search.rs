//! The daemons that a client may use, and the results of the search for the one that serves the
//! account.

use super::Link;
use crate::{ConnectError, Connection};
use std::sync::Arc;
use tai_proto::{Fault, names::Profile};

/// Daemon that a client may use.
pub(super) struct Candidate<'a, D> {
    pub(super) dial: &'a D,
    pub(super) owner: Owner,
}

/// Whose a daemon is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// The user's: the default daemon, or the one that the client names.
    User,
    /// The account's own one at the client's bridge.
    Account,
    /// The account's own one of clients that name no bridge. Only its answer to the claim says that
    /// it is at the client's bridge.
    AccountElsewhere,
}

impl<D> Link<D> {
    /// Returns the daemon that the client asks first.
    pub(super) fn first(&self) -> Candidate<'_, D> {
        let (dial, owner) = (&self.dial, Owner::User);
        Candidate { dial, owner }
    }

    /// Returns the account's own daemons, if this client may use one.
    pub(super) fn own(&self) -> impl Iterator<Item = Candidate<'_, D>> {
        let others = std::iter::repeat(Owner::AccountElsewhere);
        let owners = std::iter::once(Owner::Account).chain(others);
        let own = self.own.iter().zip(owners);
        own.map(|(dial, owner)| Candidate { dial, owner })
    }
}

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

    /// Returns the fault of a call: the answer of the daemon that runs, or the error of this one.
    pub(super) fn fault(self, profile: &Profile) -> Fault {
        let own = || self.error.fault(profile);
        self.elsewhere.unwrap_or_else(own)
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
