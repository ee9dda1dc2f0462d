//! `taid register`: creates an account and signs in with it.

use super::login::{check_bridge, sign_in, started};
use crate::{
    cli::{
        direct,
        error::{CliError, Exit},
        prompt,
        target::Target,
        terminal::print,
    },
    config::Config,
};
use clap::Args;

/// Create an account and sign in with it
#[derive(Args)]
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
        let username = match self.username {
            Some(username) => username,
            None => prompt::text("New username: ")?,
        };
        let password = match self.password_stdin {
            true => prompt::password_from_stdin()?,
            false => prompt::new_password()?,
        };
        let credentials =
            prompt::checked(&username, password, config.settings.api_base_url.origin())?;
        let address = direct::register(&config, &credentials).await?;
        print(&format!("account created: {address}"));
        match started(target).await {
            Ok(daemon) => {
                check_bridge(&daemon, &config).await?;
                sign_in(target, Some(daemon), &config, credentials, self.save).await
            }
            Err(_) if self.save => sign_in(target, None, &config, credentials, true).await,
            Err(_) => {
                let username = &credentials.username;
                print(&format!("next: `taid run`, then `taid login {username}`"));
                Ok(Exit::Success)
            }
        }
    }
}
