//! Fuzzes the parser of taid's configuration and the editors of `taid setup`, which must be
//! idempotent.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| taid::fuzz::config(data));
