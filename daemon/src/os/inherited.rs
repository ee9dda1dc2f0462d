//! What a daemon inherits from the process that starts it, and no client may decide for all others:
//! session, signals and limits.

use nix::sys::signal::{SigSet, Signal};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

/// Usual soft limit of the stack, in bytes.
const STACK: u64 = 8 << 20;
/// Soft limits that a program sets for itself.
const LIMITS: [Resource; 5] = [
    Resource::Fsize,
    Resource::Cpu,
    Resource::As,
    Resource::Data,
    Resource::Nproc,
];

/// Leaves the client that started this process: starts a session (`setsid(2)`), so that the daemon
/// survives the end of the client's, unblocks all signals, and raises the soft limits to the hard
/// ones.
pub(crate) fn leave_client() {
    // Each of these fails only if there is nothing to do: a session leader starts no other session,
    // and a soft limit may always be the hard one.
    let _ = rustix::process::setsid();
    let _ = SigSet::empty().thread_set_mask();
    for resource in LIMITS {
        let maximum = getrlimit(resource).maximum;
        let current = maximum;
        let _ = setrlimit(resource, Rlimit { current, maximum });
    }
}

/// Raises a soft limit to `wanted`, or to the hard limit if that is lower. On failure, the limit
/// stays.
pub(super) fn raise(resource: Resource, wanted: u64) {
    let Rlimit { current, maximum } = getrlimit(resource);
    let wanted = maximum.map_or(wanted, |hard| hard.min(wanted));
    if current.is_some_and(|soft| soft < wanted) {
        let current = Some(wanted);
        let _ = setrlimit(resource, Rlimit { current, maximum });
    }
}

/// Withholds from the children that this process starts from now on what it inherited: the
/// descriptors, apart from its input and outputs, and a small stack. A lock or a pipe of a client
/// would last as long as the daemon. The limit of the stack decides at the start of a program where
/// its memory is mapped.
pub(crate) fn pass_on_nothing() {
    close_fds::set_fds_cloexec_threadsafe(3, &[]);
    raise(Resource::Stack, STACK);
}

/// Makes a write beyond the limit of a file's size (`ulimit -f`) fail, instead of ending the
/// process with SIGXFSZ. Must be called before other threads are started; child processes inherit
/// it.
pub(crate) fn survive_file_limit() {
    // A write fails in either case. On failure here, the system's default counts.
    let _ = SigSet::from(Signal::SIGXFSZ).thread_block();
}

/// Handles SIGCHLD, which a client may have ignored: then no child has an exit status. Must be
/// called in a tokio runtime.
pub(crate) fn notice_children() {
    // The handler stays. Without it, the daemon works in most environments.
    let _ = signal(SignalKind::child());
}
