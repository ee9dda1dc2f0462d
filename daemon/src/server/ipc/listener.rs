//! Taking the socket and accepting. The order is what makes the winner unique: the lock
//! first, then the leftovers of a daemon that died, then the name. A live name is never
//! taken.

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

/// As many clients as any machine has, with descriptors to spare.
const MAX_CONNECTIONS: usize = 1100;
/// How long what runs is waited for when the daemon ends.
const GRACE: Duration = Duration::from_secs(10);

/// Why the socket could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("taid is already running for profile {profile}{}", .pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default())]
    AlreadyRunning { profile: String, pid: Option<u32> },
    #[error("the directory {} cannot be used", path.display())]
    Directory {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the lock file {} cannot be used", path.display())]
    Lock {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("another program listens on {}", path.display())]
    Taken { path: PathBuf },
    #[error("the service manager's socket is not {}", path.display())]
    OtherSocket { path: PathBuf },
    #[error("the socket {} cannot be listened on", path.display())]
    Listen {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// The lock of a profile: while it is held, no other daemon of the profile runs.
#[derive(Debug)]
pub struct ProfileLock {
    _file: File,
    endpoint: Endpoint,
}

/// The socket, with the lock that goes with it.
pub struct Listener {
    socket: Socket,
    lock: ProfileLock,
    origin: Origin,
}

type Socket = interprocess::local_socket::tokio::Listener;

/// Who made the socket, and so whose it is to remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Ours,
    Manager,
}

impl ProfileLock {
    /// Takes the lock, or says who has it.
    ///
    /// # Errors
    /// Any [`BindError`] but [`BindError::Listen`].
    pub fn take(endpoint: Endpoint) -> Result<Self, BindError> {
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
    /// Removes what a dead daemon left and listens. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`BindError::Listen`].
    pub fn bind(lock: ProfileLock) -> Result<Self, BindError> {
        let path = lock.endpoint.socket();
        let failed = |source| BindError::Listen {
            path: path.clone(),
            source,
        };
        // A taid that made it held the lock that we hold now, so that it is dead. A service
        // manager holds no lock, and listens.
        if !os::free_name(&path).map_err(failed)? {
            return Err(BindError::Taken { path });
        }
        let name = path
            .as_path()
            .to_fs_name::<GenericFilePath>()
            .map_err(failed)?;
        // Reclaiming would unlink by name when dropped, and the name may be a successor's.
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

    /// Takes over a socket that the service manager listens on. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`BindError::OtherSocket`] when it is not the profile's, [`BindError::Listen`].
    pub fn given(lock: ProfileLock, socket: InheritedSocket) -> Result<Self, BindError> {
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

    /// Serves until `stop`, or until nobody was connected for `idle_exit`; then drains: accepts
    /// nobody, refuses new calls, answers what runs within a grace, hangs up, and releases the
    /// socket before the lock.
    pub async fn serve<S: Service>(
        self,
        service: Arc<S>,
        clients: Arc<Clients>,
        idle_exit: Option<Duration>,
        stop: CancellationToken,
    ) {
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let tasks = TaskTracker::new();
        let mut pause = Duration::ZERO;
        let mut keys = 0;
        let idle = Arc::new(Idle::new(idle_exit));
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                () = idle.over(|| service.is_needed()) => {
                    tracing::info!("stopping: nobody was connected for a while");
                    stop.cancel();
                    break;
                }
                accepted = accept(&self.socket, pause) => accepted,
            };
            match accepted {
                Ok(stream) => {
                    pause = Duration::ZERO;
                    let Ok(place) = places.clone().try_acquire_owned() else {
                        tracing::warn!("a client is turned away: {MAX_CONNECTIONS} are connected");
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
                    let here = idle.clone().connected();
                    tasks.spawn(async move {
                        connection::serve(shared, stream).await;
                        drop((place, here));
                    });
                }
                Err(error) => {
                    // Out of descriptors, most likely: trying again at once would spin, and
                    // giving up would leave every later client without mail.
                    tracing::error!(%error, "a connection could not be accepted");
                    pause = (pause * 2).clamp(Duration::from_millis(10), Duration::from_secs(1));
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
        if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
            tracing::warn!("{} tasks did not end within the grace", tasks.len());
        }
    }
}

async fn accept(socket: &Socket, pause: Duration) -> io::Result<Stream> {
    tokio::time::sleep(pause).await;
    socket.accept().await
}
