//! Bytes from a peer that is broken or means harm: every one of them is an error or a wait
//! for more, none is a panic, and none makes the decoder reserve what it was not sent.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;
use tai_proto::{
    account::*,
    call::*,
    fault::{Fault, FaultCode},
    frame::{Decoder, FrameError, MAX_FRAME, encode},
    hello::{Hello, MAX_HELLO},
};

fn decode(bytes: &[u8]) -> Result<Option<ToDaemon>, FrameError> {
    let mut decoder = Decoder::new(MAX_FRAME);
    decoder.space().extend_from_slice(bytes);
    decoder.next_frame()
}

fn sample() -> Vec<u8> {
    let call = Call::SendEmail(SendEmail {
        to: Some("b@tai.chat".into()),
        subject: Some("subject".into()),
        content: "content".into(),
        format: Format::Markdown,
    });
    let mut bytes = Vec::new();
    encode(
        &ToDaemon::Request(Request {
            id: 1,
            deadline_ms: 2,
            call,
        }),
        &mut bytes,
    )
    .unwrap();
    bytes
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_its_body_is_waited_for() {
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
fn a_length_inside_a_body_cannot_reserve_more_than_a_frame() {
    // A string that claims to have 2^60 bytes.
    let mut body = vec![0, 0, 0, 0];
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
fn a_value_too_large_for_a_frame_leaves_the_buffer_as_it_was() {
    let mut out = b"before".to_vec();
    let huge = Hello::new("x".repeat(MAX_FRAME + 1));
    assert!(encode(&huge, &mut out).is_err());
    assert_eq!(out, b"before");
}

#[test]
fn a_large_frame_does_not_stay_in_memory() {
    let mut bytes = Vec::new();
    encode(&Hello::new("x".repeat(1 << 20)), &mut bytes).unwrap();
    let mut decoder = Decoder::new(MAX_FRAME);
    decoder.space().extend_from_slice(&bytes);
    assert!(decoder.next_frame::<Hello>().unwrap().is_some());
    assert!(decoder.space().capacity() < 1 << 17);
}

fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("(?s).{0,40}").unwrap()
}

fn call() -> impl Strategy<Value = Call> {
    let format = prop_oneof![Just(Format::Markdown), Just(Format::Html)];
    let opt = || proptest::option::of(text());
    prop_oneof![
        (opt(), opt(), text(), format.clone()).prop_map(|(to, subject, content, format)| {
            Call::SendEmail(SendEmail {
                to,
                subject,
                content,
                format,
            })
        }),
        proptest::option::of(any::<u64>()).prop_map(|id| Call::FetchEmail(FetchEmail { id })),
        (any::<u32>(), any::<u32>(), any::<bool>()).prop_map(|(limit, offset, show_read)| {
            Call::ListInbox(ListInbox {
                limit,
                offset,
                show_read,
            })
        }),
        (any::<u64>(), text(), format, opt()).prop_map(|(id, content, format, subject)| {
            Call::ReplyEmail(ReplyEmail {
                id,
                content,
                format,
                subject,
            })
        }),
        Just(Call::Info),
        Just(Call::Status),
        Just(Call::Stop),
        Just(Call::Logout),
        text().prop_map(|username| Call::Account(Account { username })),
        (text(), text(), any::<bool>()).prop_map(|(username, password, save)| {
            let password = tai_proto::Secret::new(password);
            let credentials = Credentials { username, password };
            Call::Login(Login { credentials, save })
        }),
    ]
}

fn to_daemon() -> impl Strategy<Value = ToDaemon> {
    prop_oneof![
        (text(), text(), proptest::option::of(text())).prop_map(|(name, version, instance)| {
            ToDaemon::Attach(Attach {
                name,
                version,
                instance,
            })
        }),
        (any::<u64>(), any::<u32>(), call()).prop_map(|(id, deadline_ms, call)| ToDaemon::Request(
            Request {
                id,
                deadline_ms,
                call
            }
        )),
        any::<u64>().prop_map(|id| ToDaemon::Cancel { id }),
    ]
}

fn from_daemon() -> impl Strategy<Value = FromDaemon> {
    let row = (any::<u64>(), text(), text(), text(), any::<bool>()).prop_map(
        |(id, from, subject, date, read)| Row {
            id,
            from,
            subject,
            date,
            read,
        },
    );
    let inbox = (
        text(),
        proptest::collection::vec(row, 0..5),
        any::<u64>(),
        any::<bool>(),
    )
        .prop_map(|(address, rows, total, more)| {
            Ok(Answer::Inbox(Inbox {
                address,
                rows,
                total,
                more,
            }))
        });
    let fault = (text(), text(), text())
        .prop_map(|(a, b, c)| Err(Fault::new(FaultCode::OutcomeUnknown, a, b, c)));
    let result = prop_oneof![inbox, fault, Just(Ok(Answer::Stopping))];
    (any::<u64>(), result).prop_map(|(id, result)| FromDaemon::Answer { id, result })
}

proptest! {
    #[test]
    fn what_is_encoded_comes_back_however_the_stream_is_cut(
        frames in proptest::collection::vec(to_daemon(), 1..6),
        piece in 1usize..64,
    ) {
        let mut bytes = Vec::new();
        for frame in &frames {
            encode(frame, &mut bytes).unwrap();
        }
        let mut decoder = Decoder::new(MAX_FRAME);
        let mut seen = Vec::new();
        for piece in bytes.chunks(piece) {
            decoder.space().extend_from_slice(piece);
            while let Some(frame) = decoder.next_frame::<ToDaemon>().unwrap() {
                seen.push(frame);
            }
        }
        prop_assert_eq!(seen, frames);
        prop_assert!(decoder.is_at_boundary());
    }

    #[test]
    fn answers_come_back(frame in from_daemon()) {
        let mut bytes = Vec::new();
        encode(&frame, &mut bytes).unwrap();
        let mut decoder = Decoder::new(MAX_FRAME);
        decoder.space().extend_from_slice(&bytes);
        prop_assert_eq!(decoder.next_frame::<FromDaemon>().unwrap(), Some(frame));
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
        let mut framed = (bytes.len() as u32).to_le_bytes().to_vec();
        framed.extend(&bytes);
        let _ = decode(&framed);
        let mut decoder = Decoder::new(MAX_FRAME);
        decoder.space().extend_from_slice(&framed);
        let _ = decoder.next_frame::<FromDaemon>();
    }

    #[test]
    fn one_changed_byte_never_panics(at in 0usize..200, to in any::<u8>()) {
        let mut bytes = sample();
        let at = at % bytes.len();
        bytes[at] = to;
        let _ = decode(&bytes);
    }
}
