//! Secret text: a password that a client sends to the daemon. The daemon sends none.

use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// Limit of a secret in bytes. A password has at most 128 characters.
const MAX_SECRET: usize = 4096;

/// Secret text of at most 4096 bytes. Its debug output is `"..."`, and its memory is zeroed on
/// drop.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Zeroizing<String>")]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps the text. The caller must not keep a copy.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Returns the text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl TryFrom<Zeroizing<String>> for Secret {
    type Error = &'static str;

    fn try_from(text: Zeroizing<String>) -> Result<Self, &'static str> {
        match text.len() {
            ..=MAX_SECRET => Ok(Self(text)),
            _ => Err("a secret of more than 4096 bytes"),
        }
    }
}

impl From<Secret> for Zeroizing<String> {
    fn from(secret: Secret) -> Self {
        secret.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"...\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_in_debug_output() {
        let secret = Secret::new("sandbox-password".to_owned());
        assert_eq!(format!("{secret:?} {secret:#?}"), r#""..." "...""#);
        assert_eq!(secret.expose(), "sandbox-password");
    }
}
