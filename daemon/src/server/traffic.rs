//! Collects the records of the last calls and exchanges. It changes nothing.

use super::{app::App, call_log::PastCall};
use std::time::Duration;
use tai_auth::bridge::{self, FailureKind, MAX_PAST, PastExchange, transport::Transport};
use tai_proto::traffic::{CallRecord, ExchangeRecord, Failure, MAX_EXCHANGES, Operation, Traffic};

const _: () = assert!(MAX_PAST == MAX_EXCHANGES);

/// Returns the records.
pub(crate) fn of<T: Transport>(app: &App<T>) -> Traffic {
    let (calls, calls_left_out) = app.calls.last();
    let (exchanges, exchanges_left_out) = app.bridge.history();
    Traffic {
        calls: calls.iter().map(call).collect(),
        calls_left_out,
        exchanges: exchanges.iter().map(exchange).collect(),
        exchanges_left_out,
    }
}

fn call(past: &PastCall) -> CallRecord {
    CallRecord {
        connection: past.connection,
        call: past.label.into(),
        at_ms: u64::try_from(past.at.as_millis()).unwrap_or(u64::MAX),
        duration_ms: short(past.took),
        outcome: past.outcome,
    }
}

fn exchange(past: &PastExchange) -> ExchangeRecord {
    let seconds = |pause: Duration| u32::try_from(pause.as_secs()).unwrap_or(u32::MAX);
    ExchangeRecord {
        at_ms: u64::try_from(past.at.as_millis()).unwrap_or(u64::MAX),
        operation: operation(past.operation),
        duration_ms: short(past.took),
        status: past.status,
        failure: past.failure.map(failure),
        retry_after_s: past.retry_after.map(seconds),
    }
}

fn short(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

fn operation(operation: bridge::Operation) -> Operation {
    match operation {
        bridge::Operation::Register => Operation::Register,
        bridge::Operation::Login => Operation::Login,
        bridge::Operation::Refresh => Operation::Refresh,
        bridge::Operation::Health => Operation::Health,
        bridge::Operation::List => Operation::List,
        bridge::Operation::Poll => Operation::Poll,
        bridge::Operation::Message => Operation::Message,
        bridge::Operation::MarkRead => Operation::MarkRead,
        bridge::Operation::Delete => Operation::Delete,
        bridge::Operation::Send => Operation::Send,
        bridge::Operation::Reply => Operation::Reply,
    }
}

fn failure(kind: FailureKind) -> Failure {
    match kind {
        FailureKind::Unreachable => Failure::Unreachable,
        FailureKind::ProxyFailed => Failure::ProxyFailed,
        FailureKind::Untrusted => Failure::Untrusted,
        FailureKind::Broken => Failure::Broken,
        FailureKind::TimedOut => Failure::TimedOut,
        FailureKind::RateLimited => Failure::RateLimited,
        FailureKind::Unauthorized => Failure::Unauthorized,
        FailureKind::UnknownUser => Failure::UnknownUser,
        FailureKind::DatabaseFailed => Failure::DatabaseFailed,
        FailureKind::Refused => Failure::Refused,
        FailureKind::Failed => Failure::Failed,
        FailureKind::NoProvider => Failure::NoProvider,
        FailureKind::NotProcessed => Failure::NotProcessed,
        FailureKind::CircuitOpen => Failure::CircuitOpen,
        FailureKind::ProviderRefused => Failure::ProviderRefused,
        FailureKind::NoEndpoint => Failure::NoEndpoint,
        FailureKind::Moved => Failure::Moved,
        FailureKind::Intercepted => Failure::Intercepted,
        FailureKind::Garbled => Failure::Garbled,
        FailureKind::TooLarge => Failure::TooLarge,
        FailureKind::Revoked => Failure::Revoked,
    }
}
