//! Mail that a person writes: shown, then sent at most once from any address of the account.

use super::submit::Submitted;
use crate::{
    config::Rules,
    mail::{
        approvals::{Answered, ApprovalError},
        error::MailError,
        listing::view::View,
        sending::{prepared::PreparedMail, submitter::Submitter},
        service::MailService,
    },
};
use tai_auth::bridge::Bridge;
use tai_proto::{
    approval::ConsentAnswer,
    call::SendMail,
    mail::{Draft, Target},
    names::Instance,
    person::{PersonConsent, SendOutcome},
};
use tokio::time::Instant;

impl<B: Bridge> MailService<B> {
    /// Shows or sends a mail of a person, at most once. `client` names the person's program. The
    /// rules of instances and the policy of approval are for agents; the ledger's protection from a
    /// second send is for both.
    ///
    /// The call must not be cancelled: the outcome of a cancelled send is unknown.
    ///
    /// # Errors
    /// Any [`MailError`]. [`MailError::Unknown`] alone means that the mail may have been sent.
    pub(crate) async fn send_mail(
        &self,
        client: &str,
        send: SendMail,
        deadline: Instant,
    ) -> Submitted<SendOutcome> {
        let SendMail {
            instance,
            draft,
            insist,
            consent,
        } = send;
        match self.prepare_for_person(instance, draft, deadline).await {
            Ok((instance, mut mail)) => {
                self.suspect(&mut mail).await;
                let submitter = Submitter {
                    instance: instance.as_ref(),
                    client,
                };
                let digest = mail.digest.clone();
                let result = self.send_for_person(submitter, mail, insist, consent, deadline);
                Submitted::of(digest, result.await)
            }
            Err(error) => Submitted::refused(error),
        }
    }

    async fn prepare_for_person(
        &self,
        instance: Option<Instance>,
        draft: Draft,
        deadline: Instant,
    ) -> Result<(Option<Instance>, PreparedMail), MailError> {
        let instance = match (instance, &draft.target) {
            (Some(instance), _) => Some(instance),
            (None, Target::New { .. }) => None,
            (None, Target::Reply { to }) => {
                let original = self.viewed(View::Account, *to, deadline).await?;
                self.instance_of(&original.head.to, deadline).await?
            }
        };
        let mail = self.prepare(instance.as_ref(), draft, View::Account, deadline);
        let mail = mail.await?;
        Ok((instance, mail))
    }

    /// Returns the instance of an address of the account; `None` if no instance can have it.
    async fn instance_of(
        &self,
        address: &str,
        deadline: Instant,
    ) -> Result<Option<Instance>, MailError> {
        let Some((name, _)) = address.split_once('.') else {
            return Ok(None);
        };
        let Ok(instance) = Instance::new(name) else {
            return Ok(None);
        };
        let own = self.address(Some(&instance), deadline).await?;
        Ok(own.matches(address).then_some(instance))
    }

    async fn send_for_person(
        &self,
        submitter: Submitter<'_>,
        mail: PreparedMail,
        insist: bool,
        consent: PersonConsent,
        deadline: Instant,
    ) -> Result<SendOutcome, MailError> {
        // The person's decision overrides the limits of the instance, and the send counts.
        let rules = &Rules::default();
        let ticket = match consent {
            PersonConsent::NotAsked => {
                // Asking about a mail that the ledger then holds back would be useless.
                self.check(&mail, insist, rules)?;
                return Ok(SendOutcome::Ask(self.approvals.ask(mail)?));
            }
            PersonConsent::Given => {
                let sent = self.send_once(&mail, insist, rules, deadline).await?;
                return Ok(SendOutcome::Sent(sent));
            }
            PersonConsent::Approved { ticket } => ticket,
        };
        let approved = ConsentAnswer::Approved;
        let answer = self
            .approvals
            .answer(&ticket, approved, mail, insist, submitter);
        match answer? {
            Answered::Approved(mail) => {
                let sent = self.send_once(&mail, insist, rules, deadline).await?;
                Ok(SendOutcome::Sent(sent))
            }
            // An approved mail does not wait.
            Answered::Held(_) => Err(ApprovalError::NoTicket.into()),
        }
    }
}
