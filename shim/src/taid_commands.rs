//! `tai-mcp register` and `tai-mcp setup`: the commands of taid of the same names. Only taid
//! has HTTP and knows the configurations of MCP clients.

use crate::os;
use std::{
    ffi::OsString,
    io::{self, Write as _},
    process::{Command, ExitCode},
};
use tai_client::installed_taid;
use tai_proto::{Audience, Fault, FaultCode, Hint};

/// Runs taid's command in place of this program.
pub(crate) fn run(name: &str, arguments: &[OsString]) -> ExitCode {
    let taid = installed_taid();
    let mut command = Command::new(&taid);
    command.arg(name).args(arguments);
    let error = match os::become_program(&mut command) {
        Ok(code) => return code,
        Err(error) => error,
    };
    let fault = Fault::new(FaultCode::NotRunning, "taid cannot be run")
        .because(format!("{}: {error}", taid.display()))
        .hint(Hint::reader(
            "install taid next to tai-mcp, or put it on PATH",
        ));
    let _ = writeln!(io::stderr(), "{}", fault.render(Audience::Person));
    ExitCode::FAILURE
}
