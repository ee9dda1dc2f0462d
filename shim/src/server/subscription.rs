//! News of mail for a client that subscribed to its inbox. taid is asked once for any number
//! of subscriptions, and not at all without one.

use crate::{daemon::Taid, retry_pause::RetryPause};
use std::{sync::Arc, time::Duration};
use tai_client::CallContext;
use tai_proto::{call::Watch, mail::MailboxUpdate, message::Identity};
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// The time for which a new subscriber waits until taid knows the mailbox's present state.
const START_TIMEOUT: Duration = Duration::from_secs(5);

/// The watched inbox of one client.
pub(super) struct WatchedInbox {
    taid: Arc<Taid>,
    /// The number of times mail arrived.
    arrivals: watch::Sender<u64>,
    watcher: Mutex<Option<JoinHandle<()>>>,
}

impl WatchedInbox {
    pub(super) fn new(taid: Arc<Taid>) -> Arc<Self> {
        Arc::new(Self {
            taid,
            arrivals: watch::Sender::new(0),
            watcher: Mutex::default(),
        })
    }

    /// Returns a receiver that changes whenever mail arrives after this returned.
    pub(super) async fn subscribe(self: &Arc<Self>, identity: Identity) -> watch::Receiver<u64> {
        let mut watcher = self.watcher.lock().await;
        let arrivals = self.arrivals.subscribe();
        if watcher.is_none() {
            let first = timeout(START_TIMEOUT, self.ask(&identity, None)).await;
            // Without a mark the first answer says that mail arrived.
            let mark = first.ok().flatten().map_or(0, |update| update.mark);
            let inbox = self.clone();
            *watcher = Some(tokio::spawn(
                async move { inbox.watch(identity, mark).await },
            ));
        }
        arrivals
    }

    /// Waits for mail until no subscription is left.
    async fn watch(&self, identity: Identity, mut mark: u64) {
        let mut pause = RetryPause::new();
        loop {
            tokio::select! {
                update = self.ask(&identity, Some(mark)) => match update {
                    Some(update) => {
                        mark = update.mark;
                        pause = RetryPause::new();
                        if update.arrived {
                            self.arrivals.send_modify(|times| *times += 1);
                        }
                    }
                    None => {
                        tokio::select! {
                            () = pause.wait() => {}
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

    /// Asks taid; `None` if taid cannot answer.
    async fn ask(&self, identity: &Identity, since: Option<u64>) -> Option<MailboxUpdate> {
        let cancelled = CancellationToken::new();
        let context = CallContext {
            identity,
            progress: None,
            cancelled: &cancelled,
        };
        self.taid.call(Watch { since }, context).await.ok()
    }
}
