//! Checking a draft and converting it to its final form.

use super::{
    check, content,
    digest::Digest,
    draft::{Draft, Target},
    error::MailError,
    prepared::PreparedMail,
    service::MailService,
};
use tai_auth::bridge::Bridge;
use tokio::time::Instant;

impl<B: Bridge> MailService<B> {
    /// Checks a draft and converts it to its final form. For a reply, the original is read.
    pub(super) async fn prepare(
        &self,
        instance: Option<&str>,
        draft: Draft,
        deadline: Instant,
    ) -> Result<PreparedMail, MailError> {
        let from = self.address(instance, deadline).await?;
        let account = self.address(None, deadline).await?;
        let given = draft.subject.map(check::subject).transpose()?;
        let (to, subject, reply_to, parts) = match draft.target {
            Target::New { to } => {
                let to = to.or_else(|| self.default_recipient.clone());
                let to = check::address(&to.ok_or(MailError::NoRecipient)?)?;
                let default = || format!("Email from {}", instance.unwrap_or(&from));
                let subject = given.unwrap_or_else(default);
                let parts = content::parts(draft.content, draft.format).await?;
                (to, subject, None, parts)
            }
            Target::Reply { to: id } => {
                let parts = content::parts(draft.content, draft.format).await?;
                let original = self.own(&from, id, deadline).await?.envelope;
                let subject = given.unwrap_or_else(|| check::reply_subject(&original.subject));
                (original.from, subject, Some(id), parts)
            }
        };
        let original = reply_to.map(|id| id.to_string());
        let target = original.as_deref().unwrap_or(&to);
        Ok(PreparedMail {
            digest: Digest::of(&[&from, target, &subject, &parts.text, &parts.html]),
            account,
            from,
            to,
            subject,
            parts,
            reply_to,
        })
    }
}
