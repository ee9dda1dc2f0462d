//! Encoder and decoder of frames: a length and a bincode body.
//!
//! The module must not do I/O. bincode is unmaintained (RUSTSEC-2025-0141); only this file and
//! the wire of the mail reader name it, so that a replacement is small.

use bincode::config::{Configuration, Fixint, LittleEndian};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroize as _;

/// Limit of a frame's body in bytes: 4 MiB.
pub const MAX_FRAME: usize = 4 << 20;

/// Bytes of a frame's length.
const LENGTH: usize = size_of::<u32>();
/// A buffer that grew beyond this size is freed once it is empty.
const KEEP: usize = 64 << 10;

fn config() -> Configuration<LittleEndian, Fixint, bincode::config::Limit<MAX_FRAME>> {
    bincode::config::standard()
        .with_fixed_int_encoding()
        .with_limit::<MAX_FRAME>()
}

/// Error for bytes that are not a frame and for values that do not fit into one. A connection
/// whose peer sent such bytes must be closed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FrameError {
    /// The length exceeds the limit.
    #[error("a frame of {length} bytes, {max} are allowed")]
    TooLong {
        /// Length in bytes.
        length: usize,
        /// Limit in bytes.
        max: usize,
    },
    /// The body is not a value of the expected type.
    #[error("a frame that does not decode: {0}")]
    Malformed(String),
    /// Bytes follow after the value in the body.
    #[error("a frame with {0} trailing bytes")]
    Trailing(usize),
}

/// Appends `value` to `out` as one frame.
///
/// # Errors
/// [`FrameError::TooLong`] if the body has more than [`MAX_FRAME`] bytes. On failure `out` is
/// unchanged.
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

/// Decoder of frames that arrive in pieces of any size.
///
/// Append bytes to [`Decoder::space`], then call [`Decoder::next_frame`] until it returns `None`.
/// The buffer is limited to one frame of the largest size plus one read.
#[derive(Debug)]
pub struct Decoder {
    bytes: Vec<u8>,
    consumed: usize,
    max: usize,
}

impl Decoder {
    /// Returns a decoder that refuses bodies of more than `max` bytes, at most [`MAX_FRAME`].
    pub fn new(max: usize) -> Self {
        Self {
            bytes: Vec::new(),
            consumed: 0,
            max: max.min(MAX_FRAME),
        }
    }

    /// Changes the limit, as both sides do after the handshake.
    pub fn set_max(&mut self, max: usize) {
        self.max = max.min(MAX_FRAME);
    }

    /// Returns the buffer to which the next bytes from the peer are appended. It has capacity for
    /// the whole frame that is arriving.
    pub fn space(&mut self) -> &mut Vec<u8> {
        if self.consumed > 0 {
            // Frames may contain a password, so consumed and moved bytes are overwritten.
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
        let whole = LENGTH + self.frame_length().min(self.max);
        // Growth by doubling would copy a password and take twice the memory.
        if whole > KEEP {
            self.bytes
                .reserve_exact(whole.saturating_sub(self.bytes.len()));
        }
        &mut self.bytes
    }

    /// Returns the length of the body of the frame that is arriving; 0 before it is known.
    pub fn frame_length(&self) -> usize {
        let pending = self.bytes.get(self.consumed..).unwrap_or_default();
        let prefix = pending.split_first_chunk::<LENGTH>();
        prefix.map_or(0, |(prefix, _)| u32::from_le_bytes(*prefix) as usize)
    }

    /// Returns whether every received byte belongs to a returned frame.
    pub fn is_at_boundary(&self) -> bool {
        self.bytes.len() == self.consumed
    }

    /// Returns the next whole frame, or `None` if more bytes are needed.
    ///
    /// # Errors
    /// Any [`FrameError`]. A length over the limit is refused before the body arrives.
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
