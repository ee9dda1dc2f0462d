//! Client of the daemon for the commands. It uses no other module of the command line.

use std::{path::PathBuf, time::Duration};
use tai_client::{CallContext, Client, ClientOptions, Local};
use tai_proto::{
    Fault, FaultCode, Hint, Method,
    call::GetStatus,
    endpoint::{Endpoint, EndpointError},
    message::{Identity, Role},
    names::Profile,
    status::Status,
    variables,
};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// Time limit of a call that the daemon answers from memory.
pub(super) const SHORT: Duration = Duration::from_secs(5);
/// Time limit of a call that waits for the bridge, for a keyring, or for the daemon's start.
pub(super) const LONG: Duration = Duration::from_secs(50);

/// The daemon of a profile.
pub(super) struct Daemon {
    client: Client<Local>,
    local: Local,
}

impl Daemon {
    /// Returns the daemon of `profile`. No call starts it.
    ///
    /// # Errors
    /// The socket's path cannot be determined.
    pub(super) fn running(profile: &Profile) -> Result<Self, Fault> {
        Self::new(profile, None)
    }

    /// Returns the daemon of `profile`. The first call starts it if it does not run, unless
    /// `TAI_MCP_AUTOSTART` is 0.
    ///
    /// # Errors
    /// The socket's path or this executable's path cannot be determined.
    pub(super) fn started(profile: &Profile) -> Result<Self, Fault> {
        let may_start = std::env::var(variables::AUTOSTART).map_or(true, |value| value != "0");
        let executable = may_start.then(std::env::current_exe);
        let executable = executable.transpose().map_err(|error| {
            Fault::new(FaultCode::Internal, "cannot find the path of taid")
                .because(error.to_string())
        })?;
        Self::new(profile, executable)
    }

    fn new(profile: &Profile, executable: Option<PathBuf>) -> Result<Self, Fault> {
        let local = Local::new(profile, executable).map_err(|error| {
            Fault::new(FaultCode::Unreachable, "cannot find taid's socket")
                .because(error.to_string())
                .hint(Hint::user(
                    "set HOME, or XDG_RUNTIME_DIR to a directory of your own with a short path",
                ))
        })?;
        let local = local.for_persons();
        let options = ClientOptions {
            software: concat!("taid ", env!("CARGO_PKG_VERSION")).to_owned(),
            role: Role::Person,
            profile: profile.clone(),
            socket: local.endpoint().socket(),
            account: None,
        };
        // Commands take no leases, so there are no lease reports to send.
        let (client, _) = Client::new(local.clone(), options);
        Ok(Self { client, local })
    }

    /// Makes a call and waits up to `limit` for its answer.
    ///
    /// # Errors
    /// The daemon's fault, a connection failure, or [`FaultCode::DeadlinePassed`].
    pub(super) async fn call<M: Method>(
        &self,
        method: M,
        limit: Duration,
    ) -> Result<M::Answer, Fault> {
        let (identity, cancelled) = (Identity::default(), CancellationToken::new());
        let context = CallContext {
            identity: &identity,
            progress: None,
            cancelled: &cancelled,
        };
        let call = self.client.call(method, context);
        timeout(limit, call)
            .await
            .unwrap_or_else(|_| Err(self.silent()))
    }

    /// Returns the daemon's status.
    pub(super) async fn status(&self) -> Result<Status, Fault> {
        let json = self.call(GetStatus, SHORT).await?;
        serde_json::from_str(&json).map_err(|error| {
            Fault::new(FaultCode::Internal, "cannot read taid's status")
                .because(error.to_string())
                .hint(Hint::reader(
                    "install taid and this program from one release, and restart both",
                ))
        })
    }

    /// Waits up to `limit` until the daemon has exited.
    pub(super) async fn until_gone(&self, limit: Duration) -> Result<(), Fault> {
        let gone = self.local.until_gone(Instant::now() + limit);
        gone.await.map_err(|error| {
            self.silent()
                .because(format!("taid still holds its lock: {error}"))
        })
    }

    fn silent(&self) -> Fault {
        let lock = self.local.endpoint().lock();
        let pid = std::fs::read_to_string(lock).unwrap_or_default();
        let pid = pid.trim();
        Fault::new(
            FaultCode::DeadlinePassed,
            format!("taid (pid {pid}) does not answer"),
        )
        .hint(Hint::reader(format!(
            "stop it with `kill {pid}` and start it again; `taid logs` shows its log"
        )))
    }
}

/// Returns the profiles that have a socket, sorted by name.
///
/// # Errors
/// The directory of the sockets cannot be determined.
pub(super) fn profiles() -> Result<Vec<Profile>, EndpointError> {
    let endpoint = Endpoint::of_profile(&Profile::default())?;
    let mut names: Vec<Profile> = std::fs::read_dir(endpoint.dir())
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Profile::new(name.strip_suffix(".sock")?).ok()
        })
        .collect();
    names.sort();
    Ok(names)
}
