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

/// Limit of the connections at the sockets for agents, far above the number of MCP clients of one user.
pub(super) const CONNECTIONS: usize = 1100;
/// Limit of these connections at the socket of one instance.
pub(super) const CONNECTIONS_OF_INSTANCE: usize = 64;
/// Limit of the connections at the socket for persons.
const CONNECTIONS_OF_PERSONS: usize = 64;
/// Limit of the connections that are being refused. Further ones are closed at once.
pub(super) const REFUSALS: usize = 4;
/// Descriptors for the daemon's own files, its requests, its child processes and the connections that it
/// refuses.
const OWN_DESCRIPTORS: usize = 64 + REFUSALS;
/// Limit of the unanswered requests for a status at one socket. Further ones wait. Each answer has a row
/// for each client, so that the answers of clients that do not read grow with the square of their number.
const STATUSES: usize = 64;
/// Limit of these requests of one connection, which leaves places for other clients.
const STATUSES_OF_CONNECTION: usize = 8;
/// Limit of the unanswered calls at the socket of one instance that do not wait for mail. Each may hold
/// an answer in memory.
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
    agents: Arc<Semaphore>,
    /// Connections at the socket for persons.
    persons: Arc<Semaphore>,
    /// Limits of the connections of agents and of persons.
    most: (usize, usize),
    doors: Vec<(Door, Arc<DoorLimits>)>,
}

/// The limits of one socket.
pub(crate) struct DoorLimits {
    connections: Arc<Semaphore>,
    /// Calls that do not wait for mail; `None` for any number.
    calls: Option<Arc<Semaphore>>,
    content: Arc<Semaphore>,
    statuses: Arc<Semaphore>,
    /// Memory for large frames.
    pub(super) frames: Budget,
}

/// A connection's places. Dropping them makes room for another one.
pub(super) struct Connected {
    _places: [OwnedSemaphorePermit; 2],
}

/// A call's share of its socket's limits, until its answer is written.
#[derive(Debug, Default)]
pub(super) struct Share {
    call: Option<OwnedSemaphorePermit>,
    content: Option<OwnedSemaphorePermit>,
    /// Places of the requests for a status, of the connection and of the socket, if the call is one and has
    /// none yet.
    statuses: Option<[Arc<Semaphore>; 2]>,
    status: Vec<OwnedSemaphorePermit>,
}

/// Places of one connection for requests for a status.
pub(super) struct OwnStatuses(Arc<Semaphore>);

impl OwnStatuses {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(STATUSES_OF_CONNECTION)))
    }
}

/// Returns the limits of the connections of agents and of persons, for a limit of the process's
/// descriptors. A connection takes no descriptor of the daemon's own work.
fn connections(descriptors: Option<u64>) -> (usize, usize) {
    let Some(descriptors) = descriptors else {
        return (CONNECTIONS, CONNECTIONS_OF_PERSONS);
    };
    let descriptors = usize::try_from(descriptors).unwrap_or(usize::MAX);
    let left = descriptors - OWN_DESCRIPTORS.min(descriptors / 4 * 3);
    let persons = (left / 4).clamp(2, CONNECTIONS_OF_PERSONS);
    let agents = left.saturating_sub(persons).clamp(2, CONNECTIONS);
    (agents, persons)
}

impl Limits {
    /// Returns the limits of a process with this limit of descriptors.
    pub(super) fn new(descriptors: Option<u64>) -> Self {
        let (agents, persons) = connections(descriptors);
        Self {
            agents: Arc::new(Semaphore::new(agents)),
            persons: Arc::new(Semaphore::new(persons)),
            most: (agents, persons),
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
        let (agents, persons) = self.most;
        let (shared, of, limit, highest) = match door {
            Door::Agents | Door::Instance(_) => (&self.agents, Door::Agents, agents, CONNECTIONS),
            Door::Persons => (
                &self.persons,
                Door::Persons,
                persons,
                CONNECTIONS_OF_PERSONS,
            ),
        };
        let shared = shared.clone().try_acquire_owned();
        let shared = shared.map_err(|_| fault::too_many_clients(&of, limit, limit < highest))?;
        // The socket of an instance alone has a lower limit.
        let own = self.of(door).connections.clone().try_acquire_owned();
        let own = own.map_err(|_| fault::too_many_clients(door, CONNECTIONS_OF_INSTANCE, false))?;
        Ok(Connected {
            _places: [own, shared],
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
        let (connections, calls, content, frames) = match door {
            Door::Agents => (CONNECTIONS, None, CONTENT, FRAMES),
            Door::Persons => (CONNECTIONS_OF_PERSONS, None, CONTENT, FRAMES),
            Door::Instance(_) => (
                CONNECTIONS_OF_INSTANCE,
                Some(CALLS_OF_INSTANCE),
                CONTENT_OF_INSTANCE,
                FRAMES_OF_INSTANCE,
            ),
        };
        Self {
            connections: Arc::new(Semaphore::new(connections)),
            calls: calls.map(|calls| Arc::new(Semaphore::new(calls))),
            content: Arc::new(Semaphore::new(content)),
            statuses: Arc::new(Semaphore::new(STATUSES)),
            frames: Budget::new(frames),
        }
    }

    /// Returns the share of a call; `None` if the calls of the socket leave no room for it.
    pub(super) fn share(&self, call: &Call, own: &OwnStatuses) -> Option<Share> {
        let statuses = || [own.0.clone(), self.statuses.clone()];
        let mut share = Share {
            statuses: matches!(call, Call::GetStatus(_)).then(statuses),
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
            Err(_) => Err(fault::too_busy(STATUSES)),
        }
    }

    /// Waits until the call may begin.
    async fn ready(&mut self) {
        for statuses in self.statuses.take().into_iter().flatten() {
            // The semaphore is never closed.
            self.status.extend(statuses.acquire_owned().await);
        }
    }
}

/// Returns whether a call has no share of the calls: it waits for mail, or it ends or settles a lease,
/// which a busy socket must not prevent.
fn is_free(call: &Call) -> bool {
    completes_lease(call) || matches!(call, Call::Watch(_) | Call::WaitFor(_))
}

#[cfg(test)]
mod tests {
    use super::{super::large_frames::Room, *};
    use std::time::Duration;
    use tai_proto::{
        Method as _,
        approval::Consent,
        call::{Delivery, EndLease, GetInfo, GetStatus, Settle, Submit, Watch},
        frame::MAX_FRAME,
        mail::{Draft, Format, Target},
    };
    use tokio::time::timeout;

    fn submit(length: usize) -> Call {
        let draft = Draft {
            target: Target::New { to: None },
            subject: None,
            content: "a".repeat(length).as_str().into(),
            format: Format::Markdown,
        };
        let submit = Submit {
            draft,
            insist: false,
            once: false,
            consent: Consent::Preview,
        };
        submit.into_call()
    }

    #[test]
    fn a_confined_client_takes_no_connection_of_a_person_and_few_of_other_agents() {
        let mut limits = Limits::new(None);
        let confined = Door::Instance("desk".parse().unwrap());
        let mut places: Vec<_> = (0..CONNECTIONS_OF_INSTANCE)
            .map(|_| limits.connect(&confined).unwrap())
            .collect();
        assert!(limits.connect(&confined).is_err());
        let other = Door::Instance("lab".parse().unwrap());
        places.push(limits.connect(&other).unwrap());
        while let Ok(place) = limits.connect(&Door::Agents) {
            places.push(place);
        }
        assert_eq!(places.len(), CONNECTIONS);
        assert!(limits.connect(&other).is_err());
        assert!(limits.connect(&Door::Persons).is_ok());
        places.truncate(CONNECTIONS_OF_INSTANCE - 1);
        assert!(limits.connect(&confined).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn requests_for_a_status_wait_until_others_are_answered() {
        let limits = DoorLimits::of(&Door::Agents);
        let call = GetStatus.into_call();
        let mut shares = Vec::new();
        for _ in 0..STATUSES {
            let mut share = limits.share(&call, &OwnStatuses::new()).unwrap();
            share.ready().await;
            shares.push(share);
        }
        let mut next = limits.share(&call, &OwnStatuses::new()).unwrap();
        let soon = Duration::from_secs(1);
        assert!(timeout(soon, next.ready()).await.is_err());
        let own = OwnStatuses::new();
        let mut other = limits.share(&GetInfo.into_call(), &own).unwrap();
        other.ready().await;
        let mut next = limits.share(&call, &own).unwrap();
        shares.pop();
        assert!(timeout(soon, next.ready()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn the_requests_of_one_connection_leave_places_for_the_status_of_others() {
        let limits = DoorLimits::of(&Door::Agents);
        let (call, own) = (GetStatus.into_call(), OwnStatuses::new());
        let soon = Duration::from_secs(1);
        let mut shares: Vec<_> = (0..STATUSES)
            .map(|_| limits.share(&call, &own).unwrap())
            .collect();
        let mut ready = 0;
        for share in &mut shares {
            ready += usize::from(timeout(soon, share.ready()).await.is_ok());
        }
        assert_eq!(ready, STATUSES_OF_CONNECTION);
        let mut other = limits.share(&call, &OwnStatuses::new()).unwrap();
        assert!(timeout(soon, other.ready()).await.is_ok());
    }

    #[test]
    fn connections_leave_descriptors_for_persons_and_for_the_daemon() {
        for (descriptors, expected) in [
            (None, (1100, 64)),
            (Some(8192), (1100, 64)),
            (Some(1024), (892, 64)),
            (Some(256), (141, 47)),
            (Some(64), (12, 4)),
            (Some(8), (2, 2)),
        ] {
            assert_eq!(connections(descriptors), expected, "{descriptors:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_large_frames_of_a_confined_client_hold_up_no_other_client() {
        let mut limits = Limits::new(None);
        let mut room = |door: &Door| Room::new(limits.of(door).frames.clone());
        let confined = Door::Instance("desk".parse().unwrap());
        let mut rooms = Vec::new();
        loop {
            let mut next = room(&confined);
            let change = next.change(MAX_FRAME);
            if timeout(Duration::from_millis(1), change).await.is_err() {
                break;
            }
            rooms.push(next);
        }
        assert_eq!(rooms.len(), (FRAMES_OF_INSTANCE << 10) / MAX_FRAME);
        for door in [Door::Agents, Door::Persons] {
            let mut other = room(&door);
            assert!(other.change(MAX_FRAME).await.is_ok() && other.fits(MAX_FRAME));
        }
    }

    #[test]
    fn the_calls_of_a_confined_client_have_a_bounded_number_and_content() {
        let limits = DoorLimits::of(&Door::Instance("desk".parse().unwrap()));
        let own = OwnStatuses::new();
        let mut shares = Vec::new();
        while let Some(share) = limits.share(&submit(1 << 20), &own) {
            shares.push(share);
        }
        assert_eq!(shares.len(), CONTENT_OF_INSTANCE >> 10);
        while let Some(share) = limits.share(&GetInfo.into_call(), &own) {
            shares.push(share);
        }
        assert_eq!(shares.len(), CALLS_OF_INSTANCE);
        // A wait holds nothing, and a lease ends at any time.
        let id = "7".parse().unwrap();
        let delivery = Delivery::Returned;
        for free in [
            Watch { since: None }.into_call(),
            EndLease { id, delivery }.into_call(),
            Settle { id }.into_call(),
        ] {
            assert!(limits.share(&free, &own).is_some());
        }
        shares.clear();
        assert!(limits.share(&submit(1 << 20), &own).is_some());
        let limits = DoorLimits::of(&Door::Agents);
        assert!((0..2000).all(|_| limits.share(&GetInfo.into_call(), &own).is_some()));
    }
}
