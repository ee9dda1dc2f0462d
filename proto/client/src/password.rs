//! The password in this process's environment, which a client's configuration may set.

use crate::os;
use tai_proto::{Secret, variables};

/// Variable with the descriptor of the password's pipe and the name of its original variable.
const HANDED_OVER: &str = "TAI_MCP_PASSWORD_FD";

/// Password from the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenPassword {
    /// Name of the variable.
    pub variable: &'static str,
    /// Password.
    pub password: Secret,
}

/// Takes the password out of the environment; `None` if there is none.
///
/// The system shows the initial environment for the life of a process. Therefore this function
/// executes the program again without the variables and reads the password from a pipe. If that
/// fails, the password stays in the environment. Call it in `main` before any thread starts.
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
    // Returns only on failure.
    let _ = os::execute_without(
        &variables::PASSWORDS,
        HANDED_OVER,
        given.variable,
        given.password.expose(),
    );
    Some(given)
}

/// Returns the variables that children of this process must not inherit.
pub fn withheld_variables() -> impl Iterator<Item = &'static str> {
    variables::PASSWORDS.into_iter().chain([HANDED_OVER])
}
