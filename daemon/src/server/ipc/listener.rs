//! The sockets of a profile: listens, accepts, and drains.
//!
//! The order guarantees one daemon per profile: take the lock, remove a stale socket, bind. A
//! socket with a live listener is never replaced.

use super::{
    Clients, Service, accepting::Sockets, bind_error::BindError, connection, idle::Idle,
    limits::Limits, profile_lock::ProfileLock, refusing::Refusals, stops,
};
use crate::os::{self, InheritedSocket};
use std::{sync::Arc, time::Duration};
use tai_proto::{door::Door, names::Instance};
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Time limit for open calls when the daemon drains.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// Further time limit for sends: the outcome of a send that is cut off is unknown.
const SEND_TIMEOUT: Duration = Duration::from_secs(50);
const _: () = assert!(
    DRAIN_TIMEOUT.as_secs() + SEND_TIMEOUT.as_secs() > connection::LONGEST_EFFECT.as_secs()
);
/// Time limit for the answers to these sends.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// The listening sockets and the lock of their profile.
pub(crate) struct Listener {
    sockets: Sockets,
    lock: Arc<ProfileLock>,
}

impl Listener {
    /// Listens on a socket for agents, one for persons, and one for each of these instances. Takes
    /// over the sockets that the service manager passed. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// [`BindError::Taken`] if another program listens there, [`BindError::OtherSocket`] if the
    /// manager passed a socket that is not the profile's, or [`BindError::Listen`].
    pub(crate) fn open(
        lock: Arc<ProfileLock>,
        instances: Vec<Instance>,
        inherited: Vec<InheritedSocket>,
    ) -> Result<Self, BindError> {
        // A client that finds the socket for agents finds the others too.
        let doors = [Door::Persons].into_iter();
        let doors = doors.chain(instances.into_iter().map(Door::Instance));
        let doors = doors.chain([Door::Agents]);
        let sockets = Sockets::open(&lock.socket(), doors.collect(), inherited)?;
        Ok(Self { sockets, lock })
    }

    /// Serves clients until `stop` is cancelled or the idle timeout `idle_exit` passes, then
    /// drains: closes the socket, refuses new calls, waits up to [`DRAIN_TIMEOUT`] for open
    /// calls and up to [`SEND_TIMEOUT`] more for sends. Returns the lock, which must be released last.
    pub(crate) async fn serve<S: Service>(
        self,
        service: Arc<S>,
        clients: Arc<Clients>,
        idle_exit: Option<Duration>,
        stop: CancellationToken,
    ) -> Arc<ProfileLock> {
        let mut limits = Limits::new(os::descriptor_limit());
        let refusals = Refusals::new();
        let tasks = TaskTracker::new();
        let mut keys = 0;
        let idle = Arc::new(Idle::new(idle_exit));
        let Self { sockets, lock } = self;
        let mut accepting = sockets.accept();
        loop {
            let (door, stream) = tokio::select! {
                () = stop.cancelled() => break,
                () = idle.timed_out(|| service.is_needed()) => {
                    tracing::info!("stopping: idle timeout");
                    stop.cancel();
                    break;
                }
                accepted = accepting.next() => accepted,
            };
            // Another taid that starts connects here, to see whether a taid listens.
            stops(&service, &stop);
            let place = match limits.connect(&door) {
                Ok(place) => place,
                Err(fault) => {
                    tracing::warn!(?door, "client refused: too many connections");
                    refusals.begin(stream, fault);
                    continue;
                }
            };
            keys += 1;
            let shared = connection::Shared {
                service: service.clone(),
                key: keys,
                limits: limits.of(&door),
                door,
                clients: clients.clone(),
                stop: stop.clone(),
                tasks: tasks.clone(),
            };
            let guard = idle.clone().connected();
            tasks.spawn(async move {
                connection::serve(shared, stream).await;
                drop((place, guard));
            });
        }
        lock.stopping();
        accepting.close().await;
        tasks.close();
        if timeout(DRAIN_TIMEOUT, tasks.wait()).await.is_err() {
            tracing::warn!(connections = tasks.len(), "waiting for sends only");
            if timeout(SEND_TIMEOUT, service.sends_end()).await.is_err() {
                tracing::warn!("a send is cut off");
            }
            let _ = timeout(ANSWER_TIMEOUT, tasks.wait()).await;
        }
        lock
    }
}
