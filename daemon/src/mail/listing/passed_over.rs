//! Unread mails that the bridge cannot give. One of them does not hold up the mails behind it.

use crate::mail::{bounded::Bounded, error::MailError};
use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tai_auth::bridge::BridgeError;
use tai_proto::names::MailId;
use tokio::time::Instant;

/// Limit of mails that one call passes over.
const MAX: usize = 2;

/// Time for which a mail is asked for last.
const LAST_FOR: Duration = Duration::from_secs(10 * 60);
/// Limit of remembered mails.
const MAX_REMEMBERED: usize = 256;

/// Mails that the bridge could not give lately. Calls ask for them after all others, so that
/// several of them do not hold up the mailbox either.
#[derive(Debug, Default)]
pub(in crate::mail) struct Unavailable(Mutex<Lately>);

/// The mails, each with the time of the last attempt.
type Lately = Bounded<u64, Instant, MAX_REMEMBERED>;

impl Unavailable {
    fn mails(&self) -> MutexGuard<'_, Lately> {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.retain(|since| since.elapsed() < LAST_FOR);
        mails
    }

    /// Remembers a mail, unless a later request may succeed: a bridge that fails as a whole must
    /// not change the order of the mails.
    pub(in crate::mail) fn add(&self, id: MailId, error: &MailError) {
        let is_lasting = matches!(
            error,
            MailError::Bridge(
                BridgeError::Refused { .. }
                    | BridgeError::Garbled { .. }
                    | BridgeError::TooLarge { .. }
            )
        );
        if is_lasting {
            self.mails().put(id.get(), Instant::now());
        }
    }

    /// Returns the mails.
    pub(in crate::mail) fn ids(&self) -> HashSet<u64> {
        self.mails().iter().map(|(id, _)| *id).collect()
    }

    /// Forgets a mail, which the bridge has given.
    pub(in crate::mail) fn remove(&self, id: MailId) {
        self.mails().remove(&id.get());
    }
}

/// The mails that a call passes over. They stay unread.
#[derive(Debug, Default)]
pub(in crate::mail) struct PassedOver {
    ids: Vec<MailId>,
    /// The error of the first one.
    failure: Option<MailError>,
}

impl PassedOver {
    /// Passes over a mail.
    ///
    /// # Errors
    /// The error, if it says something of other mails too; the first one, if too many mails failed.
    pub(in crate::mail) fn add(&mut self, id: MailId, error: MailError) -> Result<(), MailError> {
        if !is_of_one_mail(&error) {
            return Err(error);
        }
        if self.ids.len() >= MAX {
            return Err(self.failure.take().unwrap_or(error));
        }
        self.ids.push(id);
        self.failure.get_or_insert(error);
        Ok(())
    }

    /// Returns whether a mail is among them.
    pub(in crate::mail) fn has(&self, id: u64) -> bool {
        self.ids.iter().any(|passed| passed.get() == id)
    }

    /// Returns the mails.
    pub(in crate::mail) fn ids(&self) -> Vec<MailId> {
        self.ids.clone()
    }

    /// Returns the error of the first mail.
    pub(in crate::mail) fn into_failure(self) -> Option<MailError> {
        self.failure
    }
}

/// Returns whether an error says that the bridge cannot give this mail, and nothing of the others.
fn is_of_one_mail(error: &MailError) -> bool {
    let MailError::Bridge(error) = error else {
        return false;
    };
    match error {
        BridgeError::Refused { .. }
        | BridgeError::Failed { .. }
        | BridgeError::Garbled { .. }
        | BridgeError::TooLarge { .. } => true,
        BridgeError::Unreachable { .. }
        | BridgeError::ProxyFailed { .. }
        | BridgeError::Untrusted { .. }
        | BridgeError::Broken { .. }
        | BridgeError::TimedOut { .. }
        | BridgeError::RateLimited { .. }
        | BridgeError::Unauthorized { .. }
        | BridgeError::DatabaseFailed { .. }
        | BridgeError::NoProvider { .. }
        | BridgeError::NotProcessed { .. }
        | BridgeError::CircuitOpen { .. }
        | BridgeError::ProviderRefused { .. }
        | BridgeError::NoEndpoint { .. }
        | BridgeError::Moved { .. }
        | BridgeError::Intercepted { .. }
        | BridgeError::Revoked => false,
    }
}
