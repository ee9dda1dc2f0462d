//! Lists show each mail once, newest first, whatever the ties and whatever changes meanwhile.

use super::*;
use crate::mail::{
    fake::{Mailbox, head, instance, service},
    service::MailOptions,
};
use fastrand::Rng;
use std::{collections::HashSet, sync::Arc, time::Duration};

const DESK: &str = "desk.alice@tai.chat";

fn mail(id: u64, second: u64, read: bool) -> Head {
    head(id, second, DESK, read)
}

fn world(mails: Vec<Head>) -> (Arc<Mailbox>, MailService<Mailbox>) {
    let mailbox = Arc::new(Mailbox::default());
    *mailbox.mails.lock().unwrap() = mails;
    let mail = service(&mailbox, MailOptions::default());
    (mailbox, mail)
}

async fn list(mail: &MailService<Mailbox>, offset: u32, limit: u32, show_read: bool) -> Inbox {
    let which = List {
        limit,
        offset,
        show_read,
        previews: false,
    };
    let deadline = Instant::now() + Duration::from_secs(600);
    let desk = instance("desk");
    mail.list(Some(&desk), which, &|_, _| {}, deadline)
        .await
        .unwrap()
}

/// Lists by pages up to the last one.
async fn ids(mail: &MailService<Mailbox>, limit: u32, show_read: bool) -> Vec<u64> {
    let mut ids = Vec::new();
    loop {
        let inbox = list(mail, ids.len() as u32, limit, show_read).await;
        ids.extend(inbox.mails.iter().map(|mail| mail.id.get()));
        if !inbox.more {
            return ids;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn mails_of_one_second_are_listed_once_across_pages() {
    let newer = (0..48).map(|n| mail(100 + n, 10 + n, true));
    let tied = (1..=4).map(|id| mail(id, 5, false));
    let (_, service) = world(newer.chain(tied).collect());
    assert_eq!(ids(&service, 1, false).await, [4, 3, 2, 1]);
    let (_, service) = world((1..=450).map(|id| mail(id, 5, false)).collect());
    let expected: Vec<u64> = (1..=450).rev().collect();
    assert_eq!(ids(&service, 50, false).await, expected);
}

#[tokio::test(start_paused = true)]
async fn paging_ends_at_the_end_of_a_large_mailbox() {
    let (_, service) = world((0..6_000).map(|n| mail(n + 1, n / 7, true)).collect());
    let expected: Vec<u64> = (1..=6_000).rev().collect();
    assert_eq!(ids(&service, 200, true).await, expected);
    let beyond = list(&service, 6_100, 10, true).await;
    assert_eq!((beyond.mails.len(), beyond.more), (0, false));
}

#[tokio::test(start_paused = true)]
async fn a_list_beyond_the_limit_ends_and_says_so() {
    let (_, service) = world((0..50_000).map(|n| mail(n + 1, n, true)).collect());
    let unread = list(&service, 0, 10, false).await;
    assert!(!unread.more);
    assert!(
        unread.left_out.not_examined > 5_000,
        "{:?}",
        unread.left_out
    );
    let far = list(&service, 49_000, 10, true).await;
    assert!(!far.more && far.left_out.not_examined > 5_000);
}

#[tokio::test(start_paused = true)]
async fn a_short_list_asks_for_few_mails() {
    let (mailbox, service) = world((0..500).map(|n| mail(n + 1, n, false)).collect());
    let asked = |limit| {
        *mailbox.lists.lock().unwrap() = 0;
        *mailbox.rows.lock().unwrap() = 0;
        let listed = list(&service, 0, limit, false);
        let mailbox = &mailbox;
        async move {
            assert_eq!(listed.await.mails.len(), limit as usize);
            (
                *mailbox.lists.lock().unwrap(),
                *mailbox.rows.lock().unwrap(),
            )
        }
    };
    assert_eq!(asked(1).await, (1, 2));
    assert_eq!(asked(10).await, (1, 11));
}

#[tokio::test(start_paused = true)]
async fn a_mail_without_a_time_keeps_the_place_that_the_bridge_gives_it() {
    let mut mails: Vec<Head> = (1..=3).map(|n| mail(n, 10 * n, false)).collect();
    mails[1].date = "yesterday".into();
    let heads = newest_first(vec![mails[2].clone(), mails[1].clone(), mails[0].clone()]);
    let ids: Vec<u64> = heads.iter().map(|head| head.id).collect();
    assert_eq!(ids, [3, 2, 1]);
}

#[tokio::test(start_paused = true)]
async fn no_mail_is_repeated_or_missed_while_pages_shift() {
    for seed in 0..80 {
        let mut rng = Rng::with_seed(seed);
        let length = rng.u64(1..700);
        let tie = [1, 3, 40, 300][rng.usize(..4)];
        let mails = (0..length).map(|n| mail(n + 1, 1_000 + n / tie, rng.bool()));
        let mails: Vec<Head> = mails.collect();
        let before: HashSet<u64> = mails.iter().map(|mail| mail.id).collect();
        let (mailbox, service) = world(mails);
        let (mut during, mut next) = (rng.fork(), 10_000);
        *mailbox.before_list.lock().unwrap() = Some(Box::new(move |mails| {
            for _ in 0..during.usize(..30) {
                next += 1;
                mails.push(mail(next, 2_000 + next, false));
            }
            for _ in 0..during.usize(..30).min(mails.len()) {
                mails.swap_remove(during.usize(..mails.len()));
            }
        }));
        let (limit, show_read) = (rng.u32(1..=200), rng.bool());
        let inbox = list(&service, 0, limit, show_read).await;
        let listed: Vec<u64> = inbox.mails.iter().map(|mail| mail.id.get()).collect();
        let unique: HashSet<u64> = listed.iter().copied().collect();
        assert_eq!(listed.len(), unique.len(), "seed {seed}");
        let mut sorted = inbox.mails.clone();
        sorted.sort_by(|a, b| (&*b.date, b.id).cmp(&(&*a.date, a.id)));
        assert_eq!(inbox.mails, sorted, "seed {seed}");
        // Each mail that was there before and after, and belongs between the listed ones, is listed.
        let after = mailbox.mails.lock().unwrap();
        let last = inbox.mails.last().filter(|_| inbox.more);
        for mail in after.iter().filter(|mail| before.contains(&mail.id)) {
            let key = (mail.date.as_str(), mail.id);
            let belongs = (show_read || !mail.read)
                && last.is_none_or(|last| (&*last.date, last.id.get()) <= key);
            assert!(
                !belongs || unique.contains(&mail.id),
                "seed {seed}: {} is missing",
                mail.id
            );
        }
    }
}
