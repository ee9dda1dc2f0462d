//! One connection to the daemon: the handshake, then concurrent calls that are matched to their
//! answers by id. A connection that has ended must not be reused; [`crate::Client`] makes a new
//! one.

use crate::{ConnectError, Outcome, Streams, handshake::shake_hands};
use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{
        Arc, Mutex as StdMutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tai_proto::{
    Answer, Call, Fault, FromDaemon, Method, ToDaemon,
    frame::{Decoder, MAX_FRAME, encode},
    hello::{HANDSHAKE_TIMEOUT, MAX_HELLO, Welcome},
    message::{ClientLabel, Identity, Request, Role},
    names::Profile,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    sync::{Mutex, mpsc, oneshot, watch},
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroize as _;

/// Limit of frames that wait to be written.
const QUEUE: usize = 64;

/// Progress of a call: the number of mails that were looked at, and the number of all mails.
pub type Progress = watch::Sender<(u64, u64)>;

/// Last word of the daemon about a call: its answer, or `None` if it did not begin the call.
type Reply = Option<Result<Answer, Fault>>;

/// Caller that waits for an answer.
struct Waiter {
    answer: oneshot::Sender<Reply>,
    progress: Option<Progress>,
}

/// Connection after its handshake. Dropping it ends it.
pub struct Connection {
    frames: mpsc::Sender<ToDaemon>,
    shared: Arc<Shared>,
    next_id: AtomicU64,
    welcome: Welcome,
    identity: Mutex<Identity>,
    /// Whether the daemon is the account's own one.
    pub(crate) is_of_account: bool,
    /// Profile of the daemon, once a client has asked for it.
    pub(crate) profile: OnceLock<Profile>,
}

/// State that the connection shares with its reading and writing tasks.
struct Shared {
    waiters: StdMutex<BTreeMap<u64, Waiter>>,
    /// Cancelled once the connection takes no further call.
    ended: CancellationToken,
    /// Cancelled once no caller has the connection.
    dropped: CancellationToken,
    /// The bridge of the daemon, once it has named it.
    bridge: watch::Sender<Option<ClientLabel>>,
}

impl Shared {
    fn waiters(&self) -> MutexGuard<'_, BTreeMap<u64, Waiter>> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the connection. Dropping the waiters wakes all callers.
    fn end(&self) {
        self.ended.cancel();
        self.waiters().clear();
    }

    /// Ends the connection after [`FromDaemon::Goodbye`].
    fn end_unbegun(&self) {
        self.ended.cancel();
        let waiters = std::mem::take(&mut *self.waiters());
        for waiter in waiters.into_values() {
            let _ = waiter.answer.send(None);
        }
    }
}

impl Connection {
    /// Does the handshake over `streams` as `software` (`tai-mcp 0.1.0`) and attaches with
    /// `role`.
    ///
    /// # Errors
    /// [`ConnectError::NoHandshake`] after five seconds; [`ConnectError::Version`];
    /// [`ConnectError::HungUp`] if the daemon hangs up, which means that it is exiting;
    /// [`ConnectError::Failed`] if the peer breaks the protocol.
    pub async fn open(
        streams: Streams,
        software: &str,
        role: Role,
        socket: &Path,
    ) -> Result<Self, ConnectError> {
        let Streams {
            mut reader,
            mut writer,
        } = streams;
        let mut decoder = Decoder::new(MAX_HELLO);
        let handshake = shake_hands(&mut reader, &mut writer, &mut decoder, software);
        let welcome = match timeout(HANDSHAKE_TIMEOUT, handshake).await {
            Ok(Ok(Some(welcome))) => welcome,
            Ok(Ok(None)) => {
                let socket = socket.to_owned();
                return Err(ConnectError::HungUp { socket });
            }
            Ok(Err(error)) => return Err(ConnectError::Failed(io::Error::other(error))),
            Err(_) => return Err(ConnectError::NoHandshake),
        };
        if welcome.chosen == 0 {
            return Err(ConnectError::Version {
                theirs: welcome,
                ours: software.to_owned(),
            });
        }
        decoder.set_max(MAX_FRAME);
        let shared = Arc::new(Shared {
            waiters: StdMutex::default(),
            ended: CancellationToken::new(),
            dropped: CancellationToken::new(),
            bridge: watch::Sender::new(None),
        });
        let (frames, queue) = mpsc::channel(QUEUE);
        // Does not wait, because the queue is empty.
        let _ = frames.send(ToDaemon::Attach(role)).await;
        tokio::spawn(read(reader, decoder, shared.clone()));
        tokio::spawn(write(writer, queue, shared.clone()));
        Ok(Self {
            frames,
            shared,
            next_id: AtomicU64::new(1),
            welcome,
            identity: Mutex::default(),
            is_of_account: false,
            profile: OnceLock::new(),
        })
    }

    /// Returns the bridge of the daemon, once it has named it.
    pub(crate) fn bridge(&self) -> watch::Receiver<Option<ClientLabel>> {
        self.shared.bridge.subscribe()
    }

    /// Returns the daemon's part of the handshake.
    pub fn welcome(&self) -> &Welcome {
        &self.welcome
    }

    /// Returns whether the connection has ended.
    pub fn has_ended(&self) -> bool {
        self.shared.ended.is_cancelled()
    }

    /// Waits for the end of the connection.
    pub async fn ended(&self) {
        self.shared.ended.cancelled().await;
    }

    /// Sends the name of the MCP client to the daemon if it changed.
    pub async fn identify(&self, identity: &Identity) {
        let mut known = self.identity.lock().await;
        if *known != *identity {
            known.clone_from(identity);
            // The next call handles a connection that has ended.
            let _ = self.frames.send(ToDaemon::Identify(identity.clone())).await;
        }
    }

    /// Makes a call. `deadline` is sent to the daemon; the future itself has no time limit.
    /// Dropping the future or cancelling the token cancels the call.
    pub async fn call<M: Method>(
        &self,
        method: M,
        progress: Option<&Progress>,
        deadline: Instant,
        cancelled: &CancellationToken,
    ) -> Outcome<M::Answer> {
        let call = method.into_call();
        let outcome = self.request(call, progress, deadline, cancelled).await;
        outcome.of::<M>()
    }

    /// As [`Connection::call`], for any call.
    pub(crate) async fn request(
        &self,
        call: Call,
        progress: Option<&Progress>,
        deadline: Instant,
        cancelled: &CancellationToken,
    ) -> Outcome<Answer> {
        let open = match self.begin(call, progress, deadline, cancelled).await {
            Ok(open) => open,
            Err(outcome) => return outcome,
        };
        tokio::select! {
            outcome = open.answer() => outcome,
            () = cancelled.cancelled() => Outcome::Cancelled,
        }
    }

    /// As [`Connection::call`], but waits for the daemon's answer to a cancelled call. The answer
    /// may have crossed the cancellation, and may lease a mail.
    pub(crate) async fn call_to_end<M: Method>(
        &self,
        method: M,
        progress: Option<&Progress>,
        deadline: Instant,
        cancelled: &CancellationToken,
    ) -> Outcome<M::Answer> {
        let call = method.into_call();
        let open = match self.begin(call, progress, deadline, cancelled).await {
            Ok(open) => open,
            Err(outcome) => return outcome.of::<M>(),
        };
        let id = open.id;
        let answer = open.answer();
        tokio::pin!(answer);
        let outcome = tokio::select! {
            outcome = &mut answer => outcome,
            () = cancelled.cancelled() => {
                let _ = self.frames.send(ToDaemon::Cancel { id }).await;
                answer.await
            }
        };
        outcome.of::<M>()
    }

    /// Sends a call.
    ///
    /// # Errors
    /// [`Outcome::NotBegun`], if the call is cancelled or the connection has ended.
    async fn begin(
        &self,
        call: Call,
        progress: Option<&Progress>,
        deadline: Instant,
        cancelled: &CancellationToken,
    ) -> Result<Open<'_>, Outcome<Answer>> {
        // The caller may have cancelled during the handshake.
        if cancelled.is_cancelled() {
            return Err(Outcome::NotBegun);
        }
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let left = deadline.saturating_duration_since(Instant::now());
        let (answer, answered) = oneshot::channel();
        let request = Request {
            id,
            deadline_ms: u32::try_from(left.as_millis()).unwrap_or(u32::MAX),
            progress: progress.is_some(),
            call,
        };
        let progress = progress.cloned();
        self.shared
            .waiters()
            .insert(id, Waiter { answer, progress });
        let open = Open {
            connection: self,
            id,
            answered,
        };
        // If the connection has ended in the meantime, `end` did not see the new waiter.
        let is_sent =
            !self.has_ended() && self.frames.send(ToDaemon::Request(request)).await.is_ok();
        match is_sent {
            true => Ok(open),
            false => Err(Outcome::NotBegun),
        }
    }
}

/// Open call. Dropping it before the answer cancels the call.
struct Open<'a> {
    connection: &'a Connection,
    id: u64,
    answered: oneshot::Receiver<Reply>,
}

impl Open<'_> {
    /// Waits for the answer, or for the end of the connection.
    async fn answer(mut self) -> Outcome<Answer> {
        match (&mut self.answered).await {
            Ok(Some(answer)) => Outcome::Answered(answer),
            Ok(None) => Outcome::NotBegun,
            Err(_) => Outcome::Lost,
        }
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let id = self.id;
        if self.connection.shared.waiters().remove(&id).is_some() {
            // If the queue is full, the daemon finishes the call, and its answer is dropped.
            let _ = self.connection.frames.try_send(ToDaemon::Cancel { id });
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.dropped.cancel();
        self.shared.end();
    }
}

/// Reads frames until the connection ends, and passes them to their callers.
async fn read(
    mut reader: Box<dyn AsyncRead + Send + Unpin>,
    mut decoder: Decoder,
    shared: Arc<Shared>,
) {
    loop {
        match decoder.next_frame() {
            Ok(Some(FromDaemon::Answer { id, result })) => {
                if let Some(waiter) = shared.waiters().remove(&id) {
                    let _ = waiter.answer.send(Some(result));
                }
                continue;
            }
            Ok(Some(FromDaemon::Attached { bridge })) => {
                shared.bridge.send_replace(Some(bridge));
                continue;
            }
            Ok(Some(FromDaemon::Goodbye)) => {
                shared.end_unbegun();
                return;
            }
            Ok(Some(FromDaemon::Progress { id, done, total })) => {
                let waiters = shared.waiters();
                let progress = waiters.get(&id).and_then(|waiter| waiter.progress.as_ref());
                if let Some(progress) = progress {
                    progress.send_replace((done, total));
                }
                continue;
            }
            Ok(None) => {}
            Err(_) => break,
        }
        tokio::select! {
            read = reader.read_buf(decoder.space()) => match read {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            },
            () = shared.dropped.cancelled() => break,
        }
    }
    shared.end();
}

/// Writes frames until the connection ends.
async fn write(
    mut writer: Box<dyn AsyncWrite + Send + Unpin>,
    mut queue: mpsc::Receiver<ToDaemon>,
    shared: Arc<Shared>,
) {
    let work = async {
        // The capacity keeps a password from being moved; the bytes are zeroed after each frame.
        let mut bytes = Vec::with_capacity(4096);
        while let Some(frame) = queue.recv().await {
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
    // The daemon's last answers and its goodbye may be unread, so the callers continue to wait.
    shared.ended.cancel();
}
