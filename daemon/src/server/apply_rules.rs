//! The rules of the configuration file, `confirm_send` and `[instances.*]`: a change of the file
//! counts from the next call on.
//!
//! While the file cannot be used, no tool of an agent is permitted: a person may have written a rule
//! into it that forbids the tool.

use super::app::App;
use crate::{config::Config, fault, mail::MailError};
use std::time::Duration;
use tai_auth::bridge::transport::Transport;
use tai_proto::{
    Fault, Tool,
    mail::FetchedMail,
    names::{Instance, MailId},
};
use tokio::time::sleep;

/// Interval of looks at the file while a call waits for mail.
const POLL: Duration = Duration::from_secs(1);

/// The lease of a mail that came, which ends unless the rules permit the mail.
struct Lease<'a, T: Transport> {
    app: &'a App<T>,
    client: u64,
    id: Option<MailId>,
}

impl<T: Transport> Drop for Lease<'_, T> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            self.app.mail.give_back(self.client, id);
        }
    }
}

impl<T: Transport> App<T> {
    /// Applies the rules of the file if it changed.
    ///
    /// # Errors
    /// [`FaultCode::NotPermitted`](tai_proto::FaultCode::NotPermitted), if the file cannot be used.
    /// The earlier rules stay in force.
    pub(super) async fn refresh_rules(&self) -> Result<(), Fault> {
        // Each call looks at the files, and copies nothing unless they changed.
        let facts = &self.facts;
        let reader = || facts.config.rereading(facts.places.config());
        let refreshed = self.rules.refresh(reader, |config| self.apply(config));
        let refreshed = refreshed.await;
        refreshed.map_err(|_| fault::unknown_rules())
    }

    /// Applies the rules of the file.
    ///
    /// # Errors
    /// The reason for which the file cannot be used. The earlier rules stay in force.
    pub(super) async fn reload_rules(&self) -> Result<(), String> {
        let read = self.facts.config.rereading(self.facts.places.config());
        self.rules.reload(read, |config| self.apply(config)).await
    }

    /// Waits for the mail of `wait_for_email`. The rules of a file that changes meanwhile count,
    /// also for the mail that came.
    ///
    /// # Errors
    /// As [`App::refresh_rules`], and if a rule forbids the tool.
    pub(super) async fn wait_with_rules(
        &self,
        instance: Option<&Instance>,
        client: u64,
        wait: impl Future<Output = Result<FetchedMail, MailError>>,
    ) -> Result<Result<FetchedMail, MailError>, Fault> {
        let permitted = async || {
            self.refresh_rules().await?;
            self.permit(instance, Tool::WaitForEmail)
        };
        let follow = async {
            loop {
                sleep(POLL).await;
                if let Err(fault) = permitted().await {
                    return fault;
                }
            }
        };
        let waited = tokio::select! {
            biased;
            waited = wait => waited,
            fault = follow => return Err(fault),
        };
        let leased = |fetched: &FetchedMail| {
            let mail = fetched.mail.as_ref().filter(|_| fetched.is_leased);
            mail.map(|mail| mail.envelope.id)
        };
        let mut lease = Lease {
            app: self,
            client,
            id: waited.as_ref().ok().and_then(leased),
        };
        permitted().await?;
        lease.id = None;
        Ok(waited)
    }

    fn apply(&self, config: Config) {
        self.policy.replace(config.policy);
        self.mail.set_confirm_policy(config.settings.confirm_send);
        self.in_force.replace_rules(config.changed);
        tracing::info!("read confirm_send and [instances.*] of the configuration again");
    }
}
