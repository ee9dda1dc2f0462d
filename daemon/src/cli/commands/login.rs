//! `taid login`: signs the daemon in, or saves a verified password for its next start.

use crate::{
    cli::{
        daemon::{Daemon, LONG, SHORT},
        direct,
        error::{CliError, Exit},
        prompt,
        target::Target,
        terminal::print,
    },
    config::Config,
};
use clap::Args;
use secrecy::ExposeSecret as _;
use tai_auth::{base_url::BaseUrl, credentials::Credentials};
use tai_proto::{
    Fault, FaultCode, Secret, account as wire,
    call::{self, GetInfo},
    names::{Profile, Username},
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
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let config = Config::of_this_process(&target.profile, target.places.config())?;
        // Connecting first avoids a password prompt that leads to a connection error.
        let daemon = match started(target).await {
            Ok(daemon) => Some(daemon),
            Err(fault) if fault.code == FaultCode::NotRunning && self.save => None,
            Err(fault) => return Err(fault.into()),
        };
        if let Some(daemon) = &daemon {
            check_bridge(daemon, &config).await?;
        }
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
        sign_in(target, daemon, &config, credentials, self.save).await
    }
}

/// Checks that the daemon uses the bridge that this environment names. The typed password would go to
/// another bridge otherwise.
///
/// # Errors
/// The daemon uses another bridge.
pub(super) async fn check_bridge(daemon: &Daemon, config: &Config) -> Result<(), Fault> {
    if !config.names_bridge {
        return Ok(());
    }
    let claim = call::ClaimAccount {
        username: None,
        bridge: Some(config.settings.api_base_url.to_string().as_str().into()),
    };
    match daemon.call(claim, LONG).await? {
        wire::AccountClaim::Serves(_) => Ok(()),
        wire::AccountClaim::Elsewhere(fault) => Err(fault),
    }
}

/// Asks the account's own daemons at this bridge to stop. Their clients reconnect and find this one.
async fn stop_own(target: &Target, account: &Username, config: &Config) {
    let bridge = config.settings.api_base_url.origin();
    for named in [None, Some(bridge.as_str())] {
        let profile = Profile::of_account(account, named);
        if profile.as_str() == config.profile {
            continue;
        }
        let Ok(daemon) = Daemon::running(&target.of_profile(profile)) else {
            continue;
        };
        let Ok(status) = daemon.status().await else {
            continue;
        };
        let url: Option<BaseUrl> = status.bridge.url.parse().ok();
        // A profile of the user's own choice may have the same name.
        if status.daemon.idle_exit_s.is_some()
            && status.account.username.as_deref() == Some(account.as_str())
            && url.is_some_and(|url| url.origin() == bridge)
        {
            let _ = daemon.call(call::Stop, SHORT).await;
        }
    }
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

/// Signs the daemon in. Without a daemon it verifies the password and saves it.
///
/// # Errors
/// The bridge refuses the credentials, or the password is not saved.
pub(super) async fn sign_in(
    target: &Target,
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
    stop_own(target, &signed_in.username, config).await;
    print("✅ Login successful");
    print(&format!("📧 Instance email: {}", signed_in.address));
    match (save, signed_in.not_saved) {
        (true, Some(fault)) => return Err(fault.into()),
        (true, None) => print("The password is saved in the keyring for the next start of taid."),
        (false, _) => {}
    }
    Ok(Exit::Success)
}
