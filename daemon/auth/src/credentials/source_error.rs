//! Reasons why a source gives no password.

use crate::base_url::Origin;
use std::path::PathBuf;

/// Reason why a source gives no password. Never contains a part of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// No source is configured, or it has no entry.
    #[error("no username and password are configured")]
    Nothing,
    /// The source is the keyring, and this machine runs none.
    #[error("no keyring is running")]
    NoKeyring,
    /// The source is for another bridge than the one that asks. It was not read.
    #[error("the password from {from} is for the bridge {bound}, and this taid uses {asked}")]
    OtherBridge {
        /// Description of the source.
        from: String,
        /// The bridge that the source is for.
        bound: Origin,
        /// The bridge that asks.
        asked: Origin,
    },
    /// The password command failed.
    #[error("the password command `{program}` {problem}")]
    Command {
        /// The program, without its arguments.
        program: String,
        /// The failure, as a verb and its object.
        problem: String,
    },
    /// The password file cannot be used.
    #[error("the password file {} {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The failure, as a verb and its object.
        problem: String,
    },
    /// There is a keyring, or a session bus for one, and this process cannot talk to it.
    #[error("the keyring cannot be reached")]
    KeyringUnreachable,
    /// The keyring cannot be used.
    #[error("the keyring {problem}")]
    Keyring {
        /// The failure, as a verb and its object.
        problem: String,
    },
    /// The keyring's entry is for another username than the one of the session or the configuration.
    #[error("the keyring has the password of another username")]
    OtherUsername,
    /// The session ended before the keyring was ready. Nothing was saved.
    #[error("`taid logout` came first")]
    Unwanted,
    /// The source's answer breaks the rules for passwords.
    #[error(
        "{from} gave no valid password: a password has 8 to 128 characters and no control characters"
    )]
    NotAPassword {
        /// Description of the source.
        from: String,
    },
}
