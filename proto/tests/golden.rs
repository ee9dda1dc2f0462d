//! The wire format, byte for byte. All releases with the same protocol version depend on these
//! bytes, so a changed expectation requires a new protocol version.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod samples;

use std::fmt::Debug;
use tai_proto::{
    Call, FromDaemon, ToDaemon,
    frame::{Decoder, MAX_FRAME, encode},
    hello::{Hello, Welcome},
    message::{Identity, Request, Role},
    names::Instance,
};

/// Checks that a value survives encoding and decoding, and returns its body.
fn wire<T>(value: &T) -> Vec<u8>
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug,
{
    let mut bytes = Vec::new();
    encode(value, &mut bytes).unwrap();
    let mut decoder = Decoder::new(MAX_FRAME);
    decoder.space().extend_from_slice(&bytes);
    assert_eq!(decoder.next_frame::<T>().unwrap().as_ref(), Some(value));
    assert!(decoder.is_at_boundary());
    assert_eq!(bytes[..4], (bytes.len() as u32 - 4).to_le_bytes());
    bytes.split_off(4)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn page<T>(values: &[T]) -> String
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug,
{
    let lines: Vec<String> = values
        .iter()
        .map(|value| {
            let name = format!("{value:?}");
            let name = name.split(['(', ' ', '{']).next().unwrap_or_default();
            format!("{name} {}", hex(&wire(value)))
        })
        .collect();
    lines.join("\n")
}

#[test]
fn the_layout_of_the_handshake_is_fixed() {
    let hello = Hello {
        magic: *b"TAI\x01",
        newest: 1,
        oldest: 1,
        software: "x".into(),
    };
    assert_eq!(
        hex(&wire(&hello)),
        "544149010100000001000000010000000000000078"
    );
    let welcome = Welcome {
        magic: *b"TAI\x01",
        chosen: 1,
        newest: 1,
        oldest: 1,
        software: "y".into(),
    };
    assert_eq!(
        hex(&wire(&welcome)),
        "54414901010000000100000001000000010000000000000079"
    );
}

#[test]
fn the_layout_of_frames_is_fixed() {
    let frames = [
        ToDaemon::Attach(Role::Agent {
            instance: Some(Instance::new("i").unwrap()),
        }),
        ToDaemon::Attach(Role::Person),
        ToDaemon::Identify(Identity {
            name: "n".into(),
            version: "v".into(),
        }),
        ToDaemon::Request(Request {
            id: 7,
            deadline_ms: 1000,
            progress: true,
            call: Call::Stop(tai_proto::call::Stop),
        }),
        ToDaemon::Cancel { id: 7 },
    ];
    insta::assert_snapshot!(page(&frames), @"
    Attach 000000000000000001010000000000000069
    Attach 0000000001000000
    Identify 0100000001000000000000006e010000000000000076
    Request 020000000700000000000000e80300000115000000
    Cancel 030000000700000000000000
    ");
    let frames = [
        FromDaemon::Answer {
            id: 7,
            result: Ok(tai_proto::Answer::Stop(())),
        },
        FromDaemon::Answer {
            id: 7,
            result: Err(samples::fault()),
        },
        FromDaemon::Progress {
            id: 7,
            done: 1,
            total: 2,
        },
        FromDaemon::Goodbye,
    ];
    insta::assert_snapshot!(page(&frames), @"
    Answer 0000000007000000000000000000000015000000
    Answer 000000000700000000000000010000000900000001000000000000007701000000000000007903000000010000000000000061010000000000000070
    Progress 01000000070000000000000001000000000000000200000000000000
    Goodbye 02000000
    ");
}

#[test]
fn the_layout_of_calls_is_fixed() {
    insta::assert_snapshot!(page(&samples::calls()), @"
    Submit 000000000000000001030000000000000062406301010000000000000073010000000000000063000000000100000000
    Fetch 010000000002000000401f00006c070000
    Peek 02000000070000000000000002000000401f00006c070000
    List 030000000a0000000100000001
    Search 040000000100000000000000711400000001
    Delete 050000000700000000000000
    MarkRead 060000000700000000000000
    Settle 070000000700000000000000
    EndLease 08000000070000000000000001000000
    Watch 09000000010900000000000000
    GetInfo 0a000000
    GetStatus 0b000000
    ClaimAccount 0c00000001030000000000000075737201010000000000000062
    OfferCredentials 0d0000000300000000000000757372010000000000000070
    MakeWay 0e000000010002000300
    Login 0f000000030000000000000075737201000000000000007001
    Logout 10000000
    RetryLogin 11000000
    ListHeld 12000000
    ResolveHeld 13000000030000000000000001
    ReadHeld 1400000003000000000000000400000000000000
    Stop 15000000
    FindReply 160000000700000000000000
    Submit 000000000100000007000000000000000001000000000000006301000000000100000001000000000000007402000000
    ");
}

#[test]
fn the_layout_of_answers_is_fixed() {
    insta::assert_snapshot!(page(&samples::answers()), @"
    Submit 00000000000000000c00000000000000642e75407461692e6368617401000000000000007401000000000000007301000000000000006d0100000000000000780107000000000000000101000000000000006c
    Fetch 010000000c00000000000000642e75407461692e63686174010700000000000000010000000000000066010000000000000074010000000000000073010000000000000064010100000000000000620200000003000000010000000600000001000000020000000300000004000000050000000600000007000000080000000100000000000000000000000000000000000000000000000000
    Peek 020000000c00000000000000642e75407461692e6368617400020000000000000003000000000000000400000000000000
    List 030000000c00000000000000642e75407461692e636861740100000000000000070000000000000001000000000000006601000000000000007401000000000000007301000000000000006401010000000000000000020000000000000003000000000000000400000000000000
    Search 040000000c00000000000000642e75407461692e636861740000000000000000050000000000000001020000000000000003000000000000000400000000000000
    Delete 050000000700000000000000010000000000000073
    MarkRead 060000000700000000000000010000000000000073
    Settle 0700000001
    EndLease 08000000
    Watch 09000000090000000000000001
    GetInfo 0a000000010000000000000076000100000000000000620101000000000000006430750000010000000000000070
    GetStatus 0b00000002000000000000007b7d
    ClaimAccount 0c0000000000000001000000
    OfferCredentials 0d000000
    MakeWay 0e00000002000000
    Login 0f00000003000000000000007573720c00000000000000642e75407461692e63686174010900000001000000000000007701000000000000007903000000010000000000000061010000000000000070
    Logout 10000000000101010000000000000073
    RetryLogin 11000000
    ListHeld 1200000001000000000000000300000000000000010000000000000063000100000000000000610100000000000000620200000001020000000000000000010000000000000061010000000000000064020000000100000000000000660100000000000000740100000000000000730100000000000000770100000000000000680100000000000000780100000000000000640100000000000000010000000000000002000000000000000001000000000000006101000000000000006402000000
    ResolveHeld 1300000001000000
    ReadHeld 14000000010000000000000074010500000000000000
    Stop 15000000
    FindReply 1600000003000000
    Submit 000000000100000001000000000000007403000000000000000100000000000000660100000000000000740100000000000000730100000000000000770100000000000000680100000000000000780100000000000000640100000000000000
    Submit 00000000020000000300000000000000010000000000000063000100000000000000610100000000000000620200000001020000000000000000010000000000000061010000000000000064020000000100000000000000660100000000000000740100000000000000730100000000000000770100000000000000680100000000000000780100000000000000640100000000000000
    ResolveHeld 13000000000000000c00000000000000642e75407461692e6368617401000000000000007401000000000000007301000000000000006d0100000000000000780107000000000000000101000000000000006c
    ");
}

#[test]
fn a_call_and_its_answer_have_the_same_index() {
    let number = |bytes: Vec<u8>| u32::from_le_bytes(bytes[..4].try_into().unwrap());
    let calls = samples::calls();
    let answers = samples::answers();
    for (expected, (call, answer)) in calls.iter().zip(&answers).take(23).enumerate() {
        assert_eq!(number(wire(call)), expected as u32);
        assert_eq!(number(wire(answer)), expected as u32);
    }
    // The last call has the index 21.
    let mut decoder = Decoder::new(MAX_FRAME);
    decoder
        .space()
        .extend_from_slice(&[4, 0, 0, 0, 22, 0, 0, 0]);
    assert!(decoder.next_frame::<Call>().is_err());
}
