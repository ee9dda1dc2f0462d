//! The daemon's insides in one place, as a client sees them: each call goes to the part that
//! does it.

use crate::{
    config::{ActivePolicy, Config},
    fault,
    mail::{
        Consent, ConsentAnswer, Draft, MailError, MailService, Resolution, SentMail, SubmitOutcome,
        Target,
    },
    server::ipc::{Client, Clients, Progress, Service},
    server::logging::Log,
    server::status,
};
use std::{
    sync::Arc,
    time::{Duration, Instant as StdInstant, SystemTime},
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
    Answer, Call, Fault, FaultCode,
    approval::{Outgoing, Word},
    call::{Fetched, Info, Replied, Sent, TOOLS},
    endpoint::Endpoint,
    reading::{News, Read},
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Everything a call may need.
pub(crate) struct App<T = Network> {
    pub(crate) config: Config,
    pub(crate) permits: ActivePolicy,
    /// Where a password is configured, in words; the keyring does not count.
    pub(crate) configured: Option<String>,
    pub(crate) endpoint: Endpoint,
    pub(crate) log: Arc<Log>,
    pub(crate) bridge: Arc<HttpBridge<T>>,
    pub(crate) session: Session,
    pub(crate) mail: MailService<HttpBridge<T>>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) stop: CancellationToken,
    pub(crate) started: (SystemTime, StdInstant),
    /// After how long without clients it ends.
    pub(crate) idle_exit: Option<Duration>,
}

impl<T: Transport> App<T> {
    async fn answer(
        &self,
        client: Client,
        call: Call,
        progress: Progress,
        deadline: Instant,
    ) -> Result<Answer, Fault> {
        let instance = client.instance.as_deref();
        // What an agent may not do, its user may: they have commands of their own.
        if client.attached
            && let Some(reason) = self.permits.refusal(instance, call.name())
        {
            return Err(fault::not_permitted(call.name(), &reason));
        }
        let mail = &self.mail;
        if client.attached && TOOLS.contains(&call.name()) {
            mail.touch();
        }
        let failed = |error: MailError| {
            tracing::warn!("the call failed: {}", tai_auth::chain(&error));
            fault::of_mail(&error, &self.session.snapshot(), self.session.now())
        };
        let tell = |done, total| progress.tell(done, total);
        let submit = async |outgoing, insist, consent| {
            let draft = draft(outgoing);
            let outcome = mail.submit(instance, draft, insist, consent, deadline);
            match outcome.await.map_err(failed)? {
                SubmitOutcome::Ask(_) if client.version < 3 => Err(fault::cannot_be_asked()),
                outcome => Ok(outcome.into()),
            }
        };
        let not_asked = Consent::NotAsked;
        Ok(match call {
            Call::SendEmail(what) => submit(Outgoing::Send(what), false, not_asked).await?,
            Call::SendAgain(what) => submit(Outgoing::Send(what), true, not_asked).await?,
            Call::ReplyEmail(what) => submit(Outgoing::Reply(what), false, not_asked).await?,
            Call::ReplyAgain(what) => submit(Outgoing::Reply(what), true, not_asked).await?,
            Call::Decide(decision) => {
                let consent = Consent::Answered {
                    ticket: decision.ticket,
                    answer: match decision.word {
                        Word::Yes => ConsentAnswer::Approved,
                        Word::No => ConsentAnswer::Declined,
                        Word::NotAsked => ConsentAnswer::CannotAsk,
                    },
                };
                submit(decision.mail, decision.insist, consent).await?
            }
            Call::Held => Answer::Held(mail.held()),
            Call::Approve(verdict) => {
                match mail.resolve(verdict, deadline).await.map_err(failed)? {
                    Resolution::Sent(sent) => sent.into(),
                    Resolution::Discarded => Answer::Taken,
                }
            }
            Call::Watch { since } => Answer::News(self.watch(instance, since, deadline).await?),
            Call::Peek { mail: id } => {
                Answer::Read(mail.peek(instance, id, deadline).await.map_err(failed)?)
            }
            Call::FetchEmail(which) => {
                let fetched = mail.fetch(instance, client.key, which, &tell, deadline);
                let mut read = fetched.await.map_err(failed)?;
                if client.version >= 2 {
                    return Ok(Answer::Read(read));
                }
                // A client of version 1 cannot settle it, and knows nothing of what was removed.
                if let (None, Some(lent)) = (which.id, &mut read.mail) {
                    let settled = mail.settle(client.key, lent.id, deadline).await;
                    lent.marked_read = settled.map_err(failed)?;
                    mail.deliver(instance, client.key, lent.id);
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
                    true => mail.deliver(instance, client.key, id),
                    false => mail.give_back(client.key, id),
                }
                Answer::Taken
            }
            Call::ListInbox(which) => {
                let inbox = mail.list(instance, which, &tell, deadline);
                Answer::Inbox(inbox.await.map_err(failed)?)
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
                let found = mail.search(instance, search, &tell, deadline);
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

    /// Waits for mail, or for the end of the daemon, whose successor knows more.
    async fn watch(
        &self,
        instance: Option<&str>,
        since: Option<u64>,
        deadline: Instant,
    ) -> Result<News, Fault> {
        tokio::select! {
            biased;
            news = self.mail.watch(instance, since, deadline) => news.map_err(|error| {
                fault::of_mail(&error, &self.session.snapshot(), self.session.now())
            }),
            () = self.stop.cancelled() => Ok(News {
                mark: since.unwrap_or_default(),
                arrived: false,
            }),
        }
    }

    fn info(&self, instance: Option<&str>) -> Info {
        Info {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            address: self.mail.known_address(instance),
            bridge: self.config.settings.api_base_url.to_string(),
            default_to: self.config.settings.user_email.clone(),
            api_timeout_ms: u32::try_from(self.config.settings.api_timeout.as_millis())
                .unwrap_or(u32::MAX),
            profile: self.config.profile.clone(),
        }
    }
}

impl<T: Transport> Service for App<T> {
    fn joined(&self, client: &Client) {
        self.mail.add_client(client.key);
    }

    fn gone(&self, client: u64) {
        self.mail.remove_client(client);
    }

    async fn call(
        self: Arc<Self>,
        client: Client,
        call: Call,
        progress: Progress,
        deadline: Instant,
    ) -> Result<Answer, Fault> {
        self.answer(client, call, progress, deadline).await
    }

    /// What a person typed is gone with the daemon, and so is what waits for one.
    fn is_needed(&self) -> bool {
        self.session.snapshot().origin == Some(CredentialOrigin::Person)
            || self.mail.count_held() > 0
    }

    fn default_instance(&self) -> Option<String> {
        self.config.settings.instance.clone()
    }
}

impl From<SubmitOutcome> for Answer {
    fn from(outcome: SubmitOutcome) -> Self {
        match outcome {
            SubmitOutcome::Sent(sent) => sent.into(),
            SubmitOutcome::Ask(question) => Answer::Ask(question),
            SubmitOutcome::Held(held) => Answer::Held(vec![held]),
        }
    }
}

impl From<SentMail> for Answer {
    fn from(sent: SentMail) -> Self {
        let SentMail {
            from,
            to,
            subject,
            message_id,
            timestamp,
            reply,
        } = sent;
        match reply {
            None => Answer::Sent(Sent {
                to,
                subject,
                from,
                message_id,
                timestamp,
            }),
            Some(reply) => Answer::Replied(Replied {
                original: reply.original,
                to,
                message_id,
                subject,
                timestamp,
                threaded: reply.threaded,
            }),
        }
    }
}

fn draft(outgoing: Outgoing) -> Draft {
    match outgoing {
        Outgoing::Send(mail) => Draft {
            target: Target::New { to: mail.to },
            subject: mail.subject,
            content: mail.content,
            format: mail.format,
        },
        Outgoing::Reply(reply) => Draft {
            target: Target::Reply { to: reply.id },
            subject: reply.subject,
            content: reply.content,
            format: reply.format,
        },
    }
}
