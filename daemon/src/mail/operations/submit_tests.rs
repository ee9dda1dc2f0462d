//! A mail is sent at most once, and its outcome is recorded.

use super::*;
use crate::{
    config::ConfirmPolicy,
    mail::{
        approvals::ApprovalError,
        fake::{Mailbox, instance, mail_id, service},
        ledger::Outcome,
        service::MailOptions,
    },
};
use std::{sync::Arc, time::Duration};
use tai_proto::{
    approval::{Consent, ConsentAnswer, HeldMail, Question, Resolution},
    call::{ResolveHeld, ReviseHeld, Verdict},
    mail::{Draft, Format, ReplyState, Target},
};

const DESK: &str = "desk.alice@tai.chat";

struct World {
    mailbox: Arc<Mailbox>,
    mail: MailService<Mailbox>,
}

impl World {
    fn new(confirm: ConfirmPolicy) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let options = MailOptions {
            confirm,
            ..MailOptions::default()
        };
        let mail = service(&mailbox, options);
        Self { mailbox, mail }
    }

    async fn submit(
        &self,
        draft: Draft,
        insist: bool,
        consent: Consent,
    ) -> Result<SubmitOutcome, MailError> {
        let submit = Submit {
            draft,
            insist,
            once: false,
            consent,
        };
        let desk = instance("desk");
        let submitter = Submitter {
            instance: Some(&desk),
            client: "client 1",
        };
        self.mail.submit(submitter, submit, soon()).await.result
    }

    /// Sends a mail without asking.
    async fn send(&self, text: &str) -> Result<SubmitOutcome, MailError> {
        self.submit(draft(text), false, Consent::NotAsked).await
    }

    /// Submits a mail that needs approval.
    async fn ask(&self, text: &str) -> Question {
        match self.send(text).await.unwrap() {
            SubmitOutcome::Ask(question) => question,
            other => panic!("{other:?}"),
        }
    }

    async fn answer(
        &self,
        question: &Question,
        answer: ConsentAnswer,
        text: &str,
    ) -> Result<SubmitOutcome, MailError> {
        let ticket = question.ticket.clone();
        let consent = Consent::Answered { ticket, answer };
        self.submit(draft(text), false, consent).await
    }

    /// Makes a mail wait for `taid approve`.
    async fn hold(&self, text: &str) -> HeldMail {
        let question = self.ask(text).await;
        let held = self.answer(&question, ConsentAnswer::CannotAsk, text);
        match held.await.unwrap() {
            SubmitOutcome::Held(held) => *held,
            other => panic!("{other:?}"),
        }
    }

    async fn approve(&self, held: &HeldMail) -> Result<Resolution, MailError> {
        let resolve = ResolveHeld {
            number: held.number,
            version: held.version.clone(),
            verdict: Verdict::Send,
        };
        self.mail.resolve(resolve, soon()).await.result
    }

    fn fail_next_send(&self, failure: SendFailure) {
        *self.mailbox.next_send.lock().unwrap() = Some(failure);
    }

    fn sent(&self) -> usize {
        self.mailbox.sent.lock().unwrap().len()
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn draft(text: &str) -> Draft {
    Draft {
        target: Target::New {
            to: Some("bob@example.com".into()),
        },
        subject: None,
        content: text.into(),
        format: Format::Markdown,
    }
}

fn broken() -> BridgeError {
    BridgeError::Broken {
        detail: "reset".into(),
    }
}

fn unreachable() -> BridgeError {
    BridgeError::Unreachable {
        detail: "refused".into(),
    }
}

/// Returns the outcome that holds the mail back.
fn held_back(result: Result<SubmitOutcome, MailError>) -> Outcome {
    match result {
        Err(MailError::Duplicate { outcome, .. }) => outcome,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_sent_mail_is_held_back_unless_the_caller_insists() {
    let world = World::new(ConfirmPolicy::Never);
    let sent = world.send("text").await.unwrap();
    let SubmitOutcome::Sent(sent) = sent else {
        panic!("{sent:?}");
    };
    assert_eq!((sent.from.as_str(), sent.reply), (DESK, None));
    assert_eq!(sent.subject, "Email from desk");
    assert_eq!(held_back(world.send("text").await), Outcome::Sent);
    let insisted = world.submit(draft("text"), true, Consent::NotAsked).await;
    assert!(insisted.is_ok());
    assert_eq!(world.sent(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_was_not_sent_may_be_sent_again_at_once() {
    let world = World::new(ConfirmPolicy::Never);
    world.fail_next_send(SendFailure::from(unreachable()));
    let error = world.send("text").await.unwrap_err();
    assert_eq!(error, MailError::Bridge(unreachable()));
    assert!(world.send("text").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_mail_with_an_unknown_outcome_is_held_back_and_shown() {
    let world = World::new(ConfirmPolicy::Never);
    world.fail_next_send(SendFailure::from(broken()));
    let error = world.send("text").await.unwrap_err();
    assert!(matches!(error, MailError::Unknown { .. }), "{error:?}");
    assert_eq!(held_back(world.send("text").await), Outcome::Unknown);
    assert_eq!(world.mail.unknown_sends().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_send_that_is_cancelled_has_an_unknown_outcome() {
    let world = World::new(ConfirmPolicy::Never);
    world.send("the login is done").await.unwrap();
    let soon = Duration::from_millis(5);
    assert!(
        tokio::time::timeout(soon, world.send("text"))
            .await
            .is_err()
    );
    assert_eq!(held_back(world.send("text").await), Outcome::Unknown);
}

#[tokio::test(start_paused = true)]
async fn two_equal_mails_at_once_are_sent_once() {
    let world = World::new(ConfirmPolicy::Never);
    let (one, two) = tokio::join!(world.send("text"), world.send("text"));
    let other = match (one, two) {
        (Ok(_), other) | (other, Ok(_)) => other,
        both => panic!("{both:?}"),
    };
    assert_eq!(held_back(other), Outcome::Sending);
    assert_eq!(world.sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_reply_is_a_new_mail_to_the_original_sender_if_the_bridge_cannot_reply() {
    let world = World::new(ConfirmPolicy::Never);
    world.mailbox.deliver(7, DESK);
    let reply = Draft {
        target: Target::Reply { to: mail_id(7) },
        ..draft("text")
    };
    let outcome = world.submit(reply, false, Consent::NotAsked).await;
    let Ok(SubmitOutcome::Sent(sent)) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(sent.to, "someone@example.com");
    assert_eq!(sent.subject, "Re: mail 7");
    let threaded = false;
    let original = mail_id(7);
    assert_eq!(sent.reply, Some(ReplyReceipt { original, threaded }));
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_is_not_sent_as_a_new_mail() {
    let world = World::new(ConfirmPolicy::Never);
    world.mailbox.deliver(7, DESK);
    world.fail_next_send(SendFailure::from(broken()));
    let reply = Draft {
        target: Target::Reply { to: mail_id(7) },
        ..draft("text")
    };
    let error = world.submit(reply, false, Consent::NotAsked).await;
    assert!(matches!(error, Err(MailError::Unknown { .. })), "{error:?}");
    assert_eq!(world.sent(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_sent_after_a_person_approves() {
    let world = World::new(ConfirmPolicy::Always);
    let question = world.ask("text").await;
    assert_eq!((world.sent(), question.mail.from.as_str()), (0, DESK));
    let declined = world.answer(&question, ConsentAnswer::Withdrawn, "text");
    assert!(matches!(declined.await, Err(MailError::Approval(_))));
    let question = world.ask("text").await;
    let approved = world.answer(&question, ConsentAnswer::Approved, "text");
    assert!(matches!(approved.await, Ok(SubmitOutcome::Sent(_))));
    assert_eq!(world.sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_mail_does_not_wait_any_more_once_the_same_mail_was_sent() {
    let world = World::new(ConfirmPolicy::Always);
    let held = world.hold("text").await;
    world.hold("other").await;
    let question = world.ask("text").await;
    let sent = world
        .answer(&question, ConsentAnswer::Approved, "text")
        .await;
    assert!(matches!(sent, Ok(SubmitOutcome::Sent(_))), "{sent:?}");
    assert!(world.approve(&held).await.is_err());
    assert_eq!(world.mail.held_of(|_| true).len(), 1, "the other one waits");
}

#[tokio::test(start_paused = true)]
async fn no_person_is_asked_about_a_mail_that_is_held_back() {
    let world = World::new(ConfirmPolicy::Always);
    let question = world.ask("text").await;
    let approved = world.answer(&question, ConsentAnswer::Approved, "text");
    approved.await.unwrap();
    assert_eq!(held_back(world.send("text").await), Outcome::Sent);
}

#[tokio::test(start_paused = true)]
async fn a_held_mail_that_was_not_sent_waits_again_and_any_other_does_not() {
    for (failure, waits) in [
        (Some(SendFailure::from(unreachable())), true),
        (Some(SendFailure::from(broken())), false),
        (None, false),
    ] {
        let world = World::new(ConfirmPolicy::Always);
        let held = world.hold("text").await;
        *world.mailbox.next_send.lock().unwrap() = failure.clone();
        let resolved = world.approve(&held).await;
        assert_eq!(resolved.is_ok(), failure.is_none());
        let waiting = world.mail.held(soon()).await.waiting;
        assert_eq!(waiting.is_empty(), !waits, "{failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn taid_knows_whether_an_instance_answered_a_mail() {
    let world = World::new(ConfirmPolicy::Never);
    world.mailbox.deliver(7, DESK);
    let answer = async |text: &str| {
        let reply = Draft {
            target: Target::Reply { to: mail_id(7) },
            ..draft(text)
        };
        world.submit(reply, false, Consent::NotAsked).await
    };
    let find = async |name: &str| {
        let instance = instance(name);
        let found = world.mail.find_reply(Some(&instance), mail_id(7), soon());
        found.await.unwrap()
    };
    assert_eq!(find("desk").await, ReplyState::None);
    world.fail_next_send(SendFailure::from(unreachable()));
    assert!(answer("first").await.is_err());
    assert_eq!(find("desk").await, ReplyState::None);
    world.fail_next_send(SendFailure::from(broken()));
    assert!(answer("second").await.is_err());
    assert_eq!(find("desk").await, ReplyState::MaybeSent);
    answer("third").await.unwrap();
    assert_eq!(find("desk").await, ReplyState::Sent);
    assert_eq!(find("lab").await, ReplyState::None);
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_waits_for_approval_counts_as_an_answer() {
    let world = World::new(ConfirmPolicy::Always);
    world.mailbox.deliver(7, DESK);
    let reply = Draft {
        target: Target::Reply { to: mail_id(7) },
        ..draft("answer")
    };
    let asked = world.submit(reply.clone(), false, Consent::NotAsked).await;
    let Ok(SubmitOutcome::Ask(Question { ticket, .. })) = asked else {
        panic!("{asked:?}")
    };
    let desk = instance("desk");
    let find = async || {
        let found = world.mail.find_reply(Some(&desk), mail_id(7), soon());
        found.await.unwrap()
    };
    assert_eq!(find().await, ReplyState::None);
    let answer = ConsentAnswer::CannotAsk;
    let consent = Consent::Answered { ticket, answer };
    world.submit(reply, false, consent).await.unwrap();
    assert_eq!(find().await, ReplyState::Held);
}

#[tokio::test(start_paused = true)]
async fn a_mail_about_which_a_stopped_taid_asked_waits_and_is_not_sent() {
    let question = World::new(ConfirmPolicy::Always).ask("text").await;
    let world = World::new(ConfirmPolicy::Always);
    let waits = world.answer(&question, ConsentAnswer::CannotAsk, "text");
    assert!(matches!(waits.await, Ok(SubmitOutcome::Held(_))));
    let sends = world.answer(&question, ConsentAnswer::Approved, "text");
    assert_eq!(
        sends.await,
        Err(MailError::Approval(ApprovalError::NoTicket))
    );
}

#[tokio::test(start_paused = true)]
async fn a_changed_mail_waits_in_place_of_the_agents_and_nothing_is_sent_before_its_approval() {
    let world = World::new(ConfirmPolicy::Always);
    let held = world.hold("first").await;
    let revise = |held: &HeldMail| ReviseHeld {
        number: held.number,
        version: held.version.clone(),
        to: Some("carol@example.com".into()),
        subject: Some("Changed".into()),
        content: "second".into(),
    };
    let other = ReviseHeld {
        version: "other".into(),
        ..revise(&held)
    };
    let unseen = world.mail.revise_held(other, soon()).await.result;
    let refused = MailError::Approval(ApprovalError::OtherVersion(held.number));
    assert_eq!(unseen, Err(refused));
    let changed = world.mail.revise_held(revise(&held), soon()).await;
    let changed = changed.result.unwrap();
    assert_eq!(world.sent(), 0);
    assert_eq!(changed.mail.to, "carol@example.com");
    assert_eq!(changed.mail.text, "| second");
    assert_eq!(changed.revises.as_ref().unwrap().number, held.number);
    let again = world.send("first").await.unwrap_err();
    let told = ApprovalError::Discarded(held.number);
    assert!(matches!(again, MailError::Approval(error) if error == told));
    let waiting = world.mail.held(soon()).await.waiting;
    let numbers: Vec<u64> = waiting.iter().map(|mail| mail.number).collect();
    assert_eq!(numbers, [changed.number]);
    // Neither a decision nor a change is about the new mail if the person saw the old one.
    let gone = MailError::Approval(ApprovalError::NotHeld(held.number));
    assert_eq!(world.approve(&held).await, Err(gone.clone()));
    let again = world.mail.revise_held(revise(&held), soon()).await;
    assert_eq!(again.result, Err(gone));
    assert!(matches!(
        world.approve(&changed).await,
        Ok(Resolution::Sent(_))
    ));
    assert_eq!(world.sent(), 1);
}
