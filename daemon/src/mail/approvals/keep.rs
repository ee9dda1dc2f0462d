//! Waiting mails outlive the daemon: sealed with a key, written and recorded before a client is told
//! that its mail waits. Without a key, only the record outlives the daemon.

use super::{
    Approvals, Holding,
    key::Keys,
    record::Earlier,
    safe::{Safe, Store},
    show::show,
    state::{Approval, Event, Place, WaitingMail},
    table::Table,
    vault::Vault,
};
use crate::{
    config::ConfirmPolicy,
    mail::journal::{Journal, JournalError},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tai_auth::session::clock::Clock;
use tai_proto::approval::HeldMail;
use tokio::time::{Instant, timeout_at};

/// Time for which a call waits for the content of mails that an earlier daemon sealed.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time that is left of a deadline after the source of keys was asked.
const RESERVE: Duration = Duration::from_secs(5);

impl Approvals {
    /// Opens the approvals that an earlier daemon kept.
    pub(in crate::mail) fn open(
        policy: ConfirmPolicy,
        clock: Arc<dyn Clock>,
        store: Store,
    ) -> Self {
        let Store {
            journal,
            vault,
            disk,
            keys,
        } = store;
        let mut earlier = Earlier::default();
        let journal = Journal::open(journal, disk.clone(), |record| earlier.apply(record));
        let now = clock.stamp();
        let mut table = Table::new(policy, journal, now);
        table.restore(earlier, now);
        table.shorten();
        let name = vault.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let vault = Vault::new(vault, disk.clone());
        let sealed = table.sealed();
        let unknown = match table.journal.is_open() {
            true => vault.retain(|number| sealed.iter().any(|(_, trace)| trace.number == number)),
            false => 0,
        };
        if unknown > 0 {
            tracing::warn!(
                skipped = unknown,
                "the directory of waiting mails has other files"
            );
        }
        table.vault = Some(vault.clone());
        let safe = keys.map(|keys| Safe {
            vault,
            name,
            disk,
            keys: Keys::new(keys),
            opening: tokio::sync::Mutex::default(),
        });
        Self {
            table: Mutex::new(table),
            clock,
            safe,
        }
    }

    /// Seals a mail that begins to wait, and waits until its record survives a power failure. Returns
    /// `None` if a person decided about the mail meanwhile.
    ///
    /// # Errors
    /// [`JournalError`]. The mail does not wait.
    pub(in crate::mail) async fn keep(
        &self,
        holding: Holding,
        deadline: Instant,
    ) -> Result<Option<HeldMail>, JournalError> {
        let Holding { number, is_new } = holding;
        let waiting = self.waiting(number);
        if let (true, Some(waiting), Some(safe)) = (is_new, waiting, &self.safe) {
            let limit = deadline.checked_sub(RESERVE).unwrap_or(deadline);
            if let Some(key) = safe.keys.for_new(limit).await
                && safe.write(key, waiting).await
            {
                self.sealed(number, safe);
            }
        }
        let promise = self.table().0.journal.promise();
        if let Err(error) = promise.kept(deadline).await {
            if is_new {
                let (mut table, now) = self.table();
                if let Some(key) = table.key_of(number) {
                    table.change(key, Event::Reject { number }, now);
                }
            }
            return Err(error);
        }
        let waiting = self.waiting(number);
        if is_new && waiting.is_some() {
            self.table().0.touch();
        }
        let now = self.clock.stamp();
        Ok(waiting.map(|waiting| show(&waiting, now)))
    }

    /// Records that a file has the content of a mail, unless the mail was decided meanwhile.
    fn sealed(&self, number: u64, safe: &Safe) {
        let (mut table, now) = self.table();
        if let Some(key) = table.key_of(number) {
            table.change(key, Event::Seal, now);
            if let Some(Approval::Held(waiting)) = table.approvals.get(&key)
                && waiting.place == Place::Sealed
            {
                return;
            }
        }
        safe.vault.remove(number);
    }

    fn waiting(&self, number: u64) -> Option<WaitingMail> {
        let (table, _) = self.table();
        let mut mails = table.mails();
        let found = mails.find(|(_, waiting)| waiting.number == number);
        found.map(|(_, waiting)| waiting.clone())
    }

    /// Opens the mails that an earlier daemon sealed, within two seconds if the keyring answers.
    pub(in crate::mail) async fn unseal_soon(&self, deadline: Instant) {
        let limit = deadline.min(Instant::now() + PATIENCE);
        // The mails are listed as locked meanwhile.
        let _ = timeout_at(limit, self.unseal()).await;
    }

    /// Opens the mails that an earlier daemon sealed. If the key does not exist any more, or a file
    /// is damaged, the mail is lost. If the keyring does not answer, a later call tries again.
    pub(in crate::mail) async fn unseal(&self) {
        let Some(safe) = &self.safe else {
            return;
        };
        let _turn = safe.opening.lock().await;
        let sealed = self.table().0.sealed();
        if sealed.is_empty() {
            return;
        }
        let key = match safe.keys.of_earlier().await {
            Ok(key) => key,
            Err(error) => {
                tracing::warn!(
                    error,
                    mails = sealed.len(),
                    "cannot decrypt the waiting mails now"
                );
                return;
            }
        };
        let mut lost = 0_u64;
        for (entry, trace) in sealed {
            let waiting = match &key {
                Some(key) => safe.read(key.clone(), trace).await,
                None => None,
            };
            lost += u64::from(waiting.is_none());
            let event = waiting.map_or(Event::Lose, Event::Open);
            let (mut table, now) = self.table();
            table.change(entry, event, now);
        }
        if lost > 0 {
            tracing::warn!(
                lost,
                "waiting mails are lost: their key or their files are gone"
            );
        }
    }
}

#[cfg(test)]
#[path = "keep_tests.rs"]
mod tests;
