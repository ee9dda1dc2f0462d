//! Arrivals of mail for subscribers of the inbox.
//!
//! One task watches the mailbox for all subscriptions of the client. It runs only while there is
//! a subscription.

use crate::{backoff::after_failure, daemon::Taid};
use std::{sync::Arc, time::Duration};
use tai_client::CallContext;
use tai_proto::{call::Watch, mail::MailboxUpdate, message::Identity};
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Time limit of the first look at the mailbox, during which a new subscriber waits.
const START_TIMEOUT: Duration = Duration::from_secs(5);

/// The watched inbox of one client.
pub(super) struct WatchedInbox {
    taid: Arc<Taid>,
    /// Number of reported arrivals.
    arrivals: watch::Sender<u64>,
    /// The watching task; `None` without subscriptions.
    watcher: Mutex<Option<JoinHandle<()>>>,
}

impl WatchedInbox {
    /// Returns an inbox without subscriptions.
    pub(super) fn new(taid: Arc<Taid>) -> Arc<Self> {
        Arc::new(Self {
            taid,
            arrivals: watch::Sender::new(0),
            watcher: Mutex::default(),
        })
    }

    /// Returns a receiver that changes with each arrival from now on. Waits up to 5 s for the
    /// current state of the mailbox. Dropping the receiver ends the subscription.
    pub(super) async fn subscribe(self: &Arc<Self>, identity: Identity) -> watch::Receiver<u64> {
        let mut watcher = self.watcher.lock().await;
        let arrivals = self.arrivals.subscribe();
        if watcher.is_none() {
            let first = timeout(START_TIMEOUT, self.update(&identity, None)).await;
            // With mark 0 the next update reports an arrival, perhaps one too many.
            let mark = first.ok().flatten().map_or(0, |update| update.mark);
            let inbox = self.clone();
            *watcher = Some(tokio::spawn(
                async move { inbox.watch(identity, mark).await },
            ));
        }
        arrivals
    }

    /// Watches the mailbox until the last subscription ends.
    async fn watch(&self, identity: Identity, mut mark: u64) {
        let mut backoff = after_failure();
        loop {
            tokio::select! {
                update = self.update(&identity, Some(mark)) => match update {
                    Some(update) => {
                        mark = update.mark;
                        backoff = after_failure();
                        if update.arrived {
                            self.arrivals.send_modify(|times| *times += 1);
                        }
                    }
                    None => {
                        tokio::select! {
                            () = backoff.wait() => {}
                            () = self.arrivals.closed() => {}
                        }
                    }
                },
                () = self.arrivals.closed() => {}
            }
            let mut watcher = self.watcher.lock().await;
            if self.arrivals.is_closed() {
                *watcher = None;
                return;
            }
        }
    }

    /// Returns the next update of the mailbox; `None` if the call fails.
    async fn update(&self, identity: &Identity, since: Option<u64>) -> Option<MailboxUpdate> {
        let cancelled = CancellationToken::new();
        let context = CallContext {
            identity,
            progress: None,
            cancelled: &cancelled,
        };
        self.taid.call(Watch { since }, context).await.ok()
    }
}
