//! The client of taid for this process, and the error for an invalid configuration.

use crate::settings::{Settings, TaidChoice};
use std::{fmt::Display, path::PathBuf};
use tai_client::{
    Account, Client, ClientOptions, ConnectError, Dial, Endings, Local, Starting, Streams,
    installed_taid,
};
use tai_proto::{
    Fault, FaultCode, Hint,
    message::Role,
    names::Profile,
    places::{NoHome, Places},
};

/// This program's name and version in the handshake.
const SOFTWARE: &str = concat!("tai-mcp ", env!("CARGO_PKG_VERSION"));

/// Client of taid.
pub(crate) type Taid = Client<Daemon>;

/// Opens byte streams to the daemon of an embedding program; `None` while none runs.
pub type Opener = Box<dyn Fn() -> Option<Streams> + Send + Sync>;

/// A daemon that calls go to.
pub(crate) enum Daemon {
    /// A daemon of the user.
    Local(Box<Local>),
    /// The daemon of an embedding program, which starts it.
    Embedded(Opener),
    /// The configuration is invalid. Every call returns this fault, because MCP clients hide
    /// the errors of a server that does not start.
    Misconfigured(Fault),
}

impl Dial for Daemon {
    async fn dial(&self) -> Result<Streams, ConnectError> {
        match self {
            Daemon::Local(local) => local.dial().await,
            Daemon::Embedded(open) => open().ok_or_else(|| ConnectError::NotRunning {
                socket: PathBuf::new(),
            }),
            Daemon::Misconfigured(fault) => Err(ConnectError::Misconfigured(fault.clone())),
        }
    }

    fn start(&self) -> Result<Option<Starting>, ConnectError> {
        match self {
            Daemon::Local(local) => local.start(),
            Daemon::Embedded(_) => Ok(Some(Starting::in_process())),
            Daemon::Misconfigured(_) => Ok(None),
        }
    }

    fn is_held(&self) -> bool {
        match self {
            Daemon::Local(local) => local.is_held(),
            Daemon::Embedded(_) | Daemon::Misconfigured(_) => false,
        }
    }

    fn runs(&self) -> bool {
        match self {
            Daemon::Local(local) => local.runs(),
            // A connection makes no service manager start it.
            Daemon::Embedded(_) => true,
            Daemon::Misconfigured(_) => false,
        }
    }
}

/// Returns the client of the daemon that the settings name, and the reporter of lease ends.
pub(crate) fn client(settings: &Settings) -> (Taid, Endings<Daemon>) {
    let daemons = match &settings.problem {
        Some(fault) => Err(fault.clone()),
        None => daemons(settings),
    };
    let socket = daemons.as_ref().map(|(local, _)| local.socket());
    let options = options(settings, socket.unwrap_or_default());
    match daemons {
        Ok((local, own)) => {
            let own = own.into_iter().map(|own| Daemon::Local(Box::new(own)));
            Client::with_own(Daemon::Local(Box::new(local)), own.collect(), options)
        }
        Err(fault) => Client::new(Daemon::Misconfigured(fault), options),
    }
}

/// Returns the client of an embedding program's daemon, and the reporter of lease ends.
pub(crate) fn over(open: Opener, settings: &Settings) -> (Taid, Endings<Daemon>) {
    Client::new(
        Daemon::Embedded(open),
        options(settings, PathBuf::default()),
    )
}

fn options(settings: &Settings, socket: PathBuf) -> ClientOptions {
    ClientOptions {
        software: SOFTWARE.to_owned(),
        role: Role::Agent {
            instance: settings.instance.clone(),
        },
        profile: match &settings.target {
            TaidChoice::Profile(profile) => profile.clone(),
            TaidChoice::Any | TaidChoice::Socket(_) => Profile::default(),
        },
        socket,
        account: settings.account.clone(),
        bridge: settings.bridge.clone(),
    }
}

/// Returns the daemon of the settings, and the account's own ones if this client may use them.
fn daemons(settings: &Settings) -> Result<(Local, Vec<Local>), Fault> {
    let profile = match &settings.target {
        TaidChoice::Socket(socket) => return Ok((Local::at_socket(socket.clone()), Vec::new())),
        TaidChoice::Profile(profile) => profile.clone(),
        TaidChoice::Any => Profile::default(),
    };
    let places = match &settings.home {
        Some(home) => Places::at(home),
        None => Places::of_environment().map_err(no_home)?,
    };
    let start = settings.autostart;
    let local = Local::of_profile(&places, &profile, start, installed_taid()).map_err(no_socket)?;
    let account = match (&settings.target, &settings.account) {
        (TaidChoice::Any, Some((username, _))) => Account {
            username: username.clone(),
            bridge: settings.bridge.clone(),
            variables: settings.of_account.clone(),
        },
        (TaidChoice::Any | TaidChoice::Profile(_) | TaidChoice::Socket(_), _) => {
            return Ok((local, Vec::new()));
        }
    };
    let own = Local::of_account(&places, account, start, installed_taid()).map_err(no_socket)?;
    Ok((local, own))
}

fn no_home(error: NoHome) -> Fault {
    Fault::new(FaultCode::Unreachable, "cannot find taid's socket")
        .because(error.to_string())
        .hint(Hint::user("set HOME for this MCP client"))
}

fn no_socket(error: impl Display) -> Fault {
    Fault::new(FaultCode::Unreachable, "cannot find taid's socket")
        .because(error.to_string())
        .hint(Hint::user(
            "set HOME for this MCP client to a directory with a shorter path",
        ))
}
