//! Sign-in and sign-out on behalf of clients and of `taid login`. The session decides; this module
//! connects it with the keyring and with [`crate::fault`].

use crate::{fault, server::app::App};
use secrecy::SecretString;
use tai_auth::{
    bridge::transport::Transport,
    credentials::{CredentialOrigin, Credentials, Source, is_password, keyring},
    session::{Phase, SignedOut, error::SessionError},
};
use tai_proto::{
    Fault,
    account::{self, AccountClaim, PasswordNeed, SignedIn},
    call::{ClaimAccount, Login},
    text::Label,
};
use tokio::time::Instant;

impl<T: Transport> App<T> {
    /// Checks that this daemon serves the client's account, and returns whether it needs the client's
    /// password.
    pub(super) async fn claim(
        &self,
        claim: ClaimAccount,
        deadline: Instant,
    ) -> Result<AccountClaim, Fault> {
        // The account may come from the keyring, which only a login reads.
        self.session.settled(deadline).await;
        let snapshot = self.session.snapshot();
        if let Some(ours) = &snapshot.username
            && let Some(theirs) = &claim.username
            && ours != theirs
        {
            return Ok(AccountClaim::Elsewhere(fault::other_account(ours, theirs)));
        }
        Ok(AccountClaim::Serves(match &snapshot.phase {
            Phase::SignedOut(SignedOut::NotYet) => {
                match self.facts.configured_source.is_none() && snapshot.origin.is_none() {
                    true => PasswordNeed::Needed,
                    false => PasswordNeed::NotNeeded,
                }
            }
            Phase::SignedOut(SignedOut::NoCredentials(_)) => PasswordNeed::Needed,
            // Another client may have the correct password.
            Phase::Waiting {
                error: SessionError::Refused,
                ..
            } if snapshot.origin == Some(CredentialOrigin::Client) => PasswordNeed::Needed,
            Phase::SignedOut(SignedOut::LoggedOut | SignedOut::Stopped)
            | Phase::SigningIn
            | Phase::Live { .. }
            | Phase::Waiting { .. } => PasswordNeed::NotNeeded,
        }))
    }

    /// Signs in with a client's password, if the daemon has none.
    pub(super) async fn take_offer(
        &self,
        offered: account::Credentials,
        deadline: Instant,
    ) -> Result<(), Fault> {
        let credentials = checked(&offered)?;
        match self.session.offer(credentials, deadline).await {
            // Another client offered its password first.
            Ok(()) | Err(SessionError::Superseded) => Ok(()),
            Err(error) => Err(self.session_fault(&error)),
        }
    }

    /// Signs in with a typed password, and saves it in the keyring if `login.save` is set.
    pub(crate) async fn login(&self, login: Login, deadline: Instant) -> Result<SignedIn, Fault> {
        let username = login.credentials.username.clone();
        let credentials = checked(&login.credentials)?;
        if let Some(ours) = &self.session.snapshot().username
            && *ours != username
        {
            return Err(fault::other_login(ours, &username));
        }
        self.session
            .sign_in(credentials.clone(), deadline)
            .await
            .map_err(|error| fault::of_login(&error))?;
        let mut not_saved = None;
        if login.save {
            let profile = self.facts.profile.to_string();
            match keyring::save(&profile, &credentials).await {
                Ok(()) => {
                    // From here on, each login reads the keyring, and no password is held.
                    let username = Some(username.clone());
                    let source = Source::Keyring { username, profile };
                    let _ = self.session.adopt(source, deadline).await;
                }
                Err(error) => not_saved = Some(error),
            }
        }
        Ok(SignedIn {
            address: username.address(self.facts.instance.as_ref()),
            username,
            not_saved: not_saved.map(|error| fault::not_saved(&error)),
        })
    }

    /// Signs out and deletes the password from the keyring.
    pub(super) async fn logout(&self, deadline: Instant) -> Result<account::SignedOut, Fault> {
        let username = self.session.snapshot().username;
        self.session
            .sign_out(deadline)
            .await
            .map_err(|error| self.session_fault(&error))?;
        self.bridge.close_idle();
        let forgotten = keyring::forget(self.facts.profile.as_str()).await;
        tracing::info!("signed out");
        Ok(account::SignedOut {
            username,
            forgotten: forgotten.map_err(|error| fault::not_forgotten(&error))?,
            still_configured: self.facts.configured_source.as_deref().map(Label::from),
        })
    }

    fn session_fault(&self, error: &SessionError) -> Fault {
        fault::of_session(error, &self.session.snapshot(), self.session.now())
    }
}

/// Checks the length of a received password.
fn checked(offered: &account::Credentials) -> Result<Credentials, Fault> {
    let password = offered.password.expose();
    if !is_password(password) {
        return Err(fault::bad_password());
    }
    Ok(Credentials {
        username: offered.username.clone(),
        password: SecretString::from(password.to_owned()),
    })
}
