//! Sends of a recorded connection, with the answers to their questions.

use super::*;
use tai_proto::{
    approval::{Consent, ConsentAnswer, Resolution, SubmitOutcome},
    call::Verdict,
    mail::{Format, Target},
    person::{PersonConsent, SendOutcome},
};

impl Player {
    /// Returns the draft of a new mail or reply. Its text is that of the mail before if the daemon
    /// took the recorded one for a duplicate, and new otherwise. A recorded mail that was not valid
    /// has no valid recipient.
    fn draft(&self, recorded: Recorded<'_>, is_reply: bool) -> (Draft, String) {
        let mut state = self.state();
        if recorded.call.outcome != CallOutcome::Failed(FaultCode::Duplicate)
            || state.text.is_empty()
        {
            state.text = format!("mail {} of {}", recorded.call.at_ms, self.number);
        }
        let text = state.text.clone();
        drop(state);
        self.world.attempts(&text);
        let to = match recorded.call.outcome {
            CallOutcome::Failed(FaultCode::BadRequest) => "no address",
            _ => "bob@example.com",
        };
        let target = match is_reply {
            true => Target::Reply { to: self.mail() },
            false => Target::New {
                to: Some(to.into()),
            },
        };
        let draft = Draft {
            target,
            subject: Some("s".into()),
            content: text.as_str().into(),
            format: Format::Markdown,
        };
        (draft, text)
    }

    pub(super) async fn submit(&self, recorded: Recorded<'_>) -> CallOutcome {
        let question = self.state().question.take();
        let (draft, text, consent) = match question {
            Some(Question {
                ticket,
                draft,
                text,
            }) => {
                let answer = match recorded.sends() {
                    true => ConsentAnswer::Approved,
                    false => ConsentAnswer::CannotAsk,
                };
                (draft, text, Consent::Answered { ticket, answer })
            }
            None => {
                let is_reply = recorded.call.call == "reply_email";
                let (draft, text) = self.draft(recorded, is_reply);
                (draft, text, Consent::NotAsked)
            }
        };
        let insist = false;
        let submit = Submit {
            draft: draft.clone(),
            insist,
            once: false,
            consent,
        };
        let submitted = self.call(recorded, submit).await;
        match &submitted {
            Ok(SubmitOutcome::Sent(_)) => self.world.told(&text, true),
            Ok(SubmitOutcome::Ask(question)) => {
                let ticket = question.ticket.clone();
                self.state().question = Some(Question {
                    ticket,
                    draft,
                    text,
                });
            }
            Ok(SubmitOutcome::Held(mail)) => {
                let mut held = self.held.lock().unwrap();
                held.push_back((mail.number, mail.version.clone(), text));
            }
            Ok(SubmitOutcome::Preview(_)) => {}
            Err(fault) => self.told_fault(&text, fault),
        }
        outcome(&submitted)
    }

    pub(super) async fn send_mail(&self, recorded: Recorded<'_>) -> CallOutcome {
        let (draft, text) = self.draft(recorded, recorded.has(Operation::Reply));
        // A person who was asked and has not answered.
        let is_asked = recorded.call.outcome == CallOutcome::Done && !recorded.sends();
        let consent = match is_asked {
            true => PersonConsent::NotAsked,
            false => PersonConsent::Given,
        };
        let send = SendMail {
            instance: None,
            draft,
            insist: false,
            consent,
        };
        let sent = self.call(recorded, send).await;
        match &sent {
            Ok(SendOutcome::Sent(_)) => self.world.told(&text, true),
            Ok(SendOutcome::Ask(_)) => {}
            Err(fault) => self.told_fault(&text, fault),
        }
        outcome(&sent)
    }

    pub(super) async fn resolve(&self, recorded: Recorded<'_>) -> CallOutcome {
        let waiting = self.held.lock().unwrap().pop_front();
        let none = || (1, Label::default(), String::new());
        let (number, version, text) = waiting.unwrap_or_else(none);
        let verdict = match recorded.sends() || recorded.call.outcome != CallOutcome::Done {
            true => Verdict::Send,
            false => Verdict::Discard,
        };
        let resolved = self
            .call(
                recorded,
                ResolveHeld {
                    number,
                    version,
                    verdict,
                },
            )
            .await;
        match &resolved {
            Ok(Resolution::Sent(_)) => self.world.told(&text, true),
            Ok(Resolution::Discarded { .. }) => {}
            Err(fault) => self.told_fault(&text, fault),
        }
        outcome(&resolved)
    }

    fn told_fault(&self, text: &str, fault: &Fault) {
        match fault.code {
            FaultCode::OutcomeUnknown
            | FaultCode::Duplicate
            | FaultCode::DeadlinePassed
            | FaultCode::Cancelled => {}
            _ => self.world.told(text, false),
        }
    }
}
