//! The password command: a program whose first line of output is the password. It runs
//! without a shell. Its standard error may contain anything and is discarded.

use super::{
    blocking::LIMIT,
    password::{Credentials, MAX_BYTES, first_line},
    source_error::SourceError,
};
use secrecy::SecretString;
use std::process::Stdio;
use tai_names::{Username, variables};
use tokio::{io::AsyncReadExt as _, process::Command};
use zeroize::Zeroizing;

/// Runs the program and returns its password for `username`. A program that does not end
/// within the limit is killed.
pub(super) async fn run(username: &Username, argv: &[String]) -> Result<Credentials, SourceError> {
    let (program, args) = argv.split_first().ok_or(SourceError::Nothing)?;
    let failed = |problem: String| SourceError::Command {
        program: program.clone(),
        problem,
    };
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    for name in variables::PASSWORDS {
        command.env_remove(name);
    }
    let mut child = command
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    let work = async {
        let mut output = Zeroizing::new(Vec::new());
        if let Some(stdout) = child.stdout.take() {
            let _ = stdout.take(MAX_BYTES).read_to_end(&mut output).await;
        }
        (output, child.wait().await)
    };
    let (output, status) = tokio::time::timeout(LIMIT, work).await.map_err(|_| {
        failed(format!(
            "did not end within {} s and was killed",
            LIMIT.as_secs()
        ))
    })?;
    let status = status.map_err(|error| failed(format!("has no exit status: {error}")))?;
    if !status.success() {
        // `exit status: 1`, `signal: 9 (SIGKILL)`
        return Err(failed(format!("failed ({status})")));
    }
    let text = std::str::from_utf8(&output)
        .map_err(|_| failed("printed text that is not UTF-8".to_owned()))?;
    Ok(Credentials {
        username: username.clone(),
        password: first_line(SecretString::from(text.to_owned())),
    })
}
