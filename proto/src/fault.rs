//! What went wrong, as it crosses the wire. The words for people are made in the daemon,
//! which knows the cause; the code is for programs. It never holds a secret.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An error that a person can read and a program can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The kind, which decides what the client may do.
    pub code: FaultCode,
    /// What happened, one sentence without a full stop.
    pub what: String,
    /// Why, as far as it is known; may be empty.
    pub why: String,
    /// What to do next; may be empty.
    pub hint: String,
}

/// The kinds of fault. Only [`FaultCode::Stopping`] says that nothing was begun, so only it
/// allows any request to be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultCode {
    /// The request cannot be carried out as it stands; changing it may help.
    BadRequest,
    /// There are no credentials to log in with.
    NotSignedIn,
    /// The bridge refuses the username and password.
    AuthRefused,
    /// The bridge cannot be reached, or does not answer in time.
    Unreachable,
    /// The bridge answered with an error, or with something that is not its protocol.
    BridgeFailed,
    /// The bridge asks for fewer requests.
    RateLimited,
    /// There is no such mail.
    NotFound,
    /// The mail belongs to another address.
    NotYours,
    /// The mail may or may not have been sent, and must not be sent again unseen.
    OutcomeUnknown,
    /// The client's deadline passed.
    DeadlinePassed,
    /// The client has too many requests in flight.
    TooBusy,
    /// The client gave the request up.
    Cancelled,
    /// The daemon is stopping and did not begin the request.
    Stopping,
    /// A defect in the daemon.
    Internal,
    /// Since version 2: the daemon has another account than the client was configured for.
    OtherAccount,
    /// Since version 2: the account cannot be registered or signed in as it stands.
    AccountRefused,
    /// Since version 2: the same mail was sent a moment ago, or may have been.
    Duplicate,
    /// Since version 2: the daemon's configuration keeps this instance from it.
    NotPermitted,
}

impl FaultCode {
    /// The code as a client of `version` knows it.
    pub fn in_version(self, version: u32) -> Self {
        match self {
            FaultCode::OtherAccount
            | FaultCode::AccountRefused
            | FaultCode::Duplicate
            | FaultCode::NotPermitted
                if version < 2 =>
            {
                FaultCode::BadRequest
            }
            known => known,
        }
    }
}

impl Fault {
    /// A fault with its three parts; `why` and `hint` may be empty.
    pub fn new(
        code: FaultCode,
        what: impl Into<String>,
        why: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            code,
            what: what.into(),
            why: why.into(),
            hint: hint.into(),
        }
    }
}

/// `error: what`, `caused by: why`, `hint: what to do`, each on a line of its own.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        if !self.why.is_empty() {
            write!(f, "\ncaused by: {}", self.why)?;
        }
        if !self.hint.is_empty() {
            write!(f, "\nhint: {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}
