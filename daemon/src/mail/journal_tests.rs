//! A journal returns every complete record after a restart, and no partial one.

use super::{super::record::LeaseRecord, *};
use std::io::Cursor;

fn closed(id: u64) -> LeaseRecord {
    LeaseRecord::Closed { id }
}

fn ids(records: Vec<LeaseRecord>) -> Vec<u64> {
    let id = |record| match record {
        LeaseRecord::Marked { id, .. }
        | LeaseRecord::Unconfirmed { id, .. }
        | LeaseRecord::Closed { id } => id,
    };
    records.into_iter().map(id).collect()
}

/// A private directory and a path in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    os::restrict_new_files();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/journal");
    os::private_dir(path.parent().unwrap()).unwrap();
    (dir, path)
}

fn write(path: &Path, bytes: &[u8]) {
    let mut options = OpenOptions::new();
    let mut file = options.append(true).create(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

fn read(path: &Path) -> Vec<u64> {
    ids(Journal::open(path.to_owned()).1)
}

#[test]
fn records_survive_a_restart_and_replaced_ones_do_not() {
    let (_dir, path) = place();
    let (mut journal, records) = Journal::open(path.clone());
    assert!(records.is_empty());
    journal.append(&closed(1), Vec::new);
    journal.append(&closed(2), Vec::new);
    assert_eq!(read(&path), [1, 2]);
    journal.shorten(&[closed(3)]);
    journal.append(&closed(4), Vec::new);
    assert_eq!(read(&path), [3, 4]);
}

#[test]
fn a_line_that_a_crash_truncated_is_ignored_and_overwritten() {
    let (_dir, path) = place();
    write(&path, b"closed 1\nmarked 1234 desk.alice@tai");
    let (mut journal, records) = Journal::open(path.clone());
    assert_eq!(ids(records), [1]);
    journal.append(&closed(2), Vec::new);
    assert_eq!(read(&path), [1, 2]);
}

#[test]
fn corrupt_lines_are_skipped_one_by_one() {
    let (_dir, path) = place();
    write(&path, b"closed 1\n\0\0\xff\nclosed x\n\nclosed 2\n+7 a@b\n");
    assert_eq!(read(&path), [1, 2]);
}

#[test]
fn a_failed_write_leaves_no_partial_line_before_the_next_record() {
    struct Full {
        file: Cursor<Vec<u8>>,
        room: usize,
    }
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let some = bytes.len().min(self.room);
            if some == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.room -= some;
            self.file.write(&bytes[..some])
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    impl Seek for Full {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.file.seek(to)
        }
    }
    let mut full = Full {
        file: Cursor::new(Vec::new()),
        room: 14,
    };
    append_at(&mut full, 0, b"closed 1\n").unwrap();
    assert!(append_at(&mut full, 9, b"closed 23\n").is_err());
    full.room = 100;
    append_at(&mut full, 9, b"closed 4\n").unwrap();
    assert_eq!(full.file.get_ref(), b"closed 1\nclosed 4\n");
}

#[test]
fn a_record_that_a_failed_write_lost_is_in_the_file_after_the_next_one() {
    let (_dir, path) = place();
    let (mut journal, _) = Journal::open(path.clone());
    journal.append(&closed(1), Vec::new);
    // Neither the file nor its replacement can be written for a while.
    let blocker = path.with_extension("new");
    std::fs::create_dir(&blocker).unwrap();
    let file = journal.file.as_mut().unwrap();
    let writable = std::mem::replace(&mut file.file, File::open(&path).unwrap());
    journal.append(&closed(2), || vec![closed(1), closed(2)]);
    let file = journal.file.as_mut().unwrap();
    file.file = writable;
    std::fs::remove_dir(&blocker).unwrap();
    assert_eq!(read(&path), [1]);
    journal.append(&closed(3), || vec![closed(1), closed(2), closed(3)]);
    assert_eq!(read(&path), [1, 2, 3]);
}

#[test]
fn a_file_is_replaced_when_most_of_its_lines_are_obsolete() {
    let (_dir, path) = place();
    let (mut journal, _) = Journal::open(path.clone());
    let mut most = 0;
    for id in 0..3_000 {
        journal.append(&closed(id), || vec![closed(id)]);
        most = most.max(read(&path).len());
    }
    assert_eq!(most, MIN_LINES);
    assert_eq!(read(&path).last(), Some(&2_999));
}

#[test]
fn a_file_without_obsolete_lines_is_not_replaced() {
    use std::os::unix::fs::MetadataExt as _;
    let (_dir, path) = place();
    write(&path, b"closed 1\n");
    let inode = || std::fs::metadata(&path).unwrap().ino();
    let before = inode();
    let (mut journal, records) = Journal::<LeaseRecord>::open(path.clone());
    journal.shorten(&records);
    assert_eq!(inode(), before);
    write(&path, b"nonsense\n");
    let (mut journal, records) = Journal::<LeaseRecord>::open(path.clone());
    journal.shorten(&records);
    assert_eq!(std::fs::read(&path).unwrap(), b"closed 1\n");
}

#[test]
fn only_the_end_of_a_long_file_is_read() {
    let (_dir, path) = place();
    let lines = MAX_READ as usize / 8;
    write(&path, "closed 1\n".repeat(lines).as_bytes());
    write(&path, b"closed 2\n");
    let records = read(&path);
    assert!(records.len() < lines);
    assert_eq!(records.last(), Some(&2));
}

#[test]
fn a_journal_that_cannot_be_opened_keeps_nothing() {
    let (_dir, path) = place();
    std::fs::write(&path, "").unwrap();
    let (mut journal, records) = Journal::open(path.join("journal"));
    assert!(records.is_empty());
    journal.append(&closed(1), Vec::new);
    journal.shorten(&[closed(1)]);
}

#[test]
fn a_pipe_in_place_of_a_journal_does_not_block() {
    let (_dir, path) = place();
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if made.is_ok_and(|status| status.success()) {
        assert!(read(&path).is_empty());
    }
}
