//! `taid login`, `taid logout`, `taid register`: asking a person, and telling them.

use super::{Failure, PATIENCE, print, said, say_fault};
use crate::{
    cli::direct,
    client::{Client, ClientError},
    config::Config,
    fault,
};
use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    io::{self, BufRead as _, Write as _},
    time::Duration,
};
use tai_auth::credentials::{Credentials, is_password};
use tai_proto::{
    Answer, Call, Fault, FaultCode, Secret,
    account::{self as wire, Login},
    name,
};
use tokio::time::Instant;

/// The bridge may take its whole API_TIMEOUT, and a keyring may wait to be unlocked.
const LOGIN_PATIENCE: Duration = Duration::from_secs(120);

#[derive(Args)]
pub(super) struct LoginArgs {
    /// The account; asked for when neither this nor the configuration names it
    username: Option<String>,
    /// Keep the password in the system's keyring, for the next start of taid
    #[arg(long)]
    save: bool,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Args)]
pub(super) struct RegisterArgs {
    /// The new username: 3 to 50 lower-case letters, digits and hyphens
    username: Option<String>,
    /// Keep the password in the system's keyring, for the next start of taid
    #[arg(long)]
    save: bool,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn login(profile: &str, args: LoginArgs) -> Result<(), Failure> {
    let config = configuration(profile)?;
    // Before a password is typed in vain.
    let client = match Client::of_started(profile).await {
        Ok(client) => Some(client),
        Err(ClientError::NotRunning { .. }) if args.save => None,
        Err(error) => return Err(said(error, profile)),
    };
    let username = match (args.username, config.source.username()) {
        (Some(username), _) => username,
        (None, Some(username)) => username.to_owned(),
        (None, None) => ask("Username: ")?,
    };
    let password = match args.password_stdin {
        true => from_stdin()?,
        false => hidden(&format!("Password of {username}: "))?,
    };
    let credentials = checked(username, password)?;
    sign_in(client, &config, credentials, args.save).await
}

async fn sign_in(
    client: Option<Client>,
    config: &Config,
    credentials: Credentials,
    save: bool,
) -> Result<(), Failure> {
    let Some(mut client) = client else {
        direct::check_and_save(config, &credentials)
            .await
            .map_err(|fault| say_fault(&fault))?;
        print("✅ Login successful; the password is in the keyring for the next `taid run`");
        return Ok(());
    };
    let call = Call::Login(Login {
        credentials: wire::Credentials {
            username: credentials.username.clone(),
            password: Secret::new(credentials.password.expose_secret().to_owned()),
        },
        save,
    });
    let answer = client.call(call, Instant::now() + LOGIN_PATIENCE).await;
    let signed_in = match answer.map_err(|error| said(error, &config.profile))? {
        Answer::SignedIn(signed_in) => signed_in,
        _ => return Err(said(ClientError::Confused, &config.profile)),
    };
    print("✅ Login successful");
    print(&format!("📧 Instance email: {}", signed_in.address));
    match (save, signed_in.not_saved) {
        (true, Some(fault)) => Err(say_fault(&fault)),
        (true, None) => {
            print("The password is in the keyring for the next start of taid.");
            Ok(())
        }
        (false, _) => Ok(()),
    }
}

pub(super) async fn logout(profile: &str) -> Result<(), Failure> {
    let mut client = Client::of_profile(profile, Instant::now() + PATIENCE)
        .await
        .map_err(|e| said(e, profile))?;
    let answer = client.call(Call::Logout, Instant::now() + LOGIN_PATIENCE);
    let signed_out = match answer.await.map_err(|error| said(error, profile))? {
        Answer::SignedOut(signed_out) => signed_out,
        _ => return Err(said(ClientError::Confused, profile)),
    };
    let who = signed_out.username.as_deref().unwrap_or("nobody");
    print(&format!(
        "signed out {who}; taid has forgotten the token and the password{}",
        if signed_out.forgotten {
            ", and so has the keyring"
        } else {
            ""
        }
    ));
    if let Some(source) = signed_out.still_configured {
        print(&format!(
            "note: the next `taid run` finds a password again in {source}"
        ));
    }
    Ok(())
}

pub(super) async fn register(profile: &str, args: RegisterArgs) -> Result<(), Failure> {
    let config = configuration(profile)?;
    let username = match args.username {
        Some(username) => username,
        None => ask("New username: ")?,
    };
    let password = if args.password_stdin {
        from_stdin()?
    } else {
        let password = hidden("Password (12 characters or more are better than 8): ")?;
        let again = hidden("The same again: ")?;
        if password.expose_secret() != again.expose_secret() {
            return Err(say_fault(&Fault::new(
                FaultCode::BadRequest,
                "the two passwords differ",
                "",
                "Run it again. Nothing was sent.",
            )));
        }
        password
    };
    let credentials = checked(username, password)?;
    let address = direct::register(&config, &credentials)
        .await
        .map_err(|fault| say_fault(&fault))?;
    print(&format!("account created: {address}"));
    match Client::of_started(profile).await {
        Ok(client) => sign_in(Some(client), &config, credentials, args.save).await,
        Err(_) if args.save => sign_in(None, &config, credentials, true).await,
        Err(_) => {
            print(&format!(
                "next: `taid run`, then `taid login {}`",
                credentials.username
            ));
            Ok(())
        }
    }
}

fn configuration(profile: &str) -> Result<Config, Failure> {
    Config::of_this_process(profile).map_err(|error| {
        say_fault(&Fault::new(
            FaultCode::BadRequest,
            tai_auth::chain(&error),
            "",
            error.hint(),
        ))
    })
}

fn checked(username: String, password: SecretString) -> Result<Credentials, Failure> {
    name::username(&username).map_err(|rule| say_fault(&fault::bad_username(&rule.to_string())))?;
    if !is_password(password.expose_secret()) {
        return Err(say_fault(&fault::bad_password()));
    }
    Ok(Credentials { username, password })
}

fn not_read(error: io::Error) -> Failure {
    say_fault(&Fault::new(
        FaultCode::BadRequest,
        "nothing could be read",
        error.to_string(),
        "Run it in a terminal, or give the password with --password-stdin.",
    ))
}

fn ask(question: &str) -> Result<String, Failure> {
    let _ = write!(io::stderr(), "{question}");
    let _ = io::stderr().flush();
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(not_read)?;
    Ok(line.trim().to_owned())
}

/// Asks on the terminal, without echo.
fn hidden(question: &str) -> Result<SecretString, Failure> {
    rpassword::prompt_password(question)
        .map(SecretString::from)
        .map_err(not_read)
}

fn from_stdin() -> Result<SecretString, Failure> {
    let mut line = zeroize::Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line).map_err(not_read)?;
    Ok(SecretString::from(
        line.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}
