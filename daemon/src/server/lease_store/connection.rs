//! Connections to the server of the shared leases. A connection over a network is encrypted, and the
//! server's certificate is checked.

use super::server::Server;
use crate::mail::store::StoreError;
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret as _;
use std::{error::Error as _, sync::Arc};
use tai_auth::bridge::transport::authorities;
use tokio_postgres::{Client, Config, NoTls, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Settings of a session. A transaction that another machine's failure left open ends soon, and a
/// lease is on the disk before it is granted.
const SESSION: &str = "SET statement_timeout = '3s'; SET lock_timeout = '3s'; \
    SET idle_in_transaction_session_timeout = '5s'; SET synchronous_commit = on";

impl Server {
    /// Opens a connection. The caller limits the time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn connect(&self) -> Result<Client, StoreError> {
        let mut config: Config = self.url.parse().map_err(|error| failed(&error))?;
        config.application_name("taid");
        if let Some(command) = &self.password_command {
            let password = tai_auth::credentials::printed_by(command).await;
            let password = password.map_err(|error| StoreError(tai_auth::chain(&error)))?;
            config.password(password.expose_secret());
        }
        let client = match config.get_ssl_mode() {
            SslMode::Require => {
                let connector = MakeRustlsConnect::new(self.tls()?);
                let (client, connection) =
                    config.connect(connector).await.map_err(|e| failed(&e))?;
                tokio::spawn(log_end(connection));
                client
            }
            // The configuration permits these to this machine only.
            _ => {
                config.ssl_mode(SslMode::Disable);
                let (client, connection) = config.connect(NoTls).await.map_err(|e| failed(&e))?;
                tokio::spawn(log_end(connection));
                client
            }
        };
        client
            .batch_execute(SESSION)
            .await
            .map_err(|e| failed(&e))?;
        Ok(client)
    }

    fn tls(&self) -> Result<ClientConfig, StoreError> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = &self.ca_file {
            let found = authorities(path).map_err(|error| {
                let why = tai_auth::chain(&error);
                StoreError(format!("{}: {why}", path.display()))
            })?;
            roots.add_parsable_certificates(found);
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider);
        let builder = builder
            .with_safe_default_protocol_versions()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(builder.with_root_certificates(roots).with_no_client_auth())
    }
}

/// Drives a connection, and logs the reason for which it ends. The end after the last use has none.
async fn log_end(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        let StoreError(error) = failed(&error);
        tracing::warn!(%error, "the connection to the store of the shared leases ended");
    }
}

/// Returns the failure with the causes that the client's error does not show.
pub(super) fn failed(error: &tokio_postgres::Error) -> StoreError {
    let detail = error.as_db_error().map(|error| error.message().to_owned());
    let detail = detail.or_else(|| error.source().map(ToString::to_string));
    let text = match detail {
        Some(detail) => format!("{error}: {detail}"),
        None => error.to_string(),
    };
    StoreError(tai_auth::one_line(&text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{self, Write},
        sync::{Mutex, PoisonError},
    };
    use tracing::instrument::WithSubscriber as _;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn the_reason_for_which_a_connection_ends_is_logged() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .without_time()
            .with_target(false)
            .finish();
        let error = "port=x".parse::<Config>().unwrap_err();
        let ends = async {
            log_end(async { Ok(()) }).await;
            log_end(async { Err(error) }).await;
        };
        ends.with_subscriber(subscriber).await;
        let lines = lines.0.lock().unwrap().clone();
        insta::assert_snapshot!(String::from_utf8(lines).unwrap().trim(), @"WARN the connection to the store of the shared leases ended error=invalid connection string: invalid value for option `port`");
    }
}
