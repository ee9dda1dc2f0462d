//! Planted failures for the tests, in debug builds only: a body that contains one of these words
//! makes the worker fail.

use super::wire::Request;
use std::io::Read as _;

/// Fails if the request says so.
pub(super) fn run(request: &Request) {
    let (Request::Read {
        html: Some(body), ..
    }
    | Request::Compose { content: body, .. }) = request
    else {
        return;
    };
    if body.contains("planted-crash") {
        std::process::abort();
    }
    if body.contains("planted-loop") {
        loop {
            std::thread::yield_now();
        }
    }
    if body.contains("planted-wait") {
        // The daemon sends nothing before it has the answer.
        let _ = std::io::stdin().read(&mut [0]);
    }
    if body.contains("planted-greed") {
        let mut greed: Vec<Vec<u8>> = Vec::new();
        loop {
            greed.push(vec![1; 1 << 20]);
        }
    }
}
