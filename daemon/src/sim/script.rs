//! The recorded outcomes of a bug report, which the world's bridge repeats for each operation in
//! their order.

use super::bridge::{Asked, failed};
use serde_json::json;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Mutex,
    time::Duration,
};
use tai_auth::bridge::{BridgeError, had_no_effect_by_definition, transport::Unreadable};
use tai_proto::traffic::{ExchangeRecord, Failure, Operation};

/// Life of a token after the last recorded login or refresh, in seconds.
const LONG_LIFE: u64 = 24 * 60 * 60;
/// Time before a token's end from which on the session renews it, in seconds: 5 minutes, and 0 to 60
/// seconds more.
const RENEWAL: u64 = 330;

/// The outcomes that were not repeated yet.
pub(super) struct Script {
    left: Mutex<BTreeMap<Operation, VecDeque<ExchangeRecord>>>,
    /// Times of the logins and refreshes.
    tokens: Vec<u64>,
}

impl Script {
    pub(super) fn new(exchanges: &[ExchangeRecord]) -> Self {
        let mut sorted = exchanges.to_vec();
        sorted.sort_by_key(|record| record.at_ms);
        let is_token = |record: &&ExchangeRecord| {
            matches!(record.operation, Operation::Login | Operation::Refresh)
        };
        let tokens = sorted.iter().filter(is_token);
        let tokens = tokens.map(|record| record.at_ms).collect();
        let mut left: BTreeMap<_, VecDeque<_>> = BTreeMap::new();
        for record in sorted {
            left.entry(record.operation).or_default().push_back(record);
        }
        Self {
            left: Mutex::new(left),
            tokens,
        }
    }

    /// Takes the outcome of a request; `None` if the report has no further one for its operation.
    pub(super) fn next(&self, asked: &Asked) -> Option<ExchangeRecord> {
        let mut left = self.left.lock().unwrap();
        left.get_mut(&operation(asked))?.pop_front()
    }

    /// Returns the life in seconds of a token that comes with this record: the session renews the
    /// token at about the time of the next recorded login or refresh.
    pub(super) fn token_life(&self, record: Option<&ExchangeRecord>) -> u64 {
        let next = record.and_then(|record| {
            let next = self.tokens.iter().find(|at| **at > record.at_ms)?;
            Some((next - record.at_ms) / 1_000 + RENEWAL)
        });
        next.unwrap_or(LONG_LIFE)
    }
}

/// Returns the operation of a request. The poll is the only request for the first mail alone.
fn operation(asked: &Asked) -> Operation {
    let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
    let query = |name: &str| asked.query.get(name).map(String::as_str);
    let is_poll = query("limit") == Some("1") && query("offset") == Some("0");
    match (asked.method.as_str(), &path[..]) {
        (_, ["login"]) => Operation::Login,
        (_, ["refresh"]) => Operation::Refresh,
        (_, ["register"]) => Operation::Register,
        (_, ["send-email"]) => Operation::Send,
        ("POST", ["messages", ..]) => Operation::Reply,
        ("PUT", ["messages", ..]) => Operation::MarkRead,
        ("DELETE", ["messages", ..]) => Operation::Delete,
        (_, ["messages"]) if is_poll && query("prefix").is_none() => Operation::Poll,
        (_, ["messages"]) => Operation::List,
        (_, ["messages", ..]) => Operation::Message,
        _ => Operation::Health,
    }
}

/// Returns whether the bridge may have served the request. The replay assumes that it has, which is
/// the harder case for a request that must not be repeated.
pub(super) fn may_be_served(record: &ExchangeRecord) -> bool {
    match record.failure {
        None | Some(Failure::Broken | Failure::TimedOut) => true,
        Some(Failure::Failed | Failure::Garbled | Failure::TooLarge) => true,
        Some(Failure::Intercepted) => !matches!(record.status, Some(407 | 413)),
        Some(Failure::Moved) => !matches!(record.status, Some(307 | 308)),
        Some(Failure::Refused) => !record.status.is_some_and(had_no_effect_by_definition),
        Some(
            Failure::Unreachable
            | Failure::ProxyFailed
            | Failure::Untrusted
            | Failure::RateLimited
            | Failure::Unauthorized
            | Failure::UnknownUser
            | Failure::DatabaseFailed
            | Failure::NoProvider
            | Failure::NotProcessed
            | Failure::CircuitOpen
            | Failure::ProviderRefused
            | Failure::NoEndpoint
            | Failure::Revoked,
        ) => false,
    }
}

/// Returns the body of an answer with this failure.
///
/// # Errors
/// The error of a request without an answer.
pub(super) fn failed_body(
    record: &ExchangeRecord,
) -> Result<Result<String, Unreadable>, BridgeError> {
    let status = record.status.unwrap_or(200);
    let is_health = record.operation == Operation::Health;
    let detail = || "replayed".to_owned();
    let error = |code: &str, message: &str| Ok(failed(status, code, message).1.to_string());
    Ok(match record.failure {
        Some(Failure::Unreachable | Failure::Revoked) => {
            return Err(BridgeError::Unreachable { detail: detail() });
        }
        Some(Failure::ProxyFailed) => {
            let (proxy, detail) = ("http://proxy.example".to_owned(), detail());
            return Err(BridgeError::ProxyFailed { proxy, detail });
        }
        Some(Failure::Untrusted) => return Err(BridgeError::Untrusted { detail: detail() }),
        None | Some(Failure::Broken) => return Err(BridgeError::Broken { detail: detail() }),
        Some(Failure::TimedOut) => {
            let after = Duration::from_millis(record.duration_ms.into());
            return Err(BridgeError::TimedOut { after });
        }
        Some(Failure::RateLimited) => error("RATE_LIMITED", "Too many requests"),
        Some(Failure::Unauthorized) => error("UNAUTHORIZED", "Invalid or expired token"),
        Some(Failure::UnknownUser | Failure::DatabaseFailed) => {
            error("UNAUTHORIZED", "User not found")
        }
        Some(Failure::Refused) if status == 404 => error("NOT_FOUND", "Message not found"),
        Some(Failure::Refused) => error("VALIDATION_ERROR", "Invalid request"),
        Some(Failure::Failed) if is_health => Ok(json!({"status": "unhealthy"}).to_string()),
        Some(Failure::Failed) => error("INTERNAL_ERROR", "Internal server error"),
        Some(Failure::NoProvider) => error("INTERNAL_ERROR", "Resend service not initialized"),
        Some(Failure::NotProcessed) => error("INTERNAL_ERROR", "Failed to process email request"),
        Some(Failure::CircuitOpen) => error("INTERNAL_ERROR", "Circuit breaker is OPEN"),
        Some(Failure::ProviderRefused) => error("INTERNAL_ERROR", "API key is invalid"),
        Some(Failure::NoEndpoint) if is_health => Ok("not found".to_owned()),
        Some(Failure::NoEndpoint) => error("NOT_FOUND", "Endpoint not found"),
        Some(Failure::Moved | Failure::Intercepted) => Ok("<html>a page</html>".to_owned()),
        Some(Failure::Garbled) => Ok("{}".to_owned()),
        Some(Failure::TooLarge) => Err(Unreadable::TooLarge(1)),
    })
}
