//! Mails that are not handled yet. They stay leased, because an unread mail without a lease is taken
//! a second time.

use super::{calls::Calls, failure::Failure, unmarked::MAX_UNMARKED};
use std::{collections::BTreeMap, time::Duration};
use tai_client::{Lease, MAX_LEASES};
use tai_proto::{
    FaultCode,
    call::Peek,
    mail::{Mail, Window},
    names::{Address, MailId},
    text::{Content, HeaderText},
};
use tokio::time::Instant;

/// Backoff after the first failure of a mail. It doubles with each further failure.
const FIRST_RETRY: Duration = Duration::from_secs(10);
/// Upper limit of the backoff.
const LONGEST_RETRY: Duration = Duration::from_secs(10 * 60);
/// Interval of submissions of an answer that was refused.
const CHECK_EVERY: Duration = Duration::from_secs(10 * 60);
/// Limit of mails whose handling failed and is retried. Further mails stay unread in the mailbox.
const MAX_FAILED: usize = 100;
/// Limit of mails whose finished answer was refused. Beyond it, the oldest one is given up.
const MAX_REFUSED: usize = 50;
/// Limit of the mails that wait for any reason. They and the unmarked mails have leases, and a few
/// leases are left for the mail in hand and for copies from a restarted taid.
pub(super) const MAX_WAITING: usize = MAX_LEASES - MAX_UNMARKED - 6;
/// Limit of the text of the bodies and answers of these mails, in bytes.
const MAX_WAITING_TEXT: usize = 32 << 20;
/// Limit of the runs of an agent, or of a program whose output is sent, for one mail.
const MAX_RUNS: u32 = 5;

/// A leased mail that is not handled yet.
pub(super) struct Waiting {
    pub(super) lease: Lease,
    pub(super) sender: HeaderText,
    /// Time of the next attempt or check.
    pub(super) due: Instant,
    pub(super) stage: Stage,
    /// Failed attempts.
    failures: u32,
    /// Failed runs of the program or agent.
    runs: u32,
}

/// What is left to do for a mail.
pub(super) enum Stage {
    /// The mail is to be given to the program or agent.
    Unhandled {
        /// Address of the instance.
        address: Address,
        mail: Box<Mail>,
    },
    /// The finished answer is to be submitted. Another one would cost another run.
    Unsent {
        answer: Content,
        /// Whether it was refused. A person or the passage of an hour changes that.
        is_refused: bool,
    },
}

/// Consequence of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outlook {
    /// The next attempt comes after this time.
    Retried(Duration),
    /// The answer was refused before, and waits for a change.
    StillRefused,
    /// No attempt is left after this number of failed runs.
    GivenUp(u32),
}

impl Waiting {
    /// Returns a new mail, which is due.
    pub(super) fn new(lease: Lease, address: Address, mail: Box<Mail>) -> Self {
        Self {
            lease,
            sender: mail.envelope.from.clone(),
            due: Instant::now(),
            stage: Stage::Unhandled { address, mail },
            failures: 0,
            runs: 0,
        }
    }

    /// Returns whether the mail waits for a person, who may have read or deleted it.
    pub(super) fn needs_person(&self) -> bool {
        match self.stage {
            Stage::Unhandled { .. } => false,
            Stage::Unsent { is_refused, .. } => is_refused,
        }
    }

    /// Applies a failure. `is_limited` is whether failed runs are limited.
    pub(super) fn fail(&mut self, failure: Failure, is_limited: bool) -> Outlook {
        self.failures = self.failures.saturating_add(1);
        let retried = Outlook::Retried(backoff_after(self.failures));
        let was_refused = self.needs_person();
        let outlook = match failure {
            Failure::NotRun => retried,
            // No mail can be made from the kept answer, and the mail for another run is not kept.
            Failure::Run if matches!(self.stage, Stage::Unsent { .. }) => {
                Outlook::GivenUp(self.runs)
            }
            Failure::Run => {
                self.runs = self.runs.saturating_add(1);
                match is_limited && self.runs >= MAX_RUNS {
                    true => Outlook::GivenUp(self.runs),
                    false => retried,
                }
            }
            Failure::NotSent(answer) => {
                self.stage = Stage::Unsent {
                    answer,
                    is_refused: false,
                };
                retried
            }
            Failure::Refused(answer) => {
                self.stage = Stage::Unsent {
                    answer,
                    is_refused: true,
                };
                match was_refused {
                    true => Outlook::StillRefused,
                    false => Outlook::Retried(CHECK_EVERY),
                }
            }
        };
        let wait = match outlook {
            Outlook::Retried(backoff) => backoff,
            // A mail that is given up does not wait.
            Outlook::StillRefused | Outlook::GivenUp(_) => CHECK_EVERY,
        };
        self.due = Instant::now() + wait;
        outlook
    }

    /// Returns whether the handling failed and is retried.
    fn is_failing(&self) -> bool {
        self.failures > 0 && !self.needs_person()
    }

    /// Returns the bytes of the text that the mail keeps in memory.
    fn text(&self) -> usize {
        match &self.stage {
            Stage::Unhandled { mail, .. } => mail.body.len(),
            Stage::Unsent { answer, .. } => answer.len(),
        }
    }
}

/// All mails that wait.
#[derive(Default)]
pub(super) struct WaitingMails(BTreeMap<MailId, Waiting>);

impl WaitingMails {
    /// Adds a mail.
    pub(super) fn add(&mut self, waiting: Waiting) {
        self.0.insert(waiting.lease.id(), waiting);
    }

    /// Takes the mails whose attempt or check is due, oldest first.
    pub(super) fn take_due(&mut self) -> Vec<Waiting> {
        let now = Instant::now();
        self.0
            .extract_if(.., |_, waiting| waiting.due <= now)
            .map(|(_, waiting)| waiting)
            .collect()
    }

    /// Returns the time of the next attempt or check.
    pub(super) fn due(&self) -> Option<Instant> {
        self.0.values().map(|waiting| waiting.due).min()
    }

    /// Replaces the lease of a mail by that of a restarted taid, which leases the mail a second time.
    /// The mail keeps its backoff. Returns the lease of any other mail.
    pub(super) fn renew(&mut self, lease: Lease) -> Option<Lease> {
        match self.0.get_mut(&lease.id()) {
            Some(waiting) => {
                std::mem::replace(&mut waiting.lease, lease).forget();
                None
            }
            None => Some(lease),
        }
    }

    /// Returns the number of mails.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns the number of mails that wait for a person.
    pub(super) fn count_for_person(&self) -> usize {
        self.for_person().count()
    }

    /// Takes the oldest mail that waits for a person, if these are more than their limit.
    pub(super) fn take_surplus(&mut self) -> Option<Waiting> {
        let oldest = self.for_person().next()?.lease.id();
        let is_surplus = self.count_for_person() > MAX_REFUSED;
        is_surplus.then(|| self.0.remove(&oldest)).flatten()
    }

    fn for_person(&self) -> impl Iterator<Item = &Waiting> {
        self.0.values().filter(|mail| mail.needs_person())
    }

    /// Returns whether no further mail is taken.
    pub(super) fn is_full(&self) -> bool {
        let all = || self.0.values();
        self.0.len() >= MAX_WAITING
            || all().filter(|mail| mail.is_failing()).count() >= MAX_FAILED
            || all().map(Waiting::text).sum::<usize>() >= MAX_WAITING_TEXT
    }
}

/// Returns the backoff after this number of failed attempts.
fn backoff_after(failures: u32) -> Duration {
    let doubled = 2u32.saturating_pow(failures.saturating_sub(1));
    FIRST_RETRY.saturating_mul(doubled).min(LONGEST_RETRY)
}

/// What has become of a mail that waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is unread, as far as is known.
    Unread,
    Read,
    /// It was deleted, or is no mail of the instance any more.
    Gone,
}

/// Returns what has become of a mail. A failure is no evidence.
pub(super) async fn fate(calls: &Calls, id: MailId) -> Fate {
    let window = Window {
        limit: Window::MIN,
        ..Window::WHOLE
    };
    match calls.call(Peek { id, window }).await {
        Ok(fetched) if fetched.mail.as_ref().is_some_and(|mail| mail.envelope.read) => Fate::Read,
        Ok(_) => Fate::Unread,
        // With shared leases, a client of another machine can hold the mail.
        Err(fault) if matches!(fault.code, FaultCode::NotFound | FaultCode::NotYours) => Fate::Gone,
        Err(_) => Fate::Unread,
    }
}
