//! The limit of file descriptors of the process.

use std::io;

/// Soft limit that suffices for all connections, files and requests of the daemon.
#[cfg(unix)]
const WANTED: u64 = 8192;

/// Raises the soft limit to [`WANTED`], or to the hard limit if that is lower: some systems have a
/// soft limit of 256. Child processes inherit it.
#[cfg(unix)]
pub(crate) fn raise_descriptor_limit() {
    // On failure the limit stays, and fewer clients are served.
    super::inherited::raise(rustix::process::Resource::Nofile, WANTED);
}

/// Does nothing: handles have no limit that matters.
#[cfg(not(unix))]
pub(crate) fn raise_descriptor_limit() {}

/// Returns the soft limit; `None` if there is none.
#[cfg(unix)]
pub(crate) fn descriptor_limit() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::Nofile).current
}

/// Returns `None`: handles have no limit that matters.
#[cfg(not(unix))]
pub(crate) fn descriptor_limit() -> Option<u64> {
    None
}

/// Returns whether an operation failed because the process or the system has no descriptor left.
#[cfg(unix)]
pub(crate) fn lacks_descriptors(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let lacking = [Errno::MFILE, Errno::NFILE].map(Errno::raw_os_error);
    error
        .raw_os_error()
        .is_some_and(|code| lacking.contains(&code))
}

/// Returns the number of the error of a disk that fails.
#[cfg(unix)]
pub(crate) fn disk_error() -> Option<i32> {
    Some(rustix::io::Errno::IO.raw_os_error())
}

/// Returns `None`: a failing disk has many errors.
#[cfg(not(unix))]
pub(crate) fn disk_error() -> Option<i32> {
    None
}

/// Returns `false`: handles have no limit that matters.
#[cfg(not(unix))]
pub(crate) fn lacks_descriptors(_: &io::Error) -> bool {
    false
}
