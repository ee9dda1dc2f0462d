//! `taid logout`: deletes the token and the password.

use crate::{
    cli::{
        daemon::{Daemon, LONG},
        direct,
        error::{CliError, Exit},
        pages, prompt,
        target::Target,
        terminal::{print, printable},
        whose::{account_of, bridge_of},
    },
    config::Config,
    fault,
};
use clap::Args;
use tai_auth::credentials::SourceError;
use tai_proto::{
    Fault, FaultCode,
    account::{Former, SignedOut},
    call::{self, Whose},
    status::Status,
};

/// Sign out: delete the token and the password, from the keyring too
///
/// Asks first, because every MCP client loses its mail until the next login.
#[derive(Args)]
#[command(after_help = "Examples:
  taid logout        ask, then sign out
  taid logout --yes  sign out without a question")]
pub(in crate::cli) struct Logout {
    /// Sign out without a question, for scripts of your own
    #[arg(long)]
    yes: bool,
}

impl Logout {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let daemon = Daemon::running(target)?;
        let status = match daemon.status().await {
            Ok(status) => status,
            Err(fault) if fault.code == FaultCode::NotRunning => {
                return without_daemon(target, fault).await;
            }
            Err(fault) => return Err(fault.into()),
        };
        if !self.yes {
            let account = status.account.username.as_deref().unwrap_or("no account");
            let clients = pages::count(status.client_count(), "connected MCP client");
            let question = format!("Sign out {account}? taid has {clients}.");
            if !prompt::consent(&printable(&question))? {
                print("Not signed out.");
                return Ok(Exit::Failed);
            }
        }
        let whose = match account_of(&status) {
            Some(account) => Whose::Account(account),
            None if self.yes => Whose::Any,
            None => Whose::None,
        };
        let mut signed_out = daemon.call(call::Logout { whose }, LONG).await?;
        if !signed_out.forgotten && target.socket.is_none() {
            forget_here(target, &status, &mut signed_out).await?;
        }
        if let Some(fault) = signed_out.not_forgotten {
            return Err(fault.into());
        }
        print(&page(&signed_out));
        Ok(Exit::Success)
    }
}

/// Deletes the password from the keyring of this shell, which the daemon may not have.
///
/// # Errors
/// The keyring does not delete it.
async fn forget_here(
    target: &Target,
    status: &Status,
    signed_out: &mut SignedOut,
) -> Result<(), CliError> {
    let config = Config::of_this_process(&target.profile, target.places.config())?;
    // A changed configuration names another bridge, with a password of its own.
    if config.settings.api_base_url.origin() != bridge_of(status)? {
        return Ok(());
    }
    match direct::forget(&config, signed_out.former.account()).await {
        Ok(forgotten) => {
            signed_out.forgotten = forgotten;
            signed_out.not_forgotten = None;
        }
        // The daemon may have the keyring that this shell cannot reach.
        Err(SourceError::KeyringUnreachable) => {}
        Err(error) => signed_out.not_forgotten = Some(fault::not_forgotten(&error)),
    }
    Ok(())
}

/// Deletes the password from the keyring while no daemon runs.
async fn without_daemon(target: &Target, not_running: Fault) -> Result<Exit, CliError> {
    let config = Config::of_this_process(&target.profile, target.places.config())?;
    let forgotten = direct::forget(&config, None).await;
    match forgotten.map_err(|error| fault::not_forgotten(&error))? {
        true => {
            print("taid is not running; the password is deleted from the keyring");
            Ok(Exit::Success)
        }
        false => Err(not_running.into()),
    }
}

fn page(signed_out: &SignedOut) -> String {
    let place = match signed_out.forgotten {
        true => "from memory and from the keyring",
        false => "from memory",
    };
    let first = match &signed_out.former {
        Former::SignedOutNow(account) => format!("signed out {account}"),
        Former::SignedOutBefore(account) => format!("{account} was signed out before"),
        Former::None => "taid was not signed in".to_owned(),
    };
    let mut text = format!("{first}; the token and the password are deleted {place}");
    if let Some(source) = &signed_out.still_configured {
        text.push_str(&format!(
            "\nnote: the next start of taid signs in again with the password from {source}"
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_deleted_places_and_a_source_that_is_still_configured() {
        let signed_out = |former, forgotten, configured: Option<&str>| {
            page(&SignedOut {
                former,
                forgotten,
                not_forgotten: None,
                still_configured: configured.map(Into::into),
            })
        };
        let alice = || "alice".parse().unwrap();
        let now = || Former::SignedOutNow(alice());
        insta::assert_snapshot!(signed_out(now(), true, None), @"signed out alice; the token and the password are deleted from memory and from the keyring");
        insta::assert_snapshot!(signed_out(Former::SignedOutBefore(alice()), true, None), @"alice was signed out before; the token and the password are deleted from memory and from the keyring");
        insta::assert_snapshot!(signed_out(Former::None, false, None), @"taid was not signed in; the token and the password are deleted from memory");
        insta::assert_snapshot!(signed_out(now(), false, Some("the file /home/alice/.tai")), @"
        signed out alice; the token and the password are deleted from memory
        note: the next start of taid signs in again with the password from the file /home/alice/.tai
        ");
    }
}
