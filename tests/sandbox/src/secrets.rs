//! Password hashes and tokens of the bridge (seed: PBKDF2-SHA256, 100,000 rounds, 16-byte salt;
//! JWT, HS256). Tokens are built by hand because those of the bridge have no `typ` and no `jti`,
//! and tests need invalid ones.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

const ROUNDS: u32 = 100_000;

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        // The sandbox protects nothing; the bytes only have to differ each time.
        fastrand::fill(&mut bytes);
    }
    bytes
}

/// A stored password: salt and hash.
pub(crate) struct PasswordHash {
    pub(crate) salt: [u8; 16],
    pub(crate) hash: [u8; 32],
}

impl PasswordHash {
    pub(crate) fn new(password: &str) -> Self {
        let salt = random();
        Self {
            salt,
            hash: derive(password, &salt),
        }
    }

    pub(crate) fn matches(&self, password: &str) -> bool {
        derive(password, &self.salt) == self.hash
    }
}

fn derive(password: &str, salt: &[u8]) -> [u8; 32] {
    pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(password.as_bytes(), salt, ROUNDS)
}

/// The signing secret of tokens.
pub(crate) struct TokenSecret([u8; 32]);

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    sub: String,
    exp: Option<f64>,
    nbf: Option<f64>,
}

impl TokenSecret {
    pub(crate) fn random() -> Self {
        Self(random())
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        // HMAC accepts keys of any length, so that the fallback is not reached.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0)
            .unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
        mac.update(signed.as_bytes());
        mac
    }

    pub(crate) fn issue(&self, sub: &str, iat: i64, exp: i64) -> String {
        let claims = serde_json::json!({"sub": sub, "iat": iat, "exp": exp}).to_string();
        self.sign(r#"{"alg":"HS256"}"#, &claims)
    }

    /// Signs a token with any header and claims.
    pub(crate) fn sign(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
        let signature = BASE64.encode(self.mac(&signed).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    /// Returns the `sub` of a token that is valid at `now`, in Unix seconds; an empty text if it has
    /// none. There is no grace period. A token without `exp` does not expire.
    pub(crate) fn verify(&self, token: &str, now: i64) -> Option<String> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = BASE64.decode(signature).ok()?;
        self.mac(signed).verify_slice(&signature).ok()?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&BASE64.decode(header).ok()?).ok()?;
        let claims: Claims = serde_json::from_slice(&BASE64.decode(claims).ok()?).ok()?;
        let now = now as f64;
        let current =
            claims.exp.is_none_or(|exp| now < exp) && claims.nbf.is_none_or(|begin| begin <= now);
        (header.alg == "HS256" && current).then_some(claims.sub)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_valid_until_its_expiry_and_only_under_its_secret() {
        let secret = TokenSecret::random();
        let token = secret.issue("alice", 100, 200);
        assert_eq!(secret.verify(&token, 199).as_deref(), Some("alice"));
        assert_eq!(secret.verify(&token, 200), None);
        assert_eq!(TokenSecret::random().verify(&token, 150), None);
        assert_eq!(secret.verify("not a token", 150), None);
        for (claims, user) in [
            (r#"{"sub":"alice","iat":900}"#, Some("alice")),
            (r#"{"exp":200}"#, Some("")),
            (r#"{"sub":"alice","nbf":151}"#, None),
        ] {
            let token = secret.sign(r#"{"alg":"HS256"}"#, claims);
            assert_eq!(secret.verify(&token, 150).as_deref(), user, "{claims}");
        }
    }

    #[test]
    fn a_password_hash_matches_only_its_password() {
        let hash = PasswordHash::new("correct horse");
        assert!(hash.matches("correct horse"));
        assert!(!hash.matches("correct horsf"));
    }
}
