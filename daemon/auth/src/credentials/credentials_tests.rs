//! Each source, asked.

use super::*;
use std::{io::Write as _, path::Path};

fn command(script: &str) -> Source {
    Source::Command {
        username: "alice".into(),
        argv: ["sh", "-c", script].map(str::to_owned).into(),
    }
}

async fn ask(source: &Source) -> Result<String, String> {
    let asked = source.ask().await;
    asked
        .map(|found| found.password.expose_secret().to_owned())
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_password_command_gives_its_first_line() {
    for script in [
        "echo sandbox-password",
        "printf 'sandbox-password\\r\\nurl: https://tai.chat\\n'",
        "printf sandbox-password; echo noise >&2",
    ] {
        assert_eq!(
            ask(&command(script)).await.as_deref(),
            Ok("sandbox-password"),
            "{script}"
        );
    }
}

#[tokio::test]
async fn a_password_command_that_fails_says_how_and_repeats_nothing_it_said() {
    let mut page = String::new();
    for script in [
        "echo sandbox-password; exit 3",
        "echo sandbox-password >&2; kill -9 $$",
        "echo short",
        "true",
        "head -c 3000 /dev/zero | tr '\\0' x",
        "printf '\\377\\377\\377\\377\\377\\377\\377\\377\\n'",
    ] {
        page.push_str(&ask(&command(script)).await.unwrap_err());
        page.push('\n');
    }
    let missing = Source::Command {
        username: "alice".into(),
        argv: vec!["/nowhere/pass".into()],
    };
    page.push_str(&ask(&missing).await.unwrap_err());
    assert!(!page.contains("sandbox-password"), "{page}");
    insta::assert_snapshot!(page, @"
    the password command `sh` failed (exit status: 3)
    the password command `sh` failed (signal: 9 (SIGKILL))
    the command `sh` gave something that is no password: a password has 8 to 128 characters
    the command `sh` gave something that is no password: a password has 8 to 128 characters
    the command `sh` gave something that is no password: a password has 8 to 128 characters
    the password command `sh` printed something that is not UTF-8
    the password command `/nowhere/pass` cannot be run: No such file or directory (os error 2)
    ");
}

#[tokio::test(start_paused = true)]
async fn a_password_command_that_hangs_is_stopped() {
    let error = ask(&command("exec sleep 1000")).await.unwrap_err();
    assert!(error.contains("did not end within 45 s"), "{error}");
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
async fn a_password_file_is_read_only_when_it_is_the_users_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("password");
    let source = Source::File {
        username: "alice".into(),
        path: path.clone(),
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
    the password file DIR/password is not read: its mode is 0644, so others may read it: `chmod 600` it
    the password file DIR/password is not read: its mode is 0640, so others may read it: `chmod 600` it
    the password file DIR/password is not read: its mode is 0602, so others may read it: `chmod 600` it
    the password file DIR/password is not read: it is not a regular file
    ");
}

#[tokio::test]
async fn a_systemd_credential_is_read_each_time_it_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tai-password");
    let source = Source::Systemd {
        username: "alice".into(),
        path: path.clone(),
    };
    for password in ["sandbox-password", "another-sandbox-password"] {
        std::fs::write(&path, password).unwrap();
        assert_eq!(ask(&source).await.as_deref(), Ok(password));
    }
}

#[test]
fn no_debug_and_no_words_show_a_password() {
    let source = Source::given("alice", "sandbox-password".into());
    assert!(!format!("{source:?} {source}").contains("sandbox-password"));
}
