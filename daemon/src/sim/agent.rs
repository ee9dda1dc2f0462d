//! An MCP client and its tai-mcp: the shipped one ([`tai_mcp::embedded`]) over simulated streams.
//!
//! What counts is what the client reads: each answer is judged against the world. Both processes
//! are killed at any byte.

mod deliveries;
mod turns;

use super::{
    client::INSTANCES,
    daemon::{Daemon, relay},
    world::{PASSWORD, World},
};
use deliveries::Deliveries;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tai_client::Streams;
use tai_mcp::embedded::{self, Entry};
use tai_proto::{
    Secret,
    call::Delivery,
    door::Door,
    names::{Instance, Username},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex, split},
    sync::{Mutex as AsyncMutex, oneshot},
    task::{AbortHandle, JoinHandle},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// A pair of processes.
pub(super) struct Agent {
    client: Arc<McpClient>,
    reader: JoinHandle<()>,
    killed: CancellationToken,
}

/// The MCP client.
struct McpClient {
    world: Arc<World>,
    number: u64,
    instance: usize,
    input: AsyncMutex<DuplexStream>,
    deliveries: Deliveries,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next_id: u64,
    waiting: HashMap<u64, oneshot::Sender<Value>>,
    /// Unanswered requests for the oldest unread mail.
    fetches: Vec<u64>,
    /// Number of notifications about arrivals.
    arrivals: u64,
}

impl Agent {
    pub(super) fn new(world: Arc<World>, daemon: Daemon, number: u64) -> Self {
        let killed = CancellationToken::new();
        let instance = (number % 2) as usize;
        let entry = Entry {
            instance: Instance::new(INSTANCES[instance].0).unwrap(),
            // Every third client has the account's credentials.
            account: number.is_multiple_of(3).then(|| {
                let password = Secret::new(PASSWORD.to_owned());
                (Username::new("alice").unwrap(), Some(password))
            }),
        };
        let end = killed.clone();
        let open = Box::new(move || {
            let line = daemon
                .connect(Door::Agents, &end)
                .filter(|_| !end.is_cancelled())?;
            let (reader, writer) = split(line);
            Some(Streams {
                reader: Box::new(reader),
                writer: Box::new(writer),
            })
        });
        let (input, pipe) = duplex(4096);
        let (fragmented, shim_input) = duplex(4096);
        let (shim_output, output) = duplex(4096);
        let alive = CancellationToken::new();
        relay(&world, pipe, fragmented, [killed.clone(), alive]);
        let client = Arc::new(McpClient {
            world,
            number,
            instance,
            input: AsyncMutex::new(input),
            deliveries: Deliveries::default(),
            state: Mutex::default(),
        });
        let reports = client.clone();
        let reported = move |id: tai_proto::names::MailId, delivery| match delivery {
            Delivery::Delivered => reports.deliveries.report(id.get()),
            Delivery::Returned => {}
        };
        let (input, output_end) = (Box::new(shim_input), Box::new(shim_output));
        let shim = tokio::spawn(embedded::serve(entry, input, output_end, open, reported));
        let reader = client
            .clone()
            .read(output, shim.abort_handle(), killed.clone());
        Self {
            client,
            reader: tokio::spawn(reader),
            killed,
        }
    }

    pub(super) fn killer(&self) -> CancellationToken {
        self.killed.clone()
    }

    /// Makes calls as an agent does, until `stop` is cancelled. Returns the processes unless they
    /// were killed.
    pub(super) async fn live(mut self, stop: CancellationToken) -> Option<Self> {
        let killed = self.killed.clone();
        let life = async {
            self.client.begin().await;
            while !stop.is_cancelled() {
                sleep(self.client.world.moment(400)).await;
                self.client.turn().await;
            }
        };
        tokio::select! {
            biased;
            () = killed.cancelled() => {
                let _ = (&mut self.reader).await;
                None
            }
            () = life => Some(self),
        }
    }

    /// Reads all mails in calm weather, the begun one among them.
    pub(super) async fn read_all(&self) {
        while !self.client.fetch().await {
            sleep(Duration::from_secs(1)).await;
        }
    }

    /// Checks, in calm weather, that an arrival reaches the subscribed client in time.
    pub(super) async fn check_notification(&self, limit: Duration) {
        let client = &self.client;
        let before = client.state().arrivals;
        client.world.new_mail(INSTANCES[client.instance].1);
        let arrived = async {
            while client.state().arrivals == before {
                sleep(Duration::from_secs(1)).await;
            }
        };
        if timeout(limit, arrived).await.is_err() {
            let how = format!("client {} is not notified of an arrival", client.number);
            client.world.record_violation(how);
        }
    }
}

impl McpClient {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn note(&self, label: &str, how: &str) {
        self.world
            .note(&format!("agent {} {label}: {how}", self.number));
    }

    async fn write(&self, message: Value) {
        let mut input = self.input.lock().await;
        // A killed shim does not read.
        let _ = input.write_all(format!("{message}\n").as_bytes()).await;
    }

    /// Sends a request without waiting.
    async fn send(&self, method: &str, params: Value) -> (u64, oneshot::Receiver<Value>) {
        let (answer, answered) = oneshot::channel();
        let id = {
            let mut state = self.state();
            state.next_id += 1;
            let id = state.next_id;
            state.waiting.insert(id, answer);
            let arguments = &params["arguments"];
            if params["name"] == "fetch_email" && arguments["email_id"].is_null() {
                state.fetches.push(id);
            }
            id
        };
        self.write(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
            .await;
        (id, answered)
    }

    /// Reads the shim's output until the processes are killed.
    async fn read(
        self: Arc<Self>,
        mut output: DuplexStream,
        shim: AbortHandle,
        killed: CancellationToken,
    ) {
        let (mut line, mut piece) = (Vec::new(), [0; 512]);
        loop {
            let most = 1 + self.world.draw(piece.len() as u64) as usize;
            let n = tokio::select! {
                biased;
                () = killed.cancelled() => break,
                read = output.read(&mut piece[..most]) => read.unwrap_or(0),
            };
            if n == 0 {
                let how = format!("tai-mcp {} has ended", self.number);
                return self.world.record_violation(how);
            }
            self.take(&mut line, &piece[..n]);
            if self.world.happens(20) {
                sleep(self.world.moment(30)).await;
            }
        }
        // A pipe keeps what the killed process has written.
        shim.abort();
        while let Ok(Ok(n @ 1..)) = timeout(Duration::ZERO, output.read(&mut piece)).await {
            self.take(&mut line, &piece[..n]);
        }
        let unreported = self.deliveries.unreported();
        self.world.may_come_again(self.number, &unreported);
    }

    /// Adds bytes to the current line and handles each whole line.
    fn take(self: &Arc<Self>, line: &mut Vec<u8>, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' => {
                    let message: Value = serde_json::from_slice(line).unwrap();
                    line.clear();
                    self.handle(message);
                }
                byte => line.push(*byte),
            }
        }
    }

    fn handle(self: &Arc<Self>, message: Value) {
        match message["method"].as_str() {
            Some("elicitation/create") => {
                let action = match self.world.draw(10) {
                    ..6 => "accept",
                    ..8 => "decline",
                    _ => "cancel",
                };
                self.note("question", action);
                let result = match action {
                    "accept" => json!({"action": action, "content": {}}),
                    _ => json!({"action": action}),
                };
                let answer = json!({"jsonrpc": "2.0", "id": message["id"], "result": result});
                let client = self.clone();
                tokio::spawn(async move { client.write(answer).await });
            }
            Some("notifications/resources/updated") => self.state().arrivals += 1,
            Some(_) => {}
            None => self.answered(message),
        }
    }

    fn answered(&self, message: Value) {
        let Some(id) = message["id"].as_u64() else {
            let how = format!("an answer has no id: {message}");
            return self.world.record_violation(how);
        };
        let is_fetch = {
            let mut state = self.state();
            let before = state.fetches.len();
            state.fetches.retain(|fetch| *fetch != id);
            state.fetches.len() < before
        };
        let mail = &message["result"]["structuredContent"]["email"];
        let is_whole = mail["part"] == mail["parts"];
        match mail["id"].as_u64() {
            Some(mail_id) if is_fetch && is_whole => {
                self.deliveries.read(mail_id);
                let to = mail["to"].as_str().unwrap_or_default();
                self.world.delivered(self.number, mail_id, to);
            }
            // Also of a client that was killed before it looked at the answer.
            Some(mail_id) if !is_fetch => self.world.read_by_id(mail_id),
            Some(_) | None => {}
        }
        let waiting = self.state().waiting.remove(&id);
        if let Some(answer) = waiting {
            let _ = answer.send(message);
        }
    }
}
