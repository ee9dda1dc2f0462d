//! `taid uninstall`: removes the user service.

use crate::cli::{
    error::{CliError, Exit},
    service::{self, Steps},
    target::Target,
    terminal::print,
    units,
};
use clap::Args;

/// Remove the user service of `taid install`
#[derive(Args)]
#[command(after_help = "Examples:
  taid uninstall --dry-run  print the steps
  taid uninstall            stop and remove the service")]
pub(in crate::cli) struct Uninstall {
    /// Print the steps without running them
    #[arg(long)]
    dry_run: bool,
}

impl Uninstall {
    pub(in crate::cli) fn run(self, target: &Target) -> Result<Exit, CliError> {
        let service = service::of_profile(
            target,
            "nothing was changed; omit --home to remove your own service",
        )?;
        match service.is_installed() {
            true => Steps(units::uninstall(&service.place())).run_all(self.dry_run)?,
            false => print("No service of taid is installed."),
        }
        let (config, state) = (target.places.config(), target.places.state());
        if config.exists() {
            print(&format!("The configuration in {} stays.", config.display()));
        }
        if state.exists() {
            let state = state.display();
            print(&format!(
                "The logs and the ledger of sent mails in {state} stay."
            ));
        }
        for text in [
            "A password in the keyring stays; `taid logout` removes it.",
            "The entries of MCP clients stay; `tai-mcp setup --remove` removes them.",
        ] {
            print(&target.named(text));
        }
        Ok(Exit::Success)
    }
}
