//! Tables of every state and every event.

use super::{super::super::prepared::prepared, *};
use std::time::Duration;

fn waiting(text: &str, until: Instant) -> WaitingMail {
    WaitingMail {
        number: 1,
        mail: Arc::new(prepared("b@x.org", text)),
        insist: false,
        client: "client 1".into(),
        instance: None,
        since: SystemTime::UNIX_EPOCH,
        until,
    }
}

fn states(now: Instant) -> Vec<(&'static str, Option<Approval>)> {
    let (soon, past) = (now + Duration::from_secs(60), now);
    let asked = |until| Approval::Asked {
        ticket: "ticket".into(),
        number: 1,
        mail: Arc::new(prepared("b@x.org", "text")),
        until,
    };
    vec![
        ("none", None),
        ("asked", Some(asked(soon))),
        ("asked, expired", Some(asked(past))),
        ("held", Some(Approval::Held(waiting("text", soon)))),
        ("held, expired", Some(Approval::Held(waiting("text", past)))),
        ("sending", Some(Approval::Sending(waiting("text", past)))),
    ]
}

fn events(now: Instant) -> Vec<(String, Event)> {
    let mut events = Vec::new();
    for answer in [
        ConsentAnswer::Approved,
        ConsentAnswer::Declined,
        ConsentAnswer::CannotAsk,
    ] {
        // The room matters only for a mail that will wait.
        let rooms: &[Room] = match answer {
            ConsentAnswer::CannotAsk => &[Room::Free, Room::Same, Room::Full],
            ConsentAnswer::Approved | ConsentAnswer::Declined => &[Room::Full],
        };
        for room in rooms.iter().copied() {
            for text in ["text", "other"] {
                let mail = if text == "text" { "" } else { ", other mail" };
                let event = Event::Answer {
                    answer,
                    waiting: waiting(text, now + Duration::from_secs(3600)),
                    room,
                };
                events.push((format!("{answer:?}, room {room:?}{mail}"), event));
            }
        }
    }
    for (name, event) in [
        ("approve", Event::Approve { number: 1 }),
        ("reject", Event::Reject { number: 1 }),
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
        Some(Approval::Held(_)) => "held",
        Some(Approval::Sending(_)) => "sending",
    }
}

#[tokio::test(start_paused = true)]
async fn every_state_handles_every_event() {
    let now = tokio::time::Instant::now().into_std();
    let mut table = String::new();
    for number in 0..events(now).len() {
        let (name_of_event, _) = events(now).swap_remove(number);
        table.push_str(&format!("{name_of_event}:\n"));
        for (name_of_state, state) in states(now) {
            let (_, event) = events(now).swap_remove(number);
            let (after, effect) = step(state, event, now);
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
    insta::assert_snapshot!(table, @r"
    Approved, room Full:
      none -> none, refuse: NoTicket
      asked -> none, send
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
    Approved, room Full, other mail:
      none -> none, refuse: NoTicket
      asked -> none, refuse: OtherMail
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
    Declined, room Full:
      none -> none, refuse: NoTicket
      asked -> none, refuse: Declined
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
    Declined, room Full, other mail:
      none -> none, refuse: NoTicket
      asked -> none, refuse: OtherMail
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
    CannotAsk, room Free:
      none -> none, refuse: NoTicket
      asked -> held, tell held
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
    CannotAsk, room Free, other mail:
      none -> none, refuse: NoTicket
      asked -> none, refuse: OtherMail
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
    CannotAsk, room Same:
      none -> none, refuse: NoTicket
      asked -> none, tell held
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
    CannotAsk, room Same, other mail:
      none -> none, refuse: NoTicket
      asked -> none, refuse: OtherMail
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
    CannotAsk, room Full:
      none -> none, refuse: NoTicket
      asked -> none, refuse: Full
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
    CannotAsk, room Full, other mail:
      none -> none, refuse: NoTicket
      asked -> none, refuse: OtherMail
      asked, expired -> none, refuse: NoTicket
      held -> held, refuse: NoTicket
      held, expired -> none, refuse: NoTicket
      sending -> sending, refuse: NoTicket
    approve:
      none -> none, refuse: NotHeld(1)
      asked -> asked, refuse: NotHeld(1)
      asked, expired -> none, refuse: NotHeld(1)
      held -> sending, send
      held, expired -> none, refuse: NotHeld(1)
      sending -> sending, refuse: NotHeld(1)
    reject:
      none -> none, refuse: NotHeld(1)
      asked -> asked, refuse: NotHeld(1)
      asked, expired -> none, refuse: NotHeld(1)
      held -> none
      held, expired -> none, refuse: NotHeld(1)
      sending -> sending, refuse: NotHeld(1)
    fail:
      none -> none
      asked -> asked
      asked, expired -> none
      held -> held
      held, expired -> none
      sending -> held
    finish:
      none -> none
      asked -> asked
      asked, expired -> none
      held -> held
      held, expired -> none
      sending -> none
    expire:
      none -> none
      asked -> asked
      asked, expired -> none
      held -> held
      held, expired -> none
      sending -> sending
    ");
}
