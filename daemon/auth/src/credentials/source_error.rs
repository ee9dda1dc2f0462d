//! Reasons why a source gives no password.

use std::path::PathBuf;

/// Reason why a source gives no password. Never contains a part of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// No source is configured, or it has no entry.
    #[error("no username and password are configured")]
    Nothing,
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
    /// The keyring cannot be used.
    #[error("the keyring {problem}")]
    Keyring {
        /// The failure, as a verb and its object.
        problem: String,
    },
    /// The keyring's entry is for another username than the configured one.
    #[error("the keyring has the password of another username than the configured one")]
    OtherUsername,
    /// The source's answer breaks the rules for passwords.
    #[error("{from} gave no valid password: a password has 8 to 128 characters")]
    NotAPassword {
        /// Description of the source.
        from: String,
    },
}
