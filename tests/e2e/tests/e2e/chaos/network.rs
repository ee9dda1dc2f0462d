//! Faults of the network between taid and the bridge.

use super::{desk, send, sent, works};
use serde_json::json;
use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};
use tai_e2e::{Machine, mcp::ToolResult, within};

/// Treatment of the bytes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Passes = 0,
    /// Connections are accepted and all bytes are dropped.
    Swallows,
    /// Connections are closed on the first byte.
    Resets,
    /// Requests pass and answers are dropped.
    HalfOpen,
    /// 16 bytes pass every 2 ms.
    Crawls,
    /// Connections from before are closed on the next byte, and others pass.
    ForgetsIdle,
}

/// A proxy in front of the bridge, with a mode that can change.
struct Network {
    address: SocketAddr,
    mode: Arc<AtomicU8>,
}

impl Network {
    fn to(bridge: &str) -> Self {
        let bridge: SocketAddr = bridge.trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mode = Arc::new(AtomicU8::new(0));
        let modes = mode.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(bridge) else {
                    continue;
                };
                for (from, to, back) in [(&client, &server, false), (&server, &client, true)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let modes = modes.clone();
                    let born = modes.load(Ordering::SeqCst);
                    std::thread::spawn(move || carry(from, to, back, &modes, born));
                }
            }
        });
        Self { address, mode }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn becomes(&self, mode: Mode) {
        self.mode.store(mode as u8, Ordering::SeqCst);
    }
}

#[allow(clippy::disallowed_methods, reason = "simulates a slow network")]
fn carry(mut from: TcpStream, mut to: TcpStream, back: bool, mode: &AtomicU8, born: u8) {
    let mut piece = [0; 4096];
    let _ = (|| -> io::Result<()> {
        loop {
            let n = from.read(&mut piece)?;
            if n == 0 {
                return to.shutdown(Shutdown::Write);
            }
            let mode = mode.load(Ordering::SeqCst);
            if mode == Mode::Swallows as u8 || (mode == Mode::HalfOpen as u8 && back) {
                continue;
            }
            let is_forgotten = mode == Mode::ForgetsIdle as u8 && mode != born;
            if mode == Mode::Resets as u8 || is_forgotten {
                from.shutdown(Shutdown::Both)?;
                return to.shutdown(Shutdown::Both);
            }
            if mode == Mode::Crawls as u8 {
                for bytes in piece[..n].chunks(16) {
                    to.write_all(bytes)?;
                    std::thread::sleep(Duration::from_millis(2));
                }
                continue;
            }
            to.write_all(&piece[..n])?;
        }
    })();
}

/// Returns the answers to a read and a send in this mode, and checks that later calls succeed.
fn through(mode: Mode) -> (ToolResult, ToolResult) {
    let machine = Machine::new();
    let network = Network::to(&machine.sandbox.url());
    let url = network.url();
    let _taid = machine.start_with(&[
        ("TAI_MCP_API_BASE_URL", &url),
        ("TAI_MCP_API_TIMEOUT", "5000"),
    ]);
    let mut shim = desk(&machine);
    works(&mut shim);
    network.becomes(mode);
    let started = Instant::now();
    let list = shim.begin_call("list_inbox", json!({}));
    let mail = send(&mut shim, "through it");
    let (list, mail) = (shim.finish_call(&list), shim.finish_call(&mail));
    assert!(started.elapsed() < within(Duration::from_secs(55)));
    network.becomes(Mode::Passes);
    works(&mut shim);
    let id = send(&mut shim, "after it");
    assert!(!shim.finish_call(&id).is_error);
    assert_eq!(sent(&machine, "after it"), 1);
    let times = sent(&machine, "through it");
    match mail.is_error {
        false => assert_eq!(times, 1),
        true if mail.text.contains("it is unknown whether") => assert!(times <= 1),
        true => assert_eq!(times, 0, "{}", mail.text),
    }
    (list, mail)
}

/// Checks that the read failed for this reason and that the send is reported as unknown.
fn fails((list, mail): (ToolResult, ToolResult), reason: &str) {
    assert!(list.is_error && list.text.contains(reason), "{}", list.text);
    let unknown = "it is unknown whether the mail was sent";
    assert!(
        mail.is_error && mail.text.contains(unknown),
        "{}",
        mail.text
    );
}

#[test]
fn chaos_a_network_that_drops_all_packets_costs_at_most_the_deadline() {
    fails(through(Mode::Swallows), "did not answer within");
}

#[test]
fn chaos_a_reset_connection_is_reported_and_leaves_a_send_unknown() {
    let reason = "the connection to the bridge broke before it answered";
    fails(through(Mode::Resets), reason);
}

#[test]
fn chaos_a_half_open_connection_leaves_a_send_unknown() {
    fails(through(Mode::HalfOpen), "did not answer within");
}

#[test]
fn chaos_a_slow_network_delays_a_call_without_failing_it() {
    let (list, mail) = through(Mode::Crawls);
    assert!(!list.is_error, "{}", list.text);
    assert!(!mail.is_error, "{}", mail.text);
}

#[test]
fn chaos_an_idle_connection_that_was_closed_makes_no_send_uncertain() {
    let machine = Machine::new();
    let network = Network::to(&machine.sandbox.url());
    let url = network.url();
    let _taid = machine.start_with(&[("TAI_MCP_API_BASE_URL", &url)]);
    let mut shim = desk(&machine);
    works(&mut shim);
    network.becomes(Mode::ForgetsIdle);
    let mail = send(&mut shim, "on a new connection");
    let answer = shim.finish_call(&mail);
    assert!(!answer.is_error, "{}", answer.text);
    assert_eq!(sent(&machine, "on a new connection"), 1);
    works(&mut shim);
}
