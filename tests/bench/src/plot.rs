//! The plot for packaging/docs/performance.md: memory by number of clients.

use std::fmt::Write as _;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 60.0;
const BOTTOM: f64 = 40.0;

/// Returns the plot as SVG. A point is the number of clients, the MB of all processes, and the MB
/// of taid.
pub(crate) fn memory(points: &[(usize, f64, f64)]) -> String {
    let most = points.iter().map(|point| point.1).fold(1.0, f64::max);
    let most = (most / 100.0).ceil() * 100.0;
    let last = points.last().map_or(1, |point| point.0) as f64;
    let x = |clients: usize| LEFT + clients as f64 / last * (WIDTH - LEFT - 20.0);
    let y = |mb: f64| HEIGHT - BOTTOM - mb / most * (HEIGHT - BOTTOM - 30.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"18\">Memory of all clients and taid (PSS, MB), by number of clients</text>\n"
    );
    for step in 0..=4 {
        let mb = most * f64::from(step) / 4.0;
        let (at, end) = (y(mb), WIDTH - 20.0);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{end}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{mb:.0}</text>",
            LEFT - 6.0,
            at + 4.0
        );
    }
    let line = |value: fn(&(usize, f64, f64)) -> f64| {
        let points = points
            .iter()
            .map(|point| format!("{:.1},{:.1}", x(point.0), y(value(point))));
        points.collect::<Vec<_>>().join(" ")
    };
    for (points, colour, words, at) in [
        (line(|point| point.1), "#06c", "all", 34.0),
        (line(|point| point.2), "#c60", "taid's share", 50.0),
    ] {
        let _ = writeln!(
            svg,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\
             <text x=\"{:.1}\" y=\"{at}\" fill=\"{colour}\">{words}</text>",
            LEFT + 12.0
        );
    }
    let mut free = 0.0;
    for (clients, ..) in points {
        // Labels of small numbers would overlap.
        if x(*clients) < free {
            continue;
        }
        free = x(*clients) + 30.0;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{clients}</text>",
            x(*clients),
            HEIGHT - BOTTOM + 18.0,
        );
    }
    svg + "</svg>\n"
}
