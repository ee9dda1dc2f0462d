//! `taid bugreport`: one file about this installation without private text.

mod redaction;

use crate::{
    audit::verify,
    cli::{
        daemon::{Daemon, SHORT},
        doctor,
        error::{CliError, Exit},
        json::in_json,
        target::Target,
        terminal::print,
    },
    os,
    server::logging,
    time::rfc3339,
};
use clap::Args;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};
use tai_proto::{Fault, call::GetTraffic, status::Status, traffic::Traffic};

/// Number of the last lines of the log, and of the audit log.
const LINES: usize = 300;
/// Limit of the end of the log that is read, in bytes.
const MAX_LOG: u64 = 1 << 20;

/// Write a bug report without private text
///
/// It has numbers, states and times of the status, the names and results of `taid doctor`'s checks,
/// the names of the settings that are set, the last 300 calls of clients and 200 requests to the bridge
/// with their kinds, times and outcomes, counts of the last outcomes of the audit log, and the last
/// lines of the log without their values. Look at it before you send it.
#[derive(Args)]
#[command(after_help = "Examples:
  taid bugreport            write tai-bugreport.json
  taid bugreport fault.json")]
pub(in crate::cli) struct BugReport {
    /// File to write, which must not exist
    #[arg(default_value = "tai-bugreport.json")]
    file: PathBuf,
}

impl BugReport {
    pub(in crate::cli) async fn run(self, target: &Target) -> Result<Exit, CliError> {
        let report = in_json(&report(target).await)?;
        // A new file of this process is private.
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&self.file);
        let written = file.and_then(|mut file| writeln!(file, "{report}"));
        written.map_err(|error| {
            CliError::new(format!("cannot write {}", self.file.display()))
                .caused_by(error)
                .hint("name another file: `taid bugreport FILE`")
        })?;
        print(&format!(
            "{}: written. It has no addresses, subjects, names, paths or secrets that taid knows of.\n\
             Look at it before you send it.",
            self.file.display()
        ));
        Ok(Exit::Success)
    }
}

async fn report(target: &Target) -> Value {
    let (status, traffic) = match running(target).await {
        Ok((status, traffic)) => (
            redaction::status(&serde_json::to_value(status).unwrap_or_default()),
            redaction::traffic(traffic),
        ),
        Err(fault) => (json!({ "fault": fault.code }), Traffic::default()),
    };
    let checks = doctor::outcomes(target).await;
    let (log, left_out) = log(target);
    json!({
        "schema": 2,
        "made_at": rfc3339(SystemTime::now()),
        "release": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
        "has_session_bus": os::session_bus().is_some(),
        "status": status,
        "doctor": checks,
        "calls": traffic.calls,
        "calls_left_out": traffic.calls_left_out,
        "exchanges": traffic.exchanges,
        "exchanges_left_out": traffic.exchanges_left_out,
        "outcomes": outcomes(target),
        "log": log,
        "log_lines_left_out": left_out,
    })
}

/// Returns what the running daemon tells: its status, and its last calls and exchanges.
async fn running(target: &Target) -> Result<(Status, Traffic), Fault> {
    let daemon = Daemon::running(target)?;
    let status = daemon.status().await?;
    let traffic = daemon.call(GetTraffic, SHORT).await;
    // A daemon of an earlier release has no such call.
    Ok((status, traffic.unwrap_or_default()))
}

/// Returns the last bytes of a file, at most [`MAX_LOG`].
fn end_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(MAX_LOG)))?;
    let mut end = Vec::new();
    file.take(MAX_LOG).read_to_end(&mut end)?;
    Ok(end)
}

/// Returns the last lines of the log, and the number of those that are left out.
fn log(target: &Target) -> (Vec<String>, usize) {
    let dir = logging::dir(target.places.state(), &target.profile);
    let end = end_of(&logging::current_file(&dir)).unwrap_or_default();
    let text = String::from_utf8_lossy(&end);
    let lines: Vec<&str> = text.lines().collect();
    let last = lines
        .get(lines.len().saturating_sub(LINES)..)
        .unwrap_or_default();
    let kept: Vec<String> = last
        .iter()
        .copied()
        .filter_map(redaction::log_line)
        .collect();
    let left_out = last.len() - kept.len();
    (kept, left_out)
}

/// Returns the numbers of the last outcomes of the audit log, by event and class.
fn outcomes(target: &Target) -> BTreeMap<String, usize> {
    let lines = verify::read(target.places.state(), &target.profile).unwrap_or_default();
    let mut counts = BTreeMap::new();
    for line in lines.iter().rev().take(LINES) {
        let line: Value = serde_json::from_slice(&line.text).unwrap_or_default();
        let field = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
        let (event, class) = (
            redaction::outcome(field("event")),
            redaction::outcome(field("outcome")),
        );
        *counts.entry(format!("{event}: {class}")).or_default() += 1;
    }
    counts
}
