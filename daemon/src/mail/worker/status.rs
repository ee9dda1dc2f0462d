//! Figures of the worker for `taid status`.

use tai_reader::worker::Confinement;

/// Figures since the start of the daemon.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stats {
    /// Process id of the running worker.
    pub(crate) pid: Option<u32>,
    /// Workers that were started.
    pub(crate) starts: u64,
    /// Requests that were answered.
    pub(crate) answered: u64,
    /// Requests that exceeded a limit or crashed the worker.
    pub(crate) failed: u64,
    /// Confinement of the last worker; `None` before the first start.
    pub(crate) confinement: Option<Confinement>,
    /// Reason for which no worker can be started.
    pub(crate) broken: Option<String>,
}
