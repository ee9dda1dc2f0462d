//! The gate that every request passes. A 429, or a 503 with a `Retry-After`, closes it until the
//! pause that the bridge asks for is over. The pause of a mail request holds for all requests, and
//! that of a request for a token only for such requests: a limited renewal must fail no call. The
//! gate does not wait; its callers do.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::time::Instant;

/// Requests that share a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Mail requests, and all others.
    All,
    /// Requests for a token or an account: login, refresh and registration.
    Tokens,
}

/// The times until which no request of a scope leaves.
#[derive(Debug, Default)]
pub(super) struct Gate {
    all: Mutex<Option<Instant>>,
    tokens: Mutex<Option<Instant>>,
}

impl Gate {
    /// Closes the gate of a scope for a pause, which a further one can only extend.
    pub(super) fn close(&self, scope: Scope, pause: Duration) {
        let until = Instant::now() + pause;
        let mut gate = self.of(scope);
        if gate.is_none_or(|set| set < until) {
            *gate = Some(until);
        }
    }

    /// Returns the time of opening while the gate is closed for a scope.
    pub(super) fn closed_until(&self, scope: Scope) -> Option<Instant> {
        let all = self.closed(Scope::All);
        match scope {
            Scope::All => all,
            Scope::Tokens => all.max(self.closed(Scope::Tokens)),
        }
    }

    fn closed(&self, scope: Scope) -> Option<Instant> {
        let mut gate = self.of(scope);
        if gate.is_some_and(|until| until <= Instant::now()) {
            *gate = None;
        }
        *gate
    }

    fn of(&self, scope: Scope) -> MutexGuard<'_, Option<Instant>> {
        let gate = match scope {
            Scope::All => &self.all,
            Scope::Tokens => &self.tokens,
        };
        gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads `Retry-After` in both its forms (RFC 9110, 10.2.3): seconds, or an HTTP date. A date
/// is compared with the answer's own `Date`, so the local clock does not matter.
pub(super) fn retry_after(value: &str, date: Option<SystemTime>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(value).ok()?;
    let from = date.unwrap_or_else(SystemTime::now);
    Some(at.duration_since(from).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let date = httpdate::parse_http_date("Mon, 23 Nov 2026 10:00:00 GMT").ok();
        assert_eq!(retry_after(" 7 ", date), Some(Duration::from_secs(7)));
        assert_eq!(
            retry_after("Mon, 23 Nov 2026 10:01:30 GMT", date),
            Some(Duration::from_secs(90))
        );
        assert_eq!(
            retry_after("Mon, 23 Nov 2026 09:00:00 GMT", date),
            Some(Duration::ZERO)
        );
        assert_eq!(retry_after("soon", date), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_gate_opens_in_time_and_never_earlier_than_set() {
        let gate = Gate::default();
        assert_eq!(gate.closed_until(Scope::All), None);
        gate.close(Scope::All, Duration::from_secs(10));
        gate.close(Scope::All, Duration::from_secs(1));
        assert_eq!(
            gate.closed_until(Scope::All),
            Some(Instant::now() + Duration::from_secs(10))
        );
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(gate.closed_until(Scope::All), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_of_token_requests_holds_no_mail_request_back() {
        let gate = Gate::default();
        let after = |seconds| Some(Instant::now() + Duration::from_secs(seconds));
        gate.close(Scope::Tokens, Duration::from_secs(10));
        assert_eq!(gate.closed_until(Scope::All), None);
        assert_eq!(gate.closed_until(Scope::Tokens), after(10));
        gate.close(Scope::All, Duration::from_secs(20));
        assert_eq!(gate.closed_until(Scope::All), after(20));
        assert_eq!(gate.closed_until(Scope::Tokens), after(20));
    }
}
