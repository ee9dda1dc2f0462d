//! Who is signed in: what a client or a person can do about it. The session decides; this
//! puts its answers, the keyring and the words for people together.

use crate::{fault, server::app::App};
use secrecy::SecretString;
use tai_auth::{
    bridge::transport::Transport,
    credentials::{CredentialOrigin, Credentials, Source, is_password, keyring},
    session::{Phase, SignedOut, error::SessionError},
};
use tai_proto::{
    Fault,
    account::{self, Account, Login, Need, SignedIn},
    name,
};
use tokio::time::Instant;

impl<T: Transport> App<T> {
    /// Whether this is the daemon of a client's account, and whether it needs its password.
    pub(crate) async fn account(&self, account: Account, deadline: Instant) -> Result<Need, Fault> {
        // A keyring may know whose daemon this is, and only a login tells.
        self.session.settled(deadline).await;
        let snapshot = self.session.snapshot();
        if let Some(ours) = snapshot.username.as_deref()
            && ours != account.username
        {
            return Err(fault::other_account(ours, &account.username));
        }
        Ok(match &snapshot.phase {
            Phase::SignedOut(SignedOut::NotYet) => {
                match self.configured.is_none() && snapshot.origin.is_none() {
                    true => Need::Password,
                    false => Need::Nothing,
                }
            }
            Phase::SignedOut(SignedOut::NoCredentials(_)) => Need::Password,
            // Another client may have the right one.
            Phase::Waiting {
                error: SessionError::Refused,
                ..
            } if snapshot.origin == Some(CredentialOrigin::Client) => Need::Password,
            Phase::SignedOut(SignedOut::LoggedOut | SignedOut::Stopped)
            | Phase::SigningIn
            | Phase::Live { .. }
            | Phase::Waiting { .. } => Need::Nothing,
        })
    }

    /// Takes a client's password where there is none.
    pub(crate) async fn offer(
        &self,
        offered: account::Credentials,
        deadline: Instant,
    ) -> Result<(), Fault> {
        let credentials = checked(&offered)?;
        match self.session.offer(credentials, deadline).await {
            // Somebody else was first; theirs is used.
            Ok(()) | Err(SessionError::Superseded) => Ok(()),
            Err(error) => Err(self.session_fault(&error)),
        }
    }

    /// Signs a person in, and keeps the password where they want that.
    pub(crate) async fn login(&self, login: Login, deadline: Instant) -> Result<SignedIn, Fault> {
        let credentials = checked(&login.credentials)?;
        let username = credentials.username.clone();
        if let Some(ours) = self.session.snapshot().username.as_deref()
            && ours != username
        {
            return Err(fault::other_login(ours, &username));
        }
        self.session
            .sign_in(credentials.clone(), deadline)
            .await
            .map_err(|error| fault::of_login(&error))?;
        let mut not_saved = None;
        if login.save {
            let profile = self.config.profile.clone();
            match keyring::save(&profile, &credentials).await {
                Ok(()) => {
                    // What can be asked for again is not kept.
                    let username = Some(username.clone());
                    let source = Source::Keyring { username, profile };
                    let _ = self.session.adopt(source, deadline).await;
                }
                Err(error) => not_saved = Some(error),
            }
        }
        Ok(SignedIn {
            address: name::address(self.config.settings.instance.as_deref(), &username),
            username,
            not_saved: not_saved.map(|error| fault::not_saved(&error)),
        })
    }

    /// Signs out, and makes the keyring forget.
    pub(crate) async fn logout(&self, deadline: Instant) -> Result<account::SignedOut, Fault> {
        let username = self.session.snapshot().username;
        self.session
            .sign_out(deadline)
            .await
            .map_err(|error| self.session_fault(&error))?;
        self.bridge.close_idle();
        let forgotten = keyring::forget(&self.config.profile).await;
        Ok(account::SignedOut {
            username: username.as_deref().map(str::to_owned),
            forgotten: forgotten.map_err(|error| fault::not_forgotten(&error))?,
            still_configured: self.configured.clone(),
        })
    }

    fn session_fault(&self, error: &SessionError) -> Fault {
        fault::of_session(error, &self.session.snapshot(), self.session.now())
    }
}

/// What crosses the wire, once it keeps the rules.
fn checked(offered: &account::Credentials) -> Result<Credentials, Fault> {
    name::username(&offered.username).map_err(|rule| fault::bad_username(&rule.to_string()))?;
    let password = offered.password.expose();
    if !is_password(password) {
        return Err(fault::bad_password());
    }
    Ok(Credentials {
        username: offered.username.clone(),
        password: SecretString::from(password.to_owned()),
    })
}
