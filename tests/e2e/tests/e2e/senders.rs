//! Senders: how they are shown, and which one a condition names.

use crate::mail::desk;
use serde_json::json;
use tai_e2e::Machine;
use tai_sandbox::NewMail;

fn deliver(machine: &Machine, from: &str) -> u64 {
    let mail = NewMail {
        from: from.into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some("code".into()),
        body_text: Some("1234".into()),
        ..NewMail::default()
    };
    machine.sandbox.deliver(&mail).unwrap().unwrap()
}

#[test]
fn a_sender_is_shown_as_it_is_and_an_address_matches_itself_alone() {
    let machine = Machine::new();
    let _taid = machine.start();
    for other in [
        "bob@exa\u{200b}mple.com",
        "bob@ex\u{430}mple.com",
        "bob@example.com.evil.example",
        "notbob@example.com",
        "\"bob@example.com\" <eve@evil.example>",
    ] {
        deliver(&machine, other);
    }
    let mut shim = desk(&machine);
    let listed = shim.call("list_inbox", json!({}));
    for shown in [
        "| bob@exa‹U+200B›mple.com |",
        "| bob@ex\u{430}mple.com (domain xn--exmple-4nf.com) |",
    ] {
        assert!(listed.text.contains(shown), "{}", listed.text);
    }
    let wait = |timeout: u32| json!({"from": "Bob@example.com", "timeout": timeout});
    let none = shim.call("wait_for_email", wait(1));
    assert!(
        none.text.starts_with("No matching email arrived"),
        "{}",
        none.text
    );
    let id = deliver(&machine, "bob@example.com");
    let found = shim.call("search_inbox", json!({"query": "from:bob@example.com"}));
    assert_eq!(found.structured["emails"].as_array().unwrap().len(), 1);
    let awaited = shim.call("wait_for_email", wait(40));
    assert_eq!(awaited.structured["email"]["id"], id, "{}", awaited.text);
}

#[test]
fn encoded_words_that_the_bridge_did_not_decode_are_shown_and_found_as_text() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mail = NewMail {
        from: "=?utf-8?Q?M=C3=BCller,_J=C3=B6rg?= <jm@x.example>".into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some(
            "=?UTF-8?B?R3LDvMOfZQ==?= =?utf-8?Q?=FF?= =?utf-8?Q?=E2=80=8Ba=0D=0Ab?=".into(),
        ),
        body_text: Some("1234".into()),
        ..NewMail::default()
    };
    let id = machine.sandbox.deliver(&mail).unwrap().unwrap();
    let mut shim = desk(&machine);
    let query = json!({"query": "from:jörg from:jm@x.example subject:grüße"});
    let found = shim.call("search_inbox", query);
    let row = &found.structured["emails"][0];
    assert_eq!(
        row["from"], "\"Müller, Jörg\" <jm@x.example>",
        "{}",
        found.text
    );
    assert_eq!(row["subject"], "Grüße =?utf-8?Q?=FF?= a b");
    let reply = json!({"message_id": id, "content": "Hello", "dry_run": true});
    let reply = shim.call("reply_email", reply).text;
    assert!(reply.contains("Re: Grüße"), "{reply}");
    assert!(reply.contains("jm@x.example"), "{reply}");
}
