//! Protects the process's secrets from other programs of the same user, as far as the system
//! allows: no core dumps, no debugger, no password left in the environment. Where the system
//! does not allow it, the process runs without the protection.

use crate::os::password_in_environment;
use secrecy::SecretString;
use tai_auth::credentials::PASSWORD_VARIABLES;

/// Variable with the name of the variable whose password is on standard input.
const HANDED_OVER: &str = "TAID_PASSWORD_ON_STDIN";

/// Bytes that a pipe holds without a reader on every supported system.
const PIPE_CAPACITY: usize = 4096;

/// Refuses core dumps and, on Linux, debuggers and readers of `/proc/PID/{mem,environ}` of the
/// same user.
pub fn harden() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Both fail only where a sandbox forbids the call itself.
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Takes the password out of the environment, which the system shows for as long as the
/// process lives. To do so, it executes the program again without the variables and with the
/// password on standard input. Returns the password and the variable that it was in.
pub fn take_password() -> Option<(&'static str, SecretString)> {
    let known = |name: &str| PASSWORD_VARIABLES.into_iter().find(|known| *known == name);
    if let Some(name) = std::env::var(HANDED_OVER)
        .ok()
        .and_then(|name| known(&name))
    {
        use std::io::Read as _;
        // The buffer of `std::io::stdin` would keep the password as long as the process lives.
        let pipe = std::fs::File::open("/dev/fd/0").ok()?;
        let mut text = String::with_capacity(PIPE_CAPACITY);
        pipe.take(PIPE_CAPACITY as u64)
            .read_to_string(&mut text)
            .ok()?;
        return Some((name, text.into()));
    }
    let found = password_in_environment()?;
    // This returns only when it fails. The password then stays in the environment.
    let _ = execute_again(found.0, &found.1);
    Some(found)
}

fn execute_again(name: &str, password: &SecretString) -> std::io::Error {
    use secrecy::ExposeSecret as _;
    use std::{io::Write as _, os::unix::process::CommandExt as _, process::Command};
    // The new program opens the pipe by this directory.
    let password = password.expose_secret();
    if password.len() > PIPE_CAPACITY || !std::path::Path::new("/dev/fd").exists() {
        return std::io::Error::from(std::io::ErrorKind::InvalidInput);
    }
    let (reader, mut writer) = match std::io::pipe() {
        Ok(ends) => ends,
        Err(error) => return error,
    };
    if let Err(error) = writer.write_all(password.as_bytes()) {
        return error;
    }
    drop(writer);
    // The path, so that `ps` shows the program's name. If the file has been replaced or removed
    // since, this fails, and the program continues as it is.
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return error,
    };
    let mut args = std::env::args_os();
    let mut command = Command::new(program);
    if let Some(name) = args.next() {
        command.arg0(name);
    }
    command.args(args).env(HANDED_OVER, name).stdin(reader);
    for name in PASSWORD_VARIABLES {
        command.env_remove(name);
    }
    command.exec()
}
