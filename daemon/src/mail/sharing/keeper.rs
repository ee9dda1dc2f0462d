//! The connection between the table of the leases and the store: one request at a time, each after
//! the reports of the table, with a time limit and retries. A task renews the leases.

use super::store::{
    Grant, LeaseStore, Mailbox, Origin, Refusal, Reply, Reports, Request, SharedLeases, StoreError,
    StoreState,
};
use crate::mail::{error::MailError, leases::Leases};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};
use tai_auth::session::Session;
use tai_timing::store::{LONGEST_DELAY, delay};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout, timeout_at},
};

/// Time limit of one request to the store.
const REQUEST_LIMIT: Duration = Duration::from_secs(3);
/// Time after which a call does not repeat a failed request.
const PATIENCE: Duration = Duration::from_secs(5);
/// Renewals within the time of a lease.
const RENEWALS: u32 = 4;

/// Connection between the leases of this machine and the store.
pub(in crate::mail) struct Keeper {
    store: Box<dyn LeaseStore>,
    ttl: Duration,
    leases: Arc<Leases>,
    /// Held by the request that the store works on.
    gate: tokio::sync::Mutex<()>,
    contact: Mutex<Contact>,
    /// The account of the last call.
    account: Mutex<Option<String>>,
    session: Session,
}

/// Answers of the store.
#[derive(Debug)]
enum Contact {
    /// The store has not been asked yet.
    Unknown,
    /// All requests since this time were answered.
    Since(Instant),
    /// The last request failed.
    Lost(StoreError),
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keeper")
    }
}

impl Keeper {
    /// Starts to renew the leases, as soon as the session knows the account. The task ends when the
    /// keeper is dropped.
    pub(super) fn start(shared: SharedLeases, leases: &Arc<Leases>, session: Session) -> Arc<Self> {
        let SharedLeases { store, ttl } = shared;
        let ended = Arc::new(Notify::new());
        leases.share(ended.clone());
        let keeper = Arc::new(Self {
            store,
            ttl,
            leases: leases.clone(),
            gate: tokio::sync::Mutex::default(),
            contact: Mutex::new(Contact::Unknown),
            account: Mutex::default(),
            session,
        });
        tokio::spawn(renew(Arc::downgrade(&keeper), ended, ttl / RENEWALS));
        keeper
    }

    /// Returns the state of the store.
    pub(in crate::mail) fn state(&self) -> StoreState {
        match &*lock(&self.contact) {
            Contact::Unknown => StoreState::Unknown,
            Contact::Since(_) => StoreState::Answers,
            Contact::Lost(error) => StoreState::Fails(error.clone()),
        }
    }

    /// Returns the account whose leases are kept. Before the first call, it is that of the session:
    /// the clients of the previous daemon report deliveries, and make no call.
    fn account(&self) -> Option<String> {
        let account = lock(&self.account).clone();
        account.or_else(|| {
            let username = self.session.snapshot().username?;
            Some(username.as_str().to_ascii_lowercase())
        })
    }

    /// Sets the account whose leases are kept.
    pub(in crate::mail) fn set_account(&self, username: &str) {
        let mut account = lock(&self.account);
        if !account
            .as_deref()
            .is_some_and(|own| own.eq_ignore_ascii_case(username))
        {
            *account = Some(username.to_ascii_lowercase());
        }
    }

    /// Returns the mails of the address that other clients gave back or did not deliver in time.
    /// `asked` is the time of the call, which may have waited for the calls before it: each of them
    /// has waited for a store that does not answer.
    ///
    /// # Errors
    /// [`MailError::LeaseStore`].
    pub(in crate::mail) async fn returned(
        &self,
        address: &str,
        asked: Instant,
        deadline: Instant,
    ) -> Result<Vec<u64>, MailError> {
        let (account, address) = (self.known_account()?, address.to_ascii_lowercase());
        let mailbox = mailbox(&account, &address);
        let make = |takes_expired| self.store.returned(mailbox, takes_expired);
        let limit = deadline.min(asked + PATIENCE);
        if limit <= Instant::now() && self.is_lost() {
            return Err(self.failure());
        }
        self.request_until(limit, &account, make).await
    }

    /// Returns those of these mails that the store refuses now.
    ///
    /// # Errors
    /// [`MailError::LeaseStore`].
    pub(in crate::mail) async fn refusals(
        &self,
        address: &str,
        ids: &[u64],
        deadline: Instant,
    ) -> Result<Vec<(u64, Refusal)>, MailError> {
        let (account, address) = (self.known_account()?, address.to_ascii_lowercase());
        let mailbox = mailbox(&account, &address);
        let make = |takes_expired| self.store.refusals(mailbox, ids, takes_expired);
        self.request(&account, make, deadline).await
    }

    /// Leases a mail to this machine.
    ///
    /// # Errors
    /// [`MailError::LeaseStore`].
    pub(in crate::mail) async fn acquire(
        &self,
        address: &str,
        id: u64,
        origin: Origin,
        deadline: Instant,
    ) -> Result<Grant, MailError> {
        let (account, address) = (self.known_account()?, address.to_ascii_lowercase());
        let mailbox = mailbox(&account, &address);
        let make = |takes_expired| {
            self.store.acquire(Request {
                mailbox,
                id,
                origin,
                takes_expired,
            })
        };
        self.request(&account, make, deadline).await
    }

    /// Records that the bridge is about to be told that a mail was read. Returns whether this machine
    /// still holds the mail.
    ///
    /// # Errors
    /// [`MailError::LeaseStore`].
    pub(in crate::mail) async fn mark(
        &self,
        id: u64,
        deadline: Instant,
    ) -> Result<bool, MailError> {
        let account = self.known_account()?;
        let make = |_| self.store.mark(&account, id);
        self.request(&account, make, deadline).await
    }

    /// Waits until the store has the ends of all leases.
    ///
    /// # Errors
    /// [`MailError::LeaseStore`]. The reports are repeated.
    pub(in crate::mail) async fn report(&self, deadline: Instant) -> Result<(), MailError> {
        if !self.leases.reports().has_ends() {
            return Ok(());
        }
        let account = self.known_account()?;
        self.request(&account, |_| done(), deadline).await
    }

    /// Returns the account whose leases are kept.
    ///
    /// # Errors
    /// [`MailError::LeaseStore`] before the session knows it.
    fn known_account(&self) -> Result<String, MailError> {
        let unknown = || StoreError("the account is not known yet".to_owned());
        self.account()
            .ok_or_else(|| MailError::LeaseStore(unknown()))
    }

    /// Makes a request after the reports of the leases. Repeats it after a failure, for a while.
    async fn request<'a, T>(
        &self,
        account: &str,
        make: impl Fn(bool) -> Reply<'a, T>,
        deadline: Instant,
    ) -> Result<T, MailError> {
        let limit = deadline.min(Instant::now() + PATIENCE);
        self.request_until(limit, account, make).await
    }

    /// Makes a request after the reports of the leases. Repeats it after a failure, before the limit.
    async fn request_until<'a, T>(
        &self,
        limit: Instant,
        account: &str,
        make: impl Fn(bool) -> Reply<'a, T>,
    ) -> Result<T, MailError> {
        let gate = timeout_at(limit, self.gate.lock()).await;
        let Ok(_gate) = gate else {
            return Err(self.failure());
        };
        let mut failures = 0;
        loop {
            let reports = Some(self.leases.reports()).filter(Reports::has_ends);
            match self.attempt(account, reports, &make).await {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    failures += 1;
                    let delay = delay(failures);
                    if Instant::now() + delay >= limit {
                        return Err(MailError::LeaseStore(error));
                    }
                    sleep(delay).await;
                }
            }
        }
    }

    /// Makes one attempt, after these reports. The caller holds the gate.
    async fn attempt<'a, T>(
        &self,
        account: &str,
        reports: Option<Reports>,
        make: impl Fn(bool) -> Reply<'a, T>,
    ) -> Result<T, StoreError> {
        let takes_expired = self.takes_expired();
        let work = async {
            if let Some(reports) = reports {
                self.store.record(account, &reports).await?;
                self.leases.reported(&reports);
            }
            make(takes_expired).await
        };
        let answer = timeout(REQUEST_LIMIT, work).await.unwrap_or_else(|_| {
            let limit = REQUEST_LIMIT.as_secs();
            Err(StoreError(format!("it did not answer within {limit} s")))
        });
        self.answered(answer.as_ref().err());
        answer
    }

    /// Returns whether the store has answered for the time of a lease. Before that, a machine that
    /// could not renew its leases while the store was away would lose them.
    fn takes_expired(&self) -> bool {
        match &*lock(&self.contact) {
            Contact::Since(since) => since.elapsed() >= self.ttl,
            Contact::Unknown | Contact::Lost(_) => false,
        }
    }

    fn answered(&self, error: Option<&StoreError>) {
        let mut contact = lock(&self.contact);
        match (error, &*contact) {
            (None, Contact::Since(_)) => {}
            (None, Contact::Unknown | Contact::Lost(_)) => {
                tracing::info!("the store of the shared leases answers");
                *contact = Contact::Since(Instant::now());
            }
            (Some(error), Contact::Unknown | Contact::Since(_)) => {
                tracing::warn!(%error, "the store of the shared leases does not answer");
                *contact = Contact::Lost(error.clone());
            }
            (Some(error), Contact::Lost(_)) => *contact = Contact::Lost(error.clone()),
        }
    }

    /// Returns whether the last request failed.
    pub(in crate::mail) fn is_lost(&self) -> bool {
        matches!(&*lock(&self.contact), Contact::Lost(_))
    }

    /// Returns the error of a call that could not ask the store in time.
    pub(in crate::mail) fn failure(&self) -> MailError {
        MailError::LeaseStore(match &*lock(&self.contact) {
            Contact::Lost(error) => error.clone(),
            Contact::Unknown | Contact::Since(_) => {
                StoreError("it has too many requests".to_owned())
            }
        })
    }
}

/// Renews the leases at this interval, and reports ended ones at once, until the keeper is dropped.
async fn renew(keeper: Weak<Keeper>, ended: Arc<Notify>, interval: Duration) {
    let mut lost = None;
    while let Some(keeper) = keeper.upgrade() {
        let account = keeper.account();
        let is_known = account.is_some();
        let mut changes = keeper.session.changes();
        if let Some(account) = account {
            let _gate = keeper.gate.lock().await;
            let reports = Some(keeper.leases.reports());
            // A failure is logged, and a later attempt repeats the reports.
            let _ = keeper.attempt(&account, reports, |_| done()).await;
        }
        let becomes_known = async {
            let known = changes.wait_for(|session| session.username.is_some());
            known.await.is_ok()
        };
        let pause = match &*lock(&keeper.contact) {
            Contact::Lost(_) => {
                let since: Instant = *lost.get_or_insert_with(Instant::now);
                pause(since.elapsed(), keeper.ttl).min(interval)
            }
            Contact::Unknown | Contact::Since(_) => {
                lost = None;
                interval
            }
        };
        drop(keeper);
        tokio::select! {
            () = ended.notified() => {}
            () = sleep(pause) => {}
            true = becomes_known, if !is_known => {}
        }
    }
}

/// Returns the pause after a failed renewal of a store that has failed for this time. Until the
/// leases end, it is short: a renewal in time keeps them. Afterwards, it grows: the store may
/// refuse the password.
fn pause(lost: Duration, ttl: Duration) -> Duration {
    LONGEST_DELAY.max(lost.saturating_sub(ttl) / 2)
}

fn mailbox<'a>(account: &'a str, address: &'a str) -> Mailbox<'a> {
    Mailbox { account, address }
}

fn done() -> Reply<'static, ()> {
    Box::pin(async { Ok(()) })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
impl Keeper {
    /// Stops the requests, as in a suspended process, until the guard is dropped.
    pub(super) async fn suspend(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.gate.lock().await
    }
}

#[cfg(test)]
#[path = "keeper_tests.rs"]
mod tests;
