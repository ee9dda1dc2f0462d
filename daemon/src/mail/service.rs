//! The mail service: its parts, its options, and the requests that every operation makes.

use super::{
    approvals::{Approvals, KeySource, Store},
    arrivals::Arrivals,
    bodies::parts::BegunMails,
    error::MailError,
    journal::{Disk, SystemDisk},
    leases::{ClientKey, Leases},
    ledger::Ledger,
    listing::{
        ascents::{Ascents, Finding},
        passed_over::Unavailable,
        past_waits::PastWaits,
        view::View,
    },
    sending::{answering::Answering, check, familiar::Familiar},
    sharing::{SharedLeases, Sharing, StoreState},
    state_files::StateFiles,
    turns::Turns,
    worker::{Stats as WorkerStats, Worker},
};
use crate::{
    config::{ActivePolicy, ConfirmPolicy},
    digest::Digest,
};
use std::{
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};
use tai_auth::{
    bridge::{Bearer, Bridge, BridgeError, Message},
    session::{
        Session,
        clock::{Clock, SystemClock},
    },
};
use tai_proto::{
    mail::ReplyState,
    names::{Address, Instance, MailId},
};
use tokio::{sync::RwLock, time::Instant};
use tokio_util::sync::CancellationToken;

/// The mail operations of one account, for every client of the daemon. A runtime with a timer
/// must run while its methods are called.
pub(crate) struct MailService<B> {
    pub(super) bridge: Arc<B>,
    pub(super) session: Session,
    pub(super) default_recipient: Option<Address>,
    pub(super) policy: Arc<ActivePolicy>,
    pub(super) leases: Arc<Leases>,
    /// The range of the leases.
    pub(super) sharing: Sharing,
    /// Mails of which clients read some parts only.
    pub(super) begun: BegunMails,
    /// Mails that the instances have read.
    pub(super) familiar: Arc<Familiar>,
    pub(super) unavailable: Unavailable,
    pub(super) ledger: Ledger,
    /// Read while a mail is being sent.
    pub(super) sending: RwLock<()>,
    /// Replies that are being submitted.
    pub(super) answering: Answering,
    pub(super) approvals: Approvals,
    pub(super) arrivals: Arrivals<B>,
    /// Reads and composes bodies.
    pub(super) worker: Worker,
    /// Serializes the looks for unread mail of each address.
    pub(super) looks: Turns<Option<Finding>>,
    /// How far the looks of each address have come.
    pub(super) ascents: Ascents,
    /// Waits that ended without a mail.
    pub(super) past_waits: PastWaits,
}

/// The options of a [`MailService`].
pub(crate) struct MailOptions {
    /// Default recipient.
    pub(crate) default_recipient: Option<Address>,
    /// Policy of approval.
    pub(crate) confirm: ConfirmPolicy,
    /// Rules of the instances.
    pub(crate) policy: Arc<ActivePolicy>,
    /// Interval of polls for new mail (seed: `POLL_INTERVAL`).
    pub(crate) poll_interval: Duration,
    /// The files that outlive the daemon; `None` keeps everything in memory.
    pub(crate) files: Option<StateFiles>,
    /// The disk of the files.
    pub(crate) disk: Arc<dyn Disk>,
    /// The clock of the ledger and the approvals.
    pub(crate) clock: Arc<dyn Clock>,
    /// The source of the key of waiting mails; `None` keeps their content in memory alone.
    pub(crate) keys: Option<Box<dyn KeySource>>,
    /// Cancelled when the daemon stops.
    pub(crate) stop: CancellationToken,
    /// The leases that several machines share; `None` if the leases are of this machine.
    pub(crate) shared: Option<SharedLeases>,
}

impl Default for MailOptions {
    fn default() -> Self {
        Self {
            default_recipient: None,
            confirm: ConfirmPolicy::default(),
            policy: Arc::default(),
            poll_interval: tai_timing::poll::DEFAULT_INTERVAL,
            files: None,
            disk: Arc::new(SystemDisk),
            clock: Arc::new(SystemClock),
            keys: None,
            stop: CancellationToken::new(),
            shared: None,
        }
    }
}

impl<B: Bridge> MailService<B> {
    /// Creates the service of the account that the session is signed in to. An unusable
    /// file is logged as a warning.
    pub(crate) fn new(
        bridge: Arc<B>,
        session: Session,
        worker: Worker,
        options: MailOptions,
    ) -> Self {
        let MailOptions {
            default_recipient,
            confirm,
            policy,
            poll_interval,
            files,
            disk,
            clock,
            keys,
            stop,
            shared,
        } = options;
        let (leases, ledger, approvals) = match files {
            Some(files) => {
                let store = Store {
                    journal: files.approvals,
                    vault: files.held,
                    disk: disk.clone(),
                    keys,
                };
                (
                    Leases::open(files.leases, disk.clone(), files.predecessor),
                    Ledger::open(files.ledger, disk, clock.clone()),
                    Approvals::open(confirm, clock, store),
                )
            }
            None => (
                Leases::in_memory(),
                Ledger::in_memory(clock.clone()),
                Approvals::in_memory(confirm, clock),
            ),
        };
        let leases = Arc::new(leases);
        Self {
            sharing: Sharing::of(shared, &leases, &session),
            arrivals: Arrivals::new(bridge.clone(), session.clone(), poll_interval),
            bridge,
            session,
            worker,
            default_recipient,
            policy,
            leases,
            begun: BegunMails::default(),
            familiar: Arc::new(Familiar::new(confirm)),
            unavailable: Unavailable::default(),
            ledger,
            answering: Answering::default(),
            sending: RwLock::default(),
            approvals: approvals.until(stop),
            looks: Turns::default(),
            ascents: Ascents::default(),
            past_waits: PastWaits::default(),
        }
    }

    /// Returns the address of an instance; `None` until the account is known.
    pub(crate) fn known_address(&self, instance: Option<&Instance>) -> Option<Address> {
        let username = self.session.snapshot().username?;
        Some(username.address(instance))
    }

    /// Returns whether a client is writing a mail that the bridge may count as read.
    pub(crate) fn is_writing(&self, client: ClientKey) -> bool {
        self.leases.is_writing(client)
    }

    /// Waits until no mail is being sent.
    pub(crate) async fn sends_end(&self) {
        let _ended = self.sending.write().await;
    }

    /// Returns the sends of the last day whose outcome is unknown, oldest first.
    pub(crate) fn unknown_sends(&self) -> Vec<(SystemTime, Digest)> {
        self.ledger.unknown()
    }

    /// Returns what is known about the reply of the instance to a mail, within the last week.
    ///
    /// # Errors
    /// [`MailError::Session`] if the account is unknown.
    pub(crate) async fn find_reply(
        &self,
        instance: Option<&Instance>,
        to: MailId,
        deadline: Instant,
    ) -> Result<ReplyState, MailError> {
        let address = self.address(instance, deadline).await?;
        // A submission that ends between the two is in the ledger.
        let is_underway = self.answering.is_underway(instance, to);
        Ok(match self.ledger.find_reply(&address, to) {
            ReplyState::None if is_underway => ReplyState::Sending,
            state => state,
        })
    }

    /// Returns the state of the store of the shared leases; `None` if the leases are of this machine.
    pub(crate) fn store_state(&self) -> Option<StoreState> {
        match &self.sharing {
            Sharing::Local => None,
            Sharing::Shared(keeper) => Some(keeper.state()),
        }
    }

    /// Waits, for a few seconds, until the store of the shared leases has the ends of all leases. A
    /// failure is logged, and the reports are repeated while the daemon runs.
    pub(crate) async fn report_leases(&self, deadline: Instant) {
        if let Sharing::Shared(keeper) = &self.sharing
            && let Err(error) = keeper.report(deadline).await
        {
            let error = tai_auth::chain(&error);
            tracing::warn!(error, "ends of leases are not in the store yet");
        }
    }

    /// Returns the figures of the worker that reads mails.
    pub(crate) fn worker_stats(&self) -> WorkerStats {
        self.worker.stats()
    }

    /// Adds a client that connected. Only added clients keep the mails that they fetch.
    pub(crate) fn add_client(&self, client: ClientKey) {
        self.leases.add_client(client);
    }

    /// Removes a client that disconnected. Its leased mails go to other clients.
    pub(crate) fn remove_client(&self, client: ClientKey) {
        for address in self.leases.remove_client(client) {
            self.arrivals.give_back(address);
        }
    }

    /// Records that a client is active, which keeps the poll interval short.
    pub(crate) fn touch(&self) {
        self.arrivals.touch();
    }

    /// Returns the address of an instance. Waits for a login if the account is unknown.
    pub(super) async fn address(
        &self,
        instance: Option<&Instance>,
        deadline: Instant,
    ) -> Result<Address, MailError> {
        let username = self.session.username(deadline).await;
        let username = username.map_err(MailError::Session)?;
        if let Sharing::Shared(keeper) = &self.sharing {
            keeper.set_account(username.as_str());
        }
        let address = username.address(instance);
        check::own(&address)?;
        Ok(address)
    }

    /// Returns a mail of the account as the bridge has it now, of any instance.
    pub(super) async fn message(
        &self,
        id: MailId,
        deadline: Instant,
    ) -> Result<Option<Message>, MailError> {
        let found = self.with_token(deadline, async |token| {
            self.bridge.message(&token, id.get(), deadline).await
        });
        match found.await? {
            Some(message) if message.head.id != id.get() => {
                Err(MailError::Bridge(BridgeError::Garbled {
                    detail: format!("it is about email {}, not {id}", message.head.id),
                }))
            }
            found => Ok(found),
        }
    }

    /// Returns a mail if it is addressed to `address`, the instance's, and if the instance may read
    /// its sender's mail.
    pub(super) async fn own(
        &self,
        instance: Option<&Instance>,
        address: &Address,
        id: MailId,
        deadline: Instant,
    ) -> Result<Message, MailError> {
        let view = View::Agent { instance, address };
        self.viewed(view, id, deadline).await
    }

    /// Returns a mail of the view.
    ///
    /// # Errors
    /// [`MailError::NoSuchMail`], [`MailError::NotYours`] or [`MailError::NotPermitted`] for another
    /// mail, and the errors of a request.
    pub(super) async fn viewed(
        &self,
        view: View<'_>,
        id: MailId,
        deadline: Instant,
    ) -> Result<Message, MailError> {
        let found = self.message(id, deadline).await?;
        let message = found.ok_or(MailError::NoSuchMail(id))?;
        match view {
            View::Agent { address, .. } | View::Instance { address, .. }
                if !address.matches(&message.head.to) =>
            {
                let address = address.clone();
                return Err(MailError::NotYours { id, address });
            }
            View::Agent { .. } | View::Instance { .. } | View::Account => {}
        }
        let sender = || Address::in_field(&message.head.from);
        match view.rules(&self.policy).hides_sender(sender) {
            Some(rule) => Err(MailError::NotPermitted {
                what: format!("access to email {id}"),
                rule,
            }),
            None => {
                if let View::Agent { address, .. } = view {
                    let (own, head) = (address.as_str(), &message.head);
                    (self.familiar).listed(own, id, &head.from, &head.subject, "");
                }
                Ok(message)
            }
        }
    }

    pub(super) async fn with_token<T, F>(
        &self,
        deadline: Instant,
        request: impl Fn(Bearer) -> F,
    ) -> Result<T, MailError>
    where
        F: Future<Output = Result<T, BridgeError>>,
    {
        Ok(self.session.with_token(deadline, request).await?)
    }
}
