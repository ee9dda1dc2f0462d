//! Reasons for which a mail has no answer of the worker.

/// Reason for which a worker did not answer a request.
#[cfg_attr(
    not(unix),
    expect(
        dead_code,
        reason = "only Unix reports the signal that ended a process"
    )
)]
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Cause {
    /// The worker exceeded the limit of CPU time.
    #[error("it exceeded its CPU time")]
    CpuTime,
    /// The worker exceeded the wall-clock limit.
    #[error("it exceeded its time limit")]
    Time,
    /// The worker crashed, exceeded the memory limit, or sent a broken answer.
    #[error("it crashed or exceeded its memory ({0})")]
    Crash(String),
    /// Another process ended the worker.
    #[error("another process ended it ({0})")]
    Outside(String),
}

/// Reason for which a request failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// The request costs more than its limits, or crashes the worker.
    #[error("the worker failed: {0}")]
    Request(String),
    /// The request waited for the worker until its deadline.
    #[error("the worker was busy until the deadline")]
    Busy,
    /// No worker can be started.
    #[error("no worker can be started: {0}")]
    Unavailable(String),
}
