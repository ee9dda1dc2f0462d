//! Watchers are notified of every new mail in time, at the cost of one poll per interval.

use super::*;
use crate::{
    config::ActivePolicy,
    mail::{
        fake::{Mailbox, OLDEST, instance, mail_id, service},
        service::MailOptions,
    },
};
use std::{sync::Arc, time::Duration};
use tai_auth::bridge::BridgeError;

const INTERVAL: Duration = Duration::from_secs(5);

struct World {
    mailbox: Arc<Mailbox>,
    mail: Arc<MailService<Mailbox>>,
}

impl World {
    fn new() -> Self {
        Self::with(ActivePolicy::default())
    }

    fn with(policy: ActivePolicy) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let options = MailOptions {
            poll_interval: INTERVAL,
            policy: Arc::new(policy),
            ..MailOptions::default()
        };
        let mail = Arc::new(service(&mailbox, options));
        Self { mailbox, mail }
    }

    fn deliver(&self, id: u64, to: &str, second: u64) {
        self.mailbox.deliver_at(id, to, second);
    }

    async fn begin(&self) -> u64 {
        self.watch(None).await.mark
    }

    /// Watches for mail to the instance `desk` for a minute.
    async fn watch(&self, since: Option<u64>) -> MailboxUpdate {
        let deadline = Instant::now() + Duration::from_secs(60);
        self.mail
            .watch(Some(&instance("desk")), since, deadline)
            .await
            .unwrap()
    }

    fn lists(&self) -> u32 {
        *self.mailbox.lists.lock().unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn new_mail_is_reported_to_its_address_within_the_interval() {
    let world = World::new();
    world.deliver(1, "desk.alice@tai.chat", 0);
    let mark = world.begin().await;
    let began = Instant::now();
    let (news, ()) = tokio::join!(world.watch(Some(mark)), async {
        tokio::time::sleep(Duration::from_secs(12)).await;
        world.deliver(2, "lab.alice@tai.chat", 12);
        world.deliver(3, "Desk.Alice@tai.chat", 12);
    });
    assert!(news.arrived && news.mark > mark);
    assert!(began.elapsed() <= Duration::from_secs(12) + INTERVAL + Duration::from_secs(1));
    let none = world.watch(Some(news.mark)).await;
    assert!(!none.arrived, "it is said once");
    assert_eq!(none.mark, news.mark);
}

#[tokio::test(start_paused = true)]
async fn mail_of_a_hidden_sender_is_not_reported() {
    let hidden = "[instances.desk]\nallow_from = [\"*@example.org\"]\n";
    let world = World::with(ActivePolicy::parsed(hidden));
    let mark = world.begin().await;
    world.deliver(1, "desk.alice@tai.chat", 0);
    assert!(!world.watch(Some(mark)).await.arrived);
    let shown = "[instances.desk]\nallow_from = [\"*@example.com\"]\n";
    let world = World::with(ActivePolicy::parsed(shown));
    let mark = world.begin().await;
    world.deliver(1, "desk.alice@tai.chat", 0);
    assert!(world.watch(Some(mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn mail_to_another_address_is_not_reported() {
    let world = World::new();
    let mark = world.begin().await;
    world.deliver(1, "desk.alice@tai.chat", 0);
    let news = world.watch(Some(mark)).await;
    assert!(news.arrived);
    world.deliver(2, "lab.alice@tai.chat", 1);
    assert!(!world.watch(Some(news.mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn a_mail_of_the_same_second_is_reported_although_the_bridge_lists_it_last() {
    let world = World::new();
    for id in 1..=30 {
        world.deliver(id, "desk.alice@tai.chat", 7);
    }
    let mark = world.begin().await;
    world.deliver(31, "desk.alice@tai.chat", 7);
    assert!(world.watch(Some(mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn deletion_and_reading_are_not_reported() {
    let world = World::new();
    for id in 1..=3 {
        world.deliver(id, "desk.alice@tai.chat", id);
    }
    let mark = world.begin().await;
    let mails = &world.mailbox.mails;
    mails.lock().unwrap().retain(|mail| mail.id != 3);
    for mail in world.mailbox.mails.lock().unwrap().iter_mut() {
        mail.read = true;
    }
    assert!(!world.watch(Some(mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_does_not_prove_an_empty_mailbox() {
    let world = World::new();
    world.deliver(1, "desk.alice@tai.chat", 0);
    let mark = world.begin().await;
    let kept = std::mem::take(&mut *world.mailbox.mails.lock().unwrap());
    assert!(!world.watch(Some(mark)).await.arrived);
    *world.mailbox.mails.lock().unwrap() = kept;
    assert!(!world.watch(Some(mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn twenty_watchers_cost_one_poll_per_interval_and_no_watcher_costs_none() {
    let world = World::new();
    let mark = world.begin().await;
    let before = world.lists();
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let mail = world.mail.clone();
            let deadline = Instant::now() + Duration::from_secs(50);
            tokio::spawn(async move {
                mail.watch(Some(&instance("desk")), Some(mark), deadline)
                    .await
            })
        })
        .collect();
    for one in waiting {
        assert!(!one.await.unwrap().unwrap().arrived);
    }
    let looks = world.lists() - before;
    assert!((9..=10).contains(&looks), "{looks} in ten intervals");
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(world.lists() - before, looks);
}

#[tokio::test(start_paused = true)]
async fn a_watcher_that_leaves_does_not_stop_the_poll_of_the_others() {
    let world = World::new();
    let mark = world.begin().await;
    let looker = tokio::spawn({
        let mail = world.mail.clone();
        let deadline = Instant::now() + Duration::from_secs(50);
        async move {
            mail.watch(Some(&instance("desk")), Some(mark), deadline)
                .await
        }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (news, ()) = tokio::join!(world.watch(Some(mark)), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        looker.abort();
        world.deliver(1, "desk.alice@tai.chat", 2);
    });
    assert!(news.arrived);
}

#[tokio::test(start_paused = true)]
async fn failures_make_polls_rarer_and_lose_no_mail() {
    let world = World::new();
    let mark = world.begin().await;
    let fail = |error| *world.mailbox.list_fails.lock().unwrap() = error;
    fail(Some(BridgeError::Refused {
        status: 403,
        code: String::new(),
        message: String::new(),
    }));
    let before = world.lists();
    for _ in 0..10 {
        assert!(!world.watch(Some(mark)).await.arrived);
    }
    let looks = world.lists() - before;
    assert!((12..=22).contains(&looks), "{looks} in ten minutes");
    world.deliver(1, "desk.alice@tai.chat", 0);
    fail(None);
    assert!(world.watch(Some(mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn an_idle_mailbox_is_polled_once_a_minute_until_a_client_is_active() {
    let world = World::new();
    let mark = world.begin().await;
    for _ in 0..25 {
        world.watch(Some(mark)).await;
    }
    let before = world.lists();
    for _ in 0..10 {
        world.watch(Some(mark)).await;
    }
    assert!((9..=11).contains(&(world.lists() - before)));
    tokio::time::sleep(Duration::from_secs(20)).await;
    world.deliver(1, "desk.alice@tai.chat", 0);
    world.mail.touch();
    let began = Instant::now();
    assert!(world.watch(Some(mark)).await.arrived);
    assert!(began.elapsed() <= INTERVAL, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_mark_of_another_daemon_is_answered_at_once() {
    let world = World::new();
    let mark = world.begin().await;
    assert!(world.watch(Some(mark - 1)).await.arrived);
    assert!(world.watch(Some(0)).await.arrived);
    assert!(
        world.watch(Some(mark + 1)).await.arrived,
        "a clock set back"
    );
}

#[tokio::test(start_paused = true)]
async fn an_unexplained_change_of_the_mailbox_is_reported_to_every_address() {
    let world = World::new();
    world.deliver(10, "lab.alice@tai.chat", 10);
    let mark = world.begin().await;
    // The count grows, and no id is new.
    world.deliver(5, "lab.alice@tai.chat", 5);
    let news = world.watch(Some(mark)).await;
    assert!(news.arrived && news.mark > mark);
    assert!(
        !world.watch(Some(news.mark)).await.arrived,
        "it is told once"
    );
}

#[tokio::test(start_paused = true)]
async fn more_new_mails_than_one_poll_examines_are_reported_to_every_address() {
    let world = World::new();
    world.deliver(1, "lab.alice@tai.chat", 1);
    let mark = world.begin().await;
    for id in 2..600 {
        world.deliver(id, "lab.alice@tai.chat", 2);
    }
    assert!(world.watch(Some(mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn the_polling_task_runs_only_while_a_client_watches() {
    let world = World::new();
    assert!(!world.mail.arrivals.is_polling());
    let mark = world.begin().await;
    let watchers: Vec<_> = (1..=3)
        .map(|seconds| {
            let mail = world.mail.clone();
            let deadline = Instant::now() + Duration::from_secs(seconds);
            tokio::spawn(async move {
                mail.watch(Some(&instance("desk")), Some(mark), deadline)
                    .await
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(world.mail.arrivals.is_polling(), "one watcher is left");
    for watcher in watchers {
        watcher.await.unwrap().unwrap();
    }
    tokio::task::yield_now().await;
    assert!(!world.mail.arrivals.is_polling());
    world.deliver(1, "desk.alice@tai.chat", 0);
    assert!(world.watch(Some(mark)).await.arrived, "it starts again");
}

#[tokio::test(start_paused = true)]
async fn a_returned_mail_is_reported_to_the_watchers_of_its_address() {
    for disconnects in [true, false] {
        let world = World::new();
        let mail = &world.mail;
        mail.add_client(1);
        world.deliver(7, "desk.alice@tai.chat", 0);
        let deadline = Instant::now() + Duration::from_secs(20);
        let desk = instance("desk");
        let fetched = mail.fetch(Some(&desk), 1, OLDEST, &|_, _| {}, deadline);
        assert!(fetched.await.unwrap().mail.is_some());
        let mark = world.begin().await;
        let began = Instant::now();
        let (update, ()) = tokio::join!(world.watch(Some(mark)), async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            match disconnects {
                true => mail.remove_client(1),
                false => mail.give_back(1, mail_id(7)),
            }
        });
        assert!(update.arrived);
        assert_eq!(began.elapsed(), Duration::from_secs(1), "at once");
    }
}
