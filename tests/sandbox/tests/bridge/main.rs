//! The sandbox answers as the real bridge does, so that clients are not tested against a simpler
//! one: the recorded answers, single quirks, and the failures of its parts.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod failures;
mod quirks;
mod recorded;

use serde_json::{Value, json};
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};
use tai_sandbox::{NewMail, Options, Sandbox};

/// Sends a request on a new connection, without a body for `None` and without an `Authorization`
/// header for an empty token. Returns the status, the head and the body; 0 without an answer.
fn raw(
    sandbox: &Sandbox,
    ask: &str,
    token: Option<&str>,
    body: Option<&str>,
) -> (u16, String, String) {
    let address = sandbox.url().replace("http://", "");
    let mut stream = TcpStream::connect(&address).unwrap();
    let mut head = format!("{ask} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    if let Some(token) = token {
        head += &format!("Authorization: {token}\r\n");
    }
    if let Some(body) = body {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    write!(stream, "{head}\r\n{}", body.unwrap_or_default()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    (status, head.to_owned(), body.to_owned())
}

fn ask(sandbox: &Sandbox, method: &str, path: &str, token: &str, body: &Value) -> (u16, Value) {
    let ask = format!("{method} {path}");
    let (status, _, body) = raw(sandbox, &ask, Some(token), Some(&body.to_string()));
    (status, serde_json::from_str(&body).unwrap_or(Value::Null))
}

/// Returns the status and `CODE: message` of an answer.
fn said(answer: &(u16, Value)) -> (u16, String) {
    let error = &answer.1["error"];
    let word = |name| error[name].as_str().unwrap_or_default();
    (answer.0, format!("{}: {}", word("code"), word("message")))
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (
        answer.0,
        answer.1["error"]["code"].as_str().unwrap_or_default(),
    )
}

fn login(sandbox: &Sandbox) -> String {
    let pair = json!({"username": "alice", "password": "sandbox-password"});
    let answer = ask(sandbox, "POST", "/api/v1/login", "", &pair).1;
    format!("Bearer {}", answer["data"]["token"].as_str().unwrap())
}

fn sandbox() -> (Sandbox, String) {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    sandbox.add_account("alice", "sandbox-password").unwrap();
    let token = login(&sandbox);
    (sandbox, token)
}

/// Delivers a mail without text, received at a time.
fn deliver(sandbox: &Sandbox, to: &str, at: &str) -> u64 {
    let mail = NewMail {
        from: "e@example.com".into(),
        to: to.into(),
        received_at: Some(at.into()),
        ..NewMail::default()
    };
    sandbox.deliver(&mail).unwrap().unwrap()
}
