//! Torn and corrupt files are survived line by line.

use super::{
    super::leases::record::LeaseRecord,
    journal_tests::{closed, open, place, read, write},
    line::line_of,
};
use std::{
    fs::File,
    os::unix::{fs::symlink, net::UnixListener},
    time::Instant,
};

const ADDRESS: &str = "desk.alice@tai.chat";

/// Three records with the ids 1, 2 and 3.
fn lines() -> [String; 3] {
    let address = ADDRESS.to_owned();
    [
        line_of(&LeaseRecord::Marked { id: 1, address }),
        line_of(&closed(2)),
        line_of(&closed(3)),
    ]
}

#[test]
fn a_file_that_ends_at_any_byte_keeps_its_whole_lines_and_takes_the_next_record() {
    let whole = lines().concat();
    let ends: Vec<usize> = lines()
        .iter()
        .scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        })
        .collect();
    for length in 0..=whole.len() {
        let (_dir, path) = place();
        write(&path, &whole.as_bytes()[..length]);
        let (mut journal, records) = open(&path);
        let kept = ends.iter().filter(|end| **end <= length).count();
        assert_eq!(records, [1, 2, 3][..kept], "{length} bytes");
        journal.append(&closed(9), Vec::new);
        drop(journal);
        let after = [&[1, 2, 3][..kept], &[9]].concat();
        assert_eq!(read(&path), after, "{length} bytes");
    }
}

#[test]
fn a_changed_byte_costs_at_most_the_lines_that_it_touches() {
    let whole = lines().concat().into_bytes();
    let line_of_byte = |byte: usize| whole[..byte].iter().filter(|byte| **byte == b'\n').count();
    for byte in 0..whole.len() {
        for change in [0x01, 0x20, 0x80, whole[byte], whole[byte] ^ b'\n'] {
            let (_dir, path) = place();
            let mut changed = whole.clone();
            changed[byte] ^= change;
            write(&path, &changed);
            let records = read(&path);
            let touched = line_of_byte(byte);
            // A removed line end merges two lines.
            let touched = touched..=touched + usize::from(whole[byte] == b'\n');
            for (line, id) in [1, 2, 3].into_iter().enumerate() {
                let kept = records.contains(&id);
                assert!(kept || touched.contains(&line), "byte {byte}: {records:?}");
            }
            let known = records.iter().all(|id| [1, 2, 3].contains(id));
            assert!(known, "byte {byte}: {records:?}");
        }
    }
}

#[test]
fn what_is_no_record_is_skipped() {
    let [one, two, three] = lines();
    let strip = |line: &str| line.trim_end().to_owned();
    let other_check = format!("{} 00000000\n", "closed 9");
    let nul = "\0".repeat(4096);
    for (what, text, expected) in [
        (
            "a block of zeros before a line end",
            format!("{one}{nul}\n{two}"),
            vec![1, 2],
        ),
        (
            "a block of zeros inside a line",
            format!("{one}{}{nul}\n{three}", &two[..5]),
            vec![1, 3],
        ),
        ("zeros at the end", format!("{one}{two}{nul}"), vec![1, 2]),
        (
            "two records in one line",
            format!("{}{two}{three}", strip(&one)),
            vec![3],
        ),
        (
            "two records with a space",
            format!("{} {two}{three}", strip(&one)),
            vec![3],
        ),
        (
            "line ends of Windows",
            format!("{}\r\n{}\r\n", strip(&one), strip(&two)),
            vec![1, 2],
        ),
        ("empty lines", format!("\n\n{one}\n{two}"), vec![1, 2]),
        (
            "a record without a checksum",
            format!("closed 9\n{one}"),
            vec![1],
        ),
        ("another checksum", format!("{other_check}{one}"), vec![1]),
        (
            "a line of 1 MB",
            format!("{one}{}\n{two}", "x".repeat(1 << 20)),
            vec![1, 2],
        ),
        ("a byte order mark", format!("\u{feff}{one}{two}"), vec![2]),
    ] {
        let (_dir, path) = place();
        write(&path, text.as_bytes());
        assert_eq!(read(&path), expected, "{what}");
    }
}

#[test]
fn a_file_of_100_mb_takes_bounded_memory_and_one_of_300_000_lines_little_time() {
    let (_dir, path) = place();
    let file = File::create(&path).unwrap();
    file.set_len(100 << 20).unwrap();
    drop(file);
    write(&path, format!("\n{}", lines().concat()).as_bytes());
    assert_eq!(read(&path), [1, 2, 3]);

    let (_dir, path) = place();
    let text: String = (0..300_000).map(|id| line_of(&closed(id))).collect();
    write(&path, text.as_bytes());
    let began = Instant::now();
    assert_eq!(read(&path).len(), 300_000);
    println!("300,000 lines: {:?}", began.elapsed());
}

#[test]
fn what_is_no_file_of_this_user_never_blocks_and_is_not_replaced() {
    let (_dir, path) = place();
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    assert!(read(&path).is_empty());
    std::fs::remove_file(&path).unwrap();

    let socket = UnixListener::bind(&path).unwrap();
    assert!(read(&path).is_empty());
    drop(socket);
    std::fs::remove_file(&path).unwrap();

    let target = path.with_file_name("target");
    symlink(&target, &path).unwrap();
    open(&path).0.append(&closed(1), || vec![closed(1)]);
    assert!(!target.exists(), "a dangling link is not followed");
    write(&target, lines().concat().as_bytes());
    assert!(read(&path).is_empty(), "nor any other link");
    std::fs::remove_file(&path).unwrap();

    std::fs::create_dir(&path).unwrap();
    open(&path).0.append(&closed(1), || vec![closed(1)]);
    assert!(path.is_dir());
    std::fs::remove_dir(&path).unwrap();

    write(&path, lines().concat().as_bytes());
    match std::os::unix::fs::chown(&path, Some(12345), None) {
        Ok(()) => assert!(read(&path).is_empty(), "another user's file"),
        Err(_) => println!("skipped: another user's file needs root"),
    }
}
