//! The disk of the simulated machine. It is full at times, and after a power failure it has only
//! what was synced, and a part of the rest.

use super::world::World;
use crate::mail::{Disk, Work};
use std::{
    collections::HashMap,
    fmt,
    fs::{File, Metadata},
    io::{self, Write as _},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

/// Time in which a client reads what its tai-mcp has written.
const UNREAD: Duration = Duration::from_secs(1);

impl World {
    /// Records that the daemon ends, and that a delivery may be lost with its record.
    pub(super) fn forgive_deliveries(&self) {
        let has_no_record = self.was_disk_full();
        let mut inner = self.inner();
        inner.forgiven_until = Some(Instant::now() + UNREAD);
        for mail in inner.mails.values_mut() {
            mail.unrecorded |= has_no_record;
            for delivery in &mut mail.delivered {
                delivery.silent = true;
            }
        }
    }

    /// Fills the disk, or frees it.
    pub(super) fn set_disk_full(&self, full: bool) {
        let mut inner = self.inner();
        if inner.disk_full && !full {
            inner.disk_free = Some(Instant::now());
        }
        inner.disk_full = full;
        inner.note(if full { "disk full" } else { "disk free" });
    }

    pub(super) fn is_disk_full(&self) -> bool {
        self.inner().disk_full
    }

    /// Returns whether the daemon may not have written all of its records since the disk was full.
    pub(super) fn was_disk_full(&self) -> bool {
        const LONGEST_RETRY: Duration = Duration::from_secs(31);
        let inner = self.inner();
        inner.disk_full
            || inner
                .disk_free
                .is_some_and(|at| at.elapsed() < LONGEST_RETRY)
    }
}

/// The disk of a world. Its work is done at once, so that a seed repeats the same run.
pub(super) struct WorldDisk {
    pub(super) world: Arc<World>,
    /// Length of the synced part of each file.
    pub(super) synced: Arc<Mutex<HashMap<u64, u64>>>,
}

impl fmt::Debug for WorldDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the disk of a world")
    }
}

impl Disk for WorldDisk {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        if self.world.is_disk_full() && !bytes.is_empty() {
            let part = self.world.draw(bytes.len() as u64) as usize;
            file.write_all(&bytes[..part])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        let meta = file.metadata()?;
        let mut synced = self.synced.lock().unwrap();
        synced.insert(number(&meta), meta.len());
        Ok(())
    }

    fn run(&self, work: Work) {
        work();
    }
}

#[cfg(unix)]
fn number(meta: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(meta)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

/// Records that the copy of a file is synced as far as the original.
pub(super) fn copy_synced(synced: &Mutex<HashMap<u64, u64>>, from: &Metadata, to: &Metadata) {
    let mut synced = synced.lock().unwrap();
    let length = synced.get(&number(from)).copied().unwrap_or_default();
    synced.insert(number(to), length.min(to.len()));
}

/// Returns the length of a file after a power failure.
pub(super) fn length_after_power_failure(
    world: &World,
    synced: &Mutex<HashMap<u64, u64>>,
    meta: &Metadata,
) -> u64 {
    let synced = synced.lock().unwrap().get(&number(meta)).copied();
    let synced = synced.unwrap_or_default().min(meta.len());
    synced + world.draw(meta.len() - synced + 1)
}
