//! A mail: no more than the limit, and nothing that a person would not see.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| taid::fuzz::bodies(data));
