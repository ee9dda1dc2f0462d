//! Times and durations as text. Times are UTC, unless a time zone is named.

use jiff::{Timestamp, tz::TimeZone};
use std::{
    fs::Metadata,
    path::Path,
    time::{Duration, SystemTime},
};

pub(crate) use tai_auth::time::rfc3339;

/// Most bytes of a file of a time zone.
const MAX_ZONE: u64 = 1 << 20;

/// Returns the time zone of this environment; UTC if TZ names a file that cannot be one.
pub(crate) fn local_zone() -> TimeZone {
    match is_readable(&std::env::var("TZ").unwrap_or_default()) {
        true => TimeZone::system(),
        false => TimeZone::UTC,
    }
}

/// Returns whether a value of TZ names no file without an end, such as a device: jiff reads it to its
/// end.
fn is_readable(zone: &str) -> bool {
    let path = Path::new(zone.trim_start_matches(':'));
    let is_bounded = |file: Metadata| file.is_file() && file.len() <= MAX_ZONE;
    !path.is_absolute() || path.metadata().is_ok_and(is_bounded)
}

/// Returns the seconds from `now` to an RFC 3339 time; negative for a time in the past, `None`
/// for text that is not a time.
pub(crate) fn seconds_until(time: &str, now: SystemTime) -> Option<i64> {
    let time: Timestamp = time.parse().ok()?;
    let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    Some(time.as_second() - i64::try_from(now).ok()?)
}

/// Formats `time` relative to `now`: `in 4 min 10 s` or `12 s ago`.
pub(crate) fn relative(time: &str, now: SystemTime) -> String {
    match seconds_until(time, now) {
        Some(0) => "now".to_owned(),
        Some(seconds) if seconds > 0 => {
            format!("in {}", span(Duration::from_secs(seconds.unsigned_abs())))
        }
        Some(seconds) => format!("{} ago", span(Duration::from_secs(seconds.unsigned_abs()))),
        None => time.to_owned(),
    }
}

/// Returns an RFC 3339 time in a time zone, as a person reads it: `18:19` on the day of `now`,
/// otherwise `Nov 28 08:54`. `None` for text that is not a time.
pub(crate) fn local(time: &str, now: SystemTime, zone: &TimeZone) -> Option<String> {
    let time = time
        .parse::<Timestamp>()
        .ok()?
        .to_zoned_datetime(zone.clone());
    let now = Timestamp::try_from(now)
        .ok()?
        .to_zoned_datetime(zone.clone());
    let format = match time.date() == now.date() {
        true => "%H:%M",
        false => "%b %-d %H:%M",
    };
    Some(time.strftime(format).to_string())
}

/// Returns the hour and minute of an RFC 3339 time in UTC: `10:05`.
pub(crate) fn hour_and_minute(time: &str) -> &str {
    time.get(11..16).unwrap_or(time)
}

/// Formats a duration in its two largest units: `23 h 55 min`, `4 min 10 s`, `30 min`, `9 s`.
pub(crate) fn span(length: Duration) -> String {
    let s = length.as_secs();
    let (d, h, min) = (s / 86_400, s / 3600 % 24, s / 60 % 60);
    match (d, h, min) {
        (0, 0, 0) => format!("{s} s"),
        (0, 0, _) if s.is_multiple_of(60) => format!("{min} min"),
        (0, 0, _) => format!("{min} min {} s", s % 60),
        (0, _, _) => format!("{h} h {min} min"),
        _ => format!("{d} d {h} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_is_not_read_from_a_file_without_an_end() {
        for zone in ["", "Europe/Berlin", "CET-1CEST", ":/etc/passwd"] {
            assert!(is_readable(zone), "{zone}");
        }
        for zone in ["/dev/zero", ":/dev/zero", "/no/such/zone"] {
            assert!(!is_readable(zone), "{zone}");
        }
    }

    #[test]
    fn a_span_shows_its_two_largest_units() {
        let span = |s| span(Duration::from_secs(s));
        assert_eq!(
            [span(9), span(250), span(1_800), span(86_100), span(180_000)],
            ["9 s", "4 min 10 s", "30 min", "23 h 55 min", "2 d 2 h"]
        );
    }

    #[test]
    fn a_local_time_has_the_day_if_it_is_another_one() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_428_123);
        let local = |time, hours| local(time, now, &TimeZone::fixed(jiff::tz::offset(hours)));
        assert_eq!(local("2026-11-23T22:30:00Z", 0).as_deref(), Some("22:30"));
        assert_eq!(
            local("2026-11-23T22:30:00Z", 2).as_deref(),
            Some("Nov 24 00:30")
        );
        assert_eq!(local("soon", 0), None);
    }

    #[test]
    fn a_time_is_shown_by_hour_and_minute() {
        assert_eq!(hour_and_minute("2026-11-27T10:05:00Z"), "10:05");
        assert_eq!(hour_and_minute("soon"), "soon");
    }
}
