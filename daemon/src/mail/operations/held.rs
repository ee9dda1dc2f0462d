//! The mails that wait for a person: lists, shows, sends and discards them.

use super::submit::Submitted;
use crate::{
    config::{ConfirmPolicy, Rules},
    mail::{
        approvals::{ApprovalError, ApprovedMail, Resolved},
        error::MailError,
        listing::view::View,
        sending::prepared::PreparedMail,
        service::MailService,
    },
};
use std::time::Duration;
use tai_auth::bridge::Bridge;
use tai_proto::{
    approval::{GoneMail, GoneState, HeldList, HeldMail, HeldPart, HeldUpdate, Resolution},
    call::{ReadHeld, ResolveHeld, ReviseHeld, Verdict},
    mail::{Draft, Target},
    names::Instance,
    text::HeaderText,
};
use tokio::time::{Instant, timeout_at};

/// Interval of the looks for approvals whose time is over, while a mail waits.
const EXPIRY: Duration = Duration::from_secs(60);

impl<B: Bridge> MailService<B> {
    /// Sends or discards a mail that waits for approval. A mail that was certainly not sent waits
    /// again.
    ///
    /// # Errors
    /// Any [`MailError`]. [`MailError::Unknown`] alone means that the mail may have been sent.
    pub(crate) async fn resolve(
        &self,
        resolve: ResolveHeld,
        deadline: Instant,
    ) -> Submitted<Resolution> {
        self.approvals.unseal_soon(deadline).await;
        if resolve.verdict == Verdict::Send
            && let Err(error) = self.check_account(resolve.number)
        {
            return Submitted::refused(error.into());
        }
        match self.approvals.resolve(resolve) {
            Ok(Resolved::Discarded {
                digest,
                maybe_sent,
                promise,
            }) => {
                let recorded = promise.kept(deadline).await;
                let recorded = recorded.map_err(MailError::NotRecorded);
                let result = recorded.map(|()| Resolution::Discarded { maybe_sent });
                Submitted::of(digest, result)
            }
            Ok(Resolved::Approved(approved)) => {
                let digest = approved.mail.digest.clone();
                Submitted::of(digest, self.send_approved(approved, deadline).await)
            }
            Err(error) => Submitted::refused(error.into()),
        }
    }

    async fn send_approved(
        &self,
        approved: ApprovedMail<'_>,
        deadline: Instant,
    ) -> Result<Resolution, MailError> {
        if let Err(error) = approved.recorded(deadline).await {
            approved.hold_again();
            return Err(MailError::NotRecorded(error));
        }
        // The person's decision overrides the limits of the instance, and the send counts.
        let rules = Rules::default();
        let sent = self.send_once(&approved.mail, approved.insist, &rules, deadline);
        match sent.await {
            Ok(sent) => Ok(Resolution::Sent(sent)),
            Err(error @ MailError::Unknown { .. }) => Err(error),
            Err(
                error @ (MailError::Session(_)
                | MailError::Bridge(_)
                | MailError::NoRecipient
                | MailError::BadField { .. }
                | MailError::NoReplyAddress
                | MailError::Query(_)
                | MailError::Content(_)
                | MailError::TooLong { .. }
                | MailError::Compose(_)
                | MailError::Answered(_)
                | MailError::Automatic(_)
                | MailError::Duplicate { .. }
                | MailError::NotRecorded(_)
                | MailError::Approval(_)
                | MailError::NoSuchMail(_)
                | MailError::NoSuchPart { .. }
                | MailError::Unchanged { .. }
                | MailError::NotPermitted { .. }
                | MailError::TooManySends { .. }
                | MailError::LeaseStore(_)
                | MailError::AddressBusy(_)
                | MailError::HeldElsewhere(_)
                | MailError::NotYours { .. }),
            ) => {
                approved.hold_again();
                Err(error)
            }
        }
    }

    /// Returns the mails that wait for approval, and those that an earlier daemon lost.
    pub(crate) async fn held(&self, deadline: Instant) -> HeldList {
        self.approvals.unseal_soon(deadline).await;
        self.approvals.list()
    }

    /// Waits until the mails that wait for approval differ from those of the mark, or until the
    /// deadline. Returns at once without a mark.
    pub(crate) async fn watch_held(&self, since: Option<u64>, deadline: Instant) -> HeldUpdate {
        let mut marks = self.approvals.marks();
        if let Some(since) = since {
            // `self` owns the sender, so this fails only at the deadline.
            let _ = timeout_at(deadline, marks.wait_for(|mark| *mark != since)).await;
        }
        // A change after this line ends the next wait.
        let mark = *marks.borrow_and_update();
        let held = self.held(deadline).await;
        HeldUpdate { mark, held }
    }

    /// Opens the mails that an earlier daemon sealed, while no call waits for them.
    pub(crate) async fn restore_held(&self) {
        self.approvals.unseal().await;
    }

    /// Returns a part of a mail that waits for approval, or that a client asks about.
    ///
    /// # Errors
    /// [`MailError::Approval`].
    pub(crate) async fn read_held(
        &self,
        read: ReadHeld,
        deadline: Instant,
    ) -> Result<HeldPart, MailError> {
        self.approvals.unseal_soon(deadline).await;
        Ok(self.approvals.read(read)?)
    }

    /// Replaces a mail that waits for approval with a person's version of it, which then waits.
    ///
    /// # Errors
    /// Any [`MailError`]. The old mail waits as before, unless the error is
    /// [`MailError::NotRecorded`].
    pub(crate) async fn revise_held(
        &self,
        revise: ReviseHeld,
        deadline: Instant,
    ) -> Submitted<HeldMail> {
        self.approvals.unseal_soon(deadline).await;
        let mail = match self.revised(&revise, deadline).await {
            Ok(mail) => mail,
            Err(error) => return Submitted::refused(error),
        };
        let digest = mail.digest.clone();
        let (number, version) = (revise.number, &revise.version);
        let exchange = self.approvals.revise(number, version, mail, deadline);
        let result = match exchange.await {
            Ok(exchange) => {
                let held = self.approvals.exchanged(exchange, deadline).await;
                held.map_err(MailError::NotRecorded)
            }
            Err(error) => Err(error.into()),
        };
        Submitted::of(digest, result)
    }

    /// Checks that a waiting mail is of the account that is signed in, as far as one is.
    ///
    /// # Errors
    /// [`ApprovalError::OtherAccount`].
    fn check_account(&self, number: u64) -> Result<(), ApprovalError> {
        let ours = self.session.snapshot().username;
        let ours = ours.map(|username| username.address(None));
        match (ours, self.approvals.account_of(number)) {
            (Some(ours), Some(theirs)) if ours != theirs => {
                Err(ApprovalError::OtherAccount(number, theirs))
            }
            _ => Ok(()),
        }
    }

    /// Returns the person's version of a waiting mail in its final form.
    async fn revised(
        &self,
        revise: &ReviseHeld,
        deadline: Instant,
    ) -> Result<PreparedMail, MailError> {
        self.check_account(revise.number)?;
        let (old, instance) = self
            .approvals
            .waiting_mail(revise.number, &revise.version)?;
        let target = match (&revise.to, old.reply_to) {
            (None, Some(original)) => Target::Reply { to: original },
            (None, None) => Target::New {
                to: Some(HeaderText::cut(old.to.as_str())),
            },
            (Some(to), _) => Target::New {
                to: Some(to.clone()),
            },
        };
        let draft = Draft {
            target,
            subject: Some(match &revise.subject {
                Some(subject) => subject.clone(),
                None => HeaderText::cut(old.subject.as_str()),
            }),
            content: revise.content.clone(),
            format: old.format,
        };
        let instance = instance.as_ref();
        let mut mail = self
            .prepare(instance, draft, View::Account, deadline)
            .await?;
        self.suspect(&mut mail).await;
        Ok(mail)
    }

    /// Ends the approvals whose time is over, within a minute, until the service is dropped.
    pub(crate) async fn expire_held(&self) {
        let mut marks = self.approvals.marks();
        loop {
            if self.approvals.count_held() > 0 {
                let _ = tokio::time::timeout(EXPIRY, marks.changed()).await;
            } else if marks.changed().await.is_err() {
                return;
            }
        }
    }

    /// Returns the numbers of the mails that wait for approval and are of these instances, ascending.
    pub(crate) fn held_of(&self, counts: impl Fn(Option<&Instance>) -> bool) -> Vec<u64> {
        let list = self.approvals.list();
        let waiting = (list.waiting.iter()).map(|mail| (mail.number, mail.instance.as_ref()));
        let locked = (list.gone.iter())
            .filter(|mail| mail.state == GoneState::Locked)
            .map(|mail| (mail.number, mail.instance.as_ref()));
        let all = waiting.chain(locked);
        let mut numbers: Vec<u64> = all
            .filter(|(_, of)| counts(*of))
            .map(|(number, _)| number)
            .collect();
        numbers.sort_unstable();
        numbers
    }

    /// Stops the daemon, and returns `true`, unless that loses a mail.
    pub(crate) fn stop_without_loss(&self) -> bool {
        self.approvals.stop_without_loss()
    }

    /// Stops the daemon, unless that loses more mails than these.
    ///
    /// # Errors
    /// The number of the mails that it loses.
    pub(crate) fn stop_losing(&self, most: Option<u32>) -> Result<(), u32> {
        self.approvals.stop_losing(most)
    }

    /// Returns the number of mails that wait for approval and that the daemon's stop loses.
    pub(crate) fn count_held_in_memory(&self) -> usize {
        self.approvals.count_in_memory()
    }

    /// Returns the mails of the last day that earlier daemons lost.
    pub(crate) fn lost_held(&self) -> Vec<GoneMail> {
        let mut gone = self.approvals.list().gone;
        gone.retain(|mail| match mail.state {
            GoneState::Lost | GoneState::LostMaybeSent => true,
            GoneState::Locked | GoneState::Expired | GoneState::ExpiredMaybeSent => false,
        });
        gone
    }

    /// Replaces the policy for later submissions.
    pub(crate) fn set_confirm_policy(&self, policy: ConfirmPolicy) {
        self.approvals.set_policy(policy);
        self.familiar.follow(policy);
    }
}
