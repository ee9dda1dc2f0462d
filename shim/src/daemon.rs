//! Where the daemon's executable is, and starting it for a client that finds none running.
//! Which of several that are started at once stays is decided by taid's own lock.

use crate::{os, secrets};
use std::{
    fs::File,
    io::{self, Read as _, Seek as _},
    path::PathBuf,
    process::Stdio,
};
use tokio::{process::Command, sync::oneshot};

/// What a client's configuration says of that client alone. The daemon serves others too.
const OF_THIS_CLIENT: [&str; 4] = [
    "TAI_MCP_INSTANCE",
    "INSTANCE",
    "TAI_MCP_USEREMAIL",
    "USEREMAIL",
];
/// More than taid says when it does not start.
const MAX_WORDS: u64 = 2_000;

/// The taid that was installed with this tai-mcp, else the one on PATH.
pub(crate) fn executable() -> PathBuf {
    let name = format!("taid{}", std::env::consts::EXE_SUFFIX);
    let beside_us = std::env::current_exe()
        .ok()
        .map(|path| path.with_file_name(&name));
    beside_us
        .filter(|path| path.is_file())
        .unwrap_or_else(|| name.into())
}

/// A daemon that is starting.
pub(crate) struct Starting {
    ended: oneshot::Receiver<String>,
}

impl Starting {
    /// What it said when it ended, if it has: another one may be running by then.
    pub(crate) fn ended(&mut self) -> Option<String> {
        self.ended.try_recv().ok()
    }
}

/// Starts the daemon of `profile` in the background. It holds none of our pipes, leaves our
/// session by itself, and gets no password by its arguments or its environment: what it needs
/// it is offered over the socket.
///
/// # Errors
/// When there is no executable, or it cannot be run.
pub(crate) fn start(profile: &str) -> io::Result<Starting> {
    let mut command = Command::new(executable());
    command
        .args(["run", "--by-client", "--profile", profile])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    os::detach(&mut command);
    for variable in secrets::withheld().chain(OF_THIS_CLIENT) {
        command.env_remove(variable);
    }
    // For what taid says before it has a log.
    let words = os::nameless_file().ok();
    command.stderr(match &words {
        Some(file) => file.try_clone()?.into(),
        None => Stdio::null(),
    });
    let mut child = command.spawn()?;
    let (tell, ended) = oneshot::channel();
    // It is ours to wait for, for as long as both of us live.
    tokio::spawn(async move {
        let _ = child.wait().await;
        let _ = tell.send(words.and_then(read).unwrap_or_default());
    });
    Ok(Starting { ended })
}

fn read(mut file: File) -> Option<String> {
    file.rewind().ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_WORDS).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).trim().to_owned())
}
