//! The limits of each socket. A client that a user confines to an instance's socket takes neither the
//! connections of others nor their memory.

use super::{admission::completes_lease, large_frames::Budget};
use crate::fault;
use std::sync::Arc;
use tai_proto::{Call, Fault, door::Door};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

/// Limit of the connections at the sockets for agents, far above the number of MCP clients of one
/// user.
pub(super) const CONNECTIONS: usize = 1100;
/// Limit of these connections at the socket of one instance.
pub(super) const CONNECTIONS_OF_INSTANCE: usize = 64;
/// Limit of the connections at the socket for persons.
const CONNECTIONS_OF_PERSONS: usize = 64;
/// Limit of the connections that are being refused. Further ones are closed at once.
pub(super) const REFUSALS: usize = 4;
/// Descriptors for the daemon's own files, its requests, its child processes and the connections
/// that it refuses.
const OWN_DESCRIPTORS: usize = 64 + REFUSALS;
/// Limit of the unanswered requests for a status at one socket. Further ones wait. Each answer has
/// a row for each client, so that the answers of clients that do not read grow with the square of
/// their number.
const STATUSES: usize = 64;
/// Limit of these requests of one connection, which leaves places for other clients.
const STATUSES_OF_CONNECTION: usize = 8;
/// Limit of the calls that read the body of a mail at one socket. Further ones wait before they ask
/// the bridge for anything.
const READINGS: usize = 32;
/// Limit of these calls of one connection. All clients share the one reader of bodies.
const READINGS_OF_CONNECTION: usize = 4;
/// Limit of the calls that read the bodies of many mails at one socket, which take until their
/// deadline.
const SEARCHES: usize = 16;
/// Limit of these calls of one connection.
const SEARCHES_OF_CONNECTION: usize = 2;
/// Limit of the unanswered calls at the socket of one instance that do not wait for mail. Each may
/// hold an answer in memory.
const CALLS_OF_INSTANCE: usize = 64;
/// Limit of the content of unanswered calls at one socket, in KiB.
const CONTENT: usize = 64 << 10;
/// This limit at the socket of one instance, in KiB.
const CONTENT_OF_INSTANCE: usize = 16 << 10;
/// Limit of the large frames that arrive at once at one socket, in KiB.
const FRAMES: usize = 32 << 10;
/// This limit at the socket of one instance, in KiB.
const FRAMES_OF_INSTANCE: usize = 8 << 10;

/// The limits of all sockets.
pub(super) struct Limits {
    /// Connections of agents, at any socket.
    agents: Pool,
    /// Connections at the socket for persons.
    persons: Pool,
    doors: Vec<(Door, Arc<DoorLimits>)>,
}

/// Places of connections.
struct Pool {
    places: Arc<Semaphore>,
    limit: usize,
    /// The limit of a process with enough descriptors.
    highest: usize,
}

impl Pool {
    fn new(limit: usize, highest: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limit)),
            limit,
            highest,
        }
    }

    /// Returns a place of a connection.
    ///
    /// # Errors
    /// The fault of a connection without one, which names the socket.
    fn place(&self, door: &Door) -> Result<OwnedSemaphorePermit, Fault> {
        let is_of_files = self.limit < self.highest;
        let place = self.places.clone().try_acquire_owned();
        place.map_err(|_| fault::too_many_clients(door, self.limit, is_of_files))
    }
}

/// The limits of one socket.
pub(crate) struct DoorLimits {
    /// Connections at the socket of an instance, among those of all agents.
    connections: Option<Pool>,
    /// Calls that do not wait for mail; `None` for any number.
    calls: Option<Arc<Semaphore>>,
    content: Arc<Semaphore>,
    turns: Turns,
    /// Memory for large frames.
    pub(super) frames: Budget,
}

/// A connection's places. Dropping them makes room for another one.
pub(super) struct Connected {
    _shared: OwnedSemaphorePermit,
    _own: Option<OwnedSemaphorePermit>,
}

/// A call's share of its socket's limits, until its answer is written.
#[derive(Debug, Default)]
pub(super) struct Share {
    call: Option<OwnedSemaphorePermit>,
    content: Option<OwnedSemaphorePermit>,
    /// Places of calls that have turns, of the connection and of the socket, if the call is one and
    /// has none yet.
    awaited: Option<[Arc<Semaphore>; 2]>,
    turn: Vec<OwnedSemaphorePermit>,
}

/// Places of the calls that have turns, of one socket or one connection.
pub(super) struct Turns {
    statuses: Arc<Semaphore>,
    readings: Arc<Semaphore>,
    searches: Arc<Semaphore>,
}

impl Turns {
    fn of_socket() -> Self {
        Self {
            statuses: Arc::new(Semaphore::new(STATUSES)),
            readings: Arc::new(Semaphore::new(READINGS)),
            searches: Arc::new(Semaphore::new(SEARCHES)),
        }
    }

    /// Returns the places of one connection.
    pub(super) fn of_connection() -> Self {
        Self {
            statuses: Arc::new(Semaphore::new(STATUSES_OF_CONNECTION)),
            readings: Arc::new(Semaphore::new(READINGS_OF_CONNECTION)),
            searches: Arc::new(Semaphore::new(SEARCHES_OF_CONNECTION)),
        }
    }

    /// Returns the places of calls like this one; `None` for a call that begins at once.
    fn of(&self, call: &Call) -> Option<&Arc<Semaphore>> {
        match call {
            Call::GetStatus(_) => Some(&self.statuses),
            Call::Fetch(_) | Call::Peek(_) | Call::ReadMail(_) => Some(&self.readings),
            Call::Search(_) | Call::SearchMail(_) => Some(&self.searches),
            Call::List(list) => list.previews.then_some(&self.searches),
            Call::Submit(_)
            | Call::Delete(_)
            | Call::MarkRead(_)
            | Call::Settle(_)
            | Call::EndLease(_)
            | Call::ReclaimLeases(_)
            | Call::Watch(_)
            | Call::WaitFor(_)
            | Call::GetInfo(_)
            | Call::ClaimAccount(_)
            | Call::OfferCredentials(_)
            | Call::MakeWay(_)
            | Call::Login(_)
            | Call::Logout(_)
            | Call::RetryLogin(_)
            | Call::ListHeld(_)
            | Call::WatchHeld(_)
            | Call::ResolveHeld(_)
            | Call::ReviseHeld(_)
            | Call::ReadHeld(_)
            | Call::FindReply(_)
            | Call::ListMail(_)
            | Call::FinishMail(_)
            | Call::DeleteMail(_)
            | Call::SendMail(_)
            | Call::GetTraffic(_)
            | Call::Stop(_) => None,
        }
    }
}

/// Numbers of connections.
#[derive(Debug, PartialEq, Eq)]
struct Connections {
    agents: usize,
    persons: usize,
}

impl Connections {
    /// Returns the limits for a limit of the process's descriptors. A connection takes no
    /// descriptor of the daemon's own work.
    fn within(descriptors: Option<u64>) -> Self {
        let Some(descriptors) = descriptors else {
            return Self {
                agents: CONNECTIONS,
                persons: CONNECTIONS_OF_PERSONS,
            };
        };
        let descriptors = usize::try_from(descriptors).unwrap_or(usize::MAX);
        let left = descriptors - OWN_DESCRIPTORS.min(descriptors / 4 * 3);
        let persons = (left / 4).clamp(2, CONNECTIONS_OF_PERSONS);
        Self {
            agents: left.saturating_sub(persons).clamp(2, CONNECTIONS),
            persons,
        }
    }
}

impl Limits {
    /// Returns the limits of a process with this limit of descriptors.
    pub(super) fn new(descriptors: Option<u64>) -> Self {
        let Connections { agents, persons } = Connections::within(descriptors);
        Self {
            agents: Pool::new(agents, CONNECTIONS),
            persons: Pool::new(persons, CONNECTIONS_OF_PERSONS),
            doors: Vec::new(),
        }
    }

    /// Returns the limits of a socket.
    pub(super) fn of(&mut self, door: &Door) -> Arc<DoorLimits> {
        if let Some((_, limits)) = self.doors.iter().find(|(known, _)| known == door) {
            return limits.clone();
        }
        let limits = Arc::new(DoorLimits::of(door));
        self.doors.push((door.clone(), limits.clone()));
        limits
    }

    /// Returns the places of a new connection.
    ///
    /// # Errors
    /// The fault of a connection without a place.
    pub(super) fn connect(&mut self, door: &Door) -> Result<Connected, Fault> {
        let shared = match door {
            Door::Agents | Door::Instance(_) => self.agents.place(&Door::Agents)?,
            Door::Persons => self.persons.place(&Door::Persons)?,
        };
        let limits = self.of(door);
        let own = limits.connections.as_ref().map(|own| own.place(door));
        Ok(Connected {
            _shared: shared,
            _own: own.transpose()?,
        })
    }
}

/// Returns the fault for a call for which its socket has no room.
pub(super) fn no_room() -> Fault {
    let (own, shared) = (CONTENT_OF_INSTANCE >> 10, CONTENT >> 10);
    fault::socket_too_busy(CALLS_OF_INSTANCE, own, shared)
}

impl DoorLimits {
    pub(crate) fn of(door: &Door) -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        let own = CONNECTIONS_OF_INSTANCE;
        match door {
            Door::Agents | Door::Persons => Self {
                connections: None,
                calls: None,
                content: places(CONTENT),
                turns: Turns::of_socket(),
                frames: Budget::new(FRAMES),
            },
            Door::Instance(_) => Self {
                connections: Some(Pool::new(own, own)),
                calls: Some(places(CALLS_OF_INSTANCE)),
                content: places(CONTENT_OF_INSTANCE),
                turns: Turns::of_socket(),
                frames: Budget::new(FRAMES_OF_INSTANCE),
            },
        }
    }

    /// Returns the share of a call; `None` if the calls of the socket leave no room for it.
    pub(super) fn share(&self, call: &Call, own: &Turns) -> Option<Share> {
        let mut share = Share {
            awaited: own
                .of(call)
                .cloned()
                .zip(self.turns.of(call).cloned())
                .map(Into::into),
            ..Share::default()
        };
        if let Some(calls) = &self.calls
            && !is_free(call)
        {
            share.call = Some(calls.clone().try_acquire_owned().ok()?);
        }
        let kib = u32::try_from(call.content_len().div_ceil(1 << 10)).unwrap_or(u32::MAX);
        if kib > 0 {
            let content = self.content.clone().try_acquire_many_owned(kib);
            share.content = Some(content.ok()?);
        }
        Some(share)
    }
}

impl Share {
    /// Waits until the call may begin, and makes it.
    ///
    /// # Errors
    /// The fault of the call, or of a call that may not begin before its deadline.
    pub(super) async fn with_place<T>(
        &mut self,
        deadline: Instant,
        call: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        match timeout_at(deadline, self.ready()).await {
            Ok(()) => call.await,
            Err(_) => Err(fault::not_in_turn()),
        }
    }

    /// Waits until the call may begin.
    async fn ready(&mut self) {
        for places in self.awaited.take().into_iter().flatten() {
            // The semaphore is never closed.
            self.turn.extend(places.acquire_owned().await);
        }
    }
}

/// Returns whether a call has no share of the calls: it waits for mail, or it ends or settles a
/// lease, which a busy socket must not prevent.
fn is_free(call: &Call) -> bool {
    completes_lease(call) || matches!(call, Call::Watch(_) | Call::WaitFor(_))
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
