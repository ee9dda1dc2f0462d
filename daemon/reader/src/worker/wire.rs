//! The frames between the daemon and the worker: a length of four bytes, little endian, then one
//! value in bincode. Both sides are the same executable, so the format has no versions. Each side
//! limits what it accepts, because a mail may control the worker.

use super::{confinement::Confinement, probe::Trial};
use crate::{
    Reading,
    outgoing::{Format, Parts, Refusal},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, ErrorKind, Read, Write};

/// Longest part of a mail that is passed to the worker, in bytes.
pub const MAX_PART: usize = 5 << 20;
/// Longest body of a request, in bytes: two parts of a mail.
pub const MAX_REQUEST: usize = 2 * MAX_PART + 1024;
/// Longest body of an answer, in bytes: both parts of an outgoing mail and their preview.
pub const MAX_ANSWER: usize = 16 << 20;
/// Bytes of a frame's length.
pub const LENGTH: usize = size_of::<u32>();

/// A request to the worker.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Reads the body of a mail.
    Read {
        /// HTML part.
        html: Option<String>,
        /// Text part.
        text: Option<String>,
    },
    /// Converts the content of an outgoing mail.
    Compose {
        /// Content.
        content: String,
        /// Markup of the content.
        format: Format,
    },
    /// Tries what the confinement forbids.
    Probe,
}

impl Request {
    /// Returns the number of bytes of the mail.
    #[must_use]
    pub fn size(&self) -> usize {
        let of = |part: &Option<String>| part.as_ref().map_or(0, String::len);
        match self {
            Self::Read { html, text } => of(html) + of(text),
            Self::Compose { content, .. } => content.len(),
            Self::Probe => 0,
        }
    }
}

/// The worker's answer to a request of the same name.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// The body as a person sees it.
    Read(Reading),
    /// Both parts of the outgoing mail.
    Compose(Result<Parts, Refusal>),
    /// What was tried, and the results.
    Probe(Vec<Trial>),
}

/// The worker's first frame.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Release of the worker's executable.
    pub release: String,
    /// The confinement that is in force.
    pub confinement: Confinement,
}

/// Returns a value as a frame.
///
/// # Errors
/// `InvalidData` if the body has more than `max` bytes.
pub fn encode<T: Serialize>(value: &T, max: usize) -> io::Result<Vec<u8>> {
    let mut frame = vec![0; LENGTH];
    bincode::serde::encode_into_std_write(value, &mut frame, bincode::config::standard())
        .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
    let length = frame.len() - LENGTH;
    let prefix = u32::try_from(length).ok().filter(|_| length <= max);
    let prefix = prefix.ok_or(ErrorKind::InvalidData)?.to_le_bytes();
    if let Some(slot) = frame.get_mut(..LENGTH) {
        slot.copy_from_slice(&prefix);
    }
    Ok(frame)
}

/// Returns the length of a frame's body.
///
/// # Errors
/// `InvalidData` if the length exceeds `max`.
pub fn length(prefix: [u8; LENGTH], max: usize) -> io::Result<usize> {
    let length = u32::from_le_bytes(prefix) as usize;
    match length <= max {
        true => Ok(length),
        false => Err(ErrorKind::InvalidData.into()),
    }
}

/// Returns the value of a frame's body.
///
/// # Errors
/// `InvalidData` if the body is not exactly one value.
pub fn decode<T: DeserializeOwned>(body: &[u8]) -> io::Result<T> {
    // The strings of a value cannot be longer than its body, so that a small body cannot request
    // a large allocation.
    let config = bincode::config::standard().with_limit::<MAX_REQUEST>();
    match bincode::serde::decode_from_slice(body, config) {
        Ok((value, used)) if used == body.len() => Ok(value),
        Ok(_) => Err(ErrorKind::InvalidData.into()),
        Err(error) => Err(io::Error::new(ErrorKind::InvalidData, error)),
    }
}

/// Reads the body of the next frame; `None` at the end of the input.
///
/// # Errors
/// The error of the input, or `InvalidData` if the length exceeds `max`.
pub fn read(input: &mut impl Read, max: usize) -> io::Result<Option<Vec<u8>>> {
    let mut prefix = [0; LENGTH];
    match input.read_exact(&mut prefix) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let mut body = vec![0; length(prefix, max)?];
    input.read_exact(&mut body)?;
    Ok(Some(body))
}

/// Writes a value as a frame.
///
/// # Errors
/// The error of the output, or `InvalidData` if the body has more than `max` bytes.
pub fn write<T: Serialize>(output: &mut impl Write, value: &T, max: usize) -> io::Result<()> {
    output.write_all(&encode(value, max)?)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request::Read {
            html: Some("<p>a</p>".into()),
            text: None,
        }
    }

    #[test]
    fn a_frame_decodes_to_its_value() {
        let mut frames = Vec::new();
        write(&mut frames, &request(), MAX_REQUEST).unwrap();
        let mut input = frames.as_slice();
        let body = read(&mut input, MAX_REQUEST).unwrap().unwrap();
        assert_eq!(decode::<Request>(&body).unwrap(), request());
        assert!(read(&mut input, MAX_REQUEST).unwrap().is_none());
    }

    #[test]
    fn a_frame_over_the_limit_is_refused_on_both_sides() {
        assert!(encode(&request(), 4).is_err());
        let mut long = &[0xff; 8][..];
        assert!(read(&mut long, MAX_REQUEST).is_err());
    }

    #[test]
    fn a_body_that_is_not_exactly_one_value_is_refused() {
        let frame = encode(&request(), MAX_REQUEST).unwrap();
        let body = &frame[LENGTH..];
        assert!(decode::<Request>(&body[..body.len() - 1]).is_err());
        assert!(decode::<Request>(&[body, &[0]].concat()).is_err());
        // A string with a length of 2^64 - 1.
        assert!(decode::<String>(&[0xfd; 9]).is_err());
        assert!(decode::<Vec<Trial>>(&[0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0]).is_err());
    }
}
