//! Errors of a configuration.

use std::path::PathBuf;

/// A value that is not valid, or a file that cannot be read. It never contains the value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A value breaks the rule of its key.
    #[error("{origin} is not valid: {rule}")]
    Value {
        /// Variable, or key and file.
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

    /// Returns one thing to do, for the person at the terminal.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            ConfigError::Value { .. } => "correct the value and start taid again",
            ConfigError::Read { .. } => {
                "check that the file and its directory are yours and readable"
            }
            ConfigError::Parse { .. } => "correct the line, or move the file away",
            ConfigError::PasswordInFile { .. } => {
                "remove the password and change it, because others may have read it; store the \
                 new one with `taid login --save`, `password_command` or `password_file`"
            }
        }
    }
}
