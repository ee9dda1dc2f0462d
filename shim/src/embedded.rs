//! A tai-mcp process without its standard streams, its environment and its socket, which the
//! simulation of the daemon replaces.

pub use crate::daemon::Opener;

use crate::{
    LAST_REPORTS, daemon,
    os::{Input, Output},
    session,
    settings::Settings,
};
use std::env::VarError;
use tai_proto::{
    Secret,
    call::Delivery,
    names::{Instance, MailId, Username},
};
use tokio::time::timeout;

/// Configuration of the MCP client's entry.
pub struct Entry {
    /// Instance of the client.
    pub instance: Instance,
    /// Account that taid must serve, and the password that is offered to a taid without one.
    pub account: Option<(Username, Option<Secret>)>,
}

/// Serves MCP until the client closes the input or the output. `open` connects to taid, and
/// `reported` is called for each end of a lease that taid has confirmed.
pub async fn serve(
    entry: Entry,
    input: Input,
    output: Output,
    open: Opener,
    reported: impl FnMut(MailId, Delivery) + Send + 'static,
) {
    let mut settings = Settings::from_env(&|_| Err(VarError::NotPresent), None);
    settings.instance = Some(entry.instance);
    settings.account = entry.account;
    let (taid, endings) = daemon::over(open, &settings);
    let reports = tokio::spawn(endings.report_to(reported));
    session(input, output, taid, settings).await;
    let _ = timeout(LAST_REPORTS, reports).await;
}
