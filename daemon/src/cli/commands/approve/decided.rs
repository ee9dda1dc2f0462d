//! Calls about one waiting mail whose outcome is printed.

use crate::cli::{
    daemon::{Daemon, LONG},
    terminal::{print, printable, printable_lines},
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
        Resolution::Sent(sent) if sent.message_id.is_empty() => {
            print(&format!("sent to {}", printable(&sent.to)));
        }
        Resolution::Sent(sent) => print(&format!(
            "sent to {} ({})",
            printable(&sent.to),
            printable(&sent.message_id)
        )),
        Resolution::Discarded { maybe_sent: false } => {
            print(&format!("mail {number} discarded; nothing was sent"));
        }
        Resolution::Discarded { maybe_sent: true } => print(&format!(
            "mail {number} discarded; it may have been sent before, when taid stopped during the send"
        )),
    }
    Ok(())
}
