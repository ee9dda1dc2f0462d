//! The store of the leases that several machines share: PostgreSQL, with the feature `shared-leases`.
//! Without the feature, the configuration refuses the keys of the store.

#[cfg(feature = "shared-leases")]
mod connection;
#[cfg(feature = "shared-leases")]
mod postgres;
mod server;
#[cfg(feature = "shared-leases")]
mod statements;

use crate::{
    config::Config,
    mail::{SharedLeases, store::LeaseStore},
};
use server::Server;
use std::time::Duration;
use tai_auth::base_url::Origin;

/// Returns the store that the configuration names. The server is not asked yet.
pub(super) fn of(config: &Config) -> Option<SharedLeases> {
    let settings = &config.settings;
    let server = Server {
        url: settings.shared_leases.clone()?,
        password_command: settings.shared_leases_password_command.clone(),
        ca_file: settings.ca_file.clone(),
    };
    let (bridge, ttl) = (settings.api_base_url.origin(), settings.shared_leases_ttl);
    let store = open(server, bridge, ttl)?;
    Some(SharedLeases { store, ttl })
}

#[cfg(feature = "shared-leases")]
fn open(server: Server, bridge: Origin, ttl: Duration) -> Option<Box<dyn LeaseStore>> {
    Some(Box::new(postgres::Postgres::new(server, bridge, ttl)))
}

#[cfg(not(feature = "shared-leases"))]
fn open(_: Server, _: Origin, _: Duration) -> Option<Box<dyn LeaseStore>> {
    None
}
