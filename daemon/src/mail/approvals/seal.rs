//! The encryption of waiting mails on the disk: ChaCha20-Poly1305 with a random nonce. The number,
//! the time and the profile are authenticated, so that no file passes for another.

use super::state::{Place, Trace, WaitingMail};
use crate::{
    digest::Digest,
    mail::{journal::fields::moment, sending::prepared::PreparedMail},
};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom as _, SystemRandom},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zeroize::{Zeroize as _, Zeroizing};

/// Key of the waiting mails of a profile.
pub(crate) type HeldKey = Zeroizing<[u8; 32]>;

/// First byte of a sealed mail: the version of its layout.
const LAYOUT: u8 = 1;

/// The secret part of a waiting mail.
#[derive(Serialize, Deserialize)]
struct Content {
    client: String,
    insist: bool,
    revises: Option<(u64, Digest)>,
    mail: PreparedMail,
}

#[derive(Serialize)]
struct ContentRef<'a> {
    client: &'a str,
    insist: bool,
    revises: Option<&'a (u64, Digest)>,
    mail: &'a PreparedMail,
}

/// Returns a waiting mail in sealed form: the layout, the nonce, the ciphertext and its tag. `None`
/// if the system has no random bytes.
pub(super) fn seal(key: &HeldKey, profile: &str, waiting: &WaitingMail) -> Option<Vec<u8>> {
    let content = ContentRef {
        client: &waiting.client,
        insist: waiting.insist,
        revises: waiting.revises.as_ref(),
        mail: &waiting.mail,
    };
    let mut bytes = serde_json::to_vec(&content).ok()?;
    let mut nonce = [0; NONCE_LEN];
    let random = SystemRandom::new().fill(&mut nonce);
    let context = context(profile, &waiting.trace());
    let sealed = random.and_then(|()| {
        let nonce = Nonce::assume_unique_for_key(nonce);
        opener(key)?.seal_in_place_append_tag(nonce, Aad::from(context), &mut bytes)
    });
    if sealed.is_err() {
        bytes.zeroize();
        return None;
    }
    Some([&[LAYOUT], nonce.as_slice(), &bytes].concat())
}

/// Returns the waiting mail of a trace from its sealed form; `None` if that is damaged, or sealed
/// with another key or for another mail.
pub(super) fn open(
    key: &HeldKey,
    profile: &str,
    trace: &Trace,
    bytes: Vec<u8>,
) -> Option<WaitingMail> {
    let mut bytes = Zeroizing::new(bytes);
    let (layout, rest) = bytes.split_first_mut()?;
    let (nonce, sealed) = rest.split_at_mut_checked(NONCE_LEN)?;
    if *layout != LAYOUT {
        return None;
    }
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let aad = Aad::from(context(profile, trace));
    let content = opener(key).ok()?.open_in_place(nonce, aad, sealed).ok()?;
    let Content {
        client,
        insist,
        revises,
        mail,
    } = serde_json::from_slice(content).ok()?;
    if mail.digest != trace.digest {
        return None;
    }
    Some(WaitingMail {
        number: trace.number,
        mail: Arc::new(mail),
        // The ledger holds back a mail that may have been sent.
        insist: insist && !trace.maybe_sent,
        client,
        instance: trace.instance.clone(),
        since: trace.since,
        place: Place::Sealed,
        maybe_sent: trace.maybe_sent,
        replaces: None,
        revises,
    })
}

fn opener(key: &HeldKey) -> Result<LessSafeKey, ring::error::Unspecified> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key.as_slice())?;
    Ok(LessSafeKey::new(key))
}

fn context(profile: &str, trace: &Trace) -> Vec<u8> {
    let (number, since) = (trace.number, moment(trace.since));
    format!("tai held mail {profile} {number} {since}").into_bytes()
}

#[cfg(test)]
#[path = "seal_tests.rs"]
mod tests;
