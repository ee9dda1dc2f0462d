//! The mail operations, in terms of addresses, mails and receipts. Each operation is a method
//! of [`MailService`] in `operations/`. This module knows neither IPC nor HTTP: the bridge
//! is a [`tai_auth::bridge::Bridge`].
//!
//! Three tables have state: the leases of unread mails, the ledger of sent mails, and the approvals.
//! Each has one owner, one pure step function and a test of every state.

mod approvals;
mod arrivals;
mod bodies;
mod bounded;
mod error;
mod journal;
mod leases;
mod ledger;
mod listing;
mod operations;
mod search;
mod sending;
mod service;
mod sharing;
mod state_files;
mod turns;
mod worker;

#[cfg(test)]
mod fake;

pub(crate) use approvals::{ApprovalError, KeyAnswer, KeySource, OF_ADDRESS, OF_DAEMON};
pub(crate) use error::{Change, MailError};
#[cfg(test)]
pub(crate) use journal::{Disk, Work};
pub(crate) use journal::{JournalError, Remedy, SkippedLines};
pub(crate) use ledger::Outcome;
pub(crate) use operations::failing::Recorded;
pub(crate) use sending::submitter::Submitter;
pub(crate) use service::{MailOptions, MailService};
pub(crate) use sharing::{SharedLeases, StoreState, store};
#[cfg(all(test, tokio_unstable))]
pub(crate) use state_files::Predecessor;
pub(crate) use state_files::StateFiles;
pub(crate) use worker::Worker;

/// Entry point of tests/fuzz to the texts that need no worker.
#[cfg(fuzzing)]
pub(crate) fn fuzz(text: &str) {
    assert!(bodies::stripped::text_of(text).len() <= text.len());
    let _ = tai_reader::characters::line(text);
}
