//! Submission of a mail in its final form: sends it, asks for approval, holds it, or shows it.

use super::submit::{quota, refused};
use crate::{
    config::Rules,
    mail::{
        approvals::{Answered, ApprovalError, Holding},
        error::MailError,
        sending::{prepared::PreparedMail, submitter::Submitter},
        service::MailService,
    },
};
use tai_auth::bridge::Bridge;
use tai_proto::{
    approval::{Consent, ConsentAnswer, PreviewedMail, SubmitOutcome},
    names::{Address, MailId},
    text::Words,
};
use tokio::time::Instant;

impl<B: Bridge> MailService<B> {
    /// Submits a mail with the consent of a person, as far as the client knows it.
    ///
    /// # Errors
    /// As [`MailService::submit`].
    pub(super) async fn submit_prepared(
        &self,
        submitter: Submitter<'_>,
        mail: PreparedMail,
        insist: bool,
        consent: Consent,
        deadline: Instant,
    ) -> Result<SubmitOutcome, MailError> {
        let rules = &*self.policy.rules(submitter.instance);
        if let Some(rule) = rules.forbids_recipient(&mail.to) {
            // A sender chooses the name of its address, which no text of a refusal repeats.
            let what = match mail.reply_to {
                Some(original) => format!("an answer to the sender of email {original}"),
                None => format!("sending to {}", mail.to),
            };
            return Err(MailError::NotPermitted { what, rule });
        }
        let sent = match consent {
            Consent::NotAsked => {
                self.check_discarded(&mail, insist)?;
                if self.approvals.wants(&mail, self.default_recipient.as_ref()) {
                    // Asking about a mail that the ledger then holds back would be useless.
                    self.check(&mail, insist, rules)?;
                    return Ok(SubmitOutcome::Ask(self.approvals.ask(mail)?));
                }
                self.send_once(&mail, insist, rules, deadline).await?
            }
            Consent::Draft => return self.draft(submitter, mail, insist, deadline).await,
            Consent::Preview => {
                let default = self.default_recipient.as_ref();
                return Ok(SubmitOutcome::Preview(PreviewedMail {
                    asks: self.approvals.wants(&mail, default),
                    left_out: Words::cut(mail.parts.left_out.to_string()),
                    mail: mail.preview(),
                }));
            }
            // The question was that of a taid that has stopped since. To wait, a mail needs no
            // approval.
            Consent::Answered {
                ticket,
                answer: ConsentAnswer::CannotAsk,
            } if !self.approvals.has_question(&ticket) => {
                return self.draft(submitter, mail, insist, deadline).await;
            }
            Consent::Answered { ticket, answer } => {
                let (from, reply_to) = (mail.from.clone(), mail.reply_to);
                let answer = self
                    .approvals
                    .answer(&ticket, answer, mail, insist, submitter);
                match answer? {
                    Answered::Approved(mail) => {
                        self.send_once(&mail, insist, rules, deadline).await?
                    }
                    Answered::Held(holding) => {
                        return self.hold(holding, &from, reply_to, deadline).await;
                    }
                }
            }
        };
        Ok(SubmitOutcome::Sent(sent))
    }

    /// Makes a mail wait for the decision of a person.
    async fn draft(
        &self,
        submitter: Submitter<'_>,
        mail: PreparedMail,
        insist: bool,
        deadline: Instant,
    ) -> Result<SubmitOutcome, MailError> {
        self.check_discarded(&mail, insist)?;
        self.check(&mail, insist, &self.policy.rules(submitter.instance))?;
        let (from, reply_to) = (mail.from.clone(), mail.reply_to);
        let ticket = self.approvals.ask(mail.clone())?.ticket;
        let cannot_ask = ConsentAnswer::CannotAsk;
        let answer = self
            .approvals
            .answer(&ticket, cannot_ask, mail, insist, submitter);
        match answer? {
            Answered::Held(holding) => self.hold(holding, &from, reply_to, deadline).await,
            // No person has approved it.
            Answered::Approved(_) => Err(ApprovalError::NoTicket.into()),
        }
    }

    /// Checks that the ledger does not hold the mail back.
    pub(super) fn check(
        &self,
        mail: &PreparedMail,
        insist: bool,
        rules: &Rules,
    ) -> Result<(), MailError> {
        let checked = self.ledger.check(&mail.digest, insist, quota(mail, rules));
        checked.map_err(|refusal| refused(mail, rules, refusal))
    }

    /// Checks that no person discarded the mail a short time ago. Without approval, too: the
    /// discarded mail may have been a draft that the agent chose to hold.
    fn check_discarded(&self, mail: &PreparedMail, insist: bool) -> Result<(), MailError> {
        match insist {
            true => Ok(()),
            false => Ok(self.approvals.check_discarded(&mail.digest)?),
        }
    }

    async fn hold(
        &self,
        holding: Holding,
        from: &Address,
        reply_to: Option<MailId>,
        deadline: Instant,
    ) -> Result<SubmitOutcome, MailError> {
        let held = self.approvals.keep(holding, deadline).await?;
        let held = held.ok_or(ApprovalError::Decided)?;
        if let Some(original) = reply_to {
            self.ledger.hold_reply(from, original);
        }
        Ok(SubmitOutcome::Held(Box::new(held)))
    }
}
