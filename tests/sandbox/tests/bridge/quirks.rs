//! Single quirks of the real bridge, and the switches of the sandbox.

use crate::{ask, code, deliver, login, raw, sandbox};
use serde_json::{Value, json};
use tai_sandbox::{Fault, FaultKind, NewMail, Options, Sandbox};

#[test]
fn accounts_follow_the_server_rules_and_refusals_are_identical() {
    let (sandbox, _) = sandbox();
    let register = |username: &str, password: &str| {
        ask(
            &sandbox,
            "POST",
            "/api/v1/register",
            "",
            &json!({"username": username, "password": password}),
        )
    };
    assert_eq!(
        register("bob", "sandbox-password").1["data"]["email"],
        "bob@tai.chat"
    );
    assert_eq!(
        code(&register("bob", "sandbox-password")),
        (400, "USER_EXISTS")
    );
    assert_eq!(
        code(&register("Bob", "sandbox-password")),
        (400, "INVALID_USERNAME")
    );
    assert_eq!(code(&register("carol", "short")), (400, "INVALID_PASSWORD"));
    let unknown = ask(
        &sandbox,
        "POST",
        "/api/v1/login",
        "",
        &json!({"username": "x", "password": "y"}),
    );
    let wrong = ask(
        &sandbox,
        "POST",
        "/api/v1/login",
        "",
        &json!({"username": "alice", "password": "y"}),
    );
    assert_eq!(unknown, wrong);
    assert_eq!(code(&wrong), (401, "INVALID_CREDENTIALS"));
}

#[test]
fn a_token_expires_without_grace_and_the_scheme_is_bearer() {
    let (sandbox, token) = sandbox();
    let list = |token: &str| ask(&sandbox, "GET", "/api/v1/messages", token, &Value::Null).0;
    assert_eq!(list(&token), 200);
    assert_eq!(list(&token.replace("Bearer", "bearer")), 401);
    sandbox.behave(|behaviour| behaviour.clock_offset_s = 24 * 60 * 60);
    assert_eq!(list(&token), 401);
    assert_eq!(
        ask(&sandbox, "POST", "/api/v1/refresh", &token, &Value::Null).0,
        401,
        "no grace"
    );
    let fresh = login(&sandbox);
    assert_eq!(
        ask(&sandbox, "POST", "/api/v1/refresh", &fresh, &Value::Null).0,
        200
    );
    sandbox.revoke_all_tokens();
    assert_eq!(list(&fresh), 401);
}

#[test]
fn a_mail_has_ten_keys_with_the_types_of_the_bridge() {
    let (sandbox, token) = sandbox();
    let id = deliver(&sandbox, "desk.alice@tai.chat", "2026-11-23 09:59:34");
    let mail = ask(
        &sandbox,
        "GET",
        &format!("/api/v1/messages/{id}"),
        &token,
        &Value::Null,
    )
    .1["data"]
        .clone();
    assert_eq!(mail.as_object().unwrap().len(), 10);
    assert_eq!(
        (&mail["is_read"], &mail["subject"], &mail["body_text"]),
        (&json!(0), &Value::Null, &Value::Null)
    );
    assert_eq!(mail["received_at"], "2026-11-23 09:59:34");
}

#[test]
fn the_list_has_the_order_limits_and_loose_prefix_of_the_bridge() {
    let (sandbox, token) = sandbox();
    let early = deliver(&sandbox, "desk.alice@tai.chat", "2026-01-01 00:00:00");
    let first = deliver(&sandbox, "desk.sub.alice@tai.chat", "2026-01-02 00:00:00");
    let second = deliver(&sandbox, "DESK.alice@tai.chat", "2026-01-02 00:00:00");
    deliver(&sandbox, "deskx.alice@tai.chat", "2026-01-03 00:00:00");
    let list = |query: &str| {
        let answer = ask(
            &sandbox,
            "GET",
            &format!("/api/v1/messages?{query}"),
            &token,
            &Value::Null,
        )
        .1["data"]
            .clone();
        let ids: Vec<_> = answer["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|mail| mail["id"].as_u64().unwrap())
            .collect();
        (
            ids,
            answer["count"].as_u64().unwrap(),
            answer["has_more"] == true,
        )
    };
    assert_eq!(list("prefix=desk"), (vec![first, second, early], 3, false));
    assert_eq!(list("prefix=des_&limit=1"), (vec![first], 3, true));
    assert_eq!(list("limit=abc"), (vec![], 0, false), "a failed query");
    assert_eq!(list("limit=-1&offset=3"), (vec![early], 4, true));
}

#[test]
fn ids_are_parsed_leniently_and_marking_is_idempotent() {
    let (sandbox, token) = sandbox();
    let id = deliver(&sandbox, "desk.alice@tai.chat", "2026-01-01 00:00:00");
    let at = |method: &str, path: String| ask(&sandbox, method, &path, &token, &Value::Null).0;
    assert_eq!(at("GET", format!("/api/v1/messages/{id}abc")), 200);
    assert_eq!(at("GET", "/api/v1/messages/abc".into()), 400);
    assert_eq!(at("PUT", format!("/api/v1/messages/{id}/read")), 200);
    assert_eq!(at("PUT", format!("/api/v1/messages/{id}/read")), 200);
    assert_eq!(at("DELETE", format!("/api/v1/messages/{id}")), 200);
    assert_eq!(at("DELETE", format!("/api/v1/messages/{id}")), 404);
    assert_eq!(
        at("GET", "/api/v1/health".into()),
        404,
        "though documentation names it"
    );
    assert_eq!(at("GET", "/health".into()), 200);
}

#[test]
fn only_own_addresses_can_send_and_empty_parts_get_stock_texts() {
    let (sandbox, token) = sandbox();
    let send = |body: Value| ask(&sandbox, "POST", "/api/v1/send-email", &token, &body);
    let to = "desk.alice@tai.chat";
    assert_eq!(code(&send(json!({"to": to}))), (403, "FORBIDDEN"));
    assert_eq!(
        code(&send(json!({"to": to, "from": "bob@tai.chat"}))),
        (403, "FORBIDDEN")
    );
    for bad in ["A <a@b.c>", "a@b.c,d@e.f", ""] {
        assert_eq!(
            send(json!({"to": bad, "from": "alice@tai.chat"})).0,
            400,
            "{bad}"
        );
    }
    assert_eq!(
        send(json!({"to": to, "from": "x.alice@tai.chat", "html": "<p>hi"})).0,
        200
    );
    let copy = sandbox.sent().remove(0);
    assert_eq!(copy.subject, "Email from CF Mail Bridge");
    assert!(copy.text.starts_with("This is an email sent from"));
    assert_eq!(
        send(json!({"to": to, "from": "alice@tai.chat", "message": "hi"})).0,
        200
    );
    let copy = sandbox.sent().remove(1);
    assert_eq!(copy.text, "hi");
    assert!(copy.html.contains("Service Information"), "{}", copy.html);
}

#[test]
fn reply_unread_and_date_exist_only_on_request() {
    let (sandbox, token) = sandbox();
    let reply = ask(
        &sandbox,
        "POST",
        "/api/v1/messages/1/reply",
        &token,
        &json!({"text": "x"}),
    );
    assert_eq!(reply.1["error"]["message"], "Endpoint not found");
    let unread = || ask(&sandbox, "GET", "/api/v1/unread?to=x", "", &Value::Null).0;
    let dated = || {
        raw(&sandbox, "GET /health", None, None)
            .1
            .contains("\r\ndate: ")
    };
    assert!(unread() == 404 && !dated());
    sandbox.behave(|behaviour| {
        behaviour.has_reply = true;
        behaviour.has_unread = true;
        behaviour.has_date = true;
    });
    assert!(unread() == 200 && dated());
    let reply = ask(
        &sandbox,
        "POST",
        "/api/v1/messages/99/reply",
        &token,
        &json!({"text": "x"}),
    );
    assert_eq!(reply.1["error"]["message"], "Message not found");
}

#[test]
fn faults_occur_in_order_and_requests_are_counted() {
    let (sandbox, token) = sandbox();
    let list = || raw(&sandbox, "GET /api/v1/messages", Some(&token), None);
    let fault =
        |kind| sandbox.behave(|behaviour| behaviour.faults.push_back(Fault::new(kind, 1, "GET")));
    for kind in [
        FaultKind::Html502,
        FaultKind::TooMany429,
        FaultKind::Error500,
        FaultKind::Close,
        FaultKind::CloseAfter,
        FaultKind::Malformed,
    ] {
        fault(kind);
    }
    let (status, head, body) = list();
    assert!(status == 502 && head.contains("text/html") && body.contains("<html>"));
    let (status, head, _) = list();
    assert!(status == 429 && head.contains("retry-after: 1"), "{head}");
    assert_eq!((list().0, list().0, list().0), (500, 0, 0));
    let (status, _, body) = list();
    assert!(status == 200 && serde_json::from_str::<Value>(&body).is_err());
    assert_eq!(list().0, 200);
    assert_eq!(sandbox.count("GET /api/v1/messages"), 7);
}

#[test]
fn a_held_request_does_its_work_when_it_is_released() {
    const SEND: &str = "POST /api/v1/send-email";
    let (sandbox, token) = sandbox();
    let send = || {
        let mail = json!({"to": "x@example.com", "from": "alice@tai.chat"});
        ask(&sandbox, "POST", "/api/v1/send-email", &token, &mail).0
    };
    sandbox.hold(1, SEND);
    std::thread::scope(|scope| {
        let held = scope.spawn(send);
        while sandbox.count(SEND) == 0 {
            std::thread::yield_now();
        }
        // A later one passes it.
        assert_eq!((send(), sandbox.sent().len()), (200, 1));
        assert!(!held.is_finished());
        sandbox.release();
        assert_eq!(held.join().unwrap(), 200);
    });
    assert_eq!(sandbox.sent().len(), 2);
}

#[test]
fn a_cut_answer_announces_the_length_of_the_whole() {
    let (sandbox, token) = sandbox();
    let list = || raw(&sandbox, "GET /api/v1/messages", Some(&token), None);
    let length = |head: &str| {
        let mut lines = head.lines();
        let length = lines.find_map(|line| line.strip_prefix("content-length: "));
        length.unwrap().parse::<usize>().unwrap()
    };
    sandbox.fail(FaultKind::CutAfter, 1, "GET");
    let (status, head, cut) = list();
    let (_, _, whole) = list();
    assert_eq!((status, length(&head)), (200, whole.len()));
    assert_eq!(cut, whole[..whole.len() / 2]);
}

#[test]
fn switches_work_over_http_and_a_file_keeps_the_mails() {
    let (sandbox, token) = sandbox();
    let admin = |method: &str, path: &str, body: Value| {
        ask(&sandbox, method, &format!("/__sandbox/{path}"), "", &body)
    };
    assert_eq!(
        admin("PATCH", "behaviour", json!({"has_reply": true})).1["has_reply"],
        true
    );
    assert_eq!(admin("PATCH", "behaviour", json!({"no_such": 1})).0, 400);
    for kind in [
        json!("error500"),
        json!({"database": "messages_fail"}),
        json!({"provider": {"loses_answers": 2}}),
    ] {
        assert_eq!(admin("POST", "faults", json!({"kind": kind})).0, 200);
    }
    assert_eq!(
        ask(&sandbox, "GET", "/api/v1/messages", &token, &Value::Null).0,
        500
    );
    assert_eq!(
        admin(
            "POST",
            "deliver",
            json!({"from": "e@example.com", "to": "alice@tai.chat"})
        )
        .0,
        200
    );
    assert_eq!(
        admin("GET", "mails", Value::Null)
            .1
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        admin("GET", "counts", Value::Null).1["GET /api/v1/messages"],
        1
    );
    assert_eq!(admin("POST", "revoke", Value::Null).0, 200);
    assert_eq!(
        ask(&sandbox, "GET", "/api/v1/messages", &token, &Value::Null).0,
        401
    );

    let file = std::env::temp_dir().join(format!("tai-sandbox-{}.db", std::process::id()));
    let options = || Options {
        data: Some(file.clone()),
        ..Options::default()
    };
    let kept = Sandbox::start(options()).unwrap();
    kept.add_account("alice", "sandbox-password").unwrap();
    deliver(&kept, "alice@tai.chat", "2026-01-01 00:00:00");
    drop(kept);
    let kept = Sandbox::start(options()).unwrap();
    assert_eq!(kept.mails().unwrap().len(), 1);
    assert!(login(&kept).len() > 10);
    drop(kept);
    std::fs::remove_file(file).unwrap();
}

#[test]
fn intake_refuses_tags_and_makes_the_text_from_the_html() {
    let (sandbox, _) = sandbox();
    let new = |to: &str| NewMail {
        from: "e@example.com".into(),
        to: to.into(),
        body_text: Some("the text part".into()),
        body_html: Some("<p>Hello <b>you</b></p>".into()),
        ..NewMail::default()
    };
    for to in [
        "alice@tai.chat",
        "typo.alice@tai.chat",
        "x.desk.alice@tai.chat",
        "desk.alice@agent.tai.chat",
    ] {
        assert!(sandbox.deliver(&new(to)).unwrap().is_some(), "{to}");
    }
    for to in ["desk.alice+tag@tai.chat", "desk.unknown@tai.chat"] {
        assert_eq!(sandbox.deliver(&new(to)).unwrap(), None, "{to}");
    }
    for mail in sandbox.mails().unwrap() {
        assert_eq!(mail.body_text.as_deref(), Some("Hello **you**"));
    }
}

#[test]
fn lists_of_900_bytes_are_compressed() {
    let (sandbox, token) = sandbox();
    let encoded = |accepted: &str| {
        let token = format!("{token}\r\nAccept-Encoding: {accepted}");
        let (_, head, _) = raw(&sandbox, "GET /api/v1/messages", Some(&token), None);
        head.contains("content-encoding: gzip")
    };
    assert!(!encoded("gzip"));
    for _ in 0..5 {
        deliver(&sandbox, "desk.alice@tai.chat", "2026-01-01 00:00:00");
    }
    for (accepted, is_encoded) in [
        ("gzip", true),
        ("br, gzip;q=0.5", true),
        ("identity, gzip;q=0", false),
        ("xgzip", false),
    ] {
        assert_eq!(encoded(accepted), is_encoded, "{accepted}");
    }
}
