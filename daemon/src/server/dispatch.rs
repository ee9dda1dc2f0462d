//! Passes each call to the part of the daemon that serves it, and converts errors to faults.

use super::{
    app::App,
    ipc::{CallContext, Caller, Service},
    status, traffic,
};
use crate::{
    digest::Digest,
    fault,
    mail::{MailError, Submitter},
};
use std::{pin::pin, sync::Arc, time::Duration};
use tai_auth::{bridge::transport::Transport, session::for_one_account};
use tai_proto::{
    Answer, Call, Fault, FaultCode, Hint, Tool,
    call::{Delivery, EndLease, Settled},
    mail::{ChangedMail, Info, MailboxUpdate},
    message::{ClientLabel, Role},
    names::{Instance, MailId},
    text::{HeaderText, Json},
};
use tokio::time::Instant;

/// Longest wait of an agent's status for a login that is under way.
const STATUS_PATIENCE: Duration = Duration::from_secs(3);

impl<T: Transport> Service for App<T> {
    fn joined(&self, client: &Caller) {
        self.mail.add_client(client.key);
    }

    fn gone(&self, client: u64) {
        self.claims.remove(client);
        match self.stop.is_cancelled() {
            true => self.mail.leave_client(client),
            false => self.mail.remove_client(client),
        }
    }

    async fn call(self: Arc<Self>, call: Call, context: CallContext) -> Result<Answer, Fault> {
        // Hints name commands of the default profile.
        let named = |fault: Fault| fault.for_profile(&self.facts.config.profile);
        self.audited(call, context).await.map_err(named)
    }

    fn refused(&self, caller: &Caller, label: &'static str, fault: &Fault) {
        self.record_refusal(caller, label, fault);
    }

    fn undelivered(&self, client: u64, answer: Answer) {
        if let Answer::Fetch(fetched) | Answer::WaitFor(fetched) | Answer::ReadMail(fetched) =
            answer
            && fetched.is_leased
            && let Some(mail) = fetched.mail
        {
            self.mail.give_back(client, mail.envelope.id);
        }
    }

    fn is_needed(&self) -> bool {
        !self.stay_reasons().is_empty()
    }

    fn keeps_locks(&self) -> bool {
        self.locks.are_kept()
    }

    fn is_writing(&self, client: u64) -> bool {
        self.mail.is_writing(client)
    }

    async fn sends_end(&self) {
        self.mail.sends_end().await;
    }

    fn bridge(&self) -> ClientLabel {
        let origin = self.bridge_origin();
        ClientLabel::cut(Digest::of(&["bridge", origin.as_str()]).to_string())
    }

    fn default_instance(&self) -> Option<Instance> {
        self.facts.config.settings.instance.clone()
    }
}

/// Reason for which a call has no answer.
enum Failure {
    Mail(MailError),
    Fault(Fault),
}

impl From<MailError> for Failure {
    fn from(error: MailError) -> Self {
        Self::Mail(error)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<T: Transport> App<T> {
    /// Answers a call. The digest is that of the mail that the call submitted, or about which a person
    /// decided.
    pub(super) async fn answer(
        &self,
        call: Call,
        context: CallContext,
    ) -> (Result<Answer, Fault>, Option<Digest>) {
        let mut digest = None;
        let is_confined = context.caller.is_confined;
        // A call that is under way when the account changes ends with an error.
        let account = self.claims.of(context.caller.key);
        let answered = {
            // Pinned, because a future that moves into another one is in the task twice.
            let answered = pin!(self.answered(call, context, &mut digest));
            for_one_account(account, answered).await
        };
        let result = answered.map_err(|failure| match failure {
            Failure::Mail(error) if is_confined => fault::confined(self.failed(&error), &error),
            Failure::Mail(error) => self.failed(&error),
            Failure::Fault(fault) => fault,
        });
        (result, digest)
    }

    /// Passes a call to the part that serves it. `digest` becomes that of the mail that it submits, or
    /// about which a person decides.
    async fn answered(
        &self,
        call: Call,
        context: CallContext,
        digest: &mut Option<Digest>,
    ) -> Result<Answer, Failure> {
        let CallContext {
            caller,
            deadline,
            progress,
        } = context;
        let (instance, key) = (caller.instance(), caller.key);
        if call.tool().is_some() || matches!(call, Call::Watch(_)) {
            self.check_claim(key)?;
        }
        if let Some(tool) = call.tool() {
            let rules = self.refresh_rules().await;
            if let Role::Agent { .. } = &caller.role {
                // The status tells the agent's user what is wrong.
                if tool != Tool::SessionStatus {
                    rules?;
                }
                self.permit(instance, tool)?;
                self.mail.touch();
            }
        }
        let mail = &self.mail;
        let report = |done, total| progress.report(done, total);
        Ok(match call {
            Call::Submit(submit) => {
                let client = &self.client_name(&caller);
                let submitter = Submitter { instance, client };
                let submitted = mail.submit(submitter, submit, deadline).await;
                *digest = submitted.digest;
                Answer::Submit(submitted.result?)
            }
            Call::Fetch(fetch) => {
                Answer::Fetch(mail.fetch(instance, key, fetch, &report, deadline).await?)
            }
            Call::Peek(peek) => Answer::Peek(mail.peek(instance, peek, deadline).await?),
            Call::List(list) => Answer::List(mail.list(instance, list, &report, deadline).await?),
            Call::Search(search) => {
                Answer::Search(mail.search(instance, search, &report, deadline).await?)
            }
            Call::Delete(delete) => {
                let subject = mail.delete(instance, delete.id, deadline).await?;
                Answer::Delete(changed(delete.id, subject))
            }
            Call::MarkRead(mark) => {
                let subject = mail.mark_read(instance, mark.id, deadline).await?;
                Answer::MarkRead(changed(mark.id, subject))
            }
            Call::Settle(settle) => {
                let marked_read = mail.settle(key, settle.id, deadline).await?;
                Answer::Settle(Settled { marked_read })
            }
            Call::EndLease(end) => {
                self.end_lease(instance, key, end, deadline).await;
                Answer::EndLease(())
            }
            Call::ReclaimLeases(reclaim) => {
                Answer::ReclaimLeases(mail.reclaim(instance, key, &reclaim.ids))
            }
            Call::Watch(watch) => Answer::Watch(self.watch(instance, watch.since, deadline).await?),
            Call::WaitFor(wait) => {
                let wait = mail.wait_for(instance, key, wait, &report, deadline);
                let wait = self.wait_with_rules(instance, key, wait);
                Answer::WaitFor(self.until_stop(wait).await???)
            }
            Call::GetInfo(_) => Answer::GetInfo(self.info(instance)),
            Call::GetStatus(_) => Answer::GetStatus(self.status_json(&caller, deadline).await?),
            Call::ClaimAccount(claim) => {
                Answer::ClaimAccount(self.claim(key, claim, deadline).await?)
            }
            Call::OfferCredentials(offer) => {
                self.take_offer(offer.credentials, deadline).await?;
                Answer::OfferCredentials(())
            }
            Call::MakeWay(make_way) => Answer::MakeWay(self.make_way(make_way.release)),
            Call::Login(login) => Answer::Login(self.login(login, deadline).await?),
            Call::Logout(logout) => Answer::Logout(self.logout(logout.whose, deadline).await?),
            Call::RetryLogin(_) => {
                let retried = self.session.retry(deadline).await;
                Answer::RetryLogin(retried.map_err(MailError::Session)?)
            }
            Call::ListHeld(_) => Answer::ListHeld(mail.held(deadline).await),
            Call::WatchHeld(watch) => {
                let update = mail.watch_held(watch.since, deadline);
                Answer::WatchHeld(self.until_stop(update).await?)
            }
            Call::ResolveHeld(resolve) => {
                let resolved = mail.resolve(resolve, deadline).await;
                *digest = resolved.digest;
                Answer::ResolveHeld(resolved.result?)
            }
            Call::ReviseHeld(revise) => {
                let revised = mail.revise_held(revise, deadline).await;
                *digest = revised.digest;
                Answer::ReviseHeld(Box::new(revised.result?))
            }
            Call::ReadHeld(read) => Answer::ReadHeld(mail.read_held(read, deadline).await?),
            Call::FindReply(find) => {
                Answer::FindReply(mail.find_reply(instance, find.to, deadline).await?)
            }
            Call::ListMail(list) => {
                let in_use = self.instances_in_use();
                Answer::ListMail(mail.list_mail(list, &in_use, &report, deadline).await?)
            }
            Call::SearchMail(search) => {
                Answer::SearchMail(mail.search_mail(search, &report, deadline).await?)
            }
            Call::ReadMail(read) => {
                Answer::ReadMail(mail.read_mail(key, read, &report, deadline).await?)
            }
            Call::FinishMail(finish) => {
                let marked_read = mail.finish_mail(key, finish, deadline).await?;
                Answer::FinishMail(Settled { marked_read })
            }
            Call::DeleteMail(delete) => {
                let subject = mail.delete_mail(delete, deadline).await?;
                Answer::DeleteMail(changed(delete.id, subject))
            }
            Call::SendMail(send) => {
                let client = self.client_name(&caller);
                let sent = mail.send_mail(&client, send, deadline).await;
                *digest = sent.digest;
                Answer::SendMail(sent.result?)
            }
            Call::GetTraffic(_) => Answer::GetTraffic(traffic::of(self)),
            Call::Stop(stop) => Answer::Stop(self.stop_for(stop)),
        })
    }

    /// Waits for the result of a call that the successor of a daemon that stops continues.
    ///
    /// # Errors
    /// [`FaultCode::Stopping`].
    async fn until_stop<R>(&self, work: impl Future<Output = R>) -> Result<R, Fault> {
        tokio::select! {
            biased;
            result = work => Ok(result),
            () = self.stop.cancelled() => Err(fault::stopping()),
        }
    }

    /// Ends the lease of a mail as the client reports.
    async fn end_lease(
        &self,
        instance: Option<&Instance>,
        client: u64,
        end: EndLease,
        deadline: Instant,
    ) {
        match end.delivery {
            Delivery::Delivered => {
                self.mail.deliver(instance, client, end.id);
                self.mail.report_leases(deadline).await;
            }
            Delivery::Returned => self.mail.give_back(client, end.id),
        }
    }

    /// Returns the instances that connected clients and the configuration use; `None` is the account's
    /// own address.
    fn instances_in_use(&self) -> Vec<Option<Instance>> {
        let mut in_use = self.clients.instances();
        in_use.extend(self.facts.config.settings.instance.clone().map(Some));
        in_use.extend(self.policy.instances().into_iter().map(Some));
        in_use
    }

    /// Returns the caller's name and version: those of its MCP client, or of its program.
    pub(super) fn client_name(&self, caller: &Caller) -> String {
        let (name, version) = self.clients.identity(caller.key);
        match name.is_empty() {
            true => caller.software.to_string(),
            false => format!("{name} {version}").trim_end().to_owned(),
        }
    }

    /// Refuses a tool that the configuration forbids to the instance.
    ///
    /// # Errors
    /// [`FaultCode::NotPermitted`].
    pub(super) fn permit(&self, instance: Option<&Instance>, tool: Tool) -> Result<(), Fault> {
        match self.policy.rules(instance).forbids_tool(tool) {
            Some(reason) => Err(fault::not_permitted(tool.name(), &reason)),
            None => Ok(()),
        }
    }

    fn failed(&self, error: &MailError) -> Fault {
        tracing::warn!(error = tai_auth::chain(error), "call failed");
        fault::of_mail(error, &self.session.snapshot(), self.session.now())
    }

    /// Waits for mail. A daemon that stops answers at once, because its successor continues the
    /// wait from the same mark.
    async fn watch(
        &self,
        instance: Option<&Instance>,
        since: Option<u64>,
        deadline: Instant,
    ) -> Result<MailboxUpdate, MailError> {
        tokio::select! {
            biased;
            update = self.mail.watch(instance, since, deadline) => update,
            () = self.stop.cancelled() => Ok(MailboxUpdate {
                mark: since.unwrap_or_default(),
                arrived: false,
            }),
        }
    }

    fn info(&self, instance: Option<&Instance>) -> Info {
        let settings = &self.facts.config.settings;
        Info {
            version: env!("CARGO_PKG_VERSION").into(),
            address: self.mail.known_address(instance),
            bridge: settings.api_base_url.to_string().as_str().into(),
            default_to: settings
                .user_email
                .as_ref()
                .map(|address| address.as_str().into()),
            api_timeout_ms: u32::try_from(settings.api_timeout.as_millis()).unwrap_or(u32::MAX),
            profile: self.facts.config.profile.as_str().into(),
        }
    }

    async fn status_json(&self, caller: &Caller, deadline: Instant) -> Result<Json, Fault> {
        // An agent that asks a taid that it has just started would learn of no login, and would tell
        // its user to sign in.
        if let Role::Agent { .. } = caller.role {
            let patience = deadline.min(Instant::now() + STATUS_PATIENCE);
            self.session.settled(patience).await;
        }
        let failed = |error: String| {
            Fault::new(FaultCode::Internal, "cannot encode the status")
                .because(error)
                .hint(Hint::user("restart taid"))
        };
        let text = serde_json::to_string(&status::of(self, caller));
        let text = text.map_err(|error| failed(error.to_string()))?;
        Json::new(text).map_err(|error| failed(error.to_string()))
    }
}

fn changed(id: MailId, subject: String) -> ChangedMail {
    ChangedMail {
        id,
        subject: HeaderText::cut(subject),
    }
}
