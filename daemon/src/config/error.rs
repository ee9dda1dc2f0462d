//! Errors of a configuration.

use std::{io::ErrorKind, path::PathBuf};

/// An invalid value, or an unreadable file. The error never contains the value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A value breaks the rule of its key.
    #[error("{origin} is not valid: {rule}")]
    Value {
        /// The variable, or the key and the file.
        origin: String,
        /// The rule.
        rule: String,
    },
    /// The file exists and cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: std::io::Error,
    },
    /// Other users can change the file, so it may say where passwords go and which program runs.
    #[error("the configuration file {} is not used: {} {problem}", path.display(), place.display())]
    Unsafe {
        /// The configuration file.
        path: PathBuf,
        /// The file or directory with the problem.
        place: PathBuf,
        /// The problem, as a verb and its object.
        problem: String,
    },
    /// The file is not TOML, or has an unknown key.
    #[error("line {line} of the configuration file {} is not valid: {message}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// The parser's message.
        message: String,
    },
    /// The file contains a password.
    #[error("the configuration file {} contains a password", path.display())]
    PasswordInFile {
        /// The file.
        path: PathBuf,
    },
}

impl ConfigError {
    pub(super) fn value(origin: impl Into<String>, rule: impl Into<String>) -> Self {
        ConfigError::Value {
            origin: origin.into(),
            rule: rule.into(),
        }
    }

    /// Returns one action for the person at the terminal.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            ConfigError::Value { .. } => {
                "correct the value in the file, or where the variable is set"
            }
            ConfigError::Read { source, .. } => match source.kind() {
                ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::FileTooLarge => {
                    "replace it by a text file in UTF-8, or move it away"
                }
                _ => "give the user who runs taid the right to read the file and its directory",
            },
            ConfigError::Unsafe { .. } => {
                "give the file and its directory to the user who runs taid (`chown`), and run \
                 `chmod go-w` on both"
            }
            ConfigError::Parse { .. } => "correct the line, or move the file away",
            ConfigError::PasswordInFile { .. } => {
                "remove the password from the file and change it, because others may have read it; \
                 save the new one with `taid login --save`, `password_command` or `password_file`"
            }
        }
    }
}
