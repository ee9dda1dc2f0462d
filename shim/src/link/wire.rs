//! One connection to taid: the handshake, then requests and answers by id, any number at
//! once. When it ends, every caller is told; it never comes back.

use crate::os;
use interprocess::local_socket::{
    GenericFilePath, ToFsName as _,
    tokio::Stream,
    traits::{StreamCommon as _, tokio::Stream as _},
};
use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex as StdMutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tai_proto::{
    Answer, Call, Fault, FromDaemon, ToDaemon,
    call::{Attach, Request},
    endpoint::Endpoint,
    frame::{Decoder, FrameError, MAX_FRAME, encode},
    hello::{HANDSHAKE_TIMEOUT, Hello, MAX_HELLO, PROTOCOL, Welcome},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::{Mutex, mpsc, oneshot, watch},
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroize as _;

pub(super) const SOFTWARE: &str = concat!("tai-mcp ", env!("CARGO_PKG_VERSION"));
/// Frames that may wait to be written.
const WAITING: usize = 64;

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum ConnectError {
    NobodyThere,
    OtherUser,
    Version(Welcome),
    NoHandshake,
    Failed(io::Error),
}

/// What came of a call.
#[derive(Debug)]
pub(super) enum Outcome {
    Answer(Result<Answer, Fault>),
    /// Not one byte of it was written.
    NotSent,
    /// It may have been begun; the connection ended before the answer.
    Lost,
    Cancelled,
}

/// How far a call is: mails that were looked at, and all there are.
pub(crate) type Progress = watch::Sender<(u64, u64)>;

/// Somebody who waits for an answer.
struct Waiter {
    answer: oneshot::Sender<Result<Answer, Fault>>,
    progress: Option<Progress>,
}

type Waiting = HashMap<u64, Waiter>;

/// A connection whose handshake is done.
pub(super) struct Wire {
    frames: mpsc::Sender<ToDaemon>,
    shared: Arc<Shared>,
    next_id: AtomicU64,
    version: u32,
    daemons_newest: u32,
    attached: Mutex<Option<Attach>>,
}

struct Shared {
    waiting: StdMutex<Waiting>,
    ended: CancellationToken,
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody is answered any more: dropping the senders tells those who wait.
    fn end(&self) {
        self.ended.cancel();
        self.waiting().clear();
    }
}

impl Wire {
    pub(super) async fn connect(endpoint: &Endpoint) -> Result<Self, ConnectError> {
        timeout(HANDSHAKE_TIMEOUT, Self::shake_hands(endpoint))
            .await
            .map_err(|_| ConnectError::NoHandshake)?
    }

    async fn shake_hands(endpoint: &Endpoint) -> Result<Self, ConnectError> {
        let path = endpoint.socket();
        let name = path
            .as_path()
            .to_fs_name::<GenericFilePath>()
            .map_err(ConnectError::Failed)?;
        let stream = Stream::connect(name)
            .await
            .map_err(|error| match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                    ConnectError::NobodyThere
                }
                _ => ConnectError::Failed(error),
            })?;
        let creds = stream.peer_creds().map_err(ConnectError::Failed)?;
        if !os::is_own(&creds) {
            return Err(ConnectError::OtherUser);
        }
        let mut bytes = Vec::new();
        let broken = |error: FrameError| ConnectError::Failed(io::Error::other(error));
        encode(&Hello::new(SOFTWARE), &mut bytes).map_err(broken)?;
        // A daemon that ends at this moment is one that is not there.
        (&stream)
            .write_all(&bytes)
            .await
            .map_err(|_| ConnectError::NobodyThere)?;
        let mut decoder = Decoder::new(MAX_HELLO);
        let welcome: Welcome = loop {
            if let Some(welcome) = decoder.next_frame().map_err(broken)? {
                break welcome;
            }
            match (&stream).read_buf(decoder.space()).await {
                Ok(0) => {
                    return Err(ConnectError::NobodyThere);
                }
                Ok(_) => {}
                Err(_) => return Err(ConnectError::NobodyThere),
            }
        };
        if welcome.chosen == 0 {
            return Err(ConnectError::Version(welcome));
        }
        decoder.set_max(MAX_FRAME);
        let shared = Arc::new(Shared {
            waiting: StdMutex::default(),
            ended: CancellationToken::new(),
        });
        let (frames, outbox) = mpsc::channel(WAITING);
        let (reader, writer) = os::split(stream).map_err(ConnectError::Failed)?;
        tokio::spawn(read(reader, decoder, shared.clone()));
        tokio::spawn(write(writer, outbox, shared.clone()));
        Ok(Self {
            frames,
            shared,
            next_id: AtomicU64::new(1),
            version: welcome.chosen,
            daemons_newest: welcome.newest,
            attached: Mutex::new(None),
        })
    }

    /// The protocol version both sides speak.
    pub(super) fn version(&self) -> u32 {
        self.version
    }

    /// Whether the daemon is of an older release than this.
    pub(super) fn is_to_an_older_daemon(&self) -> bool {
        self.daemons_newest < PROTOCOL
    }

    pub(super) fn has_ended(&self) -> bool {
        self.shared.ended.is_cancelled()
    }

    pub(super) async fn ended(&self) {
        self.shared.ended.cancelled().await;
    }

    /// Tells the daemon who the client is, when it does not know yet.
    pub(super) async fn attach(&self, attach: Attach) {
        let mut attached = self.attached.lock().await;
        if attached.as_ref() != Some(&attach) {
            *attached = Some(attach.clone());
            // When it has ended, the call that follows finds out.
            let _ = self.frames.send(ToDaemon::Attach(attach)).await;
        }
    }

    pub(super) async fn call(
        &self,
        call: &Call,
        progress: Option<&Progress>,
        deadline: Instant,
        cancelled: &CancellationToken,
    ) -> Outcome {
        // While a connection was made, the client may have changed its mind.
        if cancelled.is_cancelled() {
            return Outcome::Cancelled;
        }
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let left = deadline.saturating_duration_since(Instant::now());
        let deadline_ms = u32::try_from(left.as_millis()).unwrap_or(u32::MAX);
        let (answer, answered) = oneshot::channel();
        let progress = progress.filter(|_| self.version >= 3).cloned();
        let tracked = progress.is_some();
        let waiter = Waiter { answer, progress };
        self.shared.waiting().insert(id, waiter);
        let _open = Open { wire: self, id };
        // Ended between the check and here: nobody would clear the entry any more.
        if self.has_ended() {
            return Outcome::NotSent;
        }
        let request = Request {
            id,
            deadline_ms,
            call: call.clone(),
        };
        let frame = match tracked {
            true => ToDaemon::Tracked(request),
            false => ToDaemon::Request(request),
        };
        if self.frames.send(frame).await.is_err() {
            return Outcome::NotSent;
        }
        tokio::select! {
            result = answered => match result {
                Ok(result) => Outcome::Answer(result),
                Err(_) => Outcome::Lost,
            },
            () = cancelled.cancelled() => Outcome::Cancelled,
        }
    }
}

/// A request that is open. When this is dropped before the answer, the daemon is told that
/// nobody waits any more.
struct Open<'a> {
    wire: &'a Wire,
    id: u64,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let id = self.id;
        if self.wire.shared.waiting().remove(&id).is_some() {
            let _ = self.wire.frames.try_send(ToDaemon::Cancel { id });
        }
    }
}

async fn read(mut reader: os::Reader, mut decoder: Decoder, shared: Arc<Shared>) {
    loop {
        match decoder.next_frame() {
            Ok(Some(FromDaemon::Answer { id, result })) => {
                if let Some(waiter) = shared.waiting().remove(&id) {
                    let _ = waiter.answer.send(result);
                }
                continue;
            }
            Ok(Some(FromDaemon::Progress { id, done, total })) => {
                let waiting = shared.waiting();
                let progress = waiting.get(&id).and_then(|waiter| waiter.progress.as_ref());
                if let Some(progress) = progress {
                    progress.send_replace((done, total));
                }
                continue;
            }
            Ok(None) => {}
            Err(_) => break,
        }
        match reader.read_buf(decoder.space()).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    shared.end();
}

/// Writes until the connection ends, or nobody holds the other end of the queue.
async fn write(mut writer: os::Writer, mut outbox: mpsc::Receiver<ToDaemon>, shared: Arc<Shared>) {
    let work = async {
        // Large enough for a password never to be moved, and zeroed after each frame.
        let mut bytes = Vec::with_capacity(4096);
        while let Some(frame) = outbox.recv().await {
            let written = match encode(&frame, &mut bytes) {
                Ok(()) => writer.write_all(&bytes).await.is_ok(),
                Err(_) => false,
            };
            bytes.as_mut_slice().zeroize();
            bytes.clear();
            if !written {
                break;
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = shared.ended.cancelled() => {}
    }
    shared.end();
}
