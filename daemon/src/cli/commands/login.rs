//! `taid login`: signs the daemon in, or saves a verified password for its next start.

use crate::{
    cli::{
        daemon::{Daemon, LONG},
        direct,
        error::{CliError, Exit},
        prompt,
        terminal::print,
    },
    config::Config,
};
use clap::Args;
use secrecy::ExposeSecret as _;
use tai_auth::credentials::Credentials;
use tai_proto::{
    Fault, FaultCode, Secret, account as wire,
    call::{self, GetInfo},
    names::Profile,
};

/// Sign in: prompt for the password and verify it with the bridge
#[derive(Args)]
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
    pub(in crate::cli) async fn run(self, profile: &Profile) -> Result<Exit, CliError> {
        let config = Config::of_this_process(profile.as_str())?;
        // Connecting first avoids a password prompt that leads to a connection error.
        let daemon = match started(profile).await {
            Ok(daemon) => Some(daemon),
            Err(fault) if fault.code == FaultCode::NotRunning && self.save => None,
            Err(fault) => return Err(fault.into()),
        };
        let username = match (self.username, config.source.username()) {
            (Some(username), _) => username,
            (None, Some(username)) => username.to_string(),
            (None, None) => prompt::text("Username: ")?,
        };
        let password = match self.password_stdin {
            true => prompt::password_from_stdin()?,
            false => prompt::password(&format!("Password of {username}: "))?,
        };
        let credentials =
            prompt::checked(&username, password, config.settings.api_base_url.origin())?;
        sign_in(daemon, &config, credentials, self.save).await
    }
}

/// Connects to the daemon of `profile`, and starts it if it does not run.
///
/// # Errors
/// The daemon cannot be reached or started.
pub(super) async fn started(profile: &Profile) -> Result<Daemon, Fault> {
    let daemon = Daemon::started(profile)?;
    daemon.call(GetInfo, LONG).await?;
    Ok(daemon)
}

/// Signs the daemon in. Without a daemon it verifies the password and saves it.
///
/// # Errors
/// The bridge refuses the credentials, or the password is not saved.
pub(super) async fn sign_in(
    daemon: Option<Daemon>,
    config: &Config,
    credentials: Credentials,
    save: bool,
) -> Result<Exit, CliError> {
    let Some(daemon) = daemon else {
        direct::check_and_save(config, &credentials).await?;
        print("✅ Login successful");
        print("The password is saved in the keyring for the next start of taid.");
        return Ok(Exit::Success);
    };
    let login = call::Login {
        credentials: wire::Credentials {
            username: credentials.username,
            password: Secret::new(credentials.password.expose_secret().to_owned()),
        },
        save,
    };
    let signed_in = daemon.call(login, LONG).await?;
    print("✅ Login successful");
    print(&format!("📧 Instance email: {}", signed_in.address));
    match (save, signed_in.not_saved) {
        (true, Some(fault)) => return Err(fault.into()),
        (true, None) => print("The password is saved in the keyring for the next start of taid."),
        (false, _) => {}
    }
    Ok(Exit::Success)
}
