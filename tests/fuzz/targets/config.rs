//! taid's configuration, and those of the clients that `setup` edits: doing it twice is doing it once.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| taid::fuzz::config(data));
