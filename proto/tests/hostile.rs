//! Bytes from a broken or hostile peer. Each input is a frame, an error or an incomplete frame;
//! no input causes a panic or a large allocation.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod samples;

use proptest::prelude::*;
use samples::{answers, calls, fault};
use tai_proto::{
    FromDaemon, ToDaemon,
    frame::{Decoder, FrameError, MAX_FRAME, encode},
    hello::{Hello, MAX_HELLO},
    mail::ChangedMail,
    message::{Identity, Request, Role},
    names::Instance,
    text::{HeaderText, MAX_CONTENT},
};

fn decode(bytes: &[u8]) -> Result<Option<ToDaemon>, FrameError> {
    let mut decoder = Decoder::new(MAX_FRAME);
    decoder.space().extend_from_slice(bytes);
    decoder.next_frame()
}

fn sample() -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(
        &ToDaemon::Request(Request {
            id: 1,
            deadline_ms: 2,
            progress: false,
            call: calls().swap_remove(0),
        }),
        &mut bytes,
    )
    .unwrap();
    bytes
}

#[test]
fn a_length_over_the_limit_is_refused_before_its_body_arrives() {
    for length in [MAX_FRAME as u32 + 1, u32::MAX] {
        assert_eq!(
            decode(&length.to_le_bytes()),
            Err(FrameError::TooLong {
                length: length as usize,
                max: MAX_FRAME
            })
        );
    }
    let mut decoder = Decoder::new(MAX_HELLO);
    decoder.space().extend_from_slice(b"GET / HTTP/1.1\r\n");
    assert!(matches!(
        decoder.next_frame::<Hello>(),
        Err(FrameError::TooLong { .. })
    ));
}

#[test]
fn a_length_inside_a_body_cannot_allocate_more_than_a_frame() {
    // An identity whose name has a length of 2^60 bytes.
    let mut body = vec![1, 0, 0, 0];
    body.extend_from_slice(&(1u64 << 60).to_le_bytes());
    let mut bytes = (body.len() as u32).to_le_bytes().to_vec();
    bytes.extend(body);
    assert!(matches!(decode(&bytes), Err(FrameError::Malformed(_))));
}

#[test]
fn a_frame_cut_at_any_byte_waits_for_the_rest() {
    let bytes = sample();
    for cut in 0..bytes.len() {
        assert_eq!(decode(&bytes[..cut]), Ok(None), "cut at {cut}");
    }
}

#[test]
fn a_body_cut_at_any_byte_is_malformed() {
    let bytes = sample();
    for cut in 4..bytes.len() {
        let mut short = ((cut - 4) as u32).to_le_bytes().to_vec();
        short.extend_from_slice(&bytes[4..cut]);
        assert!(
            matches!(decode(&short), Err(FrameError::Malformed(_))),
            "cut at {cut}"
        );
    }
}

#[test]
fn bytes_after_the_value_are_refused() {
    let mut bytes = sample();
    bytes.extend_from_slice(&[0; 3]);
    let length = (bytes.len() - 4) as u32;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    assert_eq!(decode(&bytes), Err(FrameError::Trailing(3)));
}

#[test]
fn a_value_too_large_for_a_frame_leaves_the_buffer_unchanged() {
    let mut out = b"before".to_vec();
    let huge = Hello::new("x".repeat(MAX_FRAME + 1));
    assert!(encode(&huge, &mut out).is_err());
    assert_eq!(out, b"before");
}

#[test]
fn the_buffer_of_a_large_frame_is_freed() {
    let mut bytes = Vec::new();
    encode(&Hello::new("x".repeat(1 << 20)), &mut bytes).unwrap();
    let mut decoder = Decoder::new(MAX_FRAME);
    decoder.space().extend_from_slice(&bytes);
    assert!(decoder.next_frame::<Hello>().unwrap().is_some());
    assert!(decoder.space().capacity() < 1 << 17);
}

#[test]
fn text_over_its_limit_does_not_decode() {
    // Layout of `ChangedMail`: an id, then a string.
    let encoded = |length: usize| {
        let mut bytes = Vec::new();
        encode(&(7u64, "x".repeat(length)), &mut bytes).unwrap();
        let mut decoder = Decoder::new(MAX_FRAME);
        decoder.space().extend_from_slice(&bytes);
        decoder.next_frame::<ChangedMail>()
    };
    assert!(encoded(998).is_ok());
    assert!(matches!(encoded(999), Err(FrameError::Malformed(_))));
    assert!(matches!(
        encoded(MAX_CONTENT),
        Err(FrameError::Malformed(_))
    ));
}

fn instance() -> impl Strategy<Value = Option<Instance>> {
    let name = proptest::string::string_regex("[a-zA-Z0-9_-]{1,64}").unwrap();
    proptest::option::of(name.prop_map(|name| Instance::new(name).unwrap()))
}

fn label() -> impl Strategy<Value = String> {
    proptest::string::string_regex("(?s).{0,20}").unwrap()
}

fn to_daemon() -> impl Strategy<Value = ToDaemon> {
    prop_oneof![
        instance().prop_map(|instance| ToDaemon::Attach(Role::Agent { instance })),
        (label(), label()).prop_map(|(name, version)| ToDaemon::Identify(Identity {
            name: name.as_str().into(),
            version: version.as_str().into(),
        })),
        (
            any::<u64>(),
            any::<u32>(),
            any::<bool>(),
            proptest::sample::select(calls())
        )
            .prop_map(
                |(id, deadline_ms, progress, call)| ToDaemon::Request(Request {
                    id,
                    deadline_ms,
                    progress,
                    call
                })
            ),
        any::<u64>().prop_map(|id| ToDaemon::Cancel { id }),
    ]
}

fn from_daemon() -> impl Strategy<Value = FromDaemon> {
    let result = prop_oneof![
        proptest::sample::select(answers()).prop_map(Ok),
        Just(Err(fault())),
    ];
    (any::<u64>(), result).prop_map(|(id, result)| FromDaemon::Answer { id, result })
}

proptest! {
    #[test]
    fn frames_decode_from_pieces_of_any_size(
        frames in proptest::collection::vec(to_daemon(), 1..6),
        piece in 1usize..64,
    ) {
        let mut bytes = Vec::new();
        for frame in &frames {
            encode(frame, &mut bytes).unwrap();
        }
        let mut decoder = Decoder::new(MAX_FRAME);
        let mut decoded = Vec::new();
        for piece in bytes.chunks(piece) {
            decoder.space().extend_from_slice(piece);
            while let Some(frame) = decoder.next_frame::<ToDaemon>().unwrap() {
                decoded.push(frame);
            }
        }
        prop_assert_eq!(decoded, frames);
        prop_assert!(decoder.is_at_boundary());
    }

    #[test]
    fn an_encoded_answer_decodes_to_the_same_answer(frame in from_daemon()) {
        let mut bytes = Vec::new();
        encode(&frame, &mut bytes).unwrap();
        let mut decoder = Decoder::new(MAX_FRAME);
        decoder.space().extend_from_slice(&bytes);
        prop_assert_eq!(decoder.next_frame::<FromDaemon>().unwrap(), Some(frame));
    }

    #[test]
    fn cut_text_is_a_prefix_within_the_limit(text in "(?s).{0,1200}") {
        let cut = HeaderText::cut(text.as_str());
        prop_assert!(cut.len() <= 998);
        prop_assert!(text.starts_with(cut.trim_end_matches('…')) || text == cut.as_str());
    }

    #[test]
    fn random_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
        let mut framed = (bytes.len() as u32).to_le_bytes().to_vec();
        framed.extend(&bytes);
        let _ = decode(&framed);
        let mut decoder = Decoder::new(MAX_FRAME);
        decoder.space().extend_from_slice(&framed);
        let _ = decoder.next_frame::<FromDaemon>();
    }

    #[test]
    fn one_changed_byte_does_not_panic(at in 0usize..200, to in any::<u8>()) {
        let mut bytes = sample();
        let at = at % bytes.len();
        bytes[at] = to;
        let _ = decode(&bytes);
    }
}
