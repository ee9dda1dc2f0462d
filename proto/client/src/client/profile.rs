//! Profile of the daemon that a client uses, for the commands in texts.

use super::Client;
use crate::{Connection, Dial, Outcome};
use std::time::Duration;
use tai_proto::{call::GetInfo, names::Profile};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// Time limit of the question for the profile.
const PATIENCE: Duration = Duration::from_secs(1);

impl<D: Dial> Client<D> {
    /// Returns the profile of the daemon that answered last. It is asked once for each connection.
    /// Without an answer within a second, returns the profile of the client's options. Connects to no
    /// daemon and starts none.
    pub async fn profile(&self) -> Profile {
        let profile = timeout(PATIENCE, async {
            let connection = self.link.connection.lock().await.clone()?;
            if let Some(profile) = connection.profile.get() {
                return Some(profile.clone());
            }
            let _permit = self.link.permits.acquire().await;
            asked(&connection).await
        });
        let profile = profile.await.ok().flatten();
        profile.unwrap_or_else(|| self.link.options.profile.clone())
    }
}

async fn asked(connection: &Connection) -> Option<Profile> {
    let (never, deadline) = (CancellationToken::new(), Instant::now() + PATIENCE);
    let asking = connection.call(GetInfo, None, deadline, &never);
    let Outcome::Answered(Ok(info)) = asking.await else {
        return None;
    };
    let profile = Profile::new(info.profile.into_string()).ok()?;
    Some(connection.profile.get_or_init(|| profile).clone())
}
