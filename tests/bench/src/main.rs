//! `cargo run --release -p tai-bench`: measures what was promised, beside floors measured in
//! the same run, and marks each limit met or missed. Exits 1 when one is missed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod cores;
mod measure;
mod peer;

use cores::Cores;
use measure::{Bench, median, micros};
use std::{io::Write as _, process::ExitCode, time::Duration};

/// One row: what was measured, and what it may be at the most.
struct Row {
    what: &'static str,
    measured: f64,
    limit: Option<f64>,
    unit: &'static str,
    beside: String,
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(peer::RELAY) {
        return peer::relay();
    }
    if cfg!(debug_assertions) {
        eprintln!("error: this measures a debug build\nhint: cargo run --release -p tai-bench");
        return ExitCode::from(2);
    }
    let mut bench = Bench::new();
    let mut rows = Vec::new();
    progress("starts");
    starts(&mut bench, &mut rows);
    progress("memory");
    memory(&mut bench, &mut rows);
    progress("calls");
    calls(&mut bench, &mut rows);
    progress("logins");
    let logins = bench.logins_of_cold_clients(50);
    rows.push(Row {
        what: "logins for 50 clients' first calls at once",
        measured: logins as f64,
        limit: Some(1.0),
        unit: "",
        beside: String::new(),
    });
    progress("nothing");
    rows.push(Row {
        what: "context switches of idle taid with a live token, in 10 s",
        measured: bench.idle_switches(10) as f64,
        limit: Some(0.0),
        unit: "",
        beside: String::new(),
    });
    print(&rows)
}

fn progress(what: &str) {
    eprint!("{what} ... ");
    let _ = std::io::stderr().flush();
}

fn starts(bench: &mut Bench, rows: &mut Vec<Row>) {
    let samples = bench.starts(300);
    let floor = micros(median(&samples.noop));
    let mut row = |what, samples: &[Duration]| {
        let measured = micros(median(samples));
        let beside = format!("{:.1} x `cat` ({:.2} ms)", measured / floor, floor / 1000.0);
        rows.push(Row {
            what,
            measured: measured / 1000.0,
            limit: Some(2.0),
            unit: "ms",
            beside,
        });
    };
    row("spawn to the answer of initialize", &samples.initialize);
    row("spawn to the answer of server/discover", &samples.discover);
}

fn memory(bench: &mut Bench, rows: &mut Vec<Row>) {
    let (alone, each) = bench.shim_pss(20);
    let beside = format!("{:.2} MB each where 20 run", each / 1000.0);
    rows.push(Row {
        what: "PSS of one tai-mcp after initialize",
        measured: alone / 1000.0,
        limit: Some(2.5),
        unit: "MB",
        beside,
    });
    let (rss, after) = bench.taid_rss();
    rows.push(Row {
        what: "RSS of idle taid with TLS ready",
        measured: rss / 1000.0,
        limit: Some(8.0),
        unit: "MB",
        beside: format!("{:.1} MB after a login and 1000 calls", after / 1000.0),
    });
}

fn calls(bench: &mut Bench, rows: &mut Vec<Row>) {
    for (cores, what) in [
        (
            Cores::One,
            "list_inbox on top of the same request made directly, on one core",
        ),
        (Cores::All, "the same, spread over the cores"),
    ] {
        let samples = bench.calls(3000, cores);
        let [relay, direct, through] =
            [&samples.relay, &samples.direct, &samples.through].map(|all| micros(median(all)));
        rows.push(Row {
            what,
            measured: through - direct,
            limit: Some(120.0),
            unit: "µs",
            beside: format!(
                "{:.1} x direct ({direct:.0} µs); the four wake-ups alone, through a relay and `cat`: {relay:.0} µs",
                through / direct
            ),
        });
    }
}

fn print(rows: &[Row]) -> ExitCode {
    eprintln!("done\n");
    println!("| Measured | Median | Limit | | Beside it, in the same run |");
    println!("|---|---|---|---|---|");
    let mut all_met = true;
    for Row {
        what,
        measured,
        limit,
        unit,
        beside,
    } in rows
    {
        let (limit, verdict) = match limit {
            Some(limit) if measured <= limit => (format!("{limit} {unit}"), "met"),
            Some(limit) => {
                all_met = false;
                (format!("{limit} {unit}"), "missed")
            }
            None => (String::new(), ""),
        };
        let digits = if *unit == "ms" || *unit == "MB" { 2 } else { 0 };
        println!("| {what} | {measured:.digits$} {unit} | {limit} | {verdict} | {beside} |");
    }
    if all_met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
