//! A mail is sent when a person approved of that very mail, once, in time, and never
//! otherwise.

use super::*;
use crate::mail::sending::prepared;
use std::collections::HashSet;

fn approvals() -> Approvals {
    Approvals::new(ConfirmPolicy::Always)
}

#[tokio::test(start_paused = true)]
async fn a_ticket_is_good_once_and_for_its_own_mail() {
    let approvals = approvals();
    let (one, other) = (prepared("b@x.org", "one"), prepared("b@x.org", "other"));
    let ticket = approvals.ask(&one).unwrap().ticket;
    assert_eq!(approvals.redeem(&ticket, &one.digest), Ok(()));
    let again = approvals.redeem(&ticket, &one.digest);
    assert_eq!(again, Err(ApprovalError::NoTicket));

    let ticket = approvals.ask(&one).unwrap().ticket;
    let swapped = approvals.redeem(&ticket, &other.digest);
    assert_eq!(swapped, Err(ApprovalError::OtherMail));
    let after = approvals.redeem(&ticket, &one.digest);
    assert_eq!(after, Err(ApprovalError::NoTicket), "it was used up");
    for made_up in ["", "0", &"0".repeat(32)] {
        let result = approvals.redeem(made_up, &one.digest);
        assert_eq!(result, Err(ApprovalError::NoTicket), "{made_up:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_is_good_for_ten_minutes() {
    let approvals = approvals();
    let mail = prepared("b@x.org", "text");
    let ticket = approvals.ask(&mail).unwrap().ticket;
    tokio::time::advance(TICKET_LIFE - Duration::from_secs(1)).await;
    let other = approvals.ask(&mail).unwrap().ticket;
    assert_eq!(approvals.redeem(&ticket, &mail.digest), Ok(()));
    tokio::time::advance(TICKET_LIFE).await;
    let late = approvals.redeem(&other, &mail.digest);
    assert_eq!(late, Err(ApprovalError::NoTicket));
}

#[tokio::test(start_paused = true)]
async fn open_questions_are_bounded_and_no_two_tickets_are_alike() {
    let approvals = approvals();
    let mail = prepared("b@x.org", "text");
    let mut tickets = HashSet::new();
    for _ in 0..MAX_TICKETS + 10 {
        let ticket = approvals.ask(&mail).unwrap().ticket;
        assert_eq!(ticket.len(), 32);
        assert!(tickets.insert(ticket));
        tokio::time::advance(Duration::from_millis(1)).await;
    }
    assert_eq!(approvals.table().tickets.len(), MAX_TICKETS);
}

#[tokio::test(start_paused = true)]
async fn a_mail_waits_once_and_for_an_hour_and_is_decided_about_once() {
    let approvals = approvals();
    let held = approvals.hold(prepared("b@x.org", "text"), false).unwrap();
    let same = approvals.hold(prepared("b@x.org", "text"), false).unwrap();
    assert_eq!((same.number, approvals.waiting()), (held.number, 1));

    let waiting = approvals.take(held.number).unwrap();
    let gone = approvals.take(held.number).unwrap_err();
    assert_eq!(gone, ApprovalError::NotHeld(held.number));
    approvals.put_back(held.number, waiting);
    assert_eq!(approvals.held().len(), 1);

    tokio::time::advance(HELD_LIFE).await;
    assert_eq!(approvals.held(), []);
}

#[tokio::test(start_paused = true)]
async fn the_mails_that_wait_are_bounded_in_number_and_size() {
    let approvals = approvals();
    for n in 0..MAX_HELD {
        let mail = prepared("b@x.org", &n.to_string());
        approvals.hold(mail, false).unwrap();
    }
    let full = approvals.hold(prepared("b@x.org", "more"), false);
    assert_eq!(full, Err(ApprovalError::Full));

    let approvals = Approvals::new(ConfirmPolicy::Always);
    let large = |n: u8| prepared("b@x.org", &format!("{n}{}", "x".repeat(1 << 20)));
    let kept = (0..9).filter(|n| approvals.hold(large(*n), false).is_ok());
    assert!(kept.count() < 9);
}

#[test]
fn external_is_everybody_but_the_user_and_the_account_itself() {
    let account = "alice@tai.chat";
    for own in [
        "alice@tai.chat",
        "ALICE@tai.chat",
        "desk.Alice@TAI.chat",
        "me@example.com",
    ] {
        assert!(is_internal(own, account, Some("Me@example.com")), "{own}");
    }
    for other in [
        "malice@tai.chat",
        "bob@tai.chat",
        "alice@tai.chat.example.com",
        "me@example.org",
    ] {
        assert!(
            !is_internal(other, account, Some("me@example.com")),
            "{other}"
        );
    }
    let external = Approvals::new(ConfirmPolicy::External);
    assert!(external.wants(&prepared("bob@tai.chat", ""), None));
    assert!(!external.wants(&prepared("lab.alice@tai.chat", ""), None));
    assert!(!Approvals::new(ConfirmPolicy::Never).wants(&prepared("b@x.org", ""), None));
}
