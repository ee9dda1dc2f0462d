//! The parts of the running daemon in one place. [`super::dispatch`] gives each call to the
//! part that does it.

use crate::{
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
};
use tokio_util::sync::CancellationToken;

/// The running daemon.
pub(crate) struct App<T = Network> {
    pub(crate) facts: Facts,
    pub(crate) policy: ActivePolicy,
    pub(crate) bridge: Arc<HttpBridge<T>>,
    pub(crate) session: Session,
    pub(crate) mail: MailService<HttpBridge<T>>,
    pub(crate) clients: Arc<Clients>,
    /// Cancelled when the daemon drains.
    pub(crate) stop: CancellationToken,
}

/// What is fixed from the daemon's start to its end.
pub(crate) struct Facts {
    pub(crate) config: Config,
    pub(crate) profile: Profile,
    /// The instance of clients that name none.
    pub(crate) instance: Option<Instance>,
    /// The configured credential source, in words; the keyring does not count.
    pub(crate) configured_source: Option<String>,
    pub(crate) endpoint: Endpoint,
    pub(crate) log: Arc<Log>,
    pub(crate) started_at: SystemTime,
    pub(crate) started: Instant,
    /// The idle timeout of an auto-started daemon.
    pub(crate) idle_exit: Option<Duration>,
}

impl<T: Transport> App<T> {
    /// Whether a successor of this daemon gets the password from where this one got it.
    pub(crate) fn successor_can_sign_in(&self) -> bool {
        match self.session.snapshot().origin {
            // Clients offer their password again; other sources are asked again.
            None | Some(CredentialOrigin::Client) => true,
            Some(
                CredentialOrigin::Person | CredentialOrigin::Variable(_) | CredentialOrigin::Caller,
            ) => false,
        }
    }
}
