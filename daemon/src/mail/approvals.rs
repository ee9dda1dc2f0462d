//! Who is asked before a mail is sent, and the mails that wait for it. Tickets and mails are
//! in memory alone: a restart of the daemon forgets them, and nothing was sent.
//!
//! A ticket is 128 random bits that stand for one mail: whoever shows it with that very mail,
//! in time and for the first time, has asked. MCP calls it `requestState` and lets clients
//! hold it, so it says nothing and cannot be made up.

use super::{ledger::Digest, sending::Prepared};
use crate::{config::ConfirmPolicy, time::rfc3339};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};
use tai_proto::approval::{Held, Question};
use tokio::time::Instant;

/// How long a person has to answer.
const TICKET_LIFE: Duration = Duration::from_secs(10 * 60);
/// Questions that may be open; the oldest is forgotten.
const MAX_TICKETS: usize = 256;
/// How long a mail waits for `taid approve`.
const HELD_LIFE: Duration = Duration::from_secs(60 * 60);
const MAX_HELD: usize = 32;
/// Bytes of all mails that wait.
const MAX_HELD_BYTES: usize = 8 << 20;

/// Why a mail was not approved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    #[error("this approval is not known: it was used, it is too old, or it was never given")]
    NoTicket,
    #[error("this approval was given for another mail")]
    OtherMail,
    #[error("the person who was asked did not approve")]
    Declined,
    #[error("as many mails wait for approval as may")]
    Full,
    #[error("no mail {0} waits for approval")]
    NotHeld(u64),
    #[error("the system gives no random numbers")]
    NoRandom,
}

/// The questions that are open and the mails that wait.
#[derive(Debug)]
pub struct Approvals(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    confirm: ConfirmPolicy,
    tickets: HashMap<String, (Digest, Instant)>,
    held: BTreeMap<u64, Waiting>,
    last: u64,
}

/// A mail that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) mail: Prepared,
    /// Whether it is sent although the same one was a moment ago.
    pub(super) insist: bool,
    since: SystemTime,
    until: Instant,
}

impl Approvals {
    pub(crate) fn new(confirm: ConfirmPolicy) -> Self {
        Self(Mutex::new(Table {
            confirm,
            ..Table::default()
        }))
    }

    /// Asks about these mails from here on.
    pub(crate) fn set_confirm(&self, confirm: ConfirmPolicy) {
        self.table().confirm = confirm;
    }

    /// The table, without what is too old.
    fn table(&self) -> MutexGuard<'_, Table> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        table.tickets.retain(|_, (_, until)| *until > now);
        table.held.retain(|_, waiting| waiting.until > now);
        table
    }

    /// Whether a person is to be asked about it.
    pub(super) fn wants(&self, mail: &Prepared, user_email: Option<&str>) -> bool {
        match self.table().confirm {
            ConfirmPolicy::Never => false,
            ConfirmPolicy::Always => true,
            ConfirmPolicy::External => !is_internal(mail.to(), &mail.account, user_email),
        }
    }

    /// Opens a question.
    pub(super) fn ask(&self, mail: &Prepared) -> Result<Question, ApprovalError> {
        let mut random = [0; 16];
        let filled = SystemRandom::new().fill(&mut random);
        filled.map_err(|_| ApprovalError::NoRandom)?;
        let ticket: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut table = self.table();
        if table.tickets.len() >= MAX_TICKETS {
            let oldest = table.tickets.iter().min_by_key(|(_, (_, until))| *until);
            if let Some(oldest) = oldest.map(|(ticket, _)| ticket.clone()) {
                table.tickets.remove(&oldest);
            }
        }
        let until = Instant::now() + TICKET_LIFE;
        table
            .tickets
            .insert(ticket.clone(), (mail.digest.clone(), until));
        Ok(Question {
            ticket,
            mail: mail.summary(),
        })
    }

    /// Uses a ticket up, whether it fits or not.
    pub(super) fn redeem(&self, ticket: &str, digest: &Digest) -> Result<(), ApprovalError> {
        match self.table().tickets.remove(ticket) {
            None => Err(ApprovalError::NoTicket),
            Some((of, _)) if of != *digest => Err(ApprovalError::OtherMail),
            Some(_) => Ok(()),
        }
    }

    /// Lets a mail wait. The same one waits once.
    pub(super) fn hold(&self, mail: Prepared, insist: bool) -> Result<Held, ApprovalError> {
        let mut table = self.table();
        let same = table
            .held
            .iter()
            .find(|(_, waiting)| waiting.mail.digest == mail.digest);
        if let Some((number, waiting)) = same {
            return Ok(held(*number, waiting));
        }
        let bytes: usize = table.held.values().map(|waiting| size(&waiting.mail)).sum();
        if table.held.len() >= MAX_HELD || bytes + size(&mail) > MAX_HELD_BYTES {
            return Err(ApprovalError::Full);
        }
        table.last += 1;
        let number = table.last;
        let waiting = Waiting {
            mail,
            insist,
            since: SystemTime::now(),
            until: Instant::now() + HELD_LIFE,
        };
        let shown = held(number, &waiting);
        table.held.insert(number, waiting);
        Ok(shown)
    }

    /// The mails that wait, oldest first.
    pub fn held(&self) -> Vec<Held> {
        let table = self.table();
        let waiting = table.held.iter();
        waiting
            .map(|(number, waiting)| held(*number, waiting))
            .collect()
    }

    /// How many mails wait.
    pub fn waiting(&self) -> usize {
        self.table().held.len()
    }

    /// Takes a mail from those that wait, so that nobody else decides about it too.
    pub(super) fn take(&self, number: u64) -> Result<Waiting, ApprovalError> {
        let taken = self.table().held.remove(&number);
        taken.ok_or(ApprovalError::NotHeld(number))
    }

    /// Lets a mail that was taken wait again.
    pub(super) fn put_back(&self, number: u64, waiting: Waiting) {
        self.table().held.insert(number, waiting);
    }
}

fn size(mail: &Prepared) -> usize {
    mail.parts.text.len() + mail.parts.html.len()
}

fn held(number: u64, waiting: &Waiting) -> Held {
    Held {
        number,
        since: rfc3339(waiting.since),
        until: rfc3339(waiting.since + HELD_LIFE),
        mail: waiting.mail.summary(),
    }
}

/// Whether an address is that of `account`, with any instance, or the configured user's.
fn is_internal(to: &str, account: &str, user_email: Option<&str>) -> bool {
    if user_email.is_some_and(|user| user.eq_ignore_ascii_case(to)) {
        return true;
    }
    let to = to.to_ascii_lowercase();
    let instance = to.strip_suffix(&account.to_ascii_lowercase());
    instance.is_some_and(|instance| instance.is_empty() || instance.ends_with('.'))
}

#[cfg(test)]
#[path = "approvals_tests.rs"]
mod tests;
