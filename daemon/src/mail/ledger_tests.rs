//! The same mail is not sent twice by mistake, over a restart as well.

use super::*;

fn mail(text: &str) -> Digest {
    Digest::of(&["a@tai.chat", "b@tai.chat", "subject", text])
}

fn outcome(ledger: &Ledger, text: &str) -> Option<Outcome> {
    match ledger.begin(&mail(text), false) {
        Ok(sending) => {
            sending.not_sent();
            None
        }
        Err(MailError::Duplicate { outcome, .. }) => Some(outcome),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn what_was_sent_or_may_have_been_is_held_back_and_what_was_not_is_not() {
    let ledger = Ledger::in_memory();
    let under_way = ledger.begin(&mail("1"), false).unwrap();
    assert_eq!(outcome(&ledger, "1"), Some(Outcome::Sending));
    under_way.sent();
    assert_eq!(outcome(&ledger, "1"), Some(Outcome::Sent));
    drop(ledger.begin(&mail("2"), false).unwrap());
    assert_eq!(outcome(&ledger, "2"), Some(Outcome::Unknown));
    ledger.begin(&mail("3"), false).unwrap().not_sent();
    assert_eq!(outcome(&ledger, "3"), None);
    assert_eq!(outcome(&ledger, "another"), None);
    assert!(
        ledger.begin(&mail("1"), true).is_ok(),
        "who insists is let through"
    );
    assert_eq!(ledger.unknown().len(), 2);
}

#[test]
fn parts_that_run_together_are_told_apart() {
    assert_ne!(Digest::of(&["ab", "c"]), Digest::of(&["a", "bc"]));
    assert_ne!(Digest::of(&["a", ""]), Digest::of(&["a"]));
    assert_eq!(Digest::of(&["a"]).to_string().len(), 32);
}

#[test]
fn the_ledger_outlives_the_daemon_and_has_nothing_of_a_mail() {
    let dir = tempfile::tempdir().unwrap();
    crate::os::restrict_new_files();
    let path = dir.path().join("state/sends");
    let ledger = Ledger::open(path.clone());
    ledger.begin(&mail("sent"), false).unwrap().sent();
    ledger.begin(&mail("not sent"), false).unwrap().not_sent();
    // The daemon is killed while this is under way.
    std::mem::forget(ledger.begin(&mail("under way"), false).unwrap());
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.lines().all(|line| line.split(' ').count() == 3),
        "{text}"
    );
    assert!(!text.contains('@') && !text.contains("subject"), "{text}");

    let ledger = Ledger::open(path);
    assert_eq!(outcome(&ledger, "sent"), Some(Outcome::Sent));
    assert_eq!(outcome(&ledger, "not sent"), None);
    assert_eq!(outcome(&ledger, "under way"), Some(Outcome::Unknown));
}

#[test]
fn after_ten_minutes_the_same_mail_is_a_new_one_and_garbage_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    crate::os::restrict_new_files();
    let path = dir.path().join("sends");
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let mut text = String::new();
    for (at, name) in [
        (now - 601, "old"),
        (now - 500, "new"),
        (now + 5000, "ahead"),
    ] {
        text.push_str(&format!("{at} {} sent\n", mail(name)));
    }
    text.push_str("\u{0}\u{0}\nx y z\n99999999999999999999 a sent\n12");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).open(&path).unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    let ledger = Ledger::open(path);
    assert_eq!(outcome(&ledger, "old"), None);
    assert_eq!(outcome(&ledger, "new"), Some(Outcome::Sent));
    assert_eq!(outcome(&ledger, "ahead"), Some(Outcome::Sent));
}

#[test]
fn the_ledger_is_bounded() {
    let ledger = Ledger::in_memory();
    for n in 0..MAX_ENTRIES + 10 {
        ledger.begin(&mail(&n.to_string()), false).unwrap().sent();
    }
    assert!(ledger.book().entries.len() <= MAX_ENTRIES);
}

#[test]
fn an_unknown_outcome_is_shown_for_a_day_and_holds_nothing_back_after_ten_minutes() {
    let dir = tempfile::tempdir().unwrap();
    crate::os::restrict_new_files();
    let path = dir.path().join("sends");
    let now = SystemTime::now();
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let hours_ago = |hours: u64| now.as_secs() - hours * 3600;
    let lines = [(25, "long ago"), (23, "today")]
        .map(|(hours, name)| format!("{} {} unknown\n", hours_ago(hours), mail(name)));
    crate::os::private_dir(dir.path()).unwrap();
    std::fs::write(&path, lines.concat()).unwrap();
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let ledger = Ledger::open(path);
    let unknown: Vec<Digest> = ledger
        .unknown()
        .into_iter()
        .map(|(_, digest)| digest)
        .collect();
    assert_eq!(unknown, [mail("today")]);
    assert_eq!(outcome(&ledger, "today"), None);
}

#[test]
fn the_ledgers_file_is_bounded_and_has_the_newest() {
    let dir = tempfile::tempdir().unwrap();
    crate::os::restrict_new_files();
    let path = dir.path().join("state/sends");
    let ledger = Ledger::open(path.clone());
    let mut most = 0;
    for n in 0..8_600 {
        ledger.begin(&mail(&n.to_string()), false).unwrap().sent();
        if n % 500 == 0 {
            let text = std::fs::read_to_string(&path).unwrap();
            most = most.max(text.lines().count());
        }
    }
    assert!((MAX_ENTRIES..=16_384).contains(&most), "{most} lines");
    drop(ledger);
    assert_eq!(outcome(&Ledger::open(path), "8599"), Some(Outcome::Sent));
}

#[test]
fn looking_says_what_beginning_would_and_begins_nothing() {
    let ledger = Ledger::in_memory();
    assert!(ledger.look(&mail("a"), false).is_ok());
    ledger.begin(&mail("a"), false).unwrap().sent();
    assert!(ledger.look(&mail("a"), false).is_err());
    assert!(ledger.look(&mail("a"), true).is_ok());
}
