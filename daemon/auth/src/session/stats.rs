//! Counters of the session, for display. No decision depends on them.

use super::{clock::Now, error::SessionError, event::Record};
use std::time::SystemTime;

/// Counters since the start of the session.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stats {
    /// Successful logins.
    pub logins: u64,
    /// Successful renewals.
    pub renewals: u64,
    /// Failed logins, people's included.
    pub failed_logins: u64,
    /// Failed renewals.
    pub failed_renewals: u64,
    /// Tokens that the bridge rejected before their end.
    pub rejected_tokens: u64,
    /// The last failure and its time, until a login or a renewal succeeds. A person's failed
    /// login is not among them.
    pub last_error: Option<(SystemTime, SessionError)>,
}

impl Stats {
    /// Counts an occurrence.
    pub(super) fn count(&mut self, record: &Record, now: Now) {
        match record {
            Record::LoggedIn(_) => {
                self.logins += 1;
                self.last_error = None;
            }
            Record::Renewed(_) => {
                self.renewals += 1;
                self.last_error = None;
            }
            Record::LoginFailed(error) => {
                // Without credentials no login was tried.
                self.failed_logins += u64::from(!error.is_missing());
                self.last_error = Some((now.wall, error.clone()));
            }
            Record::RenewalFailed(error) => {
                self.failed_renewals += 1;
                self.last_error = Some((now.wall, error.clone()));
            }
            Record::CheckFailed(SessionError::Abandoned) => {}
            Record::CheckFailed(_) => self.failed_logins += 1,
            Record::TokenRejected => self.rejected_tokens += 1,
            // Nothing failed: a person wanted it.
            Record::LoggedOut => self.last_error = None,
        }
    }
}
