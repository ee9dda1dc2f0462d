//! No call says that there is no mail while one is reserved for a client of an ended connection.

use super::*;
use crate::mail::{
    fake::{Mailbox, OLDEST, instance, mail_id, service},
    service::MailOptions,
    state_files::StateFiles,
};
use std::{path::Path, sync::Arc, time::Duration};
use tai_proto::{
    call::WaitFor,
    mail::{Filter, Window},
    names::Profile,
};
use tokio::time::Instant;

const DESK: &str = "desk.alice@tai.chat";

/// Returns a daemon with the files of its predecessor. Client 1 is connected.
fn start(mailbox: &Arc<Mailbox>, dir: &Path) -> Arc<MailService<Mailbox>> {
    crate::os::restrict_new_files();
    let files = StateFiles::at_bridge(dir, &Profile::default(), "https://a").unwrap();
    let options = MailOptions {
        files: Some(files),
        ..MailOptions::default()
    };
    let mail = Arc::new(service(mailbox, options));
    mail.add_client(1);
    mail
}

async fn fetch(mail: &MailService<Mailbox>, limit: Duration) -> Option<u64> {
    let desk = instance("desk");
    let deadline = Instant::now() + limit;
    let fetched = mail.fetch(Some(&desk), 1, OLDEST, &|_, _| {}, deadline);
    let mail = fetched.await.unwrap().mail;
    mail.map(|mail| mail.envelope.id.get())
}

const LONG: Duration = Duration::from_secs(20);

/// A killed daemon leased the mails 1 to `mails` to a client, and marked those of `marked`.
async fn killed(mails: u64, marked: &[u64]) -> (tempfile::TempDir, Arc<Mailbox>) {
    let (dir, mailbox) = (tempfile::tempdir().unwrap(), Arc::new(Mailbox::default()));
    let before = start(&mailbox, dir.path());
    for id in 1..=mails {
        mailbox.deliver(id, DESK);
        assert_eq!(fetch(&before, LONG).await, Some(id));
    }
    for id in marked {
        let deadline = Instant::now() + LONG;
        before.settle(1, mail_id(*id), deadline).await.unwrap();
    }
    (dir, mailbox)
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_finds_no_other_mail_waits_for_the_end_of_the_reservation() {
    for marked in [&[][..], &[1]] {
        let (dir, mailbox) = killed(1, marked).await;
        let after = start(&mailbox, dir.path());
        let began = Instant::now();
        assert_eq!(fetch(&after, LONG).await, Some(1));
        assert!(began.elapsed() <= GRACE + Duration::from_secs(1));
        // No mail is reserved any more.
        let began = Instant::now();
        assert_eq!(fetch(&after, LONG).await, None);
        assert!(began.elapsed() < Duration::from_secs(1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_fetch_whose_time_ends_before_the_reservation_does_not_say_that_there_is_no_mail() {
    let (dir, mailbox) = killed(1, &[]).await;
    let after = start(&mailbox, dir.path());
    let desk = instance("desk");
    let deadline = Instant::now() + Duration::from_secs(1);
    let fetched = after.fetch(Some(&desk), 1, OLDEST, &|_, _| {}, deadline);
    fetched.await.unwrap_err();
    assert!(Instant::now() <= deadline + Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn a_fetch_takes_another_mail_at_once() {
    let (dir, mailbox) = killed(1, &[]).await;
    mailbox.deliver(2, DESK);
    let after = start(&mailbox, dir.path());
    let began = Instant::now();
    assert_eq!(fetch(&after, LONG).await, Some(2));
    assert!(began.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_short_wait_finds_the_reserved_mail() {
    let (dir, mailbox) = killed(1, &[]).await;
    let after = start(&mailbox, dir.path());
    let wait = WaitFor {
        filter: Filter::default(),
        limit_ms: 1000,
        window: Window::WHOLE,
    };
    let (desk, deadline) = (instance("desk"), Instant::now() + LONG);
    let waited = after.wait_for(Some(&desk), 1, wait, &|_, _| {}, deadline);
    let mail = waited.await.unwrap().mail.unwrap();
    assert_eq!(mail.envelope.id, mail_id(1));
}

#[tokio::test(start_paused = true)]
async fn a_wait_gets_the_mail_of_a_client_that_reclaims_it_and_goes_away() {
    let (dir, mailbox) = killed(1, &[]).await;
    let after = start(&mailbox, dir.path());
    let returning = after.clone();
    let task = tokio::spawn(async move { returning.return_unclaimed().await });
    let desk = instance("desk");
    after.add_client(2);
    assert_eq!(after.reclaim(Some(&desk), 2, &[mail_id(1)]), [mail_id(1)]);
    sleep(10 * GRACE).await;
    let waiting = after.clone();
    let waiting = tokio::spawn(async move {
        let wait = WaitFor {
            filter: Filter::default(),
            limit_ms: 15_000,
            window: Window::WHOLE,
        };
        let (desk, deadline) = (instance("desk"), Instant::now() + LONG);
        let waited = waiting.wait_for(Some(&desk), 1, wait, &|_, _| {}, deadline);
        waited.await.unwrap().mail.map(|mail| mail.envelope.id)
    });
    sleep(GRACE).await;
    after.remove_client(2);
    let began = Instant::now();
    assert_eq!(waiting.await.unwrap(), Some(mail_id(1)));
    assert!(began.elapsed() < 2 * GRACE);
    task.abort();
}

#[tokio::test(start_paused = true)]
async fn the_mails_beyond_the_limit_of_a_call_are_not_reclaimed() {
    let (dir, mailbox) = killed(1, &[]).await;
    let after = start(&mailbox, dir.path());
    let desk = instance("desk");
    let ids = vec![mail_id(1); MAX_RECLAIMED + 1];
    let held = after.reclaim(Some(&desk), 1, &ids);
    assert_eq!(held.len(), MAX_RECLAIMED);
}
