//! One client: handshake, calls, answers. One task both reads and writes, so a client that does
//! not read its answers cannot send further calls. It is disconnected after
//! [`WRITE_TIMEOUT`](frames::WRITE_TIMEOUT).

pub(super) mod error;
pub(super) mod frames;

use super::{
    CallContext, CallEvent, Caller, Clients, Progress, Service,
    admission::{Admission, admit},
    clients::Record,
    ends_before,
    finished::{Finished, Undelivered, is_lease},
    large_frames::Room,
    limits::{self, DoorLimits, Share, Turns},
};
use crate::fault;
use error::ConnectionError;
use frames::{read_frame, write_frame};
use interprocess::local_socket::tokio::Stream;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tai_proto::{
    Answer, Call, Fault, FaultCode, FromDaemon, ToDaemon,
    call::Repeat,
    door::Door,
    frame::{Decoder, FrameError, MAX_FRAME},
    hello::{HANDSHAKE_TIMEOUT, Hello, MAX_HELLO, Welcome},
    message::{MAX_IN_FLIGHT, Request, Role},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite},
    sync::mpsc,
    task::AbortHandle,
    time::{Instant, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument as _;

/// Longest deadline of a call; a longer one is shortened.
const LONGEST_DEADLINE: Duration = Duration::from_secs(5 * 60);
/// Longest deadline of a call that must not be repeated. A drain waits for it.
pub(super) const LONGEST_EFFECT: Duration = Duration::from_secs(55);

const SOFTWARE: &str = concat!("taid ", env!("CARGO_PKG_VERSION"));

/// State that all connections share, and this connection's number.
pub(crate) struct Shared<S> {
    pub(crate) service: Arc<S>,
    pub(crate) key: u64,
    /// Use of the socket that the client connected to.
    pub(crate) door: Door,
    pub(crate) clients: Arc<Clients>,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
    /// The limits of the socket.
    pub(crate) limits: Arc<DoorLimits>,
}

struct Connection<'a, S, T> {
    shared: &'a Shared<S>,
    stream: T,
    decoder: Decoder,
    /// Room for the frame in `decoder`.
    room: Room,
    caller: Caller,
    admission: Admission,
    record: Option<Record<'a>>,
    /// Unanswered calls by request id.
    open: BTreeMap<u64, OpenCall>,
    events: mpsc::Sender<CallEvent>,
    turns: Turns,
}

/// An unanswered call.
struct OpenCall {
    /// Aborts the call; `None` for a call that must run to its end.
    abort: Option<AbortHandle>,
    /// Whether `taid status` counts the call. Waiting for mail does not count.
    is_counted: bool,
}

/// Serves one client if its process belongs to this user.
pub(super) async fn serve<S: Service>(shared: Shared<S>, stream: Stream) {
    let peer = tai_client::peer(&stream);
    let error = match peer.and_then(|peer| Ok((peer, tai_client::quiet(stream)?))) {
        Ok((peer, socket)) if peer.is_own_user => return serve_own(shared, peer.pid, socket).await,
        Ok(_) => ConnectionError::OtherUser,
        Err(error) => error.into(),
    };
    tracing::warn!(%error, "client disconnected");
}

/// Serves one client until it hangs up or breaks the protocol, or until the daemon has drained.
pub(crate) async fn serve_own<S, T>(shared: Shared<S>, pid: Option<u32>, mut stream: T)
where
    S: Service,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut decoder = Decoder::new(MAX_HELLO);
    let opened = tokio::select! {
        biased;
        opened = timeout(HANDSHAKE_TIMEOUT, open(&mut stream, &mut decoder)) => opened,
        // A client without a finished handshake has no calls to drain.
        () = shared.stop.cancelled() => return,
    };
    let result = match opened.unwrap_or(Err(ConnectionError::NoHandshake)) {
        Ok(Some((software, role))) => {
            let default = shared.service.default_instance();
            let admission = admit(role, shared.door.clone(), default);
            serve_attached(&shared, pid, software, admission, stream, decoder).await
        }
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = result {
        tracing::warn!(client = shared.key, pid, %error, "client disconnected");
    }
}

async fn serve_attached<S, T>(
    shared: &Shared<S>,
    pid: Option<u32>,
    software: String,
    admission: Admission,
    stream: T,
    decoder: Decoder,
) -> Result<(), ConnectionError>
where
    S: Service,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let key = shared.key;
    let role = admission.role.clone();
    let record = match &role {
        Role::Agent { instance } => {
            Some(shared.clients.add(key, instance.as_ref(), pid, &software))
        }
        Role::Person => None,
    };
    let (events, mut happening) = mpsc::channel(MAX_IN_FLIGHT);
    let mut connection = Connection {
        shared,
        stream,
        decoder,
        room: Room::new(shared.limits.frames.clone()),
        caller: Caller {
            key,
            pid,
            software: software.into(),
            role,
            is_confined: admission.is_confined(),
        },
        admission,
        record,
        open: BTreeMap::new(),
        events,
        turns: Turns::of_connection(),
    };
    shared.service.joined(&connection.caller);
    let bridge = shared.service.bridge();
    // Of a client that has gone, the next read tells more.
    let _ = connection.write(&FromDaemon::Attached { bridge }).await;
    let result = connection.run(&mut happening).await;
    shared.service.gone(key);
    // No client reads these answers. Calls that must not be repeated run to their end.
    for open in connection.open.values() {
        if let Some(abort) = &open.abort {
            abort.abort();
        }
    }
    result
}

/// Does the handshake and reads software and role; `None` if the client hangs up between frames.
pub(super) async fn open<T>(
    stream: &mut T,
    decoder: &mut Decoder,
) -> Result<Option<(String, Role)>, ConnectionError>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let Some(hello) = read_frame::<Hello, T>(stream, decoder).await? else {
        return Ok(None);
    };
    let welcome = Welcome::answering(&hello, SOFTWARE);
    write_frame(stream, &welcome).await?;
    if welcome.chosen == 0 {
        return Err(ConnectionError::Version {
            newest: hello.newest,
            oldest: hello.oldest,
            software: hello.software,
        });
    }
    // The limit of the handshake holds for the role, too.
    let attach = read_frame(stream, decoder).await?;
    decoder.set_max(MAX_FRAME);
    match attach {
        Some(ToDaemon::Attach(role)) => Ok(Some((hello.software, role))),
        Some(_) => Err(ConnectionError::NotAttached),
        None => Ok(None),
    }
}

impl<S: Service, T: AsyncRead + AsyncWrite + Unpin> Connection<'_, S, T> {
    async fn run(
        &mut self,
        happening: &mut mpsc::Receiver<CallEvent>,
    ) -> Result<(), ConnectionError> {
        loop {
            while let Some(frame) = self.decoder.next_frame()? {
                // The frame has arrived: its part of the budget and its time limit end.
                self.room.fits(self.decoder.frame_length());
                self.take(frame).await?;
            }
            let draining = self.shared.stop.is_cancelled();
            // Without its client's report, a mail that is being written would come again.
            let is_done = || !self.shared.service.is_writing(self.shared.key);
            if draining && self.open.is_empty() && is_done() {
                // The socket may contain further requests. A client that has gone needs no word.
                let _ = self.write(&FromDaemon::Goodbye).await;
                return Ok(());
            }
            let length = self.decoder.frame_length();
            let fits = self.room.fits(length);
            tokio::select! {
                // An answer makes room for a new call, so answers come first.
                biased;
                Some(event) = happening.recv() => self.tell(event).await?,
                () = self.shared.stop.cancelled(), if !draining => {}
                changed = self.room.change(length) => changed?,
                // The block prepares no memory before the read is permitted.
                read = async { self.stream.read_buf(self.decoder.space()).await }, if fits => {
                    if read? == 0 {
                        let whole = self.decoder.is_at_boundary();
                        return if whole { Ok(()) } else { Err(ConnectionError::CutOff) };
                    }
                }
            }
        }
    }

    async fn take(&mut self, frame: ToDaemon) -> Result<(), ConnectionError> {
        match frame {
            ToDaemon::Attach(_) => Err(ConnectionError::AttachedTwice),
            ToDaemon::Identify(identity) => {
                if let Some(record) = &self.record {
                    record.identify(&identity);
                }
                Ok(())
            }
            ToDaemon::Cancel { id } => {
                let abort = self.open.get(&id).and_then(|open| open.abort.as_ref());
                match abort {
                    Some(abort) => {
                        abort.abort();
                        self.answer(id, Err(fault::cancelled())).await
                    }
                    None => Ok(()),
                }
            }
            ToDaemon::Request(request) => match self.share(&request) {
                Err(fault) => {
                    if fault.code == FaultCode::NotPermitted {
                        let label = request.call.label();
                        self.shared.service.refused(&self.caller, label, &fault);
                    }
                    let (id, result) = (request.id, Err(fault));
                    self.write(&FromDaemon::Answer { id, result }).await
                }
                Ok(share) => {
                    self.begin(request, share);
                    Ok(())
                }
            },
        }
    }

    async fn tell(&mut self, event: CallEvent) -> Result<(), ConnectionError> {
        match event {
            CallEvent::Done(id, finished) if self.open.contains_key(&id) => {
                // The share is held until the answer is written.
                let (result, _share) = finished.deliver();
                match result {
                    Some(result) => self.answer(id, result).await,
                    None => Ok(()),
                }
            }
            CallEvent::Progress { id, done, total } if self.open.contains_key(&id) => {
                let progress = FromDaemon::Progress { id, done, total };
                self.write(&progress).await
            }
            // The client cancelled the call, which is answered already.
            CallEvent::Done(..) | CallEvent::Progress { .. } => Ok(()),
        }
    }

    /// Returns the share of a request, or the fault of one that must not begin.
    fn share(&self, request: &Request) -> Result<Share, Fault> {
        if ends_before(&self.shared.service, &self.shared.stop, &request.call) {
            return Err(fault::stopping());
        }
        if self.open.len() >= MAX_IN_FLIGHT {
            return Err(fault::too_busy(MAX_IN_FLIGHT));
        }
        if self.open.contains_key(&request.id) {
            return Err(fault::id_in_use(request.id));
        }
        match self.admission.refusal(&request.call) {
            Some(fault) => Err(fault),
            None => {
                let share = self.shared.limits.share(&request.call, &self.turns);
                share.ok_or_else(limits::no_room)
            }
        }
    }

    fn begin(&mut self, request: Request, mut share: Share) {
        let Request {
            id,
            deadline_ms,
            progress,
            call,
        } = request;
        let (longest, may_abort) = match call.repeat() {
            Repeat::Safe => (LONGEST_DEADLINE, true),
            Repeat::Never => (LONGEST_EFFECT, false),
        };
        let limit = Duration::from_millis(deadline_ms.into()).min(longest);
        let label = call.label();
        let is_counted = !matches!(call, Call::Watch(_));
        if let Some(record) = self.record.as_ref().filter(|_| is_counted) {
            record.called(label);
        }
        let deadline = Instant::now() + limit;
        let context = CallContext {
            caller: self.caller.clone(),
            deadline,
            progress: Progress {
                id,
                out: progress.then(|| self.events.clone()),
            },
        };
        let key = self.shared.key;
        let span = tracing::info_span!("call", client = key, request_id = id, call = label);
        let undelivered = is_lease(&call).then(|| {
            let service = self.shared.service.clone();
            let give_back = move |answer| service.undelivered(key, answer);
            Box::new(give_back) as Undelivered
        });
        // Without the box, the task contains this future twice, in 15 kB.
        let work = Box::pin(self.shared.service.clone().call(call, context));
        let events = self.events.clone();
        let finished = async move {
            let result = share.with_place(deadline, work).await;
            let finished = Finished::new(result, undelivered, share);
            if let Ok(place) = events.reserve().await {
                place.send(CallEvent::Done(id, Box::new(finished)));
            }
        };
        // A drain waits for tracked tasks, so a send finishes even after its client has gone.
        let task = self.shared.tasks.spawn(finished.instrument(span));
        let abort = may_abort.then(|| task.abort_handle());
        self.open.insert(id, OpenCall { abort, is_counted });
    }

    async fn answer(
        &mut self,
        id: u64,
        result: Result<Answer, Fault>,
    ) -> Result<(), ConnectionError> {
        // A cancelled call is answered already.
        let Some(open) = self.open.remove(&id) else {
            return Ok(());
        };
        if let Some(record) = self.record.as_ref().filter(|_| open.is_counted) {
            record.answered();
        }
        match self.write(&FromDaemon::Answer { id, result }).await {
            Err(ConnectionError::Frame(FrameError::TooLong { length, max })) => {
                let result = Err(fault::answer_too_large(length, max));
                self.write(&FromDaemon::Answer { id, result }).await
            }
            written => written,
        }
    }

    /// Writes a frame. The time limit of a large frame that is arriving holds meanwhile.
    async fn write(&mut self, frame: &FromDaemon) -> Result<(), ConnectionError> {
        tokio::select! {
            biased;
            written = write_frame(&mut self.stream, frame) => written,
            expired = self.room.expired() => Err(expired),
        }
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
