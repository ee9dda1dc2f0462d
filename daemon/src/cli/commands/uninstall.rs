//! `taid uninstall`.

use crate::cli::{
    error::{CliError, Exit},
    service::{self, Steps},
    units,
};
use clap::Args;
use tai_proto::names::Profile;

/// Undo `taid install`
#[derive(Args)]
pub(in crate::cli) struct Uninstall {
    /// Only show what would be done
    #[arg(long)]
    dry_run: bool,
}

impl Uninstall {
    pub(in crate::cli) fn run(self, profile: &Profile) -> Result<Exit, CliError> {
        let service = service::of_profile(profile)?;
        Steps(units::uninstall(&service.place())).carry_out(self.dry_run)?;
        Ok(Exit::Success)
    }
}
