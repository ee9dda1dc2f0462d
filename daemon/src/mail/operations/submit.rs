//! Sending and replying: prepares the draft, asks for approval if the policy requires it, checks the
//! ledger, and sends the mail at most once.

use crate::{
    config::Rules,
    digest::Digest,
    mail::{
        error::MailError,
        ledger::{HeldBack, OverLimit, Quota, Refusal},
        sending::{prepared::PreparedMail, submitter::Submitter},
        service::MailService,
    },
};
use tai_auth::{
    bridge::{Bridge, BridgeError, Outgoing, OutgoingReply, Receipt, ReplyOutcome, SendFailure},
    session::RequestError,
};
use tai_proto::{
    approval::{Consent, SubmitOutcome},
    call::Submit,
    mail::{ReplyReceipt, ReplyState, SentMail, Target},
    names::{Address, MailId},
    text::{HeaderText, Label, Words},
};
use tokio::time::Instant;

/// Result of a submission or of a person's decision.
#[derive(Debug)]
pub(crate) struct Submitted<T> {
    /// The mail; `None` if it has no final form.
    pub(crate) digest: Option<Digest>,
    /// The result.
    pub(crate) result: Result<T, MailError>,
}

impl<T> Submitted<T> {
    /// The result of a mail in its final form.
    pub(super) fn of(digest: Digest, result: Result<T, MailError>) -> Self {
        let digest = Some(digest);
        Self { digest, result }
    }

    /// The result without such a mail.
    pub(super) fn refused(error: MailError) -> Self {
        Self {
            digest: None,
            result: Err(error),
        }
    }
}

/// Reason for which a mail has no receipt.
enum Failure {
    /// The mail was certainly not sent.
    NotSent(MailError),
    /// The mail may have been sent.
    Unknown(BridgeError),
}

impl<B: Bridge> MailService<B> {
    /// Sends a mail or a reply from the address of the submitter's instance, at most once. The same
    /// mail within ten minutes is refused unless `insist` is set, and with `once` a second reply to a
    /// mail is, too. If the mail needs approval, it is sent only with an approving `consent`.
    ///
    /// The call must not be cancelled: the outcome of a cancelled send is unknown.
    ///
    /// # Errors
    /// Any [`MailError`]. [`MailError::Unknown`] alone means that the mail may have been sent.
    pub(crate) async fn submit(
        &self,
        submitter: Submitter<'_>,
        submit: Submit,
        deadline: Instant,
    ) -> Submitted<SubmitOutcome> {
        let Submit {
            draft,
            insist,
            once,
            consent,
        } = submit;
        // The preparation may take longer than a person reads.
        let consent = self.approvals.received(consent);
        let underway = match (&draft.target, &consent) {
            (_, Consent::Preview) | (Target::New { .. }, _) => None,
            (Target::Reply { to }, _) => Some((self.answering.begin(submitter.instance, *to), *to)),
        };
        match self.prepare_own(submitter.instance, draft, deadline).await {
            Ok(mut mail) => {
                self.suspect(&mut mail).await;
                let digest = mail.digest.clone();
                if let Some((underway, original)) = underway.as_ref().filter(|_| once)
                    && (underway.is_second || self.is_answered(&mail.from, *original))
                {
                    return Submitted::of(digest, Err(MailError::Answered(*original)));
                }
                if let Some(original) = mail.reply_to
                    && once
                    && mail.to.is_automatic()
                {
                    return Submitted::of(digest, Err(MailError::Automatic(original)));
                }
                let result = self.submit_prepared(submitter, mail, insist, consent, deadline);
                Submitted::of(digest, result.await)
            }
            Err(error) => Submitted::refused(error),
        }
    }

    /// Returns whether an address has answered a mail, or an answer waits for approval. One that a
    /// person discarded, or that was lost, is none.
    fn is_answered(&self, from: &Address, original: MailId) -> bool {
        match self.ledger.find_reply(from, original) {
            ReplyState::None => false,
            ReplyState::Held => self.approvals.has_answer(from, original),
            ReplyState::Sending | ReplyState::MaybeSent | ReplyState::Sent => true,
        }
    }

    /// Sends a mail, unless the ledger holds it back, and records the outcome.
    pub(super) async fn send_once(
        &self,
        mail: &PreparedMail,
        insist: bool,
        rules: &Rules,
        deadline: Instant,
    ) -> Result<SentMail, MailError> {
        // The daemon does not exit before the outcome is known.
        let _sending = self.sending.read().await;
        let attempt = self.ledger.begin(&mail.digest, insist, quota(mail, rules));
        let mut attempt = attempt.map_err(|refusal| refused(mail, rules, refusal))?;
        if let Some(original) = mail.reply_to {
            attempt.answers(original);
        }
        if let Err(error) = attempt.recorded(deadline).await {
            attempt.fail();
            return Err(MailError::NotRecorded(error));
        }
        match self.send(mail, deadline).await {
            Ok(sent) => {
                self.familiar.sent(mail.from.as_str(), mail.to.as_str());
                attempt.accept();
                self.approvals.sent(mail);
                Ok(sent)
            }
            Err(Failure::NotSent(error)) => {
                attempt.fail();
                Err(error)
            }
            Err(Failure::Unknown(cause)) => {
                // Dropping the attempt records the unknown outcome.
                drop(attempt);
                let digest = mail.digest.clone();
                Err(MailError::Unknown { digest, cause })
            }
        }
    }

    /// Sends a mail. A reply is sent through the bridge's own reply, or as a new mail to the
    /// original's sender if the bridge has none.
    async fn send(&self, mail: &PreparedMail, deadline: Instant) -> Result<SentMail, Failure> {
        let Some(original) = mail.reply_to else {
            let receipt = self.send_new(mail, deadline).await?;
            return Ok(sent_mail(mail, receipt, None));
        };
        let (receipt, threaded) = match self.reply(mail, original, deadline).await? {
            ReplyOutcome::Sent(receipt) => (receipt, true),
            ReplyOutcome::NoSuchMail => {
                return Err(Failure::NotSent(MailError::NoSuchMail(original)));
            }
            ReplyOutcome::NotOffered => (self.send_new(mail, deadline).await?, false),
        };
        let reply = ReplyReceipt { original, threaded };
        Ok(sent_mail(mail, receipt, Some(reply)))
    }

    async fn send_new(&self, mail: &PreparedMail, deadline: Instant) -> Result<Receipt, Failure> {
        let sent = self.session.with_token(deadline, async |token| {
            let mail = Outgoing {
                to: mail.to.as_str(),
                from: mail.from.as_str(),
                subject: &mail.subject,
                text: &mail.parts.text,
                html: &mail.parts.html,
            };
            self.bridge.send(&token, &mail, deadline).await
        });
        sent.await.map_err(Failure::from)
    }

    async fn reply(
        &self,
        mail: &PreparedMail,
        original: MailId,
        deadline: Instant,
    ) -> Result<ReplyOutcome, Failure> {
        let sent = self.session.with_token(deadline, async |token| {
            let reply = OutgoingReply {
                id: original.get(),
                subject: &mail.subject,
                text: &mail.parts.text,
                html: &mail.parts.html,
            };
            self.bridge.reply(&token, &reply, deadline).await
        });
        sent.await.map_err(Failure::from)
    }
}

impl From<RequestError<SendFailure>> for Failure {
    fn from(error: RequestError<SendFailure>) -> Self {
        match error {
            // The session fails only before the request is sent.
            RequestError::Session(error) => Self::NotSent(MailError::Session(error)),
            RequestError::Bridge(SendFailure::NotSent(reason)) => {
                Self::NotSent(MailError::Bridge(reason.into_error()))
            }
            RequestError::Bridge(SendFailure::Unknown(error)) => Self::Unknown(error),
        }
    }
}

pub(super) fn quota<'a>(mail: &'a PreparedMail, rules: &Rules) -> Quota<'a> {
    Quota {
        sender: &mail.from,
        limits: rules.limits(),
    }
}

pub(super) fn refused(mail: &PreparedMail, rules: &Rules, refusal: Refusal) -> MailError {
    match refusal {
        Refusal::Same(HeldBack { outcome, ago }) => MailError::Duplicate {
            digest: mail.digest.clone(),
            outcome,
            ago,
        },
        Refusal::OverLimit(OverLimit { key, limit, wait }) => MailError::TooManySends {
            rule: rules.rule(key, limit),
            wait,
        },
    }
}

fn sent_mail(mail: &PreparedMail, receipt: Receipt, reply: Option<ReplyReceipt>) -> SentMail {
    let subject = receipt.subject.filter(|_| reply.is_some());
    SentMail {
        from: mail.from.clone(),
        to: HeaderText::cut(mail.to.as_str()),
        subject: HeaderText::cut(subject.unwrap_or_else(|| mail.subject.clone())),
        message_id: Label::cut(receipt.message_id),
        timestamp: Label::cut(receipt.timestamp),
        reply,
        left_out: Words::cut(mail.parts.left_out.to_string()),
    }
}

#[cfg(test)]
#[path = "submit_tests.rs"]
mod tests;
