//! The outcome of each answer to a send, and the meaning of a 401, behind a scripted transport.

use super::{
    super::{
        Bridge as _, HttpBridge, IssuedToken, Message, Outgoing, Receipt, TokenIssuer as _,
        bearer::{Bearer, Generation, Revocation},
        error::LoginError,
        expected::Expected,
        transport::{Exchange, RawAnswer, Transport, parse},
    },
    *,
};
use crate::{credentials::Credentials, testing::origin};
use http::{
    HeaderMap, StatusCode,
    header::{LOCATION, RETRY_AFTER},
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

const MAIL: &str = r#"{"success":true,"data":{"id":7,"to":"desk.alice@tai.chat"}}"#;
/// Body of an answer with a `Retry-After` of 20 s.
const BUSY: &str = "<html>busy</html>";

/// Transport whose answers a test chooses. `/health` has its own.
#[derive(Default)]
struct Script {
    health: Mutex<(u16, &'static str)>,
    answers: Mutex<VecDeque<(u16, String)>>,
    /// Path and repeatability of each request.
    requests: Mutex<Vec<(String, bool)>>,
}

impl Transport for Arc<Script> {
    async fn exchange<E: Expected>(
        &self,
        exchange: Exchange<'_>,
        expected: E,
    ) -> Result<RawAnswer<E::Value>, BridgeError> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let path = exchange.url.path().to_owned();
        let (status, body) = match path.as_str() {
            "/health" | "/api/v1/health" => {
                let (status, body) = *self.health.lock().unwrap();
                (status, body.to_owned())
            }
            _ => self.answers.lock().unwrap().pop_front().unwrap(),
        };
        let request = (path, exchange.is_repeatable);
        self.requests.lock().unwrap().push(request);
        if status == 0 {
            let detail = "reset".to_owned();
            return Err(BridgeError::Broken { detail });
        }
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, "https://elsewhere.example/".parse().unwrap());
        if body == BUSY {
            headers.insert(RETRY_AFTER, "20".parse().unwrap());
        }
        Ok(RawAnswer {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: parse(expected, body.as_bytes()),
        })
    }

    fn close_idle(&self) {}
}

struct World {
    script: Arc<Script>,
    bridge: HttpBridge<Arc<Script>>,
    bearer: Bearer,
}

impl World {
    fn new(answers: &[(u16, &str)]) -> Self {
        let script = Arc::new(Script::default());
        let answers = answers
            .iter()
            .map(|(status, body)| (*status, (*body).into()));
        *script.answers.lock().unwrap() = answers.collect();
        *script.health.lock().unwrap() = (200, r#"{"status":"healthy"}"#);
        let base = "https://tai.chat".parse().unwrap();
        let revocation = Revocation::default();
        Self {
            bridge: HttpBridge::with_transport(script.clone(), base, Duration::from_secs(30)),
            bearer: Bearer::new("jwt".into(), Generation(1), revocation),
            script,
        }
    }

    fn health(self, status: u16, body: &'static str) -> Self {
        *self.script.health.lock().unwrap() = (status, body);
        self
    }

    async fn send(&self) -> SendOutcome<Receipt> {
        let mail = Outgoing {
            to: "bob@example.com",
            from: "desk.alice@tai.chat",
            subject: "s",
            text: "t",
            html: "h",
        };
        self.bridge.send(&self.bearer, &mail, soon()).await
    }

    async fn message(&self) -> Result<Option<Message>, BridgeError> {
        self.bridge.message(&self.bearer, 7, soon()).await
    }

    async fn login(&self) -> Result<IssuedToken, LoginError> {
        let credentials = Credentials {
            username: "alice".parse().unwrap(),
            password: "sandbox-password".into(),
            bridge: origin(),
        };
        self.bridge.login(&credentials).await
    }

    fn requests(&self) -> Vec<(String, bool)> {
        self.script.requests.lock().unwrap().clone()
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn failed(message: &str) -> String {
    format!(r#"{{"success":false,"error":{{"code":"INTERNAL_ERROR","message":"{message}"}}}}"#)
}

const USER_MISSING: &str =
    r#"{"success":false,"error":{"code":"UNAUTHORIZED","message":"User not found"}}"#;
const INVALID: &str =
    r#"{"success":false,"error":{"code":"INVALID_CREDENTIALS","message":"Invalid password"}}"#;
const BAD_HEALTH: &str = r#"{"status":"unhealthy"}"#;

#[tokio::test(start_paused = true)]
async fn every_answer_to_a_send_means_sent_not_sent_or_unknown_and_no_answer_is_asked_for_twice() {
    let page = "<html>a page</html>".to_owned();
    let success = |data: &str| format!(r#"{{"success":true{data}}}"#);
    let answers = [
        (0, String::new()),
        (200, success(r#","data":{"messageId":"m","timestamp":"t"}"#)),
        (200, success("")),
        (200, success(r#","data":null"#)),
        (200, success(r#","data":-1.5"#)),
        (200, success(r#","data":["m"]"#)),
        (200, success(r#","data":{"messageId":{},"timestamp":7}"#)),
        (201, success(r#","data":{"messageId":"m"}"#)),
        (204, String::new()),
        (200, String::new()),
        (200, r#"{"success":true,"data":{"mess"#.to_owned()),
        (200, failed("Circuit breaker is OPEN for send email to bob")),
        (200, failed("It failed")),
        (200, page.clone()),
        (302, page.clone()),
        (308, page.clone()),
        (400, failed("Invalid recipient")),
        (403, failed("You can only send from your own addresses")),
        (403, page.clone()),
        (408, failed("Request timeout")),
        (409, failed("already sent")),
        (413, page.clone()),
        (500, failed("Circuit breaker is OPEN for send email to bob")),
        (500, failed("Resend service not initialized")),
        (500, failed("Failed to process email request")),
        (500, failed("Invalid `to` field. It must be an address.")),
        (500, failed("The tai.chat domain is not verified.")),
        (500, failed("Too many requests.")),
        (500, failed("Unable to fetch data.")),
        (500, failed("Internal server error")),
        (500, String::new()),
        (502, page),
    ];
    let mut table = String::new();
    for (status, body) in answers {
        let world = World::new(&[(status, &body)]);
        let outcome = match world.send().await {
            Ok(receipt) => format!("sent ({:?}, {:?})", receipt.message_id, receipt.timestamp),
            Err(SendFailure::NotSent(why)) => format!("not sent: {why}"),
            Err(SendFailure::Unknown(why)) => format!("unknown: {why}"),
        };
        assert_eq!(world.requests(), [("/api/v1/send-email".to_owned(), false)]);
        let body = body.replace(
            r#"{"success":false,"error":{"code":"INTERNAL_ERROR","message":"#,
            "{..",
        );
        table.push_str(&format!("{status} {body}\n    {outcome}\n"));
    }
    insta::assert_snapshot!(table, @r#"
    0 
        unknown: the connection to the bridge broke before it answered: reset
    200 {"success":true,"data":{"messageId":"m","timestamp":"t"}}
        sent ("m", "t")
    200 {"success":true}
        sent ("", "")
    200 {"success":true,"data":null}
        sent ("", "")
    200 {"success":true,"data":-1.5}
        sent ("", "")
    200 {"success":true,"data":["m"]}
        sent ("", "")
    200 {"success":true,"data":{"messageId":{},"timestamp":7}}
        sent ("", "7")
    201 {"success":true,"data":{"messageId":"m"}}
        sent ("m", "")
    204 
        sent ("", "")
    200 
        unknown: the bridge's answer cannot be read: it is empty
    200 {"success":true,"data":{"mess
        unknown: the bridge's answer cannot be read: EOF while parsing a string at line 1 column 29
    200 {.."Circuit breaker is OPEN for send email to bob"}}
        not sent: the bridge has suspended sending: Circuit breaker is OPEN for send email to bob
    200 {.."It failed"}}
        unknown: the bridge failed: It failed (INTERNAL_ERROR, HTTP 200)
    200 <html>a page</html>
        unknown: the answer is HTTP 200, and not from the bridge
    302 <html>a page</html>
        unknown: the answer is a redirect to https://elsewhere.example/ (HTTP 302)
    308 <html>a page</html>
        not sent: the answer is a redirect to https://elsewhere.example/ (HTTP 308)
    400 {.."Invalid recipient"}}
        not sent: the bridge refuses the request: Invalid recipient (INTERNAL_ERROR, HTTP 400)
    403 {.."You can only send from your own addresses"}}
        not sent: the bridge refuses the request: You can only send from your own addresses (INTERNAL_ERROR, HTTP 403)
    403 <html>a page</html>
        unknown: the answer is HTTP 403, and not from the bridge
    408 {.."Request timeout"}}
        unknown: the bridge refuses the request: Request timeout (INTERNAL_ERROR, HTTP 408)
    409 {.."already sent"}}
        unknown: the bridge refuses the request: already sent (INTERNAL_ERROR, HTTP 409)
    413 <html>a page</html>
        not sent: the answer is HTTP 413, and not from the bridge
    500 {.."Circuit breaker is OPEN for send email to bob"}}
        not sent: the bridge has suspended sending: Circuit breaker is OPEN for send email to bob
    500 {.."Resend service not initialized"}}
        not sent: the bridge has no mail provider: Resend service not initialized
    500 {.."Failed to process email request"}}
        not sent: the bridge did not process the mail: Failed to process email request
    500 {.."Invalid `to` field. It must be an address."}}
        not sent: the bridge's mail provider refuses the mail: Invalid `to` field. It must be an address.
    500 {.."The tai.chat domain is not verified."}}
        not sent: the bridge's mail provider refuses the mail: The tai.chat domain is not verified.
    500 {.."Too many requests."}}
        unknown: the bridge failed: Too many requests. (INTERNAL_ERROR, HTTP 500)
    500 {.."Unable to fetch data."}}
        unknown: the bridge failed: Unable to fetch data. (INTERNAL_ERROR, HTTP 500)
    500 {.."Internal server error"}}
        unknown: the bridge failed: Internal server error (INTERNAL_ERROR, HTTP 500)
    500 
        unknown: the answer is HTTP 500, and not from the bridge
    502 <html>a page</html>
        unknown: the answer is HTTP 502, and not from the bridge
    "#);
}

#[tokio::test(start_paused = true)]
async fn a_401_about_the_user_is_the_database_only_while_the_health_is_bad() {
    for (status, body, is_database) in [
        (503, BAD_HEALTH, true),
        (503, "<html>", true),
        (500, "{}", true),
        (0, "", true),
        (200, r#"{"status":"healthy"}"#, false),
        // The bridge has no health report.
        (404, USER_MISSING, false),
    ] {
        let world = World::new(&[(401, USER_MISSING); 4]).health(status, body);
        let error = world.send().await.unwrap_err();
        let SendFailure::NotSent(reason) = error else {
            panic!("{error:?}");
        };
        let message = "User not found".to_owned();
        let expected = match is_database {
            true => BridgeError::DatabaseFailed { message },
            false => BridgeError::Unauthorized { message },
        };
        assert_eq!(reason.into_error(), expected, "{status} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_moment_of_a_failing_database_costs_a_caller_nothing() {
    let world = World::new(&[(401, USER_MISSING), (200, MAIL)]).health(503, BAD_HEALTH);
    let found = world.message().await.unwrap();
    assert_eq!(found.unwrap().head.id, 7);
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_missing_only_at_a_bridge_in_good_health() {
    let world = World::new(&[(404, INVALID)]).health(503, BAD_HEALTH);
    let error = world.message().await.unwrap_err();
    assert!(matches!(error, BridgeError::DatabaseFailed { .. }));
    let world = World::new(&[(404, INVALID), (404, INVALID)]);
    assert_eq!(world.message().await, Ok(None));
    let names: Vec<_> = world.requests().into_iter().map(|(path, _)| path).collect();
    let mail = "/api/v1/messages/7";
    assert_eq!(names, [mail, "/health", mail]);
}

#[tokio::test(start_paused = true)]
async fn any_other_401_is_about_the_token_and_asks_nothing_more() {
    let world = World::new(&[(401, INVALID)]).health(503, BAD_HEALTH);
    let error = world.message().await.unwrap_err();
    assert!(matches!(error, BridgeError::Unauthorized { .. }));
    assert_eq!(world.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_login_is_refused_only_by_a_bridge_in_good_health() {
    let world = World::new(&[(401, INVALID)]).health(503, BAD_HEALTH);
    assert!(matches!(
        world.login().await,
        Err(LoginError::Bridge(BridgeError::DatabaseFailed { .. }))
    ));
    let world = World::new(&[(401, INVALID)]);
    assert!(matches!(world.login().await, Err(LoginError::Refused)));
    let names: Vec<_> = world.requests().into_iter().map(|(path, _)| path).collect();
    assert_eq!(names, ["/api/v1/login", "/health"]);
}

#[test]
fn a_send_whose_token_is_rejected_is_not_sent_and_asks_for_another_token() {
    let message = "expired".to_owned();
    let failure = SendFailure::from(BridgeError::Unauthorized { message });
    assert!(matches!(failure, SendFailure::NotSent(_)), "{failure:?}");
    let problem = failure.token_problem();
    assert!(
        matches!(problem, Some(TokenProblem::Rejected("expired"))),
        "{problem:?}"
    );
    let detail = String::new();
    let lost = SendFailure::from(BridgeError::Broken { detail });
    assert!(lost.token_problem().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_503_with_a_time_delays_all_requests_and_leaves_the_outcome_of_a_send_unknown() {
    let world = World::new(&[(503, BUSY), (200, MAIL)]);
    let began = Instant::now();
    assert!(matches!(world.send().await, Err(SendFailure::Unknown(_))));
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "it is not repeated"
    );
    let login = world.login().await;
    assert!(matches!(
        login,
        Err(LoginError::Bridge(BridgeError::RateLimited { .. }))
    ));
    let deadline = Instant::now() + Duration::from_secs(60);
    let message = world.bridge.message(&world.bearer, 7, deadline).await;
    assert!(message.unwrap().is_some());
    let waited = began.elapsed();
    let (least, most) = (Duration::from_secs(20), Duration::from_secs(31));
    assert!(waited >= least && waited <= most, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn requests_are_repeated_at_the_begin_of_an_outage_and_not_later() {
    let broken = [(0, ""); 6];
    let world = World::new(&[&broken[..], &[(200, MAIL)]].concat());
    assert!(world.message().await.is_err());
    assert_eq!(world.requests().len(), 4);
    for expected in [5, 6] {
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(world.message().await.is_err());
        assert_eq!(world.requests().len(), expected);
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(world.message().await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn the_history_has_the_outcome_of_each_exchange() {
    let world = World::new(&[(401, USER_MISSING), (0, ""), (503, BUSY)]);
    assert!(world.send().await.is_err() && world.message().await.is_err());
    let (history, _) = world.bridge.history();
    let rows = history.iter().map(|past| {
        let pause = past.retry_after.unwrap_or_default();
        format!("{:?} {:?} {pause:?}\n", past.operation, past.failure)
    });
    insta::assert_snapshot!(rows.collect::<String>(), @"
    Send Some(UnknownUser) 0ns
    Health None 0ns
    Message Some(Broken) 0ns
    Message Some(Intercepted) 20s
    ");
}
