//! Fuzzes the parser of lines from an MCP client: an error response has a code and is one line.
#![no_main]

#[allow(dead_code)]
#[path = "../../../shim/src/transport/line.rs"]
mod line;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let line::Line::Answer(answer) = line::parse(data) {
        assert!(answer["error"]["code"].is_i64());
        assert!(!answer.to_string().contains('\n'));
    }
});
