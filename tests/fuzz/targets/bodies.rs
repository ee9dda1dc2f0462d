//! Fuzzes the rendering of mail bodies: the text is within its limit and has nothing hidden.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| taid::fuzz::bodies(data));
