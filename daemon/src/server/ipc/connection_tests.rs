//! A connection over a stream in memory, with a service that answers each call at once.

use super::*;
use std::sync::atomic::{AtomicBool, Ordering};
use tai_proto::{
    Method as _,
    call::{Delivery, EndLease, GetInfo, GetStatus},
    frame::encode,
    message::ClientLabel,
    names::Instance,
    text::{Json, MAX_JSON},
};
use tokio::io::{AsyncWriteExt as _, DuplexStream, duplex};

/// Answers each call with a long text.
#[derive(Default)]
struct Talker {
    /// Whether the client is writing a mail, until it ends its lease.
    is_writing: AtomicBool,
}

impl Service for Talker {
    fn joined(&self, _: &Caller) {}

    fn gone(&self, _: u64) {}

    async fn call(self: Arc<Self>, call: Call, _: CallContext) -> Result<Answer, Fault> {
        if let Call::EndLease(_) = call {
            self.is_writing.store(false, Ordering::Relaxed);
            return Ok(Answer::EndLease(()));
        }
        let long = Json::new("x".repeat(MAX_JSON)).unwrap();
        Ok(Answer::GetStatus(long))
    }

    fn refused(&self, _: &Caller, _: &'static str, _: &Fault) {}

    fn undelivered(&self, _: u64, _: Answer) {}

    fn bridge(&self) -> ClientLabel {
        ClientLabel::cut("a bridge")
    }

    fn is_needed(&self) -> bool {
        false
    }

    fn keeps_locks(&self) -> bool {
        true
    }

    fn is_writing(&self, _: u64) -> bool {
        self.is_writing.load(Ordering::Relaxed)
    }

    async fn sends_end(&self) {}

    fn default_instance(&self) -> Option<Instance> {
        None
    }
}

/// Returns a connection to a service.
fn shared(service: Talker) -> Shared<Talker> {
    let door = Door::Agents;
    Shared {
        limits: Arc::new(DoorLimits::of(&door)),
        door,
        service: Arc::new(service),
        key: 1,
        clients: Arc::default(),
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
    }
}

/// Attaches as an agent, and makes a call.
async fn attach_and_call(client: &mut DuplexStream, call: Call, next: &[u8]) -> Decoder {
    write_frame(client, &Hello::new("test")).await.unwrap();
    let mut decoder = Decoder::new(MAX_HELLO);
    let welcome = read_frame::<Welcome, _>(client, &mut decoder).await;
    assert!(matches!(welcome, Ok(Some(_))));
    let mut bytes = Vec::new();
    let role = Role::Agent { instance: None };
    let request = Request {
        id: 1,
        deadline_ms: 1_000,
        progress: false,
        call,
    };
    for frame in [ToDaemon::Attach(role), ToDaemon::Request(request)] {
        encode(&frame, &mut bytes).unwrap();
    }
    bytes.extend_from_slice(next);
    client.write_all(&bytes).await.unwrap();
    decoder.set_max(MAX_FRAME);
    let attached = read_frame(client, &mut decoder).await;
    assert!(matches!(attached, Ok(Some(FromDaemon::Attached { .. }))));
    decoder
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_holds_the_memory_of_a_large_frame_for_a_second() {
    let (mut client, daemon) = duplex(4096);
    let served = tokio::spawn(serve_own(shared(Talker::default()), None, daemon));
    let began = Instant::now();
    let length = u32::try_from(MAX_FRAME).unwrap();
    attach_and_call(&mut client, GetStatus.into_call(), &length.to_le_bytes()).await;
    let ended = timeout(Duration::from_secs(60), served).await;
    ended.expect("the connection ends").unwrap();
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn a_draining_daemon_takes_the_report_of_a_mail_that_is_being_written() {
    let (mut client, daemon) = duplex(1 << 20);
    let shared = shared(Talker {
        is_writing: AtomicBool::new(true),
    });
    let stop = shared.stop.clone();
    let served = tokio::spawn(serve_own(shared, None, daemon));
    let mut decoder = attach_and_call(&mut client, GetStatus.into_call(), &[]).await;
    let first = read_frame::<FromDaemon, _>(&mut client, &mut decoder).await;
    assert!(matches!(first, Ok(Some(FromDaemon::Answer { id: 1, .. }))));
    stop.cancel();
    let id = "7".parse().unwrap();
    let delivery = Delivery::Delivered;
    for (number, call) in [
        (2, GetInfo.into_call()),
        (3, EndLease { id, delivery }.into_call()),
    ] {
        let request = Request {
            id: number,
            deadline_ms: 1_000,
            progress: false,
            call,
        };
        write_frame(&mut client, &ToDaemon::Request(request))
            .await
            .unwrap();
        let frame = read_frame(&mut client, &mut decoder).await.unwrap();
        let Some(FromDaemon::Answer { id, result }) = frame else {
            panic!("{frame:?}");
        };
        assert_eq!(id, number);
        match number {
            2 => assert_eq!(result.unwrap_err().code, FaultCode::Stopping),
            _ => assert_eq!(result, Ok(Answer::EndLease(()))),
        }
    }
    let last = read_frame(&mut client, &mut decoder).await;
    assert!(matches!(last, Ok(Some(FromDaemon::Goodbye))));
    served.await.unwrap();
}
