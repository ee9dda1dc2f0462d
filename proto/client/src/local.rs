//! The user's daemon on this machine.

use crate::{ConnectError, Dial, Starting, Streams, os, start::start};
use interprocess::local_socket::{
    GenericFilePath, ToFsName as _, tokio::Stream, traits::tokio::Stream as _,
};
use std::{fmt, io, path::PathBuf, time::Duration};
use tai_proto::{
    door::Door,
    endpoint::{Endpoint, EndpointError},
    names::Profile,
};
use tokio::time::{Instant, sleep};

/// Interval of checks of the lock file.
const CHECK_EVERY: Duration = Duration::from_millis(10);

/// Daemon of one of the user's profiles.
#[derive(Debug, Clone)]
pub struct Local {
    endpoint: Endpoint,
    /// Executable of the daemon; `None` disables auto-start.
    executable: Option<PathBuf>,
    /// Socket of the daemon that this client uses.
    door: Door,
}

/// Error for a profile without a usable path for its socket.
#[derive(Debug, PartialEq, Eq)]
pub struct LocalError(pub EndpointError);

impl fmt::Display for LocalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for LocalError {}

impl Local {
    /// Returns the daemon of `profile`. `executable` enables auto-start.
    ///
    /// # Errors
    /// [`LocalError`] if the profile has no usable path for its socket.
    pub fn new(profile: &Profile, executable: Option<PathBuf>) -> Result<Self, LocalError> {
        let endpoint = Endpoint::of_profile(profile).map_err(LocalError)?;
        Ok(Self::at(endpoint, executable))
    }

    /// Returns the daemon at `endpoint`. `executable` enables auto-start.
    pub fn at(endpoint: Endpoint, executable: Option<PathBuf>) -> Self {
        Self {
            endpoint,
            executable,
            door: Door::Agents,
        }
    }

    /// Uses the daemon's socket for persons.
    #[must_use]
    pub fn for_persons(self) -> Self {
        let door = Door::Persons;
        Self { door, ..self }
    }

    /// Returns the endpoint of the daemon.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Waits until no daemon holds the lock of the profile. A daemon releases it on exit.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] after `deadline`, or the error of the system.
    pub async fn until_gone(&self, deadline: Instant) -> io::Result<()> {
        let lock = self.endpoint.lock();
        while Instant::now() < deadline {
            match std::fs::File::open(&lock) {
                Ok(file) if file.try_lock_shared().is_ok() => return Ok(()),
                Ok(_) => sleep(CHECK_EVERY).await,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::TimedOut.into())
    }
}

impl Dial for Local {
    async fn dial(&self) -> Result<Streams, ConnectError> {
        let agents = self.endpoint.socket();
        match (&self.door, connect(self.door.beside(&agents)).await) {
            // Where only the socket for agents is mounted, and with a daemon of another release, the
            // socket for agents answers what it may, or says why not.
            (Door::Persons, Err(ConnectError::NotRunning { .. })) => connect(agents).await,
            (Door::Persons | Door::Agents | Door::Instance(_), connected) => connected,
        }
    }

    fn start(&self) -> Result<Option<Starting>, ConnectError> {
        let Some(executable) = &self.executable else {
            return Ok(None);
        };
        start(executable, self.endpoint.profile()).map(Some)
    }
}

/// Connects to a socket and checks the peer.
async fn connect(socket: PathBuf) -> Result<Streams, ConnectError> {
    let name = socket.as_path().to_fs_name::<GenericFilePath>();
    let name = name.map_err(ConnectError::Failed)?;
    let stream = match Stream::connect(name).await {
        Ok(stream) => stream,
        Err(error) => {
            return Err(match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                    ConnectError::NotRunning { socket }
                }
                _ => ConnectError::Failed(error),
            });
        }
    };
    // The check precedes the first byte, which may be part of a password.
    match os::peer(&stream).map_err(ConnectError::Failed)? {
        peer if peer.is_own_user => os::split(stream).map_err(ConnectError::Failed),
        _ => Err(ConnectError::OtherUser { socket }),
    }
}
