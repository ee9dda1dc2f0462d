//! Sending and replying: prepares the draft, asks for approval if the policy requires it, checks the
//! ledger, and sends the mail at most once.

use super::{
    approvals::{ApprovedMail, Resolved},
    digest::Digest,
    error::MailError,
    ledger::{HeldBack, OverLimit, Quota, Refusal},
    prepared::PreparedMail,
    service::MailService,
    submitter::Submitter,
};
use crate::config::{ConfirmPolicy, Rules};
use tai_auth::{
    bridge::{Bridge, BridgeError, Outgoing, OutgoingReply, Receipt, ReplyOutcome, SendFailure},
    session::RequestError,
};
use tai_proto::{
    approval::{GoneMail, GoneState, HeldList, HeldPart, Resolution, SubmitOutcome},
    call::{ReadHeld, ResolveHeld, Submit},
    mail::{ReplyReceipt, SentMail},
    names::MailId,
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

/// Error for a reply to a sender without an address, at a bridge that cannot reply.
const NO_ADDRESS: MailError = MailError::BadField {
    field: "message_id",
    rule: "its sender has no address to answer; use send_email with \"to\"",
};

/// Reason for which a mail has no receipt.
enum Failure {
    /// The mail was certainly not sent.
    NotSent(MailError),
    /// The mail may have been sent.
    Unknown(BridgeError),
}

impl<B: Bridge> MailService<B> {
    /// Sends a mail or a reply from the address of the submitter's instance, at most once. The same mail within ten
    /// minutes is refused unless `insist` is set. If the mail needs approval, it is sent only with
    /// an approving `consent`.
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
            consent,
        } = submit;
        match self.prepare_own(submitter.instance, draft, deadline).await {
            Ok(mut mail) => {
                self.suspect(&mut mail).await;
                Submitted {
                    digest: Some(mail.digest.clone()),
                    result: self
                        .submit_prepared(submitter, mail, insist, consent, deadline)
                        .await,
                }
            }
            Err(error) => Submitted {
                digest: None,
                result: Err(error),
            },
        }
    }

    /// Sends or discards a mail that waits for approval. A mail that was certainly not sent waits
    /// again.
    ///
    /// # Errors
    /// Any [`MailError`]. [`MailError::Unknown`] alone means that the mail may have been sent.
    pub(crate) async fn resolve(
        &self,
        resolve: ResolveHeld,
        deadline: Instant,
    ) -> Submitted<Resolution> {
        self.approvals.unseal_soon(deadline).await;
        let (digest, result) = match self.approvals.resolve(resolve) {
            Ok(Resolved::Discarded(digest, promise)) => {
                let recorded = promise.kept(deadline).await;
                let recorded = recorded.map_err(MailError::NotRecorded);
                (Some(digest), recorded.map(|()| Resolution::Discarded))
            }
            Ok(Resolved::Approved(approved)) => {
                let digest = approved.mail.digest.clone();
                (Some(digest), self.send_approved(approved, deadline).await)
            }
            Err(error) => (None, Err(error.into())),
        };
        Submitted { digest, result }
    }

    async fn send_approved(
        &self,
        approved: ApprovedMail<'_>,
        deadline: Instant,
    ) -> Result<Resolution, MailError> {
        if let Err(error) = approved.recorded(deadline).await {
            approved.hold_again();
            return Err(MailError::NotRecorded(error));
        }
        // The person's decision overrides the limits of the instance, and the send counts.
        let rules = Rules::default();
        let sent = self.send_once(&approved.mail, approved.insist, &rules, deadline);
        match sent.await {
            Ok(sent) => Ok(Resolution::Sent(sent)),
            Err(error @ MailError::Unknown { .. }) => Err(error),
            Err(
                error @ (MailError::Session(_)
                | MailError::Bridge(_)
                | MailError::NoRecipient
                | MailError::BadField { .. }
                | MailError::Query(_)
                | MailError::Content(_)
                | MailError::TooLong { .. }
                | MailError::Compose(_)
                | MailError::Duplicate { .. }
                | MailError::NotRecorded(_)
                | MailError::Approval(_)
                | MailError::NoSuchMail(_)
                | MailError::NoSuchPart { .. }
                | MailError::Unchanged { .. }
                | MailError::NotPermitted { .. }
                | MailError::TooManySends { .. }
                | MailError::NotYours { .. }),
            ) => {
                approved.hold_again();
                Err(error)
            }
        }
    }

    /// Returns the mails that wait for approval, and those that an earlier daemon lost.
    pub(crate) async fn held(&self, deadline: Instant) -> HeldList {
        self.approvals.unseal_soon(deadline).await;
        self.approvals.list()
    }

    /// Opens the mails that an earlier daemon sealed, while no call waits for them.
    pub(crate) async fn restore_held(&self) {
        self.approvals.unseal().await;
    }

    /// Returns a part of a mail that waits for approval, or that a client asks about.
    ///
    /// # Errors
    /// [`MailError::Approval`].
    pub(crate) async fn read_held(
        &self,
        read: ReadHeld,
        deadline: Instant,
    ) -> Result<HeldPart, MailError> {
        self.approvals.unseal_soon(deadline).await;
        Ok(self.approvals.read(read)?)
    }

    /// Returns the number of mails that wait for approval.
    pub(crate) fn count_held(&self) -> usize {
        self.approvals.count_held()
    }

    /// Returns the number of mails that wait for approval and that the daemon's stop loses.
    pub(crate) fn count_held_in_memory(&self) -> usize {
        self.approvals.count_in_memory()
    }

    /// Returns the mails of the last day that earlier daemons lost.
    pub(crate) fn lost_held(&self) -> Vec<GoneMail> {
        let mut gone = self.approvals.list().gone;
        gone.retain(|mail| match mail.state {
            GoneState::Lost | GoneState::LostMaybeSent => true,
            GoneState::Locked => false,
        });
        gone
    }

    /// Replaces the policy for later submissions.
    pub(crate) fn set_confirm_policy(&self, policy: ConfirmPolicy) {
        self.approvals.set_policy(policy);
        if policy != ConfirmPolicy::Unfamiliar {
            self.familiar.clear();
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
                if self.approvals.policy() == ConfirmPolicy::Unfamiliar {
                    self.familiar.sent(mail.from.as_str(), &mail.to);
                }
                attempt.accept();
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
            let receipt = self.send_new(mail, &mail.to, deadline).await?;
            return Ok(sent_mail(mail, receipt, None));
        };
        let (receipt, threaded) = match self.reply(mail, original, deadline).await? {
            ReplyOutcome::Sent(receipt) => (receipt, true),
            ReplyOutcome::NoSuchMail => {
                return Err(Failure::NotSent(MailError::NoSuchMail(original)));
            }
            ReplyOutcome::NotOffered => {
                let to = mail
                    .recipient
                    .as_ref()
                    .ok_or(NO_ADDRESS)
                    .map_err(Failure::NotSent)?;
                (self.send_new(mail, to.as_str(), deadline).await?, false)
            }
        };
        let reply = ReplyReceipt { original, threaded };
        Ok(sent_mail(mail, receipt, Some(reply)))
    }

    async fn send_new(
        &self,
        mail: &PreparedMail,
        to: &str,
        deadline: Instant,
    ) -> Result<Receipt, Failure> {
        let sent = self.session.with_token(deadline, async |token| {
            let mail = Outgoing {
                to,
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
