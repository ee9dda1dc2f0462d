//! Mails that no program or agent answers.

use super::prompt::Answering;
use tai_proto::{mail::Mail, names::Address};

/// Returns why a mail to `address` cannot be answered; `None` if it can. An agent with tools may do
/// something else about the mail of a program, whose sender gets no answer either.
pub(super) fn refusal(
    address: &Address,
    mail: &Mail,
    answering: Answering,
) -> Option<&'static str> {
    let Some(sender) = Address::in_field(&mail.envelope.from) else {
        return Some("its sender is not one address that a mail can be sent to");
    };
    if Address::new(address.as_str()).is_err() {
        return Some("no mail can be sent from an address as long as its recipient's");
    }
    // Each answer would be the next mail of the instance.
    if address.matches(sender.as_str()) {
        return Some("it comes from the address that would answer it");
    }
    match answering {
        Answering::WithTool => None,
        Answering::ByPrinting => sender
            .is_automatic()
            .then_some("its sender is an address of a program or a list"),
    }
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
            let of = |answering| refusal(&fetched.address, &mail, answering).is_some();
            (of(Answering::ByPrinting), of(Answering::WithTool))
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
            assert_eq!(refused(from), (true, true), "{from}");
        }
        for from in ["lab.alice@tai.chat", "Bob <bob@example.com>"] {
            assert_eq!(refused(from), (false, false), "{from}");
        }
        for from in ["MAILER-DAEMON@mx.example", "Shop <no-reply@shop.example>"] {
            assert_eq!(refused(from), (true, false), "{from}");
        }
    }
}
