//! A program that answers mails sends one answer to each, also while another one is on its way.

use crate::{
    config::ConfirmPolicy,
    mail::{
        approvals::ApprovalError,
        error::MailError,
        fake::{Mailbox, instance, mail_id, service},
        sending::submitter::Submitter,
        service::{MailOptions, MailService},
    },
};
use std::{sync::Arc, time::Duration};
use tai_auth::testing::TestClock;
use tai_proto::{
    approval::{Consent, ConsentAnswer, SubmitOutcome},
    call::{ResolveHeld, Submit, Verdict},
    mail::{Draft, Format, ReplyState, Target},
};
use tokio::time::Instant;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

async fn reply(
    mail: &MailService<Mailbox>,
    text: &str,
    once: bool,
    consent: Consent,
) -> Result<SubmitOutcome, MailError> {
    let desk = instance("desk");
    let submitter = Submitter {
        instance: Some(&desk),
        client: "client 1",
    };
    let submit = Submit {
        draft: Draft {
            target: Target::Reply { to: mail_id(7) },
            subject: None,
            content: text.into(),
            format: Format::Markdown,
        },
        insist: true,
        once,
        consent,
    };
    mail.submit(submitter, submit, soon()).await.result
}

#[tokio::test(start_paused = true)]
async fn a_second_answer_is_refused_after_the_first_and_while_that_is_prepared() {
    let mailbox = Arc::new(Mailbox::default());
    mailbox.deliver(7, "desk.alice@tai.chat");
    let options = MailOptions {
        confirm: ConfirmPolicy::Never,
        ..MailOptions::default()
    };
    let mail = service(&mailbox, options);
    let desk = instance("desk");
    let find = async || {
        let found = mail.find_reply(Some(&desk), mail_id(7), soon());
        found.await.unwrap()
    };
    assert_eq!(find().await, ReplyState::None);
    // The submission of a client that was killed waits for the bridge.
    let prepared = mail.answering.begin(Some(&desk), mail_id(7));
    assert_eq!(find().await, ReplyState::Sending);
    let refused = Err(MailError::Answered(mail_id(7)));
    assert_eq!(
        reply(&mail, "second", true, Consent::NotAsked).await,
        refused
    );
    drop(prepared);
    assert!(reply(&mail, "first", true, Consent::NotAsked).await.is_ok());
    assert_eq!(find().await, ReplyState::Sent);
    assert_eq!(
        reply(&mail, "third", true, Consent::NotAsked).await,
        refused
    );
    assert_eq!(mailbox.sent.lock().unwrap().len(), 1);
    // An agent of a person may write again.
    assert!(
        reply(&mail, "third", false, Consent::NotAsked)
            .await
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_a_person_discarded_is_none() {
    let mailbox = Arc::new(Mailbox::default());
    mailbox.deliver(7, "desk.alice@tai.chat");
    let options = MailOptions {
        confirm: ConfirmPolicy::Always,
        ..MailOptions::default()
    };
    let mail = service(&mailbox, options);
    let held = match reply(&mail, "first", true, Consent::Draft).await {
        Ok(SubmitOutcome::Held(held)) => held,
        other => panic!("{other:?}"),
    };
    let again = reply(&mail, "second", true, Consent::Draft).await;
    assert_eq!(again, Err(MailError::Answered(mail_id(7))));
    let discard = ResolveHeld {
        number: held.number,
        version: held.version,
        verdict: Verdict::Discard,
    };
    assert!(mail.resolve(discard, soon()).await.result.is_ok());
    let changed = reply(&mail, "second", true, Consent::Draft).await;
    assert!(matches!(changed, Ok(SubmitOutcome::Held(_))), "{changed:?}");
}

#[tokio::test(start_paused = true)]
async fn no_program_answers_a_program() {
    let mailbox = Arc::new(Mailbox::default());
    mailbox.deliver(7, "desk.alice@tai.chat");
    for mail in mailbox.mails.lock().unwrap().iter_mut() {
        mail.from = "Undelivered <MAILER-DAEMON@mx.example>".into();
    }
    let options = MailOptions {
        confirm: ConfirmPolicy::Never,
        ..MailOptions::default()
    };
    let mail = service(&mailbox, options);
    let refused = reply(&mail, "sorry", true, Consent::NotAsked).await;
    assert_eq!(refused, Err(MailError::Automatic(mail_id(7))));
    // An agent of a person may.
    let sent = reply(&mail, "sorry", false, Consent::NotAsked).await;
    assert!(sent.is_ok(), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn the_time_of_a_refusal_is_that_of_its_arrival() {
    let mailbox = Arc::new(Mailbox::default());
    mailbox.deliver(7, "desk.alice@tai.chat");
    let options = MailOptions {
        confirm: ConfirmPolicy::Always,
        clock: TestClock::new(),
        ..MailOptions::default()
    };
    let mail = service(&mailbox, options);
    for (read_for, expected) in [(0, "waits"), (2, "declined")] {
        *mailbox.delay.lock().unwrap() = Duration::ZERO;
        let ticket = match reply(&mail, "text", false, Consent::NotAsked).await {
            Ok(SubmitOutcome::Ask(question)) => question.ticket,
            other => panic!("{other:?}"),
        };
        tokio::time::advance(Duration::from_secs(read_for)).await;
        *mailbox.delay.lock().unwrap() = Duration::from_secs(3);
        let answer = ConsentAnswer::Declined;
        let consent = Consent::Answered { ticket, answer };
        let outcome = match reply(&mail, "text", false, consent).await {
            Ok(SubmitOutcome::Held(_)) => "waits",
            Err(MailError::Approval(ApprovalError::Declined)) => "declined",
            other => panic!("{other:?}"),
        };
        assert_eq!(outcome, expected);
    }
}
