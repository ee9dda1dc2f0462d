//! A long mail comes in parts, and counts as read after its last part.

use crate::mail::desk;
use serde_json::{Value, json};
use std::fmt::Write as _;
use tai_e2e::{
    Machine,
    mcp::{Shim, ToolResult},
};
use tai_sandbox::NewMail;

/// Delivers a mail of numbered lines and returns its id.
fn deliver(machine: &Machine, lines: u32) -> u64 {
    let mut text = String::new();
    for n in 0..lines {
        writeln!(text, "line {n} of the report, which is long\n").unwrap();
    }
    let mail = NewMail {
        from: "someone@example.com".into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some("report".into()),
        body_text: Some(text),
        ..NewMail::default()
    };
    machine.sandbox.deliver(&mail).unwrap().unwrap()
}

fn is_read(machine: &Machine, id: u64) -> bool {
    let mails = machine.sandbox.mails().unwrap();
    mails.iter().find(|mail| mail.id == id).unwrap().is_read
}

fn part(shim: &mut Shim, arguments: Value) -> ToolResult {
    let read = shim.call("fetch_email", arguments);
    assert!(!read.is_error, "{}", read.text);
    read
}

/// Returns the number of the part and the number of parts.
fn position(read: &ToolResult) -> (u64, u64) {
    let email = &read.structured["email"];
    (
        email["part"].as_u64().unwrap_or(1),
        email["parts"].as_u64().unwrap_or(1),
    )
}

#[test]
fn a_long_mail_is_read_in_parts_and_marked_after_the_last_one() {
    let machine = Machine::new();
    let _taid = machine.start();
    let id = deliver(&machine, 5_000);
    let mut shim = desk(&machine);
    let first = part(&mut shim, json!({}));
    let (_, of) = position(&first);
    assert!(of > 10, "{of}");
    let mut whole = first.body().to_owned();
    for number in 2..=of {
        assert!(!is_read(&machine, id), "before part {number}");
        let next = part(&mut shim, json!({"email_id": id, "part": number}));
        assert_eq!(position(&next), (number, of));
        // Each form has room beside the body.
        assert!(next.text.len() < 9_000, "{}", next.text.len());
        assert!(next.structured.to_string().len() < 10_000);
        whole.push_str(next.body());
    }
    assert!(is_read(&machine, id));
    for n in 0..5_000 {
        assert_eq!(whole.matches(&format!("line {n} of")).count(), 1, "{n}");
    }
    let none = part(&mut shim, json!({}));
    assert_eq!(none.text, "No unread emails found for desk.alice@tai.chat");
    assert_eq!(none.structured["notice"], none.text.as_str());
}

#[test]
fn later_parts_keep_the_size_of_the_first_one() {
    let machine = Machine::new();
    let _taid = machine.start();
    let id = deliver(&machine, 1_000);
    let mut shim = desk(&machine);
    let first = part(&mut shim, json!({"email_id": id}));
    let (_, of) = position(&first);
    let mut whole = first.body().to_owned();
    for number in 2..=of {
        let arguments = json!({"email_id": id, "part": number, "max_chars": 30_000, "full": true});
        let next = part(&mut shim, arguments);
        assert_eq!(position(&next), (number, of));
        let notice = next.structured["notice"].as_str().unwrap();
        assert!(
            notice.contains("keep max_chars and full of part 1"),
            "{notice}"
        );
        whole.push_str(next.body());
    }
    for n in 0..1_000 {
        assert_eq!(whole.matches(&format!("line {n} of")).count(), 1, "{n}");
    }
    let again = part(&mut shim, json!({"email_id": id, "max_chars": 1_000_000}));
    assert_eq!(position(&again), (1, 1));
}

#[test]
fn a_mail_that_was_begun_and_not_finished_comes_back() {
    let machine = Machine::new();
    let _taid = machine.start();
    let long = deliver(&machine, 500);
    let short = deliver(&machine, 1);
    let mut shim = desk(&machine);
    let first = part(&mut shim, json!({}));
    assert!(
        first
            .text
            .starts_with(&format!("Part 1 of 3 of email {long}.")),
        "{}",
        first.text
    );
    // The next mail, then the rest of the first one.
    let next = part(&mut shim, json!({}));
    assert_eq!(next.structured["email"]["id"], short);
    assert!(is_read(&machine, short) && !is_read(&machine, long));
    let second = part(&mut shim, json!({}));
    assert_eq!(position(&second), (2, 3));
    let back = format!("Email {long} was begun and not finished: its next part follows.");
    assert!(second.text.starts_with(&back), "{}", second.text);
    assert!(
        second.structured["notice"]
            .as_str()
            .unwrap()
            .starts_with(&back)
    );
    // Another client begins at the first part, and learns that it was given out before.
    shim.kill();
    let mut other = desk(&machine);
    let again = part(&mut other, json!({}));
    assert_eq!(position(&again), (1, 3));
    let earlier = format!("Email {long} was begun earlier and not finished: parts 1 to 2 were");
    assert!(again.text.starts_with(&earlier), "{}", again.text);
    // No other mail is unread, so the same call goes on.
    for number in 2..=3 {
        assert_eq!(position(&part(&mut other, json!({}))), (number, 3));
    }
    assert!(is_read(&machine, long));
}

#[test]
fn a_begun_mail_is_given_to_no_other_client() {
    let machine = Machine::new();
    let _taid = machine.start();
    let long = deliver(&machine, 500);
    let (mut one, mut two) = (desk(&machine), desk(&machine));
    part(&mut one, json!({}));
    let none = part(&mut two, json!({}));
    assert_eq!(none.structured["email"], Value::Null, "{}", none.text);
    let last = part(&mut one, json!({"part": 3}));
    assert_eq!(last.structured["email"]["id"], long);
    assert!(is_read(&machine, long));
}

#[test]
fn a_begun_mail_stays_with_its_client_after_a_restart_of_taid() {
    let machine = Machine::new();
    let taid = machine.start();
    deliver(&machine, 500);
    let mut one = desk(&machine);
    part(&mut one, json!({}));
    taid.kill();
    let _taid = machine.start();
    assert_eq!(position(&part(&mut one, json!({}))), (2, 3));
    let none = part(&mut desk(&machine), json!({}));
    assert_eq!(none.structured["email"], Value::Null, "{}", none.text);
    assert_eq!(position(&part(&mut one, json!({}))), (3, 3));
}

#[test]
fn a_begun_mail_that_is_deleted_ends_and_the_next_one_comes() {
    let machine = Machine::new();
    let _taid = machine.start();
    let id = deliver(&machine, 5_000);
    let mut shim = desk(&machine);
    part(&mut shim, json!({}));
    assert!(!shim.call("delete_email", json!({"email_id": id})).is_error);
    let none = part(&mut shim, json!({}));
    assert_eq!(none.text, "No unread emails found for desk.alice@tai.chat");
    let next = deliver(&machine, 1);
    assert_eq!(part(&mut shim, json!({})).structured["email"]["id"], next);
}

#[test]
fn the_agent_chooses_the_size_of_a_part() {
    let machine = Machine::new();
    let _taid = machine.start();
    let id = deliver(&machine, 500);
    let mut shim = desk(&machine);
    let small = part(&mut shim, json!({"email_id": id, "max_chars": "1000"}));
    let next = format!("Call fetch_email with email_id {id}, part 2, max_chars 1000 for");
    assert!(small.text.contains(&next), "{}", small.text);
    assert!(!is_read(&machine, id));
    let whole = part(&mut shim, json!({"email_id": id, "max_chars": 1_000_000}));
    assert_eq!(position(&whole), (1, 1));
    assert!(is_read(&machine, id));
    for (arguments, error) in [
        (
            json!({"email_id": id, "part": 9}),
            "\"part\" cannot be used: email 1 has 3 parts",
        ),
        (
            json!({"part": 2}),
            "\"email_id\" is missing: it names the email that has the part",
        ),
        (
            json!({"max_chars": 10}),
            "\"max_chars\" cannot be used: expected a whole number from 1000 to 1000000, not 10",
        ),
    ] {
        let refused = shim.call("fetch_email", arguments);
        assert!(
            refused.is_error && refused.text.contains(error),
            "{}",
            refused.text
        );
    }
}

#[test]
fn a_mail_whose_limit_changes_begins_again_and_counts_as_read_after_all_of_it() {
    let machine = Machine::new();
    let _taid = machine.start();
    let id = deliver(&machine, 500);
    let mut shim = desk(&machine);
    for max_chars in [2000, 5000, 1_000_000] {
        assert!(!is_read(&machine, id));
        let begun = part(&mut shim, json!({"max_chars": max_chars}));
        assert_eq!(position(&begun).0, 1, "{}", begun.text);
        assert!(
            !begun.text.contains("its next part follows"),
            "{}",
            begun.text
        );
    }
    assert!(is_read(&machine, id));
}

#[test]
fn a_client_that_passes_on_both_forms_gets_one() {
    let machine = Machine::new();
    let _taid = machine.start();
    deliver(&machine, 1);
    let mut shim = machine
        .shim("desk")
        .initialized("copilot-cli", "2025-11-25");
    let tools = shim.request("tools/list", json!({}));
    for tool in tools["result"]["tools"].as_array().unwrap() {
        assert_eq!(tool["outputSchema"], Value::Null, "{tool}");
    }
    let id = shim.begin(
        "tools/call",
        json!({"name": "fetch_email", "arguments": {}}),
    );
    let answer = shim.finish(&id);
    let result = &answer["result"];
    assert_eq!(result["structuredContent"], Value::Null);
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(
        text.starts_with("[Begin of untrusted email content "),
        "{text}"
    );
}

#[test]
fn a_begun_mail_goes_to_no_other_client_after_a_restart_of_taid() {
    for is_killed in [false, true] {
        let machine = Machine::new();
        let taid = machine.start();
        let id = deliver(&machine, 500);
        let mut one = desk(&machine);
        assert_eq!(position(&part(&mut one, json!({}))), (1, 3));
        match is_killed {
            true => taid.kill(),
            false => taid.stop(),
        }
        let _taid = machine.start();
        // The other client fetches at once. The first one makes no call.
        let mut two = desk(&machine);
        for _ in 0..2 {
            let none = part(&mut two, json!({}));
            assert_eq!(none.structured["email"], Value::Null, "{}", none.text);
            let none = two.call("wait_for_email", json!({"timeout": 4}));
            assert_eq!(none.structured["email"], Value::Null, "{}", none.text);
        }
        assert_eq!(position(&part(&mut one, json!({}))), (2, 3));
        assert_eq!(position(&part(&mut one, json!({}))), (3, 3));
        assert!(is_read(&machine, id));
        let none = part(&mut two, json!({}));
        assert_eq!(none.structured["email"], Value::Null, "{}", none.text);
    }
}

#[test]
fn a_begun_mail_of_a_client_that_is_gone_is_free_soon_after_a_restart_of_taid() {
    let machine = Machine::new();
    let taid = machine.start();
    let id = deliver(&machine, 500);
    let mut one = desk(&machine);
    part(&mut one, json!({}));
    taid.kill();
    one.kill();
    let _taid = machine.start();
    let mut two = desk(&machine);
    let mail = two.call("wait_for_email", json!({"timeout": 30}));
    assert_eq!(mail.structured["email"]["id"], id, "{}", mail.text);
}
