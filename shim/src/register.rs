//! `tai-mcp register`: what `taid register` does, under the name that users of the Node
//! server know. The account is created by taid's own command, which alone has HTTP.

use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::PathBuf,
    process::{Command, ExitCode},
};
use tai_proto::{Fault, FaultCode};

/// Hands over to `taid register`.
pub(crate) fn register(arguments: &[OsString]) -> ExitCode {
    let taid = beside_us().unwrap_or_else(|| PathBuf::from("taid"));
    let mut command = Command::new(&taid);
    command.arg("register").args(arguments);
    let error = match hand_over(&mut command) {
        Ok(code) => return code,
        Err(error) => error,
    };
    let fault = Fault::new(
        FaultCode::BadRequest,
        "taid cannot be run",
        format!("{}: {error}", taid.display()),
        "Install taid next to tai-mcp, or put it on PATH.",
    );
    let _ = writeln!(io::stderr(), "{fault}");
    ExitCode::FAILURE
}

/// The taid that was installed with this tai-mcp.
fn beside_us() -> Option<PathBuf> {
    let name = format!("taid{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::current_exe().ok()?.with_file_name(name);
    path.is_file().then_some(path)
}

/// Becomes the other program.
#[cfg(unix)]
fn hand_over(command: &mut Command) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
fn hand_over(command: &mut Command) -> io::Result<ExitCode> {
    let code = command.status()?.code().unwrap_or(1);
    Ok(u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from))
}
