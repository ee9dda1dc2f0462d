//! The password that a client's configuration may have put into our environment. It is
//! offered to taid and to nobody else. Most clients have none, and pay nothing for this.

use crate::os;
use tai_proto::Secret;

/// The variables that may hold it; the first that is set counts.
pub(crate) const VARIABLES: [&str; 2] = ["TAI_MCP_PASSWORD", "PASSWORD"];
/// What no program that we start gets to see.
pub(crate) fn withheld() -> impl Iterator<Item = &'static str> {
    VARIABLES.into_iter().chain(os::HANDED_OVER)
}

/// A password, and the variable it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) variable: &'static str,
    pub(crate) password: Secret,
}

/// The password, where the environment has one.
pub(crate) fn in_environment() -> Option<Given> {
    VARIABLES.into_iter().find_map(|variable| {
        let value = std::env::var(variable)
            .ok()
            .filter(|text| !text.is_empty())?;
        let password = Secret::new(value);
        Some(Given { variable, password })
    })
}
