//! The bytes of an answer on their way to the JSON parser: decompressed, repaired and bounded.
//!
//! The parser holds a string until it is complete, and refuses an answer for one bad byte of one
//! mail. [`Bounded`] therefore cuts long strings and repairs bad ones before the parser sees them.

use crate::bridge::expected::Limits;
use memchr::memchr2_iter;
use std::io::{self, BufRead, Read};
use std::slice;

/// Limit of nested lists and objects. The bridge uses five levels.
const MAX_DEPTH: u32 = 64;
const REPLACEMENT: &str = "\u{fffd}";

/// Limit that an answer exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Excess {
    #[error("it has more than {0} bytes")]
    Size(usize),
    #[error("its lists and objects are nested more than {MAX_DEPTH} levels deep")]
    Depth,
}

/// Reader of the JSON of an answer.
///
/// The output is UTF-8. A byte order mark at the start is skipped, bytes that are not UTF-8 and
/// lone surrogates become U+FFFD, raw control characters in strings become spaces, and strings
/// are cut to their limit, with a mark. JSON that needs none of this passes unchanged.
pub(super) struct Bounded<R> {
    from: R,
    repair: Repair,
    /// Repaired bytes that the parser has not read, from `start` on.
    ready: Vec<u8>,
    start: usize,
    at_end: bool,
    /// The limit that the answer exceeds; reading then fails.
    pub(super) excess: Option<Excess>,
}

impl<R: BufRead> Bounded<R> {
    pub(super) fn new(from: R, limits: Limits) -> Self {
        Self {
            from,
            repair: Repair::new(limits),
            ready: Vec::new(),
            start: 0,
            at_end: false,
            excess: None,
        }
    }

    /// Returns the number of bytes so far.
    pub(super) fn size(&self) -> usize {
        self.repair.size
    }

    /// Returns the first byte so far that is no space.
    pub(super) fn first(&self) -> Option<u8> {
        self.repair.first
    }

    fn fill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.start = 0;
        while self.ready.is_empty() && !self.at_end {
            let piece = match self.from.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                piece => piece?,
            };
            let length = piece.len();
            self.at_end = length == 0;
            self.ready.reserve(length);
            if let Err(excess) = self.repair.push(piece, self.at_end, &mut self.ready) {
                self.excess = Some(excess);
                return Err(io::Error::other(excess));
            }
            self.from.consume(length);
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.start == self.ready.len() {
            self.fill()?;
        }
        let mut ready = self.ready.get(self.start..).unwrap_or_default();
        let length = ready.read(into)?;
        self.start += length;
        Ok(length)
    }
}

/// Place in the JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between strings.
    Outside,
    /// In a string.
    String,
    /// After a backslash in a string.
    Escape,
    /// In `\uXXXX`: the number of digits so far, and their value.
    Unicode(u8, u16),
}

/// State of the repair between two pieces.
struct Repair {
    limits: Limits,
    /// Bytes so far.
    size: usize,
    /// The first byte that is no space.
    first: Option<u8>,
    depth: u32,
    place: Place,
    /// Bytes of the present string so far, including those over the limit.
    written: usize,
    /// The first surrogate of a pair, which is written with the second one.
    high: Option<u16>,
    /// The beginning of a character at the end of the last piece.
    split: Vec<u8>,
}

impl Repair {
    fn new(limits: Limits) -> Self {
        Self {
            limits,
            size: 0,
            first: None,
            depth: 0,
            place: Place::Outside,
            written: 0,
            high: None,
            split: Vec::new(),
        }
    }

    /// Appends the repaired bytes of a piece to `out`.
    fn push(&mut self, piece: &[u8], is_last: bool, out: &mut Vec<u8>) -> Result<(), Excess> {
        let mut joined = std::mem::take(&mut self.split);
        let is_first = self.size == joined.len();
        self.size += piece.len();
        if self.size > self.limits.answer {
            return Err(Excess::Size(self.limits.answer));
        }
        let bytes = match joined.is_empty() {
            true => piece,
            false => {
                joined.extend_from_slice(piece);
                &joined
            }
        };
        let bytes = match is_first {
            true => bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes),
            false => bytes,
        };
        let mut chunks = bytes.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            self.scan(chunk.valid(), out)?;
            let invalid = chunk.invalid();
            // A character may be complete with the next piece.
            if chunks.peek().is_none() && !is_last && is_incomplete(invalid) {
                self.split = invalid.to_vec();
            } else if !invalid.is_empty() {
                self.scan(REPLACEMENT, out)?;
            }
        }
        Ok(())
    }

    fn scan(&mut self, mut text: &str, out: &mut Vec<u8>) -> Result<(), Excess> {
        if self.first.is_none() {
            self.first = text.bytes().find(|byte| !byte.is_ascii_whitespace());
        }
        while let Some(&byte) = text.as_bytes().first() {
            text = match self.place {
                Place::Outside => self.outside(text, out)?,
                Place::String => self.in_string(text, out),
                Place::Escape => {
                    self.place = match byte {
                        b'u' => Place::Unicode(0, 0),
                        _ => Place::String,
                    };
                    match byte {
                        b'u' => {}
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                            self.write(&[b'\\', byte], out);
                        }
                        _ => self.write(REPLACEMENT.as_bytes(), out),
                    }
                    after_first(text)
                }
                Place::Unicode(digits, value) => match char::from(byte).to_digit(16) {
                    Some(digit) => {
                        let value = value << 4 | u16::try_from(digit).unwrap_or_default();
                        self.place = match digits {
                            3 => {
                                self.unit(value, out);
                                Place::String
                            }
                            _ => Place::Unicode(digits + 1, value),
                        };
                        after_first(text)
                    }
                    None => {
                        self.write(REPLACEMENT.as_bytes(), out);
                        self.place = Place::String;
                        text
                    }
                },
            };
        }
        Ok(())
    }

    /// Writes the bytes up to the beginning of a string. Returns the rest.
    fn outside<'a>(&mut self, text: &'a str, out: &mut Vec<u8>) -> Result<&'a str, Excess> {
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'"' => {
                    self.place = Place::String;
                    self.written = 0;
                    let (before, rest) = text.split_at(at + 1);
                    out.extend_from_slice(before.as_bytes());
                    return Ok(rest);
                }
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if self.depth > MAX_DEPTH {
                return Err(Excess::Depth);
            }
        }
        out.extend_from_slice(text.as_bytes());
        Ok("")
    }

    /// Writes the bytes up to the next special one. Returns the rest.
    fn in_string<'a>(&mut self, text: &'a str, out: &mut Vec<u8>) -> &'a str {
        let is_special = |byte| matches!(byte, b'"' | b'\\' | ..b' ');
        let length = text.bytes().position(is_special).unwrap_or(text.len());
        let (run, rest) = text.split_at(length);
        if !run.is_empty() {
            self.lone(out);
            let room = self.limits.string.saturating_sub(self.written);
            let fits = run.get(..run.floor_char_boundary(room)).unwrap_or_default();
            out.extend_from_slice(fits.as_bytes());
            self.count(run.len(), out);
        }
        match rest.as_bytes().first() {
            None => return rest,
            Some(b'\\') => self.place = Place::Escape,
            Some(b'"') => {
                self.lone(out);
                out.push(b'"');
                self.place = Place::Outside;
            }
            Some(_) => self.write(b" ", out),
        }
        after_first(rest)
    }

    /// Writes a UTF-16 code unit as an escape. A first surrogate waits for the second one.
    fn unit(&mut self, value: u16, out: &mut Vec<u8>) {
        match (self.high, value) {
            (_, 0xd800..=0xdbff) => {
                self.lone(out);
                self.high = Some(value);
            }
            (Some(high), 0xdc00..=0xdfff) => {
                self.high = None;
                self.write(format!("\\u{high:04x}\\u{value:04x}").as_bytes(), out);
            }
            (None, 0xdc00..=0xdfff) => self.write(REPLACEMENT.as_bytes(), out),
            (Some(_) | None, value) => self.write(format!("\\u{value:04x}").as_bytes(), out),
        }
    }

    /// Writes U+FFFD for a first surrogate without a second one.
    fn lone(&mut self, out: &mut Vec<u8>) {
        if self.high.take().is_some() {
            self.write(REPLACEMENT.as_bytes(), out);
        }
    }

    /// Writes bytes of a string if the string has room for all of them.
    fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        self.lone(out);
        if self.written + bytes.len() <= self.limits.string {
            out.extend_from_slice(bytes);
        }
        self.count(bytes.len(), out);
    }

    /// Counts bytes of a string. The first ones over the limit become a mark: the beginning of a string alone
    /// must not be read as all of it.
    fn count(&mut self, bytes: usize, out: &mut Vec<u8>) {
        let was_within = self.written <= self.limits.string;
        self.written += bytes;
        if was_within && self.written > self.limits.string {
            out.extend_from_slice("…".as_bytes());
        }
    }
}

/// Returns whether the lists and objects of a JSON text are nested within the limit.
pub(super) fn is_shallow(json: &str) -> bool {
    // Most answers have fewer brackets than that, and counting them costs little.
    let brackets = memchr2_iter(b'[', b'{', json.as_bytes()).take(MAX_DEPTH as usize + 1);
    brackets.count() <= MAX_DEPTH as usize || has_shallow_nesting(json)
}

fn has_shallow_nesting(json: &str) -> bool {
    let mut depth = 0_u32;
    let mut bytes = json.as_bytes().iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return false;
        }
    }
    true
}

/// Skips the rest of a string and its closing quote. Most bytes of an answer are in strings.
fn skip_string(bytes: &mut slice::Iter<'_, u8>) {
    while let Some(byte) = bytes.find(|byte| matches!(byte, b'"' | b'\\')) {
        match byte {
            b'\\' => drop(bytes.next()),
            _ => return,
        }
    }
}

/// Returns text that begins with an ASCII character, without that character.
fn after_first(text: &str) -> &str {
    text.get(1..).unwrap_or_default()
}

/// Returns whether bytes can be the beginning of a character.
fn is_incomplete(bytes: &[u8]) -> bool {
    let length = match bytes.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        Some(_) | None => return false,
    };
    bytes.len() < length
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
