//! Faults about requests to the mail bridge.

use crate::time;
use std::time::Duration;
use tai_auth::bridge::BridgeError;
use tai_proto::{Fault, FaultCode, Hint};

/// Returns the fault for a failed request to the bridge.
pub(crate) fn of_bridge(error: &BridgeError) -> Fault {
    let (code, what, hint) = match error {
        BridgeError::Unreachable { .. } => (
            FaultCode::Unreachable,
            "cannot reach the mail bridge".to_owned(),
            Hint::each(
                "call again in a moment, or ask the user to check the network; nothing was sent",
                "check the network and try again; nothing was sent",
            ),
        ),
        BridgeError::Broken { .. } => (
            FaultCode::Unreachable,
            "the mail bridge closed the connection".to_owned(),
            Hint::reader("try again in a moment"),
        ),
        BridgeError::TimedOut { after } => (
            FaultCode::Unreachable,
            format!(
                "the mail bridge did not answer within {}",
                time::span(*after)
            ),
            Hint::reader("try again in a moment; API_TIMEOUT sets the time limit of a request"),
        ),
        BridgeError::RateLimited { retry_after } => {
            let pause = retry_after.unwrap_or(Duration::from_secs(5));
            let pause = Duration::from_secs(pause.as_secs() + u64::from(pause.subsec_nanos() > 0));
            let pause = time::span(pause);
            return Fault::new(
                FaultCode::RateLimited,
                "the mail bridge limits the rate of requests",
            )
            .because(format!("HTTP 429, retry after {pause}"))
            .hint(Hint::reader(format!(
                "try again in {pause}; nothing was done"
            )));
        }
        BridgeError::Unauthorized { .. } => (
            FaultCode::AuthRefused,
            "the mail bridge refused a token that it had just issued".to_owned(),
            Hint::each(
                "call again; if it persists, ask the user to compare this machine's clock with \
                 the bridge's",
                "try again; if it persists, compare this machine's clock with the bridge's",
            ),
        ),
        BridgeError::Refused { .. } => (
            FaultCode::BadRequest,
            "the mail bridge refused the request".to_owned(),
            Hint::reader("correct the request and try again; nothing was sent or changed"),
        ),
        BridgeError::CircuitOpen { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge has suspended sending for a minute after repeated failures".to_owned(),
            Hint::reader("try again in a minute; nothing was sent"),
        ),
        BridgeError::NotProcessed { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge failed before it sent the mail".to_owned(),
            Hint::reader("try again in a moment; nothing was sent"),
        ),
        BridgeError::ProviderRefused { .. } => (
            FaultCode::BadRequest,
            "the bridge's mail provider refused the mail".to_owned(),
            Hint::reader(
                "correct the mail as the cause says before you send it again; nothing was sent",
            ),
        ),
        BridgeError::Failed { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge failed".to_owned(),
            Hint::reader("try again in a moment"),
        ),
        BridgeError::Intercepted { status: 503 } => (
            FaultCode::BridgeFailed,
            "the mail bridge is not available (HTTP 503): server maintenance".to_owned(),
            Hint::reader("try again in a few minutes"),
        ),
        BridgeError::Intercepted { status } => (
            FaultCode::BridgeFailed,
            format!("the mail bridge is not available (HTTP {status})"),
            Hint::reader("try again in a few minutes; it may be under maintenance"),
        ),
        BridgeError::Garbled { .. } | BridgeError::TooLarge { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge's answer cannot be used".to_owned(),
            Hint::user("check API_BASE_URL, which may not be a TAI bridge"),
        ),
        BridgeError::Revoked => (
            FaultCode::NotSignedIn,
            "taid is signed out".to_owned(),
            Hint::user("run `taid login`"),
        ),
    };
    Fault::new(code, what).because(error.to_string()).hint(hint)
}

/// Returns the fault for a login that failed with this error of the bridge.
pub(super) fn failed_login(error: &BridgeError) -> Fault {
    let fault = of_bridge(error);
    Fault {
        what: format!("the login failed: {}", fault.what).as_str().into(),
        ..fault
    }
}
