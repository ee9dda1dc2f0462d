//! The executable `tai-mcp`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tai_mcp::run()
}
