//! The words about accounts: signing in and out, registering, and clients that were
//! configured for somebody else.

use super::of_bridge;
use tai_auth::{bridge::BridgeError, credentials::SourceError, session::error::SessionError};
use tai_proto::{Fault, FaultCode};

/// A person's login did not succeed.
pub fn of_login(error: &SessionError) -> Fault {
    match error {
        SessionError::Refused => Fault::new(
            FaultCode::AuthRefused,
            "Authentication failed - invalid username or password",
            "the bridge refused the login; it says the same when its own database fails",
            "Type both again: upper and lower case matter. Nothing has changed.",
        ),
        SessionError::Locked { message } => locked(message),
        SessionError::Superseded => Fault::new(
            FaultCode::AccountRefused,
            "another login took the place of this one",
            "two people, or two windows, signed in at once",
            "Look at `taid status`.",
        ),
        SessionError::Bridge(BridgeError::Unreachable { detail }) => Fault::new(
            FaultCode::Unreachable,
            "Unable to connect to authentication server",
            detail,
            "Check the network and API_BASE_URL, then run `taid login` again; `taid doctor` looks for you.",
        ),
        SessionError::Bridge(error) => {
            let fault = of_bridge(error);
            Fault {
                what: format!("the login did not succeed: {}", fault.what),
                hint: "Nothing has changed. Run `taid login` again in a moment.".to_owned(),
                ..fault
            }
        }
        error => Fault::new(
            FaultCode::BridgeFailed,
            "the login did not succeed",
            tai_auth::chain(error),
            "Nothing has changed. Run `taid login` again, or `taid doctor`.",
        ),
    }
}

/// The bridge knows the account and keeps it out.
pub(super) fn locked(message: &str) -> Fault {
    Fault::new(
        FaultCode::AuthRefused,
        "the account is locked or suspended",
        format!("the bridge says: {message}"),
        "Ask the operator of the bridge. taid tries again now and then, when a client asks.",
    )
}

/// A source of the password failed.
pub fn of_source(error: &SourceError) -> Fault {
    let hint = match error {
        SourceError::Command { program, .. } => format!(
            "Run `{program}` yourself with the arguments of `password_command`, and see what it says. \
             `taid login` signs in without it."
        ),
        SourceError::File { .. } => {
            "Put the password into its first line, and make it yours alone with `chmod 600`.".into()
        }
        SourceError::Keyring { .. } => {
            "Unlock the keyring, or sign in without it: `taid login`.".into()
        }
        SourceError::OtherUsername => {
            "Run `taid login --save`, or correct the configured username.".into()
        }
        SourceError::Nothing | SourceError::NotAPassword { .. } => {
            "Check what it gives, or sign in with `taid login`.".to_owned()
        }
    };
    Fault::new(
        FaultCode::NotSignedIn,
        "taid does not get the password it is to log in with",
        error.to_string(),
        hint,
    )
}

/// A client was configured for another account than this daemon's.
pub fn other_account(ours: &str, theirs: &str) -> Fault {
    Fault::new(
        FaultCode::OtherAccount,
        format!("this client is configured for {theirs}, but taid is signed in as {ours}"),
        "one taid holds one account",
        format!(
            "Ask the user either to configure this client for {ours}, or to give {theirs} a taid of its \
             own, `taid run --profile {profile}`, and this client TAI_MCP_PROFILE={profile}.",
            profile = profile_for(theirs)
        ),
    )
}

/// A person signs in as somebody else than this daemon is.
pub fn other_login(ours: &str, theirs: &str) -> Fault {
    Fault::new(
        FaultCode::OtherAccount,
        format!("this taid is {ours}'s, not {theirs}'s"),
        "one taid holds one account",
        format!(
            "For both, run a second one: `taid run --profile {profile}`, then `taid login --profile {profile}`. \
             To change over, `taid logout` first.",
            profile = profile_for(theirs)
        ),
    )
}

/// A profile's name that fits a username.
fn profile_for(username: &str) -> String {
    let mut name = username.to_ascii_lowercase();
    name.truncate(32);
    name
}

/// A username that is none.
pub fn bad_username(rule: &str) -> Fault {
    Fault::new(
        FaultCode::BadRequest,
        "the username cannot be used",
        rule,
        "Correct it and try again. Nothing was sent.",
    )
}

/// A password that is none.
pub fn bad_password() -> Fault {
    Fault::new(
        FaultCode::BadRequest,
        "the password cannot be used",
        "a password has 8 to 128 characters",
        "Correct it and try again. Nothing was sent.",
    )
}

/// Signed in, but not kept.
pub fn not_saved(error: &SourceError) -> Fault {
    Fault::new(
        FaultCode::Internal,
        "signed in, but the password was not saved",
        error.to_string(),
        "taid has it until it ends. To keep it without a keyring, use `password_command` or \
         `password_file` in the configuration file.",
    )
}

/// Signed out, but the keyring still has it.
pub fn not_forgotten(error: &SourceError) -> Fault {
    Fault::new(
        FaultCode::Internal,
        "signed out, but the keyring may still have the password",
        error.to_string(),
        "Unlock the keyring and run `taid logout` again, or delete its entry `tai` by hand.",
    )
}

/// An account was not created.
pub fn of_register(error: &BridgeError) -> Fault {
    let BridgeError::Refused { code, message, .. } = error else {
        let fault = of_bridge(error);
        let lost = matches!(
            error,
            BridgeError::Broken { .. } | BridgeError::TimedOut { .. } | BridgeError::Garbled { .. }
        );
        return Fault {
            what: format!("the account was not created: {}", fault.what),
            hint: match lost {
                true => "It may have been created all the same: try `taid login`.".to_owned(),
                false => "Nothing was created. Try again in a moment.".to_owned(),
            },
            ..fault
        };
    };
    let (what, hint) = match code.as_str() {
        "USER_EXISTS" => (
            "this username is taken",
            "Choose another, or sign in with `taid login` if it is yours.",
        ),
        "INVALID_USERNAME" => (
            "the bridge does not take this username",
            "Choose 3 to 50 lower-case letters, digits and hyphens.",
        ),
        "INVALID_PASSWORD" => (
            "the bridge does not take this password",
            "Choose 8 to 128 characters; 12 or more of mixed kinds are better.",
        ),
        _ => ("the account was not created", "Try again in a moment."),
    };
    let why = format!("the bridge says: {message} ({code})");
    Fault::new(FaultCode::AccountRefused, what, why, hint)
}
