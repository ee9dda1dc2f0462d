//! `cargo demo`: two MCP clients, each with its own `tai-mcp`, mail each other through one taid
//! with one login, on a built-in sandbox bridge. Exits 0 only if the counts are as expected.

#![allow(clippy::indexing_slicing)]
// Indexing a `serde_json::Value` does not panic.

use serde_json::json;
use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tai_e2e::{Daemon, Machine, executables, mcp::Shim};

const USAGE: &str = "\
usage: cargo demo [--keep]

Runs a sandbox mail bridge, taid and two tai-mcp in a temporary directory, and lets the two
mail each other. With --keep they run until Ctrl-C, for a client of your own.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let keep = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--keep"] => true,
        ["--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    println!("Building taid and tai-mcp ...");
    executables();
    let machine = Arc::new(Machine::new());
    let interrupted = Arc::new(AtomicBool::new(false));
    match run_until_interrupted(&machine, &interrupted, keep) {
        Ok(Some(outcome)) => outcome,
        Ok(None) => {
            // The demo thread owns the process of taid, so this thread stops it by command.
            interrupted.store(true, Ordering::SeqCst);
            // The demo thread panics when its calls fail. That is expected here.
            std::panic::set_hook(Box::new(|_| {}));
            machine.cli(&["stop"]);
            let _ = std::fs::remove_dir_all(machine.home());
            println!("\nstopped and cleaned up");
            ExitCode::from(if keep { 0 } else { 130 })
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the demo on a separate thread. Returns `None` after Ctrl-C.
fn run_until_interrupted(
    machine: &Arc<Machine>,
    interrupted: &Arc<AtomicBool>,
    keep: bool,
) -> io::Result<Option<ExitCode>> {
    let (done, mut finished) = tokio::sync::oneshot::channel();
    let (machine, interrupted) = (machine.clone(), interrupted.clone());
    std::thread::spawn(move || {
        let outcome = demo(&machine, &interrupted, keep);
        drop(machine);
        let _ = done.send(outcome);
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::select! {
            outcome = &mut finished => Ok(outcome.ok().or(Some(ExitCode::FAILURE))),
            pressed = tokio::signal::ctrl_c() => pressed.map(|()| None),
        }
    })
}

fn demo(machine: &Machine, interrupted: &AtomicBool, keep: bool) -> ExitCode {
    let taid = machine.start();
    println!("sandbox    {}", machine.sandbox.url());
    println!("taid       pid {}, one login for all clients", taid.pid());
    let mut desk = machine.shim("desk").initialized("demo desk", "2025-11-25");
    println!(
        "tai-mcp 1  pid {}, instance desk, MCP 2025-11-25",
        desk.pid()
    );
    let mut server = machine.shim("server").modern();
    println!(
        "tai-mcp 2  pid {}, instance server, MCP 2026-07-28",
        server.pid()
    );

    let step = |shim: &mut Shim, who: &str, tool: &str, arguments: serde_json::Value| {
        if interrupted.load(Ordering::SeqCst) {
            return serde_json::Value::Null;
        }
        println!("\n{who}> {tool} {arguments}");
        let result = shim.call(tool, arguments);
        for line in result.text.lines() {
            println!("    {line}");
        }
        let _ = io::stdout().flush();
        assert!(!result.is_error, "{tool} failed");
        result.structured
    };
    step(
        &mut desk,
        "desk",
        "send_email",
        json!({
            "to": "server.alice@tai.chat", "subject": "Deploy tonight?",
            "content": "Can you deploy **v2** tonight?\n\n- migrate\n- restart",
        }),
    );
    step(&mut server, "server", "list_inbox", json!({}));
    let read = step(&mut server, "server", "fetch_email", json!({}));
    step(
        &mut server,
        "server",
        "reply_email",
        json!({
            "message_id": read["email"]["id"], "content": "Yes, at **22:00**.",
        }),
    );
    step(&mut desk, "desk", "list_inbox", json!({}));
    step(&mut desk, "desk", "fetch_email", json!({}));

    println!("\n$ taid status");
    print!(
        "{}",
        String::from_utf8_lossy(&machine.cli(&["status"]).stdout)
    );
    let outcome = count(machine);
    if keep && outcome == ExitCode::SUCCESS && !interrupted.load(Ordering::SeqCst) {
        print_configuration(machine);
        wait_for_interrupt(interrupted);
    }
    finish(taid, interrupted);
    outcome
}

/// Prints the counts of taid and of the sandbox, and compares them with the expected ones.
fn count(machine: &Machine) -> ExitCode {
    let status = machine.status();
    let clients = status["clients"].as_array().map_or(0, Vec::len);
    let logins = machine.sandbox.count("POST /api/v1/login");
    let mails = machine.sandbox.mails().unwrap_or_default();
    let read = mails.iter().filter(|mail| mail.is_read).count();
    let plural = if logins == 1 { "" } else { "s" };
    println!(
        "\n{clients} clients, {logins} login{plural}, {} mails delivered, {read} read",
        mails.len()
    );
    let agreed = status["session"]["logins"] == logins;
    if agreed && (clients, logins, mails.len(), read) == (2, 1, 2, 2) {
        ExitCode::SUCCESS
    } else {
        eprintln!("error: expected 2 clients, 1 login, 2 mails, 2 read");
        ExitCode::FAILURE
    }
}

fn print_configuration(machine: &Machine) {
    let configuration = json!({"mcpServers": {"tai": {
        "command": executables().join("tai-mcp"),
        "args": ["--home", machine.home()],
        "env": {"TAI_MCP_INSTANCE": "desk"},
    }}});
    println!("\nStill running. Paste this into your MCP client's configuration:\n");
    println!("{configuration:#}");
    println!("\nCtrl-C stops it and cleans up.");
}

#[expect(
    clippy::disallowed_methods,
    reason = "the interval between two looks for Ctrl-C"
)]
fn wait_for_interrupt(interrupted: &AtomicBool) {
    while !interrupted.load(Ordering::SeqCst) {
        std::thread::park_timeout(std::time::Duration::from_millis(100));
    }
}

fn finish(taid: Daemon<'_>, interrupted: &AtomicBool) {
    if !interrupted.load(Ordering::SeqCst) {
        taid.stop();
    }
}
