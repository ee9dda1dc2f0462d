//! The daemon's insides in one place, as a client sees them: each call goes to the part that
//! does it.

use crate::{
    bridge::http::HttpBridge,
    config::Config,
    fault,
    ipc::{Clients, Service},
    mail::{MailError, MailService},
    session::Session,
    status,
};
use std::{
    path::PathBuf,
    sync::Arc,
    time::{Instant as StdInstant, SystemTime},
};
use tai_proto::{Answer, Call, Fault, call::Info, endpoint::Endpoint};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Everything a call may need.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) endpoint: Endpoint,
    pub(crate) log: Option<PathBuf>,
    pub(crate) bridge: Arc<HttpBridge>,
    pub(crate) session: Session,
    pub(crate) mail: MailService<HttpBridge>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) stop: CancellationToken,
    pub(crate) started: (SystemTime, StdInstant),
}

impl App {
    async fn mail_call(
        &self,
        instance: Option<&str>,
        call: Call,
        deadline: Instant,
    ) -> Result<Answer, MailError> {
        match call {
            Call::SendEmail(mail) => self
                .mail
                .send(instance, mail, deadline)
                .await
                .map(Answer::Sent),
            Call::FetchEmail(which) => self
                .mail
                .fetch(instance, which, deadline)
                .await
                .map(Answer::Fetched),
            Call::ListInbox(which) => self
                .mail
                .list(instance, which, deadline)
                .await
                .map(Answer::Inbox),
            Call::ReplyEmail(reply) => self
                .mail
                .reply(instance, reply, deadline)
                .await
                .map(Answer::Replied),
            Call::Info => Ok(Answer::Info(Info {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                address: self.mail.address(instance).ok(),
                bridge: self.config.base_url.to_string(),
                default_to: self.config.user_email.clone(),
                api_timeout_ms: u32::try_from(self.config.api_timeout.as_millis())
                    .unwrap_or(u32::MAX),
                profile: self.config.profile.clone(),
            })),
            Call::Status => Ok(Answer::Status(Box::new(status::of(self)))),
            Call::Stop => {
                tracing::info!("a client asks taid to stop");
                self.stop.cancel();
                Ok(Answer::Stopping)
            }
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
        let name = call.name();
        let result = self.mail_call(instance.as_deref(), call, deadline).await;
        result.map_err(|error| {
            tracing::warn!(
                call = name,
                "a call failed: {}",
                crate::error::chain(&error)
            );
            fault::of_mail(&error, &self.session.snapshot().state, self.session.now())
        })
    }

    fn default_instance(&self) -> Option<String> {
        self.config.instance.clone()
    }
}
