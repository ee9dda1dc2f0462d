//! The body of an answer as a value. A list carries the whole body of every mail in it
//! (bridge-api.md, trap 3). A long answer is therefore parsed while it arrives, and only what
//! the value keeps stays in memory.

use super::json::{Bounded, Excess, is_shallow};
use crate::{
    bridge::{expected::Expected, place::Place},
    foreign,
};
use flate2::bufread::MultiGzDecoder;
use reqwest::Response;
use serde_json::Deserializer;
use std::{
    io::{self, BufRead, BufReader, Read},
    sync::Arc,
};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::bytes::{Buf as _, Bytes};

/// Bytes up to which an answer is collected first. A longer one is parsed on a thread, which
/// costs more than parsing a short one.
const SHORT: usize = 256 << 10;
/// As [`SHORT`], of a compressed answer.
const SHORT_COMPRESSED: usize = 8 << 10;
/// Bytes of most answers, at most.
const USUAL: usize = 4 << 10;
/// Number of chunks that may wait for the parser.
const AHEAD: usize = 4;
/// Number of long answers with bodies of mails that are in memory at once.
pub(super) const MAX_LARGE: usize = 4;
/// The first bytes of gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reason why a body is not the expected JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The body has no bytes.
    #[error("it is empty")]
    Empty,
    /// The body is a web page.
    #[error("it is a web page")]
    WebPage,
    /// The body exceeds this limit, in bytes.
    #[error("it has more than {0} bytes")]
    TooLarge(usize),
    /// The body is not JSON of the expected kind.
    #[error("{0}")]
    NotJson(String),
}

/// Reason why a body did not arrive.
pub(super) enum BodyError {
    /// The connection failed.
    Broken(reqwest::Error),
    /// This process is ending.
    Ending,
}

/// Reads the body to its end. An answer that is [large](Expected::IS_LARGE) waits for a place,
/// which its mails keep.
pub(super) async fn read<E: Expected>(
    mut response: Response,
    expected: E,
    large: &Arc<Semaphore>,
) -> Result<Result<E::Value, Unreadable>, BodyError> {
    let mut start = Vec::new();
    let mut is_whole = false;
    while start.len() <= SHORT && !is_whole {
        match response.chunk().await.map_err(BodyError::Broken)? {
            Some(chunk) => start.extend_from_slice(&chunk),
            None => is_whole = true,
        }
    }
    let is_short = !start.starts_with(&GZIP) || start.len() <= SHORT_COMPRESSED;
    if is_whole && is_short {
        return Ok(parse(expected, start.as_slice()));
    }
    let place = match E::IS_LARGE {
        true => {
            let permit = large.clone().acquire_owned().await;
            Place::of(permit.map_err(|_| BodyError::Ending)?)
        }
        false => Place::default(),
    };
    let (chunks, waiting) = mpsc::channel(AHEAD);
    let arriving = Arriving {
        current: start.into(),
        waiting,
    };
    // The parser ends with a value, with an error, or when `chunks` is dropped.
    let parser = tokio::task::spawn_blocking(move || parse(expected, arriving));
    while !is_whole {
        match response.chunk().await.map_err(BodyError::Broken)? {
            Some(chunk) => is_whole = chunks.send(chunk).await.is_err(),
            None => is_whole = true,
        }
    }
    drop(chunks);
    let mut parsed = parser.await.map_err(|_| BodyError::Ending)?;
    if let Ok(value) = &mut parsed {
        E::placed(value, place);
    }
    Ok(parsed)
}

/// Parses a body, compressed or not. Bridges and proxies mislabel compression, so the first bytes
/// decide and not the header.
///
/// # Errors
/// [`Unreadable`].
pub fn parse<E: Expected>(expected: E, mut body: impl BufRead) -> Result<E::Value, Unreadable> {
    let failed = |error: io::Error| Unreadable::NotJson(foreign::message(&error.to_string()));
    let start = body.fill_buf().map_err(failed)?;
    match start.starts_with(&GZIP) {
        true => parse_text(expected, BufReader::new(MultiGzDecoder::new(body))),
        false => parse_text(expected, body),
    }
}

fn parse_text<E: Expected>(expected: E, mut body: impl BufRead) -> Result<E::Value, Unreadable> {
    let mut start = Vec::with_capacity(USUAL);
    let length = body.by_ref().take(SHORT as u64).read_to_end(&mut start);
    let length =
        length.map_err(|error| Unreadable::NotJson(foreign::message(&error.to_string())))?;
    // Most answers need no repair, which costs half as much as the parser.
    if length < SHORT
        && let Some(value) = parse_good(expected.clone(), &start)
    {
        return Ok(value);
    }
    parse_repaired(expected, Read::chain(start.as_slice(), body))
}

/// Parses a whole short text as it is. The readers of the values cut its strings. Returns `None` for a
/// text that is not the expected JSON before a repair.
fn parse_good<E: Expected>(expected: E, text: &[u8]) -> Option<E::Value> {
    let json = str::from_utf8(text).ok().filter(|text| is_shallow(text))?;
    let mut value = value(expected, Deserializer::from_str(json)).ok()??;
    E::measured(&mut value, text.len());
    Some(value)
}

fn parse_repaired<E: Expected>(expected: E, body: impl BufRead) -> Result<E::Value, Unreadable> {
    let mut text = Bounded::new(body, expected.limits());
    let read = value(
        expected,
        Deserializer::from_reader(BufReader::new(&mut text)),
    );
    match (read, text.excess, text.first()) {
        (Ok(Some(mut value)), ..) => {
            E::measured(&mut value, text.size());
            Ok(value)
        }
        (_, Some(Excess::Size(limit)), _) => Err(Unreadable::TooLarge(limit)),
        (_, _, Some(b'<')) => Err(Unreadable::WebPage),
        (_, _, None) => Err(Unreadable::Empty),
        (Ok(None), ..) => Err(Unreadable::NotJson("it is no answer of a bridge".into())),
        (Err(error), ..) => Err(Unreadable::NotJson(foreign::message(&error))),
    }
}

/// Returns the value of a whole text; `None` if it is JSON of another kind.
#[expect(single_use_lifetimes, reason = "it cannot be elided here")]
fn value<'de, E: Expected>(
    expected: E,
    mut parser: Deserializer<impl serde_json::de::Read<'de>>,
) -> Result<Option<E::Value>, String> {
    let value = expected.read(&mut parser);
    let value = value.and_then(|value| parser.end().map(|()| value));
    value.map_err(|error| error.to_string())
}

/// A body whose chunks are still arriving.
struct Arriving {
    current: Bytes,
    waiting: mpsc::Receiver<Bytes>,
}

impl BufRead for Arriving {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.current.is_empty() {
            match self.waiting.blocking_recv() {
                Some(chunk) => self.current = chunk,
                None => break,
            }
        }
        Ok(&self.current)
    }

    fn consume(&mut self, length: usize) {
        self.current.advance(length);
    }
}

impl Read for Arriving {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(into)?;
        self.consume(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::wire::{Done, List, Wrapped};
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;

    fn compressed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn problem(body: &[u8]) -> Option<Unreadable> {
        parse(Wrapped(Done), body).err()
    }

    #[test]
    fn an_answer_is_decompressed_whatever_its_label_says() {
        let json = br#"{"success":true,"data":null}"#;
        assert_eq!(problem(json), None);
        assert_eq!(problem(&compressed(json)), None);
        let mut cut = compressed(json);
        cut.truncate(20);
        assert!(matches!(problem(&cut), Some(Unreadable::NotJson(_))));
    }

    #[test]
    fn a_body_that_is_not_json_is_named() {
        assert_eq!(problem(b""), Some(Unreadable::Empty));
        assert_eq!(problem(b" \r\n"), Some(Unreadable::Empty));
        let page = b"\xef\xbb\xbf\n<!doctype html>".as_slice();
        assert_eq!(problem(page), Some(Unreadable::WebPage));
        assert!(matches!(
            problem(b"Bad Gateway"),
            Some(Unreadable::NotJson(_))
        ));
        assert!(matches!(problem(b"[]"), Some(Unreadable::NotJson(_))));
    }

    #[test]
    fn an_answer_that_is_parsed_as_it_is_has_the_value_that_its_repair_has() {
        let long = "\u{e4}".repeat(13_000);
        let good = format!(
            r#"{{"success":true,"data":{{"messages":[{{"id":7,"from":"a\\ud83d\\ude00","to":"b\\n",
            "subject":"{long}","body_text":"\\ud83d {{","is_read":1,"received_at":"2026-11-23 10:00:00"}}
            ,{{"id":"8","x":[[{{"y":null}}]]}}],"count":2,"has_more":0}},"error":null}}"#
        );
        let end = good.len();
        let (before, after) = (good.find(&long).unwrap(), good.rfind('\u{e4}').unwrap());
        let mut parsed = 0;
        for at in (0..before).chain(after..end) {
            for byte in b"\"\\{}[],:u0 \n\xff\xc3" {
                let mut answer = good.clone().into_bytes();
                answer[at] = *byte;
                let expected = || Wrapped(List::<false> { rows: 10 });
                if let Some(value) = parse_good(expected(), &answer) {
                    let repaired = parse_repaired(expected(), answer.as_slice()).unwrap();
                    assert_eq!(format!("{value:?}"), format!("{repaired:?}"));
                    parsed += 1;
                }
            }
        }
        assert!(parsed > 1_000, "{parsed}");
    }

    #[test]
    fn a_short_answer_that_is_nested_too_deep_is_refused() {
        let nested = |levels| {
            let (open, close) = ("[".repeat(levels), "]".repeat(levels));
            format!(r#"{{"success":true,"data":null,"x":"\"{close}","y":{open}"{open}"{close}}}"#)
        };
        assert_eq!(problem(nested(63).as_bytes()), None);
        let deep = problem(nested(64).as_bytes()).unwrap().to_string();
        assert_eq!(
            deep,
            "its lists and objects are nested more than 64 levels deep"
        );
    }

    #[test]
    fn a_compression_bomb_ends_at_the_limit() {
        let bomb = compressed(&vec![b' '; 16 << 20]);
        assert!(bomb.len() < 100_000);
        assert_eq!(problem(&bomb), Some(Unreadable::TooLarge(8 << 20)));
    }
}
