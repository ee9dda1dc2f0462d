//! Fuzzes the parser of tokens from the bridge: it returns a token with an expiry or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| taid::fuzz::tokens(data));
