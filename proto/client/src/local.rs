//! The user's daemon on this machine: finding it, connecting to it, and starting it.

use crate::{
    ConnectError, Dial, Starting, Streams,
    account::{Account, Told},
    os,
    record::{host_name, is_held, read_record},
    start::{AutoStart, Launch, Subject, may_start, start},
};
use interprocess::local_socket::{
    GenericFilePath, ToFsName as _, tokio::Stream, traits::tokio::Stream as _,
};
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tai_proto::{
    door::Door,
    endpoint::{Endpoint, TooLong, lock_file},
    names::Profile,
    places::Places,
    record::Record,
};
use tokio::time::{Instant, sleep};

/// Interval of checks of the lock file.
const CHECK_EVERY: Duration = Duration::from_millis(10);

/// A daemon of the user.
#[derive(Debug, Clone)]
pub struct Local {
    place: Place,
    start: AutoStart,
    executable: PathBuf,
    subject: Subject,
    /// Socket of the daemon that this client uses.
    door: Door,
}

/// Way to find the daemon.
#[derive(Debug, Clone)]
enum Place {
    /// The socket that `TAI_MCP_SOCKET` or `--socket` names. Such a daemon is never started.
    Socket(PathBuf),
    /// The daemon of a profile.
    Profile {
        profile: Profile,
        places: Places,
        /// Socket of a daemon that this client would start.
        endpoint: Endpoint,
    },
}

impl Local {
    /// Returns the daemon at a socket.
    pub fn at_socket(socket: PathBuf) -> Self {
        Self {
            place: Place::Socket(socket),
            start: AutoStart::Never,
            executable: PathBuf::new(),
            subject: Subject::Profile(Profile::default()),
            door: Door::Agents,
        }
    }

    /// Returns the daemon of `profile`, which `executable` starts if `start` permits it.
    ///
    /// # Errors
    /// [`TooLong`] if no daemon of the profile could listen.
    pub fn of_profile(
        places: &Places,
        profile: &Profile,
        start: AutoStart,
        executable: PathBuf,
    ) -> Result<Self, TooLong> {
        let place = Place::Profile {
            endpoint: Endpoint::of_profile(places, profile)?,
            profile: profile.clone(),
            places: places.clone(),
        };
        Ok(Self {
            place,
            start,
            executable,
            subject: Subject::Profile(profile.clone()),
            door: Door::Agents,
        })
    }

    /// Returns the account's own daemons, of which a client starts the first. taid decides, when it starts,
    /// whether the default profile is the account's. If the client names the bridge of the configuration
    /// file, clients that name none have the same daemon, which is the second.
    ///
    /// # Errors
    /// [`TooLong`] if no daemon of the account could listen.
    pub fn of_account(
        places: &Places,
        account: Account,
        start: AutoStart,
        executable: PathBuf,
    ) -> Result<Vec<Self>, TooLong> {
        let (own, plain) = (
            account.profile(),
            Profile::of_account(&account.username, None),
        );
        let mut daemons = vec![Self {
            subject: Subject::Account(account, Told::default()),
            ..Self::of_profile(places, &own, start, executable.clone())?
        }];
        if plain != own {
            daemons.push(Self::of_profile(places, &plain, start, executable)?);
        }
        Ok(daemons)
    }

    /// Uses the daemon's socket for persons.
    #[must_use]
    pub fn for_persons(self) -> Self {
        let door = Door::Persons;
        Self { door, ..self }
    }

    /// Returns the path of the running daemon's socket for agents, or of the socket that a started daemon
    /// would have.
    pub fn socket(&self) -> PathBuf {
        match &self.place {
            Place::Socket(socket) => socket.clone(),
            Place::Profile { endpoint, .. } => match self.record() {
                Some((record, lock)) if is_held(&lock) => record.socket,
                _ => endpoint.socket(),
            },
        }
    }

    /// Returns the first record of a daemon, and the lock file that contains it.
    pub fn record(&self) -> Option<(Record, PathBuf)> {
        self.locks()
            .find_map(|lock| Some((read_record(&lock)?, lock)))
    }

    /// Returns whether a daemon holds the lock of the profile.
    pub fn is_running(&self) -> bool {
        self.locks().any(|lock| is_held(&lock))
    }

    /// Returns the process id of a daemon that holds the lock of the profile and stops.
    pub fn stopping(&self) -> Option<u32> {
        self.locks().find_map(|lock| {
            let record = read_record(&lock).filter(|record| record.is_stopping)?;
            is_held(&lock).then_some(record.pid)
        })
    }

    /// Waits until no daemon holds the lock of the profile. A daemon releases it on exit.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] after `deadline`.
    pub async fn until_gone(&self, deadline: Instant) -> io::Result<()> {
        while Instant::now() < deadline {
            if !self.is_running() {
                return Ok(());
            }
            sleep(CHECK_EVERY).await;
        }
        Err(io::ErrorKind::TimedOut.into())
    }

    /// Returns the profile's lock files: of this environment, then of the user database's home.
    fn locks(&self) -> impl Iterator<Item = PathBuf> {
        self.all_places().map(|(places, profile)| {
            let state = places.state();
            lock_file(state, &profile)
        })
    }

    /// Returns the places of this environment, then those of the user database if they differ and no daemon
    /// has run in the places of this environment: it can have another account.
    fn all_places(&self) -> impl Iterator<Item = (Places, Profile)> {
        let (own, database) = match &self.place {
            Place::Socket(_) => (None, None),
            Place::Profile {
                profile, places, ..
            } => {
                let others = move || match has_state(places, profile) {
                    true => None,
                    false => places.of_other_home(),
                };
                let others = std::iter::once_with(others).flatten();
                let others = others.map(|others| (others, profile.clone()));
                (Some((places.clone(), profile.clone())), Some(others))
            }
        };
        own.into_iter().chain(database.into_iter().flatten())
    }

    /// Connects to this client's door of a daemon, whose socket for agents is `agents`; `None` if no
    /// process listens there.
    ///
    /// # Errors
    /// As [`connect`].
    async fn enter(&self, agents: &Path) -> Result<Option<Stream>, ConnectError> {
        match (&self.door, connect(&self.door.beside(agents)).await?) {
            // Where only the socket for agents is mounted, and with a daemon of another release, the
            // socket for agents answers what it may, or says why not.
            (Door::Persons, None) => connect(agents).await,
            (Door::Persons | Door::Agents | Door::Instance(_), connected) => Ok(connected),
        }
    }

    /// Connects to the daemon of a profile: at the recorded socket, or where a service manager
    /// may listen.
    ///
    /// # Errors
    /// [`ConnectError::NotRunning`] or [`ConnectError::Stopping`], or the first other error if no socket
    /// leads to the daemon.
    async fn find(&self) -> Result<Stream, ConnectError> {
        let mut refused = None;
        for socket in self.candidates() {
            match self.enter(&socket).await {
                Ok(Some(stream)) => return Ok(stream),
                Ok(None) => {}
                Err(error) => {
                    refused.get_or_insert(error);
                }
            }
        }
        Err(refused.unwrap_or_else(|| match self.stopping() {
            Some(pid) => ConnectError::Stopping { pid },
            None => ConnectError::NotRunning {
                socket: self.socket(),
            },
        }))
    }

    /// Returns the sockets for agents at which the daemon of a profile may listen.
    fn candidates(&self) -> impl Iterator<Item = PathBuf> {
        let told = match &self.subject {
            Subject::Profile(_) => None,
            Subject::Account(_, told) => told.take(),
        };
        let records = self.locks().filter_map(|lock| read_record(&lock));
        let managed = self.all_places().flat_map(|(places, profile)| {
            places.runtime().into_iter().filter_map(move |dir| {
                let endpoint = Endpoint::in_dir(&dir, places.state(), &profile);
                endpoint.ok().map(|endpoint| endpoint.socket())
            })
        });
        told.into_iter()
            .chain(records.map(|record| record.socket))
            .chain(managed)
    }
}

/// Returns whether a daemon of the profile has run in these places. It leaves its lock file.
fn has_state(places: &Places, profile: &Profile) -> bool {
    lock_file(places.state(), profile).exists()
}

/// Connects to a socket; `None` if no process listens there.
///
/// # Errors
/// [`ConnectError::OtherUser`] or [`ConnectError::Failed`].
async fn connect(socket: &Path) -> Result<Option<Stream>, ConnectError> {
    let name = socket.to_fs_name::<GenericFilePath>();
    let stream = match Stream::connect(name.map_err(ConnectError::Failed)?).await {
        Ok(stream) => stream,
        Err(error) => {
            return match error.kind() {
                io::ErrorKind::NotFound
                | io::ErrorKind::ConnectionRefused
                | io::ErrorKind::NotADirectory => Ok(None),
                _ => Err(ConnectError::Failed(error)),
            };
        }
    };
    // The check precedes the first byte, which may be part of a password.
    match os::peer(&stream).map_err(ConnectError::Failed)? {
        peer if peer.is_own_user => Ok(Some(stream)),
        _ => Err(ConnectError::OtherUser {
            socket: socket.to_owned(),
        }),
    }
}

impl Dial for Local {
    async fn dial(&self) -> Result<Streams, ConnectError> {
        let stream = match &self.place {
            Place::Profile { .. } => self.find().await?,
            Place::Socket(socket) => {
                connect(socket)
                    .await?
                    .ok_or_else(|| ConnectError::NoSocket {
                        socket: socket.clone(),
                    })?
            }
        };
        let socket = os::quiet(stream).map_err(ConnectError::Failed)?;
        let (reader, writer) = tokio::io::split(socket);
        Ok(Streams {
            reader: Box::new(reader),
            writer: Box::new(writer),
        })
    }

    fn start(&self) -> Result<Option<Starting>, ConnectError> {
        let Place::Profile {
            profile, places, ..
        } = &self.place
        else {
            return Ok(None);
        };
        if !may_start(self.start, places, profile)? {
            return Ok(None);
        }
        // A started daemon runs in the places of the user database, where this client does not look.
        if has_state(places, profile) && places.of_other_home().is_some() {
            return Err(ConnectError::OtherHome {
                home: places.home().to_owned(),
                lock: lock_file(places.state(), profile),
            });
        }
        let launch = Launch {
            executable: &self.executable,
            home: places.given_home(),
            subject: &self.subject,
        };
        start(&launch).map(Some)
    }

    fn is_held(&self) -> bool {
        // Machines may share a home directory. A daemon that starts has not written its record.
        let is_here =
            |lock: &Path| read_record(lock).is_none_or(|record| record.host == host_name());
        self.start != AutoStart::Never && self.locks().any(|lock| is_held(&lock) && is_here(&lock))
    }

    fn runs(&self) -> bool {
        self.locks().any(|lock| is_held(&lock))
    }
}
