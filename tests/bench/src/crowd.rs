//! Many clients of one daemon: memory, CPU time and latency of their calls.

use crate::{
    peer::Peer,
    requests::{initialize, line, list},
    stub::{self, Stub},
    usage::{cpu, memory, rss},
};
use serde_json::json;
use std::{
    process::Command,
    sync::{Arc, Barrier},
    time::{Duration, Instant},
};
use tai_e2e::{Daemon, Machine, raw::Raw};
use tai_proto::{call::GetInfo, message::Role};

/// A machine whose taid uses the [`Stub`] bridge.
pub(crate) struct Crowd {
    machine: Machine,
    stub: Stub,
}

/// The instances of the clients of a crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instances {
    /// Each client lists another inbox.
    Each,
    /// All clients list one inbox, so that one request to the bridge can answer several clients.
    One,
}

/// Latencies of calls, and calls per second.
pub(crate) struct Latency {
    sorted: Vec<Duration>,
    pub(crate) per_second: f64,
}

impl Latency {
    fn of(mut all: Vec<Duration>, took: Duration) -> Self {
        all.sort_unstable();
        let per_second = all.len() as f64 / took.as_secs_f64();
        Self {
            sorted: all,
            per_second,
        }
    }

    /// Returns the quantile at `share`, from 0 to 1, in ms.
    pub(crate) fn at(&self, share: f64) -> f64 {
        let index = (self.sorted.len() as f64 * share) as usize;
        self.sorted[index.min(self.sorted.len() - 1)].as_secs_f64() * 1e3
    }
}

impl Crowd {
    pub(crate) fn new(tls: bool) -> Self {
        Self {
            machine: Machine::new(),
            stub: Stub::start(tls),
        }
    }

    pub(crate) fn start(&self) -> Daemon<'_> {
        let mut command = self.machine.taid(&[("TAI_MCP_LOG_LEVEL", "info")]);
        command.env("TAI_MCP_API_BASE_URL", self.stub.url());
        if let Some(certificate) = self.stub.trust() {
            command.env("SSL_CERT_FILE", certificate);
        }
        let taid = self.machine.spawn(command);
        taid.wait_until_live();
        taid
    }

    /// Returns the URL of the bridge.
    pub(crate) fn url(&self) -> String {
        self.stub.url()
    }

    pub(crate) fn command(&self) -> Command {
        self.command_for(stub::ALONE)
    }

    fn command_for(&self, instance: &str) -> Command {
        let mut command = self.machine.command("tai-mcp");
        command.env("TAI_MCP_INSTANCE", instance);
        command
    }

    /// Starts clients and performs their handshakes.
    pub(crate) fn clients(&self, count: usize, instances: Instances) -> Vec<Peer> {
        let spawned = (0..count).map(|number| {
            Peer::spawn(match instances {
                Instances::Each => self.command_for(&stub::instance(number)),
                Instances::One => self.command(),
            })
        });
        let mut peers: Vec<Peer> = spawned.collect();
        let hello = initialize();
        for peer in &mut peers {
            assert!(peer.ask(&hello).contains("\"result\""));
        }
        peers
    }

    /// Starts one client and performs its handshake.
    pub(crate) fn client(&self) -> Peer {
        self.clients(1, Instances::One).remove(0)
    }

    /// Returns the PSS of `count` clients and taid after `calls` calls each, and of taid, in kB.
    pub(crate) fn memory(&self, count: usize, calls: usize) -> (f64, f64) {
        let taid = self.start();
        let mut peers = self.clients(count, Instances::Each);
        let list = list();
        for _ in 0..calls {
            for peer in &mut peers {
                assert!(peer.ask(&list).contains("Mail 9"));
            }
        }
        let own = memory(taid.pid(), "Pss:");
        let theirs: f64 = peers
            .iter()
            .map(|peer| memory(peer.child.id(), "Pss:"))
            .sum();
        (own + theirs, own)
    }

    /// Measures `count` clients that call without a pause for `seconds`.
    pub(crate) fn flood(&self, count: usize, instances: Instances, seconds: f64) -> Latency {
        let _taid = self.start();
        let peers = self.clients(count, instances);
        let began = Instant::now();
        let until = began + Duration::from_secs_f64(seconds);
        let threads: Vec<_> = peers
            .into_iter()
            .map(|mut peer| {
                std::thread::spawn(move || {
                    let list = list();
                    let mut times = Vec::new();
                    while Instant::now() < until {
                        let started = Instant::now();
                        assert!(peer.ask(&list).contains("Mail 9"));
                        times.push(started.elapsed());
                    }
                    // The first calls include connecting.
                    times.drain(..times.len().min(3));
                    times
                })
            })
            .collect();
        let times = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
        Latency::of(times, began.elapsed())
    }

    /// Measures `count` clients that call at the same moment, in `rounds` rounds.
    pub(crate) fn bursts(&self, count: usize, instances: Instances, rounds: usize) -> Latency {
        let _taid = self.start();
        let peers = self.clients(count, instances);
        let barrier = Arc::new(Barrier::new(count));
        let began = Instant::now();
        let threads: Vec<_> = peers
            .into_iter()
            .map(|mut peer| {
                let barrier = barrier.clone();
                std::thread::spawn(move || {
                    let list = list();
                    let mut times = Vec::new();
                    for round in 0..rounds + 3 {
                        barrier.wait();
                        let started = Instant::now();
                        assert!(peer.ask(&list).contains("Mail 9"));
                        if round >= 3 {
                            times.push(started.elapsed());
                        }
                    }
                    times
                })
            })
            .collect();
        let times = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
        Latency::of(times, began.elapsed())
    }

    /// Returns the resident memory of taid with `count` connections, in kB.
    pub(crate) fn connections(&self, count: usize) -> f64 {
        let taid = self.start();
        let socket = self.machine.socket();
        let mut open: Vec<_> = (0..count)
            .map(|_| Raw::open_as(&socket, Role::Agent { instance: None }))
            .collect();
        for (id, raw) in (1..).zip(&mut open) {
            raw.request(id, GetInfo);
            assert!(raw.answer().1.is_ok());
        }
        rss(taid.pid())
    }

    /// Returns the CPU time of a call in taid and in tai-mcp, in µs.
    pub(crate) fn cost_of_a_call(&self, rounds: u32) -> (f64, f64) {
        let taid = self.start();
        let mut peer = self.client();
        let pids = [taid.pid(), peer.child.id()];
        peer.call(200);
        let before = pids.map(cpu);
        peer.call(rounds);
        let after = pids.map(cpu);
        let each = |n: usize| (after[n] - before[n]) / f64::from(rounds);
        (each(0), each(1))
    }

    /// Returns the system calls of a call in taid and in tai-mcp; `None` without strace.
    pub(crate) fn system_calls(&self, rounds: u32) -> Option<(f64, f64)> {
        let taid = self.start();
        let mut peer = self.client();
        let pids = [taid.pid(), peer.child.id()];
        peer.call(50);
        let mut counted = Vec::new();
        for pid in pids {
            let trace = tempfile::NamedTempFile::new().unwrap();
            let mut strace = Command::new("strace")
                .args(["-f", "-q", "-p", &pid.to_string(), "-o"])
                .arg(trace.path())
                .stderr(std::process::Stdio::null())
                .spawn()
                .ok()?;
            let lines = || {
                std::fs::read_to_string(trace.path())
                    .unwrap_or_default()
                    .lines()
                    .count()
            };
            // The first traced line shows that strace is attached.
            let until = Instant::now() + Duration::from_secs(5);
            while lines() == 0 && Instant::now() < until {
                peer.call(1);
            }
            let before = lines();
            peer.call(rounds);
            let pid = rustix::process::Pid::from_child(&strace);
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::INT);
            let _ = strace.wait();
            let after = lines();
            counted.push((after - before) as f64 / f64::from(rounds));
        }
        Some((counted[0], counted[1])).filter(|(taid, _)| *taid > 0.0)
    }

    /// Returns the CPU times of a start up to the answer of initialize, in µs: without a password in
    /// the environment, and with one. The two alternate.
    pub(crate) fn costs_of_a_start(&self, rounds: u32) -> [f64; 2] {
        let account = [("NAME", tai_e2e::USER), ("PASSWORD", tai_e2e::PASSWORD)];
        let mut all = [vec![], vec![]];
        for _ in 0..rounds {
            for (costs, variables) in all.iter_mut().zip([&account[..0], &account[..]]) {
                let mut command = self.command();
                command.envs(variables.iter().copied());
                let mut peer = Peer::spawn(command);
                peer.ask(&initialize());
                costs.push(cpu(peer.child.id()));
            }
        }
        all.map(|mut costs| {
            costs.sort_by(f64::total_cmp);
            costs[costs.len() / 2]
        })
    }

    /// Returns the times from the start of a process to the answer of `tools/list`, and to the
    /// answer of its first call, with a running daemon, and the time of `tools/list` alone. The first
    /// two alternate.
    pub(crate) fn first_calls(&self, rounds: usize) -> [Vec<Duration>; 3] {
        let _taid = self.start();
        let mut times = [vec![], vec![], vec![]];
        let tools = line(1, "tools/list", json!({}));
        for _ in 0..rounds {
            for (kind, call) in [&tools, &list()].into_iter().enumerate() {
                let started = Instant::now();
                let mut peer = Peer::spawn(self.command());
                peer.ask(&initialize());
                let asked = Instant::now();
                assert!(peer.ask(call).contains("\"result\""));
                times[kind].push(started.elapsed());
                if kind == 0 {
                    times[2].push(asked.elapsed());
                }
            }
        }
        times
    }

    /// Returns the time from the start of a process to the answer of its first call, including
    /// the start and the login of the daemon.
    pub(crate) fn cold_call(&self) -> Duration {
        self.machine.configure(&format!(
            "api_base_url = \"{}\"\nusername = \"{}\"\n",
            self.stub.url(),
            tai_e2e::USER
        ));
        let mut command = self.command();
        command
            .env("TAI_MCP_AUTOSTART", "1")
            .env("TAI_MCP_USERNAME", tai_e2e::USER)
            .env("TAI_MCP_PASSWORD", tai_e2e::PASSWORD);
        let started = Instant::now();
        let mut peer = Peer::spawn(command);
        peer.ask(&initialize());
        assert!(peer.ask(&list()).contains("Mail 9"));
        let took = started.elapsed();
        assert!(self.machine.cli(&["stop"]).status.success());
        took
    }
}
