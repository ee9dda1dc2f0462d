//! The events of a lease and the pure function that changes its state.

use super::{
    lease::{ClientKey, Lease, State},
    questions::is_foreign,
    reservation::{has_lapsed, lapse, leave, reclaim, take_returned},
};
use std::time::{Duration, Instant};

/// Time until a returned mail that the bridge reports as missing is requested again. A failing
/// bridge can report an existing mail as missing (bridge-api.md, trap 9).
pub(super) const RETRY_MISSING: Duration = Duration::from_secs(30);
/// Time after which a mail that the bridge reports as missing counts as deleted.
pub(super) const BELIEVE_MISSING: Duration = Duration::from_secs(24 * 60 * 60);

/// An event in the life of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event<'a> {
    /// A client takes a mail of this address that a list shows as unread.
    Take {
        /// The client.
        client: ClientKey,
        /// The mail's recipient.
        address: &'a str,
    },
    /// A client takes a mail that was returned: one that may be leased now, or one that it names.
    TakeReturned {
        /// The client.
        client: ClientKey,
    },
    /// A client takes over a mail that the previous daemon leased to it.
    Reclaim {
        /// The client.
        client: ClientKey,
    },
    /// The time of the reservations may have ended.
    Lapse,
    /// A client is about to write the mail, and the bridge is about to be told.
    Mark {
        /// The client.
        client: ClientKey,
    },
    /// The bridge counts the mail as read.
    Confirm,
    /// A client has written the mail.
    Deliver {
        /// The client.
        client: ClientKey,
        /// Whether the mail is addressed to the client's instance.
        own: bool,
    },
    /// A client says that it has written the mail, and there is no lease: its record was lost with
    /// the previous daemon, or the mail is not the client's.
    DeliverForgotten {
        /// The address of the client's instance, which may not be the mail's recipient.
        address: &'a str,
    },
    /// A client does not write the mail.
    GiveBack {
        /// The client.
        client: ClientKey,
    },
    /// The connection of a client that has reclaimed mails ended. The client may reconnect.
    Leave {
        /// The client.
        client: ClientKey,
        /// The time until which the mail is reserved.
        until: Instant,
    },
    /// The bridge told a client that the mail does not exist.
    Miss {
        /// The client.
        client: ClientKey,
    },
    /// The policy of this machine keeps the mail from the client that holds it.
    Postpone {
        /// The client.
        client: ClientKey,
    },
    /// A client read the mail by its id, or marked it read.
    Read {
        /// Whether the bridge said that it counts the mail as read.
        confirmed: bool,
    },
    /// The mail was deleted.
    Delete,
    /// The mail that a client said it has written is not one of its address.
    Disown,
    /// The list of the address's mails is requested again.
    Look,
    /// The store of the shared leases has taken over a returned mail.
    HandOver,
}

/// Returns the lease after an event; `None` if the lease has ended.
pub(super) fn step(lease: Option<Lease>, event: Event<'_>, now: Instant) -> Option<Lease> {
    match (lease, event) {
        (None, event) => begin(event),
        // A list shows the mail at the address of the client that takes it.
        (Some(lease), Event::Take { address, .. })
            if is_foreign(&lease, address) || has_lapsed(&lease, now) =>
        {
            begin(event)
        }
        (Some(Lease { address, state }), event) => {
            next(state, event, now).map(|state| Lease { address, state })
        }
    }
}

fn begin(event: Event<'_>) -> Option<Lease> {
    match event {
        Event::Take { client, address } => Some(Lease {
            address: address.to_owned(),
            state: State::Taken { client },
        }),
        // The bridge may count the mail as unread.
        Event::DeliverForgotten { address } => Some(Lease {
            address: address.to_owned(),
            state: State::Unconfirmed,
        }),
        Event::TakeReturned { .. }
        | Event::Reclaim { .. }
        | Event::Lapse
        | Event::Mark { .. }
        | Event::Confirm
        | Event::Deliver { .. }
        | Event::GiveBack { .. }
        | Event::Leave { .. }
        | Event::Miss { .. }
        | Event::Postpone { .. }
        | Event::Read { .. }
        | Event::Delete
        | Event::Disown
        | Event::Look
        | Event::HandOver => None,
    }
}

fn next(state: State, event: Event<'_>, now: Instant) -> Option<State> {
    match event {
        Event::Take { .. } | Event::DeliverForgotten { .. } => Some(state),
        Event::TakeReturned { client } => Some(take_returned(state, client)),
        Event::Reclaim { client } => Some(reclaim(state, client)),
        Event::Lapse => lapse(state, now),
        Event::Mark { client } => Some(mark(state, client)),
        Event::Confirm => Some(confirm(state)),
        Event::Deliver { client, own } => Some(deliver(state, client, own)),
        Event::GiveBack { client } => give_back(state, client, now),
        Event::Postpone { client } => give_back(state, client, now + RETRY_MISSING),
        Event::Leave { client, until } => Some(leave(state, client, until)),
        Event::Miss { client } => miss(state, client, now),
        Event::Read { confirmed } => Some(read(state, confirmed)),
        Event::Delete => None,
        Event::Disown => disown(state),
        Event::Look => look(state, now),
        Event::HandOver => hand_over(state),
    }
}

fn mark(state: State, client: ClientKey) -> State {
    match state {
        State::Taken { client: holder } if holder == client => State::Marked {
            client,
            confirmed: false,
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

fn confirm(state: State) -> State {
    match state {
        State::Marked {
            client,
            missing_since,
            confirmed: _,
        } => State::Marked {
            client,
            confirmed: true,
            missing_since,
        },
        State::Unconfirmed => State::Delivered,
        // The holder marks a taken mail itself, and a returned mail still has no reader.
        State::Taken { .. }
        | State::Reserved { .. }
        | State::Returned { .. }
        | State::Delivered => state,
    }
}

fn deliver(state: State, client: ClientKey, own: bool) -> State {
    match state {
        State::Taken { client: holder } if holder == client => State::Unconfirmed,
        State::Marked {
            client: holder,
            confirmed,
            ..
        } if holder == client => match confirmed {
            true => State::Delivered,
            false => State::Unconfirmed,
        },
        // The receipt of a client of the previous daemon, or of a broken connection. The bridge may
        // not know that the mail is read.
        State::Returned { .. } | State::Reserved { .. } if own => State::Unconfirmed,
        State::Taken { .. }
        | State::Reserved { .. }
        | State::Marked { .. }
        | State::Returned { .. }
        | State::Unconfirmed
        | State::Delivered => state,
    }
}

/// `from` is the time from which on another client may have the mail.
fn give_back(state: State, client: ClientKey, from: Instant) -> Option<State> {
    match state {
        State::Taken { client: holder } if holder == client => None,
        State::Marked { client: holder, .. } if holder == client => Some(State::Returned {
            from,
            missing_since: None,
        }),
        State::Taken { .. }
        | State::Reserved { .. }
        | State::Marked { .. }
        | State::Returned { .. }
        | State::Unconfirmed
        | State::Delivered => Some(state),
    }
}

fn miss(state: State, client: ClientKey, now: Instant) -> Option<State> {
    match state {
        // If the mail exists, a list shows it as unread again.
        State::Taken { client: holder } if holder == client => None,
        // If the mail exists, no list shows it as unread.
        State::Marked {
            client: holder,
            missing_since,
            ..
        } if holder == client => {
            let since = missing_since.unwrap_or(now);
            let returned = State::Returned {
                from: now + RETRY_MISSING,
                missing_since: Some(since),
            };
            (now.duration_since(since) < BELIEVE_MISSING).then_some(returned)
        }
        State::Taken { .. }
        | State::Reserved { .. }
        | State::Marked { .. }
        | State::Returned { .. }
        | State::Unconfirmed
        | State::Delivered => Some(state),
    }
}

fn read(state: State, confirmed: bool) -> State {
    match (state, confirmed) {
        (State::Returned { .. } | State::Unconfirmed, true) => State::Delivered,
        (State::Returned { .. } | State::Unconfirmed, false) => State::Unconfirmed,
        // The holder does not know of the other reader, and may be about to write the mail.
        (State::Taken { .. } | State::Reserved { .. } | State::Delivered, true | false)
        | (State::Marked { .. }, false) => state,
        (State::Marked { .. }, true) => confirm(state),
    }
}

fn disown(state: State) -> Option<State> {
    match state {
        State::Unconfirmed => None,
        State::Taken { .. }
        | State::Reserved { .. }
        | State::Marked { .. }
        | State::Returned { .. }
        | State::Delivered => Some(state),
    }
}

fn look(state: State, now: Instant) -> Option<State> {
    match state {
        // A mail that the new list shows as unread was not marked, despite the bridge's answer.
        State::Delivered => None,
        State::Taken { .. }
        | State::Reserved { .. }
        | State::Marked { .. }
        | State::Returned { .. }
        | State::Unconfirmed => lapse(state, now),
    }
}

fn hand_over(state: State) -> Option<State> {
    match state {
        State::Returned { .. } => None,
        State::Taken { .. }
        | State::Reserved { .. }
        | State::Marked { .. }
        | State::Unconfirmed
        | State::Delivered => Some(state),
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
