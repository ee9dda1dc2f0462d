//! Faults about accounts: sign-in, sign-out, registration, and a client that is configured for
//! another account.

use super::bridge::failed_login;
use crate::time;
use tai_auth::{
    base_url::{BaseUrlError, Origin},
    bridge::{BridgeError, InUse},
    credentials::{PASSWORD_RULE, SourceError},
    session::error::SessionError,
};
use tai_proto::{
    Fault, FaultCode, Hint, command,
    names::{Profile, Username},
};

/// Returns the fault for a failed `taid login`.
pub(crate) fn of_login(error: &SessionError) -> Fault {
    match error {
        SessionError::Refused => refused().hint(Hint::reader(
            "check the username and the password (case matters) and run `taid login` again; the \
             session has not changed",
        )),
        SessionError::Locked { message } => locked(message),
        SessionError::Superseded => {
            Fault::new(FaultCode::AccountRefused, "another login replaced this one")
                .because("two logins ran at the same time")
                .hint(Hint::reader("run `taid status` to see the session"))
        }
        SessionError::InUse(in_use) => Fault {
            code: FaultCode::AccountRefused,
            ..of_account_in_use(in_use)
        },
        SessionError::Bridge(BridgeError::Unreachable { detail }) => {
            unreachable(detail).hint(Hint::reader(
                "check the network and `api_base_url`, then run `taid login` again; `taid doctor` \
                 checks both",
            ))
        }
        // Their own hints name the setting to change.
        SessionError::Bridge(
            error @ (BridgeError::ProxyFailed { .. }
            | BridgeError::Untrusted { .. }
            | BridgeError::NoEndpoint { .. }
            | BridgeError::Moved { .. }
            | BridgeError::Intercepted { .. }),
        ) => failed_login(error),
        // Until then taid sends no request.
        SessionError::Bridge(
            error @ BridgeError::RateLimited {
                retry_after: Some(pause),
            },
        ) => failed_login(error).hint(Hint::reader(format!(
            "run `taid login` again in {}; the session has not changed",
            time::span(*pause)
        ))),
        SessionError::Bridge(error) => failed_login(error).hint(Hint::reader(
            "run `taid login` again in a moment; the session has not changed",
        )),
        error => Fault::new(FaultCode::BridgeFailed, "the login failed")
            .because(tai_auth::chain(error))
            .hint(Hint::reader(
                "run `taid login` again, or `taid doctor`; the session has not changed",
            )),
    }
}

/// Returns the fault for a login whose password the bridge refused, without a hint.
pub(super) fn refused() -> Fault {
    Fault::new(
        FaultCode::AuthRefused,
        "Authentication failed - invalid username or password",
    )
    .because("the bridge refused the login, and reports no failure of its own")
}

/// Returns the fault for a login at a bridge that cannot be reached, without a hint.
pub(super) fn unreachable(detail: &str) -> Fault {
    Fault::new(
        FaultCode::Unreachable,
        "Unable to connect to authentication server",
    )
    .because(detail)
}

/// Returns the fault for missing credentials, without a hint.
fn without_credentials(why: &str) -> Fault {
    Fault::new(
        FaultCode::NotSignedIn,
        "taid is not signed in: it has no username and password",
    )
    .because(why)
}

/// Returns the fault for an account that another daemon of the user has.
pub(super) fn of_account_in_use(InUse { by }: &InUse) -> Fault {
    let (why, hint) = match by {
        Some(by) => (
            format!("the taid of the profile {by} has it, and two would give each mail twice"),
            format!("run `taid stop --profile {by}` to use this taid, or use the profile {by}"),
        ),
        None => (
            "two would give each mail twice".to_owned(),
            "run `taid status --all`, and stop the other one".to_owned(),
        ),
    };
    Fault::new(
        FaultCode::NotSignedIn,
        "another taid of the same user has this account",
    )
    .because(why)
    .hint(Hint::user(hint))
}

/// Returns the fault for an account that the bridge has locked or suspended.
pub(super) fn locked(message: &str) -> Fault {
    Fault::new(FaultCode::AuthRefused, "the account is locked or suspended")
        .because(format!("the bridge says: {message}"))
        .hint(Hint::each(
            "ask the user to contact the operator of the bridge",
            "contact the operator of the bridge",
        ))
}

/// Returns the fault for a credential source that failed.
pub(crate) fn of_source(error: &SourceError) -> Fault {
    let hint = match error {
        SourceError::Command { program, .. } => format!(
            "run `{program}` with the arguments of `password_command` and see what it prints, or \
             sign in with `taid login`"
        ),
        SourceError::File { .. } => {
            "put the password on the first line of the file, and give no other user access to it".into()
        }
        SourceError::Keyring { .. } => {
            "unlock the keyring, or sign in without it: `taid login`".into()
        }
        SourceError::KeyringUnreachable => {
            "start the keyring of the desktop session and run `taid doctor` there, or sign in without \
             it: `taid login`"
                .into()
        }
        SourceError::NoKeyring => return no_keyring(),
        SourceError::OtherBridge { bound, asked, .. } => format!(
            "remove TAI_MCP_API_BASE_URL from taid's environment to use {bound}, or set `api_base_url = \
             \"{asked}\"` in the configuration file if the password may go there"
        ),
        SourceError::OtherUsername => {
            "run `taid stop` and `taid logout` to delete it, and then `taid login --save`; or correct a \
             configured username"
                .into()
        }
        SourceError::Unwanted => "run `taid login` again".into(),
        SourceError::Nothing | SourceError::NotAPassword { .. } => {
            "check the output of the source, or sign in with `taid login`".to_owned()
        }
    };
    Fault::new(FaultCode::NotSignedIn, "the password source failed")
        .because(error.to_string())
        .hint(Hint::user(hint))
}

/// Returns the fault for a client whose configuration names a bridge that is no URL.
pub(crate) fn bad_bridge(rule: &BaseUrlError) -> Fault {
    Fault::new(
        FaultCode::BadRequest,
        "the bridge in this MCP client's configuration cannot be used",
    )
    .because(rule.to_string())
    .hint(Hint::each(
        "ask the user to correct TAI_MCP_API_BASE_URL or API_BASE_URL in the MCP client's configuration and \
         to restart the client",
        "correct TAI_MCP_API_BASE_URL and run the command again",
    ))
}

/// Returns the fault for a client whose configured bridge is not this daemon's.
pub(crate) fn other_bridge(ours: &Origin, theirs: &Origin) -> Fault {
    Fault::new(
        FaultCode::OtherAccount,
        format!("this program is configured for the bridge {theirs}, but taid uses {ours}"),
    )
    .because("one taid has one account at one bridge")
    .hint(Hint::user(
        "remove TAI_MCP_API_BASE_URL or API_BASE_URL from this program's environment (taid's bridge is \
         `api_base_url` in its configuration file, where the saved password goes)",
    ))
}

/// Returns the fault for a password that is for another bridge than that of the running daemon. Its
/// configuration file has been changed, or it reads another one, in `elsewhere`.
pub(crate) fn stale_bridge(theirs: &Origin, ours: &Origin, elsewhere: Option<&str>) -> Fault {
    let (cause, hint) = match elsewhere {
        None => (
            "the running taid has an earlier configuration".to_owned(),
            "run `taid stop` and repeat the command",
        ),
        Some(dir) => (
            format!("taid reads {dir}, and this shell has another XDG_CONFIG_HOME"),
            "run `taid doctor`, whose line `home` has the directories, or the command with taid's XDG_CONFIG_HOME",
        ),
    };
    let what = format!("the configuration names the bridge {ours}, but taid uses {theirs}");
    Fault::new(FaultCode::OtherAccount, what)
        .because(cause)
        .hint(Hint::user(hint))
}

/// Returns the fault for missing credentials.
pub(crate) fn no_credentials() -> Fault {
    without_credentials("no password is configured, saved in the keyring, or offered by a client")
        .hint(Hint::user(
            "run `taid login`, with `--save` to keep the password in the keyring",
        ))
}

/// Returns the fault for missing credentials on a machine without a keyring.
pub(crate) fn no_keyring() -> Fault {
    without_credentials(
        "no password is configured or offered by a client, and no keyring is running",
    )
    .hint(Hint::user(
        "run `taid login`, or set `password_command` or `password_file` in the configuration file",
    ))
}

/// Returns the fault for a client whose configured account is not this daemon's. `own` is the profile
/// of the client's account.
pub(crate) fn other_account(ours: &Username, theirs: &Username, own: &Profile) -> Fault {
    let fault = Fault::new(
        FaultCode::OtherAccount,
        format!("this client is configured for {theirs}, but taid is signed in as {ours}"),
    );
    if is_written_otherwise(ours, theirs) {
        return fault
            .because("usernames differ in the case of letters")
            .hint(Hint::user(format!("configure this client for {ours}")));
    }
    fault
        .because("one taid holds one account")
        .hint(Hint::user(format!(
            "configure this client for {ours}, or set TAI_MCP_PROFILE={own} for it and sign in \
             with `taid login {theirs} --profile {own}`, which reads {} and not config.toml",
            own.config_file()
        )))
}

/// Returns the fault for a client whose configured account a daemon without an account does not take.
pub(crate) fn no_account(theirs: &Username, profile: &Profile) -> Fault {
    let login = command::command(profile, &format!("login {theirs}"));
    Fault::new(
        FaultCode::OtherAccount,
        format!("this client is configured for {theirs}, but taid has no account"),
    )
    .because("an MCP client does not decide whose mail other clients get")
    .hint(Hint::user(format!(
        "run `{login}`, or set `username = \"{theirs}\"` in the configuration file and restart taid"
    )))
}

/// Returns the fault for a call that was under way when a person signed in to another account.
pub(crate) fn account_changed() -> Fault {
    Fault::new(
        FaultCode::NotSignedIn,
        "the account of taid changed during this call",
    )
    .because("`taid logout` and `taid login` came between")
    .hint(Hint::reader(
        "look at the mail of the account, and try again",
    ))
}

/// The action that makes room for another account in a taid that has one.
pub(crate) const LOGOUT: &str = "run `taid logout`";

/// Returns the fault for a `taid login` or `taid register` of an account that is not this daemon's.
/// `own` is the profile of the other account, and `replace` the action that makes room for it.
pub(crate) fn other_login(
    command: &str,
    ours: &Username,
    theirs: &Username,
    own: &Profile,
    replace: &str,
) -> Fault {
    let fault = Fault::new(
        FaultCode::OtherAccount,
        format!("this taid belongs to {ours}, not to {theirs}"),
    );
    if is_written_otherwise(ours, theirs) {
        return fault
            .because("usernames differ in the case of letters")
            .hint(Hint::reader(format!("run `taid login {ours}`")));
    }
    fault
        .because("one taid holds one account")
        .hint(Hint::reader(format!(
            "to use both accounts, run `taid {command} {theirs} --profile {own}`, which reads {} and \
             not config.toml; to replace the account, {replace} first",
            own.config_file()
        )))
}

/// Returns the fault for a `taid logout` of an account that is not this daemon's any more; `None`
/// if it had none.
pub(crate) fn other_logout(theirs: Option<&Username>) -> Fault {
    let what = match theirs {
        Some(theirs) => format!("taid has another account than {theirs} by now"),
        None => "taid has an account by now".to_owned(),
    };
    Fault::new(FaultCode::OtherAccount, what)
        .because("it was signed in between the question and the answer")
        .hint(Hint::reader(
            "run `taid logout` again; nothing was signed out",
        ))
}

/// Returns whether two usernames differ in the case of letters alone.
fn is_written_otherwise(ours: &Username, theirs: &Username) -> bool {
    ours.as_str().eq_ignore_ascii_case(theirs.as_str())
}

/// Returns the fault for a username that breaks `rule`.
pub(crate) fn bad_username(rule: &str) -> Fault {
    Fault::new(FaultCode::BadRequest, "the username is not valid")
        .because(rule)
        .hint(Hint::reader("correct it and try again; nothing was sent"))
}

/// Returns the fault for a password of an invalid length.
pub(crate) fn bad_password() -> Fault {
    Fault::new(FaultCode::BadRequest, "the password is not valid")
        .because(format!("a password has {PASSWORD_RULE}"))
        .hint(Hint::reader("correct it and try again; nothing was sent"))
}
