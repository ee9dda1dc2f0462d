//! Fuzzes the parser of answers from the bridge or a proxy: it returns a value or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| taid::fuzz::answers(data));
