//! Mails that need a person's approval: open questions, and mails that wait for `taid approve`. A
//! waiting mail outlives the daemon if it has a key ([`keep`]), and otherwise is reported as lost.
//!
//! A client gets a ticket of 128 random bits with each question and returns it with the answer
//! and the mail. The ticket is valid once, for the same mail, for ten minutes. It belongs to the
//! sender's address, and so to an instance, not to a connection: in MCP it is the `requestState`,
//! which clients store and may return on another connection.
//!
//! Each address has a pool of its own for questions and for waiting mails, so that no instance can
//! fill or empty another's.

mod capacity;
mod count;
mod discards;
mod error;
mod expired;
mod keep;
mod key;
mod policy;
mod record;
mod resolve;
mod revise;
mod safe;
mod same;
mod seal;
mod sent;
mod show;
mod state;
mod table;
mod vault;

pub(crate) use capacity::{OF_ADDRESS, OF_DAEMON};
pub(crate) use error::ApprovalError;
pub(crate) use key::{KeyAnswer, KeySource};
pub(super) use policy::is_own;
pub(super) use safe::Store;
pub(super) use state::HELD_LIFE;

use super::{
    journal::{Journal, JournalError, Promise, SkippedLines},
    sending::{prepared::PreparedMail, submitter::Submitter},
};
use crate::{config::ConfirmPolicy, digest::Digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use safe::Safe;
use same::Submission;
use show::{Fate, gone, show, version};
use state::{Approval, Effect, Event, Place, WaitingMail};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use table::{OpenQuestion, Table};
use tai_auth::session::{clock::Clock, stamp::Stamp};
use tai_proto::{
    approval::{Consent, ConsentAnswer, HeldList, HeldPart, Question},
    call::ReadHeld,
    names::Address,
};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

/// The shortest time in which a person reads a question and answers it.
const READING: Duration = Duration::from_secs(1);

/// The approvals of a daemon.
pub(super) struct Approvals {
    table: Mutex<Table>,
    clock: Arc<dyn Clock>,
    /// Seals the waiting mails; `None` without a source of keys.
    safe: Option<Safe>,
    /// Cancelled when the daemon stops.
    stop: CancellationToken,
}

impl fmt::Debug for Approvals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approvals").finish_non_exhaustive()
    }
}

/// The result of a person's answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answered {
    /// The caller sends this mail.
    Approved(Arc<PreparedMail>),
    /// The mail waits for `taid approve` when [`Approvals::keep`] has returned.
    Held(Holding),
}

/// A mail that begins to wait, or that waits already.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "the mail is not recorded otherwise"]
pub(super) struct Holding {
    number: u64,
    /// Whether the mail waits since this submission.
    is_new: bool,
}

/// The result of a person's decision about a waiting mail.
#[derive(Debug)]
pub(super) enum Resolved<'a> {
    /// The caller sends this mail.
    Approved(ApprovedMail<'a>),
    /// The mail is discarded.
    Discarded {
        digest: Digest,
        /// Whether an earlier daemon may have sent it.
        maybe_sent: bool,
        /// The record of the decision.
        promise: Promise,
    },
}

/// A mail that a person approved with `taid approve`. Dropping it ends the approval, because the
/// mail may have been sent.
#[derive(Debug)]
#[must_use = "dropping it ends the approval"]
pub(super) struct ApprovedMail<'a> {
    approvals: &'a Approvals,
    key: u64,
    /// The record of the decision.
    promise: Promise,
    /// The mail.
    pub(super) mail: Arc<PreparedMail>,
    /// Whether to send it although the same mail was sent within ten minutes.
    pub(super) insist: bool,
}

impl Approvals {
    /// Returns approvals that do not outlive the daemon.
    pub(super) fn in_memory(policy: ConfirmPolicy, clock: Arc<dyn Clock>) -> Self {
        Self {
            table: Mutex::new(Table::new(policy, Journal::nowhere(), clock.stamp())),
            clock,
            safe: None,
            stop: CancellationToken::new(),
        }
    }

    /// Returns the approvals of a daemon that stops when `stop` is cancelled.
    pub(super) fn until(self, stop: CancellationToken) -> Self {
        Self { stop, ..self }
    }

    /// Replaces the policy for later submissions.
    pub(super) fn set_policy(&self, policy: ConfirmPolicy) {
        self.table().0.policy = policy;
    }

    /// Returns the table without the approvals that have expired, and the time.
    fn table(&self) -> (MutexGuard<'_, Table>, Stamp) {
        let now = self.clock.stamp();
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.expire(now);
        (table, now)
    }

    /// Returns whether the mail needs a person's approval.
    pub(super) fn wants(&self, mail: &PreparedMail, default_recipient: Option<&Address>) -> bool {
        let policy = self.table().0.policy;
        policy::applies(policy, mail, default_recipient)
    }

    /// Checks that no person discarded the mail with `taid approve`.
    ///
    /// # Errors
    /// [`ApprovalError::Discarded`] or [`ApprovalError::DiscardedUncertain`] within ten minutes of the
    /// decision.
    pub(super) fn check_discarded(&self, digest: &Digest) -> Result<(), ApprovalError> {
        let (table, now) = self.table();
        table.discards.check(digest, now)
    }

    /// Returns why no waiting mail can be recorded; `None` if one can, as far as is known.
    pub(super) fn failing(&self) -> Option<JournalError> {
        let (mut table, now) = self.table();
        table.reopen(now);
        table.journal.failing()
    }

    /// Returns the lines of the journal that are not records, for a day.
    pub(super) fn skipped(&self) -> Option<SkippedLines> {
        self.table().0.journal.skipped()
    }

    /// Opens a question about the mail.
    ///
    /// # Errors
    /// [`ApprovalError::NoRandom`].
    pub(super) fn ask(&self, mail: PreparedMail) -> Result<Question, ApprovalError> {
        let mut random = [0; 16];
        SystemRandom::new()
            .fill(&mut random)
            .map_err(|_| ApprovalError::NoRandom)?;
        let ticket = tai_auth::hex(&random);
        let preview = mail.preview();
        let (mut table, now) = self.table();
        table.reopen(now);
        Ok(Question {
            ticket: ticket.as_str().into(),
            number: table.ask(ticket, mail, now),
            mail: Box::new(preview),
        })
    }

    /// Returns whether the ticket is that of an open question.
    pub(super) fn has_question(&self, ticket: &str) -> bool {
        self.table().0.question(ticket).is_some()
    }

    /// Returns the consent that came just now: a refusal that no person can have made counts as
    /// [`ConsentAnswer::CannotAsk`]. A headless client declines for its user, who was not asked.
    pub(super) fn received(&self, consent: Consent) -> Consent {
        let Consent::Answered {
            ticket,
            answer: ConsentAnswer::Declined,
        } = &consent
        else {
            return consent;
        };
        let (table, now) = self.table();
        let question = table.question(ticket);
        match question.is_some_and(|question| question.since.is_within(READING, now)) {
            true => Consent::Answered {
                ticket: ticket.clone(),
                answer: ConsentAnswer::CannotAsk,
            },
            false => consent,
        }
    }

    /// Applies a person's answer to the question with this ticket, and consumes the ticket. If the
    /// client cannot ask, the mail waits. Submitting [the same mail](Table::same) again adds no second one.
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
        let (mut table, now) = self.table();
        let question = table
            .question(ticket)
            .ok_or_else(|| without_question(answer))?;
        let OpenQuestion { key, number, .. } = question;
        let mail = Arc::new(mail);
        let new = Submission {
            mail: &mail,
            insist,
        };
        let lost = table.lost(new);
        let room = table.room_for(new);
        let waiting = WaitingMail {
            number,
            mail: mail.clone(),
            insist,
            client: submitter.client.to_owned(),
            instance: submitter.instance.cloned(),
            since: now,
            place: Place::Memory,
            maybe_sent: false,
            replaces: lost.as_ref().map(|(_, trace)| trace.clone()),
            revises: None,
        };
        let room = table.adopt(&waiting, now).unwrap_or(room);
        let event = Event::Answer {
            answer,
            waiting,
            room,
        };
        let effect = table.change(key, event, now);
        let answered = match effect {
            Effect::Send { mail, .. } => Answered::Approved(mail),
            Effect::Refuse(error) => return Err(error),
            Effect::TellHeld | Effect::None => {
                let held = table.same(new).ok_or(ApprovalError::NoTicket)?;
                Answered::Held(Holding {
                    number: held.number,
                    is_new: held.number == number,
                })
            }
        };
        // The mail is submitted again, as the report about its loss asks.
        if let Some((key, trace)) = lost {
            let number = trace.number;
            table.change(key, Event::Reject { number }, now);
        }
        table.expired.forget(new);
        Ok(answered)
    }

    /// Returns the mails that wait, and those of an earlier daemon without content, oldest first.
    pub(super) fn list(&self) -> HeldList {
        let (table, now) = self.table();
        let mut list = HeldList {
            waiting: Vec::new(),
            gone: Vec::new(),
        };
        for (_, approval) in table.all() {
            match approval {
                Approval::Held(waiting) => list.waiting.push(show(waiting, now)),
                Approval::Sealed(trace) => list.gone.push(gone(trace, Fate::Locked, now)),
                Approval::Lost(trace) => list.gone.push(gone(trace, Fate::Lost, now)),
                Approval::Asked { .. } | Approval::Sending(_) => {}
            }
        }
        let expired = table.expired.of_last_day(now);
        let expired = expired.map(|trace| gone(trace, Fate::Expired, now));
        list.gone.extend(expired);
        list
    }

    /// Returns the mark of the waiting mails as it changes.
    pub(super) fn marks(&self) -> watch::Receiver<u64> {
        self.table().0.marks()
    }

    /// Returns a part of a mail that waits, or that a client asks about.
    ///
    /// # Errors
    /// [`ApprovalError::NotHeld`], [`ApprovalError::Locked`] or [`ApprovalError::Lost`].
    pub(super) fn read(&self, read: ReadHeld) -> Result<HeldPart, ApprovalError> {
        let number = read.number;
        let (table, _) = self.table();
        // A mail that waits comes before a question with its number, as in a decision.
        let waiting = table.numbered(number).map(|(_, approval)| approval);
        let found = match waiting {
            Some(Approval::Held(waiting) | Approval::Sending(waiting)) => {
                Ok((waiting.mail.clone(), Some(version(&waiting.trace()))))
            }
            Some(Approval::Sealed(_)) => Err(ApprovalError::Locked(number)),
            Some(Approval::Lost(_)) => Err(ApprovalError::Lost(number)),
            Some(Approval::Asked { .. }) | None => {
                let asked = table.asked(number);
                let asked = asked.ok_or(ApprovalError::NotHeld(number));
                asked.map(|mail| (mail, None))
            }
        };
        drop(table);
        let (mail, version) = found?;
        let (text, next) = mail.part(read.form, read.offset);
        Ok(HeldPart {
            version,
            text,
            next,
        })
    }
}

impl ApprovedMail<'_> {
    /// Waits until the record of the decision survives a power failure. Without it a later daemon
    /// offers the mail for approval again, so the mail must not be sent.
    ///
    /// # Errors
    /// [`JournalError`].
    pub(super) async fn recorded(&self, deadline: Instant) -> Result<(), JournalError> {
        self.promise.clone().kept(deadline).await
    }

    /// Returns the mail to the queue, because it was certainly not sent.
    pub(super) fn hold_again(self) {
        let (mut table, now) = self.approvals.table();
        table.change(self.key, Event::Fail, now);
    }
}

impl Drop for ApprovedMail<'_> {
    fn drop(&mut self) {
        // Changes nothing if the mail waits again.
        let (mut table, now) = self.approvals.table();
        table.change(self.key, Event::Finish, now);
    }
}

/// Returns the error for an answer to a question that is not open. To decline needs no question.
fn without_question(answer: ConsentAnswer) -> ApprovalError {
    match answer {
        ConsentAnswer::Declined | ConsentAnswer::Withdrawn => ApprovalError::DeclinedLater,
        ConsentAnswer::Approved | ConsentAnswer::CannotAsk => ApprovalError::NoTicket,
    }
}

#[cfg(test)]
#[path = "approvals_tests.rs"]
mod tests;
