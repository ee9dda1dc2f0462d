//! The world around a daemon: the mails, the time, and the record of events against which the
//! invariants are checked.

use crate::config::ConfirmPolicy;
use fastrand::Rng;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime},
};
use tai_auth::session::stamp::Stamp;
use tokio::time::Instant;

/// Password of the simulated account.
pub(super) const PASSWORD: &str = "sandbox-password";

/// State of the bridge and of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weather {
    /// Every request is served.
    Calm,
    /// Requests and answers get lost, hang or are slow, or a proxy answers.
    Storm,
    /// No request arrives.
    Down,
    /// The bridge's database fails: the bridge refuses good tokens and right passwords, or reports an
    /// empty mailbox, and its health is bad (trap 9).
    Masked,
}

pub(super) struct Mail {
    pub(super) to: &'static str,
    pub(super) at: u64,
    pub(super) read: bool,
    /// Whether a client read or marked the mail by its id, so that no lease is required.
    by_id: bool,
    /// Whether no record tells who has begun the mail, because a daemon ended with a full disk.
    pub(super) unrecorded: bool,
    pub(super) deleted: bool,
    /// Clients that have written the mail.
    pub(super) delivered: Vec<Delivery>,
}

pub(super) struct Delivery {
    client: u64,
    /// Whether the receipt was lost with the client, so that the mail may be leased again.
    pub(super) silent: bool,
}

/// Record of all mails with the same text.
#[derive(Default)]
pub(super) struct Sends {
    /// Number of times that the bridge sent the mail.
    pub(super) done: u32,
    /// Number of times that a client received the outcome "sent".
    told: u32,
    attempts: u32,
    /// Whether the ledger may have dropped the entry, because a clock was set.
    pub(super) excused: bool,
}

pub(super) struct Inner {
    pub(super) rng: Rng,
    start: Instant,
    /// Seconds for which the machine was suspended. Tokio's clock does not count them.
    suspended: u64,
    /// Seconds by which the wall clock was set.
    set: i64,
    /// Number of the machine's boot, and the true time of it.
    boot: u32,
    booted: u64,
    pub(super) weather: Weather,
    /// Whether no journal can be written.
    pub(super) disk_full: bool,
    /// The last time at which the disk became free.
    pub(super) disk_free: Option<Instant>,
    /// End of the time in which clients read deliveries that a daemon has forgotten.
    pub(super) forgiven_until: Option<Instant>,
    /// Number of times that the weather became [`Weather::Masked`].
    maskings: u64,
    /// Whether the bridge offers replies.
    pub(super) replies: bool,
    /// Mails that need approval.
    confirm: ConfirmPolicy,
    /// The number of deleted mails.
    pub(super) deletions: u64,
    pub(super) mails: BTreeMap<u64, Mail>,
    pub(super) sends: BTreeMap<String, Sends>,
    pub(super) tokens: HashMap<String, u64>,
    /// Life of the tokens in seconds; random without one.
    pub(super) token_life: Option<u64>,
    /// Logins and renewals in flight, by daemon.
    pub(super) logins: HashMap<u64, u32>,
    /// Whether the account is signed out and no login is expected.
    pub(super) signed_out: bool,
    pub(super) broken: Option<String>,
    trace: u64,
    verbose: bool,
}

/// The world of one seed.
pub(super) struct World(Mutex<Inner>);

impl World {
    pub(super) fn new(seed: u64, verbose: bool) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Inner {
            rng: Rng::with_seed(seed),
            start: Instant::now(),
            suspended: 0,
            set: 0,
            boot: 0,
            booted: 1_800_000_000,
            weather: Weather::Calm,
            disk_full: false,
            disk_free: None,
            forgiven_until: None,
            maskings: 0,
            replies: seed.is_multiple_of(2),
            confirm: match seed % 3 {
                0 => ConfirmPolicy::Always,
                _ => ConfirmPolicy::Never,
            },
            deletions: 0,
            mails: BTreeMap::new(),
            sends: BTreeMap::new(),
            tokens: HashMap::new(),
            token_life: None,
            logins: HashMap::new(),
            signed_out: false,
            broken: None,
            trace: 0,
            verbose,
        })))
    }

    pub(super) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// Returns a random number below `below`.
    pub(super) fn draw(&self, below: u64) -> u64 {
        self.inner().rng.u64(..below)
    }

    /// Returns `true` with a probability of `percent` percent.
    pub(super) fn happens(&self, percent: u64) -> bool {
        self.draw(100) < percent
    }

    /// Returns a random duration below this number of milliseconds.
    pub(super) fn moment(&self, below_ms: u64) -> Duration {
        Duration::from_millis(self.draw(below_ms))
    }

    /// Adds an event to the trace. Two runs of a seed have the same trace.
    pub(super) fn note(&self, what: &str) {
        self.inner().note(what);
    }

    pub(super) fn trace(&self) -> u64 {
        self.inner().trace
    }

    /// Records a broken promise.
    pub(super) fn record_violation(&self, how: String) {
        let mut inner = self.inner();
        inner.note(&how);
        inner.broken.get_or_insert(how);
    }

    /// Returns the first broken promise.
    pub(super) fn violation(&self) -> Option<String> {
        self.inner().broken.clone()
    }

    pub(super) fn set_weather(&self, weather: Weather) {
        let mut inner = self.inner();
        inner.weather = weather;
        inner.maskings += u64::from(weather == Weather::Masked);
        inner.note(&format!("{weather:?}"));
    }

    /// Returns the time on the machine's clocks.
    pub(super) fn stamp(&self) -> Stamp {
        let inner = self.inner();
        let wall = inner.true_time().saturating_add_signed(inner.set);
        Stamp {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(wall),
            boot: inner.boot,
            since_boot: Duration::from_secs(inner.true_time() - inner.booted),
        }
    }

    /// Restarts the machine.
    pub(super) fn reboot(&self) {
        let mut inner = self.inner();
        inner.boot += 1;
        inner.booted = inner.true_time();
        if inner.set != 0 {
            inner.excuse();
        }
        inner.note("the machine restarts");
    }

    /// Moves the wall clock. Only after a restart of the machine may the ledger drop entries for it.
    pub(super) fn set_clock(&self, seconds: i64) {
        let mut inner = self.inner();
        inner.set += seconds;
        if inner.boot > 0 {
            inner.excuse();
        }
        inner.note(&format!("clock set by {seconds} s"));
    }

    /// Suspends the machine: the wall clock advances, and the monotonic clock does not.
    pub(super) fn suspend(&self, seconds: u64) {
        let mut inner = self.inner();
        inner.suspended += seconds;
        inner.excuse();
        inner.note(&format!("suspended for {seconds} s"));
    }

    /// Invalidates all tokens.
    pub(super) fn forget_tokens(&self) {
        let mut inner = self.inner();
        inner.tokens.clear();
        inner.note("tokens forgotten");
    }

    pub(super) fn set_signed_out(&self, signed_out: bool) {
        self.inner().signed_out = signed_out;
    }

    pub(super) fn new_mail(&self, to: &'static str) {
        let mut inner = self.inner();
        let id = inner.mails.len() as u64 + 1;
        let mail = Mail {
            to,
            at: inner.true_time(),
            read: false,
            by_id: false,
            unrecorded: false,
            deleted: false,
            delivered: Vec::new(),
        };
        inner.mails.insert(id, mail);
        inner.note(&format!("mail {id} comes for {to}"));
    }

    /// Returns the number of times that the weather became [`Weather::Masked`]; `None` while it is.
    pub(super) fn maskings(&self) -> Option<u64> {
        let inner = self.inner();
        (inner.weather != Weather::Masked).then_some(inner.maskings)
    }

    /// Returns the number of mails to this address.
    pub(super) fn mails_to(&self, to: &str) -> u64 {
        let inner = self.inner();
        let theirs = inner.mails.values();
        theirs.filter(|mail| mail.to == to && !mail.deleted).count() as u64
    }

    /// Returns a random mail to this address.
    pub(super) fn some_mail(&self, to: &str) -> Option<u64> {
        let mut inner = self.inner();
        let theirs = inner
            .mails
            .iter()
            .filter(|(_, mail)| mail.to == to && !mail.deleted);
        let theirs: Vec<u64> = theirs.map(|(id, _)| *id).collect();
        inner.rng.choice(theirs)
    }

    /// Returns which mails need approval.
    pub(super) fn confirm(&self) -> ConfirmPolicy {
        self.inner().confirm
    }

    /// Returns the number of deleted mails.
    pub(super) fn deletions(&self) -> u64 {
        self.inner().deletions
    }

    /// Records that a client reads or marks a mail by its id.
    pub(super) fn read_by_id(&self, id: u64) {
        if let Some(mail) = self.inner().mails.get_mut(&id) {
            mail.by_id = true;
        }
    }

    /// Checks a mail that was reported as deleted, or as marked read.
    pub(super) fn check_changed(&self, id: u64, deleted: bool) {
        let mut inner = self.inner();
        let Some(mail) = inner.mails.get(&id) else {
            return;
        };
        let how = match (mail.deleted, deleted) {
            (false, true) => "was reported as deleted and was not",
            (false, false) if !mail.read => "was reported as marked read and was not",
            (true | false, _) => return,
        };
        inner.broken.get_or_insert(format!("mail {id} {how}"));
    }

    /// Records that a client has delivered a mail, and checks that it may.
    pub(super) fn delivered(&self, client: u64, id: u64, to: &str) {
        let mut inner = self.inner();
        inner.note(&format!("client {client} delivers {id}"));
        let until = inner.forgiven_until;
        let Some(mail) = inner.mails.get_mut(&id) else {
            let how = format!("mail {id} does not exist");
            inner.broken.get_or_insert(how);
            return;
        };
        let silent = mail.unrecorded || until.is_some_and(|until| Instant::now() < until);
        let again = mail.delivered.iter().find(|before| !before.silent);
        let problem = match again {
            _ if mail.to != to => Some(format!("mail {id} to {} is read by {to}", mail.to)),
            Some(before) => Some(format!(
                "mail {id} is read by client {client}, and was by client {}",
                before.client
            )),
            None => None,
        };
        mail.delivered.push(Delivery { client, silent });
        inner.broken = inner.broken.take().or(problem);
    }

    /// Records that these deliveries of a client may be repeated: taid may not know of them.
    pub(super) fn may_come_again(&self, client: u64, ids: &[u64]) {
        let mut inner = self.inner();
        for id in ids {
            let mail = inner.mails.get_mut(id);
            for delivery in mail.into_iter().flat_map(|mail| &mut mail.delivered) {
                delivery.silent |= delivery.client == client;
            }
        }
    }

    /// Records that a client is about to submit the mail with this text.
    pub(super) fn attempts(&self, text: &str) {
        let mut inner = self.inner();
        inner.sends.entry(text.to_owned()).or_default().attempts += 1;
    }

    /// Checks the outcome that a client received for the mail with this text: sent, or certainly not
    /// sent.
    pub(super) fn told(&self, text: &str, sent: bool) {
        let mut inner = self.inner();
        let Some(send) = inner.sends.get_mut(text) else {
            return;
        };
        send.told += u32::from(sent);
        let problem = match sent {
            true if send.told > send.done => Some("was reported as sent too often"),
            false if send.attempts == 1 && send.done > 0 => {
                Some("was reported as not sent and was sent")
            }
            _ => None,
        };
        if let Some(problem) = problem {
            inner.broken.get_or_insert(format!("\"{text}\" {problem}"));
        }
    }

    /// Checks, at the end of the run, that a client has read each mail.
    pub(super) fn check_no_mail_is_lost(&self) {
        let mut inner = self.inner();
        let lost = inner
            .mails
            .iter()
            .find(|(_, mail)| mail.delivered.is_empty() && !mail.by_id && !mail.deleted);
        if let Some((id, mail)) = lost {
            let problem = format!("mail {id} for {} is lost (read: {})", mail.to, mail.read);
            inner.broken.get_or_insert(problem);
        }
    }
}

impl Inner {
    pub(super) fn note(&mut self, what: &str) {
        let at = self.start.elapsed();
        if self.verbose {
            eprintln!("{:9.3} {what}", at.as_secs_f64());
        }
        // FNV-1a.
        for byte in what.bytes().chain(at.as_nanos().to_le_bytes()) {
            self.trace = (self.trace ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub(super) fn true_time(&self) -> u64 {
        1_800_000_000 + self.start.elapsed().as_secs() + self.suspended
    }

    fn excuse(&mut self) {
        self.sends.values_mut().for_each(|send| send.excused = true);
    }
}
