//! Tables of every state and every event.

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

fn now() -> Stamp {
    ago(0)
}

/// A time this many minutes ago.
fn ago(minutes: u32) -> Stamp {
    let since_boot = (10_000 - minutes) * MINUTE;
    Stamp {
        wall: std::time::SystemTime::UNIX_EPOCH + since_boot,
        boot: 1,
        since_boot,
    }
}

fn entries() -> Vec<Option<Entry>> {
    let sent = |minutes| Settled::Sent { at: ago(minutes) };
    let unknown = |minutes| Settled::Unknown { at: ago(minutes) };
    let sending = |others, before| Entry::Sending {
        since: ago(1),
        others,
        before,
    };
    vec![
        None,
        Some(sending(0, None)),
        Some(sending(0, Some(sent(5)))),
        Some(sending(1, None)),
        Some(sending(1, Some(unknown(5)))),
        Some(Entry::Settled(sent(5))),
        Some(Entry::Settled(sent(10))),
        Some(Entry::Settled(unknown(10))),
        Some(Entry::Settled(unknown(24 * 60))),
    ]
}

/// Formats an entry, with times in minutes before now.
fn words(entry: Option<Entry>) -> String {
    let minutes = |at: Stamp| at.age(now()).as_secs() / 60;
    let settled = |settled| match settled {
        Settled::Sent { at } => format!("sent {}", minutes(at)),
        Settled::Unknown { at } => format!("unknown {}", minutes(at)),
    };
    match entry {
        None => "none".to_owned(),
        Some(Entry::Settled(outcome)) => settled(outcome),
        Some(Entry::Sending {
            since,
            others,
            before,
        }) => {
            let before = before.map_or(String::new(), |before| {
                format!(" after {}", settled(before))
            });
            format!("sending {} + {others}{before}", minutes(since))
        }
    }
}

#[test]
fn every_state_handles_every_event() {
    let mut table = String::new();
    for event in [
        Event::Begin,
        Event::Accept,
        Event::Fail,
        Event::Lose,
        Event::Age,
    ] {
        table.push_str(&format!("{event:?}:\n"));
        for entry in entries() {
            let after = step(entry, event, now());
            let after = match after == entry {
                true => "the same".to_owned(),
                false => words(after),
            };
            table.push_str(&format!("  {} -> {after}\n", words(entry)));
        }
    }
    insta::assert_snapshot!(table, @r"
    Begin:
      none -> sending 0 + 0
      sending 1 + 0 -> sending 0 + 1
      sending 1 + 0 after sent 5 -> sending 0 + 1 after sent 5
      sending 1 + 1 -> sending 0 + 2
      sending 1 + 1 after unknown 5 -> sending 0 + 2 after unknown 5
      sent 5 -> sending 0 + 0 after sent 5
      sent 10 -> sending 0 + 0 after sent 10
      unknown 10 -> sending 0 + 0 after unknown 10
      unknown 1440 -> sending 0 + 0 after unknown 1440
    Accept:
      none -> sent 0
      sending 1 + 0 -> sent 0
      sending 1 + 0 after sent 5 -> sent 0
      sending 1 + 1 -> sending 1 + 0 after sent 0
      sending 1 + 1 after unknown 5 -> sending 1 + 0 after sent 0
      sent 5 -> sent 0
      sent 10 -> sent 0
      unknown 10 -> sent 0
      unknown 1440 -> sent 0
    Fail:
      none -> the same
      sending 1 + 0 -> none
      sending 1 + 0 after sent 5 -> sent 5
      sending 1 + 1 -> sending 1 + 0
      sending 1 + 1 after unknown 5 -> sending 1 + 0 after unknown 5
      sent 5 -> the same
      sent 10 -> the same
      unknown 10 -> the same
      unknown 1440 -> the same
    Lose:
      none -> unknown 0
      sending 1 + 0 -> unknown 0
      sending 1 + 0 after sent 5 -> unknown 0
      sending 1 + 1 -> sending 1 + 0 after unknown 0
      sending 1 + 1 after unknown 5 -> sending 1 + 0 after unknown 0
      sent 5 -> unknown 0
      sent 10 -> unknown 0
      unknown 10 -> unknown 0
      unknown 1440 -> unknown 0
    Age:
      none -> the same
      sending 1 + 0 -> the same
      sending 1 + 0 after sent 5 -> the same
      sending 1 + 1 -> the same
      sending 1 + 1 after unknown 5 -> the same
      sent 5 -> the same
      sent 10 -> none
      unknown 10 -> the same
      unknown 1440 -> none
    ");
}

#[test]
fn a_clock_that_was_set_back_makes_no_entry_obsolete() {
    let ahead = Stamp {
        wall: now().wall + 600 * MINUTE,
        ..now()
    };
    for settled in [Settled::Sent { at: ahead }, Settled::Unknown { at: ahead }] {
        let entry = Some(Entry::Settled(settled));
        assert_eq!(step(entry, Event::Age, now()), entry);
    }
}
