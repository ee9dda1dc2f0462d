//! What the looks for unread mail leave for the next ones: how far they have come, and what the
//! last one has found.

use super::ascent::Ascent;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use tai_proto::mail::LeftOut;
use tokio::time::Instant;

/// Limit of addresses whose ascents are remembered.
const MAX_ADDRESSES: usize = 64;
/// Result of a look. It is true for every question that was asked before the look began.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// Time at which the look began.
    pub(super) since: Instant,
    pub(super) outcome: Outcome,
}

/// Mails that a look has found.
#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// The oldest unread mails, oldest first. At least one had no lease.
    Unread(Vec<u64>),
    /// No unread mail without a lease was found.
    None {
        left_out: LeftOut,
        /// Whether clients hold unread mails, which they may give back.
        has_held: bool,
    },
}

/// The ascents of the addresses, which are in lower case.
#[derive(Debug, Default)]
pub(super) struct Ascents(Mutex<HashMap<String, Ascent>>);

impl Ascents {
    /// Calls `then` with the ascent of an address, a new one if none is remembered.
    pub(super) fn with<R>(&self, address: &str, then: impl FnOnce(&mut Ascent) -> R) -> R {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_ADDRESSES && !all.contains_key(address) {
            all.clear();
        }
        then(all.entry(address.to_owned()).or_default())
    }

    /// Forgets an unread mail that was read or deleted.
    pub(super) fn forget(&self, id: u64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.values_mut().for_each(|ascent| ascent.forget(id));
    }
}
