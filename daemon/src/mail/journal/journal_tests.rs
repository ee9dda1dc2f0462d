//! A journal returns every complete record after a restart, and no promise is kept before its
//! record is on the disk.

use super::{
    super::leases::record::LeaseRecord,
    file::{MAX_READ, MIN_LINES, beside},
    *,
};
use crate::os;
use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

pub(super) fn closed(id: u64) -> LeaseRecord {
    LeaseRecord::Closed { id }
}

fn id_of(record: LeaseRecord) -> u64 {
    match record {
        LeaseRecord::Marked { id, .. }
        | LeaseRecord::Unconfirmed { id, .. }
        | LeaseRecord::Taken { id, .. }
        | LeaseRecord::Delivered { id }
        | LeaseRecord::Closed { id } => id,
    }
}

/// A private directory and a path in it.
pub(super) fn place() -> (tempfile::TempDir, PathBuf) {
    os::restrict_new_files();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state/journal");
    os::private_dir(path.parent().unwrap()).unwrap();
    (dir, path)
}

pub(super) fn write(path: &Path, bytes: &[u8]) {
    let mut options = OpenOptions::new();
    let mut file = options.append(true).create(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
}

/// Opens a journal. Returns it with the ids of its records.
pub(super) fn open(path: &Path) -> (Journal<LeaseRecord>, Vec<u64>) {
    open_on(path, Arc::new(SystemDisk))
}

fn open_on(path: &Path, disk: Arc<dyn Disk>) -> (Journal<LeaseRecord>, Vec<u64>) {
    let mut ids = Vec::new();
    let journal = Journal::open(path.to_owned(), disk, |record| ids.push(id_of(record)));
    (journal, ids)
}

pub(super) fn read(path: &Path) -> Vec<u64> {
    open(path).1
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

/// A disk that fails on demand, counts its syncs, and does its work when the test asks.
#[derive(Default)]
struct BadDisk {
    /// Number of bytes for which there is room; `None` for no limit.
    room: Mutex<Option<usize>>,
    sync_fails: Mutex<bool>,
    syncs: AtomicU32,
    waiting: Mutex<Option<Work>>,
    is_slow: bool,
}

impl fmt::Debug for BadDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bad disk")
    }
}

impl Disk for BadDisk {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let mut room = self.room.lock().unwrap();
        let some = bytes.len().min(room.unwrap_or(usize::MAX));
        file.write_all(&bytes[..some])?;
        *room = room.map(|room| room - some);
        match some == bytes.len() {
            true => Ok(()),
            false => Err(io::ErrorKind::StorageFull.into()),
        }
    }

    fn sync(&self, _: &File) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::Relaxed);
        match *self.sync_fails.lock().unwrap() {
            true => Err(io::Error::other("the disk is broken")),
            false => Ok(()),
        }
    }

    fn run(&self, work: Work) {
        match self.is_slow {
            true => *self.waiting.lock().unwrap() = Some(work),
            false => work(),
        }
    }
}

impl BadDisk {
    fn set_room(&self, room: Option<usize>) {
        *self.room.lock().unwrap() = room;
    }
}

#[test]
fn records_survive_a_restart_and_replaced_ones_do_not() {
    let (_dir, path) = place();
    let (mut journal, records) = open(&path);
    assert!(records.is_empty());
    journal.append(&closed(1), Vec::new);
    journal.append(&closed(2), Vec::new);
    assert_eq!(read(&path), [1, 2]);
    journal.shorten(&[closed(3)]);
    journal.append(&closed(4), Vec::new);
    assert_eq!(read(&path), [3, 4]);
    journal.clear();
    assert!(read(&path).is_empty());
    journal.append(&closed(5), Vec::new);
    assert_eq!(read(&path), [5]);
}

#[tokio::test]
async fn records_that_are_appended_during_a_sync_share_the_next_one() {
    let (_dir, path) = place();
    let disk = Arc::new(BadDisk {
        is_slow: true,
        ..BadDisk::default()
    });
    let (mut journal, _) = open_on(&path, disk.clone());
    let mut kept = tokio::task::JoinSet::new();
    for id in 0..50 {
        journal.append(&closed(id), Vec::new);
        kept.spawn(journal.promise().kept(soon()));
        tokio::task::yield_now().await;
    }
    assert!(kept.try_join_next().is_none(), "promised before the sync");
    let work = disk.waiting.lock().unwrap().take().unwrap();
    tokio::task::spawn_blocking(work).await.unwrap();
    for result in kept.join_all().await {
        assert_eq!(result, Ok(()));
    }
    assert!(disk.syncs.load(Ordering::Relaxed) <= 2);
    assert_eq!(journal.promise().kept(soon()).await, Ok(()));
    assert!(disk.waiting.lock().unwrap().is_none(), "nothing to sync");
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_hangs_breaks_the_promise_in_time() {
    let (_dir, path) = place();
    let disk = Arc::new(BadDisk {
        is_slow: true,
        ..BadDisk::default()
    });
    let (mut journal, _) = open_on(&path, disk);
    journal.append(&closed(1), Vec::new);
    let began = Instant::now();
    let error = journal.promise().kept(soon()).await.unwrap_err();
    assert_eq!(error.why, "the disk does not confirm the write");
    assert_eq!(began.elapsed().as_secs(), 10);
    let deadline = Instant::now() + Duration::from_secs(1);
    assert!(journal.promise().kept(deadline).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn lines_that_a_full_disk_refused_are_written_when_there_is_room_and_before_a_promise() {
    let (_dir, path) = place();
    let disk = Arc::new(BadDisk::default());
    let (mut journal, _) = open_on(&path, disk.clone());
    journal.append(&closed(1), Vec::new);
    disk.set_room(Some(5));
    journal.append(&closed(2), Vec::new);
    let error = journal.promise().kept(soon()).await.unwrap_err();
    assert!(error.to_string().contains("journal: "), "{error}");
    journal.append(&closed(3), Vec::new);
    assert_eq!(read(&path), [1], "no partial line");
    // Without any further record.
    disk.set_room(None);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(read(&path), [1, 2, 3]);
    assert_eq!(journal.promise().kept(soon()).await, Ok(()));
    // With the next record.
    disk.set_room(Some(0));
    journal.append(&closed(4), Vec::new);
    disk.set_room(None);
    journal.append(&closed(5), Vec::new);
    assert_eq!(journal.promise().kept(soon()).await, Ok(()));
    assert_eq!(read(&path), [1, 2, 3, 4, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_reported_while_the_next_record_would_fail() {
    let (_dir, path) = place();
    let disk = Arc::new(BadDisk::default());
    let (mut journal, _) = open_on(&path, disk.clone());
    assert_eq!(journal.failing(), None);
    disk.set_room(Some(0));
    journal.append(&closed(1), Vec::new);
    assert_eq!(journal.failing().unwrap().path, path);
    disk.set_room(None);
    assert_eq!(journal.failing(), None);
    *disk.sync_fails.lock().unwrap() = true;
    assert!(journal.promise().kept(soon()).await.is_err());
    *disk.sync_fails.lock().unwrap() = false;
    assert_eq!(journal.failing(), None, "the next record can be kept");
    journal.append(&closed(2), || vec![closed(2)]);
    assert_eq!(journal.promise().kept(soon()).await, Ok(()));
    assert_eq!(journal.failing(), None);
}

#[tokio::test(start_paused = true)]
async fn the_lines_that_wait_for_room_are_bounded_and_none_is_lost() {
    let (_dir, path) = place();
    let disk = Arc::new(BadDisk::default());
    let (mut journal, _) = open_on(&path, disk.clone());
    disk.set_room(Some(0));
    for id in 0..60_000 {
        journal.append(&closed(id), || (0..=id).map(closed).take(1).collect());
    }
    disk.set_room(None);
    journal.append(&closed(60_000), || vec![closed(7), closed(60_000)]);
    assert_eq!(journal.promise().kept(soon()).await, Ok(()));
    assert_eq!(read(&path), [7, 60_000], "the needed records");
}

#[tokio::test]
async fn after_a_failed_sync_the_file_is_written_again_before_the_next_promise() {
    let (_dir, path) = place();
    let disk = Arc::new(BadDisk::default());
    let (mut journal, _) = open_on(&path, disk.clone());
    journal.append(&closed(1), Vec::new);
    *disk.sync_fails.lock().unwrap() = true;
    let error = journal.promise().kept(soon()).await.unwrap_err();
    assert_eq!(error.why, "the disk is broken");
    journal.append(&closed(2), || vec![closed(1), closed(2)]);
    assert!(journal.promise().kept(soon()).await.is_err());
    *disk.sync_fails.lock().unwrap() = false;
    let before = std::fs::metadata(&path).unwrap();
    journal.append(&closed(3), || vec![closed(1), closed(3)]);
    assert_eq!(journal.promise().kept(soon()).await, Ok(()));
    assert_eq!(read(&path), [1, 3]);
    use std::os::unix::fs::MetadataExt as _;
    assert_ne!(std::fs::metadata(&path).unwrap().ino(), before.ino());
}

#[tokio::test]
async fn a_record_that_is_appended_during_a_replacement_is_in_the_new_file() {
    let (_dir, path) = place();
    let disk = Arc::new(BadDisk {
        is_slow: true,
        ..BadDisk::default()
    });
    let (mut journal, _) = open_on(&path, disk.clone());
    for id in 0..MIN_LINES as u64 {
        journal.append(&closed(id), || vec![closed(id)]);
    }
    let last = MIN_LINES as u64;
    journal.append(&closed(last), || panic!("one replacement at a time"));
    let work = disk.waiting.lock().unwrap().take().unwrap();
    work();
    assert_eq!(read(&path), [last - 1, last]);
    journal.append(&closed(900), Vec::new);
    assert_eq!(read(&path), [last - 1, last, 900]);
}

#[tokio::test]
async fn a_removed_file_and_directory_are_created_again_before_the_next_promise() {
    let (_dir, path) = place();
    let (mut journal, _) = open(&path);
    journal.append(&closed(1), Vec::new);
    std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
    journal.append(&closed(2), || vec![closed(1), closed(2)]);
    assert_eq!(journal.promise().kept(soon()).await, Ok(()));
    assert_eq!(read(&path), [1, 2]);
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_breaks_every_promise_until_it_can() {
    let (_dir, path) = place();
    std::fs::create_dir(&path).unwrap();
    let (mut journal, records) = open(&path);
    assert!(records.is_empty());
    journal.append(&closed(1), Vec::new);
    journal.shorten(&[closed(1)]);
    journal.clear();
    assert!(journal.promise().kept(soon()).await.is_err());
    std::fs::remove_dir(&path).unwrap();
    write(&path, line_of(&closed(7)).as_bytes());
    let mut ids = Vec::new();
    journal.reopen(|record| ids.push(id_of(record)));
    assert_eq!(ids, [7]);
    journal.append(&closed(8), Vec::new);
    assert_eq!(journal.promise().kept(soon()).await, Ok(()));
    assert_eq!(read(&path), [7, 8]);
}

#[test]
fn a_file_is_replaced_when_most_of_its_lines_are_obsolete() {
    let (_dir, path) = place();
    let (mut journal, _) = open(&path);
    let mut most = 0;
    for id in 0..3_000 {
        journal.append(&closed(id), || vec![closed(id)]);
        most = most.max(read(&path).len());
    }
    assert!(most <= MIN_LINES, "{most}");
    assert_eq!(read(&path).last(), Some(&2_999));
}

#[test]
fn a_failed_replacement_keeps_the_longer_file() {
    let (_dir, path) = place();
    let (mut journal, _) = open(&path);
    std::fs::create_dir(beside(&path)).unwrap();
    for id in 0..1_000 {
        journal.append(&closed(id), || vec![closed(id)]);
    }
    assert_eq!(read(&path).len(), 1_000);
}

#[test]
fn a_file_without_obsolete_lines_is_not_replaced() {
    use std::os::unix::fs::MetadataExt as _;
    let (_dir, path) = place();
    let line = line_of(&closed(1));
    write(&path, line.as_bytes());
    let inode = || std::fs::metadata(&path).unwrap().ino();
    let before = inode();
    open(&path).0.shorten(&[closed(1)]);
    assert_eq!(inode(), before);
    write(&path, b"nonsense\n");
    open(&path).0.shorten(&[closed(1)]);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.ends_with(&line) && !text.contains("nonsense"),
        "{text}"
    );
}

#[test]
fn only_the_end_of_a_long_file_is_read() {
    let (_dir, path) = place();
    let line = line_of(&closed(1));
    let lines = MAX_READ as usize / line.len() + 1;
    write(&path, line.repeat(lines).as_bytes());
    write(&path, line_of(&closed(2)).as_bytes());
    let records = read(&path);
    assert!(records.len() <= lines);
    assert_eq!(records.last(), Some(&2));
}
