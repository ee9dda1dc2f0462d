//! The world around a daemon: the mails, the time, and the account of what happened that every
//! promise is checked against.

use crate::config::ConfirmPolicy;
use fastrand::Rng;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime},
};
use tai_auth::session::clock::{Clock, Now};
use tokio::time::Instant;

pub(super) const PASSWORD: &str = "sandbox-password";

/// How the bridge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weather {
    Calm,
    /// Requests and answers get lost, hang, are slow, and meet what is in front of the bridge.
    Storm,
    /// Nothing arrives.
    Down,
    /// Its database fails, and it does not say so (trap 9).
    Masked,
}

pub(super) struct Mail {
    pub(super) to: &'static str,
    pub(super) at: u64,
    pub(super) read: bool,
    /// It was read or marked by its id, so it need not be leased any more.
    by_id: bool,
    pub(super) deleted: bool,
    /// Who has written it to their client, and whether they said so to taid.
    delivered: Vec<Delivery>,
}

struct Delivery {
    client: u64,
    /// Its receipt was lost with it, so that the mail may be given out again.
    silent: bool,
}

/// What is known of the mails that say the same.
#[derive(Default)]
pub(super) struct Sends {
    /// How often the bridge sent it.
    pub(super) done: u32,
    /// How often a client was told that it was sent.
    told: u32,
    attempts: u32,
    /// The ledger may have forgotten it, because a clock was set.
    pub(super) excused: bool,
}

pub(super) struct Inner {
    pub(super) rng: Rng,
    start: Instant,
    /// How long the machine was suspended: tokio's time stands still then.
    suspended: u64,
    /// How far the wall clock was set.
    set: i64,
    pub(super) weather: Weather,
    /// How often the bridge began to mask what fails.
    maskings: u64,
    /// Whether this bridge can answer a mail by itself.
    pub(super) replies: bool,
    /// The mails about which a person is asked.
    confirm: ConfirmPolicy,
    /// The number of deleted mails.
    pub(super) deletions: u64,
    pub(super) mails: BTreeMap<u64, Mail>,
    pub(super) sends: BTreeMap<String, Sends>,
    pub(super) tokens: HashMap<String, u64>,
    /// Logins and renewals in flight, by daemon.
    pub(super) logins: HashMap<u64, u32>,
    /// Nobody is signed in, and nobody tries to be.
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
            weather: Weather::Calm,
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

    /// A number below `below`.
    pub(super) fn draw(&self, below: u64) -> u64 {
        self.inner().rng.u64(..below)
    }

    /// Whether something with this chance in a hundred happens.
    pub(super) fn happens(&self, percent: u64) -> bool {
        self.draw(100) < percent
    }

    /// A time below this many milliseconds.
    pub(super) fn moment(&self, below_ms: u64) -> Duration {
        Duration::from_millis(self.draw(below_ms))
    }

    /// Writes down that something happened: two runs of a seed have the same trace.
    pub(super) fn note(&self, what: &str) {
        self.inner().note(what);
    }

    pub(super) fn trace(&self) -> u64 {
        self.inner().trace
    }

    /// A promise was broken.
    pub(super) fn break_promise(&self, how: String) {
        let mut inner = self.inner();
        inner.note(&how);
        inner.broken.get_or_insert(how);
    }

    /// Which promise was broken, if one was.
    pub(super) fn broken(&self) -> Option<String> {
        self.inner().broken.clone()
    }

    pub(super) fn set_weather(&self, weather: Weather) {
        let mut inner = self.inner();
        inner.weather = weather;
        inner.maskings += u64::from(weather == Weather::Masked);
        inner.note(&format!("{weather:?}"));
    }

    /// Sets the wall clock. What was sent before may be forgotten by then.
    pub(super) fn set_clock(&self, seconds: i64) {
        let mut inner = self.inner();
        inner.set += seconds;
        inner.excuse();
        inner.note(&format!("clock set by {seconds} s"));
    }

    /// The machine sleeps: the wall clock goes on, the monotonic one does not.
    pub(super) fn suspend(&self, seconds: u64) {
        let mut inner = self.inner();
        inner.suspended += seconds;
        inner.excuse();
        inner.note(&format!("suspended for {seconds} s"));
    }

    /// The bridge knows no token any more.
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
            deleted: false,
            delivered: Vec::new(),
        };
        inner.mails.insert(id, mail);
        inner.note(&format!("mail {id} comes for {to}"));
    }

    /// How often the bridge began to mask what fails, and `None` while it does.
    pub(super) fn maskings(&self) -> Option<u64> {
        let inner = self.inner();
        (inner.weather != Weather::Masked).then_some(inner.maskings)
    }

    /// How many mails have come for this address.
    pub(super) fn mails_to(&self, to: &str) -> u64 {
        let inner = self.inner();
        let theirs = inner.mails.values();
        theirs.filter(|mail| mail.to == to && !mail.deleted).count() as u64
    }

    /// One of the mails to this address.
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

    /// Returns how many mails were deleted.
    pub(super) fn deletions(&self) -> u64 {
        self.inner().deletions
    }

    /// A client reads or marks a mail by its id.
    pub(super) fn read_by_id(&self, id: u64) {
        if let Some(mail) = self.inner().mails.get_mut(&id) {
            mail.by_id = true;
        }
    }

    /// A client has delivered a mail to its reader.
    pub(super) fn delivered(&self, client: u64, id: u64, to: &str) {
        let mut inner = self.inner();
        inner.note(&format!("client {client} delivers {id}"));
        let Some(mail) = inner.mails.get_mut(&id) else {
            let how = format!("mail {id} does not exist");
            inner.broken.get_or_insert(how);
            return;
        };
        let strange = mail.to != to;
        let again = mail.delivered.iter().find(|before| !before.silent);
        let problem = match again {
            _ if strange => Some(format!("mail {id} for {} is read by {to}", mail.to)),
            Some(before) => Some(format!(
                "mail {id} is read by client {client}, and was by client {}",
                before.client
            )),
            None => None,
        };
        let silent = false;
        mail.delivered.push(Delivery { client, silent });
        if let Some(problem) = problem {
            inner.broken.get_or_insert(problem);
        }
    }

    /// A client died before it could say what it had written.
    pub(super) fn died_silently(&self, client: u64, ids: &[u64]) {
        let mut inner = self.inner();
        for id in ids {
            let mail = inner.mails.get_mut(id);
            for delivery in mail.into_iter().flat_map(|mail| &mut mail.delivered) {
                delivery.silent |= delivery.client == client;
            }
        }
    }

    /// A client is about to hand in the mail that says this.
    pub(super) fn attempts(&self, text: &str) {
        let mut inner = self.inner();
        inner.sends.entry(text.to_owned()).or_default().attempts += 1;
    }

    /// What a client was told of the mail that says this: that it was sent, or that it was
    /// certainly not.
    pub(super) fn told(&self, text: &str, sent: bool) {
        let mut inner = self.inner();
        let Some(send) = inner.sends.get_mut(text) else {
            return;
        };
        send.told += u32::from(sent);
        let problem = match sent {
            true if send.done == 0 => Some("was said to be sent, and was not"),
            false if send.attempts == 1 && send.done > 0 => Some("was said not to be sent"),
            _ => None,
        };
        if let Some(problem) = problem {
            inner.broken.get_or_insert(format!("\"{text}\" {problem}"));
        }
    }

    /// What is left to check when all is quiet: every mail was read by somebody.
    pub(super) fn check_the_end(&self) {
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

/// The two clocks of the simulated machine.
pub(super) struct WorldClock(pub(super) Arc<World>);

impl Clock for WorldClock {
    fn now(&self) -> Now {
        let inner = self.0.inner();
        let wall = inner.true_time().saturating_add_signed(inner.set);
        Now {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(wall),
            mono: Instant::now().into_std(),
        }
    }
}
