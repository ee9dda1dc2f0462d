//! Who is being given which mail. A mail that is looked for by nobody's id goes to one client
//! at a time, and comes back until that client has it:
//!
//! 1. taken: nobody else gets it; the bridge still has it as unread.
//! 2. marked: the client's shim has it and is about to write it; the bridge has it as read.
//! 3. written: it is the client's, and forgotten here.
//!
//! A client that goes away before the third gives it back. What was marked by then the bridge
//! no longer shows as unread, so it is remembered here, and in a file, and given out first. What
//! was written and could not be marked the bridge may go on to show as unread; it is remembered
//! as well, given to nobody, and marked again with a later look.

use crate::mail::journal::Journal;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How long the clients of a daemon that died have to say what they had written.
const GRACE: Duration = Duration::from_secs(3);

/// A failing bridge says that there is no such mail (bridge-api.md, trap 9). It is asked again
/// after a while, and believed after a day.
const ASKED_AGAIN: Duration = Duration::from_secs(30);
const BELIEVED: Duration = Duration::from_secs(24 * 60 * 60);
/// Mails remembered that were written and not marked; the oldest is forgotten.
const MAX_UNMARKED: usize = 256;

/// A client's connection.
pub type ClientKey = u64;

/// All leases of a daemon.
#[derive(Debug)]
pub struct Leases(Mutex<Table>);

#[derive(Debug)]
struct Table {
    clients: HashSet<ClientKey>,
    taken: HashMap<u64, Lease>,
    /// Marked read and never written, by id.
    returned: BTreeMap<u64, Returned>,
    /// Written, and perhaps still unread for the bridge.
    unmarked: BTreeSet<u64>,
    /// Marked and written since the last look at the mailbox began: a list that was begun
    /// before may still show them as unread.
    since_look: HashSet<u64>,
    journal: Journal,
}

#[derive(Debug)]
struct Lease {
    client: ClientKey,
    address: String,
    /// Whether the bridge may have it as read.
    marked: bool,
    /// Whether it said that it has.
    confirmed: bool,
    /// Since when it says that there is no such mail.
    missing: Option<Instant>,
}

#[derive(Debug)]
struct Returned {
    address: String,
    /// From when on it may be given out.
    from: Instant,
    /// Since when the bridge says that there is no such mail.
    missing: Option<Instant>,
}

/// A mail that is taken. Given back when this is dropped, unless it was [kept](Taken::keep).
#[derive(Debug)]
pub(super) struct Taken<'a> {
    leases: &'a Leases,
    id: u64,
}

impl Leases {
    /// Leases that do not outlive the daemon.
    pub fn in_memory() -> Self {
        Self::with(Journal::nowhere(), Vec::new())
    }

    /// Leases whose marked mails are remembered in this file.
    pub fn open(path: PathBuf) -> Self {
        let (journal, lines) = Journal::open(path);
        Self::with(journal, lines)
    }

    /// Lines read `+7 desk.alice@tai.chat` when a mail was about to be marked, `-7` when it was
    /// written, and `=7` when it was written and the bridge did not say that it is marked.
    fn with(mut journal: Journal, lines: Vec<String>) -> Self {
        let from = Instant::now() + GRACE;
        let mut returned = BTreeMap::new();
        let mut unmarked = BTreeSet::new();
        for line in &lines {
            if let Some((id, address)) = line.strip_prefix('+').and_then(|l| l.split_once(' '))
                && let Ok(id) = id.parse()
            {
                returned.insert(id, Returned::new(address.to_owned(), from));
            } else if let Some(id) = line.strip_prefix('-').and_then(|id| id.parse::<u64>().ok()) {
                returned.remove(&id);
                unmarked.remove(&id);
            } else if let Some(id) = line.strip_prefix('=').and_then(|id| id.parse::<u64>().ok()) {
                returned.remove(&id);
                unmarked.insert(id);
            }
        }
        if returned.len() + unmarked.len() < lines.len() {
            let given = returned.iter();
            let given = given.map(|(id, mail)| format!("+{id} {}", mail.address));
            let written = unmarked.iter().map(|id| format!("={id}"));
            journal.rewrite(&given.chain(written).collect::<Vec<String>>());
        }
        Self(Mutex::new(Table {
            clients: HashSet::new(),
            taken: HashMap::new(),
            returned,
            unmarked,
            since_look: HashSet::new(),
            journal,
        }))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client has come.
    pub fn joined(&self, client: ClientKey) {
        self.table().clients.insert(client);
    }

    /// A client has gone: what it had and did not write comes back. For whom that is.
    pub fn gone(&self, client: ClientKey) -> Vec<String> {
        let mut table = self.table();
        table.clients.remove(&client);
        let ids: Vec<u64> = table
            .taken
            .iter()
            .filter(|(_, lease)| lease.client == client)
            .map(|(id, _)| *id)
            .collect();
        ids.into_iter()
            .filter_map(|id| table.give_back(id))
            .collect()
    }

    /// The client has written it to where it is read.
    pub fn written(&self, id: u64) {
        let mut table = self.table();
        let lease = table.taken.remove(&id);
        let returned = table.returned.remove(&id);
        if lease.as_ref().is_some_and(|lease| lease.marked) {
            table.since_look.insert(id);
        }
        // One that came back may not have been marked either.
        let unsure = lease.map_or(returned.is_some(), |lease| lease.marked && !lease.confirmed);
        match unsure {
            true => table.remember_unmarked(id),
            false => table.journal.append(&format!("-{id}")),
        }
        table.tidy();
    }

    /// It is not there any more, or another's.
    pub(super) fn dropped(&self, id: u64) {
        let mut table = self.table();
        table.taken.remove(&id);
        table.returned.remove(&id);
        table.journal.append(&format!("-{id}"));
        table.tidy();
    }

    /// Of mails that the bridge shows as unread the first that somebody has written.
    pub(super) fn unmarked_of(&self, unread: &[u64]) -> Option<u64> {
        let table = self.table();
        unread
            .iter()
            .find(|id| table.unmarked.contains(id))
            .copied()
    }

    /// The bridge says that it has it as read.
    pub(super) fn confirm(&self, id: u64) {
        let mut table = self.table();
        if let Some(lease) = table.taken.get_mut(&id) {
            lease.confirmed = true;
        }
        if table.unmarked.remove(&id) {
            table.since_look.insert(id);
            table.journal.append(&format!("-{id}"));
            table.tidy();
        }
    }

    /// The client will not write it. For whom that is.
    pub fn give_back(&self, client: ClientKey, id: u64) -> Option<String> {
        let mut table = self.table();
        let lease = table.taken.get(&id)?;
        let its = lease.client == client;
        its.then(|| table.give_back(id)).flatten()
    }

    /// What came back after it was marked, for this address: the oldest that nobody has.
    pub(super) fn take_returned(&self, client: ClientKey, address: &str) -> Option<Taken<'_>> {
        let now = Instant::now();
        let mut table = self.table();
        let (id, _) = table
            .returned
            .iter()
            .find(|(_, mail)| mail.address.eq_ignore_ascii_case(address) && mail.from <= now)?;
        let id = *id;
        let missing = table.returned.remove(&id).and_then(|mail| mail.missing);
        table.lend(id, client, address, true);
        if let Some(lease) = table.taken.get_mut(&id) {
            lease.missing = missing;
        }
        drop(table);
        Some(Taken { leases: self, id })
    }

    /// A look at the mailbox begins; there is one at a time.
    pub(super) fn look_begins(&self) {
        self.table().since_look.clear();
    }

    /// Takes a mail from the look that began last, unless somebody has or had it.
    pub(super) fn take(&self, client: ClientKey, id: u64, address: &str) -> Option<Taken<'_>> {
        let mut table = self.table();
        let theirs = table.taken.contains_key(&id)
            || table.unmarked.contains(&id)
            || table.returned.contains_key(&id)
            || table.since_look.contains(&id);
        if theirs {
            return None;
        }
        table.lend(id, client, address, false);
        drop(table);
        Some(Taken { leases: self, id })
    }

    /// Whether the client has it. From here on it counts as marked, because the bridge is
    /// about to be told, and whether it did as it was told may never be known.
    pub(super) fn mark(&self, client: ClientKey, id: u64) -> bool {
        let mut table = self.table();
        let lease = table.taken.get_mut(&id);
        let Some(lease) = lease.filter(|lease| lease.client == client) else {
            return false;
        };
        if !std::mem::replace(&mut lease.marked, true) {
            let line = format!("+{id} {}", lease.address);
            table.journal.append(&line);
        }
        true
    }
}

impl Returned {
    fn new(address: String, from: Instant) -> Self {
        Self {
            address,
            from,
            missing: None,
        }
    }
}

impl Table {
    fn lend(&mut self, id: u64, client: ClientKey, address: &str, marked: bool) {
        let lease = Lease {
            client,
            address: address.to_owned(),
            marked,
            confirmed: false,
            missing: None,
        };
        self.taken.insert(id, lease);
    }

    fn remember_unmarked(&mut self, id: u64) {
        if self.unmarked.len() == MAX_UNMARKED {
            self.unmarked.pop_first();
        }
        self.unmarked.insert(id);
        self.journal.append(&format!("={id}"));
    }

    /// Empties the file when there is nothing to remember.
    fn tidy(&mut self) {
        if self.taken.is_empty() && self.returned.is_empty() && self.unmarked.is_empty() {
            self.journal.rewrite(&[]);
        }
    }

    fn give_back(&mut self, id: u64) -> Option<String> {
        let Lease {
            address, marked, ..
        } = self.taken.remove(&id)?;
        if marked {
            let returned = Returned::new(address.clone(), Instant::now());
            self.returned.insert(id, returned);
        }
        Some(address)
    }
}

impl Taken<'_> {
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// The bridge says that there is no such mail. One that is marked would be lost if that
    /// were believed at once; another one is found again, if there is one.
    pub(super) fn missed(self) {
        let now = Instant::now();
        let mut table = self.leases.table();
        if let Some(lease) = table.taken.remove(&self.id) {
            let missing = lease.missing.unwrap_or(now);
            match lease.marked && now.duration_since(missing) < BELIEVED {
                true => {
                    let returned = Returned {
                        address: lease.address,
                        from: now + ASKED_AGAIN,
                        missing: Some(missing),
                    };
                    table.returned.insert(self.id, returned);
                }
                false => table.journal.append(&format!("-{}", self.id)),
            }
        }
        drop(table);
        std::mem::forget(self);
    }

    /// Leaves it with its client until the client writes it or goes. A client that has gone
    /// in the meantime gives it back at once.
    pub(super) fn keep(self) {
        let mut table = self.leases.table();
        let here = table
            .taken
            .get(&self.id)
            .is_some_and(|lease| table.clients.contains(&lease.client));
        if !here {
            table.give_back(self.id);
        }
        drop(table);
        std::mem::forget(self);
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.leases.table().give_back(self.id);
    }
}

#[cfg(test)]
#[path = "leases_tests.rs"]
mod tests;
