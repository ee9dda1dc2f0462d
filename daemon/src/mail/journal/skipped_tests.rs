//! Skipped lines are counted for a day, and those of a newer taid outlive replacements.

use super::{
    super::{
        file::MIN_LINES,
        journal_tests::{closed, open, place, read, write},
    },
    *,
};
use std::fs::read_to_string;

fn unknown(text: &str) -> String {
    line_of(&text)
}

fn counts(path: &Path) -> Option<(u64, u64)> {
    let skipped = open(path).0.skipped()?;
    assert_eq!(skipped.path, path);
    Some((skipped.damaged, skipped.unknown))
}

#[test]
fn damaged_lines_are_counted_after_the_file_was_replaced_too() {
    let (_dir, path) = place();
    write(&path, line_of(&closed(1)).as_bytes());
    assert_eq!(counts(&path), None);
    write(&path, b"closed 2 00000000\n\nnonsense\n");
    for _ in 0..3 {
        assert_eq!(counts(&path), Some((2, 0)));
        open(&path).0.shorten(&[closed(1)]);
        assert!(!read_to_string(&path).unwrap().contains("nonsense"));
    }
    assert_eq!(read(&path), [1]);
    // New ones are added.
    write(&path, b"nonsense\n");
    assert_eq!(counts(&path), Some((3, 0)));
}

#[test]
fn whole_lines_of_an_unknown_kind_outlive_each_replacement() {
    let (_dir, path) = place();
    let newer = [unknown("sealed 7 a,b"), unknown("one two three four five")];
    write(&path, newer.concat().as_bytes());
    write(&path, line_of(&closed(1)).as_bytes());
    for start in 0..3 {
        let (mut journal, _) = open(&path);
        journal.shorten(&[closed(1)]);
        journal.clear();
        let skipped = journal.skipped().unwrap();
        assert_eq!((skipped.damaged, skipped.unknown), (0, 2));
        for id in 0..2 * MIN_LINES as u64 {
            journal.append(&closed(id), || vec![closed(1)]);
        }
        drop(journal);
        let text = read_to_string(&path).unwrap();
        assert!(text.contains(&newer.concat()), "{start}: {text}");
        assert!(text.lines().count() < 2 * MIN_LINES, "{start}");
    }
    // A file whose note is right is not replaced.
    let (mut journal, _) = open(&path);
    journal.shorten(&[closed(1)]);
    let before = read_to_string(&path).unwrap();
    open(&path).0.shorten(&[closed(1)]);
    assert_eq!(read_to_string(&path).unwrap(), before);
}

#[test]
fn skipped_lines_are_reported_for_a_day_and_unknown_ones_are_kept_longer() {
    let start = Stamp {
        wall: std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_041_772),
        boot: 7,
        since_boot: Duration::from_secs(600_000),
    };
    let later = |hours: u64| Stamp {
        wall: start.wall + Duration::from_secs(hours * 3600),
        since_boot: start.since_boot + Duration::from_secs(hours * 3600),
        ..start
    };
    let path = Path::new("sends-default");
    // Returns the skipped lines of the next start.
    let restarted = |before: &Skipped, now| {
        let mut after = Skipped::default();
        for line in before.kept().lines() {
            let (record, _) = line.rsplit_once(' ').unwrap();
            after.add_unknown(record);
        }
        after.settle(now);
        after
    };
    let mut skipped = Skipped::default();
    skipped.add_damaged();
    skipped.add_unknown("sealed 7");
    skipped.settle(start);
    assert!(skipped.is_new());
    let after = restarted(&skipped, later(23));
    assert!(!after.is_new());
    assert_eq!(after.kept(), skipped.kept());
    for skipped in [&skipped, &after] {
        let report = skipped.report(path, later(23)).unwrap();
        assert_eq!((report.damaged, report.unknown), (1, 1));
        assert_eq!(skipped.report(path, later(24)), None);
    }
    let old = restarted(&after, later(25));
    assert_eq!(old.report(path, later(25)), None);
    assert!(old.kept().contains("sealed 7"));
    let again = restarted(&old, later(26));
    assert_eq!(again.report(path, later(26)), None, "it is no news");
    // Damaged lines alone leave nothing after their day.
    let mut damaged = Skipped::default();
    damaged.add_damaged();
    damaged.settle(start);
    assert_eq!(restarted(&damaged, later(25)).kept(), "");
}

#[test]
fn the_kept_lines_are_bounded() {
    let mut skipped = Skipped::default();
    let long = "x".repeat(1000);
    for _ in 0..2 * MAX_KEPT / 1000 {
        skipped.add_unknown(&long);
    }
    skipped.settle(Stamp::of_machine());
    assert!(skipped.kept().len() <= MAX_KEPT + 100);
    let all = 2 * MAX_KEPT as u64 / 1000;
    assert_eq!(skipped.damaged() + skipped.unknown(), all);
    assert!(skipped.damaged() > 0);
}
