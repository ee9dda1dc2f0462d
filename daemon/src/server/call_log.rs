//! Records of the last calls, for a bug report. A record has no content, and no decision depends on
//! it.

use std::time::Duration;
use tai_auth::ring::Ring;
use tai_proto::{
    Fault, FaultCode,
    traffic::{CallOutcome, MAX_CALLS},
};
use tokio::time::Instant;

/// Writer of the records.
#[derive(Debug)]
pub(crate) struct CallLog {
    started: Instant,
    last: Ring<PastCall>,
}

/// A finished call.
#[derive(Debug, Clone, Copy)]
pub(super) struct PastCall {
    pub(super) connection: u64,
    pub(super) label: &'static str,
    /// Time from the daemon's start until the call.
    pub(super) at: Duration,
    pub(super) took: Duration,
    pub(super) outcome: CallOutcome,
}

/// A call that runs. Dropping it records the call, as cancelled unless [`Recording::end`] was called.
pub(super) struct Recording<'a> {
    log: &'a CallLog,
    connection: u64,
    label: &'static str,
    began: Instant,
    outcome: CallOutcome,
}

impl CallLog {
    /// Creates a log without records. `started` is the time of the daemon's start.
    pub(crate) fn new(started: Instant) -> Self {
        Self {
            started,
            last: Ring::new(MAX_CALLS),
        }
    }

    /// Begins the record of a call.
    pub(super) fn begin(&self, connection: u64, label: &'static str) -> Recording<'_> {
        Recording {
            log: self,
            connection,
            label,
            began: Instant::now(),
            outcome: CallOutcome::Failed(FaultCode::Cancelled),
        }
    }

    /// Returns the last calls, in the order in which they ended, and the number of those before.
    pub(super) fn last(&self) -> (Vec<PastCall>, u64) {
        self.last.last()
    }
}

impl Recording<'_> {
    /// Ends the record with the outcome of the call.
    pub(super) fn end<T>(mut self, result: Result<&T, &Fault>) {
        self.outcome = match result {
            Ok(_) => CallOutcome::Done,
            Err(fault) => CallOutcome::Failed(fault.code),
        };
    }
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        self.log.last.push(PastCall {
            connection: self.connection,
            label: self.label,
            at: self.began.saturating_duration_since(self.log.started),
            took: self.began.elapsed(),
            outcome: self.outcome,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_call_is_recorded_when_it_ends_and_a_dropped_one_as_cancelled() {
        let log = CallLog::new(Instant::now());
        let advance = |ms| tokio::time::advance(Duration::from_millis(ms));
        advance(5).await;
        let first = log.begin(1, "first");
        advance(7).await;
        let second = log.begin(2, "second");
        let third = log.begin(2, "third");
        third.end(Ok(&()));
        drop(second);
        let fault = Fault::new(FaultCode::RateLimited, "private words");
        first.end::<()>(Err(&fault));
        let (calls, left_out) = log.last();
        let rows = calls.iter().map(|call| {
            let (at, took) = (call.at.as_millis(), call.took.as_millis());
            let (connection, label) = (call.connection, call.label);
            format!("{connection} {label} {at} {took} {:?}\n", call.outcome)
        });
        assert_eq!(left_out, 0);
        insta::assert_snapshot!(rows.collect::<String>(), @"
        2 third 12 0 Done
        2 second 12 0 Failed(Cancelled)
        1 first 5 7 Failed(RateLimited)
        ");
    }
}
