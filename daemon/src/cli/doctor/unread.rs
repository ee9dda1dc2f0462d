//! Check of the mail at addresses that no client uses. It is information and not a problem: mail to the
//! account's own address is normal.

use super::check::{Check, ok};
use crate::cli::{target::Target, unattended::UnattendedMail};
use std::time::Duration;

/// Time limit of the list. A slow bridge is the subject of another check.
const LIMIT: Duration = Duration::from_secs(10);

/// Returns a check if there is such mail. The daemon must be signed in.
pub(super) async fn examine(target: &Target) -> Option<Check> {
    let line = UnattendedMail::ask(target, LIMIT).await?;
    Some(ok("unread mail", line))
}
