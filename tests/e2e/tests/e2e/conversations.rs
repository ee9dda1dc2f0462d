//! Conversations: quoted history, previews, and mails grouped by conversation.

use crate::mail::desk;
use serde_json::{Value, json};
use tai_e2e::Machine;
use tai_sandbox::NewMail;

const READ: &str = "GET /api/v1/messages/{id}";

fn deliver(machine: &Machine, from: &str, subject: &str, body: &str) -> u64 {
    let mail = NewMail {
        from: from.into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some(subject.into()),
        body_html: Some(body.into()),
        ..NewMail::default()
    };
    machine.sandbox.deliver(&mail).unwrap().unwrap()
}

const REPLY: &str = r#"<div>At noon. Call me:</div><div>+49 30 1234 56</div><div class="gmail_quote">
    <div>On Mon, Nov 23, 2026 at 10:00 AM Alice &lt;desk.alice@tai.chat&gt; wrote:<br></div>
    <blockquote><div>When do we meet?</div><div style="color:#c00">Not before ten.</div>
    <div>On Sun, Nov 22, 2026 at 10:00 AM Bob &lt;bob@example.com&gt; wrote:<br></div>
    <blockquote>We have to meet.<br>Bob</blockquote></blockquote></div>"#;

#[test]
fn the_quoted_history_of_a_reply_is_left_out_unless_asked_for_and_answers_in_it_stay() {
    let machine = Machine::new();
    let _taid = machine.start();
    let reply = deliver(&machine, "bob@example.com", "Re: Lunch", REPLY);
    let inline = format!("{REPLY}<p>And where?</p>");
    let plain = NewMail {
        from: "bob@example.com".into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some("Re: Lunch".into()),
        body_text: Some("At noon.\n\nOn 2026-11-23 Alice wrote:\n> When?\n".into()),
        ..NewMail::default()
    };
    deliver(&machine, "bob@example.com", "Re: Lunch", &inline);
    let mut shim = desk(&machine);

    let read = shim.call("fetch_email", json!({}));
    assert!(read.body().contains("At noon."), "{}", read.text);
    assert!(read.body().contains("+49 30 1234 56"), "{}", read.text);
    // The person typed an answer into the quote.
    assert!(read.body().contains("Not before ten."), "{}", read.text);
    assert!(!read.text.contains("We have to meet."), "{}", read.text);
    let notice = read.structured["notice"].as_str().unwrap();
    insta::assert_snapshot!(notice, @"4 lines of quoted history are left out at the end of email 1: fetch_email with email_id 1, full true returns them.");
    assert_eq!(read.structured["email"]["read"], json!(true));

    let full = shim.call("fetch_email", json!({"email_id": reply, "full": true}));
    assert!(full.body().contains("We have to meet."), "{}", full.text);
    assert!(full.structured["notice"].is_null(), "{}", full.structured);

    let inline = shim.call("fetch_email", json!({}));
    assert!(
        inline.body().contains("We have to meet."),
        "{}",
        inline.text
    );
    assert!(inline.body().contains("And where?"), "{}", inline.text);

    machine.sandbox.deliver(&plain).unwrap();
    let plain = shim.call("fetch_email", json!({}));
    assert!(plain.body().contains("At noon."), "{}", plain.text);
    assert!(!plain.text.contains("When?"), "{}", plain.text);
}

#[test]
fn a_list_with_previews_reads_the_bodies_of_the_shown_mails_only() {
    let machine = Machine::new();
    let _taid = machine.start();
    for n in 0..5 {
        let body = format!("<p hidden>Hidden</p><p>Body {n}</p>");
        deliver(&machine, "bob@example.com", "s", &body);
    }
    deliver(&machine, "bob@example.com", "Re: Lunch", REPLY);
    let mut shim = desk(&machine);
    let listed = shim.call("list_inbox", json!({"limit": 2, "previews": true}));
    let previews: Vec<&Value> = listed.structured["emails"]
        .as_array()
        .unwrap()
        .iter()
        .map(|email| &email["preview"])
        .collect();
    assert_eq!(
        previews,
        [&json!("At noon. Call me: +49 30 1234 56"), &json!("Body 4")]
    );
    assert!(listed.text.contains("| Body 4 |"), "{}", listed.text);
    assert_eq!(machine.sandbox.count(READ), 2);
    let all = shim.call("list_inbox", json!({}));
    assert_eq!(all.structured["total"], json!(6), "no mail was marked read");
    let refused = shim.call("list_inbox", json!({"limit": 21, "previews": true}));
    assert!(refused.is_error);
    insta::assert_snapshot!(refused.text, @r#"
    error: "limit" cannot be used: expected a whole number from 1 to 20, because previews is true
    hint: correct "limit" and call again; nothing was sent or changed
    "#);
}

#[test]
fn lists_and_searches_group_mails_by_conversation() {
    let machine = Machine::new();
    let _taid = machine.start();
    let first = deliver(&machine, "bob@example.com", "Budget", "<p>first</p>");
    let other = deliver(&machine, "ann@example.com", "Budget", "<p>other</p>");
    let answer = deliver(
        &machine,
        "bob@example.com",
        "AW: Re: Budget",
        "<p>second</p>",
    );
    let mut shim = desk(&machine);
    let listed = shim.call("list_inbox", json!({"threads": true}));
    let found = shim.call("search_inbox", json!({"query": "budget", "threads": true}));
    for result in [&listed, &found] {
        let threads = result.structured["threads"].as_array().unwrap();
        let ids: Vec<Vec<u64>> = threads
            .iter()
            .map(|thread| {
                let emails = thread["emails"].as_array().unwrap();
                emails
                    .iter()
                    .map(|email| email["id"].as_u64().unwrap())
                    .collect()
            })
            .collect();
        assert_eq!(ids, [vec![answer, first], vec![other]]);
        assert!(result.structured["emails"].is_null());
        assert!(result.structured["caution"].is_string());
        assert!(
            result.text.contains(&format!("| {answer}, {first} |")),
            "{}",
            result.text
        );
    }
}
