//! The mail operations, in terms of addresses, mails and receipts. Each operation is a method
//! of [`MailService`]. This module knows neither IPC nor HTTP: the bridge is a
//! [`tai_auth::bridge::Bridge`].
//!
//! Three tables have state: the leases of unread mails, the ledger of sent mails, and the approvals.
//! Each has one owner, one pure step function and a test of every state.

mod account;
mod answering;
mod approvals;
mod arrivals;
mod ascent;
mod ascents;
mod attribution;
mod body_part;
mod bounded;
mod check;
mod consent;
mod content;
mod descent;
mod digest;
mod error;
mod failing;
mod familiar;
mod fetch;
mod fold;
mod granted;
mod held;
mod history;
mod inbox;
mod journal;
mod leases;
mod ledger;
mod look;
mod mailbox;
mod named;
mod paging;
mod parts;
mod passed_over;
mod past_waits;
mod person_send;
mod prepare;
mod prepared;
mod previews;
mod query;
mod reading;
mod reclaim;
mod record;
mod seen;
mod sender;
mod service;
mod sharing;
mod state_files;
mod stripped;
mod submit;
mod submitter;
mod turns;
mod view;
mod wait;
mod walk;
mod wanted;
mod watch;
mod worker;

#[cfg(test)]
mod fake;

pub(crate) use approvals::{ApprovalError, KeyAnswer, KeySource, OF_ADDRESS, OF_DAEMON};
pub(crate) use digest::Digest;
pub(crate) use error::{Change, MailError};
pub(crate) use failing::Recorded;
#[cfg(test)]
pub(crate) use journal::{Disk, Work};
pub(crate) use journal::{JournalError, Remedy};
pub(crate) use ledger::Outcome;
pub(crate) use service::{MailOptions, MailService};
pub(crate) use sharing::{SharedLeases, StoreState, store};
#[cfg(all(test, tokio_unstable))]
pub(crate) use state_files::Predecessor;
pub(crate) use state_files::StateFiles;
pub(crate) use submitter::Submitter;
pub(crate) use worker::Worker;

/// Entry point of tests/fuzz to the texts that need no worker.
#[cfg(fuzzing)]
pub(crate) fn fuzz(text: &str) {
    assert!(stripped::text_of(text).len() <= text.len());
    let _ = tai_reader::characters::line(text);
}
