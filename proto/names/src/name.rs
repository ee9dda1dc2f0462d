//! Usernames, instances and profiles.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Rule that a name breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Rule of usernames (seed: "3-50 characters, ASCII letters, digits and hyphens").
    #[error("a username has 3 to 50 characters: ASCII letters, digits and hyphens")]
    Username,
    /// Rule of instances. A dot is not allowed, because it separates the instance from the
    /// username in an address.
    #[error("an instance has 1 to 64 characters: ASCII letters, digits, hyphens and underscores")]
    Instance,
    /// Rule of profiles. A profile becomes part of a file name.
    #[error("a profile has 1 to 32 characters: lower-case ASCII letters, digits and hyphens")]
    Profile,
}

/// Defines a kind of name with its rule and conversions.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $length:expr, $allowed:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses a name.
            ///
            /// # Errors
            #[doc = concat!("[`NameError::", stringify!($name), "`].")]
            pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
                let text = text.into();
                let allowed: fn(u8) -> bool = $allowed;
                if $length.contains(&text.len()) && text.bytes().all(allowed) {
                    Ok(Self(text))
                } else {
                    Err(NameError::$name)
                }
            }

            /// Returns the name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// Registered username: 3 to 50 ASCII letters, digits and hyphens. Case is significant.
    Username,
    (3..=50),
    |b| b.is_ascii_alphanumeric() || b == b'-'
);

name!(
    /// Agent of an account (seed: `INSTANCE`), such as `desktop`: 1 to 64 ASCII letters, digits,
    /// hyphens and underscores.
    Instance,
    (1..=64),
    |b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'
);

name!(
    /// Profile of a user, with one daemon, one session and one account: 1 to 32 lower-case ASCII
    /// letters, digits and hyphens.
    Profile,
    (1..=32),
    |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
);

/// Origin of TAI's own bridge, which is the default.
pub const DEFAULT_BRIDGE: &str = "https://tai.chat";

/// Returns the 32-bit FNV-1a digest. It tells the accounts of one user apart; equal digests lead to
/// an account that a daemon refuses.
fn fnv1a(bytes: &[u8]) -> u32 {
    let step = |digest: u32, byte: &u8| (digest ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(0x811c_9dc5, step)
}

impl Profile {
    /// Name of the default profile.
    const DEFAULT: &str = "default";

    /// Returns the profile of one account at one bridge, for clients that name an account and no
    /// profile: the username, with a digest if the username is no profile or the bridge is named and
    /// is not TAI's own. `bridge` is an origin, such as `https://mail.example`.
    pub fn of_account(username: &Username, bridge: Option<&str>) -> Self {
        let bridge = bridge.filter(|bridge| *bridge != DEFAULT_BRIDGE);
        let name = username.as_str();
        match (Self::new(name), bridge) {
            (Ok(profile), None) if !profile.is_default() => profile,
            _ => {
                let digest = fnv1a([name, bridge.unwrap_or_default()].join(" ").as_bytes());
                let mut start = name.to_ascii_lowercase();
                // A username is ASCII.
                start.truncate(23);
                Self(format!("{start}-{digest:08x}"))
            }
        }
    }

    /// Returns the profiles of an account's own daemons at a bridge: for clients that name no bridge,
    /// and for those that name this one.
    pub fn all_of_account(username: &Username, bridge: &str) -> [Self; 2] {
        [None, Some(bridge)].map(|bridge| Self::of_account(username, bridge))
    }

    /// Returns the name of the configuration file.
    pub fn config_file(&self) -> String {
        match self.is_default() {
            true => "config.toml".to_owned(),
            false => format!("config-{self}.toml"),
        }
    }

    /// Returns the name of the systemd unit of a kind, such as `socket`.
    pub fn unit(&self, kind: &str) -> String {
        match self.is_default() {
            true => format!("taid.{kind}"),
            false => format!("taid@{self}.{kind}"),
        }
    }

    /// Returns whether this is the default profile.
    pub fn is_default(&self) -> bool {
        self.0 == Self::DEFAULT
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_username_is_3_to_50_letters_digits_and_hyphens() {
        for good in ["abc", "Alice-7", &"a".repeat(50)] {
            assert_eq!(Username::new(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "ab",
            "a b",
            "a.b",
            "a_b",
            "zoë",
            "a/b",
            " abc",
            &"a".repeat(51),
        ] {
            assert_eq!(Username::new(bad), Err(NameError::Username), "{bad}");
        }
    }

    #[test]
    fn the_profile_of_an_account_is_its_username_or_contains_a_digest() {
        let of = |name: &str, bridge| {
            let username = Username::new(name).unwrap();
            let profile = Profile::of_account(&username, bridge);
            assert_eq!(Profile::new(profile.as_str()), Ok(profile.clone()));
            profile.to_string()
        };
        assert_eq!(of("alice", None), "alice");
        assert_eq!(of("alice", Some("https://tai.chat")), "alice");
        let others = [
            of("Alice", None),
            of("alice", Some("https://mail.example")),
            of("alice", Some("http://127.0.0.1:1")),
            of("default", None),
            of(&"a".repeat(50), None),
            of(&"a".repeat(49), None),
        ];
        for (n, profile) in others.iter().enumerate() {
            assert!(profile.len() > 8 && profile.len() <= 32, "{profile}");
            assert!(!others[..n].contains(profile), "{profile}");
        }
    }

    #[test]
    fn instances_fit_an_address_and_profiles_fit_a_file_name() {
        assert!(Instance::new("desk_1-A").is_ok());
        for bad in ["", "a.b", "a@b", "a%", "a b", &"a".repeat(65)] {
            assert_eq!(Instance::new(bad), Err(NameError::Instance), "{bad}");
        }
        assert!(Profile::new("work-2").is_ok());
        for bad in ["", "../x", "Work", "a/b", "a.b", &"a".repeat(33)] {
            assert_eq!(Profile::new(bad), Err(NameError::Profile), "{bad}");
        }
    }
}
