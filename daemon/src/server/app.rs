//! The running daemon: owns its parts. [`super::dispatch`] passes each call to one of them.

use crate::{
    audit::Audit,
    config::{ActivePolicy, Config},
    mail::MailService,
    server::{ipc::Clients, logging::Log},
};
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use tai_auth::{
    bridge::{
        HttpBridge,
        transport::{Network, Transport},
    },
    credentials::CredentialOrigin,
    session::Session,
};
use tai_proto::{
    endpoint::Endpoint,
    names::{Instance, Profile},
    places::Places,
};
use tokio_util::sync::CancellationToken;

/// The running daemon.
pub(crate) struct App<T = Network> {
    pub(crate) facts: Facts,
    pub(crate) policy: Arc<ActivePolicy>,
    pub(crate) bridge: Arc<HttpBridge<T>>,
    pub(crate) session: Session,
    pub(crate) mail: MailService<HttpBridge<T>>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) audit: Audit,
    /// Cancelled when the daemon begins to drain.
    pub(crate) stop: CancellationToken,
}

/// Values that do not change while the daemon runs.
pub(crate) struct Facts {
    pub(crate) config: Config,
    pub(crate) profile: Profile,
    /// Directories of the user.
    pub(crate) places: Places,
    /// Default instance of clients.
    pub(crate) instance: Option<Instance>,
    /// Description of the configured credential source; `None` for the keyring.
    pub(crate) configured_source: Option<String>,
    pub(crate) endpoint: Endpoint,
    pub(crate) log: Arc<Log>,
    pub(crate) started_at: SystemTime,
    pub(crate) started: Instant,
    /// The idle timeout of an auto-started daemon.
    pub(crate) idle_exit: Option<Duration>,
}

impl<T: Transport> App<T> {
    /// Returns whether a successor of this daemon can get the password from the same source.
    pub(crate) fn successor_can_sign_in(&self) -> bool {
        match self.session.snapshot().origin {
            // Clients offer their password again, and a successor re-reads the other sources.
            None | Some(CredentialOrigin::Client) => true,
            Some(
                CredentialOrigin::Person | CredentialOrigin::Variable(_) | CredentialOrigin::Caller,
            ) => false,
        }
    }
}
