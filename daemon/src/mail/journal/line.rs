//! A line of a journal: a record, a space, and a checksum of eight hexadecimal digits. The checksum
//! distinguishes a record from a line that a power failure or a failing disk changed.

use ring::digest::{SHA256, digest};
use std::{
    fmt::Display,
    io::{self, BufRead},
    str::FromStr,
};
use tai_auth::hex;

/// Limit of a line, in bytes. A longer line is not a record.
const MAX_LINE: usize = 4096;
/// A damaged line, in the place of one that is too long, or that is not read whole.
pub(super) const DAMAGED: &[u8] = b"damaged";

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a, R> {
    /// A record.
    Record(R),
    /// A record of another kind: its checksum is right. A newer taid may have written it.
    Unknown(&'a str),
    /// Its checksum is wrong.
    Damaged,
    /// It has no character.
    Empty,
}

/// Returns the line of a record.
pub(super) fn line_of(record: &impl Display) -> String {
    let record = record.to_string();
    let check = check_of(&record);
    format!("{record} {check}\n")
}

/// Reads a line without its line end.
pub(super) fn read_line<R: FromStr>(line: &[u8]) -> Line<'_, R> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return Line::Empty;
    }
    let Some(record) = whole(line) else {
        return Line::Damaged;
    };
    match record.parse() {
        Ok(record) => Line::Record(record),
        Err(_) => Line::Unknown(record),
    }
}

/// Returns the text of a line whose checksum is right.
fn whole(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?;
    let (record, check) = line.rsplit_once(' ')?;
    (check == check_of(record)).then_some(record)
}

fn check_of(record: &str) -> String {
    let digest = digest(&SHA256, record.as_bytes());
    hex(digest.as_ref().get(..4).unwrap_or_default())
}

/// Calls `each` with every whole line of a file, without its line end. Returns the length of the
/// whole lines in bytes. The memory is bounded; a line longer than [`MAX_LINE`] is passed as
/// [`DAMAGED`].
///
/// # Errors
/// The system's error.
pub(super) fn for_each_line(
    file: &mut impl BufRead,
    mut each: impl FnMut(&[u8]),
) -> io::Result<u64> {
    let (mut line, mut is_long) = (Vec::new(), false);
    let (mut whole, mut part) = (0, 0);
    loop {
        let bytes = match file.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            bytes => bytes?,
        };
        if bytes.is_empty() {
            return Ok(whole);
        }
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let piece = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        is_long |= line.len() + piece.len() > MAX_LINE;
        if !is_long {
            line.extend_from_slice(piece);
        }
        let read = piece.len() + usize::from(end.is_some());
        part += read as u64;
        if end.is_some() {
            each(if is_long { DAMAGED } else { &line });
            line.clear();
            is_long = false;
            whole += part;
            part = 0;
        }
        file.consume(read);
    }
}
