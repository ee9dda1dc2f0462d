//! The account of a session: its credential source, and the history that limits its logins.
//! After a logout, and after its end, a session has no account and no
//! password.

use super::{
    clock::{Deadline, Now},
    token::Token,
};
use crate::{
    bridge::{Generation, Reservation, Revocation},
    credentials::{CredentialOrigin, Credentials, Source},
};
use tai_names::Username;
use tai_timing::login;

/// The account of a session.
#[derive(Debug, Clone)]
pub(super) struct Account {
    source: Source,
    /// The username, once it is known: a keyring knows one that is not configured.
    username: Option<Username>,
    /// Number of logins in a row that the bridge refused, or answered with a bad token.
    refusals: u32,
    /// Whether the source has given a password that the bridge accepted.
    has_worked: bool,
    floor: Option<Floor>,
    revocation: Revocation,
    /// The reservation of the last login. It lasts as long as the session has the account, also
    /// without a token.
    reservation: Reservation,
    /// Credentials of clients that the bridge refused while this account was present, the newest last.
    tried: Vec<Tried>,
}

/// Credentials of a client that the bridge refused.
#[derive(Debug, Clone)]
struct Tried {
    credentials: Credentials,
    refusals: u32,
    /// Time from which on they are tried again.
    until: Deadline,
}

/// Most credentials of clients whose refusal is remembered.
const MAX_TRIED: usize = 8;

/// Claim of a credential source against the credentials that a client offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// There is no source.
    Vacant,
    /// The keyring, which has not yet given a password that the bridge accepted.
    #[cfg_attr(not(feature = "keyring"), expect(dead_code))]
    Keyring,
    /// The password of a client.
    Client,
    /// A configured source, a person's password, or a keyring whose password was accepted. No client
    /// replaces it.
    Fixed,
}

/// Minimum interval between full logins. It holds whatever the reason of the next login.
#[derive(Debug, Clone, Copy)]
pub(super) struct Floor {
    /// The last full login.
    pub(super) login: Generation,
    /// Number of full logins in a row, each before the one before was forgotten.
    logins: u32,
    /// Earliest time of the next full login.
    pub(super) not_before: Deadline,
    /// A login is forgotten after twice its floor, so that logins at the floor still count.
    forgotten_at: Deadline,
}

impl Floor {
    /// Returns the floor after a login; `logins` counts it.
    fn after(login: Generation, logins: u32, now: Now) -> Self {
        let (interval, memory) = login::floor(logins);
        Self {
            login,
            logins,
            not_before: now.plus(interval),
            forgotten_at: now.plus(memory),
        }
    }
}

impl Account {
    /// Creates the account of a source that has not been asked.
    pub(super) fn new(source: Source) -> Self {
        Self {
            username: source.username().cloned(),
            source,
            refusals: 0,
            has_worked: false,
            floor: None,
            revocation: Revocation::default(),
            reservation: Reservation::default(),
            tried: Vec::new(),
        }
    }

    /// Creates the account of credentials that a person or a client gave. `family` is the
    /// revocation of the tokens so far.
    pub(super) fn held(
        credentials: Credentials,
        origin: CredentialOrigin,
        family: Option<Revocation>,
    ) -> Self {
        Self {
            revocation: family.unwrap_or_default(),
            ..Self::new(Source::Held {
                credentials,
                origin,
            })
        }
    }

    /// Returns the credential source.
    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// Returns the username, if it is known.
    pub(super) fn username(&self) -> Option<&Username> {
        self.username.as_ref()
    }

    /// Returns the number of refused logins in a row.
    pub(super) fn refusals(&self) -> u32 {
        self.refusals
    }

    /// Returns the revocation that all tokens of the account share.
    pub(super) fn revocation(&self) -> &Revocation {
        &self.revocation
    }

    /// Returns the floor, if it forbids a full login at `now`.
    pub(super) fn floor(&self, now: Now) -> Option<Floor> {
        self.floor.filter(|floor| !floor.not_before.has_come(now))
    }

    /// Notes the username that the source has. From then on it gives no password of another account.
    pub(super) fn named(mut self, username: Username) -> Self {
        if self.username.is_none() {
            self.source.bind(&username);
            self.username = Some(username);
        }
        self
    }

    /// Notes a full login that brought `token`.
    pub(super) fn logged_in(mut self, token: &Token, now: Now) -> Self {
        let recent = self.floor.filter(|floor| !floor.forgotten_at.has_come(now));
        let logins = recent.map_or(0, |floor| floor.logins).saturating_add(1);
        self.floor = Some(Floor::after(token.generation(), logins, now));
        self.username = Some(token.username().clone());
        self.has_worked = true;
        self.reservation = token.reservation().clone();
        self.renewed()
    }

    /// Notes a renewal.
    pub(super) fn renewed(self) -> Self {
        Self {
            refusals: 0,
            ..self
        }
    }

    /// Notes a refused login.
    pub(super) fn refused(self) -> Self {
        Self {
            refusals: self.refusals.saturating_add(1),
            ..self
        }
    }

    /// Notes that the bridge refused the credentials of another account, which a client offered.
    pub(super) fn tried(mut self, other: &Self, now: Now) -> Self {
        let Source::Held { credentials, .. } = &other.source else {
            return self;
        };
        let earlier = self
            .tried
            .iter()
            .position(|tried| tried.credentials == *credentials);
        let earlier = earlier.map_or(0, |at| self.tried.remove(at).refusals);
        let refusals = earlier.saturating_add(1);
        if self.tried.len() >= MAX_TRIED {
            self.tried.remove(0);
        }
        self.tried.push(Tried {
            credentials: credentials.clone(),
            refusals,
            until: now.plus(login::cool_down(refusals)),
        });
        self
    }

    /// Returns whether the bridge refused these credentials of a client so recently that they are not
    /// tried again.
    pub(super) fn has_refused(&self, offered: &Credentials, now: Now) -> bool {
        let mut tried = self.tried.iter();
        tried.any(|tried| tried.credentials == *offered && !tried.until.has_come(now))
    }

    /// Replaces the source by another one with the same credentials.
    pub(super) fn set_source(&mut self, source: Source) {
        if let Some(username) = source.username() {
            self.username = Some(username.clone());
        }
        self.source = source;
    }

    /// Returns the claim of the present source against a client's credentials.
    pub(super) fn hold(&self) -> Hold {
        match &self.source {
            Source::Unconfigured { .. } => Hold::Vacant,
            #[cfg(feature = "keyring")]
            Source::Keyring { .. } => match self.has_worked {
                true => Hold::Fixed,
                false => Hold::Keyring,
            },
            Source::Held { origin, .. } => match origin {
                CredentialOrigin::Client => Hold::Client,
                CredentialOrigin::Variable(_)
                | CredentialOrigin::Person
                | CredentialOrigin::Caller => Hold::Fixed,
            },
            Source::Systemd { .. } | Source::Command { .. } | Source::File { .. } => Hold::Fixed,
        }
    }

    /// Returns whether a person typed the password.
    pub(super) fn is_of_person(&self) -> bool {
        match &self.source {
            Source::Held { origin, .. } => *origin == CredentialOrigin::Person,
            #[cfg(feature = "keyring")]
            Source::Keyring { .. } => false,
            Source::Unconfigured { .. }
            | Source::Systemd { .. }
            | Source::Command { .. }
            | Source::File { .. } => false,
        }
    }

    /// Returns whether these credentials are for this account at its bridge.
    pub(super) fn is_of(&self, offered: &Credentials) -> bool {
        let username = self.username.as_ref();
        let bridge = self.source.bridge();
        username.is_none_or(|username| *username == offered.username)
            && bridge.is_none_or(|bridge| *bridge == offered.bridge)
    }

    /// Returns whether the account holds exactly these credentials.
    pub(super) fn holds(&self, offered: &Credentials) -> bool {
        match &self.source {
            Source::Held { credentials, .. } => credentials == offered,
            Source::Unconfigured { .. }
            | Source::Systemd { .. }
            | Source::Command { .. }
            | Source::File { .. } => false,
            #[cfg(feature = "keyring")]
            Source::Keyring { .. } => false,
        }
    }
}
