//! The disk of the journals. The simulation puts a failing disk in the place of [`SystemDisk`].

use std::{
    fmt,
    fs::File,
    io::{self, Write as _},
};

/// Work that may wait for the disk.
pub(crate) type Work = Box<dyn FnOnce() + Send>;

/// The disk of the journals.
pub(crate) trait Disk: Send + Sync + fmt::Debug + 'static {
    /// Writes bytes at the cursor of a file. A kill of the daemon loses none of them.
    ///
    /// # Errors
    /// The system's error. A part of the bytes may be written.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;

    /// Waits until the content of a file survives a power failure.
    ///
    /// # Errors
    /// The system's error. After it, no byte since the last sync is certain.
    fn sync(&self, file: &File) -> io::Result<()>;

    /// Does work without delaying the async runtime.
    fn run(&self, work: Work);
}

/// The disk of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemDisk;

impl Disk for SystemDisk {
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    fn run(&self, work: Work) {
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(work)),
            Err(_) => work(),
        }
    }
}
