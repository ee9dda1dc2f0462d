//! Client of the daemon for the commands. It uses no other module of the command line.

use super::target::Target;
use crate::server::run_error::SHORTER_PATH;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tai_client::{
    AutoStart, CALL_TIMEOUT, CallContext, Client, ClientOptions, ConnectError, Local,
};
use tai_proto::{
    Audience, Fault, FaultCode, Hint, Method,
    call::{GetInfo, GetStatus},
    command::command,
    message::{Identity, Role},
    names::Profile,
    places::Places,
    status::Status,
    variables,
};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// Time limit of a call that the daemon answers from memory.
pub(super) const SHORT: Duration = Duration::from_secs(5);
/// Time limit of a call that waits for the bridge, for a keyring, or for the daemon's start. The
/// daemon and the client answer before it.
pub(super) const LONG: Duration = Duration::from_secs(CALL_TIMEOUT.as_secs() + 1);

/// The daemon of a target.
pub(super) struct Daemon {
    client: Client<Local>,
    local: Local,
    /// Profile of the daemon, unless the user names its socket.
    profile: Option<Profile>,
}

impl Daemon {
    /// Returns the daemon of `target`. No call starts it.
    ///
    /// # Errors
    /// The socket's path cannot be determined.
    pub(super) fn running(target: &Target) -> Result<Self, Fault> {
        Self::new(target, AutoStart::Never, PathBuf::new())
    }

    /// Returns the daemon of `target`. The first call starts it if it does not run, unless
    /// `TAI_MCP_AUTOSTART` is off.
    ///
    /// # Errors
    /// The socket's path or this executable's path cannot be determined.
    pub(super) fn started(target: &Target) -> Result<Self, Fault> {
        let start = auto_start()?;
        let executable = std::env::current_exe().map_err(|error| {
            Fault::new(FaultCode::Internal, "cannot find the path of taid")
                .because(error.to_string())
                .hint(Hint::user("check that /proc is mounted"))
        })?;
        Self::new(target, start, executable)
    }

    fn new(target: &Target, start: AutoStart, executable: PathBuf) -> Result<Self, Fault> {
        let profile = &target.profile;
        let local = match &target.socket {
            Some(socket) => Ok(Local::at_socket(socket.clone())),
            None => Local::of_profile(&target.places, profile, start, executable),
        };
        let local = local.map_err(|error| {
            Fault::new(FaultCode::Unreachable, "cannot find taid's socket")
                .because(error.to_string())
                .hint(Hint::user(SHORTER_PATH))
        })?;
        let local = local.for_persons();
        let options = ClientOptions {
            software: concat!("taid ", env!("CARGO_PKG_VERSION")).to_owned(),
            role: Role::Person,
            profile: profile.clone(),
            socket: local.socket(),
            account: None,
            bridge: None,
        };
        // A lease of `taid read` ends with `FinishMail` or with the connection, so there are no lease
        // reports to send.
        let (client, _) = Client::new(local.clone(), options);
        Ok(Self {
            client,
            local,
            profile: target.socket.is_none().then(|| profile.clone()),
        })
    }

    /// Returns the path of the socket.
    pub(super) fn socket(&self) -> PathBuf {
        self.local.socket()
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
        let answered = match self.answered(method, limit).await {
            // A daemon that answers only this call late is left alone.
            Some(Err(fault))
                if fault.code == FaultCode::DeadlinePassed
                    && self.answered(GetInfo, SHORT).await.is_none() =>
            {
                Err(self.silent())
            }
            Some(answered) => answered,
            None => Err(self.silent()),
        };
        answered.map_err(|fault| self.startable(fault))
    }

    /// Makes a call; `None` if it has no answer within `limit`.
    async fn answered<M: Method>(
        &self,
        method: M,
        limit: Duration,
    ) -> Option<Result<M::Answer, Fault>> {
        let (identity, cancelled) = (Identity::default(), CancellationToken::new());
        let context = CallContext {
            identity: &identity,
            progress: None,
            cancelled: &cancelled,
        };
        timeout(limit, self.client.call(method, context)).await.ok()
    }

    /// Corrects the hint of a daemon that does not run, where no command may start it.
    fn startable(&self, fault: Fault) -> Fault {
        let Some(profile) = &self.profile else {
            return fault;
        };
        match without_auto_start(profile) {
            // Other reasons have hints of their own.
            Some(hint) if fault.hint == not_running(profile).hint => fault.hint(Hint::user(hint)),
            Some(_) | None => fault,
        }
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

    /// Returns whether the daemon's exit can be seen. Of a socket that the user names, no lock is
    /// known.
    pub(super) fn has_lock(&self) -> bool {
        self.profile.is_some()
    }

    /// Returns the process id of a daemon that completes its calls and does not listen any more.
    pub(super) fn stopping(&self) -> Option<u32> {
        self.local.stopping()
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
        if let Some(profile) = self.profile.as_ref().filter(|_| !self.local.is_running()) {
            let socket = self.local.socket();
            return ConnectError::NotRunning { socket }.fault(profile);
        }
        let pid = self.local.record().map(|(record, _)| record.pid);
        silent_at(pid, &self.local.socket())
    }
}

/// Returns the fault of a daemon that does not answer: by its process id, if its record has one.
fn silent_at(pid: Option<u32>, socket: &Path) -> Fault {
    let (which, hint) = match pid {
        Some(pid) => (
            format!("taid (pid {pid})"),
            format!(
                "wake it with `kill -CONT {pid}` if it is suspended, else stop it with `kill {pid}` and start it \
                 again; `taid logs` shows its log"
            ),
        ),
        None => (
            format!("the taid at {}", socket.display()),
            "restart it where it runs".to_owned(),
        ),
    };
    Fault::new(
        FaultCode::DeadlinePassed,
        format!("{which} does not answer"),
    )
    .hint(Hint::reader(hint))
}

/// Returns the profiles that have a lock file in a state directory of the user, sorted by name: of
/// this environment, and of the user database's home, where clients start daemons.
pub(super) fn profiles(places: &Places) -> Vec<Profile> {
    let other = places.of_other_home();
    let states = [Some(places.state()), other.as_ref().map(Places::state)];
    let mut names: Vec<Profile> = states
        .into_iter()
        .flatten()
        .filter_map(|state| std::fs::read_dir(state).ok())
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Profile::new(name.strip_suffix(".lock")?).ok()
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Returns how a person starts the daemon of `profile`.
pub(super) fn hint_to_start(profile: &Profile) -> String {
    let general = || not_running(profile).hint.render(Audience::Person);
    without_auto_start(profile).unwrap_or_else(general)
}

/// Returns the fault of a daemon that does not run, without its socket.
fn not_running(profile: &Profile) -> Fault {
    let socket = PathBuf::new();
    ConnectError::NotRunning { socket }.fault(profile)
}

/// Returns how a person starts the daemon of `profile` where `TAI_MCP_AUTOSTART` is off; `None` where any
/// command may start it.
pub(super) fn without_auto_start(profile: &Profile) -> Option<String> {
    match auto_start() {
        Ok(AutoStart::Never) => Some(format!(
            "TAI_MCP_AUTOSTART is off here, so no command starts taid; run `{}` in another terminal, or unset \
             the variable",
            command(profile, "run")
        )),
        Ok(AutoStart::OutsideSandbox | AutoStart::Anywhere) | Err(_) => None,
    }
}

/// Returns the permission of `TAI_MCP_AUTOSTART`.
///
/// # Errors
/// The value is not valid.
fn auto_start() -> Result<AutoStart, Fault> {
    let value = variables::read(variables::AUTOSTART).map_err(|rule| rule.to_string());
    let parsed = value.and_then(|value| AutoStart::parse(value.as_deref()));
    parsed.map_err(|rule| {
        Fault::new(
            FaultCode::BadRequest,
            "the variable TAI_MCP_AUTOSTART is not valid",
        )
        .because(rule)
        .hint(Hint::user("set it to 0 or 1, or unset it"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_daemon_is_named_by_what_is_known_of_it() {
        let words = |pid| silent_at(pid, Path::new("/run/tai.sock")).render(Audience::Person);
        insta::assert_snapshot!(words(Some(7)), @"
        error: taid (pid 7) does not answer
        hint: wake it with `kill -CONT 7` if it is suspended, else stop it with `kill 7` and start it again; `taid logs` shows its log
        ");
        insta::assert_snapshot!(words(None), @"
        error: the taid at /run/tai.sock does not answer
        hint: restart it where it runs
        ");
    }
}
