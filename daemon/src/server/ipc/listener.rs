//! The sockets of a profile: locks the profile, listens, accepts, and drains.
//!
//! The order guarantees one daemon per profile: take the lock, remove a stale socket, bind. A
//! socket with a live listener is never replaced.

use super::{
    Clients, Service, accepting::Sockets, bind_error::BindError, connection, idle::Idle,
    limits::Limits, refusing::Refusals,
};
use crate::os::{self, InheritedSocket};
use std::{
    fs::{File, TryLockError},
    io::{self, Seek as _, Write as _},
    sync::Arc,
    time::Duration,
};
use tai_proto::{
    door::Door,
    endpoint::Endpoint,
    names::Instance,
    record::{Record, STOPPING},
};
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

/// Attempts to lock after the first one. A client that checks the lock holds it for a moment.
const LOCK_ATTEMPTS: u32 = 5;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// Lock of a profile. While it is held, no other daemon of the profile runs.
#[derive(Debug)]
pub(crate) struct ProfileLock {
    /// The lock file, which ends with the record.
    file: File,
    endpoint: Endpoint,
}

/// The listening sockets and the lock of their profile.
pub(crate) struct Listener {
    sockets: Sockets,
    lock: ProfileLock,
}

impl ProfileLock {
    /// Creates the directories, takes the lock, and writes the record into the lock file.
    ///
    /// # Errors
    /// [`BindError::Directory`], [`BindError::Lock`], or [`BindError::AlreadyRunning`] with the
    /// holder's record.
    #[expect(
        clippy::disallowed_methods,
        reason = "the interval between two attempts, whose number has a limit"
    )]
    pub(crate) fn take(endpoint: Endpoint) -> Result<Self, BindError> {
        for dir in [endpoint.state(), endpoint.dir()] {
            os::private_dir(dir).map_err(|source| BindError::Directory {
                path: dir.to_owned(),
                source,
            })?;
        }
        let path = endpoint.lock();
        let failed = |source| BindError::Lock {
            path: path.clone(),
            source,
        };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut file = os::open_private(endpoint.state(), &name).map_err(failed)?;
        let mut locked = file.try_lock();
        for _ in 0..LOCK_ATTEMPTS {
            if matches!(locked, Err(TryLockError::WouldBlock)) {
                std::thread::park_timeout(LOCK_PAUSE);
                locked = file.try_lock();
            }
        }
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(BindError::AlreadyRunning {
                    profile: endpoint.profile().to_string(),
                    first: tai_client::read_record(&path),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let record = Record {
            pid: std::process::id(),
            socket: endpoint.socket(),
            host: tai_client::host_name(),
            is_stopping: false,
        };
        write(&mut file, &record).map_err(failed)?;
        Ok(Self { file, endpoint })
    }

    /// Records that the daemon stops, so that a client does not take it for one that does not run. Appends
    /// the line, so that a full disk or a client that reads now does not miss the rest of the record.
    fn stopping(&mut self) {
        if let Err(error) = self.file.write_all(STOPPING.as_bytes()) {
            tracing::warn!(%error, "cannot record that taid stops");
        }
    }
}

/// Replaces the content of a lock file.
fn write(file: &mut File, record: &Record) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(record.text().as_bytes())
}

impl Listener {
    /// Listens on a socket for agents, one for persons, and one for each of these instances. Takes
    /// over the sockets that the service manager passed. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// [`BindError::Taken`] if another program listens there, [`BindError::OtherSocket`] if the
    /// manager passed a socket that is not the profile's, or [`BindError::Listen`].
    pub(crate) fn open(
        lock: ProfileLock,
        instances: Vec<Instance>,
        inherited: Vec<InheritedSocket>,
    ) -> Result<Self, BindError> {
        // A client that finds the socket for agents finds the others too.
        let doors = [Door::Persons].into_iter();
        let doors = doors.chain(instances.into_iter().map(Door::Instance));
        let doors = doors.chain([Door::Agents]);
        let sockets = Sockets::open(&lock.endpoint.socket(), doors.collect(), inherited)?;
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
    ) -> ProfileLock {
        let mut limits = Limits::new(os::descriptor_limit());
        let refusals = Refusals::new();
        let tasks = TaskTracker::new();
        let mut keys = 0;
        let idle = Arc::new(Idle::new(idle_exit));
        let Self { sockets, mut lock } = self;
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
