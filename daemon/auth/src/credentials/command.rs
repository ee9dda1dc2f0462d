//! The password command: an argv, run without a shell, whose first line of output is the
//! password. What it says on standard error may be anything and is not passed on.

use super::{Credentials, LIMIT, MAX_BYTES, PASSWORD_VARIABLES, SourceError, first_line};
use secrecy::SecretString;
use std::process::Stdio;
use tokio::{io::AsyncReadExt as _, process::Command};
use zeroize::Zeroizing;

pub(super) async fn run(username: &str, argv: &[String]) -> Result<Credentials, SourceError> {
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
    for name in PASSWORD_VARIABLES {
        command.env_remove(name);
    }
    let mut child = command
        .spawn()
        .map_err(|error| failed(format!("cannot be run: {error}")))?;
    let work = async {
        let mut said = Zeroizing::new(Vec::new());
        if let Some(stdout) = child.stdout.take() {
            let _ = stdout.take(MAX_BYTES).read_to_end(&mut said).await;
        }
        (said, child.wait().await)
    };
    let (said, status) = tokio::time::timeout(LIMIT, work).await.map_err(|_| {
        failed(format!(
            "did not end within {} s, and was stopped",
            LIMIT.as_secs()
        ))
    })?;
    let status = status.map_err(|error| failed(format!("cannot be waited for: {error}")))?;
    if !status.success() {
        // `exit status: 1`, `signal: 9 (SIGKILL)`
        return Err(failed(format!("failed ({status})")));
    }
    let text = std::str::from_utf8(&said)
        .map_err(|_| failed("printed something that is not UTF-8".to_owned()))?;
    let password = first_line(SecretString::from(text.to_owned()));
    let username = username.to_owned();
    Ok(Credentials { username, password })
}
