//! The handshake. Its layout is frozen, so that any two releases can tell each other which side
//! has to be restarted. It decides nothing but the version.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The protocol version that this crate describes.
pub const PROTOCOL: u32 = 1;
/// The oldest version that this crate speaks.
pub const OLDEST: u32 = 1;
/// The most bytes a [`Hello`] or a [`Welcome`] may have.
pub const MAX_HELLO: usize = 512;
/// The time limit for the other side's part of the handshake.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// The first four bytes of either handshake frame's body: `TAI` and 1.
pub const MAGIC: [u8; 4] = *b"TAI\x01";

/// The client's first frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`MAGIC`].
    pub magic: [u8; 4],
    /// The newest version the client speaks.
    pub newest: u32,
    /// The oldest version the client speaks.
    pub oldest: u32,
    /// The client's own version, for people: `tai-mcp 0.1.0`.
    pub software: String,
}

/// The daemon's first frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// [`MAGIC`].
    pub magic: [u8; 4],
    /// The version that both sides speak from here on; 0 if there is none.
    pub chosen: u32,
    /// The newest version the daemon speaks.
    pub newest: u32,
    /// The oldest version the daemon speaks.
    pub oldest: u32,
    /// The daemon's own version, for people: `taid 0.1.0`.
    pub software: String,
}

impl Hello {
    /// Returns the greeting of a program that calls itself `software`, such as `tai-mcp 0.1.0`.
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
    /// Returns the answer to `hello` of a daemon that calls itself `software`.
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
