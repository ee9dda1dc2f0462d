//! Mails that are reserved for the clients of ended connections.

use super::lease::{ClientKey, Lease, State};
use std::time::Instant;

/// Returns whether the lease is a reservation whose time has ended.
pub(super) fn has_lapsed(lease: &Lease, now: Instant) -> bool {
    matches!(lease.state, State::Reserved { until } if until <= now)
}

/// Returns the end of a reservation for the clients of ended connections. The reservation of a marked
/// mail ends at `last` at the latest; a mail that is requested again later has none.
pub(super) fn reserved_until(lease: &Lease, now: Instant, last: Instant) -> Option<Instant> {
    let end = match lease.state {
        State::Reserved { until } => until,
        State::Returned {
            from,
            missing_since: None,
        } if from <= last => from,
        State::Taken { .. }
        | State::Marked { .. }
        | State::Returned { .. }
        | State::Unconfirmed
        | State::Delivered => return None,
    };
    (end > now).then_some(end)
}

/// Returns the state after the client took over a mail that the previous daemon leased to it.
pub(super) fn reclaim(state: State, client: ClientKey) -> State {
    match state {
        State::Reserved { .. } => State::Taken { client },
        State::Taken { .. }
        | State::Marked { .. }
        | State::Returned { .. }
        | State::Unconfirmed
        | State::Delivered => take_returned(state, client),
    }
}

/// Returns the state of a mail once its reservation may have ended.
pub(super) fn lapse(state: State, now: Instant) -> Option<State> {
    match state {
        State::Reserved { until } => (until > now).then_some(state),
        State::Taken { .. }
        | State::Marked { .. }
        | State::Returned { .. }
        | State::Unconfirmed
        | State::Delivered => Some(state),
    }
}

/// Returns the state of a mail of a client whose connection ended, and that may reconnect until then.
pub(super) fn leave(state: State, client: ClientKey, until: Instant) -> State {
    match state {
        State::Taken { client: holder } if holder == client => State::Reserved { until },
        State::Marked { client: holder, .. } if holder == client => State::Returned {
            from: until,
            missing_since: None,
        },
        State::Taken { .. }
        | State::Reserved { .. }
        | State::Marked { .. }
        | State::Returned { .. }
        | State::Unconfirmed
        | State::Delivered => state,
    }
}

/// Returns the state of a mail once a client took it that another one had returned.
pub(super) fn take_returned(state: State, client: ClientKey) -> State {
    match state {
        State::Returned { missing_since, .. } => State::Marked {
            client,
            confirmed: false,
            missing_since,
        },
        State::Taken { .. }
        | State::Reserved { .. }
        | State::Marked { .. }
        | State::Unconfirmed
        | State::Delivered => state,
    }
}
