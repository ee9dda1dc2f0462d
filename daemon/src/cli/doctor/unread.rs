//! Check of the mail at addresses that no client uses. It is information and not a problem: mail to the
//! account's own address is normal.

use super::check::{Check, ok};
use crate::cli::{daemon::Daemon, target::Target, unattended::UnattendedMail};
use std::time::Duration;
use tai_proto::{call::ListMail, person::Scope};

/// Time limit of the list. A slow bridge is the subject of another check.
const LIMIT: Duration = Duration::from_secs(10);

/// Returns a check if there is such mail. The daemon must be signed in.
pub(super) async fn examine(target: &Target) -> Option<Check> {
    let list = ListMail {
        scope: Scope::Account,
        limit: 1,
        offset: 0,
        show_read: true,
    };
    let daemon = Daemon::running(target).ok()?;
    let found = daemon.call(list, LIMIT).await.ok()?;
    let unattended = UnattendedMail::of(found.unattended, &found.inbox.address, target);
    let line = unattended.line()?;
    Some(ok(
        "unread mail",
        format!("{line}; see them with `taid inbox`"),
    ))
}
