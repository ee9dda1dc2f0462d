//! The ledger prevents accidental duplicates, also after a restart.

use super::{
    super::journal::SystemDisk, book::MAX_ENTRIES, record::LedgerRecord, state::WINDOW, *,
};
use crate::config::SendLimits;
use std::time::Duration;
use tai_auth::{session::clock::SystemClock, testing::TestClock};

fn in_memory() -> Ledger {
    Ledger::in_memory(Arc::new(SystemClock))
}

fn open(path: PathBuf) -> Ledger {
    Ledger::open(path, Arc::new(SystemDisk), Arc::new(SystemClock))
}

/// A private directory and the path of a ledger in it.
fn state_file() -> (tempfile::TempDir, PathBuf) {
    crate::os::restrict_new_files();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/sends");
    crate::os::private_dir(path.parent().unwrap()).unwrap();
    (dir, path)
}

/// Returns the time this long ago, before the machine of a clock was restarted.
fn before_boot(clock: &TestClock, seconds: u64) -> Stamp {
    let now = clock.stamp();
    Stamp {
        wall: now.wall - Duration::from_secs(seconds),
        boot: now.boot.wrapping_add(1),
        since_boot: Duration::from_secs(5),
    }
}

/// Returns the time this long ago, since the boot of the machine of a clock.
fn ago(clock: &TestClock, seconds: u64) -> Stamp {
    let now = clock.stamp();
    let ago = Duration::from_secs(seconds);
    Stamp {
        wall: now.wall - ago,
        since_boot: now.since_boot.checked_sub(ago).unwrap(),
        ..now
    }
}

fn write(path: &std::path::Path, bytes: &[u8]) {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).open(path).unwrap();
    std::io::Write::write_all(&mut file, bytes).unwrap();
}

/// Returns the line of a record.
fn line(record: LedgerRecord) -> String {
    crate::mail::journal::line_for_test(&record)
}

fn mail(text: &str) -> Digest {
    Digest::of(&["a@tai.chat", "b@tai.chat", "subject", text])
}

fn sender() -> Address {
    Address::new("desk.alice@tai.chat").unwrap()
}

fn free(sender: &Address) -> Quota<'_> {
    let limits = SendLimits::default();
    Quota { sender, limits }
}

/// Returns the outcome that holds the mail back; `None` if the mail may be sent.
fn outcome(ledger: &Ledger, text: &str) -> Option<Outcome> {
    match ledger.begin(&mail(text), false, free(&sender())) {
        Ok(attempt) => {
            attempt.fail();
            None
        }
        Err(Refusal::Same(HeldBack { outcome, .. })) => Some(outcome),
        Err(Refusal::OverLimit(limit)) => panic!("{limit:?}"),
    }
}

#[test]
fn only_a_mail_that_was_or_may_have_been_sent_is_held_back() {
    let ledger = in_memory();
    let attempt = ledger.begin(&mail("1"), false, free(&sender())).unwrap();
    assert_eq!(outcome(&ledger, "1"), Some(Outcome::Sending));
    attempt.accept();
    assert_eq!(outcome(&ledger, "1"), Some(Outcome::Sent));
    drop(ledger.begin(&mail("2"), false, free(&sender())).unwrap());
    assert_eq!(outcome(&ledger, "2"), Some(Outcome::Unknown));
    ledger
        .begin(&mail("3"), false, free(&sender()))
        .unwrap()
        .fail();
    assert_eq!(outcome(&ledger, "3"), None);
    assert_eq!(outcome(&ledger, "another"), None);
    assert!(
        ledger.begin(&mail("1"), true, free(&sender())).is_ok(),
        "insisting sends it"
    );
    assert_eq!(ledger.unknown().len(), 2);
}

#[test]
fn a_failed_second_attempt_keeps_the_outcome_of_the_first() {
    let ledger = in_memory();
    ledger
        .begin(&mail("1"), false, free(&sender()))
        .unwrap()
        .accept();
    ledger
        .begin(&mail("1"), true, free(&sender()))
        .unwrap()
        .fail();
    assert_eq!(outcome(&ledger, "1"), Some(Outcome::Sent));
    let (first, second) = (
        ledger.begin(&mail("2"), false, free(&sender())).unwrap(),
        ledger.begin(&mail("2"), true, free(&sender())).unwrap(),
    );
    first.fail();
    assert_eq!(outcome(&ledger, "2"), Some(Outcome::Sending));
    second.accept();
    assert_eq!(outcome(&ledger, "2"), Some(Outcome::Sent));
}

#[test]
fn the_ledger_outlives_the_daemon_and_contains_no_part_of_a_mail() {
    let (_dir, path) = state_file();
    let ledger = open(path.clone());
    ledger
        .begin(&mail("sent"), false, free(&sender()))
        .unwrap()
        .accept();
    ledger
        .begin(&mail("not sent"), false, free(&sender()))
        .unwrap()
        .fail();
    // The daemon is killed during this attempt.
    std::mem::forget(
        ledger
            .begin(&mail("sending"), false, free(&sender()))
            .unwrap(),
    );
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 9, "{text}");
    let of_sender = text.replace(sender().as_str(), "SENDER");
    assert!(
        !of_sender.contains('@') && !of_sender.contains("subject"),
        "{text}"
    );

    let ledger = open(path);
    assert_eq!(outcome(&ledger, "sent"), Some(Outcome::Sent));
    assert_eq!(outcome(&ledger, "not sent"), None);
    assert_eq!(outcome(&ledger, "sending"), Some(Outcome::Unknown));
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_held_back_for_ten_minutes_and_corrupt_lines_are_skipped() {
    let (_dir, path) = state_file();
    // The real machine may be running for less than ten minutes.
    let clock = TestClock::new();
    tokio::time::advance(2 * WINDOW).await;
    let mut text = String::new();
    for (at, name) in [
        (ago(&clock, 601), "old"),
        (ago(&clock, 500), "new"),
        (
            Stamp {
                wall: clock.now().wall + Duration::from_secs(50_000),
                ..ago(&clock, 601)
            },
            "ahead",
        ),
    ] {
        let digest = mail(name);
        text.push_str(&line(LedgerRecord::Sent { digest, at }));
    }
    text.push_str("\u{0}\u{0}\nx y z\nsent a 99999999999999999999\nsent");
    write(&path, text.as_bytes());
    let ledger = Ledger::open(path, Arc::new(SystemDisk), clock);
    assert_eq!(outcome(&ledger, "old"), None);
    assert_eq!(outcome(&ledger, "new"), Some(Outcome::Sent));
    // The clock that was ahead changes nothing.
    assert_eq!(outcome(&ledger, "ahead"), None);
}

#[tokio::test]
async fn an_unknown_outcome_is_shown_and_holds_back_for_a_day() {
    let (_dir, path) = state_file();
    // The real machine may be running for longer than a day.
    let clock = TestClock::new();
    let lines = [(25, "long ago"), (23, "today")].map(|(hours, name)| {
        let (digest, at) = (mail(name), before_boot(&clock, hours * 3600));
        line(LedgerRecord::Unknown { digest, at })
    });
    write(&path, lines.concat().as_bytes());
    let ledger = Ledger::open(path, Arc::new(SystemDisk), clock);
    let unknown: Vec<Digest> = ledger.unknown().into_iter().map(|(_, mail)| mail).collect();
    assert_eq!(unknown, [mail("today")]);
    assert_eq!(outcome(&ledger, "today"), Some(Outcome::Unknown));
    assert_eq!(outcome(&ledger, "long ago"), None);
}

#[tokio::test(start_paused = true)]
async fn no_step_of_the_clock_and_no_restart_ends_the_ten_minutes_or_prolongs_them() {
    let (_dir, path) = state_file();
    let clock = TestClock::new();
    let open = || Ledger::open(path.clone(), Arc::new(SystemDisk), clock.clone());
    let ledger = open();
    let begun = ledger.begin(&mail("1"), false, free(&sender()));
    begun.unwrap().accept();
    let mut ledger = ledger;
    for shift in [3_600, -7_200, 400_000] {
        clock.shift(shift);
        assert_eq!(outcome(&ledger, "1"), Some(Outcome::Sent), "{shift}");
        ledger = open();
        assert_eq!(outcome(&ledger, "1"), Some(Outcome::Sent), "{shift}");
    }
    clock.shift(-396_400);
    tokio::time::advance(WINDOW - Duration::from_secs(1)).await;
    assert_eq!(outcome(&ledger, "1"), Some(Outcome::Sent));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(outcome(&ledger, "1"), None);
    // After a restart of the machine, the time since its boot is certain.
    let (_dir, path) = state_file();
    let clock = TestClock::new();
    let open = || Ledger::open(path.clone(), Arc::new(SystemDisk), clock.clone());
    let begun = open()
        .begin(&mail("2"), false, free(&sender()))
        .map(Attempt::accept);
    assert!(begun.is_ok());
    clock.reboot();
    clock.shift(36_000);
    assert_eq!(outcome(&open(), "2"), Some(Outcome::Sent));
    let held = open()
        .check(&mail("2"), false, free(&sender()))
        .unwrap_err();
    assert!(matches!(held, Refusal::Same(HeldBack { ago: None, .. })));
    tokio::time::advance(WINDOW).await;
    assert_eq!(outcome(&open(), "2"), None);
}

#[test]
fn the_ledger_is_bounded_and_keeps_sends_in_flight() {
    let ledger = in_memory();
    let attempt = ledger
        .begin(&mail("sending"), false, free(&sender()))
        .unwrap();
    for n in 0..MAX_ENTRIES + 10 {
        ledger
            .begin(&mail(&n.to_string()), false, free(&sender()))
            .unwrap()
            .accept();
    }
    assert!(ledger.book().entries.len() <= MAX_ENTRIES);
    assert_eq!(outcome(&ledger, "sending"), Some(Outcome::Sending));
    attempt.accept();
}

#[test]
fn the_file_is_bounded_and_keeps_the_newest() {
    let (_dir, path) = state_file();
    let ledger = open(path.clone());
    let mut most = 0;
    for n in 0..8_600 {
        ledger
            .begin(&mail(&n.to_string()), false, free(&sender()))
            .unwrap()
            .accept();
        if n % 500 == 0 {
            let text = std::fs::read_to_string(&path).unwrap();
            most = most.max(text.lines().count());
        }
    }
    assert!((MAX_ENTRIES..=16_384).contains(&most), "{most} lines");
    drop(ledger);
    assert_eq!(outcome(&open(path), "8599"), Some(Outcome::Sent));
}

#[test]
fn a_check_predicts_the_start_of_an_attempt() {
    let ledger = in_memory();
    assert!(ledger.check(&mail("a"), false, free(&sender())).is_ok());
    ledger
        .begin(&mail("a"), false, free(&sender()))
        .unwrap()
        .accept();
    assert!(ledger.check(&mail("a"), false, free(&sender())).is_err());
    assert!(ledger.check(&mail("a"), true, free(&sender())).is_ok());
}

#[test]
fn a_restart_resets_no_limit_and_only_certain_failures_do_not_count() {
    let (_dir, path) = state_file();
    let sender = sender();
    let limits = SendLimits {
        per_hour: Some(2),
        per_day: None,
    };
    let quota = Quota {
        sender: &sender,
        limits,
    };
    let ledger = open(path.clone());
    ledger.begin(&mail("failed"), false, quota).unwrap().fail();
    ledger.begin(&mail("sent"), false, quota).unwrap().accept();
    drop(ledger.begin(&mail("unknown"), false, quota).unwrap());
    let is_over = |ledger: &Ledger, insist| {
        let begun = ledger.begin(&mail("next"), insist, quota);
        matches!(begun.err(), Some(Refusal::OverLimit(over)) if over.key == "sends_per_hour")
    };
    assert!(is_over(&ledger, false) && is_over(&ledger, true));
    drop(ledger);
    let ledger = open(path.clone());
    assert!(is_over(&ledger, false));
    // In any spelling, and for no other instance.
    let upper = Address::new("DESK.alice@tai.chat").unwrap();
    let other = Address::new("lab.alice@tai.chat").unwrap();
    for (sender, over) in [(&upper, true), (&other, false)] {
        let checked = ledger.check(&mail("next"), false, Quota { sender, limits });
        assert_eq!(checked.is_err(), over, "{sender}");
    }
    // A send that is in flight when the daemon dies counts.
    std::mem::forget(
        ledger
            .begin(&mail("in flight"), false, free(&other))
            .unwrap(),
    );
    drop(ledger);
    let limits = SendLimits {
        per_hour: None,
        per_day: Some(1),
    };
    let quota = Quota {
        sender: &other,
        limits,
    };
    let checked = open(path).check(&mail("next"), false, quota);
    assert!(matches!(checked, Err(Refusal::OverLimit(over)) if over.key == "sends_per_day"));
}
