//! The other side of the socket, for commands and `taid doctor`: one call at a time.

use crate::os;
use interprocess::local_socket::{
    GenericFilePath, ToFsName as _,
    tokio::Stream,
    traits::{StreamCommon as _, tokio::Stream as _},
};
use std::{
    fs::File,
    io::{self, Read as _},
    process::{Command, Stdio},
    time::Duration,
};
use tai_proto::{
    Answer, Call, Fault, FromDaemon, ToDaemon,
    call::Request,
    endpoint::{Endpoint, EndpointError},
    frame::{Decoder, FrameError, MAX_FRAME, encode},
    hello::{Hello, MAX_HELLO, Welcome},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::{Instant, sleep, timeout_at},
};

/// How long a daemon that was started is waited for, and how often it is tried.
const START: Duration = Duration::from_secs(10);
const RETRY_EVERY: Duration = Duration::from_millis(10);

const SOFTWARE: &str = concat!("taid ", env!("CARGO_PKG_VERSION"));

/// Why the daemon could not be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    #[error(transparent)]
    Endpoint(EndpointError),
    #[error("taid is not running")]
    NotRunning { socket: String },
    #[error("taid was started and did not stay")]
    NotStarted { said: String },
    #[error("the daemon runs as another user")]
    OtherUser,
    #[error("the daemon speaks another protocol version")]
    Version { theirs: Welcome },
    #[error("the connection to the daemon failed")]
    Io(#[from] io::Error),
    #[error("the daemon does not speak the protocol")]
    Frame(#[from] FrameError),
    #[error("the daemon gave an answer to another question")]
    Confused,
    #[error("the daemon does not answer in time")]
    Deadline,
    #[error("{}", .0.what)]
    Fault(Fault),
}

fn may_start() -> bool {
    std::env::var("TAI_MCP_AUTOSTART").map_or(true, |value| value != "0")
}

/// A connection whose handshake is done.
pub(crate) struct Client {
    stream: Stream,
    decoder: Decoder,
    endpoint: Endpoint,
    welcome: Welcome,
}

impl Client {
    /// Connects to the daemon of `profile`.
    pub(crate) async fn of_profile(profile: &str, deadline: Instant) -> Result<Self, ClientError> {
        let endpoint = Endpoint::of_profile(profile).map_err(ClientError::Endpoint)?;
        Self::connect(endpoint, deadline).await
    }

    /// Connects to the daemon of `profile`, which is started in the background where none
    /// runs, unless `TAI_MCP_AUTOSTART` is 0.
    pub(crate) async fn of_started(profile: &str) -> Result<Self, ClientError> {
        let deadline = Instant::now() + START;
        match Self::of_profile(profile, deadline).await {
            Err(ClientError::NotRunning { .. }) if may_start() => {}
            connected => return connected,
        }
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["run", "--by-client", "--profile", profile])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        // Whatever directory this is in, it can be removed.
        if cfg!(unix) {
            command.current_dir("/");
        }
        let mut child = command.spawn()?;
        loop {
            let ended = child.try_wait()?.is_some();
            match Self::of_profile(profile, deadline).await {
                // It says why on its standard error, in our own words.
                Err(ClientError::NotRunning { .. }) if ended => {
                    let mut said = String::new();
                    if let Some(mut errors) = child.stderr.take() {
                        errors.read_to_string(&mut said)?;
                    }
                    return Err(ClientError::NotStarted { said });
                }
                Err(ClientError::NotRunning { .. }) if Instant::now() < deadline => {
                    sleep(RETRY_EVERY).await;
                }
                connected => return connected,
            }
        }
    }

    pub(crate) async fn connect(
        endpoint: Endpoint,
        deadline: Instant,
    ) -> Result<Self, ClientError> {
        timeout_at(deadline, Self::shake_hands(endpoint))
            .await
            .map_err(|_| ClientError::Deadline)?
    }

    async fn shake_hands(endpoint: Endpoint) -> Result<Self, ClientError> {
        let path = endpoint.socket();
        let name = path.as_path().to_fs_name::<GenericFilePath>()?;
        let stream = Stream::connect(name)
            .await
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                    ClientError::NotRunning {
                        socket: path.display().to_string(),
                    }
                }
                _ => ClientError::Io(error),
            })?;
        if !os::is_own(&stream.peer_creds()?) {
            return Err(ClientError::OtherUser);
        }
        let mut client = Self {
            stream,
            decoder: Decoder::new(MAX_HELLO),
            endpoint,
            welcome: Welcome::answering(&Hello::new(SOFTWARE), ""),
        };
        client.write(&Hello::new(SOFTWARE)).await?;
        client.welcome = client.read().await?;
        if client.welcome.chosen == 0 {
            let theirs = client.welcome;
            return Err(ClientError::Version { theirs });
        }
        client.decoder.set_max(MAX_FRAME);
        Ok(client)
    }

    pub(crate) async fn call(
        &mut self,
        call: Call,
        deadline: Instant,
    ) -> Result<Answer, ClientError> {
        if call.since() > self.welcome.chosen {
            let theirs = self.welcome.clone();
            return Err(ClientError::Version { theirs });
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let deadline_ms = u32::try_from(left.as_millis()).unwrap_or(u32::MAX);
        let exchange = async {
            self.write(&ToDaemon::Request(Request {
                id: 1,
                deadline_ms,
                call,
            }))
            .await?;
            match self.read().await? {
                FromDaemon::Answer { result, .. } => result.map_err(ClientError::Fault),
                // Nothing here asks for it.
                FromDaemon::Progress { .. } => Err(ClientError::Confused),
            }
        };
        timeout_at(deadline, exchange)
            .await
            .map_err(|_| ClientError::Deadline)?
    }

    /// Waits until the daemon has given its lock up, which is the last thing it does.
    pub(crate) async fn until_gone(self, deadline: Instant) -> Result<(), ClientError> {
        let lock = self.endpoint.lock();
        drop(self.stream);
        while Instant::now() < deadline {
            match File::open(&lock) {
                Ok(file) if file.try_lock_shared().is_ok() => return Ok(()),
                Ok(_) => sleep(RETRY_EVERY).await,
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(ClientError::Deadline)
    }

    async fn write<T: serde::Serialize>(&mut self, frame: &T) -> Result<(), ClientError> {
        let mut bytes = Vec::new();
        encode(frame, &mut bytes)?;
        Ok(self.stream.write_all(&bytes).await?)
    }

    async fn read<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, ClientError> {
        loop {
            if let Some(frame) = self.decoder.next_frame()? {
                return Ok(frame);
            }
            if self.stream.read_buf(self.decoder.space()).await? == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
        }
    }
}
