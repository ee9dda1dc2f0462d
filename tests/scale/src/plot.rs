//! A plot of a run as SVG: one panel for each kind of requests, for light and dark backgrounds.

use crate::{
    bridge::Second,
    figures::{Report, part},
    scenario::Scenario,
    table::grouped,
    time::{HOUR, Moment, SECOND},
};
use std::fmt::Write as _;

const WIDTH: f64 = 760.0;
const PANEL: f64 = 130.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 46.0;
/// Most points of a line.
const POINTS: usize = 160;

const STYLE: &str = "text{fill:#24292f}.g{stroke:#d0d7de}.m{fill:none;stroke:#0550ae;stroke-width:1.5}\
.p{fill:none;stroke:#bc4c00;stroke-width:1}.mt{fill:#0550ae}.pt{fill:#bc4c00}.x{fill:#8c959f;fill-opacity:.18}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.g{stroke:#3d444d}.m{stroke:#79c0ff}.p{stroke:#ffa657}\
.mt{fill:#79c0ff}.pt{fill:#ffa657}}";

type Kind = (&'static str, fn(&Second) -> f64);

const KINDS: [Kind; 4] = [
    ("Logins per second", |second| second.logins as f64),
    ("Renewals per second", |second| second.renewals as f64),
    ("Polls per second", |second| second.polls as f64),
    ("Load per second (a login counts 10)", |second| {
        second.load as f64
    }),
];

/// Returns the plot.
pub(crate) fn plot(report: &Report, seconds: &[Second]) -> String {
    let shown = report.scenario.shown();
    let seconds = part(seconds, shown);
    let height = TOP + PANEL * KINDS.len() as f64 + 20.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <style>{STYLE}</style>\n\
         <text x=\"{LEFT}\" y=\"18\" font-size=\"14\">{} daemons: {}{}</text>\n\
         <text x=\"{LEFT}\" y=\"36\" class=\"mt\">mean</text>\
         <text x=\"{}\" y=\"36\" class=\"pt\">busiest second</text>\n",
        grouped(report.daemons.into()),
        report.scenario.title(),
        match report.scenario.marked() {
            Some(_) => " (shaded)",
            None => "",
        },
        LEFT + 46.0,
    );
    for (index, (title, value)) in KINDS.iter().enumerate() {
        let top = TOP + PANEL * index as f64;
        panel(&mut svg, top, title, &bins(seconds, *value));
    }
    times(&mut svg, report.scenario, height);
    svg + "</svg>\n"
}

/// Returns the mean and the busiest second of at most [`POINTS`] parts of the time.
fn bins(seconds: &[Second], value: fn(&Second) -> f64) -> Vec<(f64, f64)> {
    let size = seconds.len().div_ceil(POINTS).max(1);
    let bin = |part: &[Second]| {
        let most = part.iter().map(value).fold(0.0, f64::max);
        (
            part.iter().map(value).sum::<f64>() / part.len() as f64,
            most,
        )
    };
    seconds.chunks(size).map(bin).collect()
}

fn panel(svg: &mut String, top: f64, title: &str, bins: &[(f64, f64)]) {
    let most = round_up(bins.iter().map(|bin| bin.1).fold(0.0, f64::max));
    let (low, high) = (top + PANEL - 14.0, top + 22.0);
    let y = |value: f64| low - value / most * (low - high);
    let x = |index: usize| {
        LEFT + index as f64 / (bins.len().max(2) - 1) as f64 * (WIDTH - LEFT - RIGHT)
    };
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"{}\">{title}</text>",
        top + 14.0
    );
    for step in [0.0, 0.5, 1.0] {
        let at = y(most * step);
        let _ = writeln!(
            svg,
            "<line class=\"g\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0,
            grouped((most * step) as u64),
        );
    }
    for (class, value) in [
        ("p", (|bin| bin.1) as fn(&(f64, f64)) -> f64),
        ("m", |bin| bin.0),
    ] {
        let points: Vec<String> = bins
            .iter()
            .enumerate()
            .map(|(index, bin)| format!("{:.0},{:.1}", x(index), y(value(bin))))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline class=\"{class}\" points=\"{}\"/>",
            points.join(" ")
        );
    }
}

/// Returns the next number with one digit that is even, so that its half is a number as well.
fn round_up(value: f64) -> f64 {
    let magnitude = 10f64.powf(value.max(1.0).log10().floor());
    let digits = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0];
    let fits = digits.iter().map(|digit| digit * magnitude);
    fits.into_iter()
        .find(|top| *top >= value)
        .unwrap_or(magnitude * 10.0)
        .max(2.0)
}

/// Writes the times below the panels, and marks the outage.
fn times(svg: &mut String, scenario: Scenario, height: f64) {
    let shown = scenario.shown();
    let length = f64::from(shown.end - shown.start);
    let x = |at: Moment| {
        LEFT + f64::from(at.saturating_sub(shown.start)) / length * (WIDTH - LEFT - RIGHT)
    };
    if let Some(marked) = scenario.marked() {
        let _ = writeln!(
            svg,
            "<rect class=\"x\" x=\"{:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{}\"/>",
            x(marked.start),
            x(marked.end) - x(marked.start),
            height - TOP - 34.0
        );
    }
    let step = match length > 3.0 * f64::from(HOUR) {
        true => HOUR,
        false => 5 * 60 * SECOND,
    };
    let mut at = shown.start.div_ceil(step) * step;
    let mut free = 0.0;
    while at <= shown.end {
        if x(at) >= free {
            free = x(at) + 56.0;
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                x(at),
                height - 8.0,
                scenario.clock(at),
            );
        }
        at += step;
    }
}
