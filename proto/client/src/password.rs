//! The password that a client's configuration may have put into this process's environment.

use crate::os;
use tai_proto::{Secret, variables};

/// Says on which descriptor the password waits, and which variable had it.
const HANDED_OVER: &str = "TAI_MCP_PASSWORD_FD";

/// A password from the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenPassword {
    /// The variable that had it.
    pub variable: &'static str,
    /// The password.
    pub password: Secret,
}

/// Takes the password out of the environment, which the system shows for as long as the
/// process lives: the program is executed again without the variables and reads the password
/// from a pipe. Call it first in `main`, before there are threads. Where the system cannot do
/// that, the password stays in the environment.
pub fn take_password() -> Option<GivenPassword> {
    let known = |name: &str| {
        variables::PASSWORDS
            .into_iter()
            .find(|known| *known == name)
    };
    if let Some((label, text)) = os::read_handed_over(HANDED_OVER) {
        return Some(GivenPassword {
            variable: known(&label)?,
            password: Secret::new(text),
        });
    }
    let given = variables::PASSWORDS.into_iter().find_map(|variable| {
        let value = std::env::var(variable).ok();
        let password = Secret::new(value.filter(|text| !text.is_empty())?);
        Some(GivenPassword { variable, password })
    })?;
    // Returns only if it fails.
    let _ = os::execute_without(
        &variables::PASSWORDS,
        HANDED_OVER,
        given.variable,
        given.password.expose(),
    );
    Some(given)
}

/// Returns the variables that no child of this process may inherit.
pub fn withheld_variables() -> impl Iterator<Item = &'static str> {
    variables::PASSWORDS.into_iter().chain([HANDED_OVER])
}
