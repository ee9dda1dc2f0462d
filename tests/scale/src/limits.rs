//! The limits, for ten thousand daemons.

use crate::{
    figures::{BURST_LIMIT, LOAD_LIMIT, Report},
    scenario::Scenario,
};

const DAEMONS: u32 = 10_000;

#[test]
fn the_limits_hold_in_each_scenario() {
    let steady = Report::run(Scenario::Steady, DAEMONS).0;
    for scenario in Scenario::ALL {
        let report = Report::run(scenario, DAEMONS).0;
        let title = scenario.title();
        let burst = report.burst();
        assert!(
            burst.is_none_or(|burst| burst <= BURST_LIMIT),
            "{title}: {burst:?}"
        );
        let overload = report.overload(&steady);
        assert!(
            overload.is_none_or(|load| load <= LOAD_LIMIT),
            "{title}: {overload:?}"
        );
    }
}

#[test]
fn a_seed_repeats_the_same_run() {
    let run = || Report::run(Scenario::SmallBridge, DAEMONS).0.load;
    assert_eq!(run(), run());
}

#[test]
fn a_rotation_costs_one_login_for_each_daemon_in_use() {
    let logins = |scenario| {
        let seconds = Report::run(scenario, DAEMONS).1;
        seconds.iter().map(|second| second.logins).sum::<u32>()
    };
    let rotation = logins(Scenario::Rotation);
    assert!((4_000..=10_000).contains(&rotation), "{rotation}");
}
