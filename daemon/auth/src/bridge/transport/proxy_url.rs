//! The URL of a proxy.

use std::{fmt, str::FromStr};
use url::Url;

/// URL of a proxy: `http`, `https`, `socks5` or `socks5h`, with a host.
///
/// It may contain a username and a password, which neither `Display` nor `Debug` shows.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl(Url);

/// Reason why a text is not a [`ProxyUrl`]. The message never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `http://`, `https://` or `socks5://`, a host and a port; in its password, write \
     characters such as `#`, `/` and `@` as `%23`, `%2F` and `%40`"
)]
pub struct ProxyUrlError;

impl ProxyUrl {
    /// Returns the URL, for the HTTP client and nothing else.
    pub(super) fn as_url(&self) -> &Url {
        &self.0
    }

    /// Returns the host and the port.
    pub fn place(&self) -> (&str, u16) {
        let host = self.0.host_str().unwrap_or_default();
        let port = match self.0.scheme() {
            "http" => 80,
            "https" => 443,
            _ => 1080,
        };
        (host.trim_matches(['[', ']']), self.0.port().unwrap_or(port))
    }
}

impl FromStr for ProxyUrl {
    type Err = ProxyUrlError;

    /// Parses a URL. Without a scheme, as many environments have it, the proxy is `http`.
    fn from_str(text: &str) -> Result<Self, ProxyUrlError> {
        // URL parsing drops some of these, and takes others as separators.
        // Braces are those of a reference that was not replaced.
        let is_odd = |c: char| {
            c.is_control() || c.is_whitespace() || matches!(c, '\\' | '#' | '?' | '{' | '}' | '$')
        };
        if text.contains(is_odd) {
            return Err(ProxyUrlError);
        }
        let url: Url = match text.contains("://") {
            true => text.parse(),
            false => format!("http://{text}").parse(),
        }
        .map_err(|_| ProxyUrlError)?;
        let is_known = matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h");
        let has_path = !matches!(url.path(), "" | "/");
        let has_host = url.host_str().is_some_and(|host| !host.is_empty());
        match is_known && has_host && !has_path {
            true => Ok(Self(url)),
            false => Err(ProxyUrlError),
        }
    }
}

/// Shows scheme, host and port.
impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, port) = self.place();
        let host = self.0.host_str().unwrap_or_default();
        write!(f, "{}://{host}:{port}", self.0.scheme())
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
