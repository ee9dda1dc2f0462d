//! One client: its handshake, its calls, its answers. One task reads and writes, so a client
//! that does not read its answers stops being read from, and is dropped after a while.

use super::{Client, Clients, Happened, Progress, Service, clients::Record};
use crate::{fault, os};
use interprocess::local_socket::{tokio::Stream, traits::StreamCommon as _};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tai_proto::{
    Answer, Call, Fault, FaultCode, FromDaemon, ToDaemon,
    call::{Attach, Request},
    frame::{Decoder, FrameError, MAX_FRAME, encode},
    hello::{HANDSHAKE_TIMEOUT, Hello, MAX_HELLO, Welcome},
    name,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    sync::mpsc,
    task::AbortHandle,
    time::{Instant, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Calls one client may have open.
const MAX_IN_FLIGHT: usize = 64;
/// How long a client may take to read what was written to it.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// No client is believed to wait for longer.
const LONGEST_DEADLINE: Duration = Duration::from_secs(5 * 60);

pub(super) const SOFTWARE: &str = concat!("taid ", env!("CARGO_PKG_VERSION"));

/// What all connections have in common.
pub(crate) struct Shared<S> {
    pub(crate) service: Arc<S>,
    /// This connection, among all there ever were.
    pub(crate) key: u64,
    pub(crate) clients: Arc<Clients>,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

/// Why a connection ended other than by the peer hanging up.
#[derive(Debug, thiserror::Error)]
enum ConnectionError {
    #[error("it belongs to another user")]
    OtherUser,
    #[error("it did not finish the handshake in time")]
    NoHandshake,
    #[error("it speaks protocol {oldest} to {newest} ({software}), this daemon does not")]
    Version {
        newest: u32,
        oldest: u32,
        software: String,
    },
    #[error("it sent what is not the protocol: {0}")]
    Frame(#[from] FrameError),
    #[error("it hung up in the middle of a frame")]
    CutOff,
    #[error("it does not read its answers")]
    NotReading,
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

struct Connection<'a, S, T> {
    shared: &'a Shared<S>,
    stream: T,
    decoder: Decoder,
    peer: u32,
    shim: String,
    version: u32,
    record: Option<Record<'a>>,
    instance: Option<String>,
    /// The calls that are not answered.
    open: HashMap<u64, Open>,
    happened: mpsc::Sender<Happened>,
}

/// A call that is not answered.
struct Open {
    /// Stops it, where it may be stopped.
    stop: Option<AbortHandle>,
    /// Whether it counts as a call in the status; waiting for mail does not.
    counts: bool,
}

/// Serves one client, if it is the user's own process.
pub(super) async fn serve<S: Service>(shared: Shared<S>, stream: Stream) {
    let error = match stream.peer_creds() {
        Ok(creds) if os::is_own(&creds) => {
            return serve_own(shared, os::pid(&creds), stream).await;
        }
        Ok(_) => ConnectionError::OtherUser,
        Err(error) => error.into(),
    };
    tracing::warn!("a client is disconnected: {error}");
}

/// Serves one client until it hangs up, breaks the protocol, or the daemon has drained.
pub(crate) async fn serve_own<S, T>(shared: Shared<S>, peer: u32, stream: T)
where
    S: Service,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let (happened, mut happening) = mpsc::channel(MAX_IN_FLIGHT);
    let mut connection = Connection {
        instance: shared.service.default_instance(),
        shared: &shared,
        stream,
        decoder: Decoder::new(MAX_HELLO),
        peer,
        shim: String::new(),
        version: 0,
        record: None,
        open: HashMap::new(),
        happened,
    };
    let result = connection.run(&mut happening).await;
    shared.service.gone(shared.key);
    // Nobody is left to read what these would bring. Sends run to their end on their own.
    for open in connection.open.values() {
        if let Some(stop) = &open.stop {
            stop.abort();
        }
    }
    if let Err(error) = result {
        tracing::warn!(pid = connection.peer, "a client is disconnected: {error}");
    }
}

impl<S: Service, T: AsyncRead + AsyncWrite + Unpin> Connection<'_, S, T> {
    async fn run(
        &mut self,
        happening: &mut mpsc::Receiver<Happened>,
    ) -> Result<(), ConnectionError> {
        let shared = self.shared;
        let shaken = tokio::select! {
            biased;
            shaken = timeout(HANDSHAKE_TIMEOUT, self.handshake()) => shaken,
            // Whoever has not even said hello is not waited for.
            () = shared.stop.cancelled() => return Ok(()),
        };
        if !shaken.map_err(|_| ConnectionError::NoHandshake)?? {
            return Ok(());
        }
        self.decoder.set_max(MAX_FRAME);
        shared.service.joined(&self.client());
        loop {
            while let Some(frame) = self.decoder.next_frame()? {
                self.take(frame).await?;
            }
            let draining = self.shared.stop.is_cancelled();
            if draining && self.open.is_empty() {
                return Ok(());
            }
            tokio::select! {
                // What is answered makes room for what is read.
                biased;
                Some(happened) = happening.recv() => self.tell(happened).await?,
                () = self.shared.stop.cancelled(), if !draining => {}
                read = self.stream.read_buf(self.decoder.space()) => {
                    if read? == 0 {
                        let whole = self.decoder.is_at_boundary();
                        return if whole { Ok(()) } else { Err(ConnectionError::CutOff) };
                    }
                }
            }
        }
    }

    /// Whether there is anybody to go on with.
    async fn handshake(&mut self) -> Result<bool, ConnectionError> {
        let hello: Hello = loop {
            if let Some(hello) = self.decoder.next_frame()? {
                break hello;
            }
            if self.stream.read_buf(self.decoder.space()).await? == 0 {
                let whole = self.decoder.is_at_boundary();
                return if whole {
                    Ok(false)
                } else {
                    Err(ConnectionError::CutOff)
                };
            }
        };
        let welcome = Welcome::answering(&hello, SOFTWARE);
        self.write(&welcome).await?;
        if welcome.chosen == 0 {
            let Hello {
                newest,
                oldest,
                software,
                ..
            } = hello;
            return Err(ConnectionError::Version {
                newest,
                oldest,
                software,
            });
        }
        self.version = welcome.chosen;
        self.shim = hello.software;
        Ok(true)
    }

    async fn take(&mut self, frame: ToDaemon) -> Result<(), ConnectionError> {
        match frame {
            ToDaemon::Attach(attach) => {
                self.attach(attach);
                Ok(())
            }
            ToDaemon::Cancel { id } => {
                if let Some(Open {
                    stop: Some(stop), ..
                }) = self.open.get(&id)
                {
                    stop.abort();
                    self.answer(id, Err(fault::cancelled())).await?;
                }
                Ok(())
            }
            ToDaemon::Request(request) => self.request(request, false).await,
            ToDaemon::Tracked(request) => self.request(request, true).await,
        }
    }

    async fn request(&mut self, request: Request, tracked: bool) -> Result<(), ConnectionError> {
        let Some(fault) = self.refusal(&request) else {
            self.begin(request, tracked);
            return Ok(());
        };
        let (id, result) = (request.id, Err(fault));
        self.write(&FromDaemon::Answer { id, result }).await
    }

    async fn tell(&mut self, happened: Happened) -> Result<(), ConnectionError> {
        match happened {
            Happened::Done(id, result) => self.answer(id, *result).await,
            Happened::Progress { id, done, total } if self.open.contains_key(&id) => {
                self.write(&FromDaemon::Progress { id, done, total }).await
            }
            // It was cancelled, and has been answered.
            Happened::Progress { .. } => Ok(()),
        }
    }

    fn client(&self) -> Client {
        Client {
            key: self.shared.key,
            version: self.version,
            instance: self.instance.clone(),
            attached: self.record.is_some(),
        }
    }

    fn attach(&mut self, mut attach: Attach) {
        // Both are shown in the status; a client's name is not a place to write books.
        for text in [&mut attach.name, &mut attach.version] {
            text.truncate(text.floor_char_boundary(80));
        }
        let instance = attach
            .instance
            .clone()
            .or_else(|| self.shared.service.default_instance());
        self.instance.clone_from(&instance);
        match &self.record {
            Some(record) => record.renamed(attach, instance),
            None => {
                let shim = self.shim.clone();
                self.record = Some(self.shared.clients.add(attach, instance, self.peer, shim));
            }
        }
    }

    /// Why a request is not begun.
    fn refusal(&self, request: &Request) -> Option<Fault> {
        if self.shared.stop.is_cancelled() {
            return Some(fault::stopping());
        }
        if self.open.len() >= MAX_IN_FLIGHT {
            return Some(fault::too_busy(MAX_IN_FLIGHT));
        }
        if self.open.contains_key(&request.id) {
            let what = format!("request {} is already open", request.id);
            return Some(Fault::new(FaultCode::BadRequest, what, "", ""));
        }
        if request.call.since() > self.version {
            return Some(fault::newer_than_client(SOFTWARE));
        }
        let instance = self.instance.as_deref();
        instance
            .and_then(|name| name::instance(name).err())
            .map(|rule| fault::bad_instance(&rule.to_string()))
    }

    fn begin(&mut self, request: Request, tracked: bool) {
        let Request {
            id,
            deadline_ms,
            call,
        } = request;
        let patience = Duration::from_millis(deadline_ms.into()).min(LONGEST_DEADLINE);
        let deadline = Instant::now() + patience;
        let repeatable = call.is_repeatable();
        let counts = !matches!(call, Call::Watch { .. });
        if let Some(record) = self.record.as_ref().filter(|_| counts) {
            record.called(call.name());
        }
        let progress = Progress {
            id,
            out: tracked.then(|| self.happened.clone()),
        };
        let work = self
            .shared
            .service
            .clone()
            .call(self.client(), call, progress, deadline);
        let happened = self.happened.clone();
        // Tracked, so that a drain waits for a send whose client has gone.
        let task = self.shared.tasks.spawn(async move {
            let result = work.await;
            let _ = happened.send(Happened::Done(id, Box::new(result))).await;
        });
        let stop = repeatable.then(|| task.abort_handle());
        self.open.insert(id, Open { stop, counts });
    }

    async fn answer(
        &mut self,
        id: u64,
        result: Result<Answer, Fault>,
    ) -> Result<(), ConnectionError> {
        // A call that was cancelled has been answered.
        let Some(open) = self.open.remove(&id) else {
            return Ok(());
        };
        if let Some(record) = self.record.as_ref().filter(|_| open.counts) {
            record.answered();
        }
        let result = result.map_err(|fault| Fault {
            code: fault.code.in_version(self.version),
            ..fault
        });
        self.write(&FromDaemon::Answer { id, result }).await
    }

    async fn write<F: serde::Serialize>(&mut self, frame: &F) -> Result<(), ConnectionError> {
        let mut bytes = Vec::new();
        encode(frame, &mut bytes)?;
        match timeout(WRITE_TIMEOUT, self.stream.write_all(&bytes)).await {
            Ok(written) => Ok(written?),
            Err(_) => Err(ConnectionError::NotReading),
        }
    }
}
