//! Measurements of any MCP server on stdio. The server is started by a shell, lists its tools and
//! is ended; no tool is called.

use crate::{
    measure::median,
    peer::Peer,
    requests::{initialize, line},
    usage::memory,
};
use serde_json::json;
use std::{
    process::Command,
    time::{Duration, Instant},
};

/// The costs of a server.
pub(crate) struct Costs {
    pub(crate) start: Duration,
    /// PSS of all processes of one server and of ten servers, in kB.
    pub(crate) alone: f64,
    pub(crate) ten: f64,
    pub(crate) tools: Duration,
}

/// Measures the servers that `command` starts.
pub(crate) fn costs(command: &dyn Fn() -> Command) -> Costs {
    let hello = initialize();
    let begin = || {
        let mut peer = Peer::spawn(command());
        answered(&mut peer, &hello);
        let told = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        peer.tell(&format!("{told}\n"));
        peer
    };
    let starts: Vec<Duration> = (0..15)
        .map(|_| {
            let started = Instant::now();
            let mut peer = Peer::spawn(command());
            answered(&mut peer, &hello);
            started.elapsed()
        })
        .collect();
    let mut peers = vec![begin()];
    let list = line(1, "tools/list", json!({}));
    let times: Vec<Duration> = (0..200)
        .map(|_| {
            let started = Instant::now();
            answered(&mut peers[0], &list);
            started.elapsed()
        })
        .collect();
    let alone = tree(&peers);
    peers.extend((1..10).map(|_| begin()));
    Costs {
        start: median(&starts),
        alone,
        ten: tree(&peers),
        tools: median(&times),
    }
}

/// Sends a line and waits for its result. Skips notifications, which some servers send first.
fn answered(peer: &mut Peer, line: &str) {
    let mut said = peer.ask(line).to_owned();
    while !said.contains("\"result\"") {
        assert!(
            !said.is_empty() && !said.contains("\"error\""),
            "it says {said:?}"
        );
        said = peer.ask("").to_owned();
    }
}

/// Returns the PSS of these processes and their descendants, in kB.
fn tree(peers: &[Peer]) -> f64 {
    let mut pids: Vec<u32> = peers.iter().map(|peer| peer.child.id()).collect();
    let mut sum = 0.0;
    while let Some(pid) = pids.pop() {
        sum += memory(pid, "Pss:");
        let children = format!("/proc/{pid}/task/{pid}/children");
        let children = std::fs::read_to_string(children).unwrap_or_default();
        pids.extend(
            children
                .split_whitespace()
                .filter_map(|pid| pid.parse::<u32>().ok()),
        );
    }
    sum
}
