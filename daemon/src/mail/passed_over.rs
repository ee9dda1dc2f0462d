//! Unread mails that the bridge cannot give. One of them does not hold up the mails behind it.

use super::error::MailError;
use tai_auth::bridge::BridgeError;
use tai_proto::names::MailId;

/// Limit of mails that one call passes over.
const MAX: usize = 2;

/// The mails that a call passes over. They stay unread, and the next call asks for them again.
#[derive(Debug, Default)]
pub(super) struct PassedOver {
    ids: Vec<MailId>,
    /// The error of the first one.
    failure: Option<MailError>,
}

impl PassedOver {
    /// Passes over a mail.
    ///
    /// # Errors
    /// The first error, if this one says something of other mails too, or if too many mails failed.
    pub(super) fn add(&mut self, id: MailId, error: MailError) -> Result<(), MailError> {
        if !is_of_one_mail(&error) || self.ids.len() >= MAX {
            return Err(self.failure.take().unwrap_or(error));
        }
        self.ids.push(id);
        self.failure.get_or_insert(error);
        Ok(())
    }

    /// Returns whether a mail is among them.
    pub(super) fn has(&self, id: u64) -> bool {
        self.ids.iter().any(|passed| passed.get() == id)
    }

    /// Returns the mails.
    pub(super) fn ids(&self) -> Vec<MailId> {
        self.ids.clone()
    }

    /// Returns the error of the first mail.
    pub(super) fn into_failure(self) -> Option<MailError> {
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
