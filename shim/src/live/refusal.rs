//! Mails that no program or agent answers.

use tai_proto::{mail::Mail, names::Address};

/// Returns why a mail to `address` cannot be answered; `None` if it can.
pub(super) fn refusal(address: &Address, mail: &Mail) -> Option<&'static str> {
    let Some(sender) = Address::in_field(&mail.envelope.from) else {
        return Some("its sender is not one plain address");
    };
    if Address::new(address.as_str()).is_err() {
        return Some("no mail can be sent from an address as long as its recipient's");
    }
    // Each answer would be the next mail of the instance.
    let is_own = address.matches(sender.as_str());
    is_own.then_some("it comes from the address that would answer it")
}
