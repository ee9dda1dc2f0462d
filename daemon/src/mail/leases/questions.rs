//! Questions about a lease.

use super::lease::{ClientKey, Lease, State};
use std::time::Instant;

/// Returns whether a client has returned the mail, and another one may have it.
pub(super) fn is_returned(lease: &Lease, now: Instant) -> bool {
    matches!(lease.state, State::Returned { from, .. } if from <= now)
}

/// Returns whether the client holds the mail.
pub(super) fn is_held_by(lease: &Lease, client: ClientKey) -> bool {
    match lease.state {
        State::Taken { client: holder } | State::Marked { client: holder, .. } => holder == client,
        State::Reserved { .. } | State::Returned { .. } | State::Unconfirmed | State::Delivered => {
            false
        }
    }
}

/// Returns whether a lease is the report of a client of another address, which does not count for
/// the mails of this one.
pub(super) fn is_foreign(lease: &Lease, address: &str) -> bool {
    lease.state == State::Unconfirmed && !lease.address.eq_ignore_ascii_case(address)
}
