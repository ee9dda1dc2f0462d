//! The rules for the names people give: username, instance, profile. It checks text and
//! knows nothing of where the text came from.

/// The domain of every address (seed: "The instance's address is `{INSTANCE}.{NAME}@tai.chat`").
pub const DOMAIN: &str = "tai.chat";

/// Why a name is refused; says the rule, and never repeats the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The username's rule (seed: "3-50 characters, ASCII letters, digits and hyphens").
    #[error("a username has 3 to 50 characters, all of them ASCII letters, digits or hyphens")]
    Username,
    /// The instance's rule, narrower than an address's local part: a dot would end it early.
    #[error(
        "an instance has 1 to 64 characters, all of them ASCII letters, digits, hyphens or underscores"
    )]
    Instance,
    /// The profile's rule: it becomes part of a file name.
    #[error(
        "a profile has 1 to 32 characters, all of them lower-case ASCII letters, digits or hyphens"
    )]
    Profile,
}

fn check(name: &str, most: usize, allowed: impl Fn(u8) -> bool) -> bool {
    (1..=most).contains(&name.len()) && name.bytes().all(allowed)
}

/// Checks a username; its case matters and is kept.
///
/// # Errors
/// [`NameError::Username`].
pub fn username(name: &str) -> Result<(), NameError> {
    let ok = name.len() >= 3 && check(name, 50, |b| b.is_ascii_alphanumeric() || b == b'-');
    ok.then_some(()).ok_or(NameError::Username)
}

/// Checks an instance.
///
/// # Errors
/// [`NameError::Instance`].
pub fn instance(name: &str) -> Result<(), NameError> {
    let ok = check(name, 64, |b| {
        b.is_ascii_alphanumeric() || b == b'-' || b == b'_'
    });
    ok.then_some(()).ok_or(NameError::Instance)
}

/// Checks a profile.
///
/// # Errors
/// [`NameError::Profile`].
pub fn profile(name: &str) -> Result<(), NameError> {
    let ok = check(name, 32, |b| {
        b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
    });
    ok.then_some(()).ok_or(NameError::Profile)
}

/// The address of an instance of a user, or the user's own where there is no instance.
pub fn address(instance: Option<&str>, username: &str) -> String {
    match instance {
        Some(instance) => format!("{instance}.{username}@{DOMAIN}"),
        None => format!("{username}@{DOMAIN}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_username_is_3_to_50_letters_digits_and_hyphens() {
        for good in ["abc", "Alice-7", &"a".repeat(50)] {
            assert_eq!(username(good), Ok(()), "{good}");
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
            assert_eq!(username(bad), Err(NameError::Username), "{bad}");
        }
    }

    #[test]
    fn instances_and_profiles_cannot_leave_their_place() {
        assert_eq!(instance("desk_1-A"), Ok(()));
        for bad in ["", "a.b", "a@b", "a%", "a b", &"a".repeat(65)] {
            assert_eq!(instance(bad), Err(NameError::Instance), "{bad}");
        }
        assert_eq!(profile("work-2"), Ok(()));
        for bad in ["", "../x", "Work", "a/b", "a.b", &"a".repeat(33)] {
            assert_eq!(profile(bad), Err(NameError::Profile), "{bad}");
        }
    }

    #[test]
    fn seed_address_is_instance_dot_name_at_tai_chat() {
        assert_eq!(
            address(Some("desktop"), "username"),
            "desktop.username@tai.chat"
        );
        assert_eq!(address(None, "username"), "username@tai.chat");
    }
}
