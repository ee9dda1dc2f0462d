//! Simulates up to a million daemons and one bridge: logins, renewals and polls per second in steady
//! state, after an outage, after a rotation of the bridge's secret, and at nine o'clock.
//!
//! The times of all requests come from [`tai_timing`], as those of the daemon.
//! `cargo run --release -p tai-scale` prints the table of `packaging/docs/scale.md`, and with
//! `--write packaging/docs` it writes the plots.

mod bridge;
mod daemon;
mod figures;
#[cfg(test)]
mod limits;
mod mix;
mod plot;
mod queue;
mod scenario;
mod session;
mod table;
mod time;

use clap::Parser;
use figures::Report;
use scenario::Scenario;
use std::{io, path::PathBuf, process::ExitCode};

/// Simulates many daemons and one bridge.
#[derive(Debug, Parser)]
struct Options {
    /// Numbers of daemons.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 100_000, 1_000_000])]
    daemons: Vec<u32>,
    /// Folder for the plots of the largest number.
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: the plots were not written\ncaused by: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> io::Result<()> {
    let mut reports = Vec::new();
    let largest = options.daemons.iter().max().copied();
    for &daemons in &options.daemons {
        for (report, seconds) in all(daemons) {
            if let Some(folder) = &options.write
                && Some(daemons) == largest
            {
                let svg = plot::plot(&report, &seconds);
                std::fs::write(folder.join(report.scenario.file()), svg)?;
            }
            reports.push(report);
        }
    }
    println!("Mean and busiest second. {}", table::LIMITS);
    println!("{}", table::table(&reports));
    Ok(())
}

/// Runs all scenarios, two at a time, because each needs about 150 MB for a million daemons.
fn all(daemons: u32) -> Vec<(Report, Vec<bridge::Second>)> {
    let mut results = Vec::new();
    for pair in Scenario::ALL.chunks(2) {
        std::thread::scope(|scope| {
            let running: Vec<_> = pair
                .iter()
                .map(|scenario| scope.spawn(|| Report::run(*scenario, daemons)))
                .collect();
            for thread in running {
                results.extend(thread.join().ok());
            }
        });
    }
    results
}
