//! What can be wrong with a configuration, and what to do about it.

use std::path::PathBuf;

/// A value that cannot be used, or a file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{origin} cannot be used: {rule}")]
    Value { origin: String, rule: String },
    #[error("the configuration file {} cannot be read", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("line {line} of the configuration file {} is not valid: {message}", path.display())]
    Parse {
        path: PathBuf,
        line: usize,
        message: String,
    },
    #[error("the configuration file {} has a password in it", path.display())]
    PasswordInFile { path: PathBuf },
}

impl ConfigError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            ConfigError::Value { .. } => "Correct it and start taid again.",
            ConfigError::Read { .. } => {
                "Check that the file and its directory are yours and readable."
            }
            ConfigError::Parse { .. } => {
                "Correct the line, or move the file away to run without it."
            }
            ConfigError::PasswordInFile { .. } => {
                "Remove it and use `taid login --save`, `password_command` or `password_file`; then \
                 change the password, which others may have read."
            }
        }
    }
}
