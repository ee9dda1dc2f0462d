//! The oldest unread mail is found in mailboxes of any size, with few requests, while mails arrive
//! and are deleted. Random mailboxes are compared with a plain model.

use super::*;
use crate::mail::{
    fake::{Mailbox, OLDEST, head, instance, service},
    service::MailOptions,
};
use fastrand::Rng;
use std::{sync::Arc, time::Duration};
use tai_auth::bridge::Head;

const DESK: &str = "desk.alice@tai.chat";
/// Address that the filter of the bridge does not tell from [`DESK`].
const OTHER: &str = "desk.sub.alice@tai.chat";

fn deadline() -> Instant {
    Instant::now() + Duration::from_secs(600)
}

fn world(mails: Vec<Head>) -> (Arc<Mailbox>, MailService<Mailbox>) {
    let mailbox = Arc::new(Mailbox::default());
    *mailbox.mails.lock().unwrap() = mails;
    let mail = service(&mailbox, MailOptions::default());
    mail.add_client(1);
    (mailbox, mail)
}

/// Fetches a mail and writes it. Returns its id; an error if not all mails were examined.
async fn fetch(mail: &MailService<Mailbox>) -> Result<Option<u64>, LeftOut> {
    let desk = instance("desk");
    let fetched = mail.fetch(Some(&desk), 1, OLDEST, &|_, _| {}, deadline());
    let fetched = fetched.await.unwrap();
    let Some(found) = fetched.mail else {
        return match fetched.left_out.not_examined {
            0 => Ok(None),
            _ => Err(fetched.left_out),
        };
    };
    let id = found.envelope.id;
    assert!(mail.settle(1, id, deadline()).await.unwrap());
    mail.deliver(Some(&desk), 1, id);
    Ok(Some(id.get()))
}

fn oldest(mails: &[Head]) -> Option<u64> {
    let unread = mails.iter().filter(|mail| !mail.read && mail.to == DESK);
    let oldest = unread.min_by(|a, b| (&a.date, a.id).cmp(&(&b.date, b.id)));
    oldest.map(|mail| mail.id)
}

/// Number of list requests of a fetch.
async fn requests(mailbox: &Mailbox, mail: &MailService<Mailbox>) -> (Option<u64>, u32) {
    let before = *mailbox.lists.lock().unwrap();
    let found = fetch(mail).await.unwrap();
    (found, *mailbox.lists.lock().unwrap() - before)
}

#[tokio::test(start_paused = true)]
async fn one_unread_mail_is_found_at_any_place_in_a_large_mailbox() {
    for unread in [0, 1, 3_000, 5_999] {
        let mails = (0..6_000).map(|n| head(n + 1, n / 3, DESK, n != unread));
        let (mailbox, mail) = world(mails.collect());
        let (found, lists) = requests(&mailbox, &mail).await;
        assert_eq!(found, Some(unread + 1));
        assert!(lists <= 35, "{lists} requests");
        assert_eq!(fetch(&mail).await, Ok(None));
    }
}

#[tokio::test(start_paused = true)]
async fn each_fetch_after_the_first_makes_one_list_request() {
    // Seconds of one, five, 80 and 1,000 mails, after 5,000 read ones.
    for tie in [1, 5, 80, 1_000] {
        let mails = (0..6_000).map(|n| head(n + 1, n / tie, DESK, n < 5_000));
        let (mailbox, mail) = world(mails.collect());
        let (found, _) = requests(&mailbox, &mail).await;
        assert_eq!(found, Some(5_001));
        let mut further = 0;
        for n in 5_001..6_000 {
            let (found, lists) = requests(&mailbox, &mail).await;
            assert_eq!(found, Some(n + 1), "ties of {tie}");
            further = further.max(lists);
        }
        let climbs = if tie == 80 { 2 } else { 1 };
        assert!(further <= climbs, "{further} requests, ties of {tie}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_became_unread_again_or_arrived_late_is_found() {
    let mails = (0..3_000).map(|n| head(n + 1, n, DESK, n < 2_990));
    let (mailbox, service) = world(mails.collect());
    for id in 2_991..2_994 {
        assert_eq!(fetch(&service).await, Ok(Some(id)));
    }
    mailbox
        .mails
        .lock()
        .unwrap()
        .push(head(3_001, 7, DESK, false));
    assert_eq!(fetch(&service).await, Ok(Some(3_001)), "at once");
    mailbox.mails.lock().unwrap()[700].read = false;
    let mut found = Vec::new();
    while let Some(id) = fetch(&service).await.unwrap() {
        found.push(id);
    }
    found.sort();
    let expected: Vec<u64> = std::iter::once(701).chain(2_994..=3_000).collect();
    assert_eq!(found, expected);
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_that_exceeds_the_limit_is_not_said_to_have_no_unread_mail() {
    let mails = (0..60_000).map(|n| head(n + 1, n, DESK, n != 59_999));
    let (_, service) = world(mails.collect());
    let left_out = fetch(&service).await.unwrap_err();
    assert!(
        (10_000..30_000).contains(&left_out.not_examined),
        "{left_out:?}"
    );
    assert_eq!(
        fetch(&service).await,
        Ok(Some(60_000)),
        "the next call goes on"
    );
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_for_a_look_share_the_next_one() {
    let mails = (0..2_000).map(|n| head(n + 1, n, DESK, true));
    let (mailbox, service) = world(mails.collect());
    let (desk, service) = (instance("desk"), Arc::new(service));
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let (desk, service) = (desk.clone(), service.clone());
            tokio::spawn(async move {
                service
                    .fetch(Some(&desk), 1, OLDEST, &|_, _| {}, deadline())
                    .await
            })
        })
        .collect();
    for call in calls {
        assert!(call.await.unwrap().unwrap().mail.is_none());
    }
    let lists = *mailbox.lists.lock().unwrap();
    assert!(lists <= 2 * 14, "{lists} requests");
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_another_call_has_read_is_skipped() {
    let mails = (0..2).map(|n| head(n + 1, n, DESK, false));
    let (mailbox, service) = world(mails.collect());
    let (found, ()) = tokio::join!(fetch(&service), async {
        tokio::time::sleep(Duration::from_millis(115)).await;
        mailbox.mails.lock().unwrap()[0].read = true;
    });
    assert_eq!(found, Ok(Some(2)));
}

/// A random mailbox with ties, read mails and rows of another address.
fn random_mails(rng: &mut Rng) -> (Vec<Head>, u64) {
    let most = [15, 60, 400, 900][rng.usize(..4)];
    let length = rng.u64(0..most);
    let tie = [1, 3, 40, 300][rng.usize(..4)];
    let unread = rng.f32();
    let read_up_to = rng.u64(..=length);
    let mails = (0..length).map(|n| {
        let to = if rng.u8(..10) == 0 { OTHER } else { DESK };
        head(
            n + 1,
            1_000 + n / tie,
            to,
            n < read_up_to || rng.f32() > unread,
        )
    });
    let mails: Vec<Head> = mails.collect();
    (mails, 1_000 + length / tie)
}

/// Kinds of changes by other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Changes {
    /// New mail arrives, and old mail arrives late.
    Arrivals,
    /// New mail arrives, and mails are deleted.
    Deletions,
    /// All of these. An old mail that arrives late can take the place of a deleted one, which the
    /// number of rows does not show.
    All,
}

fn change(
    rng: &mut Rng,
    changes: Changes,
    mails: &mut Vec<Head>,
    latest: &mut u64,
    next_id: &mut u64,
) {
    match rng.u8(..4) {
        0 => {
            for _ in 0..rng.usize(..8) {
                // With deletions, new mail of the same second is as a mail that arrives late.
                *latest += rng.u64(u64::from(changes == Changes::Deletions)..2);
                mails.push(head(*next_id, *latest, DESK, false));
                *next_id += 1;
            }
        }
        1 if changes != Changes::Deletions => {
            mails.push(head(*next_id, rng.u64(900..=*latest), DESK, false));
            *next_id += 1;
        }
        2 if changes != Changes::Arrivals => {
            for _ in 0..rng.usize(..8).min(mails.len()) {
                mails.swap_remove(rng.usize(..mails.len()));
            }
        }
        _ => {}
    }
}

#[tokio::test(start_paused = true)]
async fn each_fetch_finds_the_mail_that_a_model_finds() {
    for seed in 0..60 {
        let mut rng = Rng::with_seed(seed);
        let (mails, mut latest) = random_mails(&mut rng);
        let mut next_id = mails.len() as u64 + 1;
        let (mailbox, service) = world(mails);
        let changes = [Changes::Arrivals, Changes::Deletions, Changes::All][rng.usize(..3)];
        for step in 0..60 {
            let expected = oldest(&mailbox.mails.lock().unwrap());
            let found = fetch(&service).await.unwrap();
            match changes {
                Changes::All => assert_eq!(found.is_some(), expected.is_some()),
                Changes::Arrivals | Changes::Deletions => {
                    assert_eq!(found, expected, "seed {seed}, step {step}, {changes:?}");
                }
            }
            let mut mails = mailbox.mails.lock().unwrap();
            change(&mut rng, changes, &mut mails, &mut latest, &mut next_id);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_unread_mail_is_denied_while_pages_shift() {
    for seed in 0..60 {
        let mut rng = Rng::with_seed(1_000 + seed);
        let (mails, mut latest) = random_mails(&mut rng);
        let mut next_id = mails.len() as u64 + 1;
        let (mailbox, service) = world(mails);
        let mut during = rng.fork();
        *mailbox.before_list.lock().unwrap() = Some(Box::new(move |mails| {
            if during.bool() {
                change(&mut during, Changes::All, mails, &mut latest, &mut next_id);
                if let Some(index) = (!mails.is_empty()).then(|| during.usize(..mails.len())) {
                    mails[index].read = during.bool();
                }
            }
        }));
        for step in 0..40 {
            let before: HashSet<u64> = {
                let mails = mailbox.mails.lock().unwrap();
                let unread = mails.iter().filter(|mail| !mail.read && mail.to == DESK);
                unread.map(|mail| mail.id).collect()
            };
            match fetch(&service).await {
                Ok(Some(_)) | Err(_) => {}
                Ok(None) => {
                    let mails = mailbox.mails.lock().unwrap();
                    let mut unread = mails.iter().filter(|mail| !mail.read && mail.to == DESK);
                    let denied = unread.find(|mail| before.contains(&mail.id));
                    // The callback may have marked it and reverted that.
                    assert_eq!(denied.map(|mail| mail.id), None, "seed {seed}, step {step}");
                }
            }
        }
        *mailbox.before_list.lock().unwrap() = None;
        while let Some(id) = fetch(&service).await.unwrap() {
            let mails = mailbox.mails.lock().unwrap();
            assert!(
                mails.iter().any(|mail| mail.id == id && mail.read),
                "seed {seed}"
            );
        }
        assert_eq!(oldest(&mailbox.mails.lock().unwrap()), None, "seed {seed}");
    }
}
