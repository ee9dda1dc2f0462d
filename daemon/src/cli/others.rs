//! The running daemons of the user's other profiles.

use super::{
    daemon::{Daemon, profiles},
    target::Target,
};
use std::time::Duration;
use tai_proto::{names::Profile, status::Status};
use tokio::time::timeout;

/// Time limit for the answer of each daemon.
const PATIENCE: Duration = Duration::from_secs(1);

/// Returns each other profile whose daemon answers in time, with its status, sorted by name. The
/// daemons of a user do not belong to a socket that the user names, so that there are none then.
pub(super) async fn others(target: &Target) -> Vec<(Profile, Status)> {
    if target.socket.is_some() {
        return Vec::new();
    }
    let profiles = profiles(&target.places).into_iter();
    let asked = profiles
        .filter(|profile| *profile != target.profile)
        .map(|profile| tokio::spawn(ask(target.of_profile(profile))));
    // All are asked at the same time.
    let asked: Vec<_> = asked.collect();
    let mut found = Vec::new();
    for answer in asked {
        found.extend(answer.await.ok().flatten());
    }
    found
}

async fn ask(target: Target) -> Option<(Profile, Status)> {
    let daemon = Daemon::running(&target).ok()?;
    let status = timeout(PATIENCE, daemon.status()).await.ok()?.ok()?;
    Some((target.profile, status))
}
