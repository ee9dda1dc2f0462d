//! Measurements of the real executables over their pipes and sockets, with one blocking client
//! thread that adds little cost.

use crate::{
    cores::Cores,
    crowd::Crowd,
    peer::{Peer, RELAY},
    requests::{discover, initialize, line, list},
    usage::{memory, rss, switches},
};
use serde_json::json;
use std::{
    io::Write as _,
    process::Command,
    time::{Duration, Instant},
};
use tai_e2e::{Machine, PASSWORD, USER, executables};
use tai_sandbox::{NewMail, Options};

pub(crate) fn median(samples: &[Duration]) -> Duration {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

pub(crate) struct Starts {
    pub(crate) noop: Vec<Duration>,
    pub(crate) initialize: Vec<Duration>,
    pub(crate) discover: Vec<Duration>,
}

pub(crate) struct Calls {
    pub(crate) relay: Vec<Duration>,
    pub(crate) direct: Vec<Duration>,
    pub(crate) through: Vec<Duration>,
}

pub(crate) struct Bench {
    machine: Machine,
}

impl Bench {
    pub(crate) fn new() -> Self {
        executables();
        Self {
            machine: Machine::with(Options::default()),
        }
    }

    fn shim(&self) -> Peer {
        let mut command = self.machine.command("tai-mcp");
        command.env("TAI_MCP_INSTANCE", "desk");
        Peer::spawn(command)
    }

    /// Measures starts of the three kinds. They alternate, so that noise affects all of them.
    pub(crate) fn starts(&mut self, rounds: usize) -> Starts {
        let (initialize, discover) = (initialize(), discover());
        let mut starts = Starts {
            noop: vec![],
            initialize: vec![],
            discover: vec![],
        };
        for _ in 0..rounds {
            let started = Instant::now();
            assert_eq!(Peer::spawn(Command::new("cat")).ask("x\n"), "x\n");
            starts.noop.push(started.elapsed());
            for (line, times) in [
                (&initialize, &mut starts.initialize),
                (&discover, &mut starts.discover),
            ] {
                let started = Instant::now();
                let mut peer = self.shim();
                assert!(peer.ask(line).contains("\"result\""));
                times.push(started.elapsed());
            }
        }
        starts
    }

    /// Returns the PSS of a single tai-mcp, and of each of `many`, in kB.
    pub(crate) fn shim_pss(&mut self, many: usize) -> (f64, f64) {
        let hello = initialize();
        let started = |peer: &mut Peer| {
            assert!(peer.ask(&hello).contains("\"result\""));
        };
        let mut alone: Vec<f64> = (0..5)
            .map(|_| {
                let mut peer = self.shim();
                started(&mut peer);
                memory(peer.child.id(), "Pss:")
            })
            .collect();
        alone.sort_by(f64::total_cmp);
        let mut peers: Vec<Peer> = (0..many).map(|_| self.shim()).collect();
        peers.iter_mut().for_each(started);
        let sum: f64 = peers
            .iter()
            .map(|peer| memory(peer.child.id(), "Pss:"))
            .sum();
        (alone[2], sum / many as f64)
    }

    /// Returns the RSS of an idle taid with an https bridge, and of a taid after a login and a
    /// thousand calls, in kB.
    pub(crate) fn taid_rss(&mut self) -> (f64, f64) {
        let idle = Machine::new();
        // In the file, because a password of the keyring is for the bridge of the file.
        idle.configure("api_base_url = \"https://tai.invalid\"\n");
        let taid = idle.start_with(&[("TAI_MCP_PASSWORD", "")]);
        // Without a password the failed login is the last step of the start.
        tai_e2e::wait_until("taid has looked for a password", || {
            idle.log().contains("login is not possible yet")
        });
        let idle = rss(taid.pid());
        drop(taid);
        let busy = Machine::new();
        let taid = busy.start_with(&[("TAI_MCP_LOG_LEVEL", "info")]);
        let mut shim = busy.shim("desk").initialized("bench", "2025-11-25");
        for _ in 0..1000 {
            assert!(!shim.call("list_inbox", json!({})).is_error);
        }
        (idle, rss(taid.pid()))
    }

    /// Returns the context switches of taid with a live token and no client, in `seconds`.
    #[allow(clippy::disallowed_methods, reason = "measures an idle process")]
    pub(crate) fn idle_switches(&mut self, seconds: u64) -> u64 {
        let machine = Machine::new();
        let taid = machine.start_with(&[("TAI_MCP_LOG_LEVEL", "error")]);
        taid.wait_until_live();
        // Lets the connection of `taid status` close.
        std::thread::sleep(Duration::from_secs(1));
        let before = switches(taid.pid());
        std::thread::sleep(Duration::from_secs(seconds));
        switches(taid.pid()) - before
    }

    /// Measures the same request directly and through tai-mcp and taid, and a line through the
    /// relay. The three alternate.
    pub(crate) fn calls(&mut self, rounds: usize, cores: Cores) -> Calls {
        let _pinned = cores.keep_to();
        let crowd = Crowd::new(false);
        let _taid = crowd.start();
        let mut shim = crowd.client();
        let call = list();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let direct = Direct::new(&crowd.url(), &runtime);
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(RELAY);
        let mut relay = Peer::spawn(command);
        let mut calls = Calls {
            relay: vec![],
            direct: vec![],
            through: vec![],
        };
        for round in 0..rounds + 200 {
            let started = Instant::now();
            relay.ask(&call);
            let relay = started.elapsed();
            let started = Instant::now();
            runtime.block_on(direct.list());
            let direct = started.elapsed();
            let started = Instant::now();
            assert!(shim.ask(&call).contains("Mail 9"));
            let through = started.elapsed();
            // The first rounds warm up.
            if round >= 200 {
                calls.relay.push(relay);
                calls.direct.push(direct);
                calls.through.push(through);
            }
        }
        calls
    }

    /// Returns the resident memory of taid before and after listing a hundred mails of 150 kB,
    /// in kB.
    pub(crate) fn heavy_inbox(&mut self) -> (f64, f64) {
        let machine = Machine::new();
        let body = "0123456789abcde\n".repeat(9_600);
        for n in 0..100 {
            let mail = NewMail {
                from: "bench@example.com".into(),
                to: format!("desk.{USER}@tai.chat"),
                subject: Some(format!("Mail {n}")),
                body_text: Some(body.clone()),
                ..NewMail::default()
            };
            machine.sandbox.deliver(&mail).unwrap();
        }
        let taid = machine.start_with(&[("TAI_MCP_LOG_LEVEL", "info")]);
        taid.wait_until_live();
        let before = rss(taid.pid());
        let mut shim = machine.shim("desk").initialized("bench", "2025-11-25");
        for _ in 0..3 {
            let list = shim.call("list_inbox", json!({"limit": 100}));
            assert!(!list.is_error, "{}", list.text);
        }
        (before, rss(taid.pid()))
    }

    /// Returns the logins for the simultaneous first calls of `clients` clients.
    pub(crate) fn logins_of_cold_clients(&mut self, clients: usize) -> u64 {
        let machine = Machine::new();
        let call = line(
            1,
            "tools/call",
            json!({"name": "list_inbox", "arguments": {}}),
        );
        let mut peers: Vec<Peer> = (0..clients)
            .map(|n| {
                let mut command = machine.command("tai-mcp");
                command.env("TAI_MCP_INSTANCE", format!("i{n}"));
                let mut peer = Peer::spawn(command);
                peer.ask(&initialize());
                peer
            })
            .collect();
        let _taid = machine.start();
        for peer in &mut peers {
            peer.input.write_all(call.as_bytes()).unwrap();
        }
        for peer in &mut peers {
            assert!(!peer.ask("").contains("isError\":true"));
        }
        machine.sandbox.count("POST /api/v1/login")
    }
}

/// A direct client of the bridge with a kept connection.
struct Direct {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Direct {
    fn new(base: &str, runtime: &tokio::runtime::Runtime) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .build()
            .unwrap();
        let body = json!({"username": USER, "password": PASSWORD}).to_string();
        let token = runtime.block_on(async {
            let answer = client
                .post(format!("{base}/api/v1/login"))
                .body(body)
                .send()
                .await
                .unwrap();
            let answer: serde_json::Value =
                serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
            answer["data"]["token"].as_str().unwrap().to_owned()
        });
        let url = format!("{base}/api/v1/messages?limit=50&offset=0&prefix=desk");
        Self { client, url, token }
    }

    async fn list(&self) {
        let request = self
            .client
            .get(&self.url)
            .header("Authorization", format!("Bearer {}", self.token));
        let body = request.send().await.unwrap().bytes().await.unwrap();
        assert!(!body.is_empty());
    }
}
