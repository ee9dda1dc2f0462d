//! Each mail goes to one client of one machine, and none is lost with a machine or with the store.

use super::super::fake_store::{Behaviour, FakeStore, TTL};
use crate::mail::{
    fake::{Mailbox, OLDEST, instance, mail_id, service},
    service::{MailOptions, MailService},
    state_files::StateFiles,
};
use std::{sync::Arc, time::Duration};
use tai_proto::{
    call::{Fetch, WaitFor, Which},
    mail::{Filter, Window},
};
use tokio::time::{Instant, sleep};

#[path = "outage_tests.rs"]
mod outages;
#[path = "restart_tests.rs"]
mod restarts;

const DESK: &str = "desk.alice@tai.chat";
/// The client of each machine.
const CLIENT: u64 = 1;

struct World {
    mailbox: Arc<Mailbox>,
    store: FakeStore,
}

type Machine = Arc<MailService<Mailbox>>;

impl World {
    fn new() -> Self {
        Self {
            mailbox: Arc::default(),
            store: FakeStore::default(),
        }
    }

    fn machine(&self, owner: u32) -> Machine {
        self.machine_at(owner, None)
    }

    /// Returns a machine with these files.
    fn machine_at(&self, owner: u32, files: Option<StateFiles>) -> Machine {
        let options = MailOptions {
            shared: Some(self.store.machine(owner)),
            files,
            ..MailOptions::default()
        };
        let mail = service(&self.mailbox, options);
        mail.add_client(CLIENT);
        Arc::new(mail)
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

async fn try_fetch(machine: &Machine, fetch: Fetch) -> Result<Option<u64>, String> {
    let desk = instance("desk");
    let fetched = machine
        .fetch(Some(&desk), CLIENT, fetch, &|_, _| {}, soon())
        .await;
    let fetched = fetched.map_err(|error| tai_auth::chain(&error))?;
    Ok(fetched.mail.map(|mail| mail.envelope.id.get()))
}

async fn fetch(machine: &Machine) -> Option<u64> {
    try_fetch(machine, OLDEST).await.unwrap()
}

async fn by_id(machine: &Machine, id: u64) -> Result<Option<u64>, String> {
    let which = Which::Named(mail_id(id));
    try_fetch(machine, Fetch { which, ..OLDEST }).await
}

async fn settle(machine: &Machine, id: u64) -> Result<bool, String> {
    let settled = machine.settle(CLIENT, mail_id(id), soon()).await;
    settled.map_err(|error| tai_auth::chain(&error))
}

/// Marks mail 1, and ends the connection of its client before the client has written it.
async fn mark_and_leave(machine: &Machine) {
    assert_eq!(fetch(machine).await, Some(1));
    assert_eq!(settle(machine, 1).await, Ok(true));
    machine.remove_client(CLIENT);
    machine.report_leases(soon()).await;
}

async fn deliver(machine: &Machine, id: u64) {
    machine.deliver(Some(&instance("desk")), CLIENT, mail_id(id));
    machine.report_leases(soon()).await;
}

/// Reads the next mail as a client does.
async fn read(machine: &Machine) -> Option<u64> {
    let id = fetch(machine).await?;
    assert!(settle(machine, id).await.unwrap());
    deliver(machine, id).await;
    Some(id)
}

#[tokio::test(start_paused = true)]
async fn two_machines_read_each_mail_once() {
    let world = World::new();
    for id in 1..=40 {
        world.mailbox.deliver(id, DESK);
    }
    let machines = [world.machine(1), world.machine(2)];
    let readers = machines.map(|machine| {
        tokio::spawn(async move {
            let mut ids = Vec::new();
            while let Some(id) = read(&machine).await {
                ids.push(id);
            }
            ids
        })
    });
    let mut all = Vec::new();
    for reader in readers {
        let ids = reader.await.unwrap();
        assert!(ids.len() > 5, "{ids:?}");
        all.extend(ids);
    }
    all.sort_unstable();
    assert_eq!(all, (1..=40).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_another_machine_holds_is_skipped_and_comes_when_it_is_given_back() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    world.mailbox.deliver(2, DESK);
    let (a, b) = (world.machine(1), world.machine(2));
    assert_eq!(fetch(&a).await, Some(1));
    assert_eq!(fetch(&b).await, Some(2));
    assert_eq!(fetch(&b).await, None);
    assert_eq!(world.store.shown(), "1 lent 1, 2 lent 2");
    let refused = by_id(&b, 1).await.unwrap_err();
    assert_eq!(refused, "a client of another machine holds mail 1");
    a.give_back(CLIENT, mail_id(1));
    a.report_leases(soon()).await;
    assert_eq!(world.store.shown(), "1 lent none, 2 lent 2");
    assert_eq!(fetch(&b).await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_marked_mail_that_comes_back_goes_to_another_machine_although_no_list_shows_it() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    let (a, b) = (world.machine(1), world.machine(2));
    mark_and_leave(&a).await;
    assert_eq!(world.store.shown(), "1 marked none");
    assert_eq!(read(&b).await, Some(1));
    a.add_client(CLIENT);
    assert_eq!(fetch(&a).await, None);
    assert_eq!(world.store.shown(), "1 delivered none");
}

#[tokio::test(start_paused = true)]
async fn the_mails_of_a_dead_machine_go_to_another_one_after_the_time_of_a_lease() {
    for marks in [false, true] {
        let world = World::new();
        world.mailbox.deliver(1, DESK);
        world.mailbox.deliver(2, DESK);
        let (a, b) = (world.machine(1), world.machine(2));
        assert_eq!(read(&a).await, Some(1));
        assert_eq!(fetch(&a).await, Some(2));
        if marks {
            assert_eq!(settle(&a, 2).await, Ok(true));
        }
        drop(a);
        assert_eq!(fetch(&b).await, None, "too soon");
        sleep(TTL / 2).await;
        assert_eq!(fetch(&b).await, None, "too soon");
        sleep(TTL).await;
        assert_eq!(read(&b).await, Some(2));
        assert_eq!(fetch(&b).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_keeps_a_mail_for_long_keeps_its_lease() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    let (a, b) = (world.machine(1), world.machine(2));
    assert_eq!(fetch(&a).await, Some(1));
    assert_eq!(fetch(&b).await, None);
    sleep(TTL * 10).await;
    assert_eq!(fetch(&b).await, None);
    assert_eq!(settle(&a, 1).await, Ok(true));
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_lost_its_lease_does_not_write_the_mail() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    let (a, b) = (world.machine(1), world.machine(2));
    assert_eq!(fetch(&a).await, Some(1));
    assert_eq!(fetch(&b).await, None);
    // The first machine is suspended: its task does not renew.
    let suspended = a.sharing.suspend().await;
    sleep(TTL * 2).await;
    assert_eq!(fetch(&b).await, Some(1));
    drop(suspended);
    let lost = settle(&a, 1).await.unwrap_err();
    assert_eq!(lost, "a client of another machine holds mail 1");
    assert_eq!(settle(&b, 1).await, Ok(true));
}

#[tokio::test(start_paused = true)]
async fn without_the_store_no_mail_is_read_and_the_call_says_so_soon() {
    for behaviour in [Behaviour::Fails, Behaviour::Hangs] {
        let world = World::new();
        world.mailbox.deliver(1, DESK);
        world.mailbox.deliver(2, DESK);
        let a = world.machine(1);
        assert_eq!(fetch(&a).await, Some(1));
        world.store.behave(behaviour);
        let begin = Instant::now();
        let why = match behaviour {
            Behaviour::Hangs => "it did not answer within 3 s",
            Behaviour::Answers | Behaviour::Fails => "connection refused",
        };
        let failure = Err(format!("the store of the shared leases failed: {why}"));
        assert_eq!(try_fetch(&a, OLDEST).await, failure);
        assert_eq!(by_id(&a, 2).await, failure);
        assert_eq!(settle(&a, 1).await.map(|_| None), failure);
        assert!(begin.elapsed() < Duration::from_secs(30), "{behaviour:?}");
        let desk = instance("desk");
        let peek = tai_proto::call::Peek {
            id: mail_id(2),
            window: Window::WHOLE,
        };
        assert!(a.peek(Some(&desk), peek, soon()).await.is_ok());
        let mails = world.mailbox.mails.lock().unwrap().clone();
        assert!(mails.iter().all(|mail| !mail.read), "none is marked");
        world.store.behave(Behaviour::Answers);
        assert_eq!(settle(&a, 1).await, Ok(true));
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_store_each_client_of_an_address_hears_so_soon() {
    for behaviour in [Behaviour::Fails, Behaviour::Hangs] {
        let world = World::new();
        let a = world.machine(1);
        assert_eq!(fetch(&a).await, None);
        world.store.behave(behaviour);
        let begin = Instant::now();
        let calls = (0..12).map(|_| async {
            let found = try_fetch(&a, OLDEST).await;
            (found.unwrap_err(), begin.elapsed())
        });
        for (error, after) in futures_util::future::join_all(calls).await {
            assert!(
                error.starts_with("the store of the shared leases failed: "),
                "{error}"
            );
            assert!(after <= Duration::from_secs(8), "{behaviour:?}: {after:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_the_store_did_not_get_is_reported_when_it_answers_before_leases_expire() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    let (a, b) = (world.machine(1), world.machine(2));
    assert_eq!(fetch(&a).await, Some(1));
    assert_eq!(fetch(&b).await, None);
    assert_eq!(settle(&a, 1).await, Ok(true));
    world.store.behave(Behaviour::Fails);
    deliver(&a, 1).await;
    sleep(TTL * 2).await;
    world.store.behave(Behaviour::Answers);
    assert_eq!(fetch(&b).await, None, "the store was away for both");
    sleep(TTL / 4).await;
    assert_eq!(world.store.shown(), "1 delivered none");
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_another_machine_wrote_and_could_not_mark_is_marked() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    let (a, b) = (world.machine(1), world.machine(2));
    assert_eq!(fetch(&a).await, Some(1));
    *world.mailbox.is_read_only.lock().unwrap() = true;
    assert_eq!(settle(&a, 1).await, Ok(false));
    deliver(&a, 1).await;
    drop(a);
    assert_eq!(world.store.shown(), "1 unconfirmed none");
    *world.mailbox.is_read_only.lock().unwrap() = false;
    assert_eq!(fetch(&b).await, None);
    assert_eq!(fetch(&b).await, None);
    assert!(world.mailbox.mails.lock().unwrap()[0].read);
    b.report_leases(soon()).await;
    assert_eq!(world.store.shown(), "1 delivered none");
}

#[tokio::test(start_paused = true)]
async fn a_wait_gets_the_mail_of_a_dead_machine() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    let (a, b) = (world.machine(1), world.machine(2));
    assert_eq!(fetch(&a).await, Some(1));
    drop(a);
    let wait = WaitFor {
        filter: Filter::default(),
        limit_ms: 100_000,
        window: Window::WHOLE,
    };
    let begin = Instant::now();
    let deadline = begin + Duration::from_secs(110);
    let desk = instance("desk");
    let fetched = b
        .wait_for(Some(&desk), CLIENT, wait, &|_, _| {}, deadline)
        .await;
    assert_eq!(fetched.unwrap().mail.unwrap().envelope.id.get(), 1);
    assert!(begin.elapsed() < TTL + Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_was_read_by_its_id_goes_to_no_other_machine() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    *world.mailbox.is_read_only.lock().unwrap() = true;
    let (a, b) = (world.machine(1), world.machine(2));
    assert_eq!(by_id(&a, 1).await, Ok(Some(1)));
    assert_eq!(settle(&a, 1).await, Ok(false));
    deliver(&a, 1).await;
    assert_eq!(world.store.shown(), "1 unconfirmed none");
    assert_eq!(fetch(&b).await, None);
    assert_eq!(
        by_id(&b, 1).await,
        Ok(Some(1)),
        "a client that names it gets it"
    );
    // A machine that has not looked does not hold what another one's client has written.
    assert!(!is_leased_by_id(&world.machine(3), 1).await);
}

async fn is_leased_by_id(machine: &Machine, id: u64) -> bool {
    let (desk, which) = (instance("desk"), Which::Named(mail_id(id)));
    let fetch = Fetch { which, ..OLDEST };
    let fetched = machine.fetch(Some(&desk), CLIENT, fetch, &|_, _| {}, soon());
    fetched.await.unwrap().is_leased
}

#[tokio::test(start_paused = true)]
async fn a_marked_mail_whose_client_has_gone_is_leased_to_the_client_that_names_it() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    let (a, b) = (world.machine(1), world.machine(2));
    mark_and_leave(&a).await;
    assert!(is_leased_by_id(&b, 1).await, "no client has it");
    assert_eq!(settle(&b, 1).await, Ok(true));
    deliver(&b, 1).await;
    assert!(!is_leased_by_id(&b, 1).await);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_one_read_by_id_does_not_give_back_the_mail_of_another_one() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    let machine = world.machine(1);
    let desk = instance("desk");
    let _ = machine.address(Some(&desk), soon()).await.unwrap();
    let mail = machine.message(mail_id(1), soon()).await.unwrap().unwrap();
    let admit = || machine.admit(&mail.head, mail_id(1), soon());
    let (one, other) = (admit().await.unwrap(), admit().await.unwrap());
    drop(one);
    machine.report_leases(soon()).await;
    assert_eq!(world.store.shown(), "1 lent 1");
    assert_eq!(by_id(&machine, 1).await, Ok(Some(1)));
    drop(other);
    assert_eq!(settle(&machine, 1).await, Ok(true));
    assert_eq!(world.store.shown(), "1 marked 1");
    // The last one gives the mail back.
    world.mailbox.deliver(2, DESK);
    let mail = machine.message(mail_id(2), soon()).await.unwrap().unwrap();
    drop(machine.admit(&mail.head, mail_id(2), soon()).await.unwrap());
    machine.report_leases(soon()).await;
    assert_eq!(world.store.shown(), "1 marked 1, 2 lent none");
}
