//! The socket of a profile: locks the profile, listens, accepts, and drains.
//!
//! The order guarantees one daemon per profile: take the lock, remove a stale socket, bind. A
//! socket with a live listener is never replaced.

use super::{Clients, Service, connection, idle::Idle};
use crate::os::{self, InheritedSocket};
use interprocess::local_socket::{
    GenericFilePath, ListenerOptions, ToFsName as _, tokio::Stream, traits::tokio::Listener as _,
};
use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tai_proto::endpoint::Endpoint;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Limit of connections, far above the number of MCP clients of one user.
const MAX_CONNECTIONS: usize = 1100;
/// Time limit for open calls when the daemon drains.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Reason for which the daemon cannot listen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BindError {
    #[error("taid is already running for profile {profile}{}", .pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default())]
    AlreadyRunning { profile: String, pid: Option<u32> },
    #[error("cannot use the directory {}", path.display())]
    Directory {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("cannot use the lock file {}", path.display())]
    Lock {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("another program listens on {}", path.display())]
    Taken { path: PathBuf },
    #[error("the service manager passed another socket than {}", path.display())]
    OtherSocket { path: PathBuf },
    #[error("cannot listen on the socket {}", path.display())]
    Listen {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Lock of a profile. While it is held, no other daemon of the profile runs.
#[derive(Debug)]
pub(crate) struct ProfileLock {
    _file: File,
    endpoint: Endpoint,
}

/// A listening socket and the lock of its profile.
pub(crate) struct Listener {
    socket: Socket,
    lock: ProfileLock,
    origin: Origin,
}

type Socket = interprocess::local_socket::tokio::Listener;

/// Creator of the socket. Only the daemon's own socket is removed at exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Ours,
    Manager,
}

impl ProfileLock {
    /// Creates the directory, takes the lock, and writes this process's pid into the lock file.
    ///
    /// # Errors
    /// [`BindError::Directory`], [`BindError::Lock`], or [`BindError::AlreadyRunning`] with the
    /// holder's pid.
    pub(crate) fn take(endpoint: Endpoint) -> Result<Self, BindError> {
        let dir = endpoint.dir();
        os::private_dir(dir).map_err(|source| BindError::Directory {
            path: dir.to_owned(),
            source,
        })?;
        let path = endpoint.lock();
        let failed = |source| BindError::Lock {
            path: path.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let read = file.read_to_string(&mut text);
                let pid = read.ok().and_then(|_| text.trim().parse().ok());
                let profile = endpoint.profile().to_string();
                return Err(BindError::AlreadyRunning { profile, pid });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(failed)?;
        Ok(Self {
            _file: file,
            endpoint,
        })
    }
}

impl Listener {
    /// Removes a stale socket and listens. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// [`BindError::Taken`] if another program listens there, or [`BindError::Listen`].
    pub(crate) fn bind(lock: ProfileLock) -> Result<Self, BindError> {
        let path = lock.endpoint.socket();
        let failed = |source| BindError::Listen {
            path: path.clone(),
            source,
        };
        // The lock excludes another taid. A service manager holds no lock and may listen here.
        if !os::free_name(&path).map_err(failed)? {
            return Err(BindError::Taken { path });
        }
        let name = path
            .as_path()
            .to_fs_name::<GenericFilePath>()
            .map_err(failed)?;
        // Reclaiming would unlink the name on drop, when it may belong to a successor.
        let options = ListenerOptions::new().name(name).reclaim_name(false);
        let socket = os::private_socket(options)
            .and_then(ListenerOptions::create_tokio)
            .map_err(failed)?;
        let origin = Origin::Ours;
        Ok(Self {
            socket,
            lock,
            origin,
        })
    }

    /// Takes over a socket of the service manager. Must be called in a tokio runtime.
    ///
    /// # Errors
    /// [`BindError::OtherSocket`] if the socket is not the profile's, or [`BindError::Listen`].
    pub(crate) fn adopt(lock: ProfileLock, socket: InheritedSocket) -> Result<Self, BindError> {
        let path = lock.endpoint.socket();
        let socket = match os::adopt_socket(socket, &path) {
            Ok(Some(socket)) => socket,
            Ok(None) => return Err(BindError::OtherSocket { path }),
            Err(source) => return Err(BindError::Listen { path, source }),
        };
        let origin = Origin::Manager;
        Ok(Self {
            socket,
            lock,
            origin,
        })
    }

    /// Serves clients until `stop` is cancelled or the idle timeout `idle_exit` passes, then
    /// drains: closes the socket, refuses new calls, waits up to [`DRAIN_TIMEOUT`] for open
    /// calls, and releases the lock last.
    pub(crate) async fn serve<S: Service>(
        self,
        service: Arc<S>,
        clients: Arc<Clients>,
        idle_exit: Option<Duration>,
        stop: CancellationToken,
    ) {
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let tasks = TaskTracker::new();
        let mut backoff = Duration::ZERO;
        let mut keys = 0;
        let idle = Arc::new(Idle::new(idle_exit));
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                () = idle.timed_out(|| service.is_needed()) => {
                    tracing::info!("stopping: idle timeout");
                    stop.cancel();
                    break;
                }
                accepted = accept(&self.socket, backoff) => accepted,
            };
            match accepted {
                Ok(stream) => {
                    backoff = Duration::ZERO;
                    let Ok(place) = places.clone().try_acquire_owned() else {
                        tracing::warn!(
                            limit = MAX_CONNECTIONS,
                            "client refused: too many connections"
                        );
                        continue;
                    };
                    keys += 1;
                    let shared = connection::Shared {
                        service: service.clone(),
                        key: keys,
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
                Err(error) => {
                    // Usually the process is out of file descriptors: an immediate retry would
                    // spin, and an exit would disconnect every client.
                    tracing::error!(%error, "cannot accept a connection");
                    backoff =
                        (backoff * 2).clamp(Duration::from_millis(10), Duration::from_secs(1));
                }
            }
        }
        let Self {
            socket,
            lock,
            origin,
        } = self;
        drop(socket);
        if cfg!(unix) && origin == Origin::Ours {
            let _ = std::fs::remove_file(lock.endpoint.socket());
        }
        tasks.close();
        if tokio::time::timeout(DRAIN_TIMEOUT, tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(open_calls = tasks.len(), "drain timed out");
        }
    }
}

async fn accept(socket: &Socket, backoff: Duration) -> io::Result<Stream> {
    tokio::time::sleep(backoff).await;
    socket.accept().await
}
