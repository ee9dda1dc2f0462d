//! Keeps what the process knows from other programs of the same user, as far as the system
//! can: no core dumps, no debugger, no password left in the environment. Where it cannot, it
//! goes on without; the README says what is protected where.

use crate::config::{PASSWORD_VARIABLES, password_in};
use secrecy::SecretString;

/// Says which variable had the password that is on standard input.
const HANDED_OVER: &str = "TAID_PASSWORD_ON_STDIN";

/// Refuses core dumps and, on Linux, debuggers and readers of `/proc/PID/{mem,environ}` of
/// the same user.
pub fn harden() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    // Both can only fail where a sandbox forbids the call itself.
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Takes the password out of the environment, which the system would show for as long as
/// the process lives: the program is executed anew, without the variables and with the
/// password on its standard input. Returns it with the variable that had it.
pub fn take_password() -> Option<(&'static str, SecretString)> {
    let known = |name: &str| PASSWORD_VARIABLES.into_iter().find(|known| *known == name);
    if let Some(name) = std::env::var(HANDED_OVER)
        .ok()
        .and_then(|name| known(&name))
    {
        use std::io::Read as _;
        // Not through `std::io::stdin`, whose buffer lives as long as the process.
        let pipe = std::fs::File::open("/dev/fd/0").ok()?;
        let mut text = String::with_capacity(4096);
        pipe.take(4096).read_to_string(&mut text).ok()?;
        return Some((name, text.into()));
    }
    let found = in_environment()?;
    // Only returns when it fails; then the password stays where it is.
    let _ = execute_anew(found.0, &found.1);
    Some(found)
}

fn in_environment() -> Option<(&'static str, SecretString)> {
    password_in(&|name| std::env::var(name).ok())
}

fn execute_anew(name: &str, password: &SecretString) -> std::io::Error {
    use secrecy::ExposeSecret as _;
    use std::{io::Write as _, os::unix::process::CommandExt as _, process::Command};
    // The pipe is found again by its name there; and it holds at least 4096 bytes without a
    // reader.
    let password = password.expose_secret();
    if password.len() > 4096 || !std::path::Path::new("/dev/fd").exists() {
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
    // By its name, which `ps` then shows. Where the file was replaced or removed since, this
    // fails, and the program goes on as it is.
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
