//! The password in this process's environment, which a client's configuration may set.

use crate::os;
use tai_proto::{
    Secret,
    variables::{self, VariableError},
};
use zeroize::Zeroize as _;

/// Variable with the descriptor of the password's pipe and the name of its original variable.
const HANDED_OVER: &str = "TAI_MCP_PASSWORD_FD";
/// Limit of a password that is handed over, in bytes. A longer value is cut, and no longer a password.
const MAX: usize = 4096;

/// Password from the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenPassword {
    /// Name of the variable.
    pub variable: &'static str,
    /// Password, or the rule that the value breaks.
    pub password: Result<Secret, VariableError>,
}

impl GivenPassword {
    fn new(variable: &'static str, value: Vec<u8>) -> Self {
        let value = match String::from_utf8(value) {
            Ok(text) => variables::check(Ok(text)),
            Err(error) => {
                error.into_bytes().zeroize();
                Err(VariableError::NotUtf8)
            }
        };
        Self {
            variable,
            password: value.map(|text| Secret::new(text.unwrap_or_default())),
        }
    }
}

/// Programs that a process starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Children {
    /// taid alone, which inherits nothing.
    Taid,
    /// Others too, which inherit the environment.
    Any,
}

/// Takes the password out of the environment, whatever its bytes, and [hardens](crate::harden) this
/// process; `None` if there is none. Call it in `main` before any thread starts.
///
/// The system shows the initial environment for the life of a process. Therefore this function
/// executes the program again without the variables and reads the password from a pipe. If that
/// fails, the password stays in the environment. It also stays there if no child inherits it and
/// a hardened process hides it from other programs of the user, as on Linux. That makes the start as
/// fast as one without a password.
pub fn take_password(children: Children) -> Option<GivenPassword> {
    let known = |name: &str| {
        variables::PASSWORDS
            .into_iter()
            .find(|known| *known == name)
    };
    if let Some((label, value)) = os::read_handed_over(HANDED_OVER, MAX) {
        os::harden();
        return Some(GivenPassword::new(known(&label)?, value));
    }
    let (variable, value) = variables::PASSWORDS.into_iter().find_map(|variable| {
        let value = std::env::var_os(variable).filter(|value| !value.is_empty())?;
        Some((variable, value.into_encoded_bytes()))
    })?;
    os::harden();
    if children == Children::Taid && os::is_hidden() {
        return Some(GivenPassword::new(variable, value));
    }
    let handed_over = value.get(..MAX).unwrap_or(&value);
    // Returns only on failure.
    let _ = os::execute_without(&variables::PASSWORDS, HANDED_OVER, variable, handed_over);
    Some(GivenPassword::new(variable, value))
}

/// Returns the variables that children of this process must not inherit.
pub fn withheld_variables() -> impl Iterator<Item = &'static str> {
    variables::PASSWORDS.into_iter().chain([HANDED_OVER])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistaken_password_is_an_error_without_its_value() {
        let of = |value: &[u8]| GivenPassword::new(variables::PASSWORD, value.to_vec()).password;
        assert_eq!(of(b"secret"), Ok(Secret::new("secret".to_owned())));
        assert_eq!(of(b"passw\xf6rd"), Err(VariableError::NotUtf8));
        assert_eq!(of(b"${PASSWORD}"), Err(VariableError::Unexpanded));
        assert_eq!(of(b"\"secret\""), Err(VariableError::Quoted));
    }
}
