//! Fuzzes the reading of mail bodies: the text is within its limit and has nothing hidden, and costs
//! no more than its budget.
#![no_main]

mod budget;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| budget::within(data, taid::fuzz::bodies));
