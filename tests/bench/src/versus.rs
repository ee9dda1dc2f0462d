//! Any other MCP server on stdio, measured as ours is. It is started by a shell, asked for its
//! tools, and ended; no tool of it is called.

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

/// What one server costs.
pub(crate) struct Costs {
    pub(crate) start: Duration,
    /// Of all its processes, in kB, where one and where ten run.
    pub(crate) alone: f64,
    pub(crate) ten: f64,
    pub(crate) tools: Duration,
}

/// `command` makes a new one of the same each time.
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

/// Passes over what is no answer: some servers begin with notifications.
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

/// PSS of these processes and all they started, in kB.
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
