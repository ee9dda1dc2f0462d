//! Refusal of a connection beyond the limits: the client is told why before the connection ends.

use super::{
    admission::completes_lease,
    connection::{
        self,
        error::ConnectionError,
        frames::{read_frame, write_frame},
    },
    limits::REFUSALS,
};
use interprocess::local_socket::tokio::Stream;
use std::{sync::Arc, time::Duration};
use tai_proto::{
    Call, Fault, FromDaemon, ToDaemon,
    frame::Decoder,
    hello::{HANDSHAKE_TIMEOUT, MAX_HELLO},
    message::Request,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::Semaphore,
    time::{Instant, timeout, timeout_at},
};

/// Time limit for the calls of a refused client. A client that makes none holds a place so long.
const CALLS: Duration = Duration::from_secs(1);
/// Time limit of a refusal, also of a client that does not read.
const REFUSAL: Duration = HANDSHAKE_TIMEOUT.saturating_add(CALLS.saturating_mul(2));

/// The places of the connections that are being refused.
pub(super) struct Refusals(Arc<Semaphore>);

impl Refusals {
    pub(super) fn new() -> Self {
        Self(Arc::new(Semaphore::new(REFUSALS)))
    }

    /// Refuses a connection in the background, for at most [`REFUSAL`].
    pub(super) fn begin(&self, stream: Stream, fault: Fault) {
        let Ok(place) = self.0.clone().try_acquire_owned() else {
            return;
        };
        tokio::spawn(async move {
            // A client that hangs up or breaks the protocol needs no word.
            let _ = timeout(REFUSAL, refuse(stream, fault)).await;
            drop(place);
        });
    }
}

async fn refuse(stream: Stream, fault: Fault) -> Result<(), ConnectionError> {
    match tai_client::peer(&stream)?.is_own_user {
        true => answer(tai_client::quiet(stream)?, fault).await,
        false => Err(ConnectionError::OtherUser),
    }
}

/// Answers with a fault, until the client has the answer to its own call, or [`CALLS`] have passed.
/// The client sends its reports and [`Call::MakeWay`] first, and repeats those that are refused.
async fn answer<T>(mut stream: T, fault: Fault) -> Result<(), ConnectionError>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut decoder = Decoder::new(MAX_HELLO);
    let opening = connection::open(&mut stream, &mut decoder);
    let Ok(opened) = timeout(HANDSHAKE_TIMEOUT, opening).await else {
        return Ok(());
    };
    if opened?.is_none() {
        return Ok(());
    }
    let until = Instant::now() + CALLS;
    // Without Goodbye, the outcome of a call that arrives too late would be unknown to the client.
    while let Ok(frame) = timeout_at(until, read_frame(&mut stream, &mut decoder)).await {
        let Some(frame) = frame? else { return Ok(()) };
        let ToDaemon::Request(Request { id, call, .. }) = frame else {
            continue;
        };
        let result = Err(fault.clone());
        write_frame(&mut stream, &FromDaemon::Answer { id, result }).await?;
        let precedes = matches!(call, Call::ReclaimLeases(_) | Call::MakeWay(_));
        if !precedes && !completes_lease(&call) {
            break;
        }
    }
    write_frame(&mut stream, &FromDaemon::Goodbye).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::{
        FaultCode, Method as _,
        call::{GetInfo, MakeWay, ReclaimLeases},
        frame::MAX_FRAME,
        hello::{Hello, Welcome},
        message::Role,
        release::Release,
    };
    use tokio::io::{DuplexStream, duplex};

    /// Returns the decoder of a client that attached and is refused.
    async fn attach(client: &mut DuplexStream, daemon: DuplexStream) -> Decoder {
        let fault = Fault::new(FaultCode::TooBusy, "full");
        tokio::spawn(answer(daemon, fault));
        write_frame(client, &Hello::new("test")).await.unwrap();
        let mut decoder = Decoder::new(MAX_HELLO);
        let welcome = read_frame::<Welcome, _>(client, &mut decoder).await;
        assert!(matches!(welcome, Ok(Some(_))));
        let role = Role::Agent { instance: None };
        let attach = ToDaemon::Attach(role);
        write_frame(client, &attach).await.unwrap();
        decoder.set_max(MAX_FRAME);
        decoder
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_client_that_makes_no_call_frees_its_place_after_a_second() {
        let (mut client, daemon) = duplex(4096);
        let mut decoder = attach(&mut client, daemon).await;
        let began = Instant::now();
        let last = read_frame(&mut client, &mut decoder).await;
        assert!(matches!(last, Ok(Some(FromDaemon::Goodbye))), "{last:?}");
        assert!(began.elapsed() <= CALLS, "{:?}", began.elapsed());
        let end = read_frame::<FromDaemon, _>(&mut client, &mut decoder).await;
        assert!(matches!(end, Ok(None)), "{end:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_calls_of_the_client_itself_are_refused_before_that_of_its_user() {
        let (mut client, daemon) = duplex(4096);
        let mut decoder = attach(&mut client, daemon).await;
        let release = Release::parse("9.0.0").unwrap();
        let calls = [
            MakeWay { release }.into_call(),
            ReclaimLeases { ids: Vec::new() }.into_call(),
            GetInfo.into_call(),
        ];
        for (id, call) in (1..).zip(calls) {
            let request = Request {
                id,
                deadline_ms: 1_000,
                progress: false,
                call,
            };
            let request = ToDaemon::Request(request);
            write_frame(&mut client, &request).await.unwrap();
            let answer = read_frame(&mut client, &mut decoder).await.unwrap();
            let Some(FromDaemon::Answer { id: of, result }) = answer else {
                panic!("{answer:?}");
            };
            assert_eq!((of, result.unwrap_err().code), (id, FaultCode::TooBusy));
        }
        let last = read_frame(&mut client, &mut decoder).await;
        assert!(matches!(last, Ok(Some(FromDaemon::Goodbye))), "{last:?}");
    }
}
