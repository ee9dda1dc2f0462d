//! Times and durations as text. All times are UTC.

use jiff::Timestamp;
use std::time::{Duration, SystemTime};

pub(crate) use tai_auth::time::rfc3339;

/// Returns the seconds from `now` to an RFC 3339 time; negative for a time in the past, `None`
/// for text that is not a time.
pub(crate) fn seconds_until(time: &str, now: SystemTime) -> Option<i64> {
    let time: Timestamp = time.parse().ok()?;
    let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    Some(time.as_second() - i64::try_from(now).ok()?)
}

/// Returns the hour and minute of an RFC 3339 time in UTC: `10:05`.
pub(crate) fn hour_and_minute(time: &str) -> &str {
    time.get(11..16).unwrap_or(time)
}

/// Formats a duration in its two largest units: `23 h 55 min`, `4 min 10 s`, `9 s`.
pub(crate) fn span(length: Duration) -> String {
    let s = length.as_secs();
    let (d, h, min) = (s / 86_400, s / 3600 % 24, s / 60 % 60);
    match (d, h, min) {
        (0, 0, 0) => format!("{s} s"),
        (0, 0, _) => format!("{min} min {} s", s % 60),
        (0, _, _) => format!("{h} h {min} min"),
        _ => format!("{d} d {h} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_shows_its_two_largest_units() {
        let span = |s| span(Duration::from_secs(s));
        assert_eq!(
            [span(9), span(250), span(86_100), span(180_000)],
            ["9 s", "4 min 10 s", "23 h 55 min", "2 d 2 h"]
        );
    }

    #[test]
    fn a_time_is_shown_by_hour_and_minute() {
        assert_eq!(hour_and_minute("2026-11-27T10:05:00Z"), "10:05");
        assert_eq!(hour_and_minute("soon"), "soon");
    }
}
