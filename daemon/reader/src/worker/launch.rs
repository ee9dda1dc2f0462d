//! The start of a worker by its parent.

use std::{
    io,
    path::PathBuf,
    process::{Command, Stdio},
};

/// The first argument of a worker. The command line does not know it.
pub const ARGUMENT: &str = "reader-worker";

/// Returns whether this process was started as a worker.
#[must_use]
pub fn is_requested() -> bool {
    std::env::args_os()
        .nth(1)
        .is_some_and(|first| first == ARGUMENT)
}

/// Returns the command that starts a worker: this executable, in `/`, with an empty environment, and
/// with pipes as standard input and output and no other descriptor. Standard error is discarded,
/// because a message of a crash may contain the mail.
///
/// # Errors
/// The error of the system if the executable is unknown.
pub fn command() -> io::Result<Command> {
    let mut command = Command::new(executable()?);
    command
        .arg(ARGUMENT)
        .env_clear()
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        // Ctrl-C in a terminal reaches the process group of the daemon, which drains.
        command.arg0("taid").process_group(0);
        // A descriptor that this process inherited from its own parent may stay open in children.
        close_fds::set_fds_cloexec_threadsafe(3, &[]);
    }
    Ok(command)
}

/// Returns the running executable. On Linux the link leads to it even after an upgrade or a
/// removal of the file.
fn executable() -> io::Result<PathBuf> {
    match cfg!(target_os = "linux") {
        true => Ok("/proc/self/exe".into()),
        false => std::env::current_exe(),
    }
}

fn root() -> PathBuf {
    match cfg!(windows) {
        // A process of Windows needs a drive. The directory of the executable exists.
        true => std::env::temp_dir(),
        false => "/".into(),
    }
}
