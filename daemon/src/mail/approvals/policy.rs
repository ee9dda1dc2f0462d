//! The policy that decides which mails need a person's approval.

use super::super::prepared::PreparedMail;
use crate::config::ConfirmPolicy;

/// Returns whether the policy requires approval of the mail.
pub(super) fn applies(
    policy: ConfirmPolicy,
    mail: &PreparedMail,
    default_recipient: Option<&str>,
) -> bool {
    match policy {
        ConfirmPolicy::Never => false,
        ConfirmPolicy::Always => true,
        ConfirmPolicy::External => !is_internal(&mail.to, mail.account.as_str(), default_recipient),
    }
}

/// Returns whether an address is the default recipient's, or the account's with any instance.
fn is_internal(to: &str, account: &str, default_recipient: Option<&str>) -> bool {
    if default_recipient.is_some_and(|user| user.eq_ignore_ascii_case(to)) {
        return true;
    }
    let to = to.to_ascii_lowercase();
    let instance = to.strip_suffix(&account.to_ascii_lowercase());
    instance.is_some_and(|instance| instance.is_empty() || instance.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::{super::super::prepared::prepared, *};

    #[test]
    fn every_recipient_but_the_default_one_and_the_account_is_external() {
        let account = "alice@tai.chat";
        let default_recipient = Some("Me@example.com");
        for own in [
            "alice@tai.chat",
            "ALICE@tai.chat",
            "desk.Alice@TAI.chat",
            "me@example.com",
        ] {
            assert!(is_internal(own, account, default_recipient), "{own}");
        }
        for other in [
            "malice@tai.chat",
            "bob@tai.chat",
            "alice@tai.chat.example.com",
            "me@example.org",
        ] {
            assert!(!is_internal(other, account, default_recipient), "{other}");
        }
    }

    #[test]
    fn each_policy_applies_to_its_mails() {
        let (external, internal) = (
            prepared("bob@tai.chat", ""),
            prepared("lab.alice@tai.chat", ""),
        );
        for (policy, to_external, to_internal) in [
            (ConfirmPolicy::Never, false, false),
            (ConfirmPolicy::External, true, false),
            (ConfirmPolicy::Always, true, true),
        ] {
            assert_eq!(applies(policy, &external, None), to_external);
            assert_eq!(applies(policy, &internal, None), to_internal);
        }
    }
}
