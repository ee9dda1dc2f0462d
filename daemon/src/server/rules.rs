//! The state of the configuration files with the rules, and when they are read again.

use crate::config::Stamp;
use std::time::Duration;
use tokio::{sync::Mutex, time::sleep};

/// Time for which a changed file must stay as it is before it is read: a program may be writing it.
const SETTLED: Duration = Duration::from_millis(250);
/// Limit of the waits for a file that changes again and again.
const MAX_WAITS: usize = 8;

/// The state of the configuration files whose rules are in force.
pub(crate) struct FileRules(Mutex<Read>);

/// Result of the last reading.
struct Read {
    stamp: Stamp,
    /// Reason for which the files could not be used.
    problem: Option<String>,
}

impl Read {
    fn new(stamp: Stamp, result: Result<(), String>) -> Self {
        let problem = result.err();
        Self { stamp, problem }
    }
}

impl FileRules {
    /// Returns the state of files that were read at the start.
    pub(crate) fn new(stamp: Stamp) -> Self {
        Self(Mutex::new(Read::new(stamp, Ok(()))))
    }

    /// Reads the configuration with `read_again` if its files changed since it was read.
    ///
    /// # Errors
    /// The reason for which it cannot be used.
    pub(super) async fn refresh(
        &self,
        read_again: impl Fn() -> Result<(), String>,
    ) -> Result<(), String> {
        let mut read = self.0.lock().await;
        let mut found = read.stamp.again();
        if found != read.stamp {
            for _ in 0..MAX_WAITS {
                sleep(SETTLED).await;
                let later = read.stamp.again();
                let is_settled = later == found;
                found = later;
                if is_settled {
                    break;
                }
            }
            *read = Read::new(found, read_again());
        }
        read.problem.clone().map_or(Ok(()), Err)
    }

    /// Reads the configuration with `read_again`.
    ///
    /// # Errors
    /// As [`FileRules::refresh`].
    pub(super) async fn reload(
        &self,
        read_again: impl Fn() -> Result<(), String>,
    ) -> Result<(), String> {
        let mut read = self.0.lock().await;
        let found = read.stamp.again();
        *read = Read::new(found, read_again());
        read.problem.clone().map_or(Ok(()), Err)
    }
}
