//! The session: the one login, behind a handle that any number of callers share.
//!
//! It depends on the bridge's trait and on nothing above it: it knows no mail and no client.

#[cfg(test)]
mod cases;
pub mod clock;
pub mod credentials;
pub mod error;
#[cfg(test)]
mod fake;
mod owner;
pub mod state;
pub mod token;

use clock::{Clock, Now, SystemClock};
use credentials::Source;
use error::SessionError;
use state::{Outlook, State};
use std::{sync::Arc, time::SystemTime};
use token::{Generation, Token};
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

/// What the owner publishes after each step.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The state.
    pub state: State,
    /// The counters.
    pub stats: Stats,
}

/// What happened since the start.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// Successful logins.
    pub logins: u64,
    /// Successful renewals.
    pub renewals: u64,
    /// Failed logins.
    pub failed_logins: u64,
    /// Failed renewals.
    pub failed_renewals: u64,
    /// Series of logins that ended without a token; a caller that asked before the last one
    /// ended shares its failure.
    pub failed_series: u64,
    /// The last failure, until something succeeds.
    pub last_error: Option<(SystemTime, SessionError)>,
}

enum Command {
    Wanted,
    Rejected(Generation),
    Stop,
}

/// A handle to the session. Cheap to clone; the session ends with [`Session::stop`].
#[derive(Clone)]
pub struct Session {
    commands: mpsc::Sender<Command>,
    snapshots: watch::Receiver<Snapshot>,
    clock: Arc<dyn Clock>,
}

impl Session {
    /// Starts the owner's task. Nothing is tried before somebody asks for a token.
    pub fn start<B: crate::bridge::Bridge>(bridge: Arc<B>, source: Source) -> Self {
        Self::start_with_clock(bridge, source, Arc::new(SystemClock))
    }

    /// The same, with a clock of the caller's.
    pub fn start_with_clock<B: crate::bridge::Bridge>(
        bridge: Arc<B>,
        source: Source,
        clock: Arc<dyn Clock>,
    ) -> Self {
        // Commands are nudges: when this many wait, one more would say nothing new.
        let (commands, inbox) = mpsc::channel(64);
        let (publish, snapshots) = watch::channel(Snapshot {
            state: State::SignedOut {
                reason: state::Reason::NotYet,
            },
            stats: Stats::default(),
        });
        tokio::spawn(owner::Owner::new(bridge, source, clock.clone(), publish).run(inbox));
        Self {
            commands,
            snapshots,
            clock,
        }
    }

    /// A good token, at once when there is one. Otherwise the one login under way is waited
    /// for, or begun; however many callers wait, there is one.
    ///
    /// # Errors
    /// The failure of the login this caller waited for, or [`SessionError::Deadline`].
    pub async fn token(&self, deadline: Instant) -> Result<Token, SessionError> {
        tracing::debug!("Checking token expiration before API request");
        let mut snapshots = self.snapshots.clone();
        let asked = snapshots.borrow_and_update().stats.failed_series;
        loop {
            {
                let snapshot = snapshots.borrow_and_update();
                match snapshot.state.outlook(self.clock.now()) {
                    Outlook::Token(token) => return Ok(token.clone()),
                    Outlook::Refused(error) => return Err(error.clone()),
                    Outlook::Ask if snapshot.stats.failed_series > asked => {
                        let error = snapshot.stats.last_error.clone();
                        return Err(error.map_or(SessionError::Stopped, |(_, error)| error));
                    }
                    // A token that died while the machine slept is found here, and the
                    // owner told. A full queue means that it is being told already.
                    Outlook::Ask => {
                        if let Err(mpsc::error::TrySendError::Closed(_)) =
                            self.commands.try_send(Command::Wanted)
                        {
                            return Err(SessionError::Stopped);
                        }
                    }
                    Outlook::Wait => {}
                }
            }
            match tokio::time::timeout_at(deadline, snapshots.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(SessionError::Stopped),
                Err(_) => return Err(SessionError::Deadline),
            }
        }
    }

    /// Reports that the bridge answered 401 to the token of `generation`. A report on an
    /// older token than the present one is ignored.
    pub async fn rejected(&self, generation: Generation, deadline: Instant) {
        let told = self.commands.send(Command::Rejected(generation));
        if tokio::time::timeout_at(deadline, told).await.is_err() {
            return;
        }
        // Until the owner has taken the report in, `token` would hand out the same token.
        let mut snapshots = self.snapshots.clone();
        let gone = snapshots.wait_for(|snapshot| {
            let token = snapshot.state.token();
            token.is_none_or(|token| token.generation() != generation)
        });
        let _ = tokio::time::timeout_at(deadline, gone).await;
    }

    /// Begins a login, without waiting for it.
    pub fn nudge(&self) {
        let _ = self.commands.try_send(Command::Wanted);
    }

    /// The state and the counters, as last published.
    pub fn snapshot(&self) -> Snapshot {
        self.snapshots.borrow().clone()
    }

    /// The session's time.
    pub fn now(&self) -> Now {
        self.clock.now()
    }

    /// Ends the session: the token is dropped, and zeroed with its last user.
    pub async fn stop(&self) {
        let _ = self.commands.send(Command::Stop).await;
        let mut snapshots = self.snapshots.clone();
        while snapshots.changed().await.is_ok() {}
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
