//! `tai-mcp register` and `tai-mcp setup`: what taid's commands of the same names do, for those
//! who look for them here. taid alone has HTTP and knows configurations.

use crate::{daemon, os};
use std::{
    ffi::OsString,
    io::{self, Write as _},
    process::{Command, ExitCode},
};
use tai_proto::{Fault, FaultCode};

/// Hands over to taid's command of that name.
pub(crate) fn taids(name: &str, arguments: &[OsString]) -> ExitCode {
    let taid = daemon::executable();
    let mut command = Command::new(&taid);
    command.arg(name).args(arguments);
    let error = match os::become_program(&mut command) {
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
