//! `taid uninstall`: removes the user service.

use crate::cli::{
    error::{CliError, Exit},
    service::{self, Steps},
    target::Target,
    units,
};
use clap::Args;

/// Remove the user service of `taid install`
#[derive(Args)]
pub(in crate::cli) struct Uninstall {
    /// Print the steps without running them
    #[arg(long)]
    dry_run: bool,
}

impl Uninstall {
    pub(in crate::cli) fn run(self, target: &Target) -> Result<Exit, CliError> {
        let service = service::of_profile(&target.profile)?;
        Steps(units::uninstall(&service.place())).run_all(self.dry_run)?;
        Ok(Exit::Success)
    }
}
