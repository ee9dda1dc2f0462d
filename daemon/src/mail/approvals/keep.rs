//! Waiting mails outlive the daemon: sealed with a key, written and recorded before a client is told
//! that its mail waits. Without a key, only the record outlives the daemon.

use super::{
    Approvals, Holding,
    error::ApprovalError,
    key::Keys,
    record::Earlier,
    safe::{Safe, Store},
    seal::HeldKey,
    show::show,
    state::{Approval, Event, Place, WaitingMail},
    table::Table,
    vault::Vault,
};
use crate::{
    config::ConfirmPolicy,
    mail::{error::MailError, journal::Journal},
};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};
use tai_auth::{
    credentials::keyring::Missing,
    session::{clock::Clock, stamp::Stamp},
};
use tai_proto::approval::HeldMail;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

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
        let name = vault.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let vault = Vault::new(vault, disk.clone());
        let files = vault.files();
        // The number of a file is of a mail, whatever the records say.
        let last = files.iter().map(|(number, _)| *number).max();
        earlier.last_number = earlier.last_number.max(last.unwrap_or_default());
        if journal.has_damage() {
            let since = |(number, at)| (number, stamp_of(at, now));
            earlier.doubt(files.into_iter().map(since).collect());
        }
        let mut table = Table::new(policy, journal, now);
        table.restore(earlier, now);
        table.shorten();
        let sealed = table.sealed();
        // A record of an unknown kind can be that of any file.
        let unknown = match table.journal.is_open() && !table.journal.has_unknown() {
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
            stop: CancellationToken::new(),
        }
    }

    /// Seals a mail that begins to wait, and waits until its record survives a power failure. Returns
    /// `None` if a person decided about the mail meanwhile.
    ///
    /// # Errors
    /// [`MailError::NotRecorded`], or [`ApprovalError::Stopping`] if the daemon stops and would
    /// lose the mail. The mail does not begin to wait.
    pub(in crate::mail) async fn keep(
        &self,
        holding: Holding,
        deadline: Instant,
    ) -> Result<Option<HeldMail>, MailError> {
        let Holding { number, is_new } = holding;
        let waiting = self.waiting(number);
        if let (true, Some(waiting), Some(safe)) = (is_new, waiting, &self.safe) {
            let limit = deadline.checked_sub(RESERVE).unwrap_or(deadline);
            if let Some(key) = self.key_for_new(safe, limit).await
                && safe.write(key, waiting).await
            {
                self.sealed(number, safe);
            }
        }
        let promise = self.table().0.journal.promise();
        if let Err(error) = promise.kept(deadline).await {
            self.take_back(holding);
            return Err(MailError::NotRecorded(error));
        }
        let (table, now) = self.table();
        let waiting = table.mail(number).cloned();
        if let Some(waiting) = &waiting {
            if waiting.place == Place::Memory && self.stop.is_cancelled() {
                drop(table);
                self.take_back(holding);
                return Err(ApprovalError::Stopping.into());
            }
            if is_new {
                table.touch();
            }
        }
        Ok(waiting.map(|waiting| show(&waiting, now)))
    }

    /// Ends a mail that began to wait, and whose client is told that it does not.
    fn take_back(&self, holding: Holding) {
        let Holding { number, is_new } = holding;
        let (mut table, now) = self.table();
        if is_new && let Some(key) = table.key_of(number) {
            table.change(key, Event::Reject { number }, now);
        }
    }

    /// Stops the daemon, unless that loses a mail: one that waits in memory alone, or begins to.
    pub(in crate::mail) fn stop_without_loss(&self) -> bool {
        let (table, _) = self.table();
        // A mail that is being sent waits again if that fails.
        let loses = table.mails().any(|(_, mail)| mail.place == Place::Memory);
        if !loses {
            self.stop.cancel();
        }
        !loses
    }

    /// Returns the key for a new mail. The source creates none while sealed mails need an earlier
    /// one.
    pub(super) async fn key_for_new(&self, safe: &Safe, deadline: Instant) -> Option<HeldKey> {
        let missing = match self.table().0.has_sealed() {
            true => Missing::Ignore,
            false => Missing::Create,
        };
        safe.keys.for_new(missing, deadline).await
    }

    /// Records that a file has the content of a mail, unless the mail was decided meanwhile.
    fn sealed(&self, number: u64, safe: &Safe) {
        let (mut table, now) = self.table();
        if let Some(key) = table.key_of(number) {
            table.change(key, Event::Seal, now);
            if let Some((_, Approval::Held(waiting))) = table.numbered(number)
                && waiting.place == Place::Sealed
            {
                return;
            }
        }
        safe.vault.remove(number);
    }

    fn waiting(&self, number: u64) -> Option<WaitingMail> {
        self.table().0.mail(number).cloned()
    }

    /// Opens the mails that an earlier daemon sealed, within two seconds if the keyring answers.
    pub(in crate::mail) async fn unseal_soon(&self, deadline: Instant) {
        let limit = deadline.min(Instant::now() + PATIENCE);
        // The mails are listed as locked meanwhile.
        let _ = timeout_at(limit, self.unseal()).await;
    }

    /// Opens the mails that an earlier daemon sealed. If a file does not open with the key, its
    /// mail is lost. If the keyring does not answer, or has no key, a later call tries again until
    /// the mail expires.
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
            let waiting = safe.read(key.clone(), trace).await;
            lost += u64::from(waiting.is_none());
            let event = waiting.map_or(Event::Lose, Event::Open);
            let (mut table, now) = self.table();
            table.change(entry, event, now);
        }
        if lost > 0 {
            tracing::warn!(
                lost,
                "waiting mails are lost: their files are gone or damaged"
            );
        }
    }
}

/// Returns the moment of a time on the wall clock.
fn stamp_of(wall: SystemTime, now: Stamp) -> Stamp {
    let age = now.wall.duration_since(wall).unwrap_or_default();
    match now.since_boot.checked_sub(age) {
        Some(since_boot) => Stamp {
            wall,
            since_boot,
            ..now
        },
        None => Stamp {
            wall,
            boot: !now.boot,
            since_boot: Duration::ZERO,
        },
    }
}

#[cfg(test)]
#[path = "keep_tests.rs"]
mod tests;
