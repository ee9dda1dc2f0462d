//! A store of shared leases in memory, and its machines, for tests.

use super::store::{
    Grant, LeaseStore, Mailbox, Origin, Refusal, Reply, Reports, Request, SharedLeases, StoreError,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

/// Time of a lease.
pub(in crate::mail) const TTL: Duration = Duration::from_secs(60);

/// What happens to requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::mail) enum Behaviour {
    /// They are answered.
    #[default]
    Answers,
    /// They fail.
    Fails,
    /// They are not answered.
    Hangs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Lent,
    Marked,
    Unconfirmed,
    Delivered,
}

#[derive(Debug)]
struct Row {
    address: String,
    owner: Option<u32>,
    state: State,
    until: Instant,
}

#[derive(Debug, Default)]
struct Rows {
    /// Number of requests.
    asked: u64,
    rows: BTreeMap<u64, Row>,
    behaviour: Behaviour,
}

/// The store.
#[derive(Debug, Clone, Default)]
pub(in crate::mail) struct FakeStore(Arc<Mutex<Rows>>);

/// The store as one machine has it.
#[derive(Debug)]
struct Machine {
    store: FakeStore,
    owner: u32,
}

impl FakeStore {
    /// Returns the shared leases of a machine.
    pub(in crate::mail) fn machine(&self, owner: u32) -> SharedLeases {
        let store = self.clone();
        SharedLeases {
            store: Box::new(Machine { store, owner }),
            ttl: TTL,
        }
    }

    /// Sets what happens to requests from now on.
    pub(in crate::mail) fn behave(&self, behaviour: Behaviour) {
        self.0.lock().unwrap().behaviour = behaviour;
    }

    /// Returns the number of requests so far.
    pub(in crate::mail) fn asked(&self) -> u64 {
        self.0.lock().unwrap().asked
    }

    /// Returns the rows, for comparison.
    pub(in crate::mail) fn shown(&self) -> String {
        let store = self.0.lock().unwrap();
        let rows = store.rows.iter().map(|(id, row)| {
            let owner = row
                .owner
                .map_or("none".to_owned(), |owner| owner.to_string());
            format!("{id} {:?} {owner}", row.state).to_lowercase()
        });
        rows.collect::<Vec<_>>().join(", ")
    }
}

impl Rows {
    fn is_ended(&self, id: u64, owner: u32, takes_expired: bool) -> bool {
        let row = &self.rows[&id];
        let is_expired = row.until <= Instant::now();
        match row.state {
            State::Lent | State::Marked => {
                row.owner.is_none_or(|own| own == owner) || takes_expired && is_expired
            }
            State::Delivered => is_expired,
            State::Unconfirmed => false,
        }
    }

    fn refusal(&self, id: u64) -> Refusal {
        match self.rows[&id].state {
            State::Lent | State::Marked => Refusal::Held,
            State::Unconfirmed => Refusal::Unconfirmed,
            State::Delivered => Refusal::Delivered,
        }
    }

    fn end(&mut self, ids: &[u64], state: State, until: Instant) {
        for id in ids {
            let address = String::new();
            let (owner, address) = (
                None,
                self.rows.remove(id).map_or(address, |row| row.address),
            );
            let row = Row {
                address,
                owner,
                state,
                until,
            };
            self.rows.insert(*id, row);
        }
    }
}

impl Machine {
    fn reply<'a, T: Send + 'a>(
        &'a self,
        work: impl FnOnce(&mut Rows) -> T + Send + 'a,
    ) -> Reply<'a, T> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            let behaviour = {
                let mut store = self.store.0.lock().unwrap();
                store.asked += 1;
                store.behaviour
            };
            match behaviour {
                Behaviour::Answers => Ok(work(&mut self.store.0.lock().unwrap())),
                Behaviour::Fails => Err(StoreError("connection refused".to_owned())),
                Behaviour::Hangs => std::future::pending().await,
            }
        })
    }
}

impl LeaseStore for Machine {
    fn returned<'a>(&'a self, mailbox: Mailbox<'a>, takes_expired: bool) -> Reply<'a, Vec<u64>> {
        self.reply(move |store| {
            let is_returned = |(id, row): &(&u64, &Row)| {
                row.address == mailbox.address
                    && row.owner != Some(self.owner)
                    && matches!(row.state, State::Lent | State::Marked)
                    && store.is_ended(**id, self.owner, takes_expired)
            };
            store
                .rows
                .iter()
                .filter(is_returned)
                .map(|(id, _)| *id)
                .collect()
        })
    }

    fn refusals<'a>(
        &'a self,
        _: Mailbox<'a>,
        ids: &'a [u64],
        takes_expired: bool,
    ) -> Reply<'a, Vec<(u64, Refusal)>> {
        self.reply(move |store| {
            let ids = ids.iter().copied();
            let ids = ids.filter(|id| {
                store.rows.contains_key(id) && !store.is_ended(*id, self.owner, takes_expired)
            });
            ids.map(|id| (id, store.refusal(id))).collect()
        })
    }

    fn acquire<'a>(&'a self, request: Request<'a>) -> Reply<'a, Grant> {
        self.reply(move |store| {
            let id = request.id;
            let (address, until) = (request.mailbox.address.to_owned(), Instant::now() + TTL);
            let state = match store.rows.get(&id).map(|row| row.state) {
                None => State::Lent,
                Some(state @ (State::Lent | State::Marked))
                    if store.is_ended(id, self.owner, request.takes_expired) =>
                {
                    state
                }
                Some(State::Delivered)
                    if request.origin == Origin::Unread && store.is_ended(id, self.owner, true) =>
                {
                    State::Lent
                }
                Some(_) => return Grant::Refused(store.refusal(id)),
            };
            let row = Row {
                address,
                owner: Some(self.owner),
                state,
                until,
            };
            store.rows.insert(id, row);
            Grant::Granted {
                marked: state == State::Marked,
            }
        })
    }

    fn mark<'a>(&'a self, _: &'a str, id: u64) -> Reply<'a, bool> {
        self.reply(move |store| match store.rows.get_mut(&id) {
            Some(row) if row.owner == Some(self.owner) => {
                (row.state, row.until) = (State::Marked, Instant::now() + TTL);
                true
            }
            Some(_) | None => false,
        })
    }

    fn record<'a>(&'a self, _: &'a str, reports: &'a Reports) -> Reply<'a, ()> {
        self.reply(move |store| {
            let now = Instant::now();
            for mail in &reports.handed_over {
                let is_own = store
                    .rows
                    .get(&mail.id)
                    .is_none_or(|row| row.owner == Some(self.owner));
                if is_own {
                    let row = Row {
                        address: mail.address.to_ascii_lowercase(),
                        owner: None,
                        state: State::Marked,
                        until: now,
                    };
                    store.rows.insert(mail.id, row);
                }
            }
            let is_own = |row: &Row| row.owner == Some(self.owner);
            for id in &reports.freed {
                if let Some(row) = store.rows.get_mut(id).filter(|row| is_own(row)) {
                    row.owner = None;
                }
            }
            store
                .rows
                .retain(|id, row| !(reports.gone.contains(id) && is_own(row)));
            for (id, address) in &reports.claimed {
                let row = store.rows.get(id);
                let is_of_address = row.is_some_and(|row| {
                    row.address == address.to_ascii_lowercase()
                        && matches!(row.state, State::Lent | State::Marked)
                });
                if is_of_address {
                    store.end(&[*id], State::Unconfirmed, now);
                }
            }
            store.end(&reports.unconfirmed, State::Unconfirmed, now);
            store.end(
                &reports.delivered,
                State::Delivered,
                now + Duration::from_secs(3600),
            );
            for id in &reports.held {
                if let Some(row) = store.rows.get_mut(id).filter(|row| is_own(row)) {
                    row.until = now + TTL;
                }
            }
        })
    }
}
