//! The client of taid for this process, and the error for an invalid configuration.

use crate::settings::Settings;
use tai_client::{
    Client, ClientOptions, ConnectError, Dial, Endings, Local, Starting, Streams, installed_taid,
};
use tai_proto::{Fault, FaultCode, Hint, message::Role, names::Profile, places::Places};

/// This program's name and version in the handshake.
const SOFTWARE: &str = concat!("tai-mcp ", env!("CARGO_PKG_VERSION"));

/// Client of taid.
pub(crate) type Taid = Client<Daemon>;

/// The daemon that calls go to.
#[derive(Debug)]
pub(crate) enum Daemon {
    /// The user's daemon.
    Local(Local),
    /// The configuration is invalid. Every call returns this fault, because MCP clients hide
    /// the errors of a server that does not start.
    Misconfigured(Fault),
}

impl Dial for Daemon {
    async fn dial(&self) -> Result<Streams, ConnectError> {
        match self {
            Daemon::Local(local) => local.dial().await,
            Daemon::Misconfigured(fault) => Err(ConnectError::Misconfigured(fault.clone())),
        }
    }

    fn start(&self) -> Result<Option<Starting>, ConnectError> {
        match self {
            Daemon::Local(local) => local.start(),
            Daemon::Misconfigured(_) => Ok(None),
        }
    }
}

/// Returns the client of the daemon that the settings name, and the reporter of lease ends.
pub(crate) fn client(settings: &Settings) -> (Taid, Endings<Daemon>) {
    let local = match &settings.problem {
        Some(fault) => Err(fault.clone()),
        None => local(settings),
    };
    let options = ClientOptions {
        software: SOFTWARE.to_owned(),
        role: Role::Agent {
            instance: settings.instance.clone(),
        },
        profile: match &settings.problem {
            Some(_) => Profile::default(),
            None => settings.profile.clone(),
        },
        socket: local.as_ref().map(Local::socket).unwrap_or_default(),
        account: settings.account.clone(),
    };
    Client::new(
        local.map_or_else(Daemon::Misconfigured, Daemon::Local),
        options,
    )
}

/// Returns the daemon on this machine.
fn local(settings: &Settings) -> Result<Local, Fault> {
    if let Some(socket) = &settings.socket {
        return Ok(Local::at_socket(socket.clone()));
    }
    let failed = |error: &dyn std::fmt::Display| {
        Fault::new(FaultCode::Unreachable, "cannot find taid's socket")
            .because(error.to_string())
            .hint(Hint::user(
                "set HOME for this MCP client to a directory with a shorter path",
            ))
    };
    let places = match &settings.home {
        Some(home) => Places::at(home),
        None => Places::of_environment().map_err(|error| failed(&error))?,
    };
    Local::of_profile(
        &places,
        &settings.profile,
        settings.autostart,
        installed_taid(),
    )
    .map_err(|error| failed(&error))
}
