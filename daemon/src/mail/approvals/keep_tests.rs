//! A waiting mail outlives the daemon with a key, and is reported as lost without one.

#[path = "damaged_tests.rs"]
mod damaged;

use super::*;
use crate::mail::{
    approvals::{
        Answered, ApprovalError, Resolved,
        key::{KeyAnswer, KeySource},
        seal::HeldKey,
    },
    journal::SystemDisk,
    sending::{prepared::prepared, submitter::Submitter},
};
use std::{
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
};
use tai_auth::{credentials::keyring::Missing, testing::TestClock};
use tai_proto::{
    approval::{ConsentAnswer, GoneState, HeldState},
    call::{ResolveHeld, Verdict},
};

/// A keyring, which outlives the daemon.
#[derive(Debug, Clone, Default)]
struct Keyring(Arc<Mutex<KeyringState>>);

#[derive(Debug, Default)]
struct KeyringState {
    key: Option<HeldKey>,
    is_locked: bool,
    questions: u32,
}

impl KeySource for Keyring {
    fn key(&self, missing: Missing) -> Pin<Box<dyn Future<Output = KeyAnswer> + Send + '_>> {
        let mut state = self.0.lock().unwrap();
        state.questions += 1;
        let answer = match state.is_locked {
            true => Err("it is locked".to_owned()),
            false => {
                if missing == Missing::Create && state.key.is_none() {
                    state.key = Some(HeldKey::new([7; 32]));
                }
                Ok(state.key.clone())
            }
        };
        Box::pin(async move { answer })
    }
}

struct World {
    dir: tempfile::TempDir,
    clock: Arc<TestClock>,
    keyring: Keyring,
}

impl World {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            clock: TestClock::new(),
            keyring: Keyring::default(),
        }
    }

    fn lock(&self, is_locked: bool) {
        self.keyring.0.lock().unwrap().is_locked = is_locked;
    }

    fn questions(&self) -> u32 {
        self.keyring.0.lock().unwrap().questions
    }

    fn vault(&self) -> PathBuf {
        self.dir.path().join("held-default")
    }

    /// Starts a daemon.
    async fn start(&self) -> Approvals {
        let store = Store {
            journal: self.dir.path().join("approvals-default"),
            vault: self.vault(),
            disk: Arc::new(SystemDisk),
            keys: Some(Box::new(self.keyring.clone())),
        };
        let approvals = Approvals::open(ConfirmPolicy::Always, self.clock.clone(), store);
        approvals.unseal().await;
        approvals
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

async fn hold(approvals: &Approvals, text: &str) -> HeldMail {
    let holding = begin(approvals, text);
    approvals.keep(holding, soon()).await.unwrap().unwrap()
}

/// Submits a mail that begins to wait.
fn begin(approvals: &Approvals, text: &str) -> Holding {
    let mail = || prepared("b@x.org", text);
    let submitter = Submitter {
        instance: None,
        client: "client 1",
    };
    let ticket = approvals.ask(mail()).unwrap().ticket;
    let answer = ConsentAnswer::CannotAsk;
    match approvals.answer(&ticket, answer, mail(), false, submitter) {
        Ok(Answered::Held(holding)) => holding,
        other => panic!("{other:?}"),
    }
}

fn resolve<'a>(
    approvals: &'a Approvals,
    held: &HeldMail,
    verdict: Verdict,
) -> Result<Resolved<'a>, ApprovalError> {
    approvals.resolve(ResolveHeld {
        number: held.number,
        version: held.version.clone(),
        verdict,
    })
}

fn files(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[tokio::test]
async fn with_a_key_a_waiting_mail_survives_a_restart_and_is_decided_once() {
    let world = World::new();
    let first = world.start().await;
    assert_eq!(world.questions(), 0, "an idle start asks for no key");
    let (held, other) = (hold(&first, "text").await, hold(&first, "other").await);
    assert_eq!((held.state, world.questions()), (HeldState::Kept, 1));
    assert_eq!(first.count_in_memory(), 0);
    assert_eq!(files(&world.vault()).len(), 2);
    drop(first);

    let second = world.start().await;
    assert_eq!(second.list().waiting, [held.clone(), other.clone()]);
    assert_eq!(
        hold(&second, "text").await.number,
        held.number,
        "it waits once"
    );
    match resolve(&second, &held, Verdict::Send).unwrap() {
        Resolved::Approved(mail) => {
            assert_eq!(*mail.mail, prepared("b@x.org", "text"));
            mail.recorded(soon()).await.unwrap();
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(files(&world.vault()), [other.number.to_string()]);
    drop(second);

    let third = world.start().await;
    assert_eq!(third.list().waiting, std::slice::from_ref(&other));
    assert!(resolve(&third, &other, Verdict::Discard).is_ok());
    assert_eq!(files(&world.vault()), [""; 0]);
    let next = hold(&third, "next").await;
    assert!(next.number > other.number + 1, "numbers are not reused");
}

#[cfg(unix)]
#[tokio::test]
async fn sealed_mails_are_private_files_without_the_content() {
    use std::os::unix::fs::MetadataExt as _;
    let world = World::new();
    hold(&world.start().await, "CANARY").await;
    let path = world.vault().join("1");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!((mode(&world.vault()), mode(&path)), (0o700, 0o600));
    for path in [path, world.dir.path().join("approvals-default")] {
        let bytes = std::fs::read(path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("CANARY") && !text.contains("b@x.org"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_mail_that_was_being_sent_is_offered_with_a_warning_and_only_once() {
    let world = World::new();
    let first = world.start().await;
    let held = hold(&first, "text").await;
    let sending = resolve(&first, &held, Verdict::Send).unwrap();
    std::mem::forget(sending);

    let second = world.start().await;
    let unsure = second.list().waiting;
    assert_eq!(unsure.len(), 1);
    assert_eq!(unsure[0].state, HeldState::MaybeSent);
    // The person has not seen the warning.
    let old = resolve(&second, &held, Verdict::Send);
    assert_eq!(old.unwrap_err(), ApprovalError::OtherVersion(held.number));
    match resolve(&second, &unsure[0], Verdict::Send).unwrap() {
        // The bridge refused it this time, which says nothing about the first time.
        Resolved::Approved(mail) => mail.hold_again(),
        other => panic!("{other:?}"),
    }
    assert_eq!(second.list().waiting[0].state, HeldState::MaybeSent);
    let third = world.start().await;
    assert_eq!(third.list().waiting[0].state, HeldState::MaybeSent);
}

#[tokio::test]
async fn without_a_key_a_mail_is_reported_as_lost_until_it_is_submitted_again() {
    let world = World::new();
    world.lock(true);
    let first = world.start().await;
    let held = hold(&first, "text").await;
    assert_eq!(held.state, HeldState::InMemory);
    assert_eq!(first.count_in_memory(), 1);
    assert_eq!(files(&world.vault()), [""; 0], "nothing is stored");
    drop(first);

    for _ in 0..2 {
        let second = world.start().await;
        let list = second.list();
        assert_eq!((list.waiting, second.count_held()), (Vec::new(), 0));
        let gone = &list.gone[0];
        assert_eq!((gone.number, gone.state), (held.number, GoneState::Lost));
        assert_eq!(gone.since, held.since);
        let approved = resolve(&second, &held, Verdict::Send);
        assert_eq!(approved.unwrap_err(), ApprovalError::Lost(held.number));
    }
    let third = world.start().await;
    let again = hold(&third, "text").await;
    assert_eq!(again.replaces.map(|lost| lost.number), Some(held.number));
    assert_eq!(third.list().gone, []);
}

#[tokio::test]
async fn a_locked_keyring_delays_a_sealed_mail() {
    let world = World::new();
    let held = hold(&world.start().await, "text").await;
    world.lock(true);
    let second = world.start().await;
    assert_eq!(second.list().gone[0].state, GoneState::Locked);
    let approved = resolve(&second, &held, Verdict::Send);
    assert_eq!(approved.unwrap_err(), ApprovalError::Locked(held.number));
    // The same mail, submitted again, is the mail that waits.
    let third = world.start().await;
    assert_eq!(hold(&third, "text").await.number, held.number);
    assert_eq!(third.list().gone, []);
    drop(third);
    world.lock(false);
    second.unseal_soon(soon()).await;
    assert_eq!(second.list().waiting, [held]);
}

#[tokio::test]
async fn a_keyring_without_the_key_delays_a_sealed_mail_and_gets_no_second_key() {
    let world = World::new();
    let held = hold(&world.start().await, "text").await;
    let key = world.keyring.0.lock().unwrap().key.take();
    for _ in 0..2 {
        let second = world.start().await;
        assert_eq!(second.list().gone[0].state, GoneState::Locked);
        let other = hold(&second, "other").await;
        assert_eq!(other.state, HeldState::InMemory);
        assert!(resolve(&second, &other, Verdict::Discard).is_ok());
        // The same mail, submitted again, is the mail that waits.
        let again = hold(&second, "text").await;
        assert_eq!(again.number, held.number);
        let other = hold(&second, "another").await;
        assert_eq!(other.state, HeldState::InMemory);
        assert!(resolve(&second, &other, Verdict::Discard).is_ok());
        assert!(world.keyring.0.lock().unwrap().key.is_none());
        assert_eq!(files(&world.vault()), [held.number.to_string()]);
    }
    world.keyring.0.lock().unwrap().key = key;
    let third = world.start().await;
    assert_eq!(third.list().waiting, std::slice::from_ref(&held));
    drop(third);

    world.keyring.0.lock().unwrap().key = None;
    let fourth = world.start().await;
    world.clock.shift(60 * 60);
    world.clock.reboot();
    fourth.unseal().await;
    assert_eq!(fourth.list().gone[0].state, GoneState::Expired);
    assert_eq!(files(&world.vault()), [""; 0]);
    assert_eq!(hold(&fourth, "next").await.state, HeldState::Kept);
}

#[tokio::test]
async fn damaged_and_foreign_files_are_skipped() {
    let world = World::new();
    let first = world.start().await;
    let (damaged, whole) = (hold(&first, "text").await, hold(&first, "other").await);
    drop(first);
    let path = world.vault().join(damaged.number.to_string());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&path, bytes).unwrap();
    for name in ["notes", "99", "98.new"] {
        std::fs::write(world.vault().join(name), "text").unwrap();
    }
    let second = world.start().await;
    let list = second.list();
    assert_eq!(list.waiting, std::slice::from_ref(&whole));
    assert_eq!(list.gone[0].number, damaged.number);
    let mut left = files(&world.vault());
    left.sort();
    assert_eq!(left, [whole.number.to_string(), "notes".to_owned()]);
}

#[tokio::test]
async fn a_mail_whose_file_cannot_be_written_is_kept_in_memory_alone() {
    let world = World::new();
    let first = world.start().await;
    std::fs::write(world.vault(), "a file in the place of the directory").unwrap();
    assert_eq!(hold(&first, "text").await.state, HeldState::InMemory);
    let second = world.start().await;
    assert_eq!(second.list().gone[0].state, GoneState::Lost);
}

#[tokio::test]
async fn a_mail_that_cannot_be_recorded_does_not_wait() {
    let world = World::new();
    std::fs::create_dir(world.dir.path().join("approvals-default")).unwrap();
    let first = world.start().await;
    let holding = begin(&first, "text");
    assert!(first.keep(holding, soon()).await.is_err());
    assert_eq!(first.count_held(), 0);
    assert_eq!(files(&world.vault()), [""; 0]);
}

#[tokio::test]
async fn a_daemon_that_stops_takes_no_mail_into_memory_alone() {
    let world = World::new();
    for is_locked in [false, true] {
        world.lock(is_locked);
        let approvals = world.start().await;
        let holding = begin(&approvals, "text");
        approvals.stop.cancel();
        let kept = approvals.keep(holding, soon()).await;
        match is_locked {
            false => {
                let held = kept.unwrap().unwrap();
                assert_eq!(held.state, HeldState::Kept);
                assert!(resolve(&approvals, &held, Verdict::Discard).is_ok());
            }
            true => assert_eq!(kept.unwrap_err(), ApprovalError::Stopping.into()),
        }
        assert_eq!(approvals.list().waiting, []);
        drop(approvals);
        // The call is repeated at the successor, where no mail is missing.
        assert_eq!(world.start().await.list().gone, []);
    }
}

#[tokio::test]
async fn a_mail_in_memory_that_waits_or_is_being_sent_keeps_the_daemon() {
    let world = World::new();
    world.lock(true);
    let approvals = world.start().await;
    let holding = begin(&approvals, "text");
    assert!(!approvals.stop_without_loss(), "it begins to wait");
    let held = approvals.keep(holding, soon()).await.unwrap().unwrap();
    assert!(!approvals.stop_without_loss());
    let Ok(Resolved::Approved(mail)) = resolve(&approvals, &held, Verdict::Send) else {
        panic!("it waits");
    };
    assert!(!approvals.stop_without_loss(), "the bridge may refuse it");
    mail.hold_again();
    for most in [0, 1] {
        assert!(!approvals.stop.is_cancelled());
        let stopped = approvals.stop_losing(Some(most));
        assert_eq!(stopped.err(), (most == 0).then_some(1));
    }
    assert!(resolve(&approvals, &held, Verdict::Discard).is_ok());
    assert!(approvals.stop_without_loss());
    assert!(approvals.stop.is_cancelled());
}
