//! Leases of open requests against a scripted daemon: which mail returns, and which is delivered.

use super::*;
use crate::scripted;
use rmcp::model::NumberOrString;
use std::{future::Future, time::Duration};
use tai_client::{CallContext, Client, ClientOptions, ConnectError, Dial, Starting, Streams};
use tai_proto::{
    Answer, Call,
    call::{Delivery, EndLease, Fetch, Settled},
    mail::Part,
    message::{Identity, Role},
    names::Profile,
};
use tokio::{
    sync::{Semaphore, mpsc},
    time::{sleep, timeout},
};

/// Time after which nothing more happens. It is paused time.
const LONG: Duration = Duration::from_secs(60);

/// Daemon that leases mails 1, 2, 3 and so on, and passes each end of a lease on.
struct Script {
    ends: mpsc::Sender<(u64, Delivery)>,
}

impl Dial for Script {
    fn dial(&self) -> impl Future<Output = Result<Streams, ConnectError>> + Send {
        let (ends, mut next) = (self.ends.clone(), 1);
        let streams = scripted::daemon(move |call| {
            Ok(match call {
                Call::Fetch(_) => {
                    next += 1;
                    Answer::Fetch(scripted::mail(next - 1))
                }
                Call::Settle(_) => Answer::Settle(Settled { marked_read: true }),
                Call::EndLease(EndLease { id, delivery }) => {
                    ends.try_send((id.get(), delivery)).unwrap();
                    Answer::EndLease(())
                }
                other => panic!("{other:?}"),
            })
        });
        std::future::ready(Ok(streams))
    }

    fn start(&self) -> Result<Option<Starting>, ConnectError> {
        Ok(None)
    }

    fn is_held(&self) -> bool {
        false
    }
}

/// Limits of the parts that the agent reads.
const WINDOW: Window = Window::WHOLE;

fn part(number: u32, of: u32) -> Part {
    let given = 0;
    Part { number, of, given }
}

/// Requests of one agent, and the ends of leases that taid was told.
struct Agent {
    client: Client<Script>,
    ends: mpsc::Receiver<(u64, Delivery)>,
    requests: OpenRequests,
}

impl Agent {
    fn new() -> Self {
        let (send, ends) = mpsc::channel(8);
        let options = ClientOptions {
            software: "test".to_owned(),
            role: Role::Agent { instance: None },
            profile: Profile::default(),
            socket: "s".into(),
            account: None,
            bridge: None,
        };
        let (client, endings) = Client::new(Script { ends: send }, options);
        tokio::spawn(endings.report());
        let requests = OpenRequests::default();
        Self {
            client,
            ends,
            requests,
        }
    }

    /// Leases the next mail.
    async fn lease(&self) -> Lease {
        let (identity, cancelled) = (Identity::default(), CancellationToken::new());
        let context = CallContext {
            identity: &identity,
            progress: None,
            cancelled: &cancelled,
        };
        let fetched = self.client.fetch(context, Fetch::OLDEST).await;
        fetched.ok().and_then(|(_, lease)| lease).unwrap()
    }

    /// Opens request `id`.
    fn open(&self, id: i64) -> Result<(), OwnedSemaphorePermit> {
        let permit = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
        self.requests.open(number(id), permit)
    }

    /// Adds a leased mail to request `id`, which is not cancelled.
    fn add(&self, id: i64, lease: Lease, part: Part) {
        let shown = shown(lease, part);
        let token = CancellationToken::new();
        self.requests.add_mail(&number(id), &token, shown);
    }

    /// Shows one part of a mail in the written answer of a request.
    fn show(&self, lease: Lease, part: Part) {
        assert!(self.open(1).is_ok());
        self.add(1, lease, part);
        self.requests.close_written(&number(1));
    }

    /// As [`Agent::show`], for a mail that the agent names.
    fn show_named(&self, lease: Lease, part: Part) {
        assert!(self.open(1).is_ok());
        let shown = ShownMail {
            is_named: true,
            ..shown(lease, part)
        };
        let token = CancellationToken::new();
        self.requests.add_mail(&number(1), &token, shown);
        self.requests.close_written(&number(1));
    }

    /// Returns the begun mail and the number of its next part.
    fn begun(&self) -> Option<(MailId, u32)> {
        let id = self.requests.begun()?;
        Some((id, self.requests.next_part(id, WINDOW)))
    }

    /// Returns the next end of a lease. The daemon has no other one at that moment.
    async fn end(&mut self) -> (u64, Delivery) {
        let end = timeout(LONG, self.ends.recv()).await.expect("a lease ends");
        self.no_end().await;
        end.unwrap()
    }

    /// Checks that taid learns of no further end of a lease.
    async fn no_end(&mut self) {
        sleep(LONG).await;
        assert!(self.ends.try_recv().is_err());
    }
}

fn number(id: i64) -> RequestId {
    NumberOrString::Number(id)
}

fn shown(lease: Lease, part: Part) -> ShownMail {
    ShownMail {
        id: lease.id(),
        part,
        window: WINDOW,
        lease: Some(lease),
        is_named: false,
    }
}

fn id(id: u64) -> MailId {
    MailId::new(id).unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_mail_of_a_request_that_was_cancelled_or_closed_returns() {
    let mut agent = Agent::new();
    let cancelled = CancellationToken::new();
    cancelled.cancel();

    // The tool finishes after the client cancelled, before the transport closes the request.
    assert!(agent.open(1).is_ok());
    let mail = shown(agent.lease().await, part(1, 1));
    agent.requests.add_mail(&number(1), &cancelled, mail);
    assert_eq!(agent.end().await, (1, Delivery::Returned));

    // The same, and the client has opened another request with the same id.
    assert!(agent.requests.cancel(&number(1)));
    assert!(agent.open(1).is_ok());
    let mail = shown(agent.lease().await, part(1, 1));
    agent.requests.add_mail(&number(1), &cancelled, mail);
    assert_eq!(agent.end().await, (2, Delivery::Returned));
    agent.requests.close_written(&number(1));
    agent.no_end().await;

    // The request was closed before the tool finished.
    agent.add(1, agent.lease().await, part(1, 1));
    assert_eq!(agent.end().await, (3, Delivery::Returned));

    // The answer is not written.
    assert!(agent.open(1).is_ok());
    agent.add(1, agent.lease().await, part(1, 1));
    assert!(agent.requests.cancel(&number(1)));
    assert_eq!(agent.end().await, (4, Delivery::Returned));
    assert!(!agent.requests.cancel(&number(1)));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_request_adds_nothing_to_the_answer_of_a_later_one_with_its_id() {
    let agent = Agent::new();
    let requests = agent.requests.clone();
    let (cancelled, live) = (CancellationToken::new(), CancellationToken::new());
    let part = |text: &str| Prepared::Structured(text.to_owned());
    cancelled.cancel();
    assert!(agent.open(1).is_ok());
    requests.prepare(&number(1), &live, part("first"));
    assert!(requests.cancel(&number(1)));
    assert!(agent.open(1).is_ok());
    requests.prepare(&number(1), &cancelled, part("first, late"));
    let (_, taken) = requests.take_prepared(&number(1)).unwrap();
    assert_eq!(taken, None);
    requests.prepare(&number(1), &live, part("second"));
    let (_, taken) = requests.take_prepared(&number(1)).unwrap();
    assert_eq!(taken, Some(part("second")));
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_delivered_once_the_answer_with_its_last_part_is_written() {
    let mut agent = Agent::new();
    assert!(agent.open(1).is_ok());
    assert!(agent.open(1).is_err(), "the id is in use");
    agent.add(1, agent.lease().await, part(1, 1));
    agent.no_end().await;
    agent.requests.close_written(&number(1));
    assert_eq!(agent.end().await, (1, Delivery::Delivered));
    assert_eq!(agent.requests.begun(), None);
}

#[tokio::test(start_paused = true)]
async fn a_mail_in_parts_stays_leased_until_its_last_part_or_another_mail() {
    let mut agent = Agent::new();
    agent.show(agent.lease().await, part(1, 3));
    assert_eq!(agent.begun(), Some((id(1), 2)));
    assert!(agent.requests.take_lease(id(2)).is_none(), "another mail");
    agent.no_end().await;

    // A part that could not be read leaves the lease where it was.
    let lease = agent.requests.take_lease(id(1)).unwrap();
    assert_eq!(agent.requests.begun(), None);
    agent.requests.put_back(lease);
    assert_eq!(agent.begun(), Some((id(1), 2)));

    let lease = agent.requests.take_lease(id(1)).unwrap();
    agent.show(lease, part(2, 3));
    assert_eq!(agent.begun(), Some((id(1), 3)));
    agent.no_end().await;

    // A whole mail between the parts returns the begun one.
    agent.show(agent.lease().await, part(1, 1));
    let mut ends = [agent.ends.recv().await, agent.ends.recv().await];
    ends.sort_by_key(|end| end.map(|(id, _)| id));
    let expected = [(1, Delivery::Returned), (2, Delivery::Delivered)];
    assert_eq!(ends, expected.map(Some));
    assert_eq!(agent.requests.begun(), None);
    assert_eq!(
        agent.requests.next_part(id(1), WINDOW),
        3,
        "the agent has 2 parts"
    );

    // One that the agent names does not.
    agent.show(agent.lease().await, part(1, 2));
    let named = agent.lease().await;
    agent.show_named(named, part(1, 1));
    assert_eq!(agent.end().await, (4, Delivery::Delivered));
    assert_eq!(agent.begun(), Some((id(3), 2)));
    agent.no_end().await;

    // So does the first part of another mail.
    agent.show(agent.lease().await, part(1, 2));
    assert_eq!(agent.end().await, (3, Delivery::Returned));
    let lease = agent.requests.take_lease(id(5)).unwrap();
    agent.show(lease, part(2, 2));
    assert_eq!(agent.end().await, (5, Delivery::Delivered));
    assert_eq!(
        agent.requests.next_part(id(5), WINDOW),
        1,
        "it is read to the end"
    );
}

#[test]
fn the_next_part_of_the_last_mails_is_remembered_without_a_lease() {
    let mut reading = Reading::default();
    let mut show = |mail: u64, number, of| {
        reading.shown(ShownMail {
            id: id(mail),
            part: part(number, of),
            window: WINDOW,
            lease: None,
            is_named: true,
        });
    };
    for mail in 1..=17 {
        show(mail, 1, 3);
    }
    show(17, 2, 3);
    show(16, 3, 3);
    let next = |mail| reading.next_part(id(mail), WINDOW);
    assert_eq!([1, 2, 15, 16, 17].map(next), [1, 2, 2, 1, 3]);
    // Parts that are counted by other limits begin with the first one.
    let shorter = Window {
        limit: WINDOW.limit - 1,
        ..WINDOW
    };
    assert_eq!(reading.next_part(id(17), shorter), 1);
    assert_eq!(reading.begun(), None);
}
