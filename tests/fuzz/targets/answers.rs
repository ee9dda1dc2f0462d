//! What the bridge, or something in front of it, answers: a value or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| taid::fuzz::answers(data));
