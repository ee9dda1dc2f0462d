//! `taid doctor`: one line for each check.

use super::{Report, State, examine};
use crate::cli::{
    Failure,
    page::printable,
    say,
    terminal::{Mood, Terminal},
};
use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

pub(in crate::cli) async fn doctor(profile: &str, json: bool) -> Result<(), Failure> {
    let report = examine(profile).await;
    let text = match json {
        true => serde_json::to_string_pretty(&report).map_err(|error| {
            say("the report cannot be written", &error.to_string(), "");
            Failure::Failed
        })?,
        false => page(Terminal::of_stdout(), &report),
    };
    let _ = writeln!(io::stdout(), "{}", text.trim_end());
    match report.ok {
        true => Ok(()),
        false => Err(Failure::Failed),
    }
}

fn page(terminal: Terminal, report: &Report) -> String {
    let width = report
        .checks
        .iter()
        .map(|check| check.name.len())
        .max()
        .unwrap_or_default();
    let mut page = String::new();
    for check in &report.checks {
        let sign = match check.state {
            State::Ok => terminal.paint(Mood::Good, "✓"),
            State::Wrong => terminal.paint(Mood::Bad, "✗"),
            State::Skipped => "-".to_owned(),
        };
        // What a file or a variable says must not move the cursor.
        let (name, found) = (&check.name, printable(&check.found));
        // Writing to a String cannot fail.
        let _ = write!(page, "{sign} {name:width$}  {found}");
        if !check.remedy.is_empty() {
            let _ = write!(page, " -> {}", printable(&check.remedy));
        }
        page.push('\n');
    }
    let wrong = report
        .checks
        .iter()
        .filter(|check| check.state == State::Wrong)
        .count();
    page.push_str(&match wrong {
        0 => "\nNothing is wrong.".to_owned(),
        1 => "\nOne thing is wrong.".to_owned(),
        n => format!("\n{n} things are wrong; begin with the first."),
    });
    page
}
