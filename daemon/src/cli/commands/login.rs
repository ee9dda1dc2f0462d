//! `taid login`.

use crate::{
    cli::{
        daemon::{BRIDGE_PATIENCE, confused},
        direct,
        error::{CliError, Exit},
        prompt,
        terminal::print,
    },
    client::{Client, ClientError},
    config::Config,
};
use clap::Args;
use secrecy::ExposeSecret as _;
use tai_auth::credentials::Credentials;
use tai_proto::{
    Answer, Call, Secret,
    account::{self as wire, Login as LoginCall},
};
use tokio::time::Instant;

/// Sign in: ask for the password and verify it with the bridge
#[derive(Args)]
pub(in crate::cli) struct Login {
    /// Username; asked for if neither this nor the configuration names one
    username: Option<String>,
    /// Save the password in the system's keyring for the next start of taid
    #[arg(long)]
    save: bool,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

impl Login {
    pub(in crate::cli) async fn run(self, profile: &str) -> Result<Exit, CliError> {
        let config = Config::of_this_process(profile)?;
        // Connect first, so that a person does not type a password for nothing.
        let client = match Client::of_started(profile).await {
            Ok(client) => Some(client),
            Err(ClientError::NotRunning { .. }) if self.save => None,
            Err(error) => return Err(CliError::of_client(error, profile)),
        };
        let username = match (self.username, config.source.username()) {
            (Some(username), _) => username,
            (None, Some(username)) => username.to_owned(),
            (None, None) => prompt::text("Username: ")?,
        };
        let password = match self.password_stdin {
            true => prompt::password_from_stdin()?,
            false => prompt::password(&format!("Password of {username}: "))?,
        };
        let credentials = prompt::checked(username, password)?;
        sign_in(client, &config, credentials, self.save).await
    }
}

/// Signs the daemon in. Without a daemon it verifies the password and saves it.
///
/// # Errors
/// The bridge refuses the credentials, or the password is not saved.
pub(super) async fn sign_in(
    client: Option<Client>,
    config: &Config,
    credentials: Credentials,
    save: bool,
) -> Result<Exit, CliError> {
    let Some(mut client) = client else {
        direct::check_and_save(config, &credentials).await?;
        print("✅ Login successful");
        print("The password is saved in the keyring for the next start of taid.");
        return Ok(Exit::Success);
    };
    let call = Call::Login(LoginCall {
        credentials: wire::Credentials {
            username: credentials.username,
            password: Secret::new(credentials.password.expose_secret().to_owned()),
        },
        save,
    });
    let answer = client.call(call, Instant::now() + BRIDGE_PATIENCE).await;
    let signed_in = match answer.map_err(|error| CliError::of_client(error, &config.profile))? {
        Answer::SignedIn(signed_in) => signed_in,
        _ => return Err(confused(&config.profile)),
    };
    print("✅ Login successful");
    print(&format!("📧 Instance email: {}", signed_in.address));
    match (save, signed_in.not_saved) {
        (true, Some(fault)) => return Err(fault.into()),
        (true, None) => print("The password is saved in the keyring for the next start of taid."),
        (false, _) => {}
    }
    Ok(Exit::Success)
}
