//! Tests of the parser. End-to-end tests cover reading and writing of lines.

use super::{super::outline::MAX_OUTLINE, *};
use rmcp::model::{GetMeta as _, JsonRpcRequest};

fn result(line: &str) -> String {
    match parse(line.as_bytes()) {
        Line::Deliver(_) => "delivered".to_owned(),
        Line::Answer(answer) => format!("{} for {}", answer["error"]["code"], answer["id"]),
        Line::Nothing => "nothing".to_owned(),
    }
}

#[test]
fn an_id_that_is_too_long_to_keep_is_refused() {
    let line = |length: usize| {
        let id = "a".repeat(length);
        format!(r#"{{"jsonrpc":"2.0","id":"{id}","method":"ping"}}"#)
    };
    assert_eq!(result(&line(MAX_ID)), "delivered");
    let refused = format!("-32600 for {:?}", "a".repeat(MAX_ID + 1));
    assert_eq!(result(&line(MAX_ID + 1)), refused);
}

#[test]
fn arguments_in_a_text_have_no_more_values_than_a_message() {
    let arguments = format!("{{\"to\":[{}0]}}", "0,".repeat(MAX_VALUES));
    let params = json!({"name": "send_email", "arguments": arguments});
    let line = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    assert_eq!(mended(line.to_string().as_bytes()), None);
    let answer = bad_params(&json!(1), "tools/call", Some(&params));
    let told = answer["error"]["message"].as_str().unwrap();
    assert!(
        told.ends_with("`arguments` has more than 20000 values"),
        "{told}"
    );
}

#[test]
fn each_line_is_delivered_or_answered_or_needs_no_answer() {
    for (line, expected) in [
        (r#"{"jsonrpc":"2.0","id":0,"method":"ping"}"#, "delivered"),
        (
            r#"{"jsonrpc":"2.0","id":"a","method":"tools/list","params":{}}"#,
            "delivered",
        ),
        (
            r#"  {"jsonrpc":"2.0","id":1,"method":"ping"}  "#,
            "delivered",
        ),
        (
            r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
            "delivered",
        ),
        ("", "nothing"),
        ("   ", "nothing"),
        ("{", "-32700 for null"),
        ("\u{feff}{}", "-32600 for null"),
        ("{} {}", "-32700 for null"),
        ("[]", "-32600 for null"),
        ("null", "-32600 for null"),
        (
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            "-32600 for null",
        ),
        (
            r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            "-32600 for null",
        ),
        (r#"{"jsonrpc":"2.0","id":1}"#, "-32600 for null"),
        (
            r#"{"jsonrpc":"2.0","id":5,"method":"ping","params":7}"#,
            "-32602 for 5",
        ),
    ] {
        assert_eq!(result(line), expected, "{line}");
    }
    let call = |argument: &[u8]| {
        let start = br#"{"method":"tools/call","params":{"name":"x","arguments":{"a":"#;
        [start, argument, br#"}},"jsonrpc":"2.0","id":5}"#].concat()
    };
    let deep = ["[".repeat(200), "]".repeat(200)].concat();
    for (line, expected) in [
        (b"\"\xff\"".to_vec(), (-32700, json!(null))),
        (call(b"\"\xff\""), (-32700, json!(5))),
        (call(deep.as_bytes()), (-32600, json!(5))),
    ] {
        let Line::Answer(answer) = parse(&line) else {
            panic!("{}", String::from_utf8_lossy(&line));
        };
        let given = (&answer["error"]["code"], &answer["id"]);
        assert_eq!(given, (&json!(expected.0), &expected.1), "{answer}");
    }
    let deep = "[".repeat(100_000);
    assert!(matches!(parse(deep.as_bytes()), Line::Answer(_)));
}

#[test]
fn a_batch_has_a_bounded_number_of_messages() {
    let batch = |count: usize| format!("[{}]", vec!["{}"; count].join(","));
    for (line, expected) in [
        (batch(0), None),
        (batch(2), Some(2)),
        (batch(256), Some(256)),
        (batch(257), None),
        ("[1]".to_owned(), None),
        ("{}".to_owned(), None),
    ] {
        let found = messages(line.as_bytes()).map(|messages| messages.len());
        assert_eq!(found, expected, "{line:.20}");
    }
}

#[test]
fn a_refusal_names_what_is_wrong() {
    let said = |line: &str| match parse(line.as_bytes()) {
        Line::Deliver(message) => match *message {
            JsonRpcMessage::Request(JsonRpcRequest {
                request: ClientRequest::CustomRequest(custom),
                ..
            }) => {
                let answer = bad_params(&json!(1), &custom.method, custom.params.as_ref());
                answer["error"]["message"].as_str().unwrap().to_owned()
            }
            _ => "delivered".to_owned(),
        },
        Line::Answer(answer) => answer["error"]["message"].as_str().unwrap().to_owned(),
        Line::Nothing => "nothing".to_owned(),
    };
    let call = |params: &str| {
        let line = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#);
        said(&line)
    };
    let initialize = |params: &str| {
        let line = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{params}}}"#);
        said(&line)
    };
    let info = r#""clientInfo":{"name":"a","version":"1"}"#;
    insta::assert_snapshot!(call("[]"), @"the parameters of `tools/call` cannot be used: they must be an object, not an array");
    insta::assert_snapshot!(call(r#"{"arguments":{}}"#), @"the parameters of `tools/call` cannot be used: missing field `name`");
    insta::assert_snapshot!(call(r#"{"name":5}"#), @"the parameters of `tools/call` cannot be used: `name`: invalid type: integer `5`, expected a string");
    insta::assert_snapshot!(call(r#"{"name":"list_inbox","arguments":5}"#), @"the parameters of `tools/call` cannot be used: `arguments` must be an object, not a number");
    insta::assert_snapshot!(call(r#"{"name":"list_inbox","arguments":[1]}"#), @"the parameters of `tools/call` cannot be used: `arguments` must be an object, not an array");
    insta::assert_snapshot!(call(r#"{"name":"list_inbox","arguments":"{bad"}"#), @"the parameters of `tools/call` cannot be used: `arguments` is a text that is no JSON object; write the object itself");
    insta::assert_snapshot!(call(r#"{"name":"list_inbox","arguments":[]}"#), @"delivered");
    insta::assert_snapshot!(call(r#"{"name":"list_inbox","arguments":"[]"}"#), @"delivered");
    insta::assert_snapshot!(initialize(r#"{"protocolVersion":"2025-11-25","capabilities":{}}"#), @"the parameters of `initialize` cannot be used: missing field `clientInfo`");
    insta::assert_snapshot!(initialize(&format!(r#"{{"protocolVersion":"2025-11-25","capabilities":{{"roots":true}},{info}}}"#)), @"the parameters of `initialize` cannot be used: `capabilities`: invalid type: boolean `true`, expected struct RootsCapabilities");
    insta::assert_snapshot!(initialize(&format!(r#"{{"capabilities":{{}},{info}}}"#)), @"the parameters of `initialize` cannot be used: missing field `protocolVersion`");
    insta::assert_snapshot!(said(r#"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#), @"the parameters of `initialize` cannot be used: they are missing");
    insta::assert_snapshot!(said(r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#), @r#"`jsonrpc` must be "2.0""#);
    insta::assert_snapshot!(said(r#"{"id":1,"method":"ping"}"#), @r#"`jsonrpc` must be "2.0""#);
    insta::assert_snapshot!(said(r#"{"jsonrpc":"2.0","id":18446744073709551615,"method":"ping"}"#), @"`id` must be a text or a whole number of at most 63 bits");
    insta::assert_snapshot!(said(r#"{"jsonrpc":"2.0","id":1}"#), @"the message is not a JSON-RPC 2.0 request: it has no method");
}

#[test]
fn the_parser_of_tool_calls_agrees_with_rmcp() {
    let meta = r#"{"io.modelcontextprotocol/protocolVersion":"2026-07-28","progressToken":3}"#;
    for params in [
        r#"{"name":"list_inbox"}"#.to_owned(),
        r#"{"name":"list_inbox","arguments":{"limit":3,"x":[1,{"y":null}]}}"#.to_owned(),
        format!(r#"{{"_meta":{meta},"name":"n","arguments":{{}}}}"#),
    ] {
        let line =
            format!(r#"{{"params":{params},"method":"tools/call","id":"7","jsonrpc":"2.0"}}"#);
        let short = tool_call(line.as_bytes()).unwrap();
        let long = serde_json::from_slice::<ClientJsonRpcMessage>(line.as_bytes()).unwrap();
        assert_eq!(
            serde_json::to_value(&short).unwrap(),
            serde_json::to_value(&long).unwrap()
        );
        let meta = |message: ClientJsonRpcMessage| {
            let JsonRpcMessage::Request(request) = message else {
                panic!()
            };
            serde_json::to_value(request.request.get_meta()).unwrap()
        };
        assert_eq!(meta(short), meta(long), "{line}");
    }
    for other in [
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"name":"x"}}"#,
        r#"{"jsonrpc":"1.0","id":1,"method":"tools/call","params":{"name":"x"}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"},"result":{}}"#,
        r#"{"jsonrpc":"2.0","method":"tools/call","params":{"name":"x"}}"#,
    ] {
        assert!(tool_call(other.as_bytes()).is_none(), "{other}");
    }
}

#[test]
fn an_answer_of_the_client_ends_its_question_in_whatever_form_it_comes() {
    let answer = |members: &[u8]| {
        let line = [br#"{"jsonrpc":"2.0","id":3,"#, members, b"}"].concat();
        match parse(&line) {
            Line::Deliver(message) => match *message {
                JsonRpcMessage::Response(answer) => (json!(answer.id), json!(answer.result)),
                JsonRpcMessage::Error(answer) => (json!(answer.id), json!(answer.error.message)),
                _ => panic!("{}", String::from_utf8_lossy(&line)),
            },
            Line::Answer(_) | Line::Nothing => (json!(null), json!("lost")),
        }
    };
    let accepted = json!({"action": "accept"});
    let unreadable = json!("the answer cannot be read");
    for (members, expected) in [
        (r#""result":{"action":"accept"}"#, accepted.clone()),
        (
            r#""result":{"action":"accept"},"error":null"#,
            accepted.clone(),
        ),
        (r#""method":null,"result":{"action":"accept"}"#, accepted),
        (
            r#""result":null,"error":{"code":-32601,"message":"no"}"#,
            json!("no"),
        ),
        (r#""result":null"#, json!(null)),
        (r#""result":null,"error":null"#, unreadable.clone()),
        (r#""error":"no""#, unreadable.clone()),
        (r#""error":{"code":-32601}"#, unreadable.clone()),
        (
            r#""error":{"code":-32601.0,"message":"no"}"#,
            unreadable.clone(),
        ),
        (r#""result":{"a":1,"a":2}"#, unreadable.clone()),
    ] {
        assert_eq!(
            answer(members.as_bytes()),
            (json!(3), expected),
            "{members}"
        );
    }
    assert_eq!(answer(b"\"result\":\"\xff\""), (json!(3), unreadable));
    assert_eq!(answer(br#""x":1"#), (json!(null), json!("lost")));
}

/// Returns the arguments of a delivered tool call.
fn arguments(line: &str) -> Option<Value> {
    let Line::Deliver(message) = parse(line.as_bytes()) else {
        return None;
    };
    let JsonRpcMessage::Request(request) = *message else {
        return None;
    };
    let ClientRequest::CallToolRequest(call) = request.request else {
        return None;
    };
    Some(json!(call.params.arguments))
}

#[test]
fn arguments_in_a_string_and_broken_characters_are_mended() {
    let call = |given: &str| {
        arguments(&format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"x","arguments":{given}}}}}"#
        ))
    };
    for (given, expected) in [
        (r#"{"a":1}"#, json!({"a": 1})),
        (r#""{\"a\":1}""#, json!({"a": 1})),
        (r#""""#, json!({})),
        (r#""null""#, json!({})),
        (r#""{\"a\":\"x\\ud83d\"}""#, json!({"a": "x\u{fffd}"})),
        ("null", Value::Null),
        (r#"{"a":"\ud83d\ude00"}"#, json!({"a": "\u{1f600}"})),
        (r#"{"a":"x\ud83d"}"#, json!({"a": "x\u{fffd}"})),
        (
            r#"{"a":"\ude00\ud83dy"}"#,
            json!({"a": "\u{fffd}\u{fffd}y"}),
        ),
        (
            r#"{"a":"\\ud83d \ud83d"}"#,
            json!({"a": "\\ud83d \u{fffd}"}),
        ),
    ] {
        assert_eq!(call(given), Some(expected), "{given}");
    }
    for bad in ["7", "[1]", r#""[1]""#, r#""not json""#] {
        assert_eq!(call(bad), None, "{bad}");
    }
    let marked = "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"ping\"}";
    assert_eq!(result(marked), "delivered");
}

#[test]
fn the_id_of_a_message_is_found_before_and_after_its_values() {
    let params = r#"{"name":"x","arguments":{"a":"\"}]{\\","id":3},"id":4}"#;
    for (line, id) in [
        (
            format!(r#"{{"id":5,"method":"m","params":{params}}}"#),
            json!(5),
        ),
        (
            format!(r#" {{"method":"m","params":{params},"x":[[1],{{}}],"id":"a\"b"}} "#),
            json!("a\"b"),
        ),
        (
            format!(r#"{{"method":"m","params":{params}}}"#),
            json!(null),
        ),
        (
            format!(r#"{{"id":5,"result":{params}}}"#),
            json!("the question 5 ends"),
        ),
        (
            format!(r#"{{"error":{params},"id":"a"}}"#),
            json!("the question \"a\" ends"),
        ),
        (
            format!(r#"{{"id":5,"result":"{}"}}"#, "r".repeat(MAX_OUTLINE)),
            json!(null),
        ),
        (
            format!(r#"[{{"id":5,"method":"m"}},{params}]"#),
            json!(null),
        ),
        (
            format!(r#"{{"id":5,"method":"{}"}}"#, "m".repeat(MAX_OUTLINE)),
            json!(null),
        ),
    ] {
        for size in [1, 7, line.len()] {
            let mut outline = Outline::default();
            for piece in line.as_bytes().chunks(size) {
                outline.add(piece);
            }
            let found = match refused(&outline, "") {
                Line::Answer(answer) => answer["id"].clone(),
                Line::Deliver(message) => {
                    let message = json!(*message);
                    json!(format!("the question {} ends", message["id"]))
                }
                Line::Nothing => json!("nothing"),
            };
            assert_eq!(found, id, "{line:.200}");
        }
    }
}
