//! `taid uninstall`: removes the user service.

use crate::cli::{
    error::{CliError, Exit},
    service::{self, Steps},
    units,
};
use clap::Args;
use tai_proto::names::Profile;

/// Remove the user service of `taid install`
#[derive(Args)]
pub(in crate::cli) struct Uninstall {
    /// Print the steps without running them
    #[arg(long)]
    dry_run: bool,
}

impl Uninstall {
    pub(in crate::cli) fn run(self, profile: &Profile) -> Result<Exit, CliError> {
        let service = service::of_profile(profile)?;
        Steps(units::uninstall(&service.place())).run_all(self.dry_run)?;
        Ok(Exit::Success)
    }
}
