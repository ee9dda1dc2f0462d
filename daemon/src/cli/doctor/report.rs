//! The report of `taid doctor`: a line for each check, or JSON.

use super::{
    check::{Check, State},
    repair::Repair,
};
use crate::cli::{
    columns::wrapped,
    terminal::{Mood, Terminal, printable},
};
use serde::Serialize;
use std::fmt::Write as _;
use tai_client::in_local_words;
use tai_proto::{command::for_profile, names::Profile};

/// Version of the JSON format.
const SCHEMA: u32 = 1;

/// Columns of a line besides the name and the text.
const SIGN: usize = 4;

/// All checks of one run.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    schema: u32,
    /// `true` if no check found a problem.
    pub(super) ok: bool,
    /// Checks in the order in which they ran.
    checks: Vec<Check>,
    /// Profile of the commands.
    #[serde(skip)]
    profile: Profile,
}

impl Report {
    pub(super) fn new(checks: Vec<Check>) -> Self {
        Self {
            schema: SCHEMA,
            ok: checks.iter().all(|check| check.state != State::Wrong),
            checks,
            profile: Profile::default(),
        }
    }

    /// Makes the commands those for a profile, as they run in this installation.
    pub(super) fn for_profile(mut self, profile: &Profile) -> Self {
        for check in &mut self.checks {
            for text in [&mut check.found, &mut check.remedy] {
                *text = in_local_words(&for_profile(text, profile)).into_owned();
            }
        }
        self.profile = profile.clone();
        self
    }

    /// Returns what `--fix` does, each once.
    pub(super) fn repairs(&self) -> Vec<Repair> {
        let mut repairs = Vec::new();
        for repair in self.checks.iter().filter_map(|check| check.repair.clone()) {
            if !repairs.contains(&repair) {
                repairs.push(repair);
            }
        }
        repairs
    }

    /// Returns the report as text.
    pub(super) fn page(&self, terminal: Terminal) -> String {
        let names = self.checks.iter().map(|check| check.name.len());
        let width = names.max().unwrap_or_default();
        let mut page = String::new();
        for check in &self.checks {
            let sign = match check.state {
                State::Ok => terminal.paint(Mood::Good, "✓"),
                State::Wrong => terminal.paint(Mood::Bad, "✗"),
                State::Skipped => "-".to_owned(),
            };
            let (name, found) = (&check.name, printable(&check.found));
            let mut text = found;
            if !check.remedy.is_empty() {
                text.push_str(&format!(" -> {}", printable(&check.remedy)));
            }
            let text = wrapped(&text, width + SIGN, terminal.width());
            // Writing to a String cannot fail.
            let _ = writeln!(page, "{sign} {name:width$}  {text}");
        }
        let states = self.checks.iter().map(|check| check.state);
        let problems = states.filter(|state| *state == State::Wrong).count();
        page.push_str(&match problems {
            0 => "\nNo problems found.".to_owned(),
            1 => "\n1 problem found.".to_owned(),
            n => format!("\n{n} problems found. Start with the first one."),
        });
        // One repair may solve several problems.
        let repaired = self.checks.iter().filter(|check| check.repair.is_some());
        let repairs = match (repaired.count(), problems) {
            (0, _) => String::new(),
            (_, 1) => " `taid doctor --fix` repairs it.".to_owned(),
            (1, _) => " `taid doctor --fix` repairs one of them.".to_owned(),
            (some, all) if some == all => " `taid doctor --fix` repairs them.".to_owned(),
            (some, _) => format!(" `taid doctor --fix` repairs {some} of them."),
        };
        page.push_str(&in_local_words(&for_profile(&repairs, &self.profile)));
        page
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::check::{ok, skipped, wrong},
        *,
    };

    #[test]
    fn a_report_has_a_line_per_check_and_counts_the_problems() {
        let page = |checks: Vec<Check>| Report::new(checks).page(Terminal::PIPE);
        let checks = vec![
            ok("proxy", "none"),
            skipped("tls", "not needed for loopback"),
            wrong("clock", "an hour\u{1b}[2J behind", "set it"),
        ];
        insta::assert_snapshot!(page(checks), @"
        ✓ proxy  none
        - tls    not needed for loopback
        ✗ clock  an hour?[2J behind -> set it

        1 problem found.
        ");
        insta::assert_snapshot!(page(vec![ok("proxy", "none")]), @"
        ✓ proxy  none

        No problems found.
        ");
        let signed_out = wrong("session", "signed out", "`taid login`");
        let report = Report::new(vec![signed_out]).for_profile(&Profile::new("work").unwrap());
        insta::assert_snapshot!(report.page(Terminal::PIPE), @"
        ✗ session  signed out -> `taid login --profile work`

        1 problem found.
        ");
        insta::assert_snapshot!(page(vec![wrong("a", "b", "c"), wrong("d", "e", "f")]), @"
        ✗ a  b -> c
        ✗ d  e -> f

        2 problems found. Start with the first one.
        ");
    }

    #[test]
    fn a_terminal_gets_lines_that_end_between_words() {
        let text = "taid is not signed in: the bridge refused the login -> `taid login`";
        assert_eq!(wrapped(text, 8, None), text);
        assert_eq!(wrapped(text, 8, Some(80)), text);
        insta::assert_snapshot!(format!("12345678{}", wrapped(text, 8, Some(40))), @"
        12345678taid is not signed in: the
                bridge refused the login ->
                `taid login`
        ");
        assert_eq!(
            wrapped("a/long/path/without/any/space", 8, Some(9)),
            "a/long/path/without/any/space"
        );
    }
}
