//! Times as people and JSON read them. All of them are UTC.

use jiff::Timestamp;
use std::time::SystemTime;

/// RFC 3339 with whole seconds: `2026-11-23T09:59:34Z`.
pub fn rfc3339(time: SystemTime) -> String {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs())
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .map(|time| time.to_string())
        .unwrap_or_default()
}

/// A mail's date in any of the forms bridges send, as RFC 3339 in UTC with whole seconds;
/// the bridge's own words when they are none of them.
pub fn mail_date(text: &str) -> String {
    // The usual form first: lists have hundreds of these.
    if let Some((day, time)) = text.split_once(' ')
        && text.len() == "2026-11-23 09:59:34".len()
        && text.parse::<jiff::civil::DateTime>().is_ok()
    {
        return format!("{day}T{time}Z");
    }
    let time = text.parse::<Timestamp>().ok();
    match time.and_then(|time| Timestamp::from_second(time.as_second()).ok()) {
        Some(time) => time.to_string(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bridge_dates_of_either_form_become_rfc_3339() {
        assert_eq!(mail_date("2026-11-23 09:59:34"), "2026-11-23T09:59:34Z");
        assert_eq!(
            mail_date("2026-11-23T09:59:34.000Z"),
            "2026-11-23T09:59:34Z"
        );
        assert_eq!(
            mail_date("2026-11-23T10:59:34+01:00"),
            "2026-11-23T09:59:34Z"
        );
        for none in [
            "yesterday",
            "",
            "2026-13-23 09:59:34",
            "2026-11-23 9:59:34",
            "0000000000 00000000",
        ] {
            assert_eq!(mail_date(none), none);
        }
    }
}
