//! The four mail operations, in terms of addresses, mails and receipts. It knows nothing of
//! IPC and nothing of HTTP.

mod check;
mod content;
mod inbox;

use crate::{
    bridge::{Bridge, BridgeError, Message, Outgoing, OutgoingReply, Receipt, ReplyOutcome},
    session::{RequestError, Session, error::SessionError, token::Token},
};
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
    /// Held by whoever looks for the oldest unread mail, so that no two clients of this
    /// daemon are given the same one.
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
    pub fn new(bridge: Arc<B>, session: Session, default_to: Option<String>) -> Self {
        Self {
            bridge,
            session,
            default_to,
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

    /// Reads a mail, the oldest unread one when none is named, and marks it read.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub async fn fetch(
        &self,
        instance: Option<&str>,
        which: FetchEmail,
        deadline: Instant,
    ) -> Result<Fetched, MailError> {
        let address = self.address(instance, deadline).await?;
        let (_held, id) = match which.id {
            Some(id) => (None, id),
            None => {
                let held = tokio::time::timeout_at(deadline, self.fetching.lock()).await;
                let held = held.map_err(|_| MailError::Session(SessionError::Deadline))?;
                match self.oldest_unread(instance, &address, deadline).await? {
                    Some(id) => (Some(held), id),
                    None => {
                        return Ok(Fetched {
                            address,
                            mail: None,
                        });
                    }
                }
            }
        };
        let message = self.own(&address, id, deadline).await?;
        let marked = self
            .with_token(deadline, async |token| {
                self.bridge.mark_read(&token, id, deadline).await
            })
            .await;
        // A mail that cannot be marked is read all the same: it would be lost otherwise.
        if let Err(error) = &marked {
            tracing::warn!(id, error = %crate::error::chain(error), "a mail could not be marked read");
        }
        let body = content::markdown(message.html, message.text).await;
        let head = message.head;
        let mail = Some(Mail {
            id,
            from: head.from,
            to: head.to,
            subject: head.subject,
            date: head.date,
            body,
            marked_read: marked == Ok(true),
        });
        Ok(Fetched { address, mail })
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
