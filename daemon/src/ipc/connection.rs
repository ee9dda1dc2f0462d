//! One client: its handshake, its calls, its answers. One task reads and writes, so a client
//! that does not read its answers stops being read from, and is dropped after a while.

use super::{Client, Clients, Service, clients::Record};
use crate::{fault, os};
use interprocess::local_socket::{tokio::Stream, traits::StreamCommon as _};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tai_proto::{
    Answer, Fault, FaultCode, FromDaemon, ToDaemon,
    call::{Attach, Request},
    frame::{Decoder, FrameError, MAX_FRAME, encode},
    hello::{HANDSHAKE_TIMEOUT, Hello, MAX_HELLO, Welcome},
    name,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
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
pub(super) struct Shared<S> {
    pub(super) service: Arc<S>,
    /// This connection, among all there ever were.
    pub(super) key: u64,
    pub(super) clients: Arc<Clients>,
    pub(super) stop: CancellationToken,
    pub(super) tasks: TaskTracker,
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

type Done = (u64, Result<Answer, Fault>);

struct Connection<'a, S> {
    shared: &'a Shared<S>,
    stream: Stream,
    decoder: Decoder,
    peer: u32,
    shim: String,
    version: u32,
    record: Option<Record<'a>>,
    instance: Option<String>,
    /// The calls that are not answered: a handle for those that may be stopped.
    open: HashMap<u64, Option<AbortHandle>>,
    done: mpsc::Sender<Done>,
}

/// Serves one client until it hangs up, breaks the protocol, or the daemon has drained.
pub(super) async fn serve<S: Service>(shared: Shared<S>, stream: Stream) {
    let (done, mut finished) = mpsc::channel(MAX_IN_FLIGHT);
    let mut connection = Connection {
        instance: shared.service.default_instance(),
        shared: &shared,
        stream,
        decoder: Decoder::new(MAX_HELLO),
        peer: 0,
        shim: String::new(),
        version: 0,
        record: None,
        open: HashMap::new(),
        done,
    };
    let result = connection.run(&mut finished).await;
    shared.service.gone(shared.key);
    // Nobody is left to read what these would bring. Sends run to their end on their own.
    for stoppable in connection.open.values().flatten() {
        stoppable.abort();
    }
    if let Err(error) = result {
        tracing::warn!(pid = connection.peer, "a client is disconnected: {error}");
    }
}

impl<S: Service> Connection<'_, S> {
    async fn run(&mut self, finished: &mut mpsc::Receiver<Done>) -> Result<(), ConnectionError> {
        let creds = self.stream.peer_creds()?;
        self.peer = os::pid(&creds);
        if !os::is_own(&creds) {
            return Err(ConnectionError::OtherUser);
        }
        let shared = self.shared;
        let shaken = tokio::select! {
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
                read = self.stream.read_buf(self.decoder.space()) => {
                    if read? == 0 {
                        let whole = self.decoder.is_at_boundary();
                        return if whole { Ok(()) } else { Err(ConnectionError::CutOff) };
                    }
                }
                Some((id, result)) = finished.recv() => self.answer(id, result).await?,
                () = self.shared.stop.cancelled(), if !draining => {}
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
                if let Some(Some(handle)) = self.open.get(&id) {
                    handle.abort();
                    self.answer(id, Err(fault::cancelled())).await?;
                }
                Ok(())
            }
            ToDaemon::Request(request) => match self.refusal(&request) {
                Some(fault) => {
                    let result = Err(fault);
                    self.write(&FromDaemon::Answer {
                        id: request.id,
                        result,
                    })
                    .await
                }
                None => {
                    self.begin(request);
                    Ok(())
                }
            },
        }
    }

    fn client(&self) -> Client {
        Client {
            key: self.shared.key,
            version: self.version,
            instance: self.instance.clone(),
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

    fn begin(&mut self, request: Request) {
        let Request {
            id,
            deadline_ms,
            call,
        } = request;
        let patience = Duration::from_millis(deadline_ms.into()).min(LONGEST_DEADLINE);
        let deadline = Instant::now() + patience;
        let repeatable = call.is_repeatable();
        if let Some(record) = &self.record {
            record.called(call.name());
        }
        let work = self
            .shared
            .service
            .clone()
            .call(self.client(), call, deadline);
        let done = self.done.clone();
        // Tracked, so that a drain waits for a send whose client has gone.
        let task = self.shared.tasks.spawn(async move {
            let result = work.await;
            let _ = done.send((id, result)).await;
        });
        self.open
            .insert(id, repeatable.then(|| task.abort_handle()));
    }

    async fn answer(
        &mut self,
        id: u64,
        result: Result<Answer, Fault>,
    ) -> Result<(), ConnectionError> {
        // A call that was cancelled has been answered.
        if self.open.remove(&id).is_none() {
            return Ok(());
        }
        if let Some(record) = &self.record {
            record.answered();
        }
        let result = result.map_err(|fault| Fault {
            code: fault.code.in_version(self.version),
            ..fault
        });
        self.write(&FromDaemon::Answer { id, result }).await
    }

    async fn write<T: serde::Serialize>(&mut self, frame: &T) -> Result<(), ConnectionError> {
        let mut bytes = Vec::new();
        encode(frame, &mut bytes)?;
        match timeout(WRITE_TIMEOUT, self.stream.write_all(&bytes)).await {
            Ok(written) => Ok(written?),
            Err(_) => Err(ConnectionError::NotReading),
        }
    }
}
