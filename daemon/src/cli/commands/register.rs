//! `taid register`: creates an account and signs in with it.

use super::login::{SignIn, in_environment, no_username, started};
use crate::{
    cli::{
        daemon::Daemon,
        direct,
        error::{CliError, Exit},
        prompt,
        target::Target,
        terminal::{Progress, print},
        whose::{account, check_account, check_bridge},
    },
    config::Config,
    fault,
};
use clap::Args;
use tai_auth::credentials::Source;
use tai_proto::{Fault, FaultCode, names::Username, status::Status};

/// Create an account and sign in with it
#[derive(Args)]
#[command(after_help = "Examples:
  taid register alice --save  create alice@tai.chat and save the password
  pass tai | taid register alice --password-stdin")]
pub(in crate::cli) struct Register {
    /// New username: 3 to 50 lower-case letters, digits and hyphens
    username: Option<String>,
    /// Save the password in the system's keyring for the next start of taid
    #[arg(long)]
    save: bool,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

impl Register {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let config = Config::of_this_process(&target.profile, target.places.config())?;
        let name = match (self.username, &config.source) {
            (Some(name), _) => name,
            (None, Source::Held { credentials, .. }) => credentials.username.to_string(),
            (None, _) if self.password_stdin => return Err(no_username()),
            (None, _) => prompt::typed_username("New username: ")?.to_string(),
        };
        let username = new_username(&name)?;
        // taid is asked first: an account that it could not hold is not created.
        let daemon = match started(target).await {
            Ok(daemon) => Some(daemon),
            Err(fault) if fault.code == FaultCode::NotRunning => None,
            Err(fault) => return Err(fault.into()),
        };
        check_daemon(daemon.as_ref(), target, &username, &config, self.save).await?;
        if self.save && (daemon.is_none() || target.socket.is_none()) {
            direct::check_keyring(&config, &username, daemon.is_some()).await?;
        }
        let password = match (self.password_stdin, in_environment(&config, &username)) {
            (true, _) => prompt::password_from_stdin()?,
            (false, Some(password)) => password,
            (false, None) => prompt::new_password()?,
        };
        let bridge = config.settings.api_base_url.origin();
        let credentials = prompt::checked(username, password, bridge)?;
        let progress = Progress::begin("Creating the account …");
        let address = direct::register(&config, &credentials).await?;
        drop(progress);
        print(&format!("account created: {address}"));
        if daemon.is_none() && !self.save {
            let username = &credentials.username;
            let next = format!("Next: `taid run`, then `taid login {username}`");
            print(&target.named(&next));
            return Ok(Exit::Success);
        }
        let sign_in = SignIn {
            target,
            daemon,
            config: &config,
            save: self.save,
            elsewhere: None,
        };
        sign_in.with(credentials).await
    }
}

/// Checks that the daemon uses the bridge at which the account is created.
///
/// # Errors
/// The daemon uses another bridge.
fn check_same_bridge(status: &Status, target: &Target, config: &Config) -> Result<(), Fault> {
    match check_bridge(status, target, config)? {
        None => Ok(()),
        Some(theirs) => {
            let ours = config.settings.api_base_url.origin();
            Err(fault::other_bridge(&theirs, &ours))
        }
    }
}

/// Checks that the daemon uses the bridge at which the account is created, and has no other account.
///
/// # Errors
/// The daemon uses another bridge, has another account or does not answer.
async fn check_daemon(
    daemon: Option<&Daemon>,
    target: &Target,
    username: &Username,
    config: &Config,
    save: bool,
) -> Result<(), CliError> {
    let status = match daemon {
        Some(daemon) => Some(daemon.status().await?),
        None => None,
    };
    if let Some(status) = &status {
        check_same_bridge(status, target, config)?;
    }
    if let Some(ours) = account(status.as_ref(), target, config, save).await? {
        check_account("register", &ours, username, config, status.is_some())?;
    }
    Ok(())
}

/// Parses the username of a new account, which has no capital letters.
fn new_username(text: &str) -> Result<Username, CliError> {
    if text.contains(char::is_uppercase) {
        let error = CliError::from(fault::bad_username(
            "the username of a new account has lower-case letters, digits and hyphens",
        ));
        return Err(error);
    }
    prompt::username(text)
}
