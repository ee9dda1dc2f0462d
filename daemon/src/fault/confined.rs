//! What the socket of one instance leaves out of an error: the files and the settings of taid.

use crate::mail::MailError;
use tai_auth::{bridge::BridgeError, session::error::SessionError};
use tai_proto::{Fault, Hint};

/// Action of a person outside of the sandbox that has the socket of one instance alone.
pub(crate) const DOCTOR_THERE: &str = "run `taid doctor` where taid runs";

/// Leaves the files and the settings of taid out of the fault of a mail operation.
pub(crate) fn confined(fault: Fault, error: &MailError) -> Fault {
    match error {
        MailError::NotRecorded(error) => fault.because(error.why.as_str()).hint(Hint::each(
            format!("nothing was sent; ask the user to {DOCTOR_THERE}, then call again"),
            format!("{DOCTOR_THERE}; nothing was sent"),
        )),
        MailError::LeaseStore(_) => fault.because("it did not answer taid"),
        MailError::Session(error) => confined_login(fault, error),
        MailError::Bridge(error) => confined_request(fault, error),
        // About the mail, the account at the bridge, or the rules of the instance itself.
        MailError::NoRecipient
        | MailError::BadField { .. }
        | MailError::NoReplyAddress
        | MailError::Query(_)
        | MailError::Content(_)
        | MailError::TooLong { .. }
        | MailError::Compose(_)
        | MailError::Answered(_)
        | MailError::Automatic(_)
        | MailError::Duplicate { .. }
        | MailError::Unknown { .. }
        | MailError::Approval(_)
        | MailError::NoSuchMail(_)
        | MailError::NoSuchPart { .. }
        | MailError::Unchanged { .. }
        | MailError::NotPermitted { .. }
        | MailError::TooManySends { .. }
        | MailError::AddressBusy(_)
        | MailError::HeldElsewhere(_)
        | MailError::NotYours { .. } => fault,
    }
}

/// Leaves the credential source, the profiles and the proxy out of the fault of a failed login.
pub(crate) fn confined_login(fault: Fault, error: &SessionError) -> Fault {
    match error {
        SessionError::Source(_) => fault
            .because("taid got no password from it")
            .hint(Hint::user(DOCTOR_THERE)),
        SessionError::Refused => fault.hint(Hint::user(DOCTOR_THERE)),
        SessionError::InUse(_) => fault
            .because("two would give each mail twice")
            .hint(Hint::user(DOCTOR_THERE)),
        SessionError::Bridge(error) => confined_request(fault, error),
        SessionError::NoCredentials
        | SessionError::NoKeyring
        | SessionError::Locked { .. }
        | SessionError::LoggedOut
        | SessionError::Superseded
        | SessionError::OtherAccount
        | SessionError::Token(_)
        | SessionError::LoginTooSoon
        | SessionError::Abandoned
        | SessionError::Deadline
        | SessionError::Stopped => fault,
    }
}

/// Leaves the proxy out of the fault of a failed request.
fn confined_request(fault: Fault, error: &BridgeError) -> Fault {
    match error {
        BridgeError::ProxyFailed { proxy, .. } => {
            let what = fault.what.replace(proxy, "of taid");
            Fault {
                what: what.as_str().into(),
                ..fault.because("it does not connect taid to the bridge")
            }
        }
        // Words of the bridge, or of the connection to it.
        BridgeError::Unreachable { .. }
        | BridgeError::Untrusted { .. }
        | BridgeError::Broken { .. }
        | BridgeError::TimedOut { .. }
        | BridgeError::RateLimited { .. }
        | BridgeError::Unauthorized { .. }
        | BridgeError::DatabaseFailed { .. }
        | BridgeError::Refused { .. }
        | BridgeError::Failed { .. }
        | BridgeError::NoProvider { .. }
        | BridgeError::NotProcessed { .. }
        | BridgeError::CircuitOpen { .. }
        | BridgeError::ProviderRefused { .. }
        | BridgeError::NoEndpoint { .. }
        | BridgeError::Moved { .. }
        | BridgeError::Intercepted { .. }
        | BridgeError::Garbled { .. }
        | BridgeError::TooLarge { .. }
        | BridgeError::Revoked => fault,
    }
}

#[cfg(test)]
#[path = "confined_tests.rs"]
mod tests;
