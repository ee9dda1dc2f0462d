//! What the socket of one instance leaves out of an error: the files and the settings of taid.

use crate::mail::MailError;
use tai_auth::session::error::SessionError;
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
        _ => fault,
    }
}

/// Leaves the credential source out of the fault of a failed login.
pub(crate) fn confined_login(fault: Fault, error: &SessionError) -> Fault {
    match error {
        SessionError::Source(_) => fault
            .because("taid got no password from it")
            .hint(Hint::user(DOCTOR_THERE)),
        SessionError::Refused => fault.hint(Hint::user(DOCTOR_THERE)),
        _ => fault,
    }
}
