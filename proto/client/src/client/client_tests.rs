//! A client against a scripted daemon, in paused time: what it repeats, returns and reports.

#[path = "accounts_tests.rs"]
mod accounts;
#[path = "connecting_tests.rs"]
mod connecting;
#[path = "profile_tests.rs"]
mod profile;
#[path = "reclaiming_tests.rs"]
mod reclaiming;
#[path = "reporting_tests.rs"]
mod reporting;
use super::*;
use crate::{Lease, Starting, Streams, dial::StartEnd};
use std::collections::VecDeque;
use tai_proto::{
    Audience, FromDaemon, ToDaemon,
    call::{Delete, DeleteMail, Delivery, EndLease, Fetch, GetInfo, Settle, Settled},
    frame::{Decoder, MAX_FRAME, encode},
    hello::{Hello, Welcome},
    mail::{BodySource, Envelope, FetchedMail, Findings, LeftOut, Mail, Part},
    message::Request,
    names::MailId,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex, split},
    task::JoinHandle,
};

/// Daemons that the client reaches one after the other.
struct Script {
    /// Ends of the connections, for the script.
    daemons: mpsc::Sender<DuplexStream>,
    starts: StdMutex<VecDeque<StartEnd>>,
    is_running: AtomicBool,
    /// Whether systemd alone starts a daemon.
    is_managed: AtomicBool,
    /// Whether a daemon has run in another home.
    is_of_other_home: AtomicBool,
}

impl Dial for Arc<Script> {
    async fn dial(&self) -> Result<Streams, crate::ConnectError> {
        if !self.is_running.load(Ordering::Relaxed) {
            return Err(crate::ConnectError::NotRunning { socket: "s".into() });
        }
        let (near, far) = duplex(1 << 16);
        let _ = self.daemons.try_send(far);
        let (reader, writer) = split(near);
        Ok(Streams {
            reader: Box::new(reader),
            writer: Box::new(writer),
        })
    }

    fn start(&self) -> Result<Option<Starting>, crate::ConnectError> {
        if self.is_managed.load(Ordering::Relaxed) {
            let unit = "taid.socket".to_owned();
            return Err(crate::ConnectError::SocketUnit { unit });
        }
        if self.is_of_other_home.load(Ordering::Relaxed) {
            return Err(crate::ConnectError::OtherHome {
                home: "h".into(),
                lock: "l".into(),
            });
        }
        let Some(end) = self.starts.lock().unwrap().pop_front() else {
            return Ok(None);
        };
        if end == StartEnd::Ready {
            self.is_running.store(true, Ordering::Relaxed);
        }
        let (report, starting) = Starting::new();
        report.send(end).unwrap();
        Ok(Some(starting))
    }

    fn is_held(&self) -> bool {
        false
    }

    fn runs(&self) -> bool {
        self.is_running.load(Ordering::Relaxed)
    }
}

/// The daemon's end of one connection.
struct Peer {
    stream: DuplexStream,
    decoder: Decoder,
}

impl Peer {
    async fn frame<F: serde::de::DeserializeOwned>(&mut self) -> F {
        loop {
            if let Some(frame) = self.decoder.next_frame().unwrap() {
                return frame;
            }
            let n = self.stream.read_buf(self.decoder.space()).await.unwrap();
            assert!(n > 0, "the client hung up");
        }
    }

    async fn write(&mut self, frame: &impl serde::Serialize) {
        let mut bytes = Vec::new();
        encode(frame, &mut bytes).unwrap();
        self.stream.write_all(&bytes).await.unwrap();
    }

    /// Returns the next request, without the identity of the MCP client.
    async fn request(&mut self) -> Request {
        loop {
            match self.frame().await {
                ToDaemon::Request(request) => return request,
                ToDaemon::Identify(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn answer(&mut self, id: u64, answer: Answer) {
        let result = Ok(answer);
        self.write(&FromDaemon::Answer { id, result }).await;
    }

    /// Leases mail 7 and settles it.
    async fn lease(&mut self) {
        let fetch = self.request().await;
        assert_eq!(fetch.call, Call::Fetch(Fetch::OLDEST));
        self.answer(fetch.id, Answer::Fetch(mail())).await;
        let settle = self.request().await;
        assert_eq!(settle.call, Call::Settle(Settle { id: seven() }));
        let marked_read = true;
        self.answer(settle.id, Answer::Settle(Settled { marked_read }))
            .await;
    }

    /// Expects the report of the end of mail 7's lease, and answers it.
    async fn end_of_lease(&mut self, delivery: Delivery) {
        let end = self.request().await;
        let id = seven();
        assert_eq!(end.call, Call::EndLease(EndLease { id, delivery }));
        self.answer(end.id, Answer::EndLease(())).await;
    }
}

struct Stage {
    client: Arc<Client<Arc<Script>>>,
    script: Arc<Script>,
    daemons: mpsc::Receiver<DuplexStream>,
}

impl Stage {
    fn new(starts: &[StartEnd]) -> Self {
        Self::with(script(starts), Vec::new(), None)
    }

    /// Returns the stage of a client with an account, with the script of the account's own daemon.
    fn of_account() -> (Self, Arc<Script>, mpsc::Receiver<DuplexStream>) {
        let (own, own_daemons) = script(&[]);
        (Self::with_own(vec![own.clone()]), own, own_daemons)
    }

    /// Returns the stage of a client with an account and these daemons of the account.
    fn with_own(own: Vec<Arc<Script>>) -> Self {
        let account = Some(("alice".parse().unwrap(), None));
        Self::with(script(&[]), own, account)
    }

    fn with(
        (script, daemons): (Arc<Script>, mpsc::Receiver<DuplexStream>),
        own: Vec<Arc<Script>>,
        account: Option<(Username, Option<Secret>)>,
    ) -> Self {
        let options = ClientOptions {
            software: "test".to_owned(),
            role: Role::Agent { instance: None },
            profile: Profile::default(),
            socket: "s".into(),
            account,
            bridge: None,
        };
        let (client, endings) = Client::with_own(script.clone(), own, options);
        tokio::spawn(endings.report());
        Self {
            client: Arc::new(client),
            script,
            daemons,
        }
    }

    async fn daemon(&mut self) -> Peer {
        accept(&mut self.daemons).await
    }

    fn call<M: Method>(&self, method: M) -> JoinHandle<Result<M::Answer, Fault>>
    where
        M::Answer: Send,
    {
        let client = self.client.clone();
        tokio::spawn(async move {
            let (identity, cancelled) = (Identity::default(), CancellationToken::new());
            let context = CallContext {
                identity: &identity,
                progress: None,
                cancelled: &cancelled,
            };
            client.call(method, context).await
        })
    }

    /// Fetches the oldest unread mail. The token cancels the call.
    fn fetch(&self) -> (CancellationToken, JoinHandle<Result<Option<Lease>, Fault>>) {
        let client = self.client.clone();
        let cancelled = CancellationToken::new();
        let token = cancelled.clone();
        let task = tokio::spawn(async move {
            let identity = Identity::default();
            let context = CallContext {
                identity: &identity,
                progress: None,
                cancelled: &token,
            };
            let fetched = client.fetch(context, Fetch::OLDEST).await;
            fetched.map(|(_, lease)| lease)
        });
        (cancelled, task)
    }
}

fn script(starts: &[StartEnd]) -> (Arc<Script>, mpsc::Receiver<DuplexStream>) {
    let (send, daemons) = mpsc::channel(8);
    let script = Arc::new(Script {
        daemons: send,
        starts: StdMutex::new(starts.iter().cloned().collect()),
        is_running: AtomicBool::new(starts.is_empty()),
        is_managed: AtomicBool::default(),
        is_of_other_home: AtomicBool::default(),
    });
    (script, daemons)
}

/// Accepts the next connection of a script.
async fn accept(daemons: &mut mpsc::Receiver<DuplexStream>) -> Peer {
    let mut peer = Peer {
        stream: daemons.recv().await.unwrap(),
        decoder: Decoder::new(MAX_FRAME),
    };
    let hello: Hello = peer.frame().await;
    peer.write(&Welcome::answering(&hello, "taid")).await;
    let attach: ToDaemon = peer.frame().await;
    assert!(matches!(attach, ToDaemon::Attach(_)));
    peer
}

fn seven() -> MailId {
    MailId::new(7).unwrap()
}

fn mail() -> FetchedMail {
    FetchedMail {
        address: "desk.alice@tai.chat".parse().unwrap(),
        left_out: LeftOut::default(),
        passed_over: Vec::new(),
        is_leased: true,
        mail: Some(Box::new(Mail {
            envelope: Envelope {
                id: seven(),
                from: "a@example.com".into(),
                to: "desk.alice@tai.chat".into(),
                subject: "s".into(),
                date: "".into(),
                read: false,
                preview: None,
            },
            body: "b".into(),
            part: Part {
                number: 1,
                of: 1,
                given: 0,
            },
            source: BodySource::Text,
            findings: Findings::default(),
            quoted_lines: 0,
        })),
    }
}

#[tokio::test(start_paused = true)]
async fn a_mail_whose_answer_crosses_the_cancellation_is_returned() {
    let mut stage = Stage::new(&[]);
    let (cancel, fetch) = stage.fetch();
    let mut daemon = stage.daemon().await;
    let request = daemon.request().await;
    cancel.cancel();
    let Err(fault) = fetch.await.unwrap() else {
        panic!("the call was cancelled");
    };
    assert_eq!(fault.code, FaultCode::Cancelled);
    // The answer left the daemon before the cancellation arrived, which has no effect.
    daemon.answer(request.id, Answer::Fetch(mail())).await;
    let cancelled: ToDaemon = daemon.frame().await;
    assert_eq!(cancelled, ToDaemon::Cancel { id: request.id });
    daemon.end_of_lease(Delivery::Returned).await;
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_is_dropped_at_any_point_returns_its_mail() {
    // During the fetch, during the settling, and after both.
    for answers in 0..3 {
        let mut stage = Stage::new(&[]);
        let (_, fetch) = stage.fetch();
        let mut daemon = stage.daemon().await;
        let request = daemon.request().await;
        if answers == 0 {
            fetch.abort();
            assert!(fetch.await.is_err());
            daemon.answer(request.id, Answer::Fetch(mail())).await;
        } else {
            daemon.answer(request.id, Answer::Fetch(mail())).await;
            let settle = daemon.request().await;
            if answers == 1 {
                fetch.abort();
                assert!(fetch.await.is_err());
            } else {
                let settled = Settled { marked_read: true };
                daemon.answer(settle.id, Answer::Settle(settled)).await;
                drop(fetch.await.unwrap().ok().unwrap());
            }
        }
        let returned = loop {
            match daemon.frame().await {
                ToDaemon::Request(request) => break request,
                ToDaemon::Cancel { .. } => {}
                other => panic!("{other:?}"),
            }
        };
        let delivery = Delivery::Returned;
        let end = EndLease {
            id: seven(),
            delivery,
        };
        assert_eq!(returned.call, Call::EndLease(end), "{answers}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fetch_whose_time_ends_while_the_mail_is_marked_returns_the_mail() {
    let mut stage = Stage::new(&[]);
    let (_, fetch) = stage.fetch();
    let mut daemon = stage.daemon().await;
    let request = daemon.request().await;
    daemon.answer(request.id, Answer::Fetch(mail())).await;
    let settle = daemon.request().await;
    // The daemon does not answer.
    let Err(fault) = fetch.await.unwrap() else {
        panic!("the time has ended");
    };
    assert_eq!(fault.code, FaultCode::DeadlinePassed);
    let cancelled: ToDaemon = daemon.frame().await;
    assert_eq!(cancelled, ToDaemon::Cancel { id: settle.id });
    daemon.end_of_lease(Delivery::Returned).await;
}

#[tokio::test(start_paused = true)]
async fn a_mail_is_not_returned_over_another_connection_than_its_own() {
    let mut stage = Stage::new(&[]);
    let (_, fetch) = stage.fetch();
    let mut daemon = stage.daemon().await;
    daemon.lease().await;
    let lease = fetch.await.unwrap().ok().unwrap();
    drop(daemon);
    drop(lease);
    let info = stage.call(GetInfo);
    let mut successor = stage.daemon().await;
    let request = successor.request().await;
    assert_eq!(request.call, Call::GetInfo(GetInfo));
    info.abort();
}

#[tokio::test(start_paused = true)]
async fn reports_have_a_request_left_while_the_calls_are_at_their_limit() {
    let mut stage = Stage::new(&[]);
    let (_, fetch) = stage.fetch();
    let mut daemon = stage.daemon().await;
    daemon.lease().await;
    let lease = fetch.await.unwrap().ok().unwrap().unwrap();
    let calls: Vec<_> = (0..MAX_IN_FLIGHT).map(|_| stage.call(GetInfo)).collect();
    for _ in 0..MAX_IN_FLIGHT - 1 {
        let request = daemon.request().await;
        assert_eq!(request.call, Call::GetInfo(GetInfo));
    }
    lease.delivered();
    daemon.end_of_lease(Delivery::Delivered).await;
    calls.iter().for_each(JoinHandle::abort);
}
