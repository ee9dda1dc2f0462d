//! The time limit of sources.

use std::time::Duration;

/// Time limit of a source: a person may have to unlock it.
pub(super) const LIMIT: Duration = Duration::from_secs(45);

/// Does blocking work on a thread of its own. Returns `None` after the limit; the thread then
/// goes on, and its result is ignored.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let done = tokio::task::spawn_blocking(work);
    tokio::time::timeout(LIMIT, done).await.ok()?.ok()
}
