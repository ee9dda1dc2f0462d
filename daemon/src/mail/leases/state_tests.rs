//! Tables of every state and every event.

use super::*;

/// The holder, and another client.
const HOLDER: ClientKey = 1;
const OTHER: ClientKey = 2;

fn states(now: Instant) -> Vec<(&'static str, Option<State>)> {
    let marked = |confirmed, missing_since| State::Marked {
        client: HOLDER,
        confirmed,
        missing_since,
    };
    let returned = |from, missing_since| State::Returned {
        from,
        missing_since,
    };
    let hour = Duration::from_secs(3600);
    let (soon, day_ago) = (now + hour, now - BELIEVE_MISSING);
    vec![
        ("none", None),
        ("taken", Some(State::Taken { client: HOLDER })),
        ("reserved", Some(State::Reserved { until: soon })),
        ("reserved lapsed", Some(State::Reserved { until: now })),
        ("marked", Some(marked(false, None))),
        ("marked confirmed", Some(marked(true, None))),
        ("marked missing 1 h", Some(marked(false, Some(now - hour)))),
        ("marked missing 24 h", Some(marked(false, Some(day_ago)))),
        ("returned", Some(returned(now, None))),
        ("returned missing", Some(returned(now, Some(now - hour)))),
        ("returned not yet", Some(returned(soon, None))),
        ("unconfirmed", Some(State::Unconfirmed)),
        ("delivered", Some(State::Delivered)),
    ]
}

fn events(now: Instant) -> Vec<(&'static str, Event<'static>)> {
    let address = "desk.alice@tai.chat";
    let deliver = |client, own| Event::Deliver { client, own };
    let (client, other) = (HOLDER, OTHER);
    vec![
        (
            "take",
            Event::Take {
                client: other,
                address,
            },
        ),
        ("take returned", Event::TakeReturned { client: other }),
        ("reclaim", Event::Reclaim { client: other }),
        ("lapse", Event::Lapse),
        ("mark", Event::Mark { client }),
        ("mark by another", Event::Mark { client: other }),
        ("confirm", Event::Confirm),
        ("deliver", deliver(client, true)),
        ("deliver by another, own address", deliver(other, true)),
        ("deliver by another, other address", deliver(other, false)),
        ("deliver, forgotten", Event::DeliverForgotten { address }),
        ("give back", Event::GiveBack { client }),
        ("give back by another", Event::GiveBack { client: other }),
        (
            "leave",
            Event::Leave {
                client,
                until: now + RETRY_MISSING,
            },
        ),
        ("miss", Event::Miss { client }),
        ("miss by another", Event::Miss { client: other }),
        ("postpone", Event::Postpone { client }),
        ("read, confirmed", Event::Read { confirmed: true }),
        ("read, not confirmed", Event::Read { confirmed: false }),
        ("delete", Event::Delete),
        ("disown", Event::Disown),
        ("look", Event::Look),
        ("hand over", Event::HandOver),
    ]
}

/// Formats a state, with times in seconds relative to `now`.
fn words(state: Option<State>, now: Instant) -> String {
    let missing = |since: Option<Instant>| {
        since.map_or(String::new(), |since| {
            format!(" missing {} s", now.duration_since(since).as_secs())
        })
    };
    match state {
        None => "none".to_owned(),
        Some(State::Taken { client }) => format!("taken by {client}"),
        Some(State::Reserved { until }) => {
            format!("reserved for {} s", until.duration_since(now).as_secs())
        }
        Some(State::Marked {
            client,
            confirmed,
            missing_since,
        }) => {
            let confirmed = if confirmed { " confirmed" } else { "" };
            format!("marked by {client}{confirmed}{}", missing(missing_since))
        }
        Some(State::Returned {
            from,
            missing_since,
        }) => {
            let from = from.duration_since(now).as_secs();
            format!("returned from {from} s{}", missing(missing_since))
        }
        Some(State::Unconfirmed) => "unconfirmed".to_owned(),
        Some(State::Delivered) => "delivered".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn every_state_handles_every_event() {
    tokio::time::advance(2 * BELIEVE_MISSING).await;
    let now = tokio::time::Instant::now().into_std();
    let mut table = String::new();
    for (event_name, event) in events(now) {
        table.push_str(&format!("{event_name}:\n"));
        for (state_name, state) in states(now) {
            let address = "desk.alice@tai.chat".to_owned();
            let before = state.map(|state| Lease { address, state });
            let after = step(before.clone(), event, now);
            if before == after {
                continue;
            }
            let after = words(after.map(|lease| lease.state), now);
            table.push_str(&format!("  {state_name} -> {after}\n"));
        }
    }
    insta::assert_snapshot!(table, @"
    take:
      none -> taken by 2
      reserved lapsed -> taken by 2
    take returned:
      returned -> marked by 2
      returned missing -> marked by 2 missing 3600 s
      returned not yet -> marked by 2
    reclaim:
      reserved -> taken by 2
      reserved lapsed -> taken by 2
      returned -> marked by 2
      returned missing -> marked by 2 missing 3600 s
      returned not yet -> marked by 2
    lapse:
      reserved lapsed -> none
    mark:
      taken -> marked by 1
    mark by another:
    confirm:
      marked -> marked by 1 confirmed
      marked missing 1 h -> marked by 1 confirmed missing 3600 s
      marked missing 24 h -> marked by 1 confirmed missing 86400 s
      unconfirmed -> delivered
    deliver:
      taken -> unconfirmed
      reserved -> unconfirmed
      reserved lapsed -> unconfirmed
      marked -> unconfirmed
      marked confirmed -> delivered
      marked missing 1 h -> unconfirmed
      marked missing 24 h -> unconfirmed
      returned -> unconfirmed
      returned missing -> unconfirmed
      returned not yet -> unconfirmed
    deliver by another, own address:
      reserved -> unconfirmed
      reserved lapsed -> unconfirmed
      returned -> unconfirmed
      returned missing -> unconfirmed
      returned not yet -> unconfirmed
    deliver by another, other address:
    deliver, forgotten:
      none -> unconfirmed
    give back:
      taken -> none
      marked -> returned from 0 s
      marked confirmed -> returned from 0 s
      marked missing 1 h -> returned from 0 s
      marked missing 24 h -> returned from 0 s
    give back by another:
    leave:
      taken -> reserved for 30 s
      marked -> returned from 30 s
      marked confirmed -> returned from 30 s
      marked missing 1 h -> returned from 30 s
      marked missing 24 h -> returned from 30 s
    miss:
      taken -> none
      marked -> returned from 30 s missing 0 s
      marked confirmed -> returned from 30 s missing 0 s
      marked missing 1 h -> returned from 30 s missing 3600 s
      marked missing 24 h -> none
    miss by another:
    postpone:
      taken -> none
      marked -> returned from 30 s
      marked confirmed -> returned from 30 s
      marked missing 1 h -> returned from 30 s
      marked missing 24 h -> returned from 30 s
    read, confirmed:
      marked -> marked by 1 confirmed
      marked missing 1 h -> marked by 1 confirmed missing 3600 s
      marked missing 24 h -> marked by 1 confirmed missing 86400 s
      returned -> delivered
      returned missing -> delivered
      returned not yet -> delivered
      unconfirmed -> delivered
    read, not confirmed:
      returned -> unconfirmed
      returned missing -> unconfirmed
      returned not yet -> unconfirmed
    delete:
      taken -> none
      reserved -> none
      reserved lapsed -> none
      marked -> none
      marked confirmed -> none
      marked missing 1 h -> none
      marked missing 24 h -> none
      returned -> none
      returned missing -> none
      returned not yet -> none
      unconfirmed -> none
      delivered -> none
    disown:
      unconfirmed -> none
    look:
      reserved lapsed -> none
      delivered -> none
    hand over:
      returned -> none
      returned missing -> none
      returned not yet -> none
    ");
}
