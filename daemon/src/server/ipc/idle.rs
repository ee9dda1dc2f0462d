//! For how long nobody has been connected. It wakes up once at the end of that time, and not
//! in between.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep_until};

/// Counts connections.
#[derive(Debug)]
pub(super) struct Idle {
    limit: Option<Duration>,
    now: Mutex<Now>,
}

#[derive(Debug)]
enum Now {
    /// So many are connected.
    Busy(usize),
    /// Nobody is, since then.
    Since(Instant),
}

/// Somebody who is connected, until this is dropped.
#[derive(Debug)]
pub(super) struct Here(Arc<Idle>);

impl Idle {
    pub(super) fn new(limit: Option<Duration>) -> Self {
        let now = Mutex::new(Now::Since(Instant::now()));
        Self { limit, now }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody has connected.
    pub(super) fn connected(self: Arc<Self>) -> Here {
        let mut now = self.now();
        *now = match *now {
            Now::Busy(count) => Now::Busy(count + 1),
            Now::Since(_) => Now::Busy(1),
        };
        drop(now);
        Here(self)
    }

    /// Returns once nobody was connected for the limit and `is_needed` says no; never when
    /// there is no limit.
    pub(super) async fn over(&self, is_needed: impl Fn() -> bool) {
        let Some(limit) = self.limit else {
            return std::future::pending().await;
        };
        loop {
            let end = match *self.now() {
                Now::Busy(_) => Instant::now() + limit,
                Now::Since(since) => since + limit,
            };
            sleep_until(end).await;
            let idle = matches!(*self.now(), Now::Since(since) if since + limit <= Instant::now());
            if idle && !is_needed() {
                return;
            }
            if idle {
                // Asked again after as long.
                sleep_until(Instant::now() + limit).await;
            }
        }
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        let mut now = self.0.now();
        *now = match *now {
            Now::Busy(count) if count > 1 => Now::Busy(count - 1),
            _ => Now::Since(Instant::now()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const LIMIT: Duration = Duration::from_secs(1800);

    #[tokio::test(start_paused = true)]
    async fn it_is_over_after_the_limit_without_anybody_and_not_before() {
        let idle = Arc::new(Idle::new(Some(LIMIT)));
        let (one, two) = (idle.clone().connected(), idle.clone().connected());
        drop(one);
        tokio::time::advance(LIMIT * 3).await;
        let began = Instant::now();
        tokio::join!(idle.over(|| false), async {
            tokio::time::sleep(LIMIT / 2).await;
            drop(two);
        });
        assert_eq!(began.elapsed(), LIMIT / 2 + LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_comes_begins_it_anew() {
        let idle = Arc::new(Idle::new(Some(LIMIT)));
        let began = Instant::now();
        tokio::join!(idle.over(|| false), async {
            tokio::time::sleep(LIMIT - Duration::from_secs(1)).await;
            drop(idle.clone().connected());
        });
        assert_eq!(began.elapsed(), LIMIT * 2 - Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn while_it_is_needed_it_is_not_over_and_without_a_limit_it_never_is() {
        let idle = Idle::new(Some(LIMIT));
        let asked = Cell::new(0);
        idle.over(|| {
            asked.set(asked.get() + 1);
            asked.get() < 4
        })
        .await;
        assert_eq!(asked.get(), 4);
        let never = Idle::new(None);
        let waited = tokio::time::timeout(LIMIT * 1000, never.over(|| false)).await;
        assert!(waited.is_err());
    }
}
