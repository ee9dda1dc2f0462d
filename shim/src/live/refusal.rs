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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted;

    #[test]
    fn a_mail_of_the_instance_itself_or_of_no_plain_sender_is_not_answered() {
        let refused = |from: &str| {
            let fetched = scripted::mail(1);
            let mut mail = fetched.mail.unwrap();
            mail.envelope.from = from.into();
            refusal(&fetched.address, &mail).is_some()
        };
        for from in [
            "DESK.alice@tai.chat",
            "Desk <desk.Alice@TAI.chat>",
            "desk.alice@tai.chat (me)",
            "",
            "MAILER-DAEMON",
            "a@b.example, desk.alice@tai.chat",
            "\"boss@corp.example\" <evil@evil.example>",
        ] {
            assert!(refused(from), "{from}");
        }
        for from in ["lab.alice@tai.chat", "Bob <bob@example.com>"] {
            assert!(!refused(from), "{from}");
        }
    }
}
