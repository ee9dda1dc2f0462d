//! Mails that need a person's approval: open questions, and mails that wait for `taid approve`.
//! They exist in memory only. A restart of the daemon discards them, and nothing is sent.
//!
//! A client gets a ticket of 128 random bits with each question and returns it with the answer
//! and the mail. The ticket is valid once, for the same mail, for ten minutes. It belongs to the
//! sender's address, and so to an instance, not to a connection: in MCP it is the `requestState`,
//! which clients store and may return on another connection.
//!
//! Each address has a pool of its own for questions and for waiting mails, so that no instance can
//! fill or empty another's.

mod capacity;
mod error;
mod policy;
mod state;

pub(crate) use error::ApprovalError;

use super::{digest::Digest, prepared::PreparedMail, submitter::Submitter};
use crate::{config::ConfirmPolicy, time::rfc3339};
use capacity::{ALL_QUESTIONS, Capacity, OF_ADDRESS, OF_DAEMON, QUESTIONS_OF_ADDRESS};
use ring::rand::{SecureRandom as _, SystemRandom};
use state::{Approval, Effect, Event, Room, WaitingMail, step};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};
use tai_proto::{
    approval::{ConsentAnswer, HeldMail, HeldPart, Question},
    call::{ReadHeld, ResolveHeld},
    names::Address,
    text::Label,
};

/// Time limit for the answer to a question.
const QUESTION_LIFE: Duration = Duration::from_secs(10 * 60);
/// Time for which a mail waits for `taid approve`.
const HELD_LIFE: Duration = Duration::from_secs(60 * 60);

/// The approvals of a daemon.
#[derive(Debug)]
pub(super) struct Approvals(Mutex<Table>);

#[derive(Debug)]
struct Table {
    policy: ConfirmPolicy,
    /// The approvals by their keys, oldest first.
    approvals: BTreeMap<u64, Approval>,
    last_key: u64,
    /// The number of the latest mail.
    last_number: u64,
}

/// The result of a person's answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answered {
    /// The caller sends this mail.
    Approved(Arc<PreparedMail>),
    /// The mail waits for `taid approve`.
    Held(Box<HeldMail>),
}

/// The result of a person's decision about a waiting mail.
#[derive(Debug)]
pub(super) enum Resolved<'a> {
    /// The caller sends this mail.
    Approved(ApprovedMail<'a>),
    /// The mail is discarded.
    Discarded(Digest),
}

/// A mail that a person approved with `taid approve`. Dropping it ends the approval, because the
/// mail may have been sent.
#[derive(Debug)]
#[must_use = "dropping it ends the approval"]
pub(super) struct ApprovedMail<'a> {
    approvals: &'a Approvals,
    key: u64,
    /// The mail.
    pub(super) mail: Arc<PreparedMail>,
    /// Whether to send it although the same mail was sent within ten minutes.
    pub(super) insist: bool,
}

impl Approvals {
    /// Returns approvals for this policy.
    pub(super) fn new(policy: ConfirmPolicy) -> Self {
        Self(Mutex::new(Table {
            policy,
            approvals: BTreeMap::new(),
            last_key: 0,
            last_number: 0,
        }))
    }

    /// Replaces the policy for later submissions.
    pub(super) fn set_policy(&self, policy: ConfirmPolicy) {
        self.table().policy = policy;
    }

    /// Returns the table without the approvals that have expired.
    fn table(&self) -> MutexGuard<'_, Table> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let keys: Vec<u64> = table.approvals.keys().copied().collect();
        for key in keys {
            table.change(key, Event::Expire);
        }
        table
    }

    /// Returns whether the mail needs a person's approval.
    pub(super) fn wants(&self, mail: &PreparedMail, default_recipient: Option<&str>) -> bool {
        let policy = self.table().policy;
        policy::applies(policy, mail, default_recipient)
    }

    /// Opens a question about the mail.
    ///
    /// # Errors
    /// [`ApprovalError::NoRandom`].
    pub(super) fn ask(&self, mail: PreparedMail) -> Result<Question, ApprovalError> {
        let mut random = [0; 16];
        let filled = SystemRandom::new().fill(&mut random);
        filled.map_err(|_| ApprovalError::NoRandom)?;
        let ticket: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut table = self.table();
        table.bound_questions(&mail);
        table.last_key += 1;
        table.last_number += 1;
        let (key, number) = (table.last_key, table.last_number);
        let preview = mail.preview();
        let question = Approval::Asked {
            ticket: ticket.clone(),
            number,
            mail: Arc::new(mail),
            until: now() + QUESTION_LIFE,
        };
        table.approvals.insert(key, question);
        Ok(Question {
            ticket: ticket.as_str().into(),
            number,
            mail: Box::new(preview),
        })
    }

    /// Applies a person's answer to the question with this ticket, and consumes the ticket. If the
    /// client cannot ask, the mail waits. Submitting the same mail again adds no second one.
    ///
    /// # Errors
    /// Any [`ApprovalError`].
    pub(super) fn answer(
        &self,
        ticket: &str,
        answer: ConsentAnswer,
        mail: PreparedMail,
        insist: bool,
        submitter: Submitter<'_>,
    ) -> Result<Answered, ApprovalError> {
        let mut table = self.table();
        let question = table.question(ticket).ok_or(ApprovalError::NoTicket)?;
        let (key, number) = question;
        let digest = mail.digest.clone();
        let room = table.room_for(&mail);
        let waiting = WaitingMail {
            number,
            mail: Arc::new(mail),
            insist,
            client: submitter.client.to_owned(),
            instance: submitter.instance.cloned(),
            since: SystemTime::now(),
            until: now() + HELD_LIFE,
        };
        let event = Event::Answer {
            answer,
            waiting,
            room,
        };
        match table.change(key, event) {
            Effect::Send { mail, .. } => Ok(Answered::Approved(mail)),
            Effect::Refuse(error) => Err(error),
            Effect::TellHeld | Effect::None => {
                let held = table.mails().find(|(_, mail)| mail.mail.digest == digest);
                let held = held.map(|(_, mail)| show(mail));
                let held = held.ok_or(ApprovalError::NoTicket)?;
                Ok(Answered::Held(Box::new(held)))
            }
        }
    }

    /// Returns the mails that wait, oldest first.
    pub(super) fn held(&self) -> Vec<HeldMail> {
        let table = self.table();
        let held = |approval: &Approval| match approval {
            Approval::Held(waiting) => Some(show(waiting)),
            Approval::Asked { .. } | Approval::Sending(_) => None,
        };
        table.approvals.values().filter_map(held).collect()
    }

    /// Returns a part of a mail that waits, or that a client asks about.
    ///
    /// # Errors
    /// [`ApprovalError::NotHeld`].
    pub(super) fn read(&self, read: ReadHeld) -> Result<HeldPart, ApprovalError> {
        let ReadHeld { number, offset } = read;
        let table = self.table();
        let found = table
            .approvals
            .values()
            .find_map(|approval| match approval {
                Approval::Asked {
                    number: of, mail, ..
                } => (*of == number).then(|| mail.clone()),
                Approval::Held(waiting) | Approval::Sending(waiting) => {
                    (waiting.number == number).then(|| waiting.mail.clone())
                }
            });
        drop(table);
        Ok(found.ok_or(ApprovalError::NotHeld(number))?.part(offset))
    }

    /// Returns the number of mails that wait.
    pub(super) fn count_held(&self) -> usize {
        let table = self.table();
        let is_held = |approval: &&Approval| matches!(approval, Approval::Held(_));
        table.approvals.values().filter(is_held).count()
    }

    /// Applies a person's decision to a waiting mail.
    ///
    /// # Errors
    /// [`ApprovalError::NotHeld`], also for a second decision about the same mail.
    pub(super) fn resolve(&self, resolve: ResolveHeld) -> Result<Resolved<'_>, ApprovalError> {
        let ResolveHeld { number, send } = resolve;
        let event = match send {
            true => Event::Approve { number },
            false => Event::Reject { number },
        };
        let mut table = self.table();
        let key = table.mails().find(|(_, mail)| mail.number == number);
        let (key, waiting) = key.ok_or(ApprovalError::NotHeld(number))?;
        let digest = waiting.mail.digest.clone();
        match table.change(key, event) {
            Effect::Send { mail, insist } => Ok(Resolved::Approved(ApprovedMail {
                approvals: self,
                key,
                mail,
                insist,
            })),
            Effect::Refuse(error) => Err(error),
            Effect::None | Effect::TellHeld => Ok(Resolved::Discarded(digest)),
        }
    }
}

impl ApprovedMail<'_> {
    /// Returns the mail to the queue, because it was certainly not sent.
    pub(super) fn hold_again(self) {
        self.approvals.table().change(self.key, Event::Fail);
    }
}

impl Drop for ApprovedMail<'_> {
    fn drop(&mut self) {
        // Changes nothing if the mail waits again.
        self.approvals.table().change(self.key, Event::Finish);
    }
}

impl Table {
    fn change(&mut self, key: u64, event: Event) -> Effect {
        let before = self.approvals.remove(&key);
        let (after, effect) = step(before, event, now());
        if let Some(approval) = after {
            self.approvals.insert(key, approval);
        }
        effect
    }

    /// Returns the key and the number of the question with this ticket.
    fn question(&self, ticket: &str) -> Option<(u64, u64)> {
        let mut approvals = self.approvals.iter();
        approvals.find_map(|(key, approval)| match approval {
            Approval::Asked {
                ticket: of, number, ..
            } if of == ticket => Some((*key, *number)),
            Approval::Asked { .. } | Approval::Held(_) | Approval::Sending(_) => None,
        })
    }

    /// Returns the keys and the mails that wait, or waited and are being sent.
    fn mails(&self) -> impl Iterator<Item = (u64, &WaitingMail)> {
        let approvals = self.approvals.iter();
        approvals.filter_map(|(key, approval)| match approval {
            Approval::Held(waiting) | Approval::Sending(waiting) => Some((*key, waiting)),
            Approval::Asked { .. } => None,
        })
    }

    fn room_for(&self, mail: &PreparedMail) -> Room {
        let is_same = |(_, waiting): (u64, &WaitingMail)| waiting.mail.digest == mail.digest;
        if self.mails().any(is_same) {
            return Room::Same;
        }
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
                    pools
                        .entry(pool(&mail.from))
                        .or_default()
                        .push((*key, mail));
                }
                Approval::Held(_) | Approval::Sending(_) => {}
            }
        }
        let has_room = |questions: &[(u64, &PreparedMail)], capacity: Capacity| {
            let mails: Vec<&PreparedMail> = questions.iter().map(|(_, mail)| *mail).collect();
            capacity.has_room(&mails, mail)
        };
        let all: Vec<(u64, &PreparedMail)> = pools.values().flatten().copied().collect();
        let full = match pools.get(&pool(&mail.from)) {
            Some(own) if !has_room(own, QUESTIONS_OF_ADDRESS) => Some(own),
            Some(_) | None if !has_room(&all, ALL_QUESTIONS) => {
                pools.values().max_by_key(|pool| pool.len())
            }
            Some(_) | None => None,
        };
        full.and_then(|pool| pool.first()).map(|(key, _)| *key)
    }
}

/// Returns the name of an address's pool. Addresses are case-insensitive.
fn pool(address: &Address) -> String {
    address.as_str().to_ascii_lowercase()
}

/// Returns the time of the runtime's clock, which tests can pause.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// Returns a waiting mail as a person sees it.
fn show(waiting: &WaitingMail) -> HeldMail {
    HeldMail {
        number: waiting.number,
        client: Label::from(waiting.client.as_str()),
        instance: waiting.instance.clone(),
        since: rfc3339(waiting.since).as_str().into(),
        until: rfc3339(waiting.since + HELD_LIFE).as_str().into(),
        mail: Box::new(waiting.mail.preview()),
    }
}

#[cfg(test)]
#[path = "approvals_tests.rs"]
mod tests;
