//! Options of the command.

use super::agent::Agent;
use std::{ffi::OsString, time::Duration};

/// Options of the command. Without an agent and a program, the mails are printed.
pub(crate) struct Options {
    /// Instance whose mail is handled; `None` takes the configured one.
    pub(crate) instance: Option<String>,
    /// Agent that handles the mails.
    pub(crate) agent: Option<Agent>,
    /// Task of the agent, in place of the usual one.
    pub(crate) task: Option<String>,
    /// Whether the output of the agent or program is sent as the answer.
    pub(crate) sends_output: bool,
    /// Time limit of the agent or program for one mail.
    pub(crate) limit: Duration,
    /// Program and its arguments; empty if there is none.
    pub(crate) exec: Vec<OsString>,
}
