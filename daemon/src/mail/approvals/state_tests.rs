//! Tables of every state and every event.

use super::*;
use crate::mail::sending::prepared::prepared;
use std::time::SystemTime;

pub(super) fn waiting(text: &str, since: Stamp) -> WaitingMail {
    WaitingMail {
        number: 1,
        mail: Arc::new(prepared("b@x.org", text)),
        insist: false,
        client: "client 1".into(),
        instance: None,
        since,
        place: Place::Memory,
        maybe_sent: false,
        replaces: None,
        revises: None,
    }
}

/// Returns a moment this long after the boot of the machine.
fn after(since_boot: Duration) -> Stamp {
    Stamp {
        wall: SystemTime::UNIX_EPOCH,
        boot: 1,
        since_boot,
    }
}

fn now() -> Stamp {
    after(LOST_LIFE)
}

fn states() -> Vec<(&'static str, Option<Approval>)> {
    let asked = |since| Approval::Asked {
        ticket: "ticket".into(),
        number: 1,
        mail: Arc::new(prepared("b@x.org", "text")),
        since,
    };
    let (held, trace) = (
        |since| waiting("text", since),
        |since| waiting("text", since).trace(),
    );
    let before = |life| after(LOST_LIFE - life);
    vec![
        ("none", None),
        ("asked", Some(asked(now()))),
        ("asked, expired", Some(asked(before(QUESTION_LIFE)))),
        ("held", Some(Approval::Held(held(now())))),
        (
            "held, expired",
            Some(Approval::Held(held(before(HELD_LIFE)))),
        ),
        ("sending", Some(Approval::Sending(held(before(LOST_LIFE))))),
        ("sealed", Some(Approval::Sealed(trace(now())))),
        (
            "sealed, expired",
            Some(Approval::Sealed(trace(before(HELD_LIFE)))),
        ),
        ("lost", Some(Approval::Lost(trace(before(HELD_LIFE))))),
        (
            "lost, expired",
            Some(Approval::Lost(trace(before(LOST_LIFE)))),
        ),
    ]
}

fn events() -> Vec<(String, Event)> {
    let mut events = Vec::new();
    for answer in [
        ConsentAnswer::Approved,
        ConsentAnswer::Declined,
        ConsentAnswer::CannotAsk,
        ConsentAnswer::Withdrawn,
    ] {
        // The room matters only for a mail that will wait.
        let rooms: &[Room] = match answer {
            ConsentAnswer::CannotAsk => &[Room::Free, Room::Same, Room::Full],
            ConsentAnswer::Approved | ConsentAnswer::Declined | ConsentAnswer::Withdrawn => {
                &[Room::Full]
            }
        };
        for room in rooms.iter().copied() {
            for text in ["text", "other"] {
                let mail = if text == "text" { "" } else { ", other mail" };
                let event = Event::Answer {
                    answer,
                    waiting: waiting(text, now()),
                    room,
                };
                events.push((format!("{answer:?}, room {room:?}{mail}"), event));
            }
        }
    }
    for (name, event) in [
        ("approve", Event::Approve { number: 1 }),
        ("reject", Event::Reject { number: 1 }),
        (
            "revise",
            Event::Revise {
                number: 1,
                waiting: waiting("other", now()),
            },
        ),
        ("seal", Event::Seal),
        ("open", Event::Open(waiting("text", now()))),
        ("lose", Event::Lose),
        ("fail", Event::Fail),
        ("finish", Event::Finish),
        ("expire", Event::Expire),
    ] {
        events.push((name.to_owned(), event));
    }
    events
}

fn name(approval: Option<&Approval>) -> &'static str {
    match approval {
        None => "none",
        Some(Approval::Asked { .. }) => "asked",
        Some(Approval::Held(WaitingMail {
            place: Place::Sealed,
            ..
        })) => "held in a file",
        Some(Approval::Held(WaitingMail { mail, .. }))
            if mail.digest != waiting("text", now()).mail.digest =>
        {
            "held, changed"
        }
        Some(Approval::Held(_)) => "held",
        Some(Approval::Sealed(_)) => "sealed",
        Some(Approval::Lost(_)) => "lost",
        Some(Approval::Sending(_)) => "sending",
    }
}

#[test]
fn every_state_handles_every_event() {
    let mut table = String::new();
    for number in 0..events().len() {
        let (name_of_event, _) = events().swap_remove(number);
        table.push_str(&format!("{name_of_event}:\n"));
        for (name_of_state, state) in states() {
            let (_, event) = events().swap_remove(number);
            let (after, effect) = step(state, event, now());
            let effect = match effect {
                Effect::None => String::new(),
                Effect::Send { .. } => ", send".to_owned(),
                Effect::TellHeld => ", tell held".to_owned(),
                Effect::Refuse(error) => format!(", refuse: {error:?}"),
            };
            let after = name(after.as_ref());
            table.push_str(&format!("  {name_of_state} -> {after}{effect}\n"));
        }
    }
    insta::assert_snapshot!(table, @"
    Approved, room Full:
      none -> none, refuse: NoTicket
      asked -> none, send
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    Approved, room Full, other mail:
      none -> none, refuse: NoTicket
      asked -> none, refuse: OtherMail
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    Declined, room Full:
      none -> none, refuse: NoTicket
      asked -> none, refuse: Declined
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    Declined, room Full, other mail:
      none -> none, refuse: NoTicket
      asked -> none, refuse: OtherMail
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    CannotAsk, room Free:
      none -> none, refuse: NoTicket
      asked -> held, tell held
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    CannotAsk, room Free, other mail:
      none -> none, refuse: NoTicket
      asked -> none, refuse: OtherMail
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    CannotAsk, room Same:
      none -> none, refuse: NoTicket
      asked -> none, tell held
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    CannotAsk, room Same, other mail:
      none -> none, refuse: NoTicket
      asked -> none, refuse: OtherMail
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    CannotAsk, room Full:
      none -> none, refuse: NoTicket
      asked -> none, refuse: Full
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    CannotAsk, room Full, other mail:
      none -> none, refuse: NoTicket
      asked -> none, refuse: OtherMail
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    Withdrawn, room Full:
      none -> none, refuse: NoTicket
      asked -> none, refuse: Declined
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    Withdrawn, room Full, other mail:
      none -> none, refuse: NoTicket
      asked -> none, refuse: OtherMail
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
      sealed -> sealed, refuse: NoTicket
      sealed, expired -> none, refuse: NoTicket
      lost -> lost, refuse: NoTicket
      lost, expired -> none, refuse: NoTicket
    approve:
      none -> none, refuse: NotHeld(1)
      asked -> asked, refuse: NotHeld(1)
      asked, expired -> none, refuse: NotHeld(1)
      held -> sending, send
      held, expired -> none, refuse: NotHeld(1)
      sending -> sending, refuse: NotHeld(1)
      sealed -> sealed, refuse: Locked(1)
      sealed, expired -> none, refuse: NotHeld(1)
      lost -> lost, refuse: Lost(1)
      lost, expired -> none, refuse: NotHeld(1)
    reject:
      none -> none, refuse: NotHeld(1)
      asked -> asked, refuse: NotHeld(1)
      asked, expired -> none, refuse: NotHeld(1)
      held -> none
      held, expired -> none, refuse: NotHeld(1)
      sending -> sending, refuse: NotHeld(1)
      sealed -> none
      sealed, expired -> none, refuse: NotHeld(1)
      lost -> none
      lost, expired -> none, refuse: NotHeld(1)
    revise:
      none -> none, refuse: NotHeld(1)
      asked -> asked, refuse: NotHeld(1)
      asked, expired -> none, refuse: NotHeld(1)
      held -> held, changed
      held, expired -> none, refuse: NotHeld(1)
      sending -> sending, refuse: NotHeld(1)
      sealed -> sealed, refuse: Locked(1)
      sealed, expired -> none, refuse: NotHeld(1)
      lost -> lost, refuse: Lost(1)
      lost, expired -> none, refuse: NotHeld(1)
    seal:
      none -> none
      asked -> asked
      asked, expired -> none
      held -> held in a file
      held, expired -> none
      sending -> sending
      sealed -> sealed
      sealed, expired -> none
      lost -> lost
      lost, expired -> none
    open:
      none -> none
      asked -> asked
      asked, expired -> none
      held -> held
      held, expired -> none
      sending -> sending
      sealed -> held
      sealed, expired -> none
      lost -> lost
      lost, expired -> none
    lose:
      none -> none
      asked -> asked
      asked, expired -> none
      held -> held
      held, expired -> none
      sending -> sending
      sealed -> lost
      sealed, expired -> none
      lost -> lost
      lost, expired -> none
    fail:
      none -> none
      asked -> asked
      asked, expired -> none
      held -> held
      held, expired -> none
      sending -> held
      sealed -> sealed
      sealed, expired -> none
      lost -> lost
      lost, expired -> none
    finish:
      none -> none
      asked -> asked
      asked, expired -> none
      held -> held
      held, expired -> none
      sending -> none
      sealed -> sealed
      sealed, expired -> none
      lost -> lost
      lost, expired -> none
    expire:
      none -> none
      asked -> asked
      asked, expired -> none
      held -> held
      held, expired -> none
      sending -> sending
      sealed -> sealed
      sealed, expired -> none
      lost -> lost
      lost, expired -> none
    ");
}
