//! What is made of a line, whatever it is. How lines travel is tested end to end.

use super::*;

fn said(line: &str) -> String {
    match understand(line.as_bytes()) {
        Line::Deliver(_) => "delivered".to_owned(),
        Line::Answer(answer) => format!("{} for {}", answer["error"]["code"], answer["id"]),
        Line::Nothing => "nothing".to_owned(),
    }
}

#[test]
fn every_line_is_delivered_answered_or_known_to_need_no_answer() {
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
        ("\u{feff}{}", "-32700 for null"),
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
        assert_eq!(said(line), expected, "{line}");
    }
    let not_utf8 = [b'"', 0xff, b'"'];
    assert!(
        matches!(understand(&not_utf8), Line::Answer(answer) if answer["error"]["code"] == -32700)
    );
    let deep = "[".repeat(100_000);
    assert!(matches!(understand(deep.as_bytes()), Line::Answer(_)));
}
