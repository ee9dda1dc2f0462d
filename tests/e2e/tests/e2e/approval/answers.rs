//! Answers to the question that are not as MCP has them, or that come after taid has stopped.

use super::*;

/// Submits a mail and returns the id of its call and the question.
fn asked(shim: &mut Shim) -> (Value, Value) {
    let id = shim.begin_call("send_email", mail("text"));
    (id, shim.hear(ELICIT)["id"].clone())
}

#[test]
fn an_answer_has_its_effect_with_members_that_are_null_beside_it() {
    let machine = machine("always");
    let (_taid, mut shim) = (machine.start(), asking(&machine));
    let (id, question) = asked(&mut shim);
    let accept = json!({"action": "accept"});
    shim.send(&json!({"jsonrpc": "2.0", "id": question, "result": accept, "error": null}));
    let result = shim.finish_call(&id);
    assert!(!result.is_error, "{}", result.text);
    assert_eq!(sent(&machine).len(), 1);
}

#[test]
fn an_answer_that_cannot_be_read_leaves_the_mail_waiting() {
    let machine = machine("always");
    let (_taid, mut shim) = (machine.start(), asking(&machine));
    let (id, question) = asked(&mut shim);
    shim.send(&json!({"jsonrpc": "2.0", "id": question, "error": "no"}));
    let result = shim.finish_call(&id);
    let waits = "waits for the user's approval";
    assert!(result.text.contains(waits), "{}", result.text);
    assert_eq!(machine.held(), 1);
    assert!(sent(&machine).is_empty());
}

#[test]
fn a_mail_that_the_user_declines_after_its_taid_has_stopped_is_declined() {
    let machine = machine("always");
    let first = machine.start();
    let mut shim = asking(&machine);
    let (id, question) = asked(&mut shim);
    first.kill();
    let second = machine.start();
    let decline = json!({"action": "decline"});
    shim.send(&json!({"jsonrpc": "2.0", "id": question, "result": decline}));
    let restarted = shim.finish_call(&id).text;
    insta::assert_snapshot!(restarted, @"
    error: the user did not approve the mail
    caused by: taid's configuration requires the user's approval (confirm_send)
    hint: ask the user what to change, and do not send the mail another way
    ");
    let (id, question) = asked(&mut shim);
    second.kill();
    shim.send(&json!({"jsonrpc": "2.0", "id": question, "result": decline}));
    assert_eq!(shim.finish_call(&id).text, restarted);
    assert!(sent(&machine).is_empty());
}
