//! The daemon as this process reaches it, and the error for a configuration that cannot be
//! used.

use crate::settings::Settings;
use tai_client::{
    Client, ClientOptions, ConnectError, Dial, Endings, Local, Starting, Streams, installed_taid,
};
use tai_proto::{Fault, FaultCode, Hint, message::Role, names::Profile};

/// The greeting to the daemon.
const SOFTWARE: &str = concat!("tai-mcp ", env!("CARGO_PKG_VERSION"));

/// A client of taid.
pub(crate) type Taid = Client<Daemon>;

/// The way to the daemon.
#[derive(Debug)]
pub(crate) enum Daemon {
    /// The user's own daemon.
    Local(Local),
    /// The client's configuration cannot be used. Every call fails with this, where the person
    /// can see it; MCP clients hide a server that does not start.
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

/// Returns the client of the daemon that the settings name, and the reporter of its leases.
pub(crate) fn client(settings: &Settings) -> (Taid, Endings<Daemon>) {
    let executable = settings.autostart.then(installed_taid);
    let local = match &settings.problem {
        Some(fault) => Err(fault.clone()),
        None => Local::new(&settings.profile, executable).map_err(|error| {
            Fault::new(FaultCode::Unreachable, "cannot find taid's socket")
                .because(error.to_string())
                .hint(Hint::user(
                    "set XDG_RUNTIME_DIR to a directory of their own with a short path, for this \
                     MCP client and for taid",
                ))
        }),
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
        socket: local
            .as_ref()
            .map(|local| local.endpoint().socket())
            .unwrap_or_default(),
        account: settings.account.clone(),
    };
    Client::new(
        local.map_or_else(Daemon::Misconfigured, Daemon::Local),
        options,
    )
}
