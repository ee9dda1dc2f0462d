//! New mail, for those who wait for it. While nobody waits nobody looks; while somebody does,
//! one of them looks for all of them, once an interval, at the mailbox of the whole account.
//!
//! A look asks for one mail and the count. Only when either has changed are more asked for,
//! because each costs its whole body on the way (bridge-api.md, trap 3).

use super::{MailError, MailService};
use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
    time::{Duration, SystemTime},
};
use tai_auth::{
    bridge::{Bridge, Listing, Page},
    session::error::SessionError,
};
use tai_proto::reading::News;
use tokio::{
    sync::{Mutex, watch},
    time::{Instant, sleep_until},
};

/// After so long without mail and without a call, looks become rarer.
const IDLE_AFTER: Duration = Duration::from_secs(10 * 60);
/// The longest time between two looks, while idle and after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How long one look may take, repeats of its requests included.
const PATIENCE: Duration = Duration::from_secs(30);
/// Mails a page, once there is something new.
const PAGE: u32 = 20;
/// At most so many mails are looked through for what is new.
const MAX_LOOKED_AT: u32 = 500;
/// Arrivals that are remembered. Who asks about earlier ones is told that there was one.
const MAX_REMEMBERED: usize = 256;

/// What has arrived, and who looks for more.
#[derive(Debug)]
pub struct Arrivals {
    interval: Duration,
    /// `None` until the first look.
    log: watch::Sender<Option<Log>>,
    /// When mail came or a client called.
    active: watch::Sender<Instant>,
    /// Held by whoever looks.
    poller: Mutex<Poller>,
}

/// The arrivals, numbered.
#[derive(Debug)]
struct Log {
    /// What came up to here is not remembered.
    forgotten: u64,
    latest: u64,
    /// The number and the address in lower case; `None` where nobody knows which.
    arrivals: VecDeque<(u64, Option<String>)>,
}

#[derive(Debug, Default)]
struct Poller {
    last: Option<Instant>,
    failures: u32,
    seen: Option<Seen>,
}

/// The mailbox as it was at the last look.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    username: Arc<str>,
    /// The first mail of the list.
    first: (String, u64),
    count: u64,
    /// The highest id there was.
    highest: u64,
}

impl Arrivals {
    /// Looks every `interval` (seed: `POLL_INTERVAL`).
    pub(crate) fn new(interval: Duration) -> Self {
        Self {
            interval,
            log: watch::Sender::new(None),
            active: watch::Sender::new(Instant::now()),
            poller: Mutex::default(),
        }
    }

    /// Somebody is there: looks are not rare for a while.
    pub(crate) fn stir(&self) {
        let now = Instant::now();
        self.active.send_if_modified(|active| {
            let later = now.duration_since(*active) > Duration::from_secs(1);
            if later {
                *active = now;
            }
            later
        });
    }

    /// Mail for this address can be had again, which somebody else had taken.
    pub(crate) fn came_back(&self, address: String) {
        self.log.send_if_modified(|log| match log {
            Some(log) => {
                log.add(Some(address));
                true
            }
            None => false,
        });
    }

    /// Waits until it is time for the next look.
    async fn due(&self, poller: &Poller) {
        let mut active = self.active.subscribe();
        while let Some(last) = poller.last {
            let idle = active.borrow_and_update().elapsed() > IDLE_AFTER;
            let pause = match idle {
                true => LONGEST_PAUSE,
                false => self.interval * 2u32.saturating_pow(poller.failures),
            };
            tokio::select! {
                biased;
                () = sleep_until(last + pause.min(LONGEST_PAUSE)) => return,
                // It may be due sooner now.
                _ = active.changed() => {}
            }
        }
    }
}

impl Log {
    /// Numbers go on from the daemon before: what a client saw of that one is not known here.
    fn new(now: SystemTime) -> Self {
        let since = now.duration_since(SystemTime::UNIX_EPOCH);
        let start = since.unwrap_or_default().as_micros();
        let start = u64::try_from(start).unwrap_or_default();
        Self {
            forgotten: start,
            latest: start,
            arrivals: VecDeque::new(),
        }
    }

    fn add(&mut self, address: Option<String>) {
        self.latest += 1;
        if self.arrivals.len() == MAX_REMEMBERED
            && let Some((number, _)) = self.arrivals.pop_front()
        {
            self.forgotten = number;
        }
        self.arrivals.push_back((self.latest, address));
    }

    /// Whether something may have come for `address` since.
    fn has_news(&self, since: u64, address: &str) -> bool {
        let theirs = |of: &Option<String>| {
            of.as_ref()
                .is_none_or(|of| of.eq_ignore_ascii_case(address))
        };
        let mut newer = self.arrivals.iter().filter(|(number, _)| *number > since);
        since < self.forgotten || since > self.latest || newer.any(|(_, of)| theirs(of))
    }
}

impl<B: Bridge> MailService<B> {
    /// Waits for mail to the instance's address. Without a mark it is answered as soon as it
    /// is known what there is; with one, when something came after it, or at the deadline.
    ///
    /// # Errors
    /// [`MailError::Session`] when there is nobody signed in, or no look succeeded in time. A
    /// look that fails is repeated and is no error.
    pub async fn watch(
        &self,
        instance: Option<&str>,
        since: Option<u64>,
        deadline: Instant,
    ) -> Result<News, MailError> {
        let address = self.address(instance, deadline).await?;
        let mut log = self.arrivals.log.subscribe();
        loop {
            let late = Instant::now() >= deadline;
            if let Some(log) = &*log.borrow_and_update() {
                let arrived = since.is_some_and(|since| log.has_news(since, &address));
                if arrived || since.is_none() || late {
                    let mark = log.latest;
                    return Ok(News { mark, arrived });
                }
            } else if late {
                return Err(MailError::Session(SessionError::Deadline));
            }
            let look = async {
                let mut poller = self.arrivals.poller.lock().await;
                self.arrivals.due(&poller).await;
                self.look(&mut poller).await;
            };
            tokio::select! {
                biased;
                // The log's other end is in `self`.
                _ = log.changed() => {}
                () = look => {}
                () = sleep_until(deadline) => {}
            }
        }
    }

    /// Who waits for mail and what they wait for.
    pub fn arrivals(&self) -> &Arrivals {
        &self.arrivals
    }

    async fn look(&self, poller: &mut Poller) {
        // Also when this is dropped half way through, it was a look.
        poller.last = Some(Instant::now());
        let deadline = Instant::now() + PATIENCE;
        match self.look_for_news(poller.seen.as_ref(), deadline).await {
            Ok((seen, arrived)) => {
                if poller.failures > 0 {
                    tracing::info!("new mail is looked for again");
                }
                poller.failures = 0;
                let first = poller.seen.is_none();
                poller.seen = Some(seen);
                if !arrived.is_empty() {
                    tracing::debug!("{} mails have come", arrived.len());
                    self.arrivals.stir();
                }
                self.arrivals.log.send_if_modified(|log| {
                    let log = log.get_or_insert_with(|| Log::new(SystemTime::now()));
                    let changed = first || !arrived.is_empty();
                    arrived.into_iter().for_each(|address| log.add(address));
                    changed
                });
            }
            Err(error) => {
                poller.failures = poller.failures.saturating_add(1);
                let error = tai_auth::chain(&error);
                if poller.failures == 1 {
                    tracing::warn!("new mail cannot be looked for: {error}");
                } else {
                    tracing::debug!("new mail cannot be looked for: {error}");
                }
            }
        }
    }

    /// The mailbox now, and for whom mail came since `seen`; `None` where it is not known.
    async fn look_for_news(
        &self,
        seen: Option<&Seen>,
        deadline: Instant,
    ) -> Result<(Seen, HashSet<Option<String>>), MailError> {
        let username = self.session.username(deadline).await;
        let username = username.map_err(MailError::Session)?;
        let mut arrived = HashSet::new();
        let ours = seen.filter(|seen| seen.username == username);
        if seen.is_some() && ours.is_none() {
            // Another account: whoever waits has to look for themselves.
            arrived.insert(None);
        }
        let listing = self.newest(0, 1, deadline).await?;
        let Some(head) = listing.mails.first().map(|mail| &mail.head) else {
            // An empty list is no proof of an empty mailbox (trap 9).
            let unchanged = ours.cloned().unwrap_or_else(|| Seen {
                username,
                first: (String::new(), 0),
                count: 0,
                highest: 0,
            });
            return Ok((unchanged, arrived));
        };
        let mut first = (head.date.clone(), head.id);
        let mut count = listing.count;
        if let Some(seen) = ours.filter(|seen| (&seen.first, seen.count) == (&first, count)) {
            return Ok((seen.clone(), arrived));
        }
        // Everything that is as new as what was seen last: within a second the bridge's order
        // is the other way round (trap 4).
        let reach = ours.map_or(&first.0, |seen| &seen.first.0).clone();
        let (before, known) = ours.map_or((0, 0), |seen| (seen.highest, seen.count));
        let (mut highest, mut found) = (before, HashSet::new());
        let mut all = false;
        for offset in (0..MAX_LOOKED_AT).step_by(PAGE as usize) {
            let page = self.newest(offset, PAGE, deadline).await?;
            if let (0, Some(mail)) = (offset, page.mails.first()) {
                // What came since the look that found the change is part of it.
                first = (mail.head.date.clone(), mail.head.id);
                count = page.count;
            }
            all = !page.has_more || page.mails.iter().any(|mail| mail.head.date < reach);
            for mail in page.mails {
                highest = highest.max(mail.head.id);
                if ours.is_some() && mail.head.id > before && found.insert(mail.head.id) {
                    arrived.insert(Some(mail.head.to.to_ascii_lowercase()));
                }
            }
            if all {
                break;
            }
        }
        let unexplained = count > known + found.len() as u64;
        if ours.is_some() && (!all || unexplained) {
            arrived.insert(None);
        }
        let now = Seen {
            username,
            first,
            count,
            highest,
        };
        Ok((now, arrived))
    }

    async fn newest(
        &self,
        offset: u32,
        limit: u32,
        deadline: Instant,
    ) -> Result<Listing, MailError> {
        let page = Page {
            instance: None,
            limit,
            offset,
            bodies: false,
        };
        self.with_token(deadline, async |token| {
            self.bridge.list(&token, &page, deadline).await
        })
        .await
    }
}

#[cfg(test)]
#[path = "arrivals_tests.rs"]
mod tests;
