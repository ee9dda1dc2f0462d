//! The chain is unbroken across restarts, rotations and crashes, and each tampering breaks it.

use super::{
    super::{
        entry::By,
        verify::{KnownEnd, Verdict, check, entry, read},
    },
    *,
};
use std::fs;

fn private_dir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    crate::os::private_dir(dir.path()).unwrap();
    dir
}

fn record(event: Event, outcome: &str) -> Record {
    Record {
        event,
        actor: Actor {
            by: By::Agent,
            client: "client 1".into(),
            pid: Some(7),
            uid: Some(1000),
            instance: Some("desk".into()),
        },
        digest: Some("d".repeat(32)),
        mail_id: None,
        outcome: outcome.into(),
    }
}

fn write(dir: &Path, outcomes: &[&str]) -> Head {
    let audit = Audit::open(dir, &Profile::default());
    for outcome in outcomes {
        audit.effect(record(Event::Send, outcome));
    }
    audit.head()
}

fn verify(dir: &Path) -> Verdict {
    check(&read(dir, &Profile::default()).unwrap(), None)
}

/// Returns the file and the number of the line that breaks the chain.
fn broken(dir: &Path) -> Option<(String, usize)> {
    let broken = verify(dir).broken?;
    let file = broken
        .file
        .file_name()
        .unwrap()
        .to_string_lossy()
        .into_owned();
    Some((file, broken.number))
}

/// Returns the number of the last line, if the chain is unbroken.
fn verdict_of_rest(dir: &Path) -> u64 {
    let verdict = verify(dir);
    assert_eq!(verdict.broken, None);
    verdict.first + verdict.lines as u64 - 1
}

fn current(dir: &Path) -> PathBuf {
    dir.join("audit-default.jsonl")
}

fn change(dir: &Path, change: impl Fn(&mut Vec<String>)) {
    let text = fs::read_to_string(current(dir)).unwrap();
    let mut lines = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    fs::write(current(dir), lines.join("\n") + "\n").unwrap();
}

#[test]
fn a_line_is_one_json_object_with_the_digest_of_the_line_before() {
    let dir = private_dir();
    write(dir.path(), &["one"]);
    let text = fs::read_to_string(current(dir.path())).unwrap();
    let (before, after) = text.split_once("\"time\":\"").unwrap();
    let (_, after) = after.split_once('"').unwrap();
    insta::assert_snapshot!(format!("{before}\"time\":\"TIME\"{after}"), @r#"{"n":1,"prev":"0000000000000000000000000000000000000000000000000000000000000000","time":"TIME","event":"send","by":"agent","client":"client 1","pid":7,"uid":1000,"instance":"desk","digest":"dddddddddddddddddddddddddddddddd","outcome":"one"}"#);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        assert_eq!(
            fs::metadata(current(dir.path())).unwrap().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn the_chain_continues_after_a_restart() {
    let dir = private_dir();
    write(dir.path(), &["one", "two"]);
    let head = write(dir.path(), &["three"]);
    assert_eq!(head.n, 3);
    let verdict = verify(dir.path());
    assert_eq!((verdict.lines, verdict.first, verdict.broken), (3, 1, None));
}

#[test]
fn a_changed_removed_inserted_or_moved_line_is_found() {
    type Tampering = fn(&mut Vec<String>);
    let cases: [(&str, Tampering, usize); 7] = [
        (
            "changed",
            |lines| lines[1] = lines[1].replace("two", "2wo"),
            3,
        ),
        ("removed", |lines| drop(lines.remove(1)), 2),
        ("the first removed", |lines| drop(lines.remove(0)), 1),
        ("inserted", |lines| lines.insert(1, lines[0].clone()), 2),
        ("moved", |lines| lines.swap(1, 2), 2),
        ("garbage", |lines| lines[1] = "garbage".into(), 3),
        ("an empty line", |lines| lines.insert(2, String::new()), 4),
    ];
    for (what, tampering, line) in cases {
        let dir = private_dir();
        write(dir.path(), &["one", "two", "three", "four"]);
        change(dir.path(), tampering);
        let expected = Some(("audit-default.jsonl".to_owned(), line));
        assert_eq!(broken(dir.path()), expected, "{what}");
    }
}

#[test]
fn removed_last_lines_are_found_with_the_running_daemons_end() {
    let dir = private_dir();
    let Head { n, digest, .. } = write(dir.path(), &["one", "two", "three"]);
    let known = KnownEnd { n, digest };
    let verdict = |known| check(&read(dir.path(), &Profile::default()).unwrap(), Some(known));
    assert_eq!(verdict(&known).broken, None);
    let replaced = KnownEnd {
        n: known.n,
        digest: "0".repeat(64),
    };
    assert!(verdict(&replaced).broken.is_some());
    change(dir.path(), |lines| drop(lines.pop()));
    assert!(verdict(&known).broken.is_some());
    // The files alone do not show it.
    assert_eq!(broken(dir.path()), None);
}

#[test]
fn a_line_that_a_crash_cut_is_told_apart_from_tampering() {
    let dir = private_dir();
    write(dir.path(), &["one", "two"]);
    let text = fs::read_to_string(current(dir.path())).unwrap();
    let cut = text.get(..text.len() - 20).unwrap();
    fs::write(current(dir.path()), cut).unwrap();
    let verdict = verify(dir.path());
    assert_eq!((verdict.cut, verdict.broken), (1, None));
    // The next daemon ends the cut line and continues the chain.
    write(dir.path(), &["three"]);
    let verdict = verify(dir.path());
    assert_eq!((verdict.lines, verdict.cut, verdict.broken), (4, 1, None));
    let lines = read(dir.path(), &Profile::default()).unwrap();
    let events: Vec<_> = lines
        .iter()
        .map(|line| entry(line).map(|it| it.record.event))
        .collect();
    let expected = [
        Some(Event::Send),
        None,
        Some(Event::Recover),
        Some(Event::Send),
    ];
    assert_eq!(events, expected);
    // A cut line of a whole file in the middle was not cut by a crash.
    change(dir.path(), |lines| lines[0] = "{".into());
    assert!(broken(dir.path()).is_some());
}

#[test]
fn the_chain_continues_across_rotated_files_and_five_are_kept() {
    let dir = private_dir();
    let audit = Audit::open(dir.path(), &Profile::default());
    let long = "x".repeat(100_000);
    for _ in 0..80 {
        audit.effect(record(Event::Send, &long));
    }
    let mut names: Vec<String> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let of = |age: &str| format!("audit-default.jsonl{age}");
    assert_eq!(names, ["", ".1", ".2", ".3", ".4"].map(of));
    for name in &names {
        assert!(fs::metadata(dir.path().join(name)).unwrap().len() <= 1 << 20);
    }
    let verdict = verify(dir.path());
    assert_eq!(verdict.broken, None);
    assert_eq!(verdict.first + verdict.lines as u64 - 1, 80);
    // A restart continues the chain of the newest file, also without a current one.
    drop(audit);
    fs::rename(current(dir.path()), dir.path().join(of(".0"))).unwrap();
    assert_eq!(write(dir.path(), &["next"]).n, verdict_of_rest(dir.path()));
    fs::rename(dir.path().join(of(".0")), current(dir.path())).unwrap();
    // A removed file breaks the chain at the next one.
    fs::remove_file(dir.path().join(of(".2"))).unwrap();
    assert_eq!(broken(dir.path()), Some((of(".1"), 1)));
    fs::remove_file(dir.path().join(of(".4"))).unwrap();
    assert_eq!(broken(dir.path()), Some((of(".3"), 1)));
}

#[test]
fn refusals_are_bounded_and_those_left_out_are_counted() {
    let dir = private_dir();
    let audit = Audit::open(dir.path(), &Profile::default());
    for _ in 0..MAX_LIMITED + 30 {
        audit.limited(record(Event::Refuse, "rule"));
    }
    audit.effect(record(Event::Send, "sent"));
    let lines = read(dir.path(), &Profile::default()).unwrap();
    assert_eq!(lines.len() as u32, MAX_LIMITED + 1);
    let last = lines.last().unwrap();
    let last_entry = entry(last).unwrap();
    assert_eq!(
        (last_entry.record.event, last_entry.left_out),
        (Event::Send, 30)
    );
    assert!(
        last.text
            .ends_with(b",\"outcome\":\"sent\",\"left_out\":30}")
    );
}

#[test]
fn a_log_that_cannot_be_written_says_so_and_blocks_nothing() {
    let dir = private_dir();
    fs::create_dir(current(dir.path())).unwrap();
    let audit = Audit::open(dir.path(), &Profile::default());
    audit.effect(record(Event::Send, "sent"));
    assert!(audit.head().error.is_some());
    assert_eq!(Audit::nowhere().head(), Head::default());
}

#[cfg(unix)]
#[test]
fn lines_that_could_not_be_written_are_counted_in_the_next_one() {
    use std::os::unix::fs::PermissionsExt as _;
    let above = private_dir();
    let dir = above.path().join("audit");
    let audit = Audit::open(&dir, &Profile::default());
    audit.effect(record(Event::Send, &"x".repeat(1 << 20)));
    // The next line needs a new file, which a directory of other users prevents.
    fs::set_permissions(above.path(), fs::Permissions::from_mode(0o777)).unwrap();
    audit.effect(record(Event::Delete, "lost"));
    assert!(audit.head().error.is_some());
    audit.effect(record(Event::Send, "two"));
    audit.effect(record(Event::Send, "three"));
    let lines = read(&dir, &Profile::default()).unwrap();
    let unwritten = lines.iter().map(|line| entry(line).unwrap().unwritten);
    assert_eq!(unwritten.collect::<Vec<_>>(), [0, 1, 0]);
    let verdict = verify(&dir);
    assert_eq!((verdict.unwritten, verdict.broken), (1, None));
}

#[test]
#[ignore = "measures; the result is in packaging/docs/security.md"]
fn the_cost_of_a_line() {
    let dir = private_dir();
    let audit = Audit::open(dir.path(), &Profile::default());
    let median = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let _entered = runtime.enter();
    let lines = (0..1000).map(|_| {
        let began = Instant::now();
        audit.effect(record(Event::Send, "sent"));
        began.elapsed()
    });
    let line = median(lines.collect());
    let file = fs::OpenOptions::new()
        .append(true)
        .open(current(dir.path()))
        .unwrap();
    let syncs = (0..100).map(|_| {
        io::Write::write_all(&mut &file, b"{}\n").unwrap();
        let began = Instant::now();
        file.sync_data().unwrap();
        began.elapsed()
    });
    eprintln!("line: {line:?}, sync: {:?}", median(syncs.collect()));
}
