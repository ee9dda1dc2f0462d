//! Sending and replying: a mail is made ready, a person approves of it where the
//! configuration says so, the ledger is asked, and then it is sent, at most once.

use super::{
    MailError, MailService,
    approvals::{ApprovalError, Approvals},
    check, content,
    ledger::Digest,
    reading,
};
use std::future::Future;
use tai_auth::bridge::{
    Bearer, Bridge, BridgeError, Head, Outgoing as Mail, OutgoingReply, Receipt, ReplyOutcome,
    SendFailure,
};
use tai_auth::session::RequestError;
use tai_proto::{
    approval::{Decision, Held, Outgoing, Question, Summary, Verdict, Word},
    call::{Replied, ReplyEmail, SendEmail, Sent},
};
use tokio::time::Instant;

/// The text part is shown to a person up to here, in bytes.
const MAX_SHOWN: usize = 2_000;

/// What became of a mail that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    Sent(Sent),
    Replied(Replied),
    /// A person is to be asked first.
    Ask(Question),
    /// It waits for `taid approve`.
    Held(Held),
}

/// A mail that could be sent as it is.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The account's own address, without an instance.
    pub(super) account: String,
    pub(super) from: String,
    pub(super) subject: String,
    pub(super) parts: content::Parts,
    /// Of everything that makes it what it is.
    pub(super) digest: Digest,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    New { to: String },
    Reply { original: Head },
}

impl Prepared {
    /// Who gets it.
    pub(super) fn to(&self) -> &str {
        match &self.kind {
            Kind::New { to } => to,
            Kind::Reply { original } => &original.from,
        }
    }

    /// As a person sees it.
    pub(super) fn summary(&self) -> Summary {
        let mut invisible = 0;
        let text = reading::clean(&self.parts.text, &mut invisible);
        let end = text.floor_char_boundary(MAX_SHOWN);
        Summary {
            from: self.from.clone(),
            to: reading::line(self.to()),
            subject: reading::line(&self.subject),
            left_out: (text.len() - end) as u64,
            text: text.get(..end).unwrap_or_default().to_owned(),
            invisible,
        }
    }
}

impl<B: Bridge> MailService<B> {
    /// Sends a mail from the instance's address, or answers one, at most once, and not at all
    /// when the same one was sent a moment ago; `insist` sends it all the same. Where a person
    /// has to approve of it, nothing is sent and the question comes back.
    ///
    /// # Errors
    /// Any [`MailError`]; [`MailError::Unknown`] when it may have been sent.
    pub async fn hand_in(
        &self,
        instance: Option<&str>,
        outgoing: Outgoing,
        insist: bool,
        deadline: Instant,
    ) -> Result<Handed, MailError> {
        let mail = self.prepare(instance, outgoing, deadline).await?;
        if !self.approvals.wants(&mail, self.default_to.as_deref()) {
            return self.dispatch(&mail, insist, deadline).await;
        }
        // Nobody is asked about a mail that would be held back afterwards.
        self.ledger.look(&mail.digest, insist)?;
        Ok(Handed::Ask(self.approvals.ask(&mail)?))
    }

    /// Does with a mail what a person said when they were asked.
    ///
    /// # Errors
    /// Any [`MailError`]; [`MailError::Unknown`] when it may have been sent.
    pub async fn decide(
        &self,
        instance: Option<&str>,
        decision: Decision,
        deadline: Instant,
    ) -> Result<Handed, MailError> {
        let Decision {
            ticket,
            mail,
            insist,
            word,
        } = decision;
        let mail = self.prepare(instance, mail, deadline).await?;
        self.approvals.redeem(&ticket, &mail.digest)?;
        match word {
            Word::Yes => self.dispatch(&mail, insist, deadline).await,
            Word::No => Err(ApprovalError::Declined.into()),
            Word::NotAsked => Ok(Handed::Held(self.approvals.hold(mail, insist)?)),
        }
    }

    /// Sends or drops a mail that waits for approval. One that was not sent, for certain,
    /// waits again.
    ///
    /// # Errors
    /// Any [`MailError`]; [`MailError::Unknown`] when it may have been sent.
    pub async fn approve(
        &self,
        verdict: Verdict,
        deadline: Instant,
    ) -> Result<Option<Handed>, MailError> {
        let waiting = self.approvals.take(verdict.number)?;
        if !verdict.send {
            return Ok(None);
        }
        let sent = self.dispatch(&waiting.mail, waiting.insist, deadline).await;
        if !matches!(sent, Ok(_) | Err(MailError::Unknown { .. })) {
            self.approvals.put_back(verdict.number, waiting);
        }
        sent.map(Some)
    }

    /// What waits for approval.
    pub fn approvals(&self) -> &Approvals {
        &self.approvals
    }

    async fn prepare(
        &self,
        instance: Option<&str>,
        outgoing: Outgoing,
        deadline: Instant,
    ) -> Result<Prepared, MailError> {
        let from = self.address(instance, deadline).await?;
        let account = self.address(None, deadline).await?;
        let (kind, subject, parts) = match outgoing {
            Outgoing::Send(mail) => self.prepare_new(instance, &from, mail).await?,
            Outgoing::Reply(reply) => self.prepare_reply(&from, reply, deadline).await?,
        };
        let to = match &kind {
            Kind::New { to } => to.clone(),
            Kind::Reply { original } => original.id.to_string(),
        };
        Ok(Prepared {
            digest: Digest::of(&[&from, &to, &subject, &parts.text, &parts.html]),
            account,
            from,
            subject,
            parts,
            kind,
        })
    }

    async fn prepare_new(
        &self,
        instance: Option<&str>,
        from: &str,
        mail: SendEmail,
    ) -> Result<(Kind, String, content::Parts), MailError> {
        let to = mail
            .to
            .or_else(|| self.default_to.clone())
            .ok_or(MailError::NoRecipient)?;
        let to = check::address(&to)?;
        let subject = match mail.subject {
            Some(subject) => check::subject(subject)?,
            None => format!("Email from {}", instance.unwrap_or(from)),
        };
        let parts = content::parts(mail.content, mail.format).await?;
        Ok((Kind::New { to }, subject, parts))
    }

    async fn prepare_reply(
        &self,
        from: &str,
        reply: ReplyEmail,
        deadline: Instant,
    ) -> Result<(Kind, String, content::Parts), MailError> {
        let given = reply.subject.map(check::subject).transpose()?;
        let parts = content::parts(reply.content, reply.format).await?;
        let original = self.own(from, reply.id, deadline).await?.head;
        let subject = given.unwrap_or_else(|| check::reply_subject(&original.subject));
        Ok((Kind::Reply { original }, subject, parts))
    }

    /// Sends it, and writes down what became of it.
    async fn dispatch(
        &self,
        mail: &Prepared,
        insist: bool,
        deadline: Instant,
    ) -> Result<Handed, MailError> {
        match &mail.kind {
            Kind::New { to } => {
                let sending = self.send(mail, to, deadline);
                let receipt = self.once(&mail.digest, insist, sending).await?;
                Ok(Handed::Sent(Sent {
                    to: to.clone(),
                    from: mail.from.clone(),
                    subject: mail.subject.clone(),
                    message_id: receipt.message_id,
                    timestamp: receipt.timestamp,
                }))
            }
            Kind::Reply { original } => {
                let answering = self.answer(mail, original, deadline);
                let (receipt, threaded) = self.once(&mail.digest, insist, answering).await?;
                Ok(Handed::Replied(Replied {
                    original: original.id,
                    to: original.from.clone(),
                    message_id: receipt.message_id,
                    subject: receipt.subject.unwrap_or_else(|| mail.subject.clone()),
                    timestamp: receipt.timestamp,
                    threaded,
                }))
            }
        }
    }

    async fn send(&self, mail: &Prepared, to: &str, deadline: Instant) -> Result<Receipt, Failure> {
        self.with_send_token(deadline, async |token| {
            let mail = Mail {
                to,
                from: &mail.from,
                subject: &mail.subject,
                text: &mail.parts.text,
                html: &mail.parts.html,
            };
            self.bridge.send(&token, &mail, deadline).await
        })
        .await
    }

    /// Through the bridge's own reply, or where it has none with a new mail to the original
    /// sender; and whether it was the former.
    async fn answer(
        &self,
        mail: &Prepared,
        original: &Head,
        deadline: Instant,
    ) -> Result<(Receipt, bool), Failure> {
        let outcome = self
            .with_send_token(deadline, async |token| {
                let reply = OutgoingReply {
                    id: original.id,
                    subject: &mail.subject,
                    text: &mail.parts.text,
                    html: &mail.parts.html,
                };
                self.bridge.reply(&token, &reply, deadline).await
            })
            .await?;
        match outcome {
            ReplyOutcome::Sent(receipt) => Ok((receipt, true)),
            ReplyOutcome::NoSuchMail => Err(Failure::NotSent(MailError::NoSuchMail(original.id))),
            ReplyOutcome::NotOffered => {
                let to = check::address(&original.from).map_err(Failure::NotSent)?;
                Ok((self.send(mail, &to, deadline).await?, false))
            }
        }
    }

    /// Does a send, and writes down what became of it.
    async fn once<T>(
        &self,
        digest: &Digest,
        insist: bool,
        send: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, MailError> {
        let entry = self.ledger.begin(digest, insist)?;
        match send.await {
            Ok(receipt) => {
                entry.sent();
                Ok(receipt)
            }
            Err(Failure::Unknown(cause)) => {
                // Dropping the entry says so.
                drop(entry);
                let digest = digest.clone();
                Err(MailError::Unknown { digest, cause })
            }
            Err(Failure::NotSent(error)) => {
                entry.not_sent();
                Err(error)
            }
        }
    }

    async fn with_send_token<T, F>(
        &self,
        deadline: Instant,
        work: impl Fn(Bearer) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, SendFailure>>,
    {
        let done = self.session.with_token(deadline, work).await;
        done.map_err(|error| match error {
            // The session gives a token before the mail leaves.
            RequestError::Session(error) => Failure::NotSent(MailError::Session(error)),
            RequestError::Bridge(SendFailure::NotSent(error)) => {
                Failure::NotSent(MailError::Bridge(error))
            }
            RequestError::Bridge(SendFailure::Unknown(error)) => Failure::Unknown(error),
        })
    }
}

/// Reason why a mail has no receipt.
enum Failure {
    /// The mail was certainly not sent.
    NotSent(MailError),
    /// The mail may have been sent.
    Unknown(BridgeError),
}

#[cfg(test)]
pub(super) fn prepared(to: &str, text: &str) -> Prepared {
    let (text, to) = (text.to_owned(), to.to_owned());
    Prepared {
        account: "alice@tai.chat".into(),
        from: "desk.alice@tai.chat".into(),
        subject: "subject".into(),
        digest: Digest::of(&[&to, &text]),
        parts: content::Parts {
            html: text.clone(),
            text,
        },
        kind: Kind::New { to },
    }
}
