//! Every unread mail is fetched once.

use super::*;
use crate::mail::{
    fake::{Mailbox, OLDEST, head, instance, mail_id, service},
    service::MailOptions,
};
use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};
use tai_auth::bridge::BridgeError;
use tai_proto::{mail::Window, names::MailId};

const DESK: &str = "desk.alice@tai.chat";

fn world() -> (Arc<Mailbox>, Arc<MailService<Mailbox>>) {
    let mailbox = Arc::new(Mailbox::default());
    let mail = service(&mailbox, MailOptions::default());
    mail.add_client(1);
    mail.add_client(2);
    (mailbox, Arc::new(mail))
}

/// Returns a world with unread mails of the ids from 1.
fn world_with(mails: u64) -> (Arc<Mailbox>, Arc<MailService<Mailbox>>) {
    let (mailbox, mail) = world();
    for id in 1..=mails {
        mailbox.deliver(id, DESK);
    }
    (mailbox, mail)
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

async fn fetch_of(
    mail: &MailService<Mailbox>,
    name: &str,
    client: ClientKey,
    id: Option<MailId>,
) -> Option<u64> {
    let name = instance(name);
    let fetched = mail.fetch(
        Some(&name),
        client,
        Fetch {
            which: id.map_or(Which::OLDEST, Which::Named),
            window: Window::WHOLE,
        },
        &|_, _| {},
        soon(),
    );
    fetched
        .await
        .unwrap()
        .mail
        .map(|mail| mail.envelope.id.get())
}

async fn fetch(mail: &MailService<Mailbox>, client: ClientKey) -> Option<u64> {
    fetch_of(mail, "desk", client, None).await
}

/// Client 1 fetches the mail and is about to write it, but ends.
async fn returned(mail: &MailService<Mailbox>) -> u64 {
    let id = fetch(mail, 1).await.unwrap();
    assert!(mail.settle(1, mail_id(id), soon()).await.unwrap());
    mail.remove_client(1);
    id
}

#[tokio::test(start_paused = true)]
async fn mails_are_fetched_oldest_first_and_each_by_one_client() {
    let (mailbox, mail) = world();
    for id in [3, 1, 2] {
        mailbox.deliver(id, DESK);
    }
    mailbox.deliver(4, "lab.alice@tai.chat");
    let (one, two) = tokio::join!(fetch(&mail, 1), fetch(&mail, 2));
    let mut ids = [one, two, fetch(&mail, 1).await];
    ids.sort();
    assert_eq!(ids, [Some(1), Some(2), Some(3)]);
    assert_eq!(fetch(&mail, 2).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_cancelled_at_any_await_gives_its_mail_back() {
    for marked in [false, true] {
        for polls in 0.. {
            let (mailbox, mail) = world();
            mailbox.deliver(7, DESK);
            if marked {
                returned(&mail).await;
                mail.add_client(1);
            }
            let done = {
                let mut fetch = pin!(fetch(&mail, 1));
                let mut context = Context::from_waker(Waker::noop());
                let mut done = false;
                for _ in 0..polls {
                    done = fetch.as_mut().poll(&mut context) != Poll::Pending;
                    if done {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                done
            };
            if done {
                assert_eq!(fetch(&mail, 2).await, None, "the first client has it");
                assert!(polls > 1, "there is an await");
                break;
            }
            assert_eq!(fetch(&mail, 2).await, Some(7), "after {polls} polls");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hanging_list_of_one_instance_delays_no_other_instance() {
    let (mailbox, mail) = world();
    mailbox.deliver(7, "lab.alice@tai.chat");
    *mailbox.hanging.lock().unwrap() = Some("desk".to_owned());
    let hanging = tokio::spawn({
        let mail = mail.clone();
        async move { fetch(&mail, 1).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let began = Instant::now();
    assert_eq!(fetch_of(&mail, "lab", 2, None).await, Some(7));
    assert!(began.elapsed() < Duration::from_secs(1));
    hanging.abort();
}

#[tokio::test(start_paused = true)]
async fn a_second_fetch_of_an_instance_waits_no_longer_than_its_deadline() {
    let (mailbox, mail) = world();
    *mailbox.hanging.lock().unwrap() = Some("desk".to_owned());
    let first = mail.clone();
    let first = tokio::spawn(async move { fetch(&first, 1).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let deadline = Instant::now() + Duration::from_secs(3);
    let desk = instance("desk");
    let second = mail.fetch(Some(&desk), 2, OLDEST, &|_, _| {}, deadline);
    let late = MailError::AddressBusy("desk.alice@tai.chat".to_owned());
    assert_eq!(second.await.unwrap_err(), late);
    assert_eq!(Instant::now(), deadline);
    first.abort();
}

#[tokio::test(start_paused = true)]
async fn a_returned_mail_that_is_read_by_its_id_is_not_fetched_again() {
    let (mailbox, mail) = world();
    mailbox.deliver(7, DESK);
    let id = Some(returned(&mail).await);
    let by_id = fetch_of(&mail, "desk", 2, id.map(mail_id)).await;
    assert_eq!(by_id, id);
    assert_eq!(fetch(&mail, 2).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_returned_mail_that_is_marked_read_is_not_fetched_again() {
    let (mailbox, mail) = world();
    mailbox.deliver(7, DESK);
    let id = returned(&mail).await;
    mail.mark_read(Some(&instance("desk")), mail_id(id), soon())
        .await
        .unwrap();
    assert_eq!(fetch(&mail, 2).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_mail_has_no_lease() {
    let (mailbox, mail) = world();
    mailbox.deliver(7, DESK);
    let id = fetch(&mail, 1).await.unwrap();
    assert!(mail.settle(1, mail_id(id), soon()).await.unwrap());
    mail.delete(Some(&instance("desk")), mail_id(id), soon())
        .await
        .unwrap();
    let settled = mail.settle(1, mail_id(id), soon()).await;
    assert_eq!(settled, Err(MailError::NoSuchMail(mail_id(id))));
    mail.remove_client(1);
    // A bridge that lost the deletion would still list the mail.
    mailbox.deliver(id, DESK);
    assert_eq!(fetch(&mail, 2).await, Some(id), "as a new mail");
    assert!(mail.leases.mark(2, id).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_report_from_a_client_that_does_not_hold_the_mail_is_ignored() {
    let (mailbox, mail) = world();
    mailbox.deliver(7, DESK);
    let id = fetch(&mail, 1).await.unwrap();
    assert!(mail.settle(1, mail_id(id), soon()).await.unwrap());
    mail.deliver(Some(&instance("desk")), 2, mail_id(id));
    mail.give_back(2, mail_id(id));
    mail.remove_client(1);
    mail.deliver(Some(&instance("lab")), 2, mail_id(id));
    assert_eq!(fetch(&mail, 2).await, Some(id));
}

#[tokio::test(start_paused = true)]
async fn a_client_cannot_report_away_the_mail_of_another_instance() {
    let (mailbox, mail) = world();
    let lab = instance("lab");
    mailbox.deliver(7, DESK);
    for id in [7, 8] {
        mail.deliver(Some(&lab), 2, mail_id(id));
    }
    mailbox.deliver(8, DESK);
    let looked = mail.fetch(Some(&lab), 2, OLDEST, &|_, _| {}, soon()).await;
    assert!(looked.unwrap().mail.is_none());
    assert!(mailbox.mails.lock().unwrap().iter().all(|mail| !mail.read));
    assert_eq!(fetch(&mail, 1).await, Some(7));
    assert_eq!(fetch(&mail, 1).await, Some(8));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reconnected_reports_the_mail_of_its_own_address() {
    let (mailbox, mail) = world();
    mailbox.deliver(7, DESK);
    let id = returned(&mail).await;
    mail.add_client(3);
    mail.deliver(Some(&instance("desk")), 3, mail_id(id));
    assert_eq!(fetch(&mail, 2).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_could_not_be_marked_is_fetched_once_and_marked_later() {
    let (mailbox, mail) = world();
    mailbox.deliver(7, DESK);
    let id = fetch(&mail, 1).await.unwrap();
    let detail = "down".to_owned();
    *mailbox.mark_fails.lock().unwrap() = Some(BridgeError::Unreachable { detail });
    assert!(!mail.settle(1, mail_id(id), soon()).await.unwrap());
    mail.deliver(Some(&instance("desk")), 1, mail_id(id));
    assert_eq!(fetch(&mail, 2).await, None);
    *mailbox.mark_fails.lock().unwrap() = None;
    assert_eq!(fetch(&mail, 2).await, None);
    assert!(mailbox.mails.lock().unwrap()[0].read);
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_was_deleted_elsewhere_is_skipped() {
    let (mailbox, mail) = world();
    mailbox.deliver(1, DESK);
    mailbox.deliver(2, DESK);
    let (fetched, ()) = tokio::join!(fetch(&mail, 1), async {
        // The deletion happens after the list and before the first mail's body.
        tokio::time::sleep(Duration::from_millis(115)).await;
        mailbox.mails.lock().unwrap().retain(|mail| mail.id != 1);
    });
    assert_eq!(fetched, Some(2));
}

#[tokio::test(start_paused = true)]
async fn excepted_mails_and_those_of_excepted_senders_are_left_for_later() {
    let (mailbox, mail) = world_with(3);
    mailbox.mails.lock().unwrap()[1].from = "Other <other@example.com>".to_owned();
    mailbox.mails.lock().unwrap()[2].from = "Some One <SOMEONE@example.com>".to_owned();
    let desk = instance("desk");
    let fetch = async |senders: &[&str], mails: &[u64]| {
        let senders = senders.iter().map(|text| Address::new(text).unwrap());
        let except = tai_proto::call::Except {
            senders: senders.collect(),
            mails: mails.iter().map(|id| mail_id(*id)).collect(),
        };
        let which = Which::Oldest { except };
        let fetch = Fetch { which, ..OLDEST };
        let fetched = mail.fetch(Some(&desk), 1, fetch, &|_, _| {}, soon());
        let mail = fetched.await.unwrap().mail;
        mail.map(|mail| mail.envelope.id.get())
    };
    assert_eq!(fetch(&["Someone@example.com"], &[]).await, Some(2));
    // Also one that another call gave back.
    mail.give_back(1, mail_id(2));
    let both = ["someone@example.com", "other@example.com"];
    assert_eq!(fetch(&both, &[]).await, None);
    assert_eq!(fetch(&[], &[1, 2]).await, Some(3));
    assert_eq!(fetch(&[], &[]).await, Some(1));
}

#[tokio::test(start_paused = true)]
async fn mails_that_the_bridge_cannot_give_are_passed_over_and_asked_for_again() {
    let (mailbox, mail) = world_with(4);
    let desk = instance("desk");
    let fetch = || mail.fetch(Some(&desk), 1, OLDEST, &|_, _| {}, soon());
    let too_large = BridgeError::TooLarge { limit: 1 };
    let fail = |below: u64| *mailbox.get_fails.lock().unwrap() = Some((below, too_large.clone()));
    fail(2);
    let fetched = fetch().await.unwrap();
    assert_eq!(fetched.passed_over, [mail_id(1), mail_id(2)]);
    assert_eq!(fetched.mail.unwrap().envelope.id, mail_id(3));
    // Two in a row may be bad mails; more are a bad bridge.
    fail(4);
    fetch().await.unwrap_err();
    fail(2);
    assert_eq!(fetch().await.unwrap().mail.unwrap().envelope.id, mail_id(4));
    fetch().await.unwrap_err();
    fail(0);
    assert_eq!(fetch().await.unwrap().mail.unwrap().envelope.id, mail_id(1));
}

#[tokio::test(start_paused = true)]
async fn many_mails_that_the_bridge_cannot_give_hold_up_one_call() {
    let (mailbox, mail) = world_with(4);
    let desk = instance("desk");
    let fetch = || mail.fetch(Some(&desk), 1, OLDEST, &|_, _| {}, soon());
    let fail = |error| *mailbox.get_fails.lock().unwrap() = Some((3, error));
    fail(BridgeError::TooLarge { limit: 1 });
    fetch().await.unwrap_err();
    assert_eq!(fetch().await.unwrap().mail.unwrap().envelope.id, mail_id(4));
    // A failure of the whole bridge changes no order.
    let (mailbox, mail) = world_with(4);
    let fetch = || mail.fetch(Some(&desk), 1, OLDEST, &|_, _| {}, soon());
    let fail = |last, error| *mailbox.get_fails.lock().unwrap() = Some((last, error));
    let failed = BridgeError::Failed {
        code: "INTERNAL_ERROR".into(),
        message: "Internal server error".into(),
        status: 500,
    };
    fail(4, failed.clone());
    fetch().await.unwrap_err();
    fail(0, failed);
    assert_eq!(fetch().await.unwrap().mail.unwrap().envelope.id, mail_id(1));
}

#[tokio::test(start_paused = true)]
async fn a_bridge_that_lists_mails_which_it_does_not_have_ends_the_fetch() {
    let (mailbox, mail) = world();
    let mut next = 0;
    // Each list has a mail that is gone when it is asked for.
    *mailbox.before_list.lock().unwrap() = Some(Box::new(move |mails| {
        next += 1;
        mails.clear();
        mails.push(head(next, next, DESK, false));
    }));
    *mailbox.lists_only.lock().unwrap() = true;
    let desk = instance("desk");
    let fetched = mail.fetch(Some(&desk), 1, OLDEST, &|_, _| {}, soon());
    let MailError::Bridge(BridgeError::Garbled { detail }) = fetched.await.unwrap_err() else {
        panic!("another error");
    };
    assert_eq!(detail, "it lists emails that it does not have");
    assert!(*mailbox.lists.lock().unwrap() < 2 * MAX_MISSED);
}
