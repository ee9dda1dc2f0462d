//! A connection over a stream in memory, with a service that answers each call at once.

use super::*;
use tai_proto::{
    Method as _,
    call::GetStatus,
    frame::encode,
    names::Instance,
    text::{Json, MAX_JSON},
};
use tokio::io::{AsyncWriteExt as _, DuplexStream, duplex};

/// Answers each call with a long text.
struct Talker;

impl Service for Talker {
    fn joined(&self, _: &Caller) {}

    fn gone(&self, _: u64) {}

    async fn call(self: Arc<Self>, _: Call, _: CallContext) -> Result<Answer, Fault> {
        let long = Json::new("x".repeat(MAX_JSON)).unwrap();
        Ok(Answer::GetStatus(long))
    }

    fn refused(&self, _: &Caller, _: &'static str, _: &Fault) {}

    fn undelivered(&self, _: u64, _: Answer) {}

    fn is_needed(&self) -> bool {
        false
    }

    async fn sends_end(&self) {}

    fn default_instance(&self) -> Option<Instance> {
        None
    }
}

/// Attaches as an agent, and requests a status.
async fn attach_and_ask(client: &mut DuplexStream) {
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
        call: GetStatus.into_call(),
    };
    for frame in [ToDaemon::Attach(role), ToDaemon::Request(request)] {
        encode(&frame, &mut bytes).unwrap();
    }
    client.write_all(&bytes).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_holds_the_memory_of_a_large_frame_for_a_second() {
    let (mut client, daemon) = duplex(4096);
    let door = Door::Agents;
    let shared = Shared {
        limits: Arc::new(DoorLimits::of(&door)),
        door,
        service: Arc::new(Talker),
        key: 1,
        clients: Arc::default(),
        stop: CancellationToken::new(),
        tasks: TaskTracker::new(),
    };
    let served = tokio::spawn(serve_own(shared, None, daemon));
    attach_and_ask(&mut client).await;
    let began = Instant::now();
    let length = u32::try_from(MAX_FRAME).unwrap();
    client.write_all(&length.to_le_bytes()).await.unwrap();
    let ended = timeout(Duration::from_secs(60), served).await;
    ended.expect("the connection ends").unwrap();
    assert!(began.elapsed() < Duration::from_secs(2));
}
