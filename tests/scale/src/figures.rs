//! The figures of a run, and the limits.

use crate::{
    bridge::Second,
    scenario::Scenario,
    time::{Moment, SECOND},
};
use std::ops::Range;

/// Limit of each second, as a multiple of the busiest minute around it.
pub(crate) const BURST_LIMIT: f64 = 3.0;
/// Limit of the load of the busiest minute, as a multiple of the mean load of the steady state.
pub(crate) const LOAD_LIMIT: f64 = 3.0;
/// Fewest requests per second of a minute whose bursts count. Fewer have bursts by chance.
const FEWEST: f64 = 20.0;
/// Least steady load per second with which a minute is compared.
const LEAST_LOAD: f64 = 1.0;
const MINUTE: usize = 60;

/// Figures of one kind of requests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figures {
    /// Mean per second.
    pub(crate) mean: f64,
    /// Most in one second.
    pub(crate) peak: f64,
    /// Mean per second of the busiest minute.
    pub(crate) minute: f64,
    /// The largest second as a multiple of the busiest minute around it; `None` with too few
    /// requests.
    pub(crate) burst: Option<f64>,
}

impl Figures {
    /// Returns the figures of a number per second.
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Self {
        let values: Vec<f64> = values.collect();
        let minutes = values.chunks_exact(MINUTE);
        Self {
            mean: mean(&values),
            peak: most(&values),
            minute: minutes.map(mean).fold(0.0, f64::max),
            burst: burst(&values),
        }
    }
}

/// Returns the largest second as a multiple of the busiest minute around it, so that the end of an
/// outage within a minute of the clock is no burst. `None` with too few requests.
fn burst(values: &[f64]) -> Option<f64> {
    let means: Vec<f64> = values.windows(MINUTE).map(mean).collect();
    let seconds = values.iter().enumerate();
    let bursts = seconds.filter_map(|(at, value)| {
        let around = at.saturating_sub(MINUTE - 1)..(at + 1).min(means.len());
        let busiest = most(means.get(around)?);
        (busiest >= FEWEST).then_some(value / busiest)
    });
    bursts.reduce(f64::max)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

/// Figures of one run.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) scenario: Scenario,
    pub(crate) daemons: u32,
    pub(crate) logins: Figures,
    pub(crate) renewals: Figures,
    pub(crate) polls: Figures,
    /// Requests that failed, at any time of the scenario.
    pub(crate) failed: Figures,
    /// Requests of all kinds.
    requests: Figures,
    pub(crate) load: Figures,
}

impl Report {
    /// Runs a scenario. Returns its figures and the requests of each second.
    pub(crate) fn run(scenario: Scenario, daemons: u32) -> (Self, Vec<Second>) {
        let seconds = scenario.run(daemons);
        let measured = part(&seconds, scenario.measured());
        let figures = |of: fn(&Second) -> f64| Figures::of(measured.iter().map(of));
        let shown = part(&seconds, scenario.shown());
        let report = Self {
            scenario,
            daemons,
            logins: figures(|second| second.logins.into()),
            renewals: figures(|second| second.renewals.into()),
            polls: figures(|second| second.polls.into()),
            failed: Figures::of(shown.iter().map(|second| second.failed.into())),
            requests: figures(|second| {
                f64::from(second.logins + second.renewals + second.polls + second.calls)
            }),
            load: figures(|second| second.load.into()),
        };
        (report, seconds)
    }

    /// Returns the largest burst of any kind of requests.
    pub(crate) fn burst(&self) -> Option<f64> {
        let kinds = [self.logins, self.renewals, self.polls, self.requests];
        kinds.iter().filter_map(|kind| kind.burst).reduce(f64::max)
    }

    /// Returns the load of the busiest minute as a multiple of the steady load. The renewals a day
    /// after a rotation are simulated alone and come in addition to the steady load. `None` if that
    /// is too small to compare with.
    pub(crate) fn overload(&self, steady: &Report) -> Option<f64> {
        let usual = steady.load.mean;
        let busiest = match self.scenario {
            Scenario::DayAfter => usual + self.load.minute,
            Scenario::Steady
            | Scenario::Outage
            | Scenario::Rotation
            | Scenario::SmallBridge
            | Scenario::Nine => self.load.minute,
        };
        (usual >= LEAST_LOAD).then(|| busiest / usual)
    }
}

/// Returns the seconds of a part of a scenario.
pub(crate) fn part(seconds: &[Second], time: Range<Moment>) -> &[Second] {
    let seconds_of = |moment: Moment| (moment / SECOND) as usize;
    let range = seconds_of(time.start)..seconds_of(time.end);
    seconds.get(range).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_a_second_over_the_busiest_minute_around_it() {
        let mut values = [30.0; 240];
        values[5] = 90.0;
        let figures = Figures::of(values.into_iter());
        assert_eq!((figures.peak, figures.minute), (90.0, 31.0));
        assert_eq!(figures.burst, Some(90.0 / 31.0));
        // An outage that ends is no burst, and one that begins is none.
        let mut values = [30.0; 240];
        values[90..150].fill(0.0);
        assert_eq!(Figures::of(values.into_iter()).burst, Some(1.0));
        assert_eq!(Figures::of([1.0; 60].into_iter()).burst, None);
    }
}
