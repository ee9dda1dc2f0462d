//! The executable `tai-mcp`.

use std::process::ExitCode;

/// The allocator of musl returns memory to the system, and requests it again, in most calls.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    tai_mcp::run()
}
