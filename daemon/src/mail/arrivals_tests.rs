//! Whoever waits for mail hears of it in time, nobody misses any, and the bridge is asked
//! once an interval however many wait.

use super::*;
use crate::mail::{approvals::Approvals, leases::Leases, ledger::Ledger};
use std::sync::Mutex as StdMutex;
use tai_auth::{
    bridge::{
        Bearer, Bridge, BridgeError, Head, Listing, Message, Outgoing, OutgoingReply, Page,
        Receipt, ReplyOutcome, SendFailure,
    },
    credentials::Source,
    session::{
        Session,
        fake::{FakeBridge, TestClock},
    },
};

const INTERVAL: Duration = Duration::from_secs(5);

/// A mailbox that can only be listed.
#[derive(Default)]
struct Mailbox {
    heads: StdMutex<Vec<Head>>,
    lists: StdMutex<u32>,
    /// The error of each list request, while there is one.
    fails: StdMutex<Option<BridgeError>>,
}

impl Bridge for Mailbox {
    async fn list(&self, _: &Bearer, page: &Page, _: Instant) -> Result<Listing, BridgeError> {
        *self.lists.lock().unwrap() += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
        if let Some(error) = self.fails.lock().unwrap().clone() {
            return Err(error);
        }
        let mut heads = self.heads.lock().unwrap().clone();
        // The bridge's order (bridge-api.md, trap 4).
        heads.sort_by(|a, b| (&b.date, a.id).cmp(&(&a.date, b.id)));
        let (from, count) = (page.offset as usize, heads.len());
        let rest = heads.into_iter().skip(from);
        let mails: Vec<Message> = rest
            .take(page.limit as usize)
            .map(|head| Message {
                head,
                text: None,
                html: None,
            })
            .collect();
        Ok(Listing {
            has_more: from + mails.len() < count,
            count: count as u64,
            mails,
        })
    }
    async fn message(
        &self,
        _: &Bearer,
        _: u64,
        _: Instant,
    ) -> Result<Option<Message>, BridgeError> {
        unimplemented!("arrivals read no mail")
    }
    async fn mark_read(&self, _: &Bearer, _: u64, _: Instant) -> Result<bool, BridgeError> {
        unimplemented!("arrivals mark no mail")
    }
    async fn delete(&self, _: &Bearer, _: u64, _: Instant) -> Result<bool, BridgeError> {
        unimplemented!("arrivals delete no mail")
    }
    async fn send(&self, _: &Bearer, _: &Outgoing<'_>, _: Instant) -> Result<Receipt, SendFailure> {
        unimplemented!("arrivals send no mail")
    }
    async fn reply(
        &self,
        _: &Bearer,
        _: &OutgoingReply<'_>,
        _: Instant,
    ) -> Result<ReplyOutcome, SendFailure> {
        unimplemented!("arrivals send no mail")
    }
}

struct World {
    bridge: Arc<Mailbox>,
    mail: Arc<MailService<Mailbox>>,
}

impl World {
    fn new() -> Self {
        let issuer = FakeBridge::new(&TestClock::new());
        let source = Source::given("alice", "sandbox-password".into());
        let clock = issuer.clock.clone();
        let session = Session::start_with_clock(issuer, source, clock);
        let bridge = Arc::new(Mailbox::default());
        let mail = Arc::new(MailService::new(
            bridge.clone(),
            session,
            None,
            Leases::in_memory(),
            Ledger::in_memory(),
            Approvals::new(crate::config::ConfirmPolicy::Never),
            Arrivals::new(INTERVAL),
        ));
        Self { bridge, mail }
    }

    fn deliver(&self, id: u64, to: &str, second: u64) {
        self.bridge.heads.lock().unwrap().push(Head {
            id,
            from: "someone@example.com".into(),
            to: to.into(),
            subject: String::new(),
            date: format!("2026-11-23T10:00:{second:02}Z"),
            read: false,
        });
    }

    async fn begin(&self) -> u64 {
        self.watch(None).await.mark
    }

    /// Waits as the desk does, for a minute at the most.
    async fn watch(&self, since: Option<u64>) -> News {
        let deadline = Instant::now() + Duration::from_secs(60);
        self.mail
            .watch(Some("desk"), since, deadline)
            .await
            .unwrap()
    }

    fn lists(&self) -> u32 {
        *self.bridge.lists.lock().unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn mail_is_heard_of_within_the_interval_by_those_it_is_for() {
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
async fn mail_for_others_is_nobody_elses_news() {
    let world = World::new();
    let mark = world.begin().await;
    world.deliver(1, "desk.alice@tai.chat", 0);
    let news = world.watch(Some(mark)).await;
    assert!(news.arrived);
    world.deliver(2, "lab.alice@tai.chat", 1);
    assert!(!world.watch(Some(news.mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn a_mail_of_the_same_second_is_news_though_it_stands_behind_the_first() {
    let world = World::new();
    for id in 1..=30 {
        world.deliver(id, "desk.alice@tai.chat", 7);
    }
    let mark = world.begin().await;
    world.deliver(31, "desk.alice@tai.chat", 7);
    assert!(world.watch(Some(mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn deleting_and_reading_are_no_news() {
    let world = World::new();
    for id in 1..=3 {
        world.deliver(id, "desk.alice@tai.chat", id);
    }
    let mark = world.begin().await;
    world
        .bridge
        .heads
        .lock()
        .unwrap()
        .retain(|mail| mail.id != 3);
    for mail in world.bridge.heads.lock().unwrap().iter_mut() {
        mail.read = true;
    }
    assert!(!world.watch(Some(mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_is_no_proof_and_its_end_no_news() {
    let world = World::new();
    world.deliver(1, "desk.alice@tai.chat", 0);
    let mark = world.begin().await;
    let kept = std::mem::take(&mut *world.bridge.heads.lock().unwrap());
    assert!(!world.watch(Some(mark)).await.arrived);
    *world.bridge.heads.lock().unwrap() = kept;
    assert!(!world.watch(Some(mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn twenty_who_wait_cost_one_look_an_interval_and_nobody_costs_none() {
    let world = World::new();
    let mark = world.begin().await;
    let before = world.lists();
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let mail = world.mail.clone();
            let deadline = Instant::now() + Duration::from_secs(50);
            tokio::spawn(async move { mail.watch(Some("desk"), Some(mark), deadline).await })
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
async fn who_looks_and_goes_away_leaves_the_next_look_to_the_others() {
    let world = World::new();
    let mark = world.begin().await;
    let looker = tokio::spawn({
        let mail = world.mail.clone();
        let deadline = Instant::now() + Duration::from_secs(50);
        async move { mail.watch(Some("desk"), Some(mark), deadline).await }
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
async fn failures_make_looks_rarer_and_lose_nothing() {
    let world = World::new();
    let mark = world.begin().await;
    let fail = |error| *world.bridge.fails.lock().unwrap() = error;
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
    assert!((10..=15).contains(&looks), "{looks} in ten minutes");
    world.deliver(1, "desk.alice@tai.chat", 0);
    fail(None);
    assert!(world.watch(Some(mark)).await.arrived);
}

#[tokio::test(start_paused = true)]
async fn an_idle_mailbox_is_looked_at_once_a_minute_until_somebody_stirs() {
    let world = World::new();
    let mark = world.begin().await;
    for _ in 0..15 {
        world.watch(Some(mark)).await;
    }
    let before = world.lists();
    for _ in 0..10 {
        world.watch(Some(mark)).await;
    }
    assert!((9..=11).contains(&(world.lists() - before)));
    tokio::time::sleep(Duration::from_secs(20)).await;
    world.deliver(1, "desk.alice@tai.chat", 0);
    world.mail.arrivals().stir();
    let began = Instant::now();
    assert!(world.watch(Some(mark)).await.arrived);
    assert!(began.elapsed() <= INTERVAL, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_mark_of_a_daemon_before_is_news() {
    let world = World::new();
    let mark = world.begin().await;
    assert!(world.watch(Some(mark - 1)).await.arrived);
    assert!(world.watch(Some(0)).await.arrived);
    assert!(
        world.watch(Some(mark + 1)).await.arrived,
        "a clock set back"
    );
}

#[test]
fn arrivals_are_remembered_up_to_a_bound_and_what_is_forgotten_is_news() {
    let mut log = Log::new(SystemTime::UNIX_EPOCH);
    for _ in 0..MAX_REMEMBERED + 5 {
        log.add(Some("lab.alice@tai.chat".into()));
    }
    assert_eq!(log.arrivals.len(), MAX_REMEMBERED);
    assert!(log.has_news(4, "desk.alice@tai.chat"));
    assert!(!log.has_news(5, "desk.alice@tai.chat"));
    assert!(log.has_news(5, "LAB.alice@tai.chat"));
    log.add(None);
    assert!(log.has_news(5 + MAX_REMEMBERED as u64, "desk.alice@tai.chat"));
}
