//! The four mail operations, in terms of addresses, mails and receipts. It knows nothing of
//! IPC and nothing of HTTP.

mod check;
mod content;
mod inbox;
pub mod leases;

use crate::{
    bridge::{Bridge, BridgeError, Message, Outgoing, OutgoingReply, Receipt, ReplyOutcome},
    session::{RequestError, Session, error::SessionError, token::Token},
};
use leases::{ClientKey, Leases, Taken};
use std::{future::Future, sync::Arc};
use tai_proto::{
    call::{FetchEmail, Fetched, Inbox, ListInbox, Mail, Replied, ReplyEmail, SendEmail, Sent},
    name,
};
use tokio::{sync::Mutex, time::Instant};

/// The operations, for every client of the daemon.
pub struct MailService<B> {
    bridge: Arc<B>,
    session: Session,
    default_to: Option<String>,
    leases: Leases,
    /// Held by whoever looks for the oldest unread mail that nobody has.
    fetching: Mutex<()>,
}

/// Why an operation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    #[error("there is no session with the bridge")]
    Session(#[source] SessionError),
    #[error("the bridge cannot do it")]
    Bridge(#[source] BridgeError),
    #[error("no recipient")]
    NoRecipient,
    #[error("{field} cannot be used: {rule}")]
    BadField {
        field: &'static str,
        rule: &'static str,
    },
    #[error(
        "the content has {bytes} bytes, more than {}",
        tai_proto::call::MAX_CONTENT
    )]
    TooLong { bytes: usize },
    #[error("there is no mail {0}")]
    NoSuchMail(u64),
    #[error("mail {id} is not addressed to {address}")]
    NotYours { id: u64, address: String },
}

impl From<RequestError> for MailError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Session(error) => MailError::Session(error),
            RequestError::Bridge(error) => MailError::Bridge(error),
        }
    }
}

impl<B: Bridge> MailService<B> {
    /// The operations of whoever is signed in.
    pub fn new(
        bridge: Arc<B>,
        session: Session,
        default_to: Option<String>,
        leases: Leases,
    ) -> Self {
        Self {
            bridge,
            session,
            default_to,
            leases,
            fetching: Mutex::new(()),
        }
    }

    /// The address of an instance, where it is known whose it is.
    pub fn known_address(&self, instance: Option<&str>) -> Option<String> {
        let username = self.session.snapshot().username?;
        Some(name::address(instance, &username))
    }

    async fn address(
        &self,
        instance: Option<&str>,
        deadline: Instant,
    ) -> Result<String, MailError> {
        let username = self.session.username(deadline).await;
        Ok(name::address(
            instance,
            &username.map_err(MailError::Session)?,
        ))
    }

    /// Sends a mail from the instance's address, at most once.
    ///
    /// # Errors
    /// Any [`MailError`]; [`BridgeError::OutcomeUnknown`] when it may have been sent.
    pub async fn send(
        &self,
        instance: Option<&str>,
        mail: SendEmail,
        deadline: Instant,
    ) -> Result<Sent, MailError> {
        let from = self.address(instance, deadline).await?;
        let to = mail
            .to
            .or_else(|| self.default_to.clone())
            .ok_or(MailError::NoRecipient)?;
        let to = check::address(&to)?;
        let subject = match mail.subject {
            Some(subject) => check::subject(subject)?,
            None => format!("Email from {}", instance.unwrap_or(&from)),
        };
        let parts = content::parts(mail.content, mail.format).await?;
        let receipt = self
            .with_token(deadline, async |token| {
                let mail = Outgoing {
                    to: &to,
                    from: &from,
                    subject: &subject,
                    text: &parts.text,
                    html: &parts.html,
                };
                self.bridge.send(&token, &mail, deadline).await
            })
            .await?;
        Ok(Sent {
            to,
            from,
            subject,
            message_id: receipt.message_id,
            timestamp: receipt.timestamp,
        })
    }

    /// The leases.
    pub fn leases(&self) -> &Leases {
        &self.leases
    }

    /// Reads a mail. A named one is marked read. Where none is named it is the oldest unread
    /// one that no other client has, and it is lent: see [`MailService::settle`].
    ///
    /// # Errors
    /// Any [`MailError`].
    pub async fn fetch(
        &self,
        instance: Option<&str>,
        client: ClientKey,
        which: FetchEmail,
        deadline: Instant,
    ) -> Result<Fetched, MailError> {
        let address = self.address(instance, deadline).await?;
        if let Some(id) = which.id {
            let message = self.own(&address, id, deadline).await?;
            let marked_read = self.mark(id, deadline).await;
            let mail = Some(read(message, marked_read).await);
            return Ok(Fetched { address, mail });
        }
        loop {
            let Some(taken) = self.take(instance, &address, client, deadline).await? else {
                let mail = None;
                return Ok(Fetched { address, mail });
            };
            match self.own(&address, taken.id(), deadline).await {
                Ok(message) => {
                    let mail = Some(read(message, false).await);
                    taken.keep();
                    return Ok(Fetched { address, mail });
                }
                // Deleted, or another's by now: there may be a next one.
                Err(MailError::NoSuchMail(id) | MailError::NotYours { id, .. }) => {
                    self.leases.written(id);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes the oldest mail that nobody has: first what came back, then what is unread.
    async fn take(
        &self,
        instance: Option<&str>,
        address: &str,
        client: ClientKey,
        deadline: Instant,
    ) -> Result<Option<Taken<'_>>, MailError> {
        // One at a time, so that the list is not older than somebody's lease.
        let held = tokio::time::timeout_at(deadline, self.fetching.lock()).await;
        let _held = held.map_err(|_| MailError::Session(SessionError::Deadline))?;
        if let Some(taken) = self.leases.take_returned(client, address) {
            return Ok(Some(taken));
        }
        self.leases.look_begins();
        let unread = self.unread(instance, address, deadline).await?;
        Ok(unread
            .into_iter()
            .find_map(|id| self.leases.take(client, id, address)))
    }

    /// Marks a mail read that was lent to this client and is about to be written by it.
    /// Whether the bridge has it as read now: a mail that cannot be marked is delivered all
    /// the same, and will be found again.
    ///
    /// # Errors
    /// [`MailError::NoSuchMail`] when it was not lent to this client.
    pub async fn settle(
        &self,
        client: ClientKey,
        id: u64,
        deadline: Instant,
    ) -> Result<bool, MailError> {
        let was_marked = self
            .leases
            .mark(client, id)
            .ok_or(MailError::NoSuchMail(id))?;
        if was_marked {
            return Ok(true);
        }
        let marked = self.mark(id, deadline).await;
        if !marked {
            self.leases.not_marked(id);
        }
        Ok(marked)
    }

    async fn mark(&self, id: u64, deadline: Instant) -> bool {
        let marked = self
            .with_token(deadline, async |token| {
                self.bridge.mark_read(&token, id, deadline).await
            })
            .await;
        // A mail that cannot be marked is read all the same: it would be lost otherwise.
        if let Err(error) = &marked {
            tracing::warn!(id, error = %crate::error::chain(error), "a mail could not be marked read");
        }
        marked == Ok(true)
    }

    /// Lists the instance's mails, newest first.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub async fn list(
        &self,
        instance: Option<&str>,
        which: ListInbox,
        deadline: Instant,
    ) -> Result<Inbox, MailError> {
        let address = self.address(instance, deadline).await?;
        if !(1..=200).contains(&which.limit) {
            let rule = "it is a number from 1 to 200";
            return Err(MailError::BadField {
                field: "limit",
                rule,
            });
        }
        self.inbox(instance, address, which, deadline).await
    }

    /// Answers a mail: through the bridge's own reply, or where it has none with a new mail
    /// to the original sender. At most one of the two is sent.
    ///
    /// # Errors
    /// Any [`MailError`]; [`BridgeError::OutcomeUnknown`] when it may have been sent.
    pub async fn reply(
        &self,
        instance: Option<&str>,
        reply: ReplyEmail,
        deadline: Instant,
    ) -> Result<Replied, MailError> {
        let from = self.address(instance, deadline).await?;
        let id = reply.id;
        let given = reply.subject.map(check::subject).transpose()?;
        let parts = content::parts(reply.content, reply.format).await?;
        let original = self.own(&from, id, deadline).await?.head;
        let subject = given.unwrap_or_else(|| check::reply_subject(&original.subject));
        let outcome = self
            .with_token(deadline, async |token| {
                let (text, html) = (&parts.text, &parts.html);
                let reply = OutgoingReply {
                    id,
                    subject: &subject,
                    text,
                    html,
                };
                self.bridge.reply(&token, &reply, deadline).await
            })
            .await?;
        let (receipt, threaded): (Receipt, bool) = match outcome {
            ReplyOutcome::Sent(receipt) => (receipt, true),
            ReplyOutcome::NoSuchMail => return Err(MailError::NoSuchMail(id)),
            ReplyOutcome::NotOffered => {
                let to = check::address(&original.from)?;
                let sent = self
                    .with_token(deadline, async |token| {
                        let (text, html) = (&parts.text, &parts.html);
                        let mail = Outgoing {
                            to: &to,
                            from: &from,
                            subject: &subject,
                            text,
                            html,
                        };
                        self.bridge.send(&token, &mail, deadline).await
                    })
                    .await?;
                (sent, false)
            }
        };
        Ok(Replied {
            original: id,
            to: original.from,
            message_id: receipt.message_id,
            subject: receipt.subject.unwrap_or(subject),
            timestamp: receipt.timestamp,
            threaded,
        })
    }

    /// A mail, if it is addressed to `address`.
    async fn own(&self, address: &str, id: u64, deadline: Instant) -> Result<Message, MailError> {
        let found = self
            .with_token(deadline, async |token| {
                self.bridge.message(&token, id, deadline).await
            })
            .await?;
        let message = found.ok_or(MailError::NoSuchMail(id))?;
        if message.head.to.eq_ignore_ascii_case(address) {
            Ok(message)
        } else {
            Err(MailError::NotYours {
                id,
                address: address.to_owned(),
            })
        }
    }

    async fn with_token<T, F>(
        &self,
        deadline: Instant,
        work: impl Fn(Token) -> F,
    ) -> Result<T, MailError>
    where
        F: Future<Output = Result<T, BridgeError>>,
    {
        Ok(self.session.with_token(deadline, work).await?)
    }
}

/// A mail as a client gets it.
async fn read(message: Message, marked_read: bool) -> Mail {
    let body = content::markdown(message.html, message.text).await;
    let head = message.head;
    Mail {
        id: head.id,
        from: head.from,
        to: head.to,
        subject: head.subject,
        date: head.date,
        body,
        marked_read,
    }
}
