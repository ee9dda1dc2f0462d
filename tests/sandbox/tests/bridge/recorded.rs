//! The comparison with the real bridge: 271 requests and their answers, recorded on 2026-11-26.
//! `cargo test -p tai-sandbox recorded -- --nocapture` prints the number of equal answers.
//!
//! `answers.jsonl` has a request a line, in order. Without `auth`, the request has the token of
//! alice; `null` is none, and `{t}` in a text is a good token. `repeat` fills a field of the body.
//! `begins` is the beginning of a long answer. Without `type`, the answer is JSON. All answers have
//! the CORS headers and no `Date`, also where the recording has no headers; tokens, times and
//! message ids are replaced.

use crate::raw;
use serde_json::{Map, Value, json};
use tai_sandbox::{NewMail, Options, Sandbox};

/// Answers that differ on purpose: the number of the line, and the reason.
const ON_PURPOSE: &[(usize, &str)] = &[];

/// Recipient, subject, text, HTML and second of a mail.
type Row = (
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
    u8,
);

/// The mails of the recording, in the order of their ids.
const MAILS: &[Row] = &[
    ("desk.alice@tai.chat", Some("one"), Some("t1"), None, 0),
    (
        "desk.alice@tai.chat",
        Some("two"),
        None,
        Some("<p>h</p>"),
        0,
    ),
    ("desk.x.alice@tai.chat", Some("x"), Some("t"), None, 1),
    ("d_sk.alice@tai.chat", Some("under"), Some("t"), None, 2),
    ("desk.sub.alice@tai.chat", Some("sub"), Some("t"), None, 3),
    ("DESK.alice@TAI.chat", Some("case"), None, None, 4),
    ("phone.alice@tai.chat", None, Some("t"), None, 5),
    ("bob@tai.chat", Some("bobs"), Some("t"), None, 6),
];

/// Returns a sandbox in its default state with the accounts and mails of the recording. An import
/// into the database made these mails, so that the rules of the intake do not apply.
fn recorded_state() -> Sandbox {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    for name in ["alice", "bob"] {
        sandbox.add_account(name, "password123").unwrap();
    }
    for (to, subject, text, html, second) in MAILS {
        let mail = NewMail {
            from: "eve@example.com".into(),
            to: (*to).into(),
            subject: subject.map(Into::into),
            body_text: text.map(Into::into),
            body_html: html.map(Into::into),
            received_at: Some(format!("2026-11-20 10:00:0{second}")),
            is_read: false,
        };
        sandbox.insert(&mail).unwrap().unwrap();
    }
    sandbox
}

/// An answer: status, headers with lower-case names, body.
struct Answer {
    status: u64,
    headers: Map<String, Value>,
    body: String,
}

fn ask(sandbox: &Sandbox, ask: &str, auth: Option<&str>, body: Option<&str>) -> Answer {
    let (status, head, body) = raw(sandbox, ask, auth, body);
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    Answer {
        status: status.into(),
        headers: headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.into()))
            .collect(),
        body,
    }
}

/// Replaces tokens, times and message ids, after a check of their form.
fn replaced(value: Value) -> Value {
    let Value::Object(fields) = value else {
        return match value {
            Value::Array(values) => values.into_iter().map(replaced).collect(),
            other => other,
        };
    };
    let fields = fields.into_iter().map(|(name, value)| {
        let text = value.as_str().unwrap_or_default();
        match name.as_str() {
            "message_id" | "messageId" if text.contains('-') => ("mid".to_owned(), json!("?")),
            "token" if text.split('.').count() == 3 => (name, json!("<JWT>")),
            "timestamp" | "expires_at" if text.ends_with('Z') => (name, json!("<TIME>")),
            _ => (name, replaced(value)),
        }
    });
    // The names are in alphabetical order, as in the recording.
    let sorted: std::collections::BTreeMap<String, Value> = fields.collect();
    Value::Object(sorted.into_iter().collect())
}

/// Returns the differences between an answer and the recorded one.
fn differences(line: &Value, answer: &Answer) -> Vec<String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, expected: &Value, got: &Value| {
        if expected != got {
            found.push(format!("{what}: expected {expected}, got {got}"));
        }
    };
    compare("status", &line["status"], &json!(answer.status));
    let json_type = json!("application/json");
    let headers = &answer.headers;
    for (name, expected) in [
        ("content-type", line.get("type").unwrap_or(&json_type)),
        ("location", &line["location"]),
        ("access-control-allow-origin", &json!("*")),
        (
            "access-control-allow-methods",
            &json!("GET, POST, PUT, DELETE, OPTIONS"),
        ),
        ("date", &Value::Null),
    ] {
        compare(name, expected, headers.get(name).unwrap_or(&Value::Null));
    }
    let body = serde_json::from_str(&answer.body).map(replaced);
    if let Some(begins) = line["begins"].as_str() {
        let text = body.map(|body| body.to_string()).unwrap_or_default();
        let got: String = text.chars().take(begins.chars().count()).collect();
        compare("body", &json!(begins), &json!(got));
    } else if let Some(error) = line["error"].as_str() {
        let (code, message) = error.split_once(": ").unwrap();
        let error = json!({"code": code, "message": message});
        let expected = json!({"success": false, "error": error});
        compare("body", &expected, &body.unwrap_or_default());
    } else if let Some(data) = line.get("data") {
        let expected = json!({"success": true, "data": data});
        compare("body", &expected, &body.unwrap_or_default());
    } else if let Some(bare) = line.get("bare") {
        compare("body", bare, &body.unwrap_or_default());
    } else {
        let is_page = line["type"] == "text/html";
        compare("page", &json!(is_page), &json!(!answer.body.is_empty()));
    }
    found
}

#[test]
fn all_recorded_answers_of_the_real_bridge_are_repeated() {
    let sandbox = recorded_state();
    let pair = json!({"username": "alice", "password": "password123"}).to_string();
    let login = ask(&sandbox, "POST /api/v1/login", None, Some(&pair));
    let login: Value = serde_json::from_str(&login.body).unwrap();
    let token = login["data"]["token"].as_str().unwrap();

    let lines = include_str!("answers.jsonl").lines();
    let (mut all, mut equal, mut different) = (0, 0, Vec::new());
    for line in lines {
        all += 1;
        let line: Value = serde_json::from_str(line).unwrap();
        let auth = line.get("auth").unwrap_or(&json!("Bearer {t}")).clone();
        let auth = auth.as_str().map(|auth| auth.replace("{t}", token));
        let mut body = line.get("body").cloned();
        if let Some(body) = &mut body
            && let Some(field) = line["repeat"][0].as_str()
        {
            let unit = body[field].as_str().unwrap();
            let count = usize::try_from(line["repeat"][1].as_u64().unwrap()).unwrap();
            body[field] = unit.repeat(count).into();
        }
        let body = body.map(|body| match body {
            Value::String(text) => text,
            other => other.to_string(),
        });
        let request = line["ask"].as_str().unwrap();
        let answer = ask(&sandbox, request, auth.as_deref(), body.as_deref());
        let found = differences(&line, &answer);
        match ON_PURPOSE.iter().find(|(number, _)| *number == all) {
            None if found.is_empty() => equal += 1,
            None => different.push(format!("{all}: {request}\n    {}", found.join("\n    "))),
            Some(_) if found.is_empty() => {
                different.push(format!("{all}: {request} does not differ any more"));
            }
            Some((_, reason)) => println!("{all}: {request} differs on purpose: {reason}"),
        }
    }
    println!("{equal} of {all}");
    assert!(different.is_empty(), "\n{}", different.join("\n"));
    assert_eq!(equal + ON_PURPOSE.len(), 271);
}
