//! `taid logout`: deletes the token and the password.

use super::login::bridge_of;
use crate::{
    cli::{
        daemon::{Daemon, LONG},
        direct,
        error::{CliError, Exit},
        prompt,
        target::Target,
        terminal::{print, printable},
    },
    config::Config,
    fault,
};
use clap::Args;
use tai_auth::credentials::SourceError;
use tai_proto::{Fault, FaultCode, account::SignedOut, call};

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
            let clients = status.clients.len() as u64 + status.clients_left_out;
            let question = format!("Sign out {account}? {clients} MCP clients are connected.");
            if !prompt::consent(&printable(&question))? {
                print("Not signed out.");
                return Ok(Exit::Failed);
            }
        }
        let mut signed_out = daemon.call(call::Logout, LONG).await?;
        if !signed_out.forgotten && target.socket.is_none() {
            let config = Config::of_this_process(&target.profile, target.places.config())?;
            // A changed configuration names another bridge, with a password of its own.
            if config.settings.api_base_url.origin() == bridge_of(&status)? {
                let account = signed_out.username.as_ref();
                signed_out.forgotten = match direct::forget(&config, account).await {
                    // The daemon may have the keyring that this shell cannot reach.
                    Err(SourceError::KeyringUnreachable) => false,
                    forgotten => forgotten.map_err(|error| fault::not_forgotten(&error))?,
                };
            }
        }
        print(&page(&signed_out));
        Ok(Exit::Success)
    }
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
    let first = match &signed_out.username {
        Some(username) => format!("signed out {username}"),
        None => "taid was not signed in".to_owned(),
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
        let signed_out = |username: Option<&str>, forgotten, configured: Option<&str>| {
            page(&SignedOut {
                username: username.map(|name| name.parse().unwrap()),
                forgotten,
                still_configured: configured.map(Into::into),
            })
        };
        insta::assert_snapshot!(signed_out(Some("alice"), true, None), @"signed out alice; the token and the password are deleted from memory and from the keyring");
        insta::assert_snapshot!(signed_out(None, false, None), @"taid was not signed in; the token and the password are deleted from memory");
        insta::assert_snapshot!(signed_out(Some("alice"), false, Some("the file /home/alice/.tai")), @"
        signed out alice; the token and the password are deleted from memory
        note: the next start of taid signs in again with the password from the file /home/alice/.tai
        ");
    }
}
