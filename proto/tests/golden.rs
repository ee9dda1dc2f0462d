//! The wire, byte for byte. These bytes are the contract with every other version: a test
//! here that has to change means a new protocol version, not a new expectation.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use tai_proto::{
    account::*,
    approval::*,
    call::*,
    fault::{Fault, FaultCode},
    frame::{Decoder, MAX_FRAME, encode},
    hello::{Hello, Welcome},
    reading::*,
    secret::Secret,
};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Encodes, compares, and decodes back.
fn golden<T>(value: &T, expected: &str)
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let mut bytes = Vec::new();
    encode(value, &mut bytes).unwrap();
    assert_eq!(hex(&bytes), expected.replace([' ', '\n'], ""), "{value:?}");
    let mut decoder = Decoder::new(MAX_FRAME);
    decoder.space().extend_from_slice(&bytes);
    assert_eq!(decoder.next_frame::<T>().unwrap().as_ref(), Some(value));
    assert!(decoder.is_at_boundary());
}

fn request(call: Call) -> ToDaemon {
    ToDaemon::Request(Request {
        id: 7,
        deadline_ms: 1000,
        call,
    })
}

fn answer(answer: Answer) -> FromDaemon {
    FromDaemon::Answer {
        id: 7,
        result: Ok(answer),
    }
}

#[test]
fn the_handshake_is_frozen() {
    golden(
        &Hello {
            magic: *b"TAI\x01",
            newest: 1,
            oldest: 1,
            software: "x".into(),
        },
        "15000000 54414901 01000000 01000000 0100000000000000 78",
    );
    golden(
        &Welcome {
            magic: *b"TAI\x01",
            chosen: 1,
            newest: 1,
            oldest: 1,
            software: "y".into(),
        },
        "19000000 54414901 01000000 01000000 01000000 0100000000000000 79",
    );
}

#[test]
fn the_frames_of_version_1_are_frozen() {
    let s = |text: &str| Some(text.to_owned());
    golden(
        &ToDaemon::Attach(Attach {
            name: "a".into(),
            version: "b".into(),
            instance: s("c"),
        }),
        "20000000 00000000 0100000000000000 61 0100000000000000 62 01 0100000000000000 63",
    );
    golden(
        &ToDaemon::Cancel { id: 9 },
        "0c000000 02000000 0900000000000000",
    );
    golden(
        &request(Call::SendEmail(SendEmail {
            to: s("t"),
            subject: None,
            content: "c".into(),
            format: Format::Html,
        })),
        "2c000000 01000000 0700000000000000 e8030000 00000000
         01 0100000000000000 74 00 0100000000000000 63 01000000",
    );
    golden(
        &request(Call::FetchEmail(FetchEmail { id: Some(3) })),
        "1d000000 01000000 0700000000000000 e8030000 01000000 01 0300000000000000",
    );
    golden(
        &request(Call::ListInbox(ListInbox {
            limit: 10,
            offset: 2,
            show_read: true,
        })),
        "1d000000 01000000 0700000000000000 e8030000 02000000 0a000000 02000000 01",
    );
    golden(
        &request(Call::ReplyEmail(ReplyEmail {
            id: 5,
            content: "c".into(),
            format: Format::Markdown,
            subject: s("r"),
        })),
        "33000000 01000000 0700000000000000 e8030000 03000000
         0500000000000000 0100000000000000 63 00000000 01 0100000000000000 72",
    );
    golden(
        &request(Call::Info),
        "14000000 01000000 0700000000000000 e8030000 04000000",
    );
    golden(
        &request(Call::Status),
        "14000000 01000000 0700000000000000 e8030000 05000000",
    );
    golden(
        &request(Call::Stop),
        "14000000 01000000 0700000000000000 e8030000 06000000",
    );
}

#[test]
fn the_answers_of_version_1_are_frozen() {
    let s = |text: &str| text.to_owned();
    golden(
        &answer(Answer::Sent(Sent {
            to: s("a"),
            subject: s("b"),
            from: s("c"),
            message_id: s("d"),
            timestamp: s("e"),
        })),
        "41000000 00000000 0700000000000000 00000000 00000000 0100000000000000 61
         0100000000000000 62 0100000000000000 63 0100000000000000 64 0100000000000000 65",
    );
    golden(
        &answer(Answer::Fetched(Fetched {
            address: s("x"),
            mail: None,
        })),
        "1e000000 00000000 0700000000000000 00000000 01000000 0100000000000000 78 00",
    );
    golden(
        &answer(Answer::Fetched(Fetched { address: s("x"), mail: Some(Mail {
            id: 1,
            from: s("a"),
            to: s("b"),
            subject: s(""),
            date: s("d"),
            body: s("e"),
            marked_read: true,
        }) })),
        "53000000 00000000 0700000000000000 00000000 01000000 0100000000000000 78 01 0100000000000000
         0100000000000000 61 0100000000000000 62 0000000000000000 0100000000000000 64
         0100000000000000 65 01",
    );
    golden(
        &answer(Answer::Inbox(Inbox {
            address: s("a"),
            rows: vec![Row {
                id: 1,
                from: s("f"),
                subject: s(""),
                date: s("d"),
                read: false,
            }],
            total: 2,
            more: true,
        })),
        "51000000 00000000 0700000000000000 00000000 02000000 0100000000000000 61
         0100000000000000 0100000000000000 0100000000000000 66 0000000000000000
         0100000000000000 64 00 0200000000000000 01",
    );
    golden(
        &answer(Answer::Replied(Replied {
            original: 1,
            to: s("a"),
            message_id: s("b"),
            subject: s("c"),
            timestamp: s("d"),
            threaded: true,
        })),
        "41000000 00000000 0700000000000000 00000000 03000000 0100000000000000
         0100000000000000 61 0100000000000000 62 0100000000000000 63 0100000000000000 64 01",
    );
    golden(
        &answer(Answer::Info(Info {
            version: s("v"),
            address: None,
            bridge: s("b"),
            default_to: None,
            api_timeout_ms: 9,
            profile: s("p"),
        })),
        "35000000 00000000 0700000000000000 00000000 04000000 0100000000000000 76 00
         0100000000000000 62 00 09000000 0100000000000000 70",
    );
    golden(
        &answer(Answer::Stopping),
        "14000000 00000000 0700000000000000 00000000 06000000",
    );
    golden(
        &FromDaemon::Answer {
            id: 7,
            result: Err(Fault::new(FaultCode::Stopping, "w", "", "h")),
        },
        "2e000000 00000000 0700000000000000 01000000 0c000000
         0100000000000000 77 0000000000000000 0100000000000000 68",
    );
}

#[test]
fn the_frames_of_version_2_are_frozen() {
    let s = |text: &str| text.to_owned();
    golden(
        &answer(Answer::Status(s("{}"))),
        "1e000000 00000000 0700000000000000 00000000 05000000 0200000000000000 7b7d",
    );
    golden(
        &request(Call::Account(Account { username: s("u") })),
        "1d000000 01000000 0700000000000000 e8030000 07000000 0100000000000000 75",
    );
    let credentials = Credentials {
        username: s("u"),
        password: Secret::new(s("p")),
    };
    golden(
        &request(Call::Offer(credentials.clone())),
        "26000000 01000000 0700000000000000 e8030000 08000000 0100000000000000 75
         0100000000000000 70",
    );
    golden(
        &request(Call::Login(Login {
            credentials,
            save: true,
        })),
        "27000000 01000000 0700000000000000 e8030000 09000000 0100000000000000 75
         0100000000000000 70 01",
    );
    golden(
        &request(Call::Logout),
        "14000000 01000000 0700000000000000 e8030000 0a000000",
    );
    golden(
        &request(Call::Settle { mail: 3 }),
        "1c000000 01000000 0700000000000000 e8030000 0b000000 0300000000000000",
    );
    golden(
        &request(Call::SendAgain(SendEmail {
            to: None,
            subject: None,
            content: "c".into(),
            format: Format::Markdown,
        })),
        "23000000 01000000 0700000000000000 e8030000 10000000
         00 00 0100000000000000 63 00000000",
    );
    golden(
        &request(Call::ReplyAgain(ReplyEmail {
            id: 5,
            content: "c".into(),
            format: Format::Html,
            subject: None,
        })),
        "2a000000 01000000 0700000000000000 e8030000 11000000
         0500000000000000 0100000000000000 63 01000000 00",
    );
    golden(
        &request(Call::HandOver {
            mail: 3,
            written: true,
        }),
        "1d000000 01000000 0700000000000000 e8030000 0c000000 0300000000000000 01",
    );
    golden(
        &request(Call::Delete { mail: 3 }),
        "1c000000 01000000 0700000000000000 e8030000 0d000000 0300000000000000",
    );
    golden(
        &request(Call::MarkRead { mail: 3 }),
        "1c000000 01000000 0700000000000000 e8030000 0e000000 0300000000000000",
    );
    golden(
        &request(Call::Search(Search {
            query: s("q"),
            limit: 5,
            unread_only: true,
        })),
        "22000000 01000000 0700000000000000 e8030000 0f000000 0100000000000000 71 05000000 01",
    );
    golden(
        &answer(Answer::Done {
            mail: 3,
            subject: s("s"),
        }),
        "25000000 00000000 0700000000000000 00000000 0d000000 0300000000000000
         0100000000000000 73",
    );
    golden(
        &answer(Answer::Found(Found {
            address: s("a"),
            rows: vec![],
            looked_at: 4,
            complete: true,
        })),
        "2e000000 00000000 0700000000000000 00000000 0e000000 0100000000000000 61
         0000000000000000 0400000000000000 01",
    );
    golden(
        &answer(Answer::Read(Read {
            address: s("a"),
            mail: None,
            removed: Removed {
                hidden: 1,
                trackers: 2,
                scripts: 3,
                comments: 4,
                invisible: 5,
                cut: true,
                flattened: false,
            },
        })),
        "34000000 00000000 0700000000000000 00000000 0b000000 0100000000000000 61 00
         01000000 02000000 03000000 04000000 05000000 01 00",
    );
    golden(
        &answer(Answer::Settled { marked_read: true }),
        "15000000 00000000 0700000000000000 00000000 0c000000 01",
    );
    golden(
        &answer(Answer::Account(Need::Password)),
        "18000000 00000000 0700000000000000 00000000 07000000 01000000",
    );
    golden(
        &answer(Answer::Taken),
        "14000000 00000000 0700000000000000 00000000 08000000",
    );
    golden(
        &answer(Answer::SignedIn(SignedIn {
            username: s("u"),
            address: s("a"),
            not_saved: None,
        })),
        "27000000 00000000 0700000000000000 00000000 09000000 0100000000000000 75
         0100000000000000 61 00",
    );
    golden(
        &answer(Answer::SignedOut(SignedOut {
            username: Some(s("u")),
            forgotten: true,
            still_configured: None,
        })),
        "20000000 00000000 0700000000000000 00000000 0a000000 01 0100000000000000 75 01 00",
    );
    golden(
        &FromDaemon::Answer {
            id: 7,
            result: Err(Fault::new(FaultCode::OtherAccount, "w", "", "")),
        },
        "2d000000 00000000 0700000000000000 01000000 0e000000
         0100000000000000 77 0000000000000000 0000000000000000",
    );
}

#[test]
fn the_frames_of_version_3_are_frozen() {
    let s = |text: &str| text.to_owned();
    golden(
        &ToDaemon::Tracked(Request {
            id: 7,
            deadline_ms: 1000,
            call: Call::Info,
        }),
        "14000000 03000000 0700000000000000 e8030000 04000000",
    );
    golden(
        &FromDaemon::Progress {
            id: 7,
            done: 25,
            total: 100,
        },
        "1c000000 01000000 0700000000000000 1900000000000000 6400000000000000",
    );
    golden(
        &request(Call::Watch { since: Some(9) }),
        "1d000000 01000000 0700000000000000 e8030000 12000000 01 0900000000000000",
    );
    golden(
        &request(Call::Peek { mail: 3 }),
        "1c000000 01000000 0700000000000000 e8030000 13000000 0300000000000000",
    );
    golden(
        &request(Call::Decide(Decision {
            ticket: s("t"),
            mail: Outgoing::Send(SendEmail {
                to: None,
                subject: None,
                content: s("c"),
                format: Format::Html,
            }),
            insist: true,
            word: Word::NotAsked,
        })),
        "35000000 01000000 0700000000000000 e8030000 14000000 0100000000000000 74
         00000000 00 00 0100000000000000 63 01000000 01 02000000",
    );
    golden(
        &request(Call::Decide(Decision {
            ticket: s(""),
            mail: Outgoing::Reply(ReplyEmail {
                id: 5,
                content: s("c"),
                format: Format::Markdown,
                subject: None,
            }),
            insist: false,
            word: Word::No,
        })),
        "3b000000 01000000 0700000000000000 e8030000 14000000 0000000000000000
         01000000 0500000000000000 0100000000000000 63 00000000 00 00 01000000",
    );
    golden(
        &request(Call::Held),
        "14000000 01000000 0700000000000000 e8030000 15000000",
    );
    golden(
        &request(Call::Approve(Verdict {
            number: 2,
            send: true,
        })),
        "1d000000 01000000 0700000000000000 e8030000 16000000 0200000000000000 01",
    );
    golden(
        &answer(Answer::News(News {
            mark: 9,
            arrived: true,
        })),
        "1d000000 00000000 0700000000000000 00000000 0f000000 0900000000000000 01",
    );
    let mail = Summary {
        from: s("f"),
        to: s("t"),
        subject: s("s"),
        text: s("x"),
        left_out: 4,
        invisible: 5,
    };
    golden(
        &answer(Answer::Ask(Question {
            ticket: s("k"),
            mail: mail.clone(),
        })),
        "4d000000 00000000 0700000000000000 00000000 10000000 0100000000000000 6b
         0100000000000000 66 0100000000000000 74 0100000000000000 73 0100000000000000 78
         0400000000000000 05000000",
    );
    golden(
        &answer(Answer::Held(vec![Held {
            number: 2,
            since: s("a"),
            until: s("b"),
            mail,
        }])),
        "66000000 00000000 0700000000000000 00000000 11000000 0100000000000000 0200000000000000
         0100000000000000 61 0100000000000000 62 0100000000000000 66 0100000000000000 74
         0100000000000000 73 0100000000000000 78 0400000000000000 05000000",
    );
}
