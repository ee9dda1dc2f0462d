//! Credential sources: where a password is read from, for each login.

#[cfg(feature = "keyring")]
use super::keyring;
use super::{
    command::{self, Messages},
    file,
    password::{Credentials, is_password_line},
    source_error::SourceError,
};
use crate::base_url::Origin;
use secrecy::SecretString;
use std::{fmt, path::PathBuf};
use tai_names::{Profile, Username};

/// A credential source, and the only bridge that gets its credentials. The caller decides which
/// source applies.
#[derive(Debug, Clone)]
pub enum Source {
    /// No password is configured.
    Unconfigured {
        /// The username, if one is configured.
        username: Option<Username>,
    },
    /// Credentials in memory, which cannot be read again from anywhere.
    Held {
        /// The credentials.
        credentials: Credentials,
        /// Their origin.
        origin: CredentialOrigin,
    },
    /// A file that systemd provides to the service (`LoadCredential=`).
    Systemd {
        /// The username.
        username: Username,
        /// The file in `$CREDENTIALS_DIRECTORY`.
        path: PathBuf,
        /// The bridge.
        bridge: Origin,
    },
    /// A program that prints the password (`password_command`). It runs without a shell.
    Command {
        /// The username.
        username: Username,
        /// The program and its arguments.
        argv: Vec<String>,
        /// The bridge.
        bridge: Origin,
    },
    /// A file of the user's own that no other user can read (`password_file`).
    File {
        /// The username.
        username: Username,
        /// The file.
        path: PathBuf,
        /// The bridge.
        bridge: Origin,
    },
    /// The system's keyring, with the entry of `taid login --save`.
    #[cfg(feature = "keyring")]
    Keyring {
        /// The username, if one is configured. The entry has one as well.
        username: Option<Username>,
        /// The profile that the entry belongs to.
        profile: Profile,
        /// The bridge.
        bridge: Origin,
    },
}

/// Origin of credentials that are held in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialOrigin {
    /// A variable of the daemon's environment, which has been removed from it.
    Variable(&'static str),
    /// A person, with `taid login`.
    Person,
    /// The configuration of an MCP client.
    Client,
    /// A program that uses this library.
    Caller,
}

impl Source {
    /// Creates the source of credentials that a program hands to this library, for `bridge`.
    pub fn given(username: Username, password: SecretString, bridge: Origin) -> Self {
        Source::Held {
            credentials: Credentials {
                username,
                password,
                bridge,
            },
            origin: CredentialOrigin::Caller,
        }
    }

    /// Returns the username, if it is known without reading the source.
    pub fn username(&self) -> Option<&Username> {
        match self {
            Source::Unconfigured { username } => username.as_ref(),
            #[cfg(feature = "keyring")]
            Source::Keyring { username, .. } => username.as_ref(),
            Source::Held { credentials, .. } => Some(&credentials.username),
            Source::Systemd { username, .. }
            | Source::Command { username, .. }
            | Source::File { username, .. } => Some(username),
        }
    }

    /// Binds a source that does not say whose password it has to the account that it has named.
    pub(crate) fn bind(&mut self, account: &Username) {
        match self {
            #[cfg(feature = "keyring")]
            Source::Keyring { username, .. } => *username = Some(account.clone()),
            Source::Unconfigured { .. }
            | Source::Held { .. }
            | Source::Systemd { .. }
            | Source::Command { .. }
            | Source::File { .. } => {}
        }
    }

    /// Returns the origin of credentials that are held in memory.
    pub fn origin(&self) -> Option<CredentialOrigin> {
        match self {
            Source::Held { origin, .. } => Some(*origin),
            Source::Unconfigured { .. }
            | Source::Systemd { .. }
            | Source::Command { .. }
            | Source::File { .. } => None,
            #[cfg(feature = "keyring")]
            Source::Keyring { .. } => None,
        }
    }

    /// Returns the only bridge that gets the credentials; `None` without a source.
    pub fn bridge(&self) -> Option<&Origin> {
        match self {
            Source::Unconfigured { .. } => None,
            Source::Held { credentials, .. } => Some(&credentials.bridge),
            Source::Systemd { bridge, .. }
            | Source::Command { bridge, .. }
            | Source::File { bridge, .. } => Some(bridge),
            #[cfg(feature = "keyring")]
            Source::Keyring { bridge, .. } => Some(bridge),
        }
    }

    /// Reads the credentials for `bridge`, within 45 seconds. Needs a tokio runtime with time and
    /// I/O.
    ///
    /// # Errors
    /// [`SourceError::OtherBridge`] if the credentials are for another bridge; the source is not
    /// read. Any other [`SourceError`].
    pub async fn ask(&self, bridge: &Origin) -> Result<Credentials, SourceError> {
        self.ask_with(bridge, Messages::Discarded).await
    }

    /// As [`Source::ask`]. The messages of a password command go to the terminal of this process, if
    /// its standard error is one.
    ///
    /// # Errors
    /// As [`Source::ask`].
    pub async fn ask_at_terminal(&self, bridge: &Origin) -> Result<Credentials, SourceError> {
        self.ask_with(bridge, Messages::ToTerminal).await
    }

    async fn ask_with(
        &self,
        asked: &Origin,
        messages: Messages,
    ) -> Result<Credentials, SourceError> {
        let bound = self.bridge().ok_or(SourceError::Nothing)?;
        if bound != asked {
            return Err(SourceError::OtherBridge {
                from: self.to_string(),
                bound: bound.clone(),
                asked: asked.clone(),
            });
        }
        let credentials = match self {
            Source::Unconfigured { .. } => return Err(SourceError::Nothing),
            Source::Held { credentials, .. } => credentials.clone(),
            Source::Systemd { username, path, .. } => {
                file::read(username, bound, path, file::Rule::AnyOwner).await?
            }
            Source::File { username, path, .. } => {
                file::read(username, bound, path, file::Rule::OwnerOnly).await?
            }
            Source::Command { username, argv, .. } => {
                command::run(username, bound, argv, messages).await?
            }
            #[cfg(feature = "keyring")]
            Source::Keyring {
                username, profile, ..
            } => {
                let found = keyring::load(profile, bound).await?;
                let found = found.ok_or(SourceError::Nothing)?;
                let configured = username.as_ref();
                if configured.is_some_and(|username| *username != found.username) {
                    return Err(SourceError::OtherUsername);
                }
                found
            }
        };
        match is_password_line(&credentials.password) {
            true => Ok(credentials),
            false => Err(SourceError::NotAPassword {
                from: self.to_string(),
            }),
        }
    }
}

/// Description for a person: never a password, and of a command only the program.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Unconfigured { .. } => write!(f, "no source"),
            Source::Held { origin, .. } => match origin {
                CredentialOrigin::Variable(name) => write!(f, "the variable {name}"),
                CredentialOrigin::Person => write!(f, "`taid login`"),
                CredentialOrigin::Client => write!(f, "an MCP client's configuration"),
                CredentialOrigin::Caller => write!(f, "the calling program"),
            },
            Source::Systemd { path, .. } => {
                write!(f, "the systemd credential {}", path.display())
            }
            Source::Command { argv, .. } => {
                let program = argv.first().map(String::as_str).unwrap_or_default();
                write!(f, "the command `{program}`")
            }
            Source::File { path, .. } => write!(f, "the file {}", path.display()),
            #[cfg(feature = "keyring")]
            Source::Keyring { .. } => write!(f, "the keyring"),
        }
    }
}
