//! Large bodies of mails in many calls at once.

use super::{
    answers::{LIST, rows, to_desk},
    desk, works,
};
use serde_json::json;
use tai_e2e::{Machine, USER, processes::peak_memory, wait_until};
use tai_sandbox::{Database, FaultKind, NewMail};

#[test]
fn chaos_many_huge_answers_at_once_need_bounded_memory() {
    let machine = Machine::new();
    let taid = machine.start_with(&[("TAI_MCP_API_TIMEOUT", "120000")]);
    let mut shim = desk(&machine);
    works(&mut shim);
    let before = peak_memory(taid.pid()).unwrap();
    let body = format!(
        r#"{{"id":1,"to":"desk.{USER}@tai.chat","body_text":"{0}","body_html":"{0}"}}"#,
        "x".repeat(1 << 20)
    );
    let mut answer = rows(&body, 24);
    answer.gzip = true;
    machine.sandbox.can(answer, 32, LIST);
    let calls: Vec<_> = (0..32)
        .map(|n| shim.begin_call("search_inbox", json!({"query": format!("word{n}")})))
        .collect();
    for call in &calls {
        shim.finish_call(call);
    }
    let grown = peak_memory(taid.pid()).unwrap() - before;
    eprintln!("32 answers of 50 MB at once: {grown} kB");
    assert!(grown < 250_000, "{grown} kB");
    works(&mut shim);
}

#[test]
fn chaos_parallel_searches_need_bounded_memory_and_delay_no_other_client() {
    let machine = Machine::new();
    for number in 0..24 {
        let mail = NewMail {
            body_text: Some("a line of words\n".repeat(60_000)),
            ..to_desk(&format!("large {number}"))
        };
        machine.sandbox.deliver(&mail).unwrap();
    }
    let small = machine.sandbox.deliver(&to_desk("small")).unwrap();
    let taid = machine.start();
    let (mut shim, mut other) = (desk(&machine), desk(&machine));
    works(&mut shim);
    let before = peak_memory(taid.pid()).unwrap();
    let searches = 32;
    for _ in 0..searches {
        shim.begin_call("search_inbox", json!({"query": "missing"}));
    }
    wait_until("the searches have begun", || {
        machine.sandbox.count(LIST) > 4
    });
    let fetched = other.call("fetch_email", json!({"email_id": small}));
    assert!(!fetched.is_error, "{}", fetched.text);
    let mail = json!({"to": "bob@example.com", "subject": "s", "content": "text"});
    let sent = other.call("send_email", mail);
    assert!(!sent.is_error, "{}", sent.text);
    // Each search takes longer than both calls of the other client.
    let lists = machine.sandbox.count(LIST);
    assert!(
        lists < searches,
        "{lists} of {searches} searches have begun"
    );
    let grown = peak_memory(taid.pid()).unwrap() - before;
    eprintln!("32 searches of 24 MB: {grown} kB");
    assert!(grown < 100_000, "{grown} kB");
    works(&mut other);
}

#[test]
fn chaos_changes_of_large_mails_that_fail_hold_up_no_other_call() {
    let machine = Machine::new();
    let deliver = |number| {
        let mail = NewMail {
            body_text: Some("a line of words\n".repeat(20_000)),
            ..to_desk(&format!("large {number}"))
        };
        machine.sandbox.deliver(&mail).unwrap().unwrap()
    };
    let ids: Vec<u64> = (0..8).map(deliver).collect();
    let _taid = machine.start();
    let mut shim = desk(&machine);
    machine.sandbox.fail(
        FaultKind::Database(Database::WritesFail),
        100,
        "DELETE /api/v1/messages/{id}",
    );
    let calls: Vec<_> = ids
        .iter()
        .map(|id| shim.begin_call("delete_email", json!({"email_id": id})))
        .collect();
    for call in &calls {
        let refused = shim.finish_call(call);
        assert!(
            refused.text.contains("the email still exists"),
            "{}",
            refused.text
        );
    }
}
