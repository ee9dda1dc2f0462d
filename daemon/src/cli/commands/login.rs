//! `taid login`: signs the daemon in, or saves a verified password for its next start.

use crate::{
    cli::{
        daemon::{Daemon, LONG, SHORT},
        direct,
        doctor::mcp_clients,
        error::{CliError, Exit},
        pages::approval as page,
        prompt::{self, TRIES},
        target::Target,
        terminal::{Progress, print},
        whose::{account, bridge_of, check_account, check_bridge},
    },
    config::Config,
};
use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use std::io::{self, Write as _};
use tai_auth::{
    base_url::{BaseUrl, Origin},
    credentials::{Credentials, Source},
};
use tai_proto::{
    Fault, FaultCode, Secret, account as wire,
    approval::StopOutcome,
    call::{self, GetInfo},
    names::{Profile, Username},
};

/// Sign in: prompt for the password and verify it with the bridge
#[derive(Args)]
#[command(after_help = "Examples:
  taid login alice         sign in until taid exits
  taid login alice --save  save the password in the keyring too
  pass tai | taid login alice --password-stdin")]
pub(in crate::cli) struct Login {
    /// Username [default: the configured one, otherwise a prompt]
    username: Option<String>,
    /// Save the password in the system's keyring for the next start of taid
    #[arg(long)]
    save: bool,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

impl Login {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let config = Config::of_this_process(&target.profile, target.places.config())?;
        let named = match &self.username {
            Some(name) => Some(prompt::username(name)?),
            None => config.source.username().cloned(),
        };
        if named.is_none() && self.password_stdin {
            return Err(no_username());
        }
        // Connecting first avoids a password prompt that leads to a connection error.
        let daemon = match started(target).await {
            Ok(daemon) => Some(daemon),
            Err(fault) if fault.code == FaultCode::NotRunning && self.save => None,
            Err(fault) => return Err(fault.into()),
        };
        let status = match &daemon {
            Some(daemon) => Some(daemon.status().await?),
            None => None,
        };
        let elsewhere = match &status {
            Some(status) => check_bridge(status, target, &config)?,
            None => None,
        };
        let username = match named {
            Some(username) => username,
            None => prompt::typed_username("Username: ")?,
        };
        if let Some(ours) = account(status.as_ref(), target, &config, self.save).await? {
            check_account("login", &ours, &username, &config, status.is_some())?;
        }
        let sign_in = SignIn {
            target,
            daemon,
            config: &config,
            save: self.save,
            elsewhere,
        };
        if self.password_stdin {
            return sign_in.once(username, prompt::password_from_stdin()?).await;
        }
        if let Some(password) = in_environment(&config, &username) {
            return sign_in.once(username, password).await;
        }
        sign_in.prompting(username).await
    }
}

/// Returns the error for a password on standard input without a username.
pub(super) fn no_username() -> CliError {
    CliError::new("--password-stdin needs a USERNAME")
        .caused_by("standard input has the password alone")
        .hint("name the account, as in `taid login alice --password-stdin`")
        .exit_with(Exit::Usage)
}

/// Returns the password of an account that the environment names with its password, such as with
/// `NAME` and `PASSWORD`.
pub(super) fn in_environment(config: &Config, username: &Username) -> Option<SecretString> {
    match &config.source {
        Source::Held { credentials, .. } if credentials.username == *username => {
            Some(credentials.password.clone())
        }
        _ => None,
    }
}

/// Asks the account's own daemons at this bridge to stop. Their clients reconnect and find this one.
/// Returns those that stop.
async fn stop_own(target: &Target, account: &Username, config: &Config) -> Vec<Daemon> {
    let mut stopping = Vec::new();
    let bridge = config.settings.api_base_url.origin();
    for profile in Profile::all_of_account(account, bridge.as_str()) {
        if profile == config.profile {
            continue;
        }
        let Ok(daemon) = Daemon::running(&target.of_profile(profile.clone())) else {
            continue;
        };
        let Ok(status) = daemon.status().await else {
            continue;
        };
        let url: Option<BaseUrl> = status.bridge.url.parse().ok();
        // A profile of the user's own choice may have the same name.
        if status.daemon.idle_exit_s.is_none()
            || status.account.username.as_deref() != Some(account.as_str())
            || url.is_none_or(|url| url.origin() != bridge)
        {
            continue;
        }
        // The daemon keeps the mails that wait there.
        match page::elsewhere(&profile, status.held.len() as u64) {
            Some(waiting) => print(&waiting),
            None => {
                let stop = call::Stop {
                    loses_at_most: Some(0),
                };
                if let Ok(StopOutcome::Stops) = daemon.call(stop, SHORT).await {
                    stopping.push(daemon);
                }
            }
        }
    }
    stopping
}

/// Connects to the daemon of `target`, and starts it if it does not run.
///
/// # Errors
/// The daemon cannot be reached or started.
pub(super) async fn started(target: &Target) -> Result<Daemon, Fault> {
    let daemon = Daemon::started(target)?;
    daemon.call(GetInfo, LONG).await?;
    Ok(daemon)
}

/// Sign-in with a typed password.
pub(super) struct SignIn<'a> {
    pub(super) target: &'a Target,
    /// The daemon; without one, the password is verified and saved.
    pub(super) daemon: Option<Daemon>,
    pub(super) config: &'a Config,
    /// Whether to save the password in the keyring.
    pub(super) save: bool,
    /// The daemon's bridge, if it is not that of the configuration.
    pub(super) elsewhere: Option<Origin>,
}

impl SignIn<'_> {
    /// Prompts for the password until the bridge accepts it, at most [`TRIES`] times.
    async fn prompting(&self, username: Username) -> Result<Exit, CliError> {
        let mut tries = TRIES;
        loop {
            let password = prompt::password(&self.question(&username))?;
            tries = tries.saturating_sub(1);
            match self.once(username.clone(), password).await {
                Err(error) if tries > 0 && error.exit() == Exit::NotSignedIn => {
                    let _ = writeln!(io::stderr(), "{}; try again", error.what);
                }
                result => return result,
            }
        }
    }

    /// Returns the question for a password. It names a bridge that only a client has chosen.
    fn question(&self, username: &Username) -> String {
        match &self.elsewhere {
            Some(bridge) => format!("Password of {username} at {bridge}: "),
            None => format!("Password of {username}: "),
        }
    }

    async fn once(&self, username: Username, password: SecretString) -> Result<Exit, CliError> {
        let bridge = self.config.settings.api_base_url.origin();
        self.with(prompt::checked(username, password, bridge)?)
            .await
    }

    /// Signs the daemon in. Without a daemon it verifies the password and saves it.
    ///
    /// # Errors
    /// The bridge refuses the credentials, or the password is not saved.
    pub(super) async fn with(&self, credentials: Credentials) -> Result<Exit, CliError> {
        let progress = Progress::begin("Signing in …");
        let Some(daemon) = &self.daemon else {
            direct::check_and_save(self.config, &credentials).await?;
            drop(progress);
            print("✅ Login successful");
            print(SAVED);
            return Ok(Exit::Success);
        };
        let signed_in = self.sign_in(daemon, &credentials).await?;
        stop_own(self.target, &signed_in.username, self.config).await;
        drop(progress);
        print("✅ Login successful");
        print(&format!("📧 Instance email: {}", signed_in.address));
        match (self.save, signed_in.not_saved) {
            (true, Some(fault)) => return Err(fault.into()),
            (true, None) => print(SAVED),
            (false, _) => print(&self.target.named(
                "taid forgets the password when it exits; `taid login --save` keeps it, if a keyring runs.",
            )),
        }
        if mcp_clients::instances_of_clients(self.target).is_empty() {
            let next = "Next: `taid setup` adds tai to your MCP clients.";
            print(&self.target.named(next));
        }
        Ok(Exit::Success)
    }

    /// Signs the daemon in. The account's own daemon, which may have the account, gives way to it.
    ///
    /// # Errors
    /// The fault of the login.
    async fn sign_in(
        &self,
        daemon: &Daemon,
        credentials: &Credentials,
    ) -> Result<wire::SignedIn, CliError> {
        // A client of the account may start its daemon again before this one is signed in.
        let mut tries = TRIES;
        loop {
            let login = call::Login {
                credentials: wire::Credentials {
                    username: credentials.username.clone(),
                    password: Secret::new(credentials.password.expose_secret().to_owned()),
                },
                save: self.save,
            };
            // If this command is interrupted, taid drops the login.
            let fault = match daemon.call(login, LONG).await {
                Err(fault) if fault.code == FaultCode::AccountRefused && tries > 0 => fault,
                answer => return Ok(answer?),
            };
            // This command knows the bridge of the password only if it is that of its configuration.
            if bridge_of(&daemon.status().await?)? != credentials.bridge {
                return Err(fault.into());
            }
            // A daemon that serves clients does not stop for a password that the bridge refuses.
            direct::check(self.config, credentials).await?;
            let stopping = stop_own(self.target, &credentials.username, self.config).await;
            if stopping.is_empty() {
                return Err(fault.into());
            }
            tries = tries.saturating_sub(1);
            for own in stopping {
                // It completes its calls first.
                own.until_gone(LONG).await?;
            }
        }
    }
}

const SAVED: &str = "The password is saved in the keyring for the next start of taid.";
