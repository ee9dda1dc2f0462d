//! The paths of the mail API and the web pages, with the observed quirks of the real bridge.

use crate::{
    accounts, javascript, messages,
    modes::{Database, Provider},
    outgoing,
    reply::{Reply, bad, empty, health, no_endpoint, page},
    world::{Shared, World, lock},
};
use hyper::{HeaderMap, body::Bytes, http::request::Parts};

/// The states of the parts of the bridge during one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct States {
    pub(crate) database: Database,
    pub(crate) provider: Provider,
}

const MESSAGES: &str = "/api/v1/messages";

pub(crate) async fn handle(shared: &Shared, head: &Parts, body: Bytes, states: States) -> Reply {
    let States { database, provider } = states;
    let path = javascript::resolved(head.uri.path());
    let query = head.uri.query().unwrap_or_default();
    let headers = &head.headers;
    let parse = || serde_json::from_slice(&body).ok();
    match (head.method.as_str(), path.as_str()) {
        ("OPTIONS", _) => empty(),
        ("GET", "/health" | "/api/v1/health") => {
            let behaviour = &lock(shared).behaviour;
            if behaviour.health_below_api == (path == "/health") {
                return no_endpoint();
            }
            let healthy = behaviour.healthy && database != Database::Down;
            health(healthy, &format!("{:.3}", behaviour.now()))
        }
        ("POST", "/api/v1/register") => accounts::register(shared, parse(), database).await,
        ("POST", "/api/v1/login") => accounts::login(shared, parse(), database).await,
        ("POST", "/api/v1/refresh") if lock(shared).behaviour.has_refresh => {
            let world = lock(shared);
            match accounts::bearer(&world, headers) {
                Ok(user) => accounts::token(&world, &user),
                Err(refused) => refused,
            }
        }
        ("POST", "/api/v1/send-email") => {
            // The bridge reads no account here. The lock is free again before the send.
            let user = accounts::bearer(&lock(shared), headers);
            match user {
                Ok(user) => outgoing::send(shared, &user, parse(), provider).await,
                Err(refused) => refused,
            }
        }
        ("GET", "/api/v1/unread") if lock(shared).behaviour.has_unread => {
            messages::unread(&lock(shared), query)
        }
        ("GET", MESSAGES) => with_user(shared, headers, database, |world, user| {
            messages::list(world, user, query, database)
        }),
        (method, path) => match (method, path.strip_prefix("/api/v1/messages/")) {
            // A bad id is refused before the token is looked at.
            ("GET" | "DELETE", Some(rest)) => match last_number(rest) {
                None => bad("INVALID_REQUEST", "Invalid message ID"),
                Some(id) => with_user(shared, headers, database, |world, user| match method {
                    "GET" => messages::one(world, user, id, database),
                    _ => messages::delete(world, user, id, database),
                }),
            },
            ("PUT", Some(rest)) => match rest.strip_suffix("/read").and_then(digits) {
                None => no_endpoint(),
                Some(id) => with_user(shared, headers, database, |world, user| {
                    messages::mark_read(world, user, id, database)
                }),
            },
            ("POST", Some(rest)) if lock(shared).behaviour.has_reply => {
                let Some(id) = rest.strip_suffix("/reply").and_then(digits) else {
                    return no_endpoint();
                };
                let id = javascript::as_sql(id).unwrap_or(0);
                let user = accounts::user(&lock(shared), headers, database);
                match user {
                    Ok(user) => outgoing::reply(shared, &user, id, parse(), provider).await,
                    Err(refused) => refused,
                }
            }
            ("GET", None) => page(path).unwrap_or_else(no_endpoint),
            _ => no_endpoint(),
        },
    }
}

/// Answers a request of a user, or with the refusal of the token.
fn with_user(
    shared: &Shared,
    headers: &HeaderMap,
    database: Database,
    answer: impl FnOnce(&World, &str) -> Reply,
) -> Reply {
    let world = lock(shared);
    match accounts::user(&world, headers, database) {
        Ok(user) => answer(&world, &user),
        Err(refused) => refused,
    }
}

/// Returns the number at the beginning of the last segment of a path.
fn last_number(path: &str) -> Option<f64> {
    javascript::parse_int(path.rsplit('/').next()?)
}

/// Returns the number of a text of digits.
fn digits(text: &str) -> Option<f64> {
    let all = text.bytes().all(|byte| byte.is_ascii_digit());
    javascript::parse_int(text).filter(|_| all)
}
