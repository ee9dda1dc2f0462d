//! Answers to mails: whether taid knows of one, and the submission of a program's output as one.
//!
//! An answer is never submitted twice: taid records each reply before it sends it, so that it can
//! tell what became of a reply whose outcome this command does not know.

use super::{
    calls::Calls,
    ending::Ending,
    failure::{Failure, clause},
    report::Report,
};
use std::time::Duration;
use tai_client::Backoff;
use tai_proto::{
    Fault,
    approval::{Consent, ConsentAnswer, SubmitOutcome},
    call::{FindReply, Submit},
    mail::{Draft, Format, ReplyState, Target},
    names::MailId,
    text::Content,
};

/// The answer to one mail.
#[derive(Clone, Copy)]
pub(super) struct AnswerTo<'a> {
    mail: MailId,
    calls: &'a Calls,
    report: Report,
}

impl<'a> AnswerTo<'a> {
    /// Returns the answer to a mail. Failed calls are reported to `report`.
    pub(super) fn new(mail: MailId, calls: &'a Calls, report: Report) -> Self {
        Self {
            mail,
            calls,
            report,
        }
    }

    /// Returns the id of the mail.
    pub(super) fn mail(self) -> MailId {
        self.mail
    }

    /// Returns how the mail was answered; `None` if it certainly was not. Waits for a reply that is
    /// being sent.
    pub(super) async fn find(self) -> Option<Ending> {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
        let find = FindReply { to: self.mail };
        loop {
            match self.calls.insist(find, self.report).await {
                ReplyState::None => return None,
                ReplyState::Sending => {}
                ReplyState::MaybeSent => return Some(Ending::MaybeAnswered),
                ReplyState::Held => return Some(Ending::Held(None)),
                ReplyState::Sent => return Some(Ending::Answered),
            }
            backoff.wait().await;
        }
    }

    /// Sends an answer in Markdown.
    ///
    /// # Errors
    /// The kind of the failure and its reason as a clause, if the answer was certainly not sent.
    pub(super) async fn send(self, content: Content) -> Result<Ending, (Failure, String)> {
        let not_sent = |why: &str| Err((Failure::NotSent(content.clone()), why.to_owned()));
        match submit(self.calls, self.mail, content.clone()).await {
            Ok(SubmitOutcome::Sent(_)) => Ok(Ending::Answered),
            Ok(SubmitOutcome::Held(held)) => Ok(Ending::Held(Some(held.number))),
            Ok(SubmitOutcome::Preview(_)) => not_sent("taid showed its answer and did not send it"),
            Ok(SubmitOutcome::Ask(_)) => not_sent("taid asked a second time about its answer"),
            // The reply may have been sent although the call failed.
            Err(fault) => self.find().await.ok_or_else(|| {
                let why = format!("its answer was not sent: {}", clause(&fault));
                (Failure::of_submit(fault.code, content), why)
            }),
        }
    }

    /// As [`AnswerTo::send`], unless another program has sent a reply meanwhile.
    ///
    /// # Errors
    /// As [`AnswerTo::send`].
    pub(super) async fn send_later(self, content: Content) -> Result<Ending, (Failure, String)> {
        match self.find().await {
            Some(ending) => Ok(ending),
            None => self.send(content).await,
        }
    }
}

async fn submit(calls: &Calls, to: MailId, content: Content) -> Result<SubmitOutcome, Fault> {
    let submit = Submit {
        draft: Draft {
            target: Target::Reply { to },
            subject: None,
            content,
            format: Format::Markdown,
        },
        // Two mails may get the same answer. [`AnswerTo::find`] keeps one mail from getting two.
        insist: true,
        once: true,
        consent: Consent::NotAsked,
    };
    let question = match calls.call(submit.clone()).await? {
        SubmitOutcome::Ask(question) => question,
        outcome => return Ok(outcome),
    };
    // This command cannot ask its user, so the mail waits for `taid approve`.
    let consent = Consent::Answered {
        ticket: question.ticket,
        answer: ConsentAnswer::CannotAsk,
    };
    calls.call(Submit { consent, ..submit }).await
}
