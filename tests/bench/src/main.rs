//! `cargo run --release -p tai-bench`: measures the executables next to floors of the same run,
//! and marks each limit met or missed. Exits 1 if a limit is missed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod cores;
mod crowd;
mod measure;
mod peer;
mod plot;
mod requests;
mod rows;
mod stub;
mod tools;
mod usage;
mod versus;

use clap::Parser;
use cores::Cores;
use crowd::{Crowd, Instances};
use measure::{Bench, median, micros};
use rows::{Before, Row, json, print, row};
use std::{io::Write as _, path::PathBuf, process::ExitCode, time::Duration};

/// Measures taid and tai-mcp, and marks each limit met or missed.
#[derive(Debug, Parser)]
struct Args {
    /// Compares tai-mcp with another MCP server on stdio, which a shell starts
    #[arg(long, value_name = "COMMAND")]
    vs: Option<String>,
    /// Prints the measurements of an earlier run, from its JSON, beside these
    #[arg(long, value_name = "FILE")]
    before: Option<PathBuf>,
    /// Writes the measurements as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Writes the plot of memory by clients
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(peer::RELAY) {
        return peer::relay();
    }
    let args = Args::parse();
    if cfg!(debug_assertions) {
        eprintln!("error: this measures a debug build\nhint: cargo run --release -p tai-bench");
        return ExitCode::from(2);
    }
    if let Some(command) = &args.vs {
        return compare(command);
    }
    let before = args.before.as_deref().map(Before::read).unwrap_or_default();
    let mut bench = Bench::new();
    let mut rows = Vec::new();
    progress("starts");
    starts(&mut bench, &mut rows);
    progress("calls");
    calls(&mut bench, &mut rows);
    progress("tools");
    tools::calls(&mut rows);
    progress("crowds");
    let points = crowds(&mut rows);
    progress("memory");
    memory(&mut bench, &mut rows);
    progress("logins");
    let logins = bench.logins_of_cold_clients(50);
    row(
        &mut rows,
        "logins for 50 clients' first calls at once",
        logins as f64,
        Some(1.0),
        "",
        String::new(),
    );
    progress("nothing");
    let switches = bench.idle_switches(10) as f64;
    let what = "context switches of idle taid with a live token, in 10 s";
    row(&mut rows, what, switches, Some(0.0), "", String::new());
    if let Some(path) = &args.svg {
        std::fs::write(path, plot::memory(&points)).unwrap();
    }
    if let Some(path) = &args.json {
        std::fs::write(path, json(&rows)).unwrap();
    }
    print(&rows, &before)
}

/// Prints a comparison of tai-mcp with another server, measured in the same run.
fn compare(command: &str) -> ExitCode {
    let crowd = Crowd::new(false);
    let _taid = crowd.start();
    let theirs = versus::costs(&|| {
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("exec {command}")]);
        shell
    });
    let ours = versus::costs(&|| crowd.command());
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!("| Measured | tai-mcp | {command} | Ratio |");
    println!("|---|---|---|---|");
    for (what, ours, theirs, unit) in [
        (
            "spawn to the answer of initialize",
            ms(ours.start),
            ms(theirs.start),
            "ms",
        ),
        ("tools/list", ms(ours.tools), ms(theirs.tools), "ms"),
        (
            "PSS of one, its children too",
            ours.alone / 1e3,
            theirs.alone / 1e3,
            "MB",
        ),
        ("PSS of ten", ours.ten / 1e3, theirs.ten / 1e3, "MB"),
    ] {
        println!(
            "| {what} | {ours:.2} {unit} | {theirs:.2} {unit} | {:.1} |",
            theirs / ours
        );
    }
    println!("\ntaid, of which there is one for all of them, is not counted: see the other table.");
    ExitCode::SUCCESS
}

fn progress(what: &str) {
    eprint!("{what} ... ");
    let _ = std::io::stderr().flush();
}

fn starts(bench: &mut Bench, rows: &mut Vec<Row>) {
    let samples = bench.starts(300);
    let floor = micros(median(&samples.noop)) / 1e3;
    let crowd = Crowd::new(false);
    let [tools, call, list_alone] = crowd.first_calls(100);
    let cold: Vec<Duration> = (0..5).map(|_| crowd.cold_call()).collect();
    for (what, samples, limit) in [
        ("initialize", &samples.initialize, Some(1.5 * floor + 0.6)),
        (
            "server/discover",
            &samples.discover,
            Some(1.5 * floor + 0.6),
        ),
        ("tools/list", &tools, None),
        ("the first call", &call, None),
        (
            "the first call where no taid runs: it is started and signs in",
            &cold,
            None,
        ),
    ] {
        let measured = micros(median(samples)) / 1e3;
        let beside = format!("{:.1} x `cat` ({floor:.2} ms)", measured / floor);
        row(
            rows,
            format!("spawn to the answer of {what}"),
            measured,
            limit,
            "ms",
            beside,
        );
    }
    row(
        rows,
        "the first tools/list, after the answer of initialize",
        micros(median(&list_alone)) / 1e3,
        Some(0.15),
        "ms",
        String::new(),
    );
}

fn memory(bench: &mut Bench, rows: &mut Vec<Row>) {
    let (alone, each) = bench.shim_pss(20);
    let beside = format!("{:.2} MB each where 20 run", each / 1e3);
    row(
        rows,
        "PSS of one tai-mcp after initialize",
        alone / 1e3,
        Some(2.5),
        "MB",
        beside,
    );
    let (rss, after) = bench.taid_rss();
    let beside = format!("{:.1} MB after a login and 1000 calls", after / 1e3);
    row(
        rows,
        "RSS of idle taid with TLS ready",
        rss / 1e3,
        Some(8.0),
        "MB",
        beside,
    );
    let crowd = Crowd::new(false);
    let [none, hundred, thousand] = [0, 100, 1_000].map(|count| crowd.connections(count) / 1e3);
    let beside = format!("{none:.1} MB with none, {hundred:.1} MB with 100");
    row(
        rows,
        "RSS of taid with 1000 connections",
        thousand,
        Some(16.0),
        "MB",
        beside,
    );
    let (before, after) = bench.heavy_inbox();
    let beside = format!("{:.1} MB before", before / 1e3);
    row(
        rows,
        "RSS of taid after 100 mails of 150 kB were listed",
        after / 1e3,
        Some(before / 1e3 + 30.0),
        "MB",
        beside,
    );
}

fn calls(bench: &mut Bench, rows: &mut Vec<Row>) {
    for (cores, what, limit) in [
        (
            Cores::One,
            "list_inbox on top of the same request made directly, on one core",
            90.0,
        ),
        (Cores::All, "the same, spread over the cores", 110.0),
    ] {
        let samples = bench.calls(3000, cores);
        let [relay, direct, through] =
            [&samples.relay, &samples.direct, &samples.through].map(|all| micros(median(all)));
        let beside = format!(
            "{:.1} x direct ({direct:.0} µs); the four wake-ups alone, over a pipe and a socket: {relay:.0} µs",
            through / direct
        );
        row(rows, what, through - direct, Some(limit), "µs", beside);
    }
    let crowd = Crowd::new(false);
    let (taid, shim) = crowd.cost_of_a_call(2_000);
    let beside = format!("taid {taid:.0} µs, tai-mcp {shim:.0} µs");
    let what = "CPU time of a call";
    row(rows, what, taid + shim, Some(70.0), "µs", beside);
    if let Some((taid, shim)) = crowd.system_calls(300) {
        let beside = format!("taid {taid:.1}, tai-mcp {shim:.1}");
        row(
            rows,
            "system calls of a call",
            taid + shim,
            Some(9.0),
            "",
            beside,
        );
    }
    let [start, with_password] = crowd.costs_of_a_start(50);
    row(
        rows,
        "CPU time of a start, up to the answer of initialize",
        start,
        None,
        "µs",
        String::new(),
    );
    row(
        rows,
        "the same with NAME and PASSWORD in the environment",
        with_password,
        Some(1.1 * start),
        "µs",
        format!("{:.1} x without", with_password / start),
    );
}

/// Adds latency and memory by number of clients. Returns the points of the memory plot.
fn crowds(rows: &mut Vec<Row>) -> Vec<(usize, f64, f64)> {
    let plain = Crowd::new(false);
    let burst = plain.bursts(50, Instances::Each, 100);
    let same = plain.bursts(50, Instances::One, 100);
    let one = |at| format!("{:.2} ms when all are of one instance", same.at(at));
    row(
        rows,
        "50 clients call at the same moment: p50",
        burst.at(0.5),
        Some(3.0),
        "ms",
        one(0.5),
    );
    row(
        rows,
        "the same: p99",
        burst.at(0.99),
        Some(12.0),
        "ms",
        format!("p99.9 {:.1} ms; {}", burst.at(0.999), one(0.99)),
    );
    let tls = Crowd::new(true);
    for (crowd, how) in [(&plain, ""), (&tls, ", with TLS to the bridge")] {
        for count in [1, 10, 50, 200] {
            let flood = crowd.flood(count, Instances::Each, 2.0);
            let beside = format!(
                "p99 {:.1} ms, p99.9 {:.1} ms; {:.0} calls a second",
                flood.at(0.99),
                flood.at(0.999),
                flood.per_second
            );
            let clients = if count == 1 { "client" } else { "clients" };
            let limit = (count == 200 && how.is_empty()).then_some(10.0);
            row(
                rows,
                format!("{count} {clients} without a pause{how}: p50"),
                flood.at(0.5),
                limit,
                "ms",
                beside,
            );
        }
    }
    let mut points = Vec::new();
    for (count, limit) in [
        (1, None),
        (10, None),
        (50, Some(60.0)),
        (200, None),
        (1_000, Some(250.0)),
    ] {
        let (all, own) = plain.memory(count, 20);
        let (all, own) = (all / 1e3, own / 1e3);
        let beside = format!("taid's share {own:.1} MB");
        let clients = if count == 1 { "client" } else { "clients" };
        row(
            rows,
            format!("PSS of {count} {clients} and taid after 20 calls each"),
            all,
            limit,
            "MB",
            beside,
        );
        points.push((count, all, own));
    }
    points
}
