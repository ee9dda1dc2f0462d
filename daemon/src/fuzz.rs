//! Doors for tests/fuzz to what reads bytes that others wrote. Built for nobody else.

use crate::{cli, config, mail};
use tai_auth::{bridge, session};

/// A status, and the body that goes with it.
pub fn answers(data: &[u8]) {
    if let Some((kind, body)) = data.split_first() {
        bridge::fuzz(*kind, body);
    }
}

/// A JWT, as far as it goes.
pub fn tokens(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    session::fuzz(text);
}

/// HTML when the first byte is even, text otherwise.
pub fn bodies(data: &[u8]) {
    if let Some((kind, text)) = data.split_first() {
        mail::fuzz(kind % 2 == 0, &String::from_utf8_lossy(text));
    }
}

/// The first byte chooses whose file it is.
pub fn config(data: &[u8]) {
    let Some((kind, text)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    if !cli::fuzz(*kind, text) {
        config::fuzz(text);
    }
}
