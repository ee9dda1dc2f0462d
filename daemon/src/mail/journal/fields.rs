//! The fields of a record in a journal: one record a line, `EVENT KEY VALUE`, separated by single
//! spaces.

use std::time::{Duration, SystemTime};
use tai_auth::session::stamp::Stamp;

/// A line that is not a record of the journal it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) struct NotARecord;

/// Splits a line into its event, its key and its value.
pub(in crate::mail) fn fields(line: &str) -> Result<(&str, &str, Option<&str>), NotARecord> {
    let mut fields = line.split(' ');
    match (fields.next(), fields.next(), fields.next(), fields.next()) {
        (Some(event), Some(key), value, None) => Ok((event, key, value)),
        _ => Err(NotARecord),
    }
}

/// Returns a time as Unix seconds, the boot's number and the seconds since that boot: `5:1a:7`.
pub(in crate::mail) fn moment(at: Stamp) -> String {
    let wall = at.wall.duration_since(SystemTime::UNIX_EPOCH);
    let wall = wall.unwrap_or_default().as_secs();
    format!("{wall}:{:x}:{}", at.boot, at.since_boot.as_secs())
}

pub(in crate::mail) fn parse_moment(text: &str) -> Result<Stamp, NotARecord> {
    let (wall, boot) = text.split_once(':').ok_or(NotARecord)?;
    let (boot, since) = boot.split_once(':').ok_or(NotARecord)?;
    let seconds = |text: &str| {
        text.parse()
            .map(Duration::from_secs)
            .map_err(|_| NotARecord)
    };
    let wall = SystemTime::UNIX_EPOCH.checked_add(seconds(wall)?);
    Ok(Stamp {
        wall: wall.ok_or(NotARecord)?,
        boot: u32::from_str_radix(boot, 16).map_err(|_| NotARecord)?,
        since_boot: seconds(since)?,
    })
}
