//! The executable. Everything is in the library; this adds the allocator, which zeroes what
//! is freed: buffers of HTTP, TLS and JSON have had the password or the token in them.

use std::alloc::System;
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> std::process::ExitCode {
    taid::cli::main()
}
