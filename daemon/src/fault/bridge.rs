//! Faults about requests to the mail bridge.

use crate::time;
use std::time::Duration;
use tai_auth::bridge::{BridgeError, SendFailure, had_no_effect_by_definition};
use tai_proto::{Fault, FaultCode, Hint};

/// Pause after a refusal for the rate of requests that names none.
const DEFAULT_PAUSE: Duration = Duration::from_secs(5);

/// Action of a person against a limit of open files.
pub(super) const MORE_DESCRIPTORS: &str = "raise the limit of open files of taid (`ulimit -n`, or LimitNOFILE= in its unit), \
     or end some of its clients";

/// Returns whether a connection failed at a limit of open files: EMFILE of the process, or ENFILE of
/// the system.
fn is_of_open_files(detail: &str) -> bool {
    ["(os error 24)", "(os error 23)"]
        .iter()
        .any(|number| cfg!(unix) && detail.ends_with(number))
}

/// Returns the hint to wait, in whole seconds.
fn after_pause(pause: Duration) -> Hint {
    let pause = Duration::from_secs(pause.as_secs() + u64::from(pause.subsec_nanos() > 0));
    Hint::reader(format!(
        "try again in {}; nothing was done",
        time::span(pause)
    ))
}

/// Returns the fault for a failed request to the bridge.
pub(crate) fn of_bridge(error: &BridgeError) -> Fault {
    let (code, what, hint) = match error {
        BridgeError::Unreachable { detail } if is_of_open_files(detail) => (
            FaultCode::Unreachable,
            "taid cannot open a connection to the mail bridge".to_owned(),
            unsent(MORE_DESCRIPTORS),
        ),
        BridgeError::Unreachable { .. } => (
            FaultCode::Unreachable,
            "cannot reach the mail bridge".to_owned(),
            Hint::each(
                "call again in a moment, or ask the user to check the network; nothing was sent",
                "check the network and try again; nothing was sent",
            ),
        ),
        BridgeError::ProxyFailed { proxy, .. } => (
            FaultCode::Unreachable,
            format!("cannot reach the mail bridge through the proxy {proxy}"),
            unsent("start or correct the proxy"),
        ),
        BridgeError::Untrusted { .. } => (
            FaultCode::Unreachable,
            "the certificate of the mail bridge is not trusted".to_owned(),
            unsent(
                "set `ca_file` in config.toml if the bridge or the network has a certificate \
                 authority of its own; otherwise another machine answers for the bridge",
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
            Hint::reader(
                "try again in a moment; a request ends after API_TIMEOUT, or with its call",
            ),
        ),
        BridgeError::RateLimited { retry_after } => {
            return Fault::new(
                FaultCode::RateLimited,
                "the mail bridge limits the rate of requests",
            )
            .because(match retry_after {
                Some(_) => "the bridge asked for a pause",
                None => "HTTP 429",
            })
            .hint(after_pause(retry_after.unwrap_or(DEFAULT_PAUSE)));
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
        BridgeError::DatabaseFailed { .. } => (
            FaultCode::BridgeFailed,
            "the database of the mail bridge fails".to_owned(),
            Hint::reader("try again in a moment; nothing was sent or changed"),
        ),
        BridgeError::Refused { status, .. } => (
            FaultCode::BadRequest,
            "the mail bridge refused the request".to_owned(),
            match had_no_effect_by_definition(*status) {
                true => {
                    Hint::reader("correct the request and try again; nothing was sent or changed")
                }
                false => Hint::reader(
                    "before you repeat a send or a change, find out whether it had its effect: this \
                     answer does not say it; a read can be tried again",
                ),
            },
        ),
        BridgeError::CircuitOpen { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge has suspended sending for a minute after repeated failures".to_owned(),
            Hint::reader("try again in a minute; nothing was sent"),
        ),
        BridgeError::NoProvider { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge has no mail provider, so it cannot send".to_owned(),
            Hint::each(
                "do not repeat the call; tell the user that the operator of the bridge must set up \
                 its mail provider; nothing was sent",
                "the operator of the bridge must set up its mail provider; nothing was sent",
            ),
        ),
        BridgeError::NotProcessed { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge failed before it sent the mail".to_owned(),
            Hint::reader("try again in a moment; nothing was sent"),
        ),
        BridgeError::ProviderRefused { message } => (
            FaultCode::BadRequest,
            "the bridge's mail provider refused the mail".to_owned(),
            match is_of_operator(message) {
                true => Hint::each(
                    "do not repeat the call; tell the user that the operator of the bridge must \
                     correct its account at the mail provider; nothing was sent",
                    "the operator of the bridge must correct its account at the mail provider; \
                     nothing was sent",
                ),
                false => Hint::reader(
                    "correct the mail as the cause says before you send it again; nothing was sent",
                ),
            },
        ),
        BridgeError::Failed { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge failed".to_owned(),
            Hint::reader("try again in a moment"),
        ),
        BridgeError::NoEndpoint { .. } => (
            FaultCode::BridgeFailed,
            "the URL of the mail bridge has no such endpoint".to_owned(),
            unsent(
                "remove `/api/v1` from the end of `api_base_url` (API_BASE_URL), or correct its path",
            ),
        ),
        BridgeError::Moved { status, to } => moved(*status, to),
        BridgeError::Intercepted { status } => intercepted(*status),
        BridgeError::Garbled { .. } | BridgeError::TooLarge { .. } => (
            FaultCode::BridgeFailed,
            "the mail bridge's answer cannot be used".to_owned(),
            Hint::user("check `api_base_url`, which may not be a TAI bridge"),
        ),
        BridgeError::Revoked => (
            FaultCode::NotSignedIn,
            "taid is signed out".to_owned(),
            Hint::user("run `taid login`"),
        ),
    };
    let why = match error {
        // The rest is in the failure.
        BridgeError::ProxyFailed { detail, .. } | BridgeError::Untrusted { detail } => {
            detail.clone()
        }
        BridgeError::Moved { status, .. } => {
            format!("HTTP {status}; a redirect is not followed, because requests carry secrets")
        }
        BridgeError::NoEndpoint { message } => format!("{message} (HTTP 404)"),
        BridgeError::DatabaseFailed { message } => {
            format!("it answered \"{message}\", and its health is bad")
        }
        BridgeError::NoProvider { message } | BridgeError::ProviderRefused { message } => {
            message.clone()
        }
        error => error.to_string(),
    };
    Fault::new(code, what).because(why).hint(hint)
}

/// What failed, and the hint, if the answer to a registration does not say its outcome.
const UNKNOWN_ACCOUNT: (&str, &str) = (
    "it is unknown whether the account was created",
    "try `taid login`, which succeeds if the account exists",
);

/// Returns the fault for a failed `taid register`.
pub(crate) fn of_register(error: &BridgeError) -> Fault {
    let BridgeError::Refused {
        status,
        code,
        message,
    } = error
    else {
        let fault = of_bridge(error);
        // A registration, like a send, is attempted once and never repeated.
        let (what, hint) = match SendFailure::from(error.clone()) {
            SendFailure::Unknown(_) => UNKNOWN_ACCOUNT,
            SendFailure::NotSent(_) => (
                "the account was not created",
                "run `taid doctor`, which checks the network and `api_base_url`, then `taid register` again",
            ),
        };
        return Fault {
            what: format!("{what}: {}", fault.what).as_str().into(),
            hint: Hint::reader(hint),
            ..fault
        };
    };
    let (what, hint) = match code.as_str() {
        "USER_EXISTS" => (
            "this username is taken",
            "choose another username, or run `taid login` if the account is yours",
        ),
        "INVALID_USERNAME" => (
            "the bridge does not accept this username",
            "choose 3 to 50 lower-case letters, digits and hyphens",
        ),
        "INVALID_PASSWORD" => (
            "the bridge does not accept this password",
            "choose 8 to 128 characters, 12 or more recommended",
        ),
        _ if !had_no_effect_by_definition(*status) => UNKNOWN_ACCOUNT,
        _ => ("the account was not created", "try again in a moment"),
    };
    Fault::new(FaultCode::AccountRefused, what)
        .because(format!("the bridge says: {message} ({code})"))
        .hint(Hint::reader(hint))
}

/// Returns whether a refusal of the provider is about the bridge's account there, and not about the
/// mail.
fn is_of_operator(message: &str) -> bool {
    let about_sender = [
        "Invalid `from`",
        "Missing `from`",
        "API key",
        "You can only send testing",
    ];
    message.contains(" domain is not verified")
        || about_sender.iter().any(|start| message.starts_with(start))
}

/// Returns an action for the account's owner after a request that had no effect.
fn unsent(action: &str) -> Hint {
    let agent = format!("nothing was sent; ask the user to {action}, then call again");
    Hint::each(agent, action)
}

/// Returns code, failure and next action for a redirect.
fn moved(status: u16, to: &str) -> (FaultCode, String, Hint) {
    let (what, action) = match status {
        301 | 308 => (
            "the mail bridge has moved to",
            "set `api_base_url` in config.toml to the new place of the bridge, and restart taid",
        ),
        _ => (
            "the URL of the mail bridge redirects to",
            "sign in to the network if that is its sign-in page, or set `api_base_url` if the \
             bridge has moved there",
        ),
    };
    let what = format!("{what} {to}");
    (FaultCode::BridgeFailed, what, Hint::user(action))
}

/// Returns code, failure and next action for a web page in place of an answer.
fn intercepted(status: u16) -> (FaultCode, String, Hint) {
    let (what, hint) = match status {
        ..300 => (
            "a web page answers in place of the mail bridge",
            Hint::user(
                "open any web page and sign in to the network if it asks for that, or check \
                 `api_base_url`",
            ),
        ),
        511 => (
            "the network demands a sign-in",
            Hint::user("open any web page and sign in to the network"),
        ),
        407 => (
            "a proxy demands a username and a password",
            unsent("set `proxy` in config.toml with both"),
        ),
        413 => (
            "a proxy in front of the mail bridge refused the size of the request",
            Hint::reader("shorten the content and try again; nothing was sent"),
        ),
        404 | 405 | 410 => (
            "no mail bridge answers at this URL",
            Hint::user("check `api_base_url` (API_BASE_URL)"),
        ),
        300..500 => (
            "a proxy or firewall in front of the mail bridge refused the request",
            Hint::user("have the network's administrator permit the host of `api_base_url`"),
        ),
        503 => (
            "the mail bridge is not available: server maintenance",
            Hint::reader("try again in a few minutes"),
        ),
        500.. => (
            "the mail bridge is not available",
            Hint::reader("try again in a few minutes; it may be under maintenance"),
        ),
    };
    (
        FaultCode::BridgeFailed,
        format!("{what} (HTTP {status})"),
        hint,
    )
}

/// Returns the fault for a login that failed with this error of the bridge.
pub(super) fn failed_login(error: &BridgeError) -> Fault {
    failed("login", error)
}

/// Returns the fault of the session's last attempt, at a login or at the renewal of its token.
/// `next` is the time until the next attempt: the pause of the error began when the bridge asked
/// for it.
pub(super) fn failed_attempt(
    error: &BridgeError,
    is_renewal: bool,
    next: Option<Duration>,
) -> Fault {
    let fault = failed(if is_renewal { "renewal" } else { "login" }, error);
    match (error, next) {
        (BridgeError::RateLimited { .. }, Some(next)) => fault.hint(after_pause(next)),
        _ => fault,
    }
}

fn failed(attempt: &str, error: &BridgeError) -> Fault {
    let fault = of_bridge(error);
    let what = format!("the {attempt} failed: {}", fault.what);
    Fault {
        what: what.as_str().into(),
        ..fault
    }
}
