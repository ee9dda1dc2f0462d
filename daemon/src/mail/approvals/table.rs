//! The table of approvals: its journal, its pools and its capacity. It alone adds, changes and
//! removes approvals, and is the only user of [`step`].

use super::{
    capacity::{ALL_QUESTIONS, Capacity, OF_ADDRESS, OF_DAEMON, QUESTIONS_OF_ADDRESS},
    discards::Discards,
    expired::Expired,
    record::{ApprovalRecord, Earlier, records},
    same::Submission,
    state::{Approval, Effect, Event, Place, Room, Trace, WaitingMail, step},
    vault::Vault,
};
use crate::{
    config::ConfirmPolicy,
    mail::{journal::Journal, sending::prepared::PreparedMail},
};
use std::{collections::BTreeMap, sync::Arc, time::UNIX_EPOCH};
use tai_auth::session::stamp::Stamp;
use tokio::sync::watch;

/// Limit of the mails of an earlier daemon. Beyond it the oldest are forgotten.
const MAX_RESTORED: usize = 512;

#[derive(Debug)]
pub(super) struct Table {
    pub(super) policy: ConfirmPolicy,
    /// The approvals by their keys, oldest first.
    approvals: BTreeMap<u64, Approval>,
    last_key: u64,
    pub(super) discards: Discards,
    pub(super) expired: Expired,
    /// The number of the latest mail.
    last_number: u64,
    pub(super) journal: Journal<ApprovalRecord>,
    /// The sealed files; `None` without a source of keys.
    pub(super) vault: Option<Vault>,
    /// The mark of the waiting mails. It changes after each change of a mail that waits.
    mark: watch::Sender<u64>,
}

/// A question that waits for its answer.
pub(super) struct OpenQuestion {
    pub(super) key: u64,
    pub(super) number: u64,
    /// The time of the question.
    pub(super) since: Stamp,
}

impl Table {
    /// Returns a table without approvals. Its marks begin with the time, so that they differ from
    /// those of an earlier daemon.
    pub(super) fn new(policy: ConfirmPolicy, journal: Journal<ApprovalRecord>, now: Stamp) -> Self {
        let since_epoch = now.wall.duration_since(UNIX_EPOCH).unwrap_or_default();
        let first = u64::try_from(since_epoch.as_nanos()).unwrap_or_default();
        Self {
            policy,
            approvals: BTreeMap::new(),
            last_key: 0,
            last_number: 0,
            discards: Discards::default(),
            expired: Expired::default(),
            journal,
            vault: None,
            mark: watch::Sender::new(first),
        }
    }

    /// Returns the mark of the waiting mails as it changes.
    pub(super) fn marks(&self) -> watch::Receiver<u64> {
        self.mark.subscribe()
    }

    /// Ends the approvals whose time has passed.
    pub(super) fn expire(&mut self, now: Stamp) {
        let keys: Vec<u64> = self.approvals.keys().copied().collect();
        for key in keys {
            if let Some(approval) = self.approvals.get(&key) {
                self.expired.note(approval, now);
            }
            self.change(key, Event::Expire, now);
        }
    }

    /// Reports a change of the waiting mails to those who watch them.
    pub(super) fn touch(&self) {
        self.mark.send_modify(|mark| *mark = mark.wrapping_add(1));
    }

    /// Adds the approvals of an earlier daemon. The content that was in its memory is lost.
    pub(super) fn restore(&mut self, earlier: Earlier, now: Stamp) {
        self.last_number = self.last_number.max(earlier.last_number);
        let mut restored = earlier.approvals(now);
        let surplus = restored.len().saturating_sub(MAX_RESTORED);
        restored.drain(..surplus);
        for approval in restored {
            self.last_key += 1;
            if let Approval::Lost(trace) = &approval {
                let (number, digest) = (trace.number, &trace.digest);
                tracing::warn!(number, %digest, "a mail that waited for approval is lost");
                let lost = ApprovalRecord::Lost { number };
                self.write(&lost);
            }
            self.approvals.insert(self.last_key, approval);
        }
    }

    /// Reads the journal if it could not be opened before.
    pub(super) fn reopen(&mut self, now: Stamp) {
        let mut earlier = Earlier::default();
        self.journal.reopen(|record| earlier.apply(record));
        if self.journal.has_damage() {
            earlier.doubt(Vec::new());
        }
        // The numbers of these questions were given without the file. Their clients ask again.
        self.approvals.retain(|_, approval| {
            !matches!(approval, Approval::Asked { number, .. } if *number <= earlier.last_number)
        });
        self.restore(earlier, now);
    }

    /// Replaces a journal with obsolete records. Blocks; for the start of the daemon.
    pub(super) fn shorten(&mut self) {
        let needed = needed(self.last_number, &self.approvals);
        self.journal.shorten(&needed);
    }

    /// Adds a question about a mail, with this ticket. Returns the number of the mail.
    pub(super) fn ask(&mut self, ticket: String, mail: PreparedMail, now: Stamp) -> u64 {
        self.bound_questions(&mail);
        self.last_key += 1;
        let (key, number) = (self.last_key, self.next_number());
        let question = Approval::Asked {
            ticket,
            number,
            mail: Arc::new(mail),
            since: now,
        };
        self.approvals.insert(key, question);
        number
    }

    /// Returns all approvals with their keys, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = (u64, &Approval)> {
        let all = self.approvals.iter();
        all.map(|(key, approval)| (*key, approval))
    }

    /// Returns the number of the next mail.
    pub(super) fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        let number = self.last_number;
        self.write(&ApprovalRecord::Numbered { number });
        number
    }

    /// Applies an event, journals the change, and removes the sealed file of a mail that ended.
    pub(super) fn change(&mut self, key: u64, event: Event, now: Stamp) -> Effect {
        let before = self.approvals.remove(&key);
        let old = before.as_ref().map(records).unwrap_or_default().pop();
        let number = before.as_ref().and_then(number_of);
        let was_sealed = before.as_ref().is_some_and(is_sealed);
        // A mail that begins to wait is reported once it is kept.
        let begins = matches!(event, Event::Answer { .. });
        let (after, effect) = step(before, event, now);
        let new = after.as_ref().map(records).unwrap_or_default().pop();
        let is_sealed = after.as_ref().is_some_and(is_sealed);
        if let Some(approval) = after {
            self.approvals.insert(key, approval);
        }
        if !begins && new != old {
            self.touch();
        }
        let new_number = self.approvals.get(&key).and_then(number_of);
        match (new, number) {
            (Some(record), _) if Some(&record) != old.as_ref() => {
                // The mail was changed, and the new one has a number of its own.
                let replaced = number.filter(|number| Some(*number) != new_number);
                if let (Some(old), Some(number)) = (replaced, new_number) {
                    self.write(&ApprovalRecord::Replaces { number, old });
                }
                self.write(&record);
                if let Some(number) = replaced {
                    self.write(&ApprovalRecord::Closed { number });
                }
            }
            (None, Some(number)) if old.is_some() => {
                self.write(&ApprovalRecord::Closed { number });
            }
            (Some(_) | None, _) => {}
        }
        if let (true, false, Some(number), Some(vault)) =
            (was_sealed, is_sealed, number, &self.vault)
        {
            vault.remove(number);
        }
        effect
    }

    fn write(&mut self, record: &ApprovalRecord) {
        let (last_number, approvals) = (self.last_number, &self.approvals);
        self.journal
            .append(record, || needed(last_number, approvals));
    }

    /// Returns the key and the trace of the lost mail that this one repeats.
    pub(super) fn lost(&self, new: Submission<'_>) -> Option<(u64, Trace)> {
        self.all().find_map(|(key, approval)| match approval {
            Approval::Lost(trace) if new.repeats_earlier(trace) => Some((key, trace.clone())),
            Approval::Asked { .. }
            | Approval::Held(_)
            | Approval::Sending(_)
            | Approval::Sealed(_)
            | Approval::Lost(_) => None,
        })
    }

    /// Returns the keys and the traces of the mails whose sealed content is not open.
    pub(super) fn sealed(&self) -> Vec<(u64, Trace)> {
        let sealed = self.all().filter_map(|(key, approval)| match approval {
            Approval::Sealed(trace) => Some((key, trace.clone())),
            Approval::Asked { .. }
            | Approval::Held(_)
            | Approval::Sending(_)
            | Approval::Lost(_) => None,
        });
        sealed.collect()
    }

    /// Returns whether a file has the content of a mail.
    pub(super) fn has_sealed(&self) -> bool {
        self.approvals.values().any(is_sealed)
    }

    /// Opens the same mail of an earlier daemon, whose file could not be opened, with the content
    /// that a client submits again.
    pub(super) fn adopt(&mut self, waiting: &WaitingMail, now: Stamp) -> Option<Room> {
        let mut sealed = self.sealed().into_iter();
        let new = Submission {
            mail: &waiting.mail,
            insist: waiting.insist,
        };
        let (key, trace) = sealed.find(|(_, trace)| new.repeats_earlier(trace))?;
        let opened = WaitingMail {
            number: trace.number,
            insist: waiting.insist && !trace.maybe_sent,
            since: trace.since,
            place: Place::Sealed,
            maybe_sent: trace.maybe_sent,
            ..waiting.clone()
        };
        self.change(key, Event::Open(opened), now);
        Some(Room::Same)
    }

    /// Returns the mail with this number, other than one that a client asks about, and its key.
    pub(super) fn numbered(&self, number: u64) -> Option<(u64, &Approval)> {
        self.all()
            .find(|(_, approval)| number_of(approval) == Some(number))
    }

    /// Returns the key of the mail with this number, other than one that a client asks about.
    pub(super) fn key_of(&self, number: u64) -> Option<u64> {
        self.numbered(number).map(|(key, _)| key)
    }

    /// Returns the mail of the question with this number.
    pub(super) fn asked(&self, number: u64) -> Option<Arc<PreparedMail>> {
        let mut approvals = self.approvals.values();
        approvals.find_map(|approval| match approval {
            Approval::Asked {
                number: of, mail, ..
            } if *of == number => Some(mail.clone()),
            Approval::Asked { .. }
            | Approval::Held(_)
            | Approval::Sending(_)
            | Approval::Sealed(_)
            | Approval::Lost(_) => None,
        })
    }

    /// Returns the question with this ticket.
    pub(super) fn question(&self, ticket: &str) -> Option<OpenQuestion> {
        self.all().find_map(|(key, approval)| match approval {
            Approval::Asked {
                ticket: of,
                number,
                since,
                ..
            } if of == ticket => Some(OpenQuestion {
                key,
                number: *number,
                since: *since,
            }),
            Approval::Asked { .. }
            | Approval::Held(_)
            | Approval::Sending(_)
            | Approval::Sealed(_)
            | Approval::Lost(_) => None,
        })
    }

    /// Returns the keys and the mails that wait, or waited and are being sent.
    pub(super) fn mails(&self) -> impl Iterator<Item = (u64, &WaitingMail)> {
        self.all().filter_map(|(key, approval)| match approval {
            Approval::Held(waiting) | Approval::Sending(waiting) => Some((key, waiting)),
            Approval::Asked { .. } | Approval::Sealed(_) | Approval::Lost(_) => None,
        })
    }

    /// Returns the mail with this number that waits, or waited and is being sent.
    pub(super) fn mail(&self, number: u64) -> Option<&WaitingMail> {
        let mut mails = self.mails().map(|(_, waiting)| waiting);
        mails.find(|waiting| waiting.number == number)
    }

    /// Returns the waiting mail that this one repeats.
    pub(super) fn same(&self, new: Submission<'_>) -> Option<&WaitingMail> {
        let mut waiting = self.mails().map(|(_, waiting)| waiting);
        waiting.find(|waiting| new.repeats(waiting))
    }

    pub(super) fn room_for(&self, new: Submission<'_>) -> Room {
        if self.same(new).is_some() {
            return Room::Same;
        }
        let mail = new.mail;
        let all: Vec<&PreparedMail> = self.mails().map(|(_, waiting)| &*waiting.mail).collect();
        let mut own = all.clone();
        own.retain(|other| other.from.matches(mail.from.as_str()));
        match OF_ADDRESS.has_room(&own, mail) && OF_DAEMON.has_room(&all, mail) {
            true => Room::Free,
            false => Room::Full,
        }
    }

    /// Removes the oldest questions of the address, or of the address with the most questions,
    /// until there is room for a question about the mail.
    fn bound_questions(&mut self, mail: &PreparedMail) {
        while let Some(oldest) = self.question_to_remove(mail) {
            self.approvals.remove(&oldest);
        }
    }

    fn question_to_remove(&self, mail: &PreparedMail) -> Option<u64> {
        let mut pools: BTreeMap<String, Vec<(u64, &PreparedMail)>> = BTreeMap::new();
        for (key, approval) in &self.approvals {
            match approval {
                Approval::Asked { mail, .. } => {
                    pools.entry(mail.from.key()).or_default().push((*key, mail));
                }
                Approval::Held(_)
                | Approval::Sending(_)
                | Approval::Sealed(_)
                | Approval::Lost(_) => {}
            }
        }
        let has_room = |questions: &[(u64, &PreparedMail)], capacity: Capacity| {
            let mails: Vec<&PreparedMail> = questions.iter().map(|(_, mail)| *mail).collect();
            capacity.has_room(&mails, mail)
        };
        let all: Vec<(u64, &PreparedMail)> = pools.values().flatten().copied().collect();
        let full = match pools.get(&mail.from.key()) {
            Some(own) if !has_room(own, QUESTIONS_OF_ADDRESS) => Some(own),
            Some(_) | None if !has_room(&all, ALL_QUESTIONS) => {
                pools.values().max_by_key(|pool| pool.len())
            }
            Some(_) | None => None,
        };
        full.and_then(|pool| pool.first()).map(|(key, _)| *key)
    }
}

/// Returns the number of a mail other than one that a client asks about.
fn number_of(approval: &Approval) -> Option<u64> {
    match approval {
        Approval::Asked { .. } => None,
        Approval::Held(waiting) | Approval::Sending(waiting) => Some(waiting.number),
        Approval::Sealed(trace) | Approval::Lost(trace) => Some(trace.number),
    }
}

/// Returns whether a file has the content of the mail.
fn is_sealed(approval: &Approval) -> bool {
    match approval {
        Approval::Asked { .. } | Approval::Lost(_) => false,
        Approval::Held(waiting) | Approval::Sending(waiting) => waiting.place == Place::Sealed,
        Approval::Sealed(_) => true,
    }
}

/// Returns the records that a later daemon needs.
fn needed(last_number: u64, approvals: &BTreeMap<u64, Approval>) -> Vec<ApprovalRecord> {
    let last = ApprovalRecord::Numbered {
        number: last_number,
    };
    let all = approvals.values().flat_map(records);
    std::iter::once(last).chain(all).collect()
}
