//! The daemon's insides in one place, as a client sees them: each call goes to the part that
//! does it.

use crate::{
    bridge::http::HttpBridge,
    config::Config,
    fault,
    ipc::{Clients, Service},
    logging::Log,
    mail::{MailError, MailService},
    session::Session,
    status,
};
use std::{
    sync::Arc,
    time::{Instant as StdInstant, SystemTime},
};
use tai_proto::{Answer, Call, Fault, FaultCode, call::Info, endpoint::Endpoint};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Everything a call may need.
pub(crate) struct App {
    pub(crate) config: Config,
    /// Where a password is configured, in words; the keyring does not count.
    pub(crate) configured: Option<String>,
    pub(crate) endpoint: Endpoint,
    pub(crate) log: Log,
    pub(crate) bridge: Arc<HttpBridge>,
    pub(crate) session: Session,
    pub(crate) mail: MailService<HttpBridge>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) stop: CancellationToken,
    pub(crate) started: (SystemTime, StdInstant),
}

impl App {
    async fn answer(
        &self,
        instance: Option<&str>,
        call: Call,
        deadline: Instant,
    ) -> Result<Answer, Fault> {
        let mail = &self.mail;
        let failed = |error: MailError| {
            tracing::warn!("the call failed: {}", crate::error::chain(&error));
            fault::of_mail(&error, &self.session.snapshot(), self.session.now())
        };
        Ok(match call {
            Call::SendEmail(what) => {
                Answer::Sent(mail.send(instance, what, deadline).await.map_err(failed)?)
            }
            Call::FetchEmail(which) => Answer::Fetched(
                mail.fetch(instance, which, deadline)
                    .await
                    .map_err(failed)?,
            ),
            Call::ListInbox(which) => {
                Answer::Inbox(mail.list(instance, which, deadline).await.map_err(failed)?)
            }
            Call::ReplyEmail(what) => {
                Answer::Replied(mail.reply(instance, what, deadline).await.map_err(failed)?)
            }
            Call::Info => Answer::Info(self.info(instance)),
            Call::Status => {
                let text = serde_json::to_string(&status::of(self));
                Answer::Status(text.map_err(|error| {
                    Fault::new(FaultCode::Internal, "no status", error.to_string(), "")
                })?)
            }
            Call::Stop => {
                tracing::info!("a client asks taid to stop");
                self.stop.cancel();
                Answer::Stopping
            }
            Call::Account(account) => Answer::Account(self.account(account, deadline).await?),
            Call::Offer(offered) => {
                self.offer(offered, deadline).await?;
                Answer::Taken
            }
            Call::Login(login) => Answer::SignedIn(self.login(login, deadline).await?),
            Call::Logout => Answer::SignedOut(self.logout(deadline).await?),
        })
    }

    fn info(&self, instance: Option<&str>) -> Info {
        Info {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            address: self.mail.known_address(instance),
            bridge: self.config.base_url.to_string(),
            default_to: self.config.user_email.clone(),
            api_timeout_ms: u32::try_from(self.config.api_timeout.as_millis()).unwrap_or(u32::MAX),
            profile: self.config.profile.clone(),
        }
    }
}

impl Service for App {
    async fn call(
        self: Arc<Self>,
        instance: Option<String>,
        call: Call,
        deadline: Instant,
    ) -> Result<Answer, Fault> {
        self.answer(instance.as_deref(), call, deadline).await
    }

    fn default_instance(&self) -> Option<String> {
        self.config.instance.clone()
    }
}
