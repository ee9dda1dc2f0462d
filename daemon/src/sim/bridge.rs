//! The bridge of the simulated world, with the traps of bridge-api.md, and the transport between a
//! daemon and the bridge.

use super::world::{Inner, Mail, PASSWORD, Weather, World};
use fastrand::Rng;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{DATE, RETRY_AFTER},
};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tai_auth::{
    bridge::{
        BridgeError,
        expected::Expected,
        transport::{Exchange, RawAnswer, Transport, parse},
    },
    testing::jwt,
};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Fate of one request.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Answered,
    /// The connection is refused, so the request certainly does not arrive.
    Refused,
    /// The connection breaks before the bridge serves the request.
    LostBefore,
    /// The connection breaks after the bridge has served the request.
    LostAfter,
    /// The request gets no answer. With a time, the bridge serves the request that much later.
    Hangs(Option<Duration>),
    /// A proxy in front of the bridge answers with this status; `true` if the bridge has served the
    /// request before that.
    InFront(u16, bool),
    /// The bridge serves the request, loses the answer of its mail provider or database, and says
    /// that it failed.
    FailsAfter,
}

impl Inner {
    fn issue(&mut self) -> Value {
        let now = self.true_time();
        let until = now + self.rng.u64(30..1_000);
        let token = jwt(
            r#"{"alg":"HS256"}"#,
            &format!(r#"{{"sub":"alice","iat":{now},"exp":{until}}}"#),
        );
        self.tokens.insert(token.clone(), until);
        json!({"token": token, "expires_at": until})
    }

    fn fate(&mut self) -> Fate {
        let late = |rng: &mut Rng| rng.bool().then(|| Duration::from_millis(rng.u64(..90_000)));
        match (self.weather, self.rng.u32(..100)) {
            (Weather::Down, roll) => match roll {
                ..60 => Fate::Refused,
                ..80 => Fate::LostBefore,
                ..90 => Fate::InFront(503, false),
                _ => Fate::Hangs(None),
            },
            (Weather::Storm, roll) => match roll {
                ..10 => Fate::Refused,
                ..20 => Fate::LostBefore,
                ..32 => Fate::LostAfter,
                ..38 => Fate::Hangs(late(&mut self.rng)),
                ..42 => Fate::InFront(502, false),
                ..46 => Fate::InFront(504, true),
                ..49 => Fate::InFront(429, false),
                ..51 => Fate::InFront(403, true),
                ..54 => Fate::FailsAfter,
                _ => Fate::Answered,
            },
            _ => Fate::Answered,
        }
    }

    /// Serves a request. Returns the status and the body of the answer.
    fn serve(&mut self, request: &Asked) -> (u16, Value) {
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

fn failed(status: u16, code: &str, message: &str) -> (u16, Value) {
    let error = json!({"code": code, "message": message});
    (status, json!({"success": false, "error": error}))
}

fn message(id: u64, mail: &Mail) -> Value {
    let time = jiff::Timestamp::from_second(mail.at as i64).unwrap();
    json!({"id": id, "message_id": format!("{id}-x"), "from": "bob@example.com", "to": mail.to,
           "subject": null, "body_text": format!("mail {id}"), "body_html": null,
           "is_read": u8::from(mail.read), "received_at": time.strftime("%F %T").to_string(),
           "size": 0})
}

/// A request as the bridge sees it.
#[derive(Debug, Clone)]
struct Asked {
    method: String,
    /// Below `/api/v1`.
    path: Vec<String>,
    query: HashMap<String, String>,
    token: String,
    body: String,
}

impl Asked {
    fn new(exchange: &Exchange<'_>) -> Self {
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

    fn is_login(&self) -> bool {
        matches!(
            self.path.first().map(String::as_str),
            Some("login" | "refresh")
        )
    }
}

/// Transport between one daemon and the bridge.
pub(super) struct WorldTransport {
    pub(super) world: Arc<World>,
    /// Number of the daemon.
    pub(super) daemon: u64,
    /// Cancelled when the daemon is killed. From then on no request gets an answer.
    pub(super) dead: CancellationToken,
}

/// Counts a login while it is in flight.
struct LoginGuard<'a>(&'a WorldTransport);

impl Drop for LoginGuard<'_> {
    fn drop(&mut self) {
        let mut inner = self.0.world.inner();
        *inner.logins.entry(self.0.daemon).or_default() -= 1;
    }
}

impl WorldTransport {
    fn begin(&self, asked: &Asked) -> Option<LoginGuard<'_>> {
        let mut inner = self.world.inner();
        inner.note(&format!(
            "taid {} asks {} {:?}",
            self.daemon, asked.method, asked.path
        ));
        if inner.signed_out && !asked.token.is_empty() {
            let how = format!("a token was used after logout, for {:?}", asked.path);
            inner.broken.get_or_insert(how);
        }
        if !asked.is_login() {
            return None;
        }
        let logins = inner.logins.entry(self.daemon).or_default();
        *logins += 1;
        if *logins > 1 {
            inner
                .broken
                .get_or_insert("two logins are in flight".to_owned());
        }
        Some(LoginGuard(self))
    }

    async fn meet<E: Expected>(
        &self,
        asked: Asked,
        expected: E,
    ) -> Result<RawAnswer<E::Value>, BridgeError> {
        let broken = || BridgeError::Broken {
            detail: "connection reset".into(),
        };
        sleep(self.world.moment(50)).await;
        let fate = self.world.inner().fate();
        match fate {
            Fate::Refused => Err(BridgeError::Unreachable {
                detail: "connection refused".into(),
            }),
            Fate::LostBefore => Err(broken()),
            Fate::LostAfter => {
                self.world.inner().serve(&asked);
                Err(broken())
            }
            Fate::Hangs(late) => {
                if let Some(late) = late {
                    let world = self.world.clone();
                    tokio::spawn(async move {
                        sleep(late).await;
                        world.inner().serve(&asked);
                    });
                }
                std::future::pending().await
            }
            Fate::InFront(status, after) => {
                if after {
                    self.world.inner().serve(&asked);
                }
                self.raw(status, "<html>a page</html>", expected)
            }
            Fate::FailsAfter => {
                self.world.inner().serve(&asked);
                let lost = "Unable to fetch data. The request could not be resolved.";
                let (status, answer) = failed(500, "INTERNAL_ERROR", lost);
                self.raw(status, &answer.to_string(), expected)
            }
            Fate::Answered => {
                let (status, answer) = self.world.inner().serve(&asked);
                sleep(self.world.moment(50)).await;
                self.raw(status, &answer.to_string(), expected)
            }
        }
    }

    fn raw<E: Expected>(
        &self,
        status: u16,
        body: &str,
        expected: E,
    ) -> Result<RawAnswer<E::Value>, BridgeError> {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(self.world.inner().true_time());
        let mut headers = HeaderMap::new();
        let date = HeaderValue::try_from(httpdate::fmt_http_date(now)).unwrap();
        headers.insert(DATE, date);
        if status == 429 {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("3"));
        }
        Ok(RawAnswer {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: parse(expected, body.as_bytes()),
        })
    }
}

impl Transport for WorldTransport {
    async fn exchange<E: Expected>(
        &self,
        exchange: Exchange<'_>,
        expected: E,
    ) -> Result<RawAnswer<E::Value>, BridgeError> {
        let asked = Asked::new(&exchange);
        let after = exchange.timeout;
        tokio::select! {
            biased;
            () = self.dead.cancelled() => std::future::pending().await,
            met = async {
                let _login = self.begin(&asked);
                timeout(after, self.meet(asked, expected)).await
            } => met.unwrap_or(Err(BridgeError::TimedOut { after })),
        }
    }

    fn close_idle(&self) {}
}
