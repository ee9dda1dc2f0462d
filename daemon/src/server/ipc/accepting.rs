//! The listening sockets of a daemon, one for each door.

use super::bind_error::BindError;
use crate::os::{self, InheritedSocket};
use interprocess::local_socket::{
    GenericFilePath, ListenerOptions, ToFsName as _,
    tokio::{Listener as Socket, Stream},
    traits::tokio::Listener as _,
};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tai_proto::door::Door;
use tokio::{sync::mpsc, task::JoinSet};

/// Action for the person whose daemon has no descriptors left.
const MORE_DESCRIPTORS: &str = "raise the limit of open files with `ulimit -n` or LimitNOFILE=";

/// A listening socket.
struct OpenSocket {
    door: Door,
    path: PathBuf,
    socket: Socket,
    origin: Origin,
    /// The file of the socket.
    file: Option<os::FileId>,
}

/// Creator of a socket. Only the daemon's own sockets are removed at exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Ours,
    Manager,
}

/// The listening sockets of a daemon.
pub(super) struct Sockets(Vec<OpenSocket>);

/// The tasks that accept connections. Dropping it closes the sockets.
pub(super) struct Accepting {
    streams: mpsc::Receiver<(Door, Stream)>,
    tasks: JoinSet<()>,
    /// The daemon's own sockets, with their files.
    own: Vec<(PathBuf, Option<os::FileId>)>,
}

impl Sockets {
    /// Takes over the sockets of the service manager, and binds those that it did not pass. Must be
    /// called in a tokio runtime.
    ///
    /// # Errors
    /// [`BindError::OtherSocket`] for an inherited socket of no door, [`BindError::Taken`], or
    /// [`BindError::Listen`].
    pub(super) fn open(
        agents: &Path,
        doors: Vec<Door>,
        mut inherited: Vec<InheritedSocket>,
    ) -> Result<Self, BindError> {
        let mut open = Vec::new();
        for door in doors {
            let path = door.beside(agents);
            let is_it = |socket: &InheritedSocket| os::path_of(socket).as_deref() == Some(&*path);
            let found = inherited.iter().position(is_it);
            let (socket, origin) = match found.map(|index| inherited.swap_remove(index)) {
                Some(socket) => (adopt(socket, &path)?, Origin::Manager),
                None => (bind(&path)?, Origin::Ours),
            };
            let file = os::file_id(&path);
            open.push(OpenSocket {
                door,
                path,
                socket,
                origin,
                file,
            });
        }
        match inherited.is_empty() {
            true => Ok(Self(open)),
            false => Err(BindError::OtherSocket {
                path: agents.to_owned(),
            }),
        }
    }

    /// Starts to accept connections.
    pub(super) fn accept(self) -> Accepting {
        let (sender, streams) = mpsc::channel(1);
        let (mut tasks, mut own) = (JoinSet::new(), Vec::new());
        for open in self.0 {
            if open.origin == Origin::Ours {
                own.push((open.path, open.file));
            }
            tasks.spawn(accept_all(open.socket, open.door, sender.clone()));
        }
        Accepting {
            streams,
            tasks,
            own,
        }
    }
}

impl Accepting {
    /// Returns the next connection and its door.
    pub(super) async fn next(&mut self) -> (Door, Stream) {
        match self.streams.recv().await {
            Some(accepted) => accepted,
            // The tasks end only if this is dropped.
            None => std::future::pending().await,
        }
    }

    /// Closes the sockets and removes the daemon's own. If the directory
    /// was removed meanwhile, another daemon may have bound the path.
    pub(super) async fn close(mut self) {
        self.tasks.shutdown().await;
        for (path, file) in &self.own {
            if file.is_some() && os::file_id(path) == *file {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

/// Removes a stale socket and listens.
fn bind(path: &Path) -> Result<Socket, BindError> {
    let failed = |source| BindError::Listen {
        path: path.to_owned(),
        source,
    };
    // The lock excludes another taid. A service manager holds no lock and may listen here.
    if !os::free_name(path).map_err(failed)? {
        return Err(BindError::Taken {
            path: path.to_owned(),
        });
    }
    let name = path.to_fs_name::<GenericFilePath>().map_err(failed)?;
    // Reclaiming would unlink the name on drop, when it may belong to a successor.
    let options = ListenerOptions::new().name(name).reclaim_name(false);
    os::private_socket(options)
        .and_then(ListenerOptions::create_tokio)
        .map_err(failed)
}

fn adopt(socket: InheritedSocket, path: &Path) -> Result<Socket, BindError> {
    let path = || path.to_owned();
    match os::adopt_socket(socket, &path()) {
        Ok(Some(socket)) => Ok(socket),
        Ok(None) => Err(BindError::OtherSocket { path: path() }),
        Err(source) => Err(BindError::Listen {
            path: path(),
            source,
        }),
    }
}

async fn accept_all(socket: Socket, door: Door, streams: mpsc::Sender<(Door, Stream)>) {
    let mut backoff = Duration::ZERO;
    loop {
        tokio::time::sleep(backoff).await;
        match socket.accept().await {
            Ok(stream) => {
                backoff = Duration::ZERO;
                if streams.send((door.clone(), stream)).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                // Usually the process is out of file descriptors: an immediate retry would spin,
                // and an exit would disconnect every client.
                let hint = os::lacks_descriptors(&error).then_some(MORE_DESCRIPTORS);
                tracing::error!(%error, hint, "cannot accept a connection");
                backoff = (backoff * 2).clamp(Duration::from_millis(10), Duration::from_secs(1));
            }
        }
    }
}
