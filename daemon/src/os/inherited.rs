//! What a daemon inherits from the process that starts it, and no client may decide for all others:
//! session, signals and limits.

use nix::sys::signal::{SigSet, Signal};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

/// Soft limits that a program sets for itself. The limit of the stack stays: it also decides where memory
/// is mapped.
const LIMITS: [Resource; 5] = [
    Resource::Fsize,
    Resource::Cpu,
    Resource::As,
    Resource::Data,
    Resource::Nproc,
];

/// Leaves the client that started this process: starts a session (`setsid(2)`), so that the daemon survives
/// the end of the client's, unblocks all signals, and raises the soft limits to the hard ones.
pub(crate) fn leave_client() {
    // Each of these fails only if there is nothing to do: a session leader starts no other session, and a
    // soft limit may always be the hard one.
    let _ = rustix::process::setsid();
    let _ = SigSet::empty().thread_set_mask();
    for resource in LIMITS {
        let maximum = getrlimit(resource).maximum;
        let current = maximum;
        let _ = setrlimit(resource, Rlimit { current, maximum });
    }
}

/// Closes the descriptors that this process inherited, apart from its input and outputs, in the children
/// that it starts from now on. A lock or a pipe of a client would last as long as the daemon.
pub(crate) fn pass_on_no_descriptor() {
    close_fds::set_fds_cloexec_threadsafe(3, &[]);
}

/// Makes a write beyond the limit of a file's size (`ulimit -f`) fail, instead of ending the process with
/// SIGXFSZ. Must be called before other threads are started; child processes inherit it.
pub(crate) fn survive_file_limit() {
    // A write fails in either case. On failure here, the system's default counts.
    let _ = SigSet::from(Signal::SIGXFSZ).thread_block();
}

/// Handles SIGCHLD, which a client may have ignored: then no child has an exit status. Must be called in a
/// tokio runtime.
pub(crate) fn notice_children() {
    // The handler stays. Without it, the daemon works in most environments.
    let _ = signal(SignalKind::child());
}
