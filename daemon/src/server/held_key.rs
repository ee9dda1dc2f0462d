//! The key of mails that wait for approval, in the user's keyring.

use crate::mail::{KeyAnswer, KeySource};
use std::{future::Future, pin::Pin};
use tai_auth::credentials::keyring::{self, Missing};
use tai_proto::names::Profile;

/// Name of the secret in the keyring.
const NAME: &str = "held-mail-key";

/// The key of a profile.
#[derive(Debug)]
pub(super) struct KeyringKey {
    profile: Profile,
}

impl KeyringKey {
    /// Returns the key of this profile. The keyring is asked when the key is needed.
    pub(super) fn new(profile: Profile) -> Self {
        Self { profile }
    }
}

impl KeySource for KeyringKey {
    fn key(&self, missing: Missing) -> Pin<Box<dyn Future<Output = KeyAnswer> + Send + '_>> {
        Box::pin(async move {
            let secret = keyring::secret(&self.profile, NAME, missing).await;
            secret.map_err(|error| tai_auth::chain(&error))
        })
    }
}
