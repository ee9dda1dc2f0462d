//! Times as text, always in UTC.

use jiff::Timestamp;
use std::time::SystemTime;

/// Returns a time as RFC 3339 with whole seconds: `2026-11-23T09:59:34Z`. A time that RFC 3339
/// cannot express is the empty string.
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

/// Returns the date of a mail as RFC 3339 with whole seconds, from any of the forms that
/// bridges send. A text in another form is returned as it is.
pub(crate) fn mail_date(text: &str) -> String {
    // The usual form comes first: lists have hundreds of them.
    if let Some((day, time)) = text.split_once(' ')
        && text.len() == "2026-11-23 09:59:34".len()
        && text.parse::<jiff::civil::DateTime>().is_ok()
    {
        return [day, "T", time, "Z"].concat();
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
    fn dates_of_each_form_become_rfc_3339() {
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
