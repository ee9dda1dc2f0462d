//! Reading of the record of a running daemon, and the machine of a record.

use std::{fs, io::Read as _, path::Path};
use tai_proto::record::{MAX_RECORD, Record};

/// Reads the record of a lock file; `None` if there is none. The daemon may have ended since: a
/// running one holds the file locked.
pub fn read_record(lock: &Path) -> Option<Record> {
    // Opening a named pipe would block.
    let is_file = fs::symlink_metadata(lock).is_ok_and(|meta| meta.is_file());
    let file = is_file.then(|| fs::File::open(lock).ok()).flatten()?;
    let mut text = String::new();
    file.take(MAX_RECORD).read_to_string(&mut text).ok()?;
    Record::parse(&text)
}

/// Returns the name of this machine, which its daemons record.
pub fn host_name() -> String {
    #[cfg(unix)]
    return rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    std::env::var("COMPUTERNAME").unwrap_or_default()
}
