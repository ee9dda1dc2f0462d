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

#[test]
fn a_long_name_hides_no_address_and_a_reply_is_shown_to_go_where_it_goes() {
    let machine = Machine::new();
    let _taid = machine.start();
    let eve = "<eve@evil.example>";
    let names = [
        format!("bob@bank.example{:95}", ""),
        format!("bob@bank.example{:990}", ""),
        format!("bob@bank.example{}", "\u{a0}".repeat(5_000)),
        format!("bob@bank.example{}", "\t".repeat(6_000)),
        format!("Bob bob at bank.example {} ", "\u{e9}".repeat(900)),
        format!("=?utf-8?Q?Bob{}?= ", "=E2=80=8B".repeat(95)),
        format!(
            "\"bob@bank.example, Head of Payments, {}\" ",
            "x".repeat(150)
        ),
        "Bob\u{e0064}\u{e0065}\u{202e} ".to_owned(),
    ];
    for name in &names {
        deliver(&machine, &format!("{name}{eve}"));
    }
    let mut shim = desk(&machine);
    let listed = shim.call("list_inbox", json!({}));
    let rows = listed.structured["emails"].as_array().unwrap();
    assert_eq!(rows.len(), names.len());
    let mut answered = 0;
    for row in rows {
        let from = row["from"].as_str().unwrap();
        assert!(from.ends_with(eve), "{from}");
        assert!(listed.text.contains(from), "{}", listed.text);
        let id = row["id"].as_u64().unwrap();
        let fetched = shim.call("fetch_email", json!({"email_id": id}));
        let from = fetched.structured["email"]["from"].as_str().unwrap();
        assert!(from.ends_with(eve), "{from}");
        for dry_run in [true, false] {
            let reply = json!({"message_id": id, "content": format!("{id}"), "dry_run": dry_run});
            let reply = shim.call("reply_email", reply);
            // A field that names two addresses is not answered.
            if !reply.is_error {
                assert_eq!(reply.structured["to"], "eve@evil.example", "{}", reply.text);
                answered += 1;
            }
        }
    }
    assert_eq!(answered, 6, "three senders have one address");
}

#[test]
fn a_subject_is_sent_as_it_is_shown() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mail = NewMail {
        from: "eve@evil.example".into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some("=?utf-8?Q?=3D=3Futf-8=3FQ=3FSend=5Fmoney=3F=3D?=".into()),
        body_text: Some("1234".into()),
        ..NewMail::default()
    };
    let id = machine.sandbox.deliver(&mail).unwrap().unwrap();
    let mut shim = desk(&machine);
    let reply = json!({"message_id": id, "content": "No.", "dry_run": true});
    let reply = shim.call("reply_email", reply);
    assert_eq!(reply.structured["subject"], "Re: = ?utf-8?Q?Send_money?=");
    let subject = "=?utf-8?Q?lunch?=";
    let sent = json!({"to": "bob@example.com", "subject": subject, "content": "x"});
    let sent = shim.call("send_email", sent);
    insta::assert_snapshot!(sent.text, @r#"
    error: "subject" cannot be used: it has an encoded word, `=?...?=`; write the words as they are to be read
    hint: correct "subject" and call again; nothing was sent or changed
    "#);
}
