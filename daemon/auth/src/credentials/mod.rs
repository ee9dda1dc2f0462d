//! Where the username and the password come from. A source that can be asked again is asked
//! whenever a full login needs it, and nothing of its answer is kept after that; only what
//! nobody could be asked for again is held in memory.

mod command;
mod file;
#[cfg(feature = "keyring")]
pub mod keyring;

use secrecy::{ExposeSecret as _, SecretString};
use std::{fmt, path::PathBuf, time::Duration};

/// How long a source may take: a person may have to unlock something.
const LIMIT: Duration = Duration::from_secs(45);
/// The variables that may hold the password; the first that is set counts. A password command
/// does not inherit them.
pub const PASSWORD_VARIABLES: [&str; 2] = ["TAI_MCP_PASSWORD", "PASSWORD"];
/// More bytes than a password of 128 characters can have.
const MAX_BYTES: u64 = 4096;

/// What a login needs.
#[derive(Clone)]
pub struct Credentials {
    /// The registered username, its case kept.
    pub username: String,
    /// The password; zeroed when dropped.
    pub password: SecretString,
}

/// Never shows the password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// Where credentials come from. The order in which they are tried is the caller's choice.
#[derive(Debug, Clone)]
pub enum Source {
    /// There is no password; the username may be configured.
    Nowhere {
        /// The configured username.
        username: Option<String>,
    },
    /// Held in memory, because nobody could be asked for them again.
    Held {
        /// What is held.
        credentials: Credentials,
        /// Who gave them.
        origin: CredentialOrigin,
    },
    /// A file that systemd keeps for the service (`LoadCredential=`).
    Systemd {
        /// The username.
        username: String,
        /// The file in `$CREDENTIALS_DIRECTORY`.
        path: PathBuf,
    },
    /// A program that prints the password (`password_command`).
    Command {
        /// The username.
        username: String,
        /// The program and its arguments; no shell is in between.
        argv: Vec<String>,
    },
    /// A file of the user's own that nobody else may read (`password_file`).
    File {
        /// The username.
        username: String,
        /// The file.
        path: PathBuf,
    },
    /// The system's keyring, which has what `taid login --save` put there.
    #[cfg(feature = "keyring")]
    Keyring {
        /// The configured username; the keyring knows one as well.
        username: Option<String>,
        /// Which entry.
        profile: String,
    },
}

/// Who gave what is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialOrigin {
    /// A variable of the environment taid was started with, which has been taken out of it.
    Variable(&'static str),
    /// A person, with `taid login`.
    Person,
    /// A client that was configured with a password.
    Client,
    /// The program that uses taid as a library.
    Caller,
}

/// Why a source gives nothing. Never says anything of a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// There is nothing to ask.
    #[error("no username and password are configured")]
    Nothing,
    /// The password command failed.
    #[error("the password command `{program}` {problem}")]
    Command {
        /// The program, without its arguments.
        program: String,
        /// What it did.
        problem: String,
    },
    /// The file cannot be used.
    #[error("the password file {} {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The keyring does not answer as it should.
    #[error("the keyring {problem}")]
    Keyring {
        /// What is wrong.
        problem: String,
    },
    /// The keyring's entry is another account's than the configured one.
    #[error("the keyring has the password of another username than the configured one")]
    OtherUsername,
    /// What the source gave is no password.
    #[error("{from} gave something that is no password: a password has 8 to 128 characters")]
    NotAPassword {
        /// The source, in words.
        from: String,
    },
}

impl Source {
    /// Credentials that a program hands to the library.
    pub fn given(username: impl Into<String>, password: SecretString) -> Self {
        let username = username.into();
        Source::Held {
            credentials: Credentials { username, password },
            origin: CredentialOrigin::Caller,
        }
    }

    /// Whose credentials these are, as far as that is known without asking.
    pub fn username(&self) -> Option<&str> {
        match self {
            Source::Nowhere { username } => username.as_deref(),
            #[cfg(feature = "keyring")]
            Source::Keyring { username, .. } => username.as_deref(),
            Source::Held { credentials, .. } => Some(&credentials.username),
            Source::Systemd { username, .. }
            | Source::Command { username, .. }
            | Source::File { username, .. } => Some(username),
        }
    }

    /// Returns the origin of credentials that are held in memory.
    pub fn origin(&self) -> Option<CredentialOrigin> {
        match self {
            Source::Held { origin, .. } => Some(*origin),
            Source::Nowhere { .. }
            | Source::Systemd { .. }
            | Source::Command { .. }
            | Source::File { .. } => None,
            #[cfg(feature = "keyring")]
            Source::Keyring { .. } => None,
        }
    }

    /// Asks, for at most 45 seconds.
    ///
    /// # Errors
    /// Any [`SourceError`].
    pub async fn ask(&self) -> Result<Credentials, SourceError> {
        let credentials = match self {
            Source::Nowhere { .. } => return Err(SourceError::Nothing),
            Source::Held { credentials, .. } => credentials.clone(),
            Source::Systemd { username, path } => {
                file::read(username, path, file::Rule::Ours).await?
            }
            Source::File { username, path } => {
                file::read(username, path, file::Rule::OursAlone).await?
            }
            Source::Command { username, argv } => command::run(username, argv).await?,
            #[cfg(feature = "keyring")]
            Source::Keyring { username, profile } => {
                let found = keyring::load(profile).await?.ok_or(SourceError::Nothing)?;
                if username
                    .as_ref()
                    .is_some_and(|name| *name != found.username)
                {
                    return Err(SourceError::OtherUsername);
                }
                found
            }
        };
        if is_password(credentials.password.expose_secret()) {
            Ok(credentials)
        } else {
            let from = self.to_string();
            Err(SourceError::NotAPassword { from })
        }
    }
}

/// In words, for a person; never the password, and of a command only the program.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Nowhere { .. } => write!(f, "nowhere"),
            Source::Held { origin, .. } => match origin {
                CredentialOrigin::Variable(name) => write!(f, "the variable {name}"),
                CredentialOrigin::Person => write!(f, "`taid login`"),
                CredentialOrigin::Client => write!(f, "an MCP client's configuration"),
                CredentialOrigin::Caller => write!(f, "the calling program"),
            },
            Source::Systemd { path, .. } => {
                write!(f, "the systemd credential {}", path.display())
            }
            Source::Command { argv, .. } => write!(
                f,
                "the command `{}`",
                argv.first().map(String::as_str).unwrap_or_default()
            ),
            Source::File { path, .. } => write!(f, "the file {}", path.display()),
            #[cfg(feature = "keyring")]
            Source::Keyring { .. } => write!(f, "the keyring"),
        }
    }
}

/// Seed: "Password: 8-128 characters".
pub fn is_password(text: &str) -> bool {
    (8..=128).contains(&text.chars().count())
}

/// The first line of what a file or a program says, as `pass` and its like mean it.
fn first_line(text: SecretString) -> SecretString {
    let line = text.expose_secret().lines().next().unwrap_or_default();
    SecretString::from(line.to_owned())
}

/// Does what may block, on a thread of its own, within the limit. What runs longer goes on
/// alone and is ignored.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let done = tokio::task::spawn_blocking(work);
    tokio::time::timeout(LIMIT, done).await.ok()?.ok()
}

#[cfg(test)]
#[path = "credentials_tests.rs"]
mod tests;
