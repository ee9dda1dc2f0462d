//! A wait returns the mail that it waits for, leaves the others alone, and costs few requests.

use super::*;
use crate::mail::{
    fake::{Mailbox, OLDEST, instance, mail_id, service},
    listing::past_waits::RELY,
    service::MailOptions,
};
use std::sync::Arc;
use tai_auth::bridge::BridgeError;
use tai_proto::mail::{Filter, Window};
use tokio::{task::JoinHandle, time::sleep};

const DESK: &str = "desk.alice@tai.chat";
const LIMIT: Duration = Duration::from_secs(45);

struct World {
    mailbox: Arc<Mailbox>,
    mail: Arc<MailService<Mailbox>>,
}

impl World {
    fn new() -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let mail = service(&mailbox, MailOptions::default());
        mail.add_client(1);
        mail.add_client(2);
        let mail = Arc::new(mail);
        Self { mailbox, mail }
    }

    /// Begins a wait of a client for mail with a subject, or for any mail.
    fn wait(&self, client: ClientKey, subject: Option<&str>) -> JoinHandle<Option<u64>> {
        let mail = self.mail.clone();
        let filter = Filter {
            from: subject.map(|_| "Someone@EXAMPLE".into()),
            subject: subject.map(Into::into),
        };
        tokio::spawn(async move {
            let limit_ms = 45_000;
            let window = Window::WHOLE;
            let wait = WaitFor {
                filter,
                limit_ms,
                window,
            };
            let deadline = Instant::now() + Duration::from_secs(55);
            let desk = instance("desk");
            let fetched = mail.wait_for(Some(&desk), client, wait, &|_, _| {}, deadline);
            let mail = fetched.await.unwrap().mail;
            mail.map(|mail| mail.envelope.id.get())
        })
    }

    /// Waits for any mail for some seconds.
    async fn wait_for(&self, seconds: u32) -> Result<Option<u64>, MailError> {
        let wait = WaitFor {
            filter: Filter::default(),
            limit_ms: seconds * 1000,
            window: Window::WHOLE,
        };
        let deadline = Instant::now() + Duration::from_secs(55);
        let desk = instance("desk");
        let fetched = self
            .mail
            .wait_for(Some(&desk), 1, wait, &|_, _| {}, deadline);
        Ok(fetched.await?.mail.map(|mail| mail.envelope.id.get()))
    }

    async fn fetch(&self, client: ClientKey) -> Option<u64> {
        let desk = instance("desk");
        let deadline = Instant::now() + Duration::from_secs(20);
        let fetched = self
            .mail
            .fetch(Some(&desk), client, OLDEST, &|_, _| {}, deadline);
        let mail = fetched.await.unwrap().mail;
        mail.map(|mail| mail.envelope.id.get())
    }

    fn lists(&self) -> u32 {
        *self.mailbox.lists.lock().unwrap()
    }
}

async fn after(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_is_there_is_returned_at_once_and_another_one_stays_free() {
    let world = World::new();
    for id in 1..=9 {
        world.mailbox.deliver(id, DESK);
    }
    let began = Instant::now();
    let found = world.wait(1, Some("7 MAIL")).await.unwrap();
    assert_eq!(found, Some(7));
    assert!(began.elapsed() < Duration::from_secs(1));
    for free in (1..=9).filter(|id| *id != 7) {
        assert_eq!(world.fetch(2).await, Some(free));
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_arrives_is_returned_after_the_next_poll() {
    for subject in [None, Some("mail 2")] {
        let world = World::new();
        let waiting = world.wait(1, subject);
        after(12).await;
        let began = Instant::now();
        world.mailbox.deliver(2, DESK);
        assert_eq!(waiting.await.unwrap(), Some(2));
        assert!(began.elapsed() < Duration::from_secs(6));
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_without_a_mail_ends_at_its_time_limit() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    let began = Instant::now();
    assert_eq!(world.wait(1, Some("invoice")).await.unwrap(), None);
    let took = began.elapsed();
    assert!(took >= LIMIT && took < LIMIT + Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_wait_during_an_outage_ends_with_its_reason_and_one_after_it_does_not() {
    let world = World::new();
    let fail = |error| *world.mailbox.list_fails.lock().unwrap() = error;
    assert_eq!(world.wait_for(14).await, Ok(None));
    let down = BridgeError::Unreachable {
        detail: "connection refused".into(),
    };
    fail(Some(down.clone()));
    assert!(world.wait_for(14).await.is_err());
    fail(None);
    for seconds in [1, 1, 14] {
        assert_eq!(world.wait_for(seconds).await, Ok(None), "{seconds} s");
    }
    // The first wait of all.
    let world = World::new();
    *world.mailbox.list_fails.lock().unwrap() = Some(down);
    assert!(world.wait_for(14).await.is_err());
    *world.mailbox.list_fails.lock().unwrap() = None;
    assert_eq!(world.wait_for(1).await, Ok(None));
    world.mailbox.deliver(1, DESK);
    assert_eq!(world.wait_for(14).await, Ok(Some(1)));
}

#[tokio::test(start_paused = true)]
async fn two_clients_that_wait_get_different_mails() {
    for subject in [None, Some("mail")] {
        let world = World::new();
        let (one, two) = (world.wait(1, subject), world.wait(2, subject));
        after(2).await;
        world.mailbox.deliver(1, DESK);
        after(8).await;
        world.mailbox.deliver(2, DESK);
        let mut ids = [one.await.unwrap(), two.await.unwrap()];
        ids.sort();
        assert_eq!(ids, [Some(1), Some(2)]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_a_client_gives_back_goes_to_one_that_waits() {
    for (is_settled, subject) in [
        (false, None),
        (false, Some("mail 1")),
        (true, None),
        (true, Some("mail 1")),
    ] {
        let world = World::new();
        world.mailbox.deliver(1, DESK);
        assert_eq!(world.fetch(1).await, Some(1));
        if is_settled {
            let deadline = Instant::now() + LIMIT;
            world.mail.settle(1, mail_id(1), deadline).await.unwrap();
        }
        let waiting = world.wait(2, subject);
        after(7).await;
        assert!(!waiting.is_finished());
        world.mail.remove_client(1);
        assert_eq!(waiting.await.unwrap(), Some(1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_marked_mail_that_does_not_meet_the_conditions_stays_free() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    assert_eq!(world.fetch(1).await, Some(1));
    let deadline = Instant::now() + LIMIT;
    world.mail.settle(1, mail_id(1), deadline).await.unwrap();
    world.mail.remove_client(1);
    let waiting = world.wait(2, Some("invoice"));
    after(7).await;
    assert_eq!(world.fetch(2).await, Some(1));
    assert_eq!(waiting.await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_cancelled_at_any_time_leaves_its_mail_to_the_next_one() {
    for milliseconds in 0..60 {
        let world = World::new();
        world.mailbox.deliver(1, DESK);
        let first = world.wait(1, None);
        sleep(Duration::from_millis(milliseconds)).await;
        if first.is_finished() {
            continue;
        }
        let second = world.wait(2, None);
        sleep(Duration::from_millis(milliseconds / 2)).await;
        if first.is_finished() {
            continue;
        }
        first.abort();
        let began = Instant::now();
        assert_eq!(second.await.unwrap(), Some(1), "{milliseconds} ms");
        assert!(began.elapsed() < Duration::from_secs(1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_costs_one_look_and_one_request_for_each_matching_arrival() {
    let world = World::new();
    for id in 1..=100 {
        world.mailbox.deliver(id, DESK);
    }
    let waiting = world.wait(1, Some("invoice"));
    after(3).await;
    let looked = world.lists();
    assert!(looked <= 5, "{looked}");
    // The polls: one request each, and one more for each arrival.
    for id in 101..=106 {
        world.mailbox.deliver_at(id, DESK, id);
        after(6).await;
    }
    let polls = world.lists() - looked;
    assert!(polls <= 8 + 6, "{polls}");
    assert_eq!(waiting.await.unwrap(), None);
    // A further wait relies on the look of this one.
    let before = world.lists();
    let waiting = world.wait(1, Some("invoice"));
    after(4).await;
    assert!(world.lists() - before <= 1);
    world.mailbox.deliver_at(107, DESK, 107);
    let mails = &world.mailbox.mails;
    for mail in mails.lock().unwrap().iter_mut() {
        if mail.id == 107 {
            mail.subject = "Your invoice".into();
        }
    }
    assert_eq!(waiting.await.unwrap(), Some(107));
    assert!(world.lists() - before <= 5, "{}", world.lists() - before);
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_became_unread_again_is_found_after_ten_minutes() {
    let world = World::new();
    world.mailbox.deliver(1, DESK);
    world.mailbox.mails.lock().unwrap()[0].read = true;
    assert_eq!(world.wait(1, None).await.unwrap(), None);
    world.mailbox.mails.lock().unwrap()[0].read = false;
    after(RELY.as_secs()).await;
    assert_eq!(world.wait(1, None).await.unwrap(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_the_bridge_has_repaired_is_reported_no_longer() {
    let world = World::new();
    world.mailbox.deliver(0, DESK);
    let wait = async || {
        let wait = WaitFor {
            filter: Filter::default(),
            limit_ms: 1000,
            window: Window::WHOLE,
        };
        let deadline = Instant::now() + LIMIT;
        let desk = instance("desk");
        let mail = &world.mail;
        let fetched = mail.wait_for(Some(&desk), 1, wait, &|_, _| {}, deadline);
        fetched.await.unwrap().left_out.without_id
    };
    assert_eq!(wait().await, 1);
    world.mailbox.mails.lock().unwrap().clear();
    assert_eq!(wait().await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_condition_without_letters_is_refused() {
    let world = World::new();
    let wait = WaitFor {
        filter: Filter {
            from: None,
            subject: Some(" ** ".into()),
        },
        limit_ms: 1000,
        window: Window::WHOLE,
    };
    let deadline = Instant::now() + LIMIT;
    let refused = world.mail.wait_for(None, 1, wait, &|_, _| {}, deadline);
    let error = refused.await.unwrap_err();
    assert!(matches!(
        error,
        MailError::BadField {
            field: "subject",
            ..
        }
    ));
}
