//! The time limit of sources.

use std::time::Duration;

/// Time limit of a source, long enough for a person to unlock a keyring.
pub(super) const LIMIT: Duration = Duration::from_secs(45);

/// Does blocking work on a separate thread. Returns `None` after the limit; the
/// thread continues, and its result is discarded.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let done = tokio::task::spawn_blocking(work);
    tokio::time::timeout(LIMIT, done).await.ok()?.ok()
}
