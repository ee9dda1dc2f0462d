//! Calls about one waiting mail whose outcome is printed.

use crate::cli::{
    daemon::{Daemon, LONG, SHORT},
    terminal::{print, printable, printable_lines},
};
use tai_proto::{
    Fault,
    approval::{HeldForm, Resolution},
    call::{ReadHeld, ResolveHeld},
};

/// Prints the whole mail, as the reader of the mail and the mail program get it.
pub(in crate::cli) async fn show_all(daemon: &Daemon, number: u64) -> Result<(), Fault> {
    let mut text = String::new();
    let (form, mut next) = (HeldForm::Shown, Some(0));
    while let Some(offset) = next {
        let part = daemon
            .call(
                ReadHeld {
                    number,
                    form,
                    offset,
                },
                SHORT,
            )
            .await?;
        text.push_str(&part.text);
        next = part.next.filter(|next| *next > offset);
    }
    print(&printable_lines(&text));
    Ok(())
}

/// Sends or discards a mail, and prints the outcome.
pub(super) async fn resolve(daemon: &Daemon, number: u64, send: bool) -> Result<(), Fault> {
    match daemon.call(ResolveHeld { number, send }, LONG).await? {
        Resolution::Sent(sent) if sent.message_id.is_empty() => {
            print(&format!("sent to {}", printable(&sent.to)));
        }
        Resolution::Sent(sent) => print(&format!(
            "sent to {} ({})",
            printable(&sent.to),
            printable(&sent.message_id)
        )),
        Resolution::Discarded => print(&format!("mail {number} discarded; nothing was sent")),
    }
    Ok(())
}
