//! Whether this daemon may end for a successor: what its end would lose, and whether the successor
//! can sign in.

use super::app::App;
use std::sync::Arc;
use tai_auth::{bridge::transport::Transport, credentials::CredentialOrigin};
use tai_proto::{
    account::Succession, approval::StopOutcome, call::Stop, release::Release, status::StayReason,
};

impl<T: Transport> App<T> {
    /// Returns the state that is lost when the daemon exits.
    pub(super) fn stay_reasons(&self) -> Vec<StayReason> {
        let is_typed = self.session.snapshot().origin == Some(CredentialOrigin::Person);
        let has_mail = self.mail.count_held_in_memory() > 0;
        let typed = is_typed.then_some(StayReason::TypedPassword);
        let mail = has_mail.then_some(StayReason::WaitingMail);
        typed.into_iter().chain(mail).collect()
    }

    /// Returns whether a successor of this daemon can get the password from the same source.
    pub(super) fn successor_can_sign_in(&self) -> bool {
        if Arc::strong_count(&self.logins) > 1 {
            return false;
        }
        match self.session.snapshot().origin {
            // Clients offer their password again, and a successor re-reads the other sources.
            None | Some(CredentialOrigin::Client) => true,
            Some(
                CredentialOrigin::Person | CredentialOrigin::Variable(_) | CredentialOrigin::Caller,
            ) => false,
        }
    }

    /// Stops this daemon for a person, unless that loses more mails than the person accepts.
    pub(super) fn stop_for(&self, stop: Stop) -> StopOutcome {
        match self.mail.stop_losing(stop.loses_at_most) {
            Ok(()) => {
                tracing::info!("stop requested by a client");
                StopOutcome::Stops
            }
            Err(lost) => StopOutcome::WouldLose(lost),
        }
    }

    /// Stops this daemon if `release` is later, a successor can sign in with the same source, and no
    /// mail waits for approval in memory alone.
    pub(super) fn make_way(&self, release: Release) -> Succession {
        let own = Release::parse(env!("CARGO_PKG_VERSION"));
        if own.is_none_or(|own| own >= release) {
            return Succession::IsCurrent;
        }
        if !self.successor_can_sign_in() || !self.mail.stop_without_loss() {
            return Succession::IsNeeded;
        }
        tracing::info!("stopping: a later release is installed");
        Succession::Yields
    }
}
