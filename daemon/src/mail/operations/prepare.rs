//! Conversion of a draft to its final form.

use crate::{
    digest::Digest,
    mail::{
        approvals::is_own,
        error::MailError,
        listing::view::View,
        sending::{
            check,
            prepared::{PreparedMail, ascii_domain},
        },
        service::MailService,
    },
};
use tai_auth::bridge::Bridge;
use tai_proto::{
    mail::{Draft, Target},
    names::Instance,
    subject,
};
use tai_reader::outgoing::{Parts, sameness, words};
use tokio::time::Instant;

impl<B: Bridge> MailService<B> {
    /// Checks a draft of an agent, and converts it to its final form.
    pub(super) async fn prepare_own(
        &self,
        instance: Option<&Instance>,
        draft: Draft,
        deadline: Instant,
    ) -> Result<PreparedMail, MailError> {
        let address = &self.address(instance, deadline).await?;
        let originals = View::Agent { instance, address };
        self.prepare(instance, draft, originals, deadline).await
    }

    /// Checks a draft and converts it to its final form. A reply reads the original mail from the
    /// bridge, which must be one of `originals`.
    pub(super) async fn prepare(
        &self,
        instance: Option<&Instance>,
        draft: Draft,
        originals: View<'_>,
        deadline: Instant,
    ) -> Result<PreparedMail, MailError> {
        let from = self.address(instance, deadline).await?;
        let account = self.address(None, deadline).await?;
        let content = draft.content.into_string();
        let source = content.clone();
        let given = draft.subject.map(String::from).map(check::subject);
        let given = given.transpose()?.flatten();
        let (to, subject, reply_to, parts) = match draft.target {
            Target::New { to } => {
                let to = match to {
                    Some(to) => check::address(&String::from(to))?,
                    None => {
                        let default = self.default_recipient.clone();
                        default.ok_or(MailError::NoRecipient)?
                    }
                };
                let default = || match instance {
                    Some(instance) => format!("Email from {instance}"),
                    None => format!("Email from {from}"),
                };
                let subject = given.unwrap_or_else(default);
                let parts = self.parts(content, draft.format, deadline).await?;
                (to, subject, None, parts)
            }
            Target::Reply { to: id } => {
                let parts = self.parts(content, draft.format, deadline).await?;
                let original = self.viewed(originals, id, deadline).await?.head;
                let to = check::answerable(&original.from)?;
                let subject = given.unwrap_or_else(|| check::reply_subject(&original.subject));
                (to, subject, Some(id), parts)
            }
        };
        // A reply and a new mail to the same address are the same mail: the bridge has no threads.
        let [sender, target] = &[&from, &to].map(|address| same_address(address.as_str()));
        let [text, html] = &sameness(&parts);
        Ok(PreparedMail {
            digest: Digest::of(&[sender, target, &same_subject(&subject), text, html]),
            account,
            from,
            to,
            subject,
            parts,
            reply_to,
            suspicion: None,
            source,
            format: draft.format,
        })
    }

    /// Finds out whether an instruction in a mail may have caused this one, if the policy asks for
    /// it.
    pub(super) async fn suspect(&self, mail: &mut PreparedMail) {
        if !self.familiar.remembers() || is_own(mail, self.default_recipient.as_ref()) {
            return;
        }
        let familiar = self.familiar.clone();
        let (own, to) = (mail.from.to_string(), mail.to.to_string());
        let Parts {
            text,
            html,
            preview,
            ..
        } = &mail.parts;
        let texts = [&mail.subject, text, html, &preview.details].map(String::clone);
        // Long texts take some milliseconds.
        let search = move || familiar.suspects(&own, &to, &texts);
        mail.suspicion = match tokio::task::spawn_blocking(search).await {
            Ok(suspicion) => suspicion.map(|why| why.to_string()),
            Err(_) => Some("taid could not compare it with the emails that were read".to_owned()),
        };
    }
}

/// Returns one form of an address: case makes no difference, and a domain has a form in ASCII.
fn same_address(address: &str) -> String {
    let address = address.to_lowercase();
    let ascii = address
        .rsplit_once('@')
        .and_then(|(local, domain)| Some(format!("{local}@{}", ascii_domain(domain)?)));
    ascii.unwrap_or(address)
}

/// Returns one form of a subject: the mark of a reply is the same in each spelling, and spaces make
/// no difference.
fn same_subject(subject: &str) -> String {
    match subject::is_reply(subject) {
        true => words(&subject::of_reply(subject)),
        false => words(subject),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form() {
        for (one, other) in [
            ("Bob@Example.com", "bob@example.com"),
            ("bob@b\u{fc}cher.example", "bob@xn--bcher-kva.example"),
            ("bob@bu\u{308}cher.example", "bob@XN--bcher-kva.example"),
        ] {
            assert_eq!(same_address(one), same_address(other));
        }
        assert_ne!(same_address("bob@a.example"), same_address("bob@b.example"));
        assert_eq!(same_address("no address"), "no address");
    }

    #[test]
    fn a_subject_has_one_form() {
        for same in [
            "Re: Lunch at 12",
            "RE: Lunch at  12",
            "Re:\u{a0} Lunch at 12",
            "AW: re: Lunch at 12",
        ] {
            assert_eq!(same_subject(same), "Re: Lunch at 12");
        }
        for other in [
            "Lunch at 12",
            "Re: lunch at 12",
            "Fwd: Lunch at 12",
            "Re: Fwd: Lunch at 12",
        ] {
            assert_ne!(same_subject(other), "Re: Lunch at 12");
        }
        assert_eq!(same_subject("Lunch  at\u{a0}12"), "Lunch at 12");
    }
}
