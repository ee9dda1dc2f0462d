//! The rules of the configuration file, `confirm_send` and `[instances.*]`: a change of the file counts from
//! the next call on.
//!
//! While the file cannot be used, no tool of an agent is permitted: a person may have written a rule
//! into it that forbids the tool.

use super::app::App;
use crate::fault;
use std::time::Duration;
use tai_auth::bridge::transport::Transport;
use tai_proto::Fault;
use tokio::time::sleep;

/// Interval of looks at the file while a call waits for mail.
const POLL: Duration = Duration::from_secs(1);

impl<T: Transport> App<T> {
    /// Applies the rules of the file if it changed.
    ///
    /// # Errors
    /// [`FaultCode::NotPermitted`](tai_proto::FaultCode::NotPermitted), if the file cannot be used. The earlier
    /// rules stay in force.
    pub(super) async fn refresh_rules(&self) -> Result<(), Fault> {
        let refreshed = self.rules.refresh(|| self.read_rules()).await;
        refreshed.map_err(|error| fault::unknown_rules(&error))
    }

    /// Applies the rules of the file.
    ///
    /// # Errors
    /// The reason for which the file cannot be used. The earlier rules stay in force.
    pub(super) async fn reload_rules(&self) -> Result<(), String> {
        self.rules.reload(|| self.read_rules()).await
    }

    /// Waits for the result of an agent's call, and applies the rules of a file that changes meanwhile.
    ///
    /// # Errors
    /// As [`App::refresh_rules`].
    pub(super) async fn with_rules<R>(&self, work: impl Future<Output = R>) -> Result<R, Fault> {
        let follow = async {
            loop {
                sleep(POLL).await;
                if let Err(fault) = self.refresh_rules().await {
                    return fault;
                }
            }
        };
        tokio::select! {
            biased;
            result = work => Ok(result),
            fault = follow => Err(fault),
        }
    }

    fn read_rules(&self) -> Result<(), String> {
        match self.facts.config.reread(self.facts.places.config()) {
            Ok(config) => {
                self.policy.replace(config.policy);
                self.mail.set_confirm_policy(config.settings.confirm_send);
                self.in_force.replace_rules(config.changed);
                tracing::info!("read confirm_send and [instances.*] of the configuration again");
                Ok(())
            }
            Err(error) => {
                let error = tai_auth::chain(&error);
                tracing::error!(
                    error,
                    "the configuration cannot be used; agents get no tool until it is valid"
                );
                Err(error)
            }
        }
    }
}
