//! MCP over stdio, in both eras, with and without a daemon, with valid and invalid input.

use serde_json::{Value, json};
use tai_e2e::{Machine, wait_until};
use tai_sandbox::FaultKind;

const LIST: &str = "GET /api/v1/messages";

fn meta(revision: &str) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": revision,
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

fn raw(id: u64, method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

#[test]
fn both_protocol_eras_work_without_a_daemon() {
    let machine = Machine::new();
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let mut shim = machine.shim("desk").initialized("test", revision);
        let tools = shim.request("tools/list", json!({}));
        assert_eq!(
            tools["result"]["tools"].as_array().unwrap().len(),
            tai_proto::Tool::ALL.len()
        );
        assert_eq!(
            tools["result"].get("ttlMs"),
            None,
            "{revision} does not know it"
        );
    }
    let mut shim = machine.shim("desk").modern();
    let discovered = shim.request("server/discover", json!({}))["result"].clone();
    assert_eq!(discovered["resultType"], "complete");
    assert!(
        discovered["supportedVersions"]
            .as_array()
            .unwrap()
            .contains(&json!("2026-07-28"))
    );
    assert_eq!(
        discovered["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "tai-mcp"
    );
    assert!(discovered["ttlMs"].as_u64().is_some() && discovered["cacheScope"].is_string());
    for method in ["tools/list", "resources/list", "prompts/list"] {
        let list = shim.request(method, json!({}))["result"].clone();
        assert_eq!(list["resultType"], "complete", "{method}");
        assert!(
            list["ttlMs"].as_u64().is_some() && list["cacheScope"].is_string(),
            "{method}"
        );
        assert_eq!(
            list["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
            "tai-mcp"
        );
    }
}

#[test]
fn the_server_has_a_small_icon_and_no_other_result_repeats_it() {
    let machine = Machine::new();
    let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let greeted = machine.shim("desk").request("initialize", hello)["result"].clone();
    let mut shim = machine.shim("desk").modern();
    let discovered = shim.request("server/discover", json!({}))["result"].clone();
    for server in [
        &greeted["serverInfo"],
        &discovered["_meta"]["io.modelcontextprotocol/serverInfo"],
    ] {
        let icon = &server["icons"][0];
        let source = icon["src"].as_str().unwrap();
        assert!(
            source.starts_with("data:image/svg+xml;base64,PHN2Zy"),
            "{icon}"
        );
        assert!(source.len() <= 1_000, "{}", source.len());
        assert_eq!(icon["mimeType"], "image/svg+xml");
    }
    let tools = shim.request("tools/list", json!({})).to_string();
    assert!(!tools.contains("icons"), "{tools}");
}

#[test]
fn a_probing_client_may_continue_in_either_era() {
    let machine = Machine::new();
    let mut shim = machine.shim("desk");
    shim.send(&raw(
        0,
        "server/discover",
        json!({"_meta": meta("2026-07-28")}),
    ));
    assert!(shim.next_line()["result"]["supportedVersions"].is_array());
    let hello = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    shim.send(&raw(1, "initialize", hello));
    assert_eq!(shim.next_line()["result"]["protocolVersion"], "2025-06-18");
    shim.send(&raw(2, "ping", json!({})));
    assert_eq!(shim.next_line()["result"], json!({}));
}

#[test]
fn tools_are_described_in_a_fixed_order_with_schemas_and_annotations() {
    let machine = Machine::new();
    let mut shim = machine.shim("desk").initialized("test", "2025-11-25");
    let tools = shim.request("tools/list", json!({}))["result"]["tools"].clone();
    let names: Vec<_> = tools
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].clone())
        .collect();
    assert_eq!(
        names,
        [
            "send_email",
            "fetch_email",
            "list_inbox",
            "reply_email",
            "delete_email",
            "mark_read",
            "search_inbox",
            "session_status",
            "wait_for_email"
        ]
    );
    for tool in tools.as_array().unwrap() {
        let name = &tool["name"];
        assert!(
            tool["title"].is_string() && tool["description"].is_string(),
            "{name}"
        );
        for schema in [&tool["inputSchema"], &tool["outputSchema"]] {
            assert_eq!(schema["type"], "object", "{name}");
            assert!(!schema.to_string().contains("\"default\":null"), "{name}");
        }
        let read_only = name == "list_inbox" || name == "search_inbox" || name == "session_status";
        assert_eq!(tool["annotations"]["readOnlyHint"], read_only, "{name}");
        assert_eq!(
            tool["annotations"]["destructiveHint"],
            name == "delete_email",
            "{name}"
        );
        assert_eq!(
            tool["annotations"]["openWorldHint"],
            name == "send_email" || name == "reply_email",
            "{name}"
        );
    }
    let required = json!(["message_id", "content"]);
    assert_eq!(tools[3]["inputSchema"]["required"], required);
}

#[test]
fn malformed_input_gets_an_error_and_end_of_input_exits_0() {
    let machine = Machine::new();
    let mut shim = machine.shim("desk");
    let expected = [
        ("not json", -32700),
        ("{\"jsonrpc\":\"2.0\",\"id\":1", -32700),
        ("\u{0}\u{1}", -32700),
        ("[1,2]", -32600),
        ("{}", -32600),
        ("42", -32600),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
    ];
    for (line, code) in expected {
        shim.send_raw(line);
        assert_eq!(shim.next_line()["error"]["code"], code, "{line}");
    }
    shim.send_raw("");
    let (status, rest) = shim.close();
    assert!(status.success());
    assert_eq!(rest, Vec::<String>::new());
}

#[test]
fn requests_before_the_end_of_input_are_answered() {
    let machine = Machine::new();
    let mut shim = machine.client("desk");
    shim.begin("tools/list", json!({}));
    shim.begin_call("list_inbox", json!({}));
    let (status, rest) = shim.close();
    assert!(status.success());
    assert_eq!(rest.len(), 2, "{rest:?}");
}

#[test]
fn an_early_notification_does_not_end_the_connection() {
    let machine = Machine::new();
    let mut shim = machine.shim("desk");
    shim.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
    shim.send(&json!({"jsonrpc": "2.0", "method": "notifications/unheard-of", "params": {"a": 1}}));
    shim.send(&json!({"jsonrpc": "2.0", "id": 99, "result": {}}));
    let mut shim = shim.initialized("test", "2025-06-18");
    assert!(shim.request("tools/list", json!({}))["result"].is_object());
}

#[test]
fn invalid_requests_get_a_specific_error() {
    let machine = Machine::new();
    let mut shim = machine.shim("desk").initialized("test", "2025-11-25");
    assert_eq!(shim.request("no/such", json!({}))["error"]["code"], -32601);
    assert_eq!(
        shim.request("tools/call", json!({"arguments": {}}))["error"]["code"],
        -32602
    );
    shim.send_raw(r#"{"jsonrpc":"2.0","id":"s","method":"tools/call"}"#);
    let answer = shim.next_line();
    assert_eq!(
        (&answer["error"]["code"], &answer["id"]),
        (&json!(-32602), &json!("s"))
    );
    let unknown = shim.request("tools/call", json!({"name": "rm", "arguments": {}}));
    assert_eq!(unknown["error"]["code"], -32602);
    assert!(
        unknown["error"]["message"]
            .as_str()
            .unwrap()
            .contains("send_email")
    );
    assert_eq!(
        shim.request("resources/read", json!({"uri": "tai-mcp://x"}))["error"]["code"],
        -32602
    );

    let mut shim = machine.shim("desk");
    shim.send(&raw(1, "tools/list", json!({"_meta": meta("2031-01-01")})));
    let refused = shim.next_line()["error"].clone();
    assert_eq!(refused["code"], -32022);
    assert_eq!(refused["data"]["requested"], "2031-01-01");
    assert!(
        refused["data"]["supported"]
            .as_array()
            .unwrap()
            .contains(&json!("2026-07-28"))
    );
    shim.send(&raw(2, "tools/list", json!({})));
    assert_eq!(shim.next_line()["error"]["code"], -32602);
    let mut shim = shim.modern();
    assert!(shim.request("tools/list", json!({}))["result"].is_object());
    for gone in ["ping", "logging/setLevel", "resources/subscribe"] {
        let params = json!({"uri": "tai-mcp://info", "level": "info"});
        assert_eq!(
            shim.request(gone, params)["error"]["code"],
            -32601,
            "{gone}"
        );
    }
}

#[test]
fn bad_arguments_give_results_that_name_the_correction() {
    let machine = Machine::new();
    let mut shim = machine.shim("desk").initialized("test", "2025-11-25");
    let cases = [
        ("list_inbox", json!({"limit": 201}), "1 to 200"),
        (
            "list_inbox",
            json!({"limit": "many"}),
            "\"limit\" cannot be used: expected a whole number from 1 to 200, not \"many\"",
        ),
        (
            "list_inbox",
            json!({"show_read": "yes"}),
            "\"show_read\" cannot be used: expected true or false",
        ),
        (
            "list_inbox",
            json!({"colour": "red"}),
            "list_inbox has no argument \"colour\"; it has \"limit\", \"offset\"",
        ),
        (
            "fetch_email",
            json!({"email_id": "../send-email"}),
            "expected the number of a row of list_inbox",
        ),
        ("fetch_email", json!({"email_id": -1}), "whole number"),
        (
            "send_email",
            json!({"to": "a@b.c", "content": "x", "subject": "s".repeat(999)}),
            "\"subject\" cannot be used: expected at most 998 bytes",
        ),
        (
            "reply_email",
            json!({"content": "x"}),
            "\"message_id\" is missing: ID of the email to reply to",
        ),
        (
            "send_email",
            json!({"to": ["a@b.c"], "content": "x"}),
            "one address at a time; call again for each recipient",
        ),
        ("send_email", json!({"to": "a@b.c"}), "\"content\""),
        (
            "send_email",
            json!({"content": "x", "format": "rtf"}),
            "markdown",
        ),
    ];
    for (tool, arguments, expected) in cases {
        let result = shim.call(tool, arguments.clone());
        assert!(
            result.is_error && result.text.contains(expected),
            "{tool} {arguments}: {}",
            result.text
        );
    }
}

#[test]
fn requests_beyond_the_limit_are_all_answered() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let ids: Vec<_> = (0..600)
        .map(|_| shim.begin_call("list_inbox", json!({})))
        .collect();
    for id in ids {
        let result = shim.finish_call(&id);
        assert!(!result.is_error, "{}", result.text);
    }
}

#[test]
fn a_duplicate_id_is_refused_and_the_first_request_is_answered_once() {
    let machine = Machine::new();
    machine.sandbox.hold(1, LIST);
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let call = json!({"name": "list_inbox", "arguments": {}});
    shim.send(&raw(7, "tools/call", call.clone()));
    shim.send(&raw(7, "tools/call", call));
    assert_eq!(shim.next_line()["error"]["code"], -32600);
    wait_until("the first one has arrived", || {
        machine.sandbox.count(LIST) == 1
    });
    machine.sandbox.release();
    assert!(shim.next_line()["result"].is_object());
    let (status, left) = shim.close();
    assert!(status.success() && left.is_empty(), "{left:?}");
}

#[test]
fn a_cancelled_call_gets_no_answer() {
    let machine = Machine::new();
    machine.sandbox.fail(FaultKind::Hang, 1, LIST);
    let _taid = machine.start();
    let mut shim = machine.client("desk");
    let id = shim.begin_call("list_inbox", json!({}));
    wait_until("the call has arrived", || machine.sandbox.count(LIST) == 1);
    shim.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
    wait_until("the call is cancelled", || {
        machine.status()["clients"][0]["in_flight"] == 0
    });
    assert!(!shim.call("list_inbox", json!({})).is_error);
    assert_eq!(shim.arrived(&id), None);
}

#[test]
fn a_client_that_closes_its_output_ends_tai_mcp() {
    let machine = Machine::new();
    let mut shim = machine.client("desk");
    shim.hang_up_output();
    wait_until("the shim has ended", || {
        shim.send(&raw(1, "ping", json!({})));
        shim.has_ended()
    });
}

#[test]
fn the_info_resource_shows_the_configuration_without_secrets() {
    let machine = Machine::new();
    let mut shim = machine.shim("desk").initialized("test", "2025-11-25");
    let listed = shim.request("resources/list", json!({}))["result"]["resources"].clone();
    assert_eq!(listed[0]["uri"], "tai-mcp://info");
    let read = |shim: &mut tai_e2e::mcp::Shim| {
        let answer = shim.request("resources/read", json!({"uri": "tai-mcp://info"}));
        answer["result"]["contents"][0]["text"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(read(&mut shim).contains("taid is not running"));
    let _taid = machine.start();
    let text = read(&mut shim);
    assert!(
        text.contains("Instance email: desk.alice@tai.chat"),
        "{text}"
    );
    assert!(
        text.contains("list_inbox") && !text.contains(tai_e2e::PASSWORD),
        "{text}"
    );
}
