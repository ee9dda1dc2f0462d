//! The mail operations, in terms of addresses, mails and receipts. It knows nothing of
//! IPC and nothing of HTTP.

mod check;
mod content;
mod fetch;
mod inbox;
pub mod leases;
pub mod ledger;
mod reading;
mod tend;
mod walk;

use crate::{
    bridge::{Bridge, BridgeError, Head, Message, Outgoing, OutgoingReply, Receipt, ReplyOutcome},
    session::{RequestError, Session, error::SessionError, token::Token},
};
use leases::Leases;
use ledger::{Digest, Ledger, Outcome};
use std::{future::Future, sync::Arc, time::Duration};
use tai_proto::{
    call::{Replied, ReplyEmail, SendEmail, Sent},
    name,
};
use tokio::{sync::Mutex, time::Instant};
pub use walk::Tell;

/// The operations, for every client of the daemon.
pub struct MailService<B> {
    bridge: Arc<B>,
    session: Session,
    default_to: Option<String>,
    leases: Leases,
    ledger: Ledger,
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
    /// Nothing was sent: the same mail was a moment ago, or may have been.
    #[error("the same mail (digest {digest}) was handed in {} s ago", .ago.as_secs())]
    Duplicate {
        digest: Digest,
        outcome: Outcome,
        ago: Duration,
    },
    /// It may have been sent, and was not sent again.
    #[error("it is unknown whether the mail (digest {digest}) was sent")]
    Unknown {
        digest: Digest,
        #[source]
        cause: BridgeError,
    },
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
        ledger: Ledger,
    ) -> Self {
        Self {
            bridge,
            session,
            default_to,
            leases,
            ledger,
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

    /// Sends a mail from the instance's address, at most once, and not at all when the same
    /// one was sent a moment ago; `insist` sends it all the same.
    ///
    /// # Errors
    /// Any [`MailError`]; [`MailError::Unknown`] when it may have been sent.
    pub async fn send(
        &self,
        instance: Option<&str>,
        mail: SendEmail,
        insist: bool,
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
        let digest = Digest::of(&[&from, &to, &subject, &parts.text, &parts.html]);
        let sending = self.with_token(deadline, async |token| {
            let mail = Outgoing {
                to: &to,
                from: &from,
                subject: &subject,
                text: &parts.text,
                html: &parts.html,
            };
            self.bridge.send(&token, &mail, deadline).await
        });
        let receipt = self.once(digest, insist, sending).await?;
        Ok(Sent {
            to,
            from,
            subject,
            message_id: receipt.message_id,
            timestamp: receipt.timestamp,
        })
    }

    /// The ledger of what was sent.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The leases.
    pub fn leases(&self) -> &Leases {
        &self.leases
    }

    /// Answers a mail: through the bridge's own reply, or where it has none with a new mail
    /// to the original sender. At most one of the two is sent, and neither when the same
    /// answer was sent a moment ago; `insist` sends it all the same.
    ///
    /// # Errors
    /// Any [`MailError`]; [`MailError::Unknown`] when it may have been sent.
    pub async fn reply(
        &self,
        instance: Option<&str>,
        reply: ReplyEmail,
        insist: bool,
        deadline: Instant,
    ) -> Result<Replied, MailError> {
        let from = self.address(instance, deadline).await?;
        let id = reply.id;
        let given = reply.subject.map(check::subject).transpose()?;
        let parts = content::parts(reply.content, reply.format).await?;
        let original = self.own(&from, id, deadline).await?.head;
        let subject = given.unwrap_or_else(|| check::reply_subject(&original.subject));
        let digest = Digest::of(&[&from, &id.to_string(), &subject, &parts.text, &parts.html]);
        let sending = self.answer(&from, &original, &subject, &parts, deadline);
        let (receipt, threaded) = self.once(digest, insist, sending).await?;
        Ok(Replied {
            original: id,
            to: original.from,
            message_id: receipt.message_id,
            subject: receipt.subject.unwrap_or(subject),
            timestamp: receipt.timestamp,
            threaded,
        })
    }

    /// Through the bridge's own reply, or with a new mail; and which of them it was.
    async fn answer(
        &self,
        from: &str,
        original: &Head,
        subject: &str,
        parts: &content::Parts,
        deadline: Instant,
    ) -> Result<(Receipt, bool), MailError> {
        let (text, html) = (&*parts.text, &*parts.html);
        let id = original.id;
        let outcome = self
            .with_token(deadline, async |token| {
                let reply = OutgoingReply {
                    id,
                    subject,
                    text,
                    html,
                };
                self.bridge.reply(&token, &reply, deadline).await
            })
            .await?;
        match outcome {
            ReplyOutcome::Sent(receipt) => Ok((receipt, true)),
            ReplyOutcome::NoSuchMail => Err(MailError::NoSuchMail(id)),
            ReplyOutcome::NotOffered => {
                let to = check::address(&original.from)?;
                let sent = self
                    .with_token(deadline, async |token| {
                        let mail = Outgoing {
                            to: &to,
                            from,
                            subject,
                            text,
                            html,
                        };
                        self.bridge.send(&token, &mail, deadline).await
                    })
                    .await?;
                Ok((sent, false))
            }
        }
    }

    /// Does a send, and writes down what became of it.
    async fn once<T>(
        &self,
        digest: Digest,
        insist: bool,
        send: impl Future<Output = Result<T, MailError>>,
    ) -> Result<T, MailError> {
        let entry = self.ledger.begin(digest.clone(), insist);
        let entry = entry.map_err(|(outcome, ago)| MailError::Duplicate {
            digest: digest.clone(),
            outcome,
            ago,
        })?;
        match send.await {
            Ok(receipt) => {
                entry.sent();
                Ok(receipt)
            }
            Err(MailError::Bridge(BridgeError::OutcomeUnknown(cause))) => {
                // Dropping the entry says so.
                drop(entry);
                let cause = *cause;
                Err(MailError::Unknown { digest, cause })
            }
            Err(error) => {
                entry.not_sent();
                Err(error)
            }
        }
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
