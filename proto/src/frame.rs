//! Frames: a length and a bincode body. The only file that names bincode, which nobody
//! maintains any more (RUSTSEC-2025-0141), so that replacing it is a change to one file.
//! It moves bytes between buffers and never reads or writes anything itself.

use bincode::config::{Configuration, Fixint, LittleEndian};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroize as _;

/// The most bytes one frame's body may have. A mail of 1 MB of content, as Markdown and as
/// HTML, fits with room to spare.
pub const MAX_FRAME: usize = 4 << 20;

const LENGTH: usize = size_of::<u32>();
/// A buffer that grew beyond this for one large frame is given back after it.
const KEEP: usize = 64 << 10;

fn config() -> Configuration<LittleEndian, Fixint, bincode::config::Limit<MAX_FRAME>> {
    bincode::config::standard()
        .with_fixed_int_encoding()
        .with_limit::<MAX_FRAME>()
}

/// Why bytes are not a frame, or a value does not fit into one. The connection cannot go on
/// after any of these when they come from the peer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FrameError {
    /// The length says more than is allowed.
    #[error("a frame of {length} bytes, where {max} are allowed")]
    TooLong {
        /// What the length says.
        length: usize,
        /// What is allowed.
        max: usize,
    },
    /// The body is not a value of the expected type.
    #[error("a frame that does not decode: {0}")]
    Malformed(String),
    /// The body goes on after the value.
    #[error("a frame with {0} bytes to spare")]
    Trailing(usize),
}

/// Appends `value` to `out` as one frame.
///
/// # Errors
/// [`FrameError::TooLong`] when it has more than [`MAX_FRAME`] bytes; `out` is then as before.
pub fn encode<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<(), FrameError> {
    let start = out.len();
    out.extend_from_slice(&[0; LENGTH]);
    let written = bincode::serde::encode_into_std_write(value, out, config());
    let length = out.len() - start - LENGTH;
    let error = match (written, u32::try_from(length)) {
        (Ok(_), Ok(prefix)) if length <= MAX_FRAME => {
            if let Some(slot) = out.get_mut(start..start + LENGTH) {
                slot.copy_from_slice(&prefix.to_le_bytes());
            }
            return Ok(());
        }
        (Err(error), _) => FrameError::Malformed(error.to_string()),
        _ => FrameError::TooLong {
            length,
            max: MAX_FRAME,
        },
    };
    out.truncate(start);
    Err(error)
}

/// Takes frames out of a stream of bytes that arrive in pieces of any size.
///
/// Fill [`Decoder::space`], then call [`Decoder::next_frame`] until it says `None`. Its memory is
/// bounded by the largest frame allowed and what one read appends.
#[derive(Debug)]
pub struct Decoder {
    bytes: Vec<u8>,
    consumed: usize,
    max: usize,
}

impl Decoder {
    /// A decoder that refuses bodies of more than `max` bytes.
    pub fn new(max: usize) -> Self {
        Self {
            bytes: Vec::new(),
            consumed: 0,
            max: max.min(MAX_FRAME),
        }
    }

    /// Changes what is allowed, which the handshake does once it is over.
    pub fn set_max(&mut self, max: usize) {
        self.max = max.min(MAX_FRAME);
    }

    /// Where the next bytes from the peer are to be appended.
    pub fn space(&mut self) -> &mut Vec<u8> {
        if self.consumed > 0 {
            // Frames may hold a password: neither what was taken out nor what is moved to
            // the front stays behind.
            let end = self.bytes.len();
            self.bytes.copy_within(self.consumed.., 0);
            let pending = end - self.consumed;
            self.bytes.get_mut(pending..).unwrap_or_default().zeroize();
            self.bytes.truncate(pending);
            self.consumed = 0;
        }
        if self.bytes.is_empty() && self.bytes.capacity() > KEEP {
            self.bytes = Vec::new();
        }
        &mut self.bytes
    }

    /// Whether the peer may hang up here without leaving half a frame behind.
    pub fn is_at_boundary(&self) -> bool {
        self.bytes.len() == self.consumed
    }

    /// The next whole frame, or `None` when more bytes are needed.
    ///
    /// # Errors
    /// Any [`FrameError`]; a length is refused before the body is waited for.
    pub fn next_frame<T: DeserializeOwned>(&mut self) -> Result<Option<T>, FrameError> {
        let pending = self.bytes.get(self.consumed..).unwrap_or_default();
        let Some((prefix, rest)) = pending.split_first_chunk::<LENGTH>() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes(*prefix) as usize;
        if length > self.max {
            return Err(FrameError::TooLong {
                length,
                max: self.max,
            });
        }
        let Some(body) = rest.get(..length) else {
            return Ok(None);
        };
        let (value, used) = bincode::serde::decode_from_slice(body, config())
            .map_err(|error| FrameError::Malformed(error.to_string()))?;
        if used != length {
            return Err(FrameError::Trailing(length - used));
        }
        self.consumed += LENGTH + length;
        Ok(Some(value))
    }
}
