//! The bridge of the simulated world, with the traps of bridge-api.md.

use super::world::{Inner, Mail, PASSWORD, Weather};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::collections::HashMap;
use tai_auth::{bridge::transport::Exchange, testing::jwt};

impl Inner {
    fn issue(&mut self) -> Value {
        let now = self.true_time();
        let life = match self.token_life {
            Some(life) => life,
            None => self.rng.u64(30..1_000),
        };
        let until = now + life;
        let token = jwt(
            r#"{"alg":"HS256"}"#,
            &format!(r#"{{"sub":"alice","iat":{now},"exp":{until}}}"#),
        );
        self.tokens.insert(token.clone(), until);
        json!({"token": token, "expires_at": until})
    }

    /// Serves a request. Returns the status and the body of the answer.
    pub(super) fn serve(&mut self, request: &Asked) -> (u16, Value) {
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        let masked = self.weather == Weather::Masked;
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        if path.is_empty() {
            return match masked {
                true => (503, json!({"status": "unhealthy"})),
                false => (200, json!({"status": "healthy"})),
            };
        }
        if let ["login"] = path[..] {
            let right = body["username"] == "alice" && body["password"] == PASSWORD && !masked;
            return match right {
                true => ok(self.issue()),
                false => failed(401, "INVALID_CREDENTIALS", "Invalid username or password"),
            };
        }
        let now = self.true_time();
        let good = self
            .tokens
            .get(&request.token)
            .is_some_and(|until| now < *until);
        if !good {
            return failed(401, "UNAUTHORIZED", "Invalid or expired token");
        }
        if masked && path.first() == Some(&"messages") && self.rng.bool() {
            return failed(401, "UNAUTHORIZED", "User not found");
        }
        let id = path.get(1).and_then(|id| id.parse::<u64>().ok());
        match (request.method.as_str(), &path[..]) {
            ("POST", ["refresh"]) => ok(self.issue()),
            ("GET", ["messages"]) if masked => {
                ok(json!({"messages": [], "count": 0, "has_more": false}))
            }
            ("GET", ["messages"]) => ok(self.list(&request.query)),
            (_, ["messages", ..]) if masked => failed(404, "NOT_FOUND", "Message not found"),
            ("GET", ["messages", _]) => match id
                .and_then(|id| Some((id, self.mails.get(&id).filter(|mail| !mail.deleted)?)))
            {
                Some((id, mail)) => ok(message(id, mail)),
                None => failed(404, "NOT_FOUND", "Message not found"),
            },
            ("PUT", ["messages", _, "read"]) => {
                match id.and_then(|id| {
                    Some((id, self.mails.get_mut(&id).filter(|mail| !mail.deleted)?))
                }) {
                    Some((id, mail)) => {
                        mail.read = true;
                        ok(json!({"message": "Message marked as read", "id": id}))
                    }
                    None => failed(404, "NOT_FOUND", "Message not found"),
                }
            }
            ("DELETE", ["messages", _]) => {
                match id.and_then(|id| {
                    Some((id, self.mails.get_mut(&id).filter(|mail| !mail.deleted)?))
                }) {
                    Some((id, mail)) => {
                        mail.deleted = true;
                        self.deletions += 1;
                        ok(json!({"message": "Message deleted successfully", "id": id}))
                    }
                    None => failed(404, "NOT_FOUND", "Message not found"),
                }
            }
            ("POST", ["send-email"]) => {
                let text = body["message"].as_str().unwrap_or_default().to_owned();
                self.sent(&text);
                ok(
                    json!({"messageId": format!("{now}-sent"), "timestamp": "now",
                          "to": body["to"], "subject": body["subject"]}),
                )
            }
            ("POST", ["messages", _, "reply"]) if self.replies => {
                let Some(id) = id.filter(|id| self.mails.contains_key(id)) else {
                    return failed(404, "NOT_FOUND", "Message not found");
                };
                self.sent(body["text"].as_str().unwrap_or_default());
                ok(
                    json!({"messageId": format!("{now}-sent"), "original_message_id": id,
                          "subject": body["subject"], "timestamp": "now"}),
                )
            }
            _ => failed(404, "NOT_FOUND", "Endpoint not found"),
        }
    }

    fn sent(&mut self, text: &str) {
        self.note(&format!("the bridge sends \"{text}\""));
        let send = self.sends.entry(text.to_owned()).or_default();
        send.done += 1;
        if send.done > 1 && !send.excused {
            self.broken
                .get_or_insert(format!("\"{text}\" was sent twice"));
        }
    }

    fn list(&self, query: &HashMap<String, String>) -> Value {
        let number = |name: &str| {
            query
                .get(name)
                .and_then(|value| value.parse::<usize>().ok())
        };
        let prefix = query.get("prefix").map(|prefix| format!("{prefix}."));
        let mut mails: Vec<(&u64, &Mail)> = self
            .mails
            .iter()
            .filter(|(_, mail)| !mail.deleted)
            .filter(|(_, mail)| {
                prefix
                    .as_ref()
                    .is_none_or(|prefix| mail.to.starts_with(prefix))
            })
            .collect();
        // The order of trap 4.
        mails.sort_by_key(|(id, mail)| (std::cmp::Reverse(mail.at), **id));
        let (count, offset) = (mails.len(), number("offset").unwrap_or(0));
        let limit = number("limit").unwrap_or(50).min(200);
        let page: Vec<Value> = mails
            .into_iter()
            .skip(offset)
            .take(limit)
            .map(|(id, mail)| message(*id, mail))
            .collect();
        json!({"has_more": offset + page.len() < count, "messages": page, "count": count})
    }
}

fn ok(data: Value) -> (u16, Value) {
    (200, json!({"success": true, "data": data}))
}

pub(super) fn failed(status: u16, code: &str, message: &str) -> (u16, Value) {
    let error = json!({"code": code, "message": message});
    (status, json!({"success": false, "error": error}))
}

fn message(id: u64, mail: &Mail) -> Value {
    let time = jiff::Timestamp::from_second(mail.at as i64).unwrap();
    json!({"id": id, "message_id": format!("{id}-x"), "from": "bob@example.com", "to": mail.to,
           "subject": null, "body_text": body(id), "body_html": null,
           "is_read": u8::from(mail.read), "received_at": time.strftime("%F %T").to_string(),
           "size": 0})
}

/// Returns the text of a mail. A client that asks for short parts reads each third mail in parts.
fn body(id: u64) -> String {
    match id % 3 {
        0 => format!("mail {id}, a long one. ").repeat(120),
        _ => format!("mail {id}"),
    }
}

/// A request as the bridge sees it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    /// Below `/api/v1`.
    pub(super) path: Vec<String>,
    pub(super) query: HashMap<String, String>,
    pub(super) token: String,
    body: String,
}

impl Asked {
    pub(super) fn new(exchange: &Exchange<'_>) -> Self {
        let url = exchange.url;
        let segments = url.path_segments().into_iter().flatten().skip(2);
        Self {
            method: exchange.method.to_string(),
            path: segments.map(str::to_owned).collect(),
            query: url.query_pairs().into_owned().collect(),
            token: exchange
                .token
                .map(|token| token.expose_secret().to_owned())
                .unwrap_or_default(),
            body: exchange.body.unwrap_or_default().to_owned(),
        }
    }

    pub(super) fn is_login(&self) -> bool {
        matches!(
            self.path.first().map(String::as_str),
            Some("login" | "refresh")
        )
    }
}
