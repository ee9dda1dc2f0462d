//! The words for accounts: signing in and out, registering, and clients that were configured
//! for another account.

use super::{failed_login, of_bridge};
use tai_auth::{
    bridge::{BridgeError, SendFailure},
    credentials::SourceError,
    session::error::SessionError,
};
use tai_proto::{
    Fault, FaultCode, Hint,
    names::{Profile, Username},
};

/// Returns the fault for a person's login that failed.
pub fn of_login(error: &SessionError) -> Fault {
    match error {
        SessionError::Refused => Fault::new(
            FaultCode::AuthRefused,
            "Authentication failed - invalid username or password",
        )
        .because("the bridge refused the login; it does the same when its own database fails")
        .hint(Hint::reader(
            "check the username and the password (case matters) and run `taid login` again; the \
             session is as it was before",
        )),
        SessionError::Locked { message } => locked(message),
        SessionError::Superseded => {
            Fault::new(FaultCode::AccountRefused, "another login replaced this one")
                .because("two logins were made at the same time")
                .hint(Hint::reader("look at `taid status`"))
        }
        SessionError::Bridge(BridgeError::Unreachable { detail }) => Fault::new(
            FaultCode::Unreachable,
            "Unable to connect to authentication server",
        )
        .because(detail)
        .hint(Hint::reader(
            "check the network and API_BASE_URL, then run `taid login` again; `taid doctor` \
             checks both",
        )),
        SessionError::Bridge(error) => failed_login(of_bridge(error)).hint(Hint::reader(
            "run `taid login` again in a moment; the session is as it was before",
        )),
        error => Fault::new(FaultCode::BridgeFailed, "the login failed")
            .because(tai_auth::chain(error))
            .hint(Hint::reader(
                "run `taid login` again, or `taid doctor`; the session is as it was before",
            )),
    }
}

/// Returns the fault for an account that the bridge keeps out.
pub(super) fn locked(message: &str) -> Fault {
    Fault::new(FaultCode::AuthRefused, "the account is locked or suspended")
        .because(format!("the bridge says: {message}"))
        .hint(Hint::each(
            "ask the user to contact the operator of the bridge",
            "contact the operator of the bridge",
        ))
}

/// Returns the fault for a credential source that failed.
pub fn of_source(error: &SourceError) -> Fault {
    let hint = match error {
        SourceError::Command { program, .. } => format!(
            "run `{program}` with the arguments of `password_command` and see what it prints, or \
             sign in with `taid login`"
        ),
        SourceError::File { .. } => {
            "put the password into its first line and make it private with `chmod 600`".into()
        }
        SourceError::Keyring { .. } => {
            "unlock the keyring, or sign in without it: `taid login`".into()
        }
        SourceError::OtherUsername => {
            "run `taid login --save`, or correct the configured username".into()
        }
        SourceError::Nothing | SourceError::NotAPassword { .. } => {
            "check what the source gives, or sign in with `taid login`".to_owned()
        }
    };
    Fault::new(FaultCode::NotSignedIn, "the password source failed")
        .because(error.to_string())
        .hint(Hint::user(hint))
}

/// Returns the fault for a client that was configured for another account than this daemon's.
pub fn other_account(ours: &Username, theirs: &Username) -> Fault {
    let profile = profile_for(theirs);
    Fault::new(
        FaultCode::OtherAccount,
        format!("this client is configured for {theirs}, but taid is signed in as {ours}"),
    )
    .because("one taid holds one account")
    .hint(Hint::user(format!(
        "configure this client for {ours}, or set TAI_MCP_PROFILE={profile} for it and sign in \
         with `taid login {theirs} --profile {profile}`"
    )))
}

/// Returns the fault for a person who signs in as another account than this daemon's.
pub fn other_login(ours: &Username, theirs: &Username) -> Fault {
    let profile = profile_for(theirs);
    Fault::new(
        FaultCode::OtherAccount,
        format!("this taid belongs to {ours}, not to {theirs}"),
    )
    .because("one taid holds one account")
    .hint(Hint::reader(format!(
        "for both accounts: `taid login {theirs} --profile {profile}`; to change the account: \
         `taid logout` first"
    )))
}

/// Returns a profile name that fits a username.
fn profile_for(username: &Username) -> Profile {
    let mut name = username.as_str().to_ascii_lowercase();
    name.truncate(32);
    Profile::new(name).unwrap_or_default()
}

/// Returns the fault for a username that breaks the rule.
pub fn bad_username(rule: &str) -> Fault {
    Fault::new(FaultCode::BadRequest, "the username cannot be used")
        .because(rule)
        .hint(Hint::reader("correct it and try again; nothing was sent"))
}

/// Returns the fault for a password that breaks the rule.
pub fn bad_password() -> Fault {
    Fault::new(FaultCode::BadRequest, "the password cannot be used")
        .because("a password has 8 to 128 characters")
        .hint(Hint::reader("correct it and try again; nothing was sent"))
}

/// Returns the fault for a login whose password could not be saved.
pub fn not_saved(error: &SourceError) -> Fault {
    Fault::new(
        FaultCode::Internal,
        "signed in, but the password was not saved",
    )
    .because(error.to_string())
    .hint(Hint::reader(
        "taid keeps it until it exits; to keep it without a keyring, set `password_command` or \
         `password_file` in the configuration file",
    ))
}

/// Returns the fault for a logout that could not clear the keyring.
pub fn not_forgotten(error: &SourceError) -> Fault {
    Fault::new(
        FaultCode::Internal,
        "signed out, but the keyring may still have the password",
    )
    .because(error.to_string())
    .hint(Hint::reader(
        "unlock the keyring and run `taid logout` again, or delete its entry `tai` by hand",
    ))
}

/// Returns the fault for an account that was not created.
pub fn of_register(error: &BridgeError) -> Fault {
    let BridgeError::Refused { code, message, .. } = error else {
        let fault = of_bridge(error);
        // Registering is as certain as sending: both are done once and never repeated.
        let (what, hint) = match SendFailure::from(error.clone()) {
            SendFailure::Unknown(_) => (
                "it is unknown whether the account was created",
                "try `taid login`, which succeeds if it was",
            ),
            SendFailure::NotSent(_) => (
                "the account was not created",
                "try again in a moment; nothing was created",
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
            "choose another, or sign in with `taid login` if it is yours",
        ),
        "INVALID_USERNAME" => (
            "the bridge does not accept this username",
            "choose 3 to 50 lower-case letters, digits and hyphens",
        ),
        "INVALID_PASSWORD" => (
            "the bridge does not accept this password",
            "choose 8 to 128 characters, 12 or more recommended",
        ),
        _ => ("the account was not created", "try again in a moment"),
    };
    Fault::new(FaultCode::AccountRefused, what)
        .because(format!("the bridge says: {message} ({code})"))
        .hint(Hint::reader(hint))
}
