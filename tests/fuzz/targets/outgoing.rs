//! Fuzzes the conversion of outgoing mail: both parts show something, the sanitiser leaves nothing
//! active, and the conversion costs no more than its budget.
#![no_main]

mod budget;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| budget::within(data, taid::fuzz::outgoing));
