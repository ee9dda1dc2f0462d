//! The idle timeout: time without connected clients. The timer fires only when the timeout may
//! have passed, so an idle daemon causes no periodic wake-ups.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// Counts connections and knows since when there are none.
#[derive(Debug)]
pub(super) struct Idle {
    limit: Option<Duration>,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    /// Number of connections, at least 1.
    Busy(usize),
    /// There has been no connection since this time.
    Idle(Instant),
}

/// A connection. Dropping it ends the count of this connection.
#[derive(Debug)]
pub(super) struct ConnectionGuard(Arc<Idle>);

impl Idle {
    pub(super) fn new(limit: Option<Duration>) -> Self {
        let state = Mutex::new(State::Idle(Instant::now()));
        Self { limit, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection.
    pub(super) fn connected(self: Arc<Self>) -> ConnectionGuard {
        let mut state = self.state();
        *state = match *state {
            State::Busy(count) => State::Busy(count + 1),
            State::Idle(_) => State::Busy(1),
        };
        drop(state);
        ConnectionGuard(self)
    }

    /// Returns when there was no connection for the limit and `is_needed` returns `false`.
    /// Without a limit it never returns. `is_needed` is called once per limit.
    pub(super) async fn timed_out(&self, is_needed: impl Fn() -> bool) {
        let Some(limit) = self.limit else {
            return std::future::pending().await;
        };
        loop {
            let end = match *self.state() {
                State::Busy(_) => Instant::now() + limit,
                State::Idle(since) => since + limit,
            };
            sleep_until(end).await;
            let idle =
                matches!(*self.state(), State::Idle(since) if since + limit <= Instant::now());
            if idle && !is_needed() {
                return;
            }
            if idle {
                sleep_until(Instant::now() + limit).await;
            }
        }
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        let mut state = self.0.state();
        *state = match *state {
            State::Busy(count) if count > 1 => State::Busy(count - 1),
            State::Busy(_) | State::Idle(_) => State::Idle(Instant::now()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const LIMIT: Duration = Duration::from_secs(1800);

    #[tokio::test(start_paused = true)]
    async fn the_timeout_passes_after_the_limit_without_connections() {
        let idle = Arc::new(Idle::new(Some(LIMIT)));
        let (one, two) = (idle.clone().connected(), idle.clone().connected());
        drop(one);
        tokio::time::advance(LIMIT * 3).await;
        let began = Instant::now();
        tokio::join!(idle.timed_out(|| false), async {
            tokio::time::sleep(LIMIT / 2).await;
            drop(two);
        });
        assert_eq!(began.elapsed(), LIMIT / 2 + LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_connection_restarts_the_timeout() {
        let idle = Arc::new(Idle::new(Some(LIMIT)));
        let began = Instant::now();
        tokio::join!(idle.timed_out(|| false), async {
            tokio::time::sleep(LIMIT - Duration::from_secs(1)).await;
            drop(idle.clone().connected());
        });
        assert_eq!(began.elapsed(), LIMIT * 2 - Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_timeout_waits_while_the_daemon_is_needed_and_never_passes_without_a_limit() {
        let idle = Idle::new(Some(LIMIT));
        let asked = Cell::new(0);
        idle.timed_out(|| {
            asked.set(asked.get() + 1);
            asked.get() < 4
        })
        .await;
        assert_eq!(asked.get(), 4);
        let never = Idle::new(None);
        let waited = tokio::time::timeout(LIMIT * 1000, never.timed_out(|| false)).await;
        assert!(waited.is_err());
    }
}
