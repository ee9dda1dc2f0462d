//! New mail, told to a client that subscribed to its inbox. However many subscriptions a
//! client has, taid is asked once; while it has none, taid is not asked.

use crate::{
    link::{Link, Peer},
    pause::Pause,
};
use std::{sync::Arc, time::Duration};
use tai_proto::{Answer, Call};
use tokio::{
    sync::{Mutex, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// How long a subscriber waits for taid to know what there is by now.
const BEGINNING: Duration = Duration::from_secs(5);

/// The inbox of one client.
pub(crate) struct Inbox {
    link: Arc<Link>,
    /// How often mail has come.
    bell: watch::Sender<u64>,
    waiting: Mutex<Option<JoinHandle<()>>>,
}

impl Inbox {
    pub(crate) fn new(link: Arc<Link>) -> Arc<Self> {
        Arc::new(Self {
            link,
            bell: watch::Sender::new(0),
            waiting: Mutex::new(None),
        })
    }

    /// Changes whenever mail has come after this returned.
    pub(crate) async fn subscribe(self: &Arc<Self>, peer: Peer) -> watch::Receiver<u64> {
        let mut waiting = self.waiting.lock().await;
        let bell = self.bell.subscribe();
        if waiting.is_none() {
            let begun = tokio::time::timeout(BEGINNING, self.ask(&peer, None));
            // Where it is not known what there is, the first answer says that mail has come.
            let mark = begun.await.ok().flatten().map_or(0, |(mark, _)| mark);
            let inbox = self.clone();
            *waiting = Some(tokio::spawn(async move { inbox.wait(peer, mark).await }));
        }
        bell
    }

    /// Waits for mail, again and again, until nobody is subscribed.
    async fn wait(&self, peer: Peer, mut mark: u64) {
        let mut pause = Pause::new();
        loop {
            tokio::select! {
                news = self.ask(&peer, Some(mark)) => match news {
                    Some((now, arrived)) => {
                        mark = now;
                        pause = Pause::new();
                        if arrived {
                            self.bell.send_modify(|times| *times += 1);
                        }
                    }
                    None => {
                        tokio::select! {
                            () = pause.wait() => {}
                            () = self.bell.closed() => {}
                        }
                    }
                },
                () = self.bell.closed() => {}
            }
            let mut waiting = self.waiting.lock().await;
            if self.bell.is_closed() {
                *waiting = None;
                return;
            }
        }
    }

    /// The next mark, and whether mail has come since the one before; `None` when taid cannot
    /// be asked.
    async fn ask(&self, peer: &Peer, since: Option<u64>) -> Option<(u64, bool)> {
        let (call, never) = (Call::Watch { since }, CancellationToken::new());
        match self.link.call(peer, &call, None, &never).await {
            Ok(Answer::News(news)) => Some((news.mark, news.arrived)),
            _ => None,
        }
    }
}
