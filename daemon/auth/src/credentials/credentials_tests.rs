//! Each source, read.

use super::*;
use crate::testing::origin;
use secrecy::ExposeSecret as _;
use std::{io::Write as _, path::Path};

fn command(script: &str) -> Source {
    Source::Command {
        username: "alice".parse().unwrap(),
        argv: ["sh", "-c", script].map(str::to_owned).into(),
        bridge: origin(),
    }
}

async fn ask(source: &Source) -> Result<String, String> {
    let asked = source.ask(&origin()).await;
    asked
        .map(|found| found.password.expose_secret().to_owned())
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_password_command_gives_the_first_line_of_its_output() {
    for script in [
        "echo sandbox-password",
        "printf 'sandbox-password\\r\\nurl: https://tai.chat\\n'",
        "printf 'sandbox-password\\rother\\r'",
        "printf sandbox-password; echo noise >&2",
        // More than a pipe holds.
        "echo sandbox-password; head -c 200000 /dev/zero",
    ] {
        assert_eq!(
            ask(&command(script)).await.as_deref(),
            Ok("sandbox-password"),
            "{script}"
        );
    }
}

#[tokio::test]
async fn the_failure_of_a_password_command_repeats_none_of_its_output() {
    let mut page = String::new();
    for script in [
        "echo sandbox-password; exit 3",
        "echo sandbox-password >&2; kill -9 $$",
        "echo short",
        "printf '\\033[32mUpdate available\\033[0m\\n'; echo sandbox-password",
        "true",
        "head -c 3000 /dev/zero | tr '\\0' x",
        "printf '\\377\\377\\377\\377\\377\\377\\377\\377\\n'",
    ] {
        page.push_str(&ask(&command(script)).await.unwrap_err());
        page.push('\n');
    }
    let missing = Source::Command {
        username: "alice".parse().unwrap(),
        argv: vec!["/nowhere/pass".into()],
        bridge: origin(),
    };
    page.push_str(&ask(&missing).await.unwrap_err());
    assert!(!page.contains("sandbox-password"), "{page}");
    insta::assert_snapshot!(page, @"
    the password command `sh` failed (exit status: 3)
    the password command `sh` failed (signal: 9 (SIGKILL))
    the command `sh` gave no valid password: a password has 8 to 128 characters and no control characters
    the command `sh` gave no valid password: a password has 8 to 128 characters and no control characters
    the command `sh` gave no valid password: a password has 8 to 128 characters and no control characters
    the command `sh` gave no valid password: a password has 8 to 128 characters and no control characters
    the password command `sh` printed a line that is not UTF-8
    the password command `/nowhere/pass` cannot be started: No such file or directory (os error 2)
    ");
}

#[tokio::test(start_paused = true)]
async fn a_password_command_that_hangs_is_killed() {
    let error = ask(&command("exec sleep 1000")).await.unwrap_err();
    assert!(error.contains("did not end within 45 s"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_process_that_a_password_command_leaves_behind_delays_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let pid = dir.path().join("pid");
    let begun = std::time::Instant::now();
    let script = format!(
        "sleep 300 & echo $! > '{}'; echo sandbox-password",
        pid.display()
    );
    let asked = ask(&command(&script)).await;
    assert_eq!(asked.as_deref(), Ok("sandbox-password"));
    assert!(begun.elapsed() < std::time::Duration::from_secs(20));
    // It is still alive, and must not remain after the test.
    let pid = std::fs::read_to_string(pid)
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_processes_of_a_password_command_end_with_the_attempt() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pid");
    let script = format!("sleep 777 & echo $! > {}; wait", file.display());
    let source = command(&script);
    let attempt = tokio::spawn(async move { source.ask(&origin()).await });
    let pid = loop {
        match std::fs::read_to_string(&file) {
            Ok(pid) if pid.ends_with('\n') => break pid,
            _ => tokio::task::yield_now().await,
        }
    };
    attempt.abort();
    let _ = attempt.await;
    // A process that was killed is gone, or waits to be reaped.
    let stat = format!("/proc/{}/stat", pid.trim());
    let is_alive = || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z "));
    while is_alive() {
        tokio::task::yield_now().await;
    }
}

#[cfg(unix)]
fn private(path: &Path, text: &str, mode: u32) {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(mode)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_password_file_is_refused_if_other_users_have_access() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("password");
    let source = Source::File {
        username: "alice".parse().unwrap(),
        path: path.clone(),
        bridge: origin(),
    };
    let mut page = ask(&source).await.unwrap_err();
    for mode in [0o600, 0o400] {
        private(&path, "sandbox-password\n", mode);
        assert_eq!(ask(&source).await.as_deref(), Ok("sandbox-password"));
        std::fs::remove_file(&path).unwrap();
    }
    for mode in [0o644, 0o640, 0o602] {
        private(&path, "sandbox-password\n", mode);
        page.push('\n');
        page.push_str(&ask(&source).await.unwrap_err());
    }
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    page.push('\n');
    page.push_str(&ask(&source).await.unwrap_err());
    let page = page.replace(dir.path().to_str().unwrap(), "DIR");
    insta::assert_snapshot!(page, @"
    the password file DIR/password does not exist
    the password file DIR/password cannot be read: its mode 0644 gives other users access; run `chmod 600` on it
    the password file DIR/password cannot be read: its mode 0640 gives other users access; run `chmod 600` on it
    the password file DIR/password cannot be read: its mode 0602 gives other users access; run `chmod 600` on it
    the password file DIR/password cannot be read: not a regular file
    ");
}

#[tokio::test]
async fn a_systemd_credential_is_read_for_each_login() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tai-password");
    let source = Source::Systemd {
        username: "alice".parse().unwrap(),
        path: path.clone(),
        bridge: origin(),
    };
    for password in ["sandbox-password", "another-sandbox-password"] {
        std::fs::write(&path, password).unwrap();
        assert_eq!(ask(&source).await.as_deref(), Ok(password));
    }
}

#[test]
fn neither_debug_nor_display_shows_a_password() {
    let source = Source::given(
        "alice".parse().unwrap(),
        "sandbox-password".into(),
        origin(),
    );
    assert!(!format!("{source:?} {source}").contains("sandbox-password"));
}
