//! Moves a password out of this process's environment.

use crate::secrets::{Given, VARIABLES, in_environment};
use tai_proto::Secret;

/// Says on which descriptor the password waits, and which variable had it.
const VARIABLE: &str = "TAI_MCP_PASSWORD_FD";
/// The variable of the password that was moved.
pub(crate) const HANDED_OVER: Option<&str> = Some(VARIABLE);

/// Takes the password out of the environment, which the system would show for as long as we
/// live: the program is executed anew without it, and reads it from a pipe.
pub(crate) fn take_password() -> Option<Given> {
    if let Some(given) = handed_over() {
        harden();
        return Some(given);
    }
    let given = in_environment()?;
    // Only returns when it fails; then the password stays where it is.
    let _ = execute_anew(&given);
    harden();
    Some(given)
}

fn handed_over() -> Option<Given> {
    use std::io::Read as _;
    let value = std::env::var(VARIABLE).ok()?;
    let (descriptor, name) = value.split_once(':')?;
    let variable = VARIABLES.into_iter().find(|known| *known == name)?;
    let descriptor: u32 = descriptor.parse().ok()?;
    // Opened by its name, because safe code cannot take over a number. The number itself
    // stays open: an empty pipe that nobody writes to.
    let pipe = std::fs::File::open(format!("/dev/fd/{descriptor}")).ok()?;
    let mut text = String::with_capacity(4096);
    pipe.take(4096).read_to_string(&mut text).ok()?;
    let password = Secret::new(text);
    Some(Given { variable, password })
}

fn execute_anew(given: &Given) -> std::io::Error {
    use rustix::io::{FdFlags, fcntl_setfd};
    use std::{
        io::Write as _,
        os::{fd::AsRawFd as _, unix::process::CommandExt as _},
        process::Command,
    };
    // The pipe is found again by its name there; and it holds at least 4096 bytes without a
    // reader.
    let password = given.password.expose();
    if password.len() > 4096 || !std::path::Path::new("/dev/fd").exists() {
        return std::io::Error::from(std::io::ErrorKind::InvalidInput);
    }
    let prepared = std::io::pipe().and_then(|(reader, mut writer)| {
        writer.write_all(password.as_bytes())?;
        fcntl_setfd(&reader, FdFlags::empty())?;
        // By its name, which `ps` then shows. Where the file was replaced or removed since,
        // this fails, and the program goes on as it is.
        Ok((reader, std::env::current_exe()?))
    });
    let (reader, program) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return error,
    };
    let mut args = std::env::args_os();
    let mut command = Command::new(program);
    if let Some(name) = args.next() {
        command.arg0(name);
    }
    let place = format!("{}:{}", reader.as_raw_fd(), given.variable);
    command.args(args).env(VARIABLE, place);
    for name in VARIABLES {
        command.env_remove(name);
    }
    command.exec()
}

/// Who holds a password is not dumped, and on Linux not read by others of the same user.
fn harden() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}
