//! Sending and replying, with the person's approval.

use super::{Client, INSTANCES};
use tai_proto::{
    Fault, FaultCode,
    approval::{Consent, ConsentAnswer, Resolution, SubmitOutcome},
    call::{ResolveHeld, Submit, Verdict},
    mail::{Draft, Format, Target},
    names::MailId,
};

impl Client {
    /// Sends a mail or a reply, in some cases a duplicate, and checks the outcome.
    pub(super) async fn send(&self) {
        let (instance, address) = INSTANCES[self.instance];
        let mut text = format!("{instance} {}", self.world.draw(40));
        let target = match self.world.some_mail(address) {
            Some(number) if self.world.happens(30) => {
                text = format!("{text} to {number}");
                Target::Reply {
                    to: MailId::new(number).unwrap(),
                }
            }
            _ => Target::New {
                to: Some("bob@example.com".into()),
            },
        };
        let submit = Submit {
            draft: Draft {
                target,
                subject: Some("s".into()),
                content: text.as_str().into(),
                format: Format::Markdown,
            },
            insist: false,
            once: false,
            consent: Consent::NotAsked,
        };
        self.world.attempts(&text);
        let Some(outcome) = self.call(submit.clone()).await else {
            return;
        };
        match outcome {
            Ok(SubmitOutcome::Ask(question)) => {
                let answer = match self.world.draw(10) {
                    ..6 => ConsentAnswer::Approved,
                    ..7 => ConsentAnswer::Declined,
                    ..8 => ConsentAnswer::Withdrawn,
                    _ => ConsentAnswer::CannotAsk,
                };
                let ticket = question.ticket;
                let consent = Consent::Answered { ticket, answer };
                let answered = self.call(Submit { consent, ..submit }).await;
                if matches!(answer, ConsentAnswer::Declined | ConsentAnswer::Withdrawn)
                    && matches!(answered, Some(Ok(SubmitOutcome::Sent(_))))
                {
                    self.world
                        .record_violation(format!("\"{text}\" was declined and sent"));
                }
                if let Some(answered) = answered {
                    self.told(&text, answered).await;
                }
            }
            outcome => self.told(&text, outcome).await,
        }
    }

    async fn told(&self, text: &str, outcome: Result<SubmitOutcome, Fault>) {
        match outcome {
            Ok(SubmitOutcome::Sent(_)) => self.world.told(text, true),
            Ok(SubmitOutcome::Ask(_)) => {
                self.world
                    .record_violation(format!("a person is asked twice about \"{text}\""));
            }
            Ok(SubmitOutcome::Held(held)) => {
                let resolve = ResolveHeld {
                    number: held.number,
                    version: held.version,
                    verdict: match self.world.happens(80) {
                        true => Verdict::Send,
                        false => Verdict::Discard,
                    },
                };
                let resolved = self.call_as(&self.person, resolve);
                match resolved.await {
                    Some(Ok(Resolution::Sent(_))) => self.world.told(text, true),
                    Some(Err(fault)) => self.told_fault(text, &fault),
                    Some(Ok(Resolution::Discarded { .. })) | None => {}
                }
            }
            Ok(SubmitOutcome::Preview(_)) => {
                self.world
                    .record_violation(format!("\"{text}\" was to be sent and was shown"));
            }
            Err(fault) => self.told_fault(text, &fault),
        }
    }

    fn told_fault(&self, text: &str, fault: &Fault) {
        match fault.code {
            FaultCode::OutcomeUnknown | FaultCode::Duplicate | FaultCode::DeadlinePassed => {}
            _ => self.world.told(text, false),
        }
    }
}
