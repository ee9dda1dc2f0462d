//! What the bridge issues: a token that is good for a while, or a reason.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| taid::fuzz::tokens(data));
