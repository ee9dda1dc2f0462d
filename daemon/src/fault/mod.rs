//! The words for what went wrong: what happened, why, what to do. One place, so that the
//! same thing is said the same way to an agent, in `taid status` and on a terminal.

mod account;
mod approval;

use account::locked;
pub use account::*;
pub use approval::*;

use crate::{
    mail::{Digest, MailError, Outcome},
    time,
};
use std::time::Duration;
use tai_auth::{
    bridge::BridgeError,
    session::{Phase, Snapshot, clock::Now, error::SessionError},
};
use tai_proto::{Fault, FaultCode};

/// A failed mail operation. `snapshot` and `now` tell when the session may try again.
pub fn of_mail(error: &MailError, snapshot: &Snapshot, now: Now) -> Fault {
    match error {
        MailError::Session(error) => of_session(error, snapshot, now),
        MailError::Bridge(error) => of_bridge(error),
        // The text existing users know, word for word.
        MailError::NoRecipient => Fault::new(
            FaultCode::BadRequest,
            "No recipient specified. Provide \"to\" parameter or set USEREMAIL environment variable.",
            "",
            "",
        ),
        MailError::BadField { field, rule } => Fault::new(
            FaultCode::BadRequest,
            format!("\"{field}\" cannot be used: {rule}"),
            "",
            format!("Change \"{field}\" and call again. Nothing was sent or changed."),
        ),
        MailError::TooLong { bytes } => Fault::new(
            FaultCode::BadRequest,
            format!(
                "the content has {bytes} bytes, and a mail may have {}",
                tai_proto::call::MAX_CONTENT
            ),
            "",
            "Shorten the content or send it in parts. Nothing was sent.",
        ),
        MailError::Duplicate {
            digest,
            outcome,
            ago,
        } => duplicate(digest, *outcome, *ago),
        MailError::Unknown { digest, cause } => Fault::new(
            FaultCode::OutcomeUnknown,
            "it is unknown whether the mail was sent",
            format!("{cause} (mail {digest})"),
            "It was not sent again, because it may have arrived. Ask the recipient or look at the mailbox. \
             The same mail is held back for ten minutes; allow_duplicate: true sends it all the same.",
        ),
        MailError::Approval(error) => of_approval(error),
        MailError::NoSuchMail(id) => Fault::new(
            FaultCode::NotFound,
            format!("Email with ID {id} not found"),
            "",
            "Call list_inbox for the IDs there are.",
        ),
        MailError::NotYours { id, address } => Fault::new(
            FaultCode::NotYours,
            format!("Email {id} is not addressed to {address}"),
            "it belongs to another instance of this account",
            "Call list_inbox for the IDs of this instance.",
        ),
    }
}

/// The same mail was handed in a moment ago.
fn duplicate(digest: &Digest, outcome: Outcome, ago: Duration) -> Fault {
    let what = match outcome {
        Outcome::Sent => format!("the same email was sent {} ago", time::span(ago)),
        Outcome::Sending => "the same email is being sent right now".to_owned(),
        Outcome::Unknown => format!(
            "the same email may have been sent {} ago: its answer was lost",
            time::span(ago)
        ),
    };
    Fault::new(
        FaultCode::Duplicate,
        what,
        format!(
            "the same sender, recipient, subject and content within ten minutes (mail {digest})"
        ),
        "Nothing was sent. If it is meant to be sent twice, call again with allow_duplicate: true.",
    )
}

/// There is no token to work with.
pub fn of_session(error: &SessionError, snapshot: &Snapshot, now: Now) -> Fault {
    match error {
        SessionError::NoCredentials => no_credentials(),
        SessionError::Refused => {
            let next = match &snapshot.phase {
                Phase::Waiting { retry_at, .. } => format!(
                    " The next try is allowed in {}.",
                    time::span(retry_at.until(now))
                ),
                Phase::SignedOut(_) | Phase::SigningIn | Phase::Live { .. } => String::new(),
            };
            let source = snapshot.source.as_deref();
            Fault::new(
                FaultCode::AuthRefused,
                "Authentication failed - invalid username or password",
                "the bridge refused the login; it says the same when its own database fails",
                format!(
                    "Check the username and the password, which come from {}; `taid login` signs in at \
                     once.{next}",
                    source.unwrap_or("the last login")
                ),
            )
        }
        SessionError::Locked { message } => locked(message),
        SessionError::Source(error) => of_source(error),
        SessionError::LoggedOut => Fault::new(
            FaultCode::NotSignedIn,
            "taid is signed out",
            "a person signed it out with `taid logout`",
            "Run `taid login`, then call again.",
        ),
        SessionError::Superseded => of_login(error),
        SessionError::Token(error) => Fault::new(
            FaultCode::BridgeFailed,
            "the bridge issued a token that cannot be used",
            error.to_string(),
            "Check API_BASE_URL: this may not be the TAI bridge. taid tries again with the next call.",
        ),
        SessionError::Bridge(BridgeError::Unreachable { detail }) => Fault::new(
            FaultCode::Unreachable,
            "Unable to connect to authentication server",
            detail,
            "Check the network and API_BASE_URL. taid tries again with the next call.",
        ),
        SessionError::Bridge(error) => {
            let fault = of_bridge(error);
            Fault {
                what: format!("the login did not succeed: {}", fault.what),
                ..fault
            }
        }
        SessionError::LoginTooSoon => Fault::new(
            FaultCode::BridgeFailed,
            "the mail bridge does not accept the token of a login a moment ago",
            error.to_string(),
            "taid logs in again in a moment. Look at `taid status`, then call again.",
        ),
        SessionError::Deadline => Fault::new(
            FaultCode::DeadlinePassed,
            "the login was not finished in time",
            "the bridge is slow to answer or cannot be reached",
            "Look at `taid status` and call again.",
        ),
        SessionError::Stopped => stopping(),
    }
}

/// A request to the bridge failed.
pub fn of_bridge(error: &BridgeError) -> Fault {
    let (code, what, hint) = match error {
        BridgeError::Unreachable { .. } => (
            FaultCode::Unreachable,
            "the mail bridge cannot be reached".to_owned(),
            "Nothing was sent. Check the network, then call again.",
        ),
        BridgeError::Broken { .. } => (
            FaultCode::Unreachable,
            "the mail bridge broke the connection off".to_owned(),
            "Call again in a moment.",
        ),
        BridgeError::TimedOut { after } => (
            FaultCode::Unreachable,
            format!(
                "the mail bridge did not answer within {}",
                time::span(*after)
            ),
            "Call again in a moment; API_TIMEOUT sets how long one request may take.",
        ),
        BridgeError::RateLimited { retry_after } => {
            let pause = retry_after.unwrap_or(Duration::from_secs(5));
            let pause = Duration::from_secs(pause.as_secs() + u64::from(pause.subsec_nanos() > 0));
            return Fault::new(
                FaultCode::RateLimited,
                "the mail bridge asks for fewer requests",
                format!("HTTP 429, to come back in {}", time::span(pause)),
                format!("Nothing was done. Call again in {}.", time::span(pause)),
            );
        }
        BridgeError::Unauthorized { .. } => (
            FaultCode::AuthRefused,
            "the mail bridge does not accept a token it has just issued".to_owned(),
            "Call again; if it stays so, compare this machine's clock with the bridge's.",
        ),
        BridgeError::Refused { .. } => (
            FaultCode::BadRequest,
            "the mail bridge refuses the request".to_owned(),
            "Change what it names and call again. Nothing was sent or changed.",
        ),
        BridgeError::CircuitOpen { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge has stopped sending for a minute after repeated failures".to_owned(),
            "Nothing was sent. Call again in a minute.",
        ),
        BridgeError::NotProcessed { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge failed before it sent the mail".to_owned(),
            "Nothing was sent. Call again in a moment.",
        ),
        BridgeError::ProviderRefused { .. } => (
            FaultCode::BadRequest,
            "the bridge's mail provider refuses the mail".to_owned(),
            "Nothing was sent. Change what it names; the same mail is refused again.",
        ),
        BridgeError::Failed { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge failed".to_owned(),
            "Call again in a moment.",
        ),
        BridgeError::Intercepted { status: 503 } => (
            FaultCode::BridgeFailed,
            "the mail bridge is not available (HTTP 503): server maintenance".to_owned(),
            "Call again in a few minutes.",
        ),
        BridgeError::Intercepted { status } => (
            FaultCode::BridgeFailed,
            format!("the mail bridge is not available (HTTP {status})"),
            "It may be under maintenance. Call again in a few minutes.",
        ),
        BridgeError::Garbled { .. } | BridgeError::TooLarge { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge's answer cannot be used".to_owned(),
            "Check API_BASE_URL: this may not be the TAI bridge.",
        ),
        // The session says it itself.
        BridgeError::Revoked => (
            FaultCode::NotSignedIn,
            "the user signed out".to_owned(),
            "Sign in again: `taid login`.",
        ),
    };
    Fault::new(code, what, error.to_string(), hint)
}

/// There is nothing to log in with.
pub fn no_credentials() -> Fault {
    Fault::new(
        FaultCode::NotSignedIn,
        "taid is not signed in: it has no username and password",
        "none is configured, the keyring has none, and no client brought one",
        "Ask the user to run `taid login`, with `--save` to keep it in the system's keyring. Then call \
         again.",
    )
}

/// The daemon is ending.
pub fn stopping() -> Fault {
    Fault::new(
        FaultCode::Stopping,
        "taid is stopping",
        "it was asked to stop, and takes no new work",
        "Nothing was done. Start taid again, then call again.",
    )
}

/// The client speaks an older protocol, in which this is answered otherwise.
pub fn newer_than_client(software: &str) -> Fault {
    Fault::new(
        FaultCode::BadRequest,
        "this client is older than the daemon, and cannot be told that",
        format!("it speaks an older protocol; the daemon is {software}"),
        "Use the `taid` that was installed with the daemon.",
    )
}

/// The configuration keeps this instance from a tool.
pub fn not_permitted(tool: &str, reason: &str) -> Fault {
    Fault::new(
        FaultCode::NotPermitted,
        format!("{tool} is not permitted here"),
        format!("taid's configuration says so: {reason}"),
        "Nothing was done. Do without it, or ask the user to change the configuration and restart taid.",
    )
}

/// The client has too many calls open.
pub fn too_busy(limit: usize) -> Fault {
    Fault::new(
        FaultCode::TooBusy,
        format!("this client has {limit} calls open, which is all it may have"),
        "",
        "Wait for some of them to be answered. Nothing was done.",
    )
}

/// The client gave a call up.
pub fn cancelled() -> Fault {
    Fault::new(
        FaultCode::Cancelled,
        "the call was cancelled",
        "the client gave it up",
        "",
    )
}

/// An attachment names an instance that is none.
pub fn bad_instance(rule: &str) -> Fault {
    Fault::new(
        FaultCode::BadRequest,
        "the instance's name cannot be used",
        rule,
        "Change TAI_MCP_INSTANCE in the MCP client's configuration, then restart the client.",
    )
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;

#[cfg(test)]
mod account_tests;
