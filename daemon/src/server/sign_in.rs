//! Sign-in and sign-out on behalf of clients and of `taid login`. The session decides; this module
//! connects it with the keyring and with [`crate::fault`].

use crate::{fault, server::app::App};
use secrecy::SecretString;
use std::time::Duration;
use tai_auth::{
    base_url::{BaseUrl, Origin},
    bridge::transport::Transport,
    credentials::{Credentials, Source, is_password, keyring},
    session::{Phase, SignedOut, error::SessionError},
};
use tai_proto::{
    Fault,
    account::{self, AccountClaim, Former, PasswordNeed, SignedIn},
    call::{ClaimAccount, Login, Whose},
    names::{Profile, Username},
    text::Label,
};
use tokio::time::{Instant, timeout_at};

/// Time that a login waits for the account of the keyring, which may be waiting for its password.
const KEYRING_PATIENCE: Duration = Duration::from_secs(5);

/// Time limit for the change of the credential source. The session's task only stores it.
const ADOPTION: Duration = Duration::from_secs(5);

impl<T: Transport> App<T> {
    /// Checks that this daemon serves the client's account at the client's bridge, and returns whether
    /// it needs the client's password.
    pub(super) async fn claim(
        &self,
        client: u64,
        claim: ClaimAccount,
        deadline: Instant,
    ) -> Result<AccountClaim, Fault> {
        if let Some(account) = &claim.username {
            self.claims.add(client, account);
        }
        let ours = self.bridge_origin();
        if let Some(theirs) = &claim.bridge {
            let theirs: BaseUrl = theirs
                .as_str()
                .parse()
                .map_err(|error| fault::bad_bridge(&error))?;
            if theirs.origin() != ours {
                let fault = fault::other_bridge(&ours, &theirs.origin());
                return Ok(AccountClaim::Elsewhere(fault));
            }
        }
        // The account may come from the keyring, which only a login reads.
        self.session.settled(deadline).await;
        let snapshot = self.session.snapshot();
        if let Some(theirs) = &claim.username {
            match &snapshot.username {
                Some(ours) if ours == theirs => {}
                Some(ours) => {
                    let own = (self.facts.config).profile_at(theirs, claim.bridge.is_some());
                    let fault = fault::other_account(ours, theirs, &own);
                    return Ok(AccountClaim::Elsewhere(fault));
                }
                None if self.signed_out().as_ref() == Some(theirs) => {
                    return Ok(AccountClaim::Serves(PasswordNeed::NotNeeded));
                }
                // A client must not decide whose mail the clients without an account get.
                None => {
                    let fault = fault::no_account(theirs, &self.facts.config.profile);
                    return Ok(AccountClaim::Elsewhere(fault));
                }
            }
        }
        Ok(AccountClaim::Serves(match snapshot.takes_offer {
            true => PasswordNeed::Needed,
            false => PasswordNeed::NotNeeded,
        }))
    }

    /// Checks that the account has not changed since a client claimed it. The client makes another
    /// connection then, and finds the taid of its account.
    ///
    /// # Errors
    /// [`FaultCode::OtherAccount`](tai_proto::FaultCode::OtherAccount). Nothing was done.
    pub(super) fn check_claim(&self, client: u64) -> Result<(), Fault> {
        let Some(theirs) = self.claims.of(client) else {
            return Ok(());
        };
        match self.session.snapshot().username {
            Some(ours) if ours != theirs => Err(self.other_account(&ours, &theirs)),
            Some(_) | None => Ok(()),
        }
    }

    /// Signs in with a client's password, if the daemon has an account and no password.
    pub(super) async fn take_offer(
        &self,
        offered: account::Credentials,
        deadline: Instant,
    ) -> Result<(), Fault> {
        // The claim has refused it already, but a client need not make one.
        let snapshot = self.session.snapshot();
        match &snapshot.username {
            Some(ours) if *ours == offered.username => {}
            Some(ours) => return Err(self.other_account(ours, &offered.username)),
            None => {
                return Err(fault::no_account(
                    &offered.username,
                    &self.facts.config.profile,
                ));
            }
        }
        let credentials = self.checked(&offered)?;
        match self.session.offer(credentials, deadline).await {
            // Another client offered its password first.
            Ok(()) | Err(SessionError::Superseded) => Ok(()),
            Err(error) => Err(self.session_fault(&error)),
        }
    }

    /// Signs in with a typed password, and saves it in the keyring if `login.save` is set.
    pub(crate) async fn login(&self, login: Login, deadline: Instant) -> Result<SignedIn, Fault> {
        // The password is in no place where a successor finds it.
        let _login = self.logins.clone();
        let username = login.credentials.username.clone();
        let credentials = self.checked(&login.credentials)?;
        self.check_saved(&login, deadline).await?;
        let signed_in = self.session.sign_in(credentials.clone(), deadline).await;
        signed_in.map_err(|error| self.login_fault(&error, &username))?;
        self.set_signed_out(None);
        let mut not_saved = None;
        if login.save {
            not_saved = self.save(&credentials).await.err();
        }
        Ok(SignedIn {
            address: username.address(self.facts.config.settings.instance.as_ref()),
            username,
            not_saved,
        })
    }

    /// Checks that the keyring has no other account than that of a login, if the session knows none. It
    /// may have been locked when the session asked it. A keyring that cannot be read refuses no login,
    /// and no save replaces what it has.
    ///
    /// # Errors
    /// The keyring has another account.
    async fn check_saved(&self, login: &Login, deadline: Instant) -> Result<(), Fault> {
        let snapshot = self.session.snapshot();
        let is_free = snapshot.phase == Phase::SignedOut(SignedOut::LoggedOut);
        let Some(bridge) = &self.facts.config.keyring else {
            return Ok(());
        };
        if snapshot.username.is_some() || is_free {
            return Ok(());
        }
        // A login that saves needs the keyring in any case.
        let limit = match login.save {
            true => deadline,
            false => deadline.min(Instant::now() + KEYRING_PATIENCE),
        };
        let saved = keyring::load(&self.facts.config.profile, bridge);
        let Ok(Ok(Some(saved))) = timeout_at(limit, saved).await else {
            return Ok(());
        };
        let theirs = &login.credentials.username;
        match saved.username == *theirs {
            true => Ok(()),
            false => Err(self.other_login(&saved.username, theirs)),
        }
    }

    fn other_account(&self, ours: &Username, theirs: &Username) -> Fault {
        fault::other_account(ours, theirs, &self.own_profile(theirs))
    }

    fn other_login(&self, ours: &Username, theirs: &Username) -> Fault {
        let own = self.own_profile(theirs);
        fault::other_login("login", ours, theirs, &own, fault::LOGOUT)
    }

    /// Returns the fault for a login of `theirs` that failed.
    fn login_fault(&self, error: &SessionError, theirs: &Username) -> Fault {
        match (error, self.session.snapshot().username) {
            (SessionError::OtherAccount, Some(ours)) => self.other_login(&ours, theirs),
            (error, _) => fault::of_login(error),
        }
    }

    /// Saves the password in the keyring. From then on, each login reads the keyring, and no password
    /// is held.
    async fn save(&self, credentials: &Credentials) -> Result<(), Fault> {
        let config = &self.facts.config;
        let bridge = &credentials.bridge;
        if config.keyring.as_ref() != Some(bridge) {
            return Err(fault::not_in_file(bridge));
        }
        let (session, username) = (self.session.clone(), credentials.username.clone());
        let is_present = move || session.snapshot().username.as_ref() == Some(&username);
        keyring::save(&config.profile, credentials, is_present)
            .await
            .map_err(|error| fault::not_saved(&error))?;
        let source = Source::Keyring {
            username: Some(credentials.username.clone()),
            profile: config.profile.clone(),
            bridge: bridge.clone(),
        };
        // The login may have used up the deadline of its caller.
        let deadline = Instant::now() + ADOPTION;
        adopted(self.session.adopt(source, deadline).await)
    }

    /// Signs out, and deletes the password from the keyring.
    pub(super) async fn logout(
        &self,
        whose: Whose,
        deadline: Instant,
    ) -> Result<account::SignedOut, Fault> {
        let username = self.session.snapshot().username;
        let only = match whose {
            Whose::Any => None,
            Whose::None if username.is_some() => return Err(fault::other_logout(None)),
            Whose::None => None,
            Whose::Account(only) => Some(only),
        };
        let signed_out = self.session.sign_out(only.clone(), deadline).await;
        signed_out.map_err(|error| match error {
            SessionError::OtherAccount => fault::other_logout(only.as_ref()),
            error => self.session_fault(&error),
        })?;
        let former = match (username, only.or(self.signed_out())) {
            (Some(now), _) => Former::SignedOutNow(now),
            (None, Some(before)) => Former::SignedOutBefore(before),
            (None, None) => Former::None,
        };
        self.set_signed_out(former.account().cloned());
        self.bridge.close_idle();
        let forgotten = match &self.facts.config.keyring {
            // The entry of another account is that of another home.
            Some(bridge) => {
                keyring::forget(&self.facts.config.profile, bridge, former.account()).await
            }
            None => Ok(false),
        };
        Ok(account::SignedOut {
            former,
            forgotten: *forgotten.as_ref().unwrap_or(&false),
            not_forgotten: forgotten.err().map(|error| fault::not_forgotten(&error)),
            still_configured: self.facts.configured_source.as_deref().map(Label::from),
        })
    }

    /// Returns the origin of this daemon's bridge.
    pub(super) fn bridge_origin(&self) -> Origin {
        self.facts.config.settings.api_base_url.origin()
    }

    /// Returns the profile of another account at this daemon's bridge.
    fn own_profile(&self, account: &Username) -> Profile {
        self.facts.config.profile_of(account)
    }

    fn session_fault(&self, error: &SessionError) -> Fault {
        fault::of_session(error, &self.session.snapshot(), self.session.now())
    }

    /// Checks the length of a received password, and binds it to this daemon's bridge.
    fn checked(&self, offered: &account::Credentials) -> Result<Credentials, Fault> {
        let password = offered.password.expose();
        if !is_password(password) {
            return Err(fault::bad_password());
        }
        Ok(Credentials {
            username: offered.username.clone(),
            password: SecretString::from(password.to_owned()),
            bridge: self.bridge_origin(),
        })
    }
}

/// Returns the outcome of a saved login, whose password the session drops for the keyring.
fn adopted(result: Result<(), SessionError>) -> Result<(), Fault> {
    match result {
        // A session that was signed out or has ended does not hold this password.
        Ok(())
        | Err(SessionError::LoggedOut | SessionError::OtherAccount | SessionError::Stopped) => {
            Ok(())
        }
        Err(_) => Err(fault::still_held()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_proto::Audience;

    #[test]
    fn a_password_that_stays_in_memory_is_reported() {
        assert_eq!(adopted(Ok(())), Ok(()));
        assert_eq!(adopted(Err(SessionError::LoggedOut)), Ok(()));
        let fault = adopted(Err(SessionError::Deadline)).unwrap_err();
        insta::assert_snapshot!(fault.render(Audience::Person), @"
        error: signed in and saved the password, but taid still holds the typed one in memory
        caused by: the session did not change to the keyring in time
        hint: run `taid stop`; the next start reads the password from the keyring
        ");
    }
}
