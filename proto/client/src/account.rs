//! An account with a daemon of its own, which serves the clients that name the account.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};
use tai_proto::names::{Profile, Username};

/// Account of a client's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The username.
    pub username: Username,
    /// URL of the bridge that the client names.
    pub bridge: Option<String>,
    /// Variables of the client that a started daemon gets: the bridge and its time limits.
    pub variables: Vec<PassedVariable>,
}

/// Variable of a client's configuration that a started daemon gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedVariable {
    /// Name for the daemon, with the prefix.
    pub name: &'static str,
    /// Name in the client's configuration.
    pub given: &'static str,
    /// The value.
    pub value: String,
}

impl Account {
    /// Returns the error text of a started daemon with the names of the client's configuration.
    pub(crate) fn in_its_names(&self, output: &str) -> String {
        let variables = self.variables.iter();
        variables.fold(output.to_owned(), |text, variable| {
            text.replace(variable.name, variable.given)
        })
    }

    /// Returns the profile of the account's own daemon.
    pub(crate) fn profile(&self) -> Profile {
        let origin = self.bridge.as_deref().map(origin);
        Profile::of_account(&self.username, origin.as_deref())
    }
}

/// Returns the origin of a bridge's URL. taid normalises hosts further, so an unusual spelling
/// yields another text; then taid alone knows the profile, and tells its socket at the start.
fn origin(url: &str) -> String {
    let url = url.trim().to_ascii_lowercase();
    let (scheme, rest) = url.split_once("://").unwrap_or(("https", &url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let port = match scheme {
        "http" => ":80",
        _ => ":443",
    };
    format!("{scheme}://{}", host.strip_suffix(port).unwrap_or(host))
}

/// Socket that a started daemon told this client. The next connection attempt takes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Option<PathBuf>>>);

impl Told {
    pub(crate) fn set(&self, socket: PathBuf) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(socket);
    }

    pub(crate) fn take(&self) -> Option<PathBuf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_url_have_one_origin() {
        for (url, expected) in [
            ("https://tai.chat", "https://tai.chat"),
            ("https://Tai.Chat:443/", "https://tai.chat"),
            ("http://127.0.0.1:80/x?y#z", "http://127.0.0.1"),
            ("http://localhost:8080/api", "http://localhost:8080"),
            ("https://[::1]:8443", "https://[::1]:8443"),
        ] {
            assert_eq!(origin(url), expected, "{url}");
        }
    }
}
