//! Faults about passwords that are saved in the keyring, or deleted from it.

use tai_auth::{base_url::Origin, credentials::SourceError};
use tai_proto::{Fault, FaultCode, Hint};

/// Returns the fault for a login whose password was not saved, without a hint.
fn unsaved(why: impl Into<String>) -> Fault {
    Fault::new(
        FaultCode::Internal,
        "signed in, but the password was not saved",
    )
    .because(why)
}

/// Returns the fault for a login whose password cannot be saved, because the configuration file does
/// not name the bridge.
pub(crate) fn not_in_file(bridge: &Origin) -> Fault {
    unsaved(of_file(bridge)).hint(to_file(bridge))
}

/// Returns the fault for a command that does nothing, because the configuration file does not name
/// the bridge whose password it is to save.
pub(crate) fn no_place_in_keyring(bridge: &Origin) -> Fault {
    undone(of_file(bridge)).hint(to_file(bridge))
}

fn of_file(bridge: &Origin) -> String {
    format!(
        "a saved password goes to the bridge of the configuration file only, which is not {bridge}"
    )
}

fn to_file(bridge: &Origin) -> Hint {
    Hint::reader(format!(
        "if the saved password may go to {bridge}, set it as `api_base_url` in the configuration file and \
         run the command with `--save` again"
    ))
}

/// Returns the fault for a command that does nothing, without a hint.
fn undone(why: impl Into<String>) -> Fault {
    Fault::new(
        FaultCode::Internal,
        "nothing was done, because the password could not be saved",
    )
    .because(why)
}

/// Returns the fault for a password that was saved, but that the session still holds.
pub(crate) fn still_held() -> Fault {
    Fault::new(
        FaultCode::Internal,
        "signed in and saved the password, but taid still holds the typed one in memory",
    )
    .because("the session did not change to the keyring in time")
    .hint(Hint::reader(
        "run `taid stop`; the next start reads the password from the keyring",
    ))
}

/// Returns the fault for a successful login whose password was not saved.
pub(crate) fn not_saved(error: &SourceError) -> Fault {
    let fault = match error {
        SourceError::Unwanted => Fault::new(
            FaultCode::NotSignedIn,
            "signed out during the login, so the password was not saved",
        )
        .because(error.to_string()),
        error => unsaved(error.to_string()),
    };
    fault.hint(Hint::reader(match error {
        SourceError::Unwanted => "run `taid login --save` again to sign in",
        SourceError::OtherUsername => {
            "taid keeps the password until it exits; to replace the saved one, run `taid stop`, `taid logout` \
             and `taid login --save`"
        }
        _ => {
            "taid keeps the password until it exits; without a keyring, set `password_command` or \
             `password_file` in the configuration file"
        }
    }))
}

/// Returns the fault for a command that does nothing, because the keyring in which it is to save a
/// password cannot be read.
pub(crate) fn keyring_unread(error: &SourceError) -> Fault {
    undone(error.to_string()).hint(Hint::reader(
        "unlock or start the keyring, or delete its entry with `taid stop` and `taid logout`, and run the command \
         again; or run it without `--save`",
    ))
}

/// Returns the fault for a logout that did not clear the keyring.
pub(crate) fn not_forgotten(error: &SourceError) -> Fault {
    Fault::new(
        FaultCode::Internal,
        "signed out, but the keyring may still have the password",
    )
    .because(error.to_string())
    .hint(Hint::reader(
        "unlock the keyring and run `taid logout` again, or delete its entry `tai` by hand",
    ))
}
