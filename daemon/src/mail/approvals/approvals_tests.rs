//! A mail is sent only if a person approved that same mail, once and in time.

use super::{
    capacity::{ALL_QUESTIONS, OF_ADDRESS, OF_DAEMON, QUESTIONS_OF_ADDRESS},
    state::{HELD_LIFE, LOST_LIFE, QUESTION_LIFE},
    *,
};
use crate::mail::sending::prepared::prepared;
use std::{collections::HashSet, time::Duration};
use tai_auth::testing::TestClock;
use tai_proto::{
    approval::{GoneState, HeldForm, HeldList, HeldMail},
    call::{ResolveHeld, Verdict},
    names::{Address, MailId},
};

const CLIENT: Submitter<'static> = Submitter {
    instance: None,
    client: "client 1",
};

fn approvals() -> Approvals {
    Approvals::in_memory(ConfirmPolicy::Always, TestClock::new())
}

/// Answers a question about a mail. Returns the waiting mail; `None` if the mail is sent.
fn answer(
    approvals: &Approvals,
    ticket: &str,
    answer: ConsentAnswer,
    text: &str,
) -> Result<Option<HeldMail>, ApprovalError> {
    let mail = prepared("b@x.org", text);
    let ticket = ticket.into();
    let Consent::Answered { ticket, answer } =
        approvals.received(Consent::Answered { ticket, answer })
    else {
        panic!("an answer stays one");
    };
    match approvals.answer(&ticket, answer, mail, false, CLIENT)? {
        Answered::Approved(_) => Ok(None),
        Answered::Held(holding) => Ok(Some(held_as(approvals, &holding))),
    }
}

fn held_as(approvals: &Approvals, holding: &Holding) -> HeldMail {
    let mut held = approvals.list().waiting;
    held.retain(|held| held.number == holding.number);
    held.pop().unwrap()
}

fn approve(approvals: &Approvals, ticket: &str, text: &str) -> Result<(), ApprovalError> {
    answer(approvals, ticket, ConsentAnswer::Approved, text).map(drop)
}

fn ask(approvals: &Approvals, text: &str) -> String {
    let question = approvals.ask(prepared("b@x.org", text)).unwrap();
    question.ticket.into_string()
}

/// Makes a mail wait, as a client that cannot ask does.
fn hold(approvals: &Approvals, text: &str) -> Result<HeldMail, ApprovalError> {
    let ticket = ask(approvals, text);
    let held = answer(approvals, &ticket, ConsentAnswer::CannotAsk, text)?;
    Ok(held.unwrap())
}

fn decision(held: &HeldMail, verdict: Verdict) -> ResolveHeld {
    ResolveHeld {
        number: held.number,
        version: held.version.clone(),
        verdict,
    }
}

fn approve_held<'a>(approvals: &'a Approvals, held: &HeldMail) -> ApprovedMail<'a> {
    match approvals.resolve(decision(held, Verdict::Send)).unwrap() {
        Resolved::Approved(mail) => mail,
        Resolved::Discarded { digest, .. } => panic!("discarded {digest}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_is_valid_once_and_for_its_own_mail() {
    let approvals = approvals();
    let ticket = ask(&approvals, "one");
    assert_eq!(approve(&approvals, &ticket, "one"), Ok(()));
    let again = approve(&approvals, &ticket, "one");
    assert_eq!(again, Err(ApprovalError::NoTicket));

    let ticket = ask(&approvals, "one");
    let swapped = approve(&approvals, &ticket, "other");
    assert_eq!(swapped, Err(ApprovalError::OtherMail));
    let after = approve(&approvals, &ticket, "one");
    assert_eq!(after, Err(ApprovalError::NoTicket), "it was used up");

    // A mail that reads the same has the same digest, and not the bytes that were approved.
    let ticket = ask(&approvals, "one");
    let mut spaced = prepared("b@x.org", "one ");
    spaced.digest = prepared("b@x.org", "one").digest;
    let swapped = approvals.answer(&ticket, ConsentAnswer::Approved, spaced, false, CLIENT);
    assert_eq!(swapped.err(), Some(ApprovalError::OtherMail));
    for made_up in ["", "0", &"0".repeat(32)] {
        let result = approve(&approvals, made_up, "one");
        assert_eq!(result, Err(ApprovalError::NoTicket), "{made_up:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_declined_mail_is_not_sent_and_consumes_its_ticket() {
    let approvals = approvals();
    let ticket = ask(&approvals, "text");
    tokio::time::advance(READING).await;
    let declined = answer(&approvals, &ticket, ConsentAnswer::Declined, "text");
    assert_eq!(declined, Err(ApprovalError::Declined));
    let after = approve(&approvals, &ticket, "text");
    assert_eq!(after, Err(ApprovalError::NoTicket));
    // The question was that of a taid that has stopped since.
    let unknown = answer(&approvals, "0", ConsentAnswer::Declined, "text");
    assert_eq!(unknown, Err(ApprovalError::DeclinedLater));
}

#[tokio::test(start_paused = true)]
async fn an_answer_faster_than_a_person_reads_leaves_the_mail_waiting() {
    let approvals = approvals();
    let ticket = ask(&approvals, "text");
    tokio::time::advance(READING - Duration::from_millis(1)).await;
    let answered = answer(&approvals, &ticket, ConsentAnswer::Declined, "text");
    assert!(matches!(answered, Ok(Some(_))), "{answered:?}");
    assert_eq!(approvals.list().waiting.len(), 1);
    // A call that the agent gave up leaves nothing.
    let ticket = ask(&approvals, "other");
    let withdrawn = answer(&approvals, &ticket, ConsentAnswer::Withdrawn, "other");
    assert_eq!(withdrawn, Err(ApprovalError::Declined));
    assert_eq!(approvals.list().waiting.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_is_valid_for_ten_minutes() {
    let approvals = approvals();
    let ticket = ask(&approvals, "text");
    tokio::time::advance(QUESTION_LIFE - Duration::from_secs(1)).await;
    let other = ask(&approvals, "text");
    assert_eq!(approve(&approvals, &ticket, "text"), Ok(()));
    tokio::time::advance(QUESTION_LIFE).await;
    let late = approve(&approvals, &other, "text");
    assert_eq!(late, Err(ApprovalError::NoTicket));
}

#[tokio::test(start_paused = true)]
async fn open_questions_are_bounded_and_no_two_tickets_are_equal() {
    let approvals = approvals();
    let mut tickets = HashSet::new();
    let first = ask(&approvals, "text");
    for _ in 0..QUESTIONS_OF_ADDRESS.mails {
        let ticket = ask(&approvals, "text");
        assert_eq!(ticket.len(), 32);
        assert!(tickets.insert(ticket));
    }
    assert_eq!(
        approvals.table().0.all().count(),
        QUESTIONS_OF_ADDRESS.mails
    );
    let forgotten = approve(&approvals, &first, "text");
    assert_eq!(forgotten, Err(ApprovalError::NoTicket));
    for ticket in tickets {
        assert_eq!(approve(&approvals, &ticket, "text"), Ok(()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_waits_once_for_an_hour_and_one_decision_counts() {
    let approvals = approvals();
    let held = hold(&approvals, "text").unwrap();
    let same = hold(&approvals, "text").unwrap();
    assert_eq!(
        (held.number, same.number, approvals.count_held()),
        (1, 1, 1)
    );
    let other = hold(&approvals, "other").unwrap();
    assert_eq!(other.number, 3, "each question has a number of its own");

    let approved = approve_held(&approvals, &held);
    let again = approvals.resolve(decision(&held, Verdict::Send));
    assert_eq!(again.unwrap_err(), ApprovalError::NotHeld(held.number));
    approved.hold_again();
    assert_eq!(approvals.list().waiting.len(), 2);

    tokio::time::advance(HELD_LIFE).await;
    let list = approvals.list();
    assert_eq!(list.waiting, []);
    // For a day, the person is told that they were not sent.
    let expired = |number| (number, GoneState::Expired);
    let gone = |list: HeldList| {
        let mails = list.gone.into_iter();
        mails
            .map(|mail| (mail.number, mail.state))
            .collect::<Vec<_>>()
    };
    let first = list.gone[0].clone();
    assert_eq!(gone(list), [expired(1), expired(3)]);
    let decide = |version: &str, verdict| {
        let (number, version) = (first.number, version.into());
        approvals
            .resolve(ResolveHeld {
                number,
                version,
                verdict,
            })
            .map(drop)
    };
    let number = first.number;
    for (version, verdict, result) in [
        (
            "other",
            Verdict::Discard,
            Err(ApprovalError::OtherVersion(number)),
        ),
        (
            first.version.as_str(),
            Verdict::Send,
            Err(ApprovalError::NotHeld(number)),
        ),
        (first.version.as_str(), Verdict::Discard, Ok(())),
        (
            first.version.as_str(),
            Verdict::Discard,
            Err(ApprovalError::NotHeld(number)),
        ),
    ] {
        assert_eq!(decide(version, verdict), result);
    }
    assert_eq!(gone(approvals.list()), [expired(3)]);
    tokio::time::advance(LOST_LIFE).await;
    assert_eq!(gone(approvals.list()), []);
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_was_sent_or_may_have_been_does_not_wait_again() {
    let approvals = approvals();
    let held = hold(&approvals, "text").unwrap();
    drop(approve_held(&approvals, &held));
    assert_eq!(approvals.list().waiting, []);
    let again = approvals.resolve(decision(&held, Verdict::Send));
    assert_eq!(again.unwrap_err(), ApprovalError::NotHeld(held.number));
}

#[tokio::test(start_paused = true)]
async fn a_rejected_mail_is_discarded() {
    let approvals = approvals();
    let held = hold(&approvals, "text").unwrap();
    let resolved = approvals.resolve(decision(&held, Verdict::Discard));
    assert!(matches!(resolved, Ok(Resolved::Discarded { .. })));
    assert_eq!(approvals.list().waiting, []);

    let (digest, other) = (
        prepared("b@x.org", "text").digest,
        prepared("b@x.org", "t").digest,
    );
    let discarded = ApprovalError::Discarded(held.number);
    assert_eq!(approvals.check_discarded(&digest), Err(discarded));
    assert_eq!(approvals.check_discarded(&other), Ok(()));
    tokio::time::advance(Duration::from_secs(10 * 60)).await;
    assert_eq!(approvals.check_discarded(&digest), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn an_open_question_cannot_be_decided_with_taid_approve() {
    let approvals = approvals();
    let ticket = ask(&approvals, "text");
    let number = 1;
    let resolved = approvals.resolve(ResolveHeld {
        number,
        version: "".into(),
        verdict: Verdict::Send,
    });
    assert_eq!(resolved.unwrap_err(), ApprovalError::NotHeld(number));
    assert_eq!(approve(&approvals, &ticket, "text"), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_decision_about_another_mail_with_the_number_has_no_effect() {
    let (old, new) = (approvals(), approvals());
    let shown = hold(&old, "shown").unwrap();
    let other = hold(&new, "other").unwrap();
    assert_eq!(shown.number, other.number);
    for verdict in [Verdict::Send, Verdict::Discard] {
        let decided = new.resolve(decision(&shown, verdict));
        let refused = ApprovalError::OtherVersion(shown.number);
        assert_eq!(decided.unwrap_err(), refused);
    }
    assert_eq!(new.list().waiting, std::slice::from_ref(&other));
    let part = new.read(ReadHeld {
        number: other.number,
        form: HeldForm::Shown,
        offset: 0,
    });
    assert_eq!(part.unwrap().version, Some(other.version));
}

/// Makes a mail of another instance wait.
fn hold_of(approvals: &Approvals, instance: &str, text: &str) -> Result<HeldMail, ApprovalError> {
    let mail = || PreparedMail {
        from: Address::new(format!("{instance}.alice@tai.chat")).unwrap(),
        digest: Digest::of(&[instance, text]),
        ..prepared("b@x.org", text)
    };
    let ticket = approvals.ask(mail()).unwrap().ticket;
    match approvals.answer(&ticket, ConsentAnswer::CannotAsk, mail(), false, CLIENT)? {
        Answered::Approved(_) => panic!("not approved"),
        Answered::Held(holding) => Ok(held_as(approvals, &holding)),
    }
}

/// Makes the same answer to a mail wait.
fn hold_reply(approvals: &Approvals, to: u64, insist: bool) -> HeldMail {
    let mail = || PreparedMail {
        reply_to: MailId::new(to).ok(),
        ..prepared("b@x.org", "text")
    };
    let ticket = approvals.ask(mail()).unwrap().ticket;
    let answer = approvals.answer(&ticket, ConsentAnswer::CannotAsk, mail(), insist, CLIENT);
    match answer.unwrap() {
        Answered::Approved(_) => panic!("not approved"),
        Answered::Held(holding) => held_as(approvals, &holding),
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_a_client_insists_on_waits_beside_the_same_answer_to_another_mail() {
    let approvals = approvals();
    let first = hold_reply(&approvals, 1, true);
    let second = hold_reply(&approvals, 2, true);
    assert_ne!(first.number, second.number);
    for (to, insist, expected) in [(1, true, &first), (2, true, &second), (3, false, &first)] {
        let again = hold_reply(&approvals, to, insist);
        assert_eq!(again.number, expected.number, "{to}");
    }
    assert_eq!(approvals.count_held(), 2);
    for (held, to) in [(first, 1), (second, 2)] {
        let approved = approve_held(&approvals, &held);
        assert!(approved.insist);
        assert_eq!(approved.mail.reply_to, MailId::new(to).ok());
    }
}

#[tokio::test(start_paused = true)]
async fn the_mails_that_wait_are_bounded_in_number_and_size() {
    let approvals = approvals();
    for n in 0..OF_ADDRESS.mails {
        hold(&approvals, &n.to_string()).unwrap();
    }
    assert_eq!(hold(&approvals, "more"), Err(ApprovalError::Full));
    assert!(hold(&approvals, "0").is_ok(), "it waits already");

    let approvals = self::approvals();
    let large = |n: u8| format!("{n}{}", "x".repeat(1 << 20));
    let kept = (0..9).filter(|n| hold(&approvals, &large(*n)).is_ok());
    assert!(kept.count() < 9);
}

#[tokio::test(start_paused = true)]
async fn no_instance_fills_the_queue_of_another_in_any_spelling() {
    let approvals = approvals();
    for n in 0..OF_ADDRESS.mails {
        hold_of(&approvals, "lab", &n.to_string()).unwrap();
    }
    for full in ["lab", "LAB", "Lab"] {
        let more = hold_of(&approvals, full, "more");
        assert_eq!(more, Err(ApprovalError::Full), "{full}");
    }
    assert!(hold_of(&approvals, "desk", "text").is_ok());
    let total = OF_ADDRESS.mails..OF_DAEMON.mails * 2;
    let kept = total.filter(|n| hold_of(&approvals, &format!("i{n}"), "text").is_ok());
    assert_eq!(kept.count() + OF_ADDRESS.mails + 1, OF_DAEMON.mails);
}

#[tokio::test(start_paused = true)]
async fn no_instance_evicts_the_questions_of_another() {
    let approvals = approvals();
    let of = |instance: &str, text: &str| PreparedMail {
        from: Address::new(format!("{instance}.alice@tai.chat")).unwrap(),
        ..prepared("b@x.org", text)
    };
    let ticket = ask(&approvals, "text");
    for n in 0..ALL_QUESTIONS.mails + 10 {
        // Many invented instances together reach the total.
        let instance = format!("i{}", n / QUESTIONS_OF_ADDRESS.mails);
        approvals.ask(of(&instance, &n.to_string())).unwrap();
    }
    assert!(approvals.table().0.all().count() <= ALL_QUESTIONS.mails);
    assert_eq!(approve(&approvals, &ticket, "text"), Ok(()));
}
