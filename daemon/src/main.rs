//! The executable of taid: [`taid::cli`] with an allocator that zeroes freed memory. Freed buffers
//! of HTTP, TLS and JSON may contain the password or the token.

use std::alloc::System;
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> std::process::ExitCode {
    taid::cli::main()
}
