//! The commands of tai-mcp that run the command of taid of the same name, such as `tai-mcp login`.
//!
//! taid alone has HTTP and edits the configurations of MCP clients.

use crate::os;
use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::Path,
    process::{Command, ExitCode},
};
use tai_client::installed_taid;
use tai_proto::{Audience, Fault, FaultCode, Hint};

/// Runs the command `name` of taid in place of this process. Without a name, the arguments begin with
/// it. Exits with 1 if taid cannot be run.
pub(crate) fn run(name: Option<&str>, home: Option<&Path>, arguments: &[OsString]) -> ExitCode {
    let taid = installed_taid();
    let mut command = Command::new(&taid);
    if let Some(home) = home {
        command.arg("--home").arg(home);
    }
    command.args(name).args(arguments);
    // taid writes the path by which this program was called, and names it in its help.
    os::name_after_this_program(&mut command);
    let error = match os::become_program(&mut command) {
        Ok(code) => return code,
        Err(error) => error,
    };
    let fault = Fault::new(FaultCode::NotRunning, "cannot run taid")
        .because(format!("{}: {error}", taid.display()))
        .hint(Hint::reader(
            "install taid next to tai-mcp, or put it on PATH",
        ));
    let _ = writeln!(io::stderr(), "{}", fault.render(Audience::Person));
    ExitCode::FAILURE
}
