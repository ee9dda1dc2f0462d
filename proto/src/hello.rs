//! The handshake, which negotiates the protocol version.
//!
//! Its layout is frozen, so that any two releases can report a version mismatch to each other.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Protocol version that this crate describes.
pub const PROTOCOL: u32 = 1;
/// Oldest protocol version that this crate supports.
pub const OLDEST: u32 = 1;
/// Limit of the body of a [`Hello`] or [`Welcome`], in bytes.
pub const MAX_HELLO: usize = 512;
/// Time limit of the handshake, on each side.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// First four bytes of the body of both handshake frames: `TAI` and 1.
pub const MAGIC: [u8; 4] = *b"TAI\x01";

/// First frame of the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`MAGIC`].
    pub magic: [u8; 4],
    /// Newest protocol version that the client supports.
    pub newest: u32,
    /// Oldest protocol version that the client supports.
    pub oldest: u32,
    /// Name and release of the client's program: `tai-mcp 0.1.0`.
    pub software: String,
}

/// First frame of the daemon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// [`MAGIC`].
    pub magic: [u8; 4],
    /// Protocol version of the following frames; 0 if there is no common version.
    pub chosen: u32,
    /// Newest protocol version that the daemon supports.
    pub newest: u32,
    /// Oldest protocol version that the daemon supports.
    pub oldest: u32,
    /// Name and release of the daemon: `taid 0.1.0`.
    pub software: String,
}

impl Hello {
    /// Returns the first frame of the program `software`, such as `tai-mcp 0.1.0`.
    pub fn new(software: impl Into<String>) -> Self {
        Self {
            magic: MAGIC,
            newest: PROTOCOL,
            oldest: OLDEST,
            software: software.into(),
        }
    }
}

impl Welcome {
    /// Returns the answer to `hello` of the daemon `software`, with the newest common version.
    pub fn answering(hello: &Hello, software: impl Into<String>) -> Self {
        let best = hello.newest.min(PROTOCOL);
        let common = best >= hello.oldest.max(OLDEST) && hello.magic == MAGIC;
        Self {
            magic: MAGIC,
            chosen: if common { best } else { 0 },
            newest: PROTOCOL,
            oldest: OLDEST,
            software: software.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(newest: u32, oldest: u32) -> u32 {
        let hello = Hello {
            newest,
            oldest,
            ..Hello::new("test")
        };
        Welcome::answering(&hello, "taid").chosen
    }

    #[test]
    fn the_newest_common_version_is_chosen_and_0_means_none() {
        assert_eq!(chosen(PROTOCOL, OLDEST), PROTOCOL);
        assert_eq!(chosen(PROTOCOL + 1, PROTOCOL), PROTOCOL);
        assert_eq!(chosen(PROTOCOL + 2, PROTOCOL + 1), 0);
        assert_eq!(chosen(0, 0), 0);
        let foreign = Hello {
            magic: *b"GET ",
            ..Hello::new("test")
        };
        assert_eq!(Welcome::answering(&foreign, "taid").chosen, 0);
    }
}
