//! Calls about one waiting mail whose outcome is printed.

use crate::cli::{
    daemon::{Daemon, LONG},
    pages::letter as page,
    terminal::{print, printable_lines},
    whole,
};
use tai_proto::{
    Fault,
    approval::{HeldForm, Resolution},
    call::ResolveHeld,
    text::Label,
};

/// Prints the whole mail, as the reader of the mail and the mail program get it. Returns its version,
/// `None` while a client asks about it.
pub(in crate::cli) async fn show_all(daemon: &Daemon, number: u64) -> Result<Option<Label>, Fault> {
    let whole = whole::read(daemon, number, HeldForm::Shown).await?;
    print(&printable_lines(&whole.text));
    Ok(whole.version)
}

/// Sends or discards the mail that the person saw, and prints the outcome.
pub(super) async fn resolve(daemon: &Daemon, decision: ResolveHeld) -> Result<(), Fault> {
    let number = decision.number;
    match daemon.call(decision, LONG).await? {
        Resolution::Sent(sent) => print(&page::sent(&sent)),
        Resolution::Discarded { maybe_sent: false } => {
            print(&format!("mail {number} discarded; nothing was sent"));
        }
        Resolution::Discarded { maybe_sent: true } => print(&format!(
            "mail {number} discarded; it may have been sent before, when taid stopped during the send"
        )),
    }
    Ok(())
}
