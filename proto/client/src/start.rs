//! Auto-start of the daemon. If several clients start one at once, the lock of the profile
//! decides which daemon stays.

use crate::{
    ConnectError,
    dial::{StartEnd, Starting},
    os,
    password::withheld_variables,
};
use std::{
    fs::File,
    io::{Read as _, Seek as _},
    path::{Path, PathBuf},
    process::Stdio,
};
use tai_proto::{names::Profile, variables};
use tokio::process::Command;

/// Exit code of `taid run --by-client` if another daemon holds the lock of the profile.
pub const ALREADY_RUNNING: u8 = 6;

/// Limit of a failed daemon's standard error that is read, in bytes.
const MAX_OUTPUT: u64 = 2_000;

/// Returns the path of taid next to this program, or `taid`, to be found on PATH.
pub fn installed_taid() -> PathBuf {
    let name = format!("taid{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe()
        .ok()
        .map(|path| path.with_file_name(&name));
    beside
        .filter(|path| path.is_file())
        .unwrap_or_else(|| name.into())
}

/// Starts the daemon of `profile` in the background. The daemon inherits no pipe, no password
/// and no setting of this client's instance. Requires a tokio runtime.
///
/// # Errors
/// [`ConnectError::NoExecutable`] if the executable cannot be run.
pub(crate) fn start(executable: &Path, profile: &Profile) -> Result<Starting, ConnectError> {
    let failed = |source| ConnectError::NoExecutable {
        path: executable.to_owned(),
        source,
    };
    let mut command = Command::new(executable);
    command
        .args(["run", "--by-client", "--profile", profile.as_str()])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    os::detach(&mut command);
    let of_this_client = variables::INSTANCE.into_iter().chain(variables::USER_EMAIL);
    for variable in withheld_variables().chain(of_this_client) {
        command.env_remove(variable);
    }
    // Receives the errors of taid before it has opened its log.
    let output = os::unnamed_file().ok();
    command.stderr(match &output {
        Some(file) => file.try_clone().map_err(failed)?.into(),
        None => Stdio::null(),
    });
    let mut child = command.spawn().map_err(failed)?;
    let (report, starting) = Starting::new();
    // Reaps the child, so that no zombie remains if taid exits first.
    tokio::spawn(async move {
        let status = child.wait().await.ok();
        let _ = report.send(match status.and_then(|status| status.code()) {
            Some(code) if code == i32::from(ALREADY_RUNNING) => StartEnd::AlreadyRunning,
            _ => StartEnd::Failed(output.and_then(read).unwrap_or_default()),
        });
    });
    Ok(starting)
}

fn read(mut file: File) -> Option<String> {
    file.rewind().ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_OUTPUT).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).trim().to_owned())
}
