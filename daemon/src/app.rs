//! The daemon's insides in one place, as a client sees them: each call goes to the part that
//! does it.

use crate::{
    bridge::http::HttpBridge,
    config::Config,
    fault,
    ipc::{Client, Clients, Service},
    logging::Log,
    mail::{MailError, MailService},
    session::Session,
    status,
};
use std::{
    sync::Arc,
    time::{Instant as StdInstant, SystemTime},
};
use tai_proto::{
    Answer, Call, Fault, FaultCode,
    call::{Fetched, Info},
    endpoint::Endpoint,
    reading::Read,
};
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
    async fn answer(&self, client: Client, call: Call, deadline: Instant) -> Result<Answer, Fault> {
        let instance = client.instance.as_deref();
        if let Some(reason) = self.config.permits.refusal(instance, call.name()) {
            return Err(fault::not_permitted(call.name(), &reason));
        }
        let mail = &self.mail;
        let failed = |error: MailError| {
            tracing::warn!("the call failed: {}", crate::error::chain(&error));
            fault::of_mail(&error, &self.session.snapshot(), self.session.now())
        };
        Ok(match call {
            Call::SendEmail(what) => Answer::Sent(
                mail.send(instance, what, false, deadline)
                    .await
                    .map_err(failed)?,
            ),
            Call::SendAgain(what) => Answer::Sent(
                mail.send(instance, what, true, deadline)
                    .await
                    .map_err(failed)?,
            ),
            Call::FetchEmail(which) => {
                let fetched = mail.fetch(instance, client.key, which, deadline);
                let mut read = fetched.await.map_err(failed)?;
                if client.version >= 2 {
                    return Ok(Answer::Read(read));
                }
                // A client of version 1 cannot settle it, and knows nothing of what was removed.
                if let (None, Some(lent)) = (which.id, &mut read.mail) {
                    let settled = mail.settle(client.key, lent.id, deadline).await;
                    lent.marked_read = settled.map_err(failed)?;
                    mail.leases().written(lent.id);
                }
                let Read { address, mail, .. } = read;
                Answer::Fetched(Fetched { address, mail })
            }
            Call::Settle { mail: id } => Answer::Settled {
                marked_read: mail
                    .settle(client.key, id, deadline)
                    .await
                    .map_err(failed)?,
            },
            Call::HandOver { mail: id, written } => {
                match written {
                    true => mail.leases().written(id),
                    false => mail.leases().give_back(client.key, id),
                }
                Answer::Taken
            }
            Call::ListInbox(which) => Answer::Inbox(
                mail.list(instance, which, &|_, _| {}, deadline)
                    .await
                    .map_err(failed)?,
            ),
            Call::ReplyEmail(what) => {
                let replied = mail.reply(instance, what, false, deadline);
                Answer::Replied(replied.await.map_err(failed)?)
            }
            Call::ReplyAgain(what) => {
                let replied = mail.reply(instance, what, true, deadline);
                Answer::Replied(replied.await.map_err(failed)?)
            }
            Call::Delete { mail: id } => Answer::Done {
                mail: id,
                subject: mail.delete(instance, id, deadline).await.map_err(failed)?,
            },
            Call::MarkRead { mail: id } => Answer::Done {
                mail: id,
                subject: mail
                    .mark_read(instance, id, deadline)
                    .await
                    .map_err(failed)?,
            },
            Call::Search(search) => {
                let found = mail.search(instance, search, &|_, _| {}, deadline);
                Answer::Found(found.await.map_err(failed)?)
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
    fn joined(&self, client: &Client) {
        self.mail.leases().joined(client.key);
    }

    fn gone(&self, client: u64) {
        self.mail.leases().gone(client);
    }

    async fn call(
        self: Arc<Self>,
        client: Client,
        call: Call,
        deadline: Instant,
    ) -> Result<Answer, Fault> {
        self.answer(client, call, deadline).await
    }

    fn default_instance(&self) -> Option<String> {
        self.config.instance.clone()
    }
}
