//! Mutual exclusion per key, with a value that the tasks of a key pass on.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// One lock per key. A lock and its value exist while a task holds it or waits for it.
#[derive(Debug, Default)]
pub(super) struct Turns<T>(Mutex<HashMap<String, Arc<AsyncMutex<T>>>>);

impl<T: Default> Turns<T> {
    /// Waits until no other task holds the key's lock, and returns the lock. Tasks get it in
    /// the order of their calls. A wait may be cancelled.
    pub(super) async fn wait(&self, key: &str) -> OwnedMutexGuard<T> {
        self.lock_of(key).lock_owned().await
    }

    fn lock_of(&self, key: &str) -> Arc<AsyncMutex<T>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        locks.entry(key.to_owned()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::time::timeout;

    #[tokio::test(start_paused = true)]
    async fn a_key_is_held_by_one_task_and_other_keys_are_free() {
        let turns = Turns::<()>::default();
        let held = turns.wait("desk").await;
        let soon = Duration::from_secs(1);
        assert!(timeout(soon, turns.wait("desk")).await.is_err());
        assert!(timeout(soon, turns.wait("lab")).await.is_ok());
        drop(held);
        assert!(timeout(soon, turns.wait("desk")).await.is_ok());
    }

    #[tokio::test]
    async fn locks_that_no_task_holds_are_dropped() {
        let turns = Turns::<()>::default();
        for n in 0..100 {
            drop(turns.wait(&n.to_string()).await);
        }
        assert!(turns.0.lock().unwrap().len() <= 1);
    }
}
