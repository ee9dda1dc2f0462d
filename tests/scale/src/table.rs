//! The table on standard output.

use crate::figures::{BURST_LIMIT, LOAD_LIMIT, Report};
use std::fmt::Write as _;

/// The limits, in words.
pub(crate) const LIMITS: &str = "Limits: each second is at most 3 times the busiest minute around it, and the load of the busiest minute at most 3 times that of the steady state.";

const HEADER: &str = "\
| Daemons | Scenario | Logins/s | Renewals/s | Polls/s | Failed/s | Load/s | Second / minute | Minute / steady |
|--:|---|--:|--:|--:|--:|--:|--:|--:|
";

/// Returns the table in Markdown. The reports of one size follow each other, the steady state first.
pub(crate) fn table(reports: &[Report]) -> String {
    let mut text = HEADER.to_owned();
    let mut steady = None;
    for report in reports {
        if steady.is_none_or(|steady: &Report| steady.daemons != report.daemons) {
            steady = Some(report);
        }
        let overload = steady.and_then(|steady| report.overload(steady));
        let judgement =
            |value: Option<f64>, limit| value.map_or("-".to_owned(), |value| judged(value, limit));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            grouped(report.daemons.into()),
            report.scenario.title(),
            both(report.logins.mean, report.logins.peak),
            both(report.renewals.mean, report.renewals.peak),
            both(report.polls.mean, report.polls.peak),
            both(report.failed.mean, report.failed.peak),
            both(report.load.mean, report.load.peak),
            judgement(report.burst(), BURST_LIMIT),
            judgement(overload, LOAD_LIMIT),
        );
    }
    text
}

fn both(mean: f64, peak: f64) -> String {
    match peak == 0.0 {
        true => "0".to_owned(),
        false => format!("{}, {}", number(mean), number(peak)),
    }
}

fn number(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        ..0.095 => format!("{value:.3}"),
        ..9.95 => format!("{value:.1}"),
        _ => grouped(value.round() as u64),
    }
}

/// Returns a number with commas between groups of three digits.
pub(crate) fn grouped(value: u64) -> String {
    match value {
        ..1_000 => value.to_string(),
        _ => format!("{},{:03}", grouped(value / 1_000), value % 1_000),
    }
}

fn judged(value: f64, limit: f64) -> String {
    let judgement = match value <= limit {
        true => "met",
        false => "**missed**",
    };
    format!("{value:.1} {judgement}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_limits_are_judged() {
        let numbers = [0.0, 0.0123, 1.26, 31.4, 1_234_567.0].map(number);
        assert_eq!(numbers, ["0", "0.012", "1.3", "31", "1,234,567"]);
        assert_eq!(judged(2.96, 3.0), "3.0 met");
        assert_eq!(judged(3.1, 3.0), "3.1 **missed**");
    }
}
