//! The base URL of a mail bridge, and its origin: HTTPS, or plain HTTP to a loopback address.
//!
//! A [`BaseUrl`] is the only way to name a bridge, so a password cannot leave the machine in
//! clear text. An [`Origin`] says which bridge may get a password.

use std::{fmt, net::IpAddr, str::FromStr};
use url::Url;

/// The URL below which a mail bridge answers, such as `https://tai.chat`.
///
/// It holds no username, password, query or fragment. Its scheme is `https`, or `http` if the
/// host is `localhost` or a loopback address (seed: "All authentication goes over HTTPS").
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl(Url);

/// Scheme, host and port of a bridge. Credentials belong to one origin, and no other origin gets
/// them. Two spellings of one host, such as `localhost` and `127.0.0.1`, are two origins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// Returns the origin as text, such as `https://tai.chat` or `http://127.0.0.1:8080`. A default
    /// port is omitted.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether a connection goes through TLS. A password stays on this machine if not.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reason why a text is not a [`BaseUrl`].
///
/// The messages never repeat the text: it may be a password in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// The text is not an absolute URL with a host.
    #[error("not a URL")]
    NotAUrl,
    /// The text contains a character that the parsing of URLs drops or changes.
    #[error("a URL must not contain spaces, control characters or `\\`")]
    StrayCharacter,
    /// The URL contains a username or a password.
    #[error("a URL must not contain a username or a password")]
    UserInfo,
    /// The URL has a query or a fragment.
    #[error("a base URL has no `?` and no `#`")]
    QueryOrFragment,
    /// The scheme is `http` and the host is not a loopback address.
    #[error("the URL must begin with `https://`; `http://` is for loopback only")]
    PlainHttp,
    /// The scheme is neither `https` nor `http`.
    #[error("the URL must begin with `https://`")]
    Scheme,
}

impl BaseUrl {
    /// Returns the URL.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Returns the scheme, host and port.
    pub fn origin(&self) -> Origin {
        Origin(self.0.origin().ascii_serialization())
    }

    /// Returns whether requests go through TLS.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Returns the URL of `segments` below this one. Each of them is one path segment,
    /// whatever characters it contains.
    pub(crate) fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        // A URL with a host always has path segments.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl TryFrom<Url> for BaseUrl {
    type Error = BaseUrlError;

    fn try_from(url: Url) -> Result<Self, BaseUrlError> {
        let host = url.host_str().ok_or(BaseUrlError::NotAUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::QueryOrFragment);
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(host) => Ok(Self(url)),
            "http" => Err(BaseUrlError::PlainHttp),
            _ => Err(BaseUrlError::Scheme),
        }
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        // The parser drops tabs and line breaks and reads a backslash as a slash, so the text would
        // name another bridge than a person reads.
        let is_misleading = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
        if text.contains(is_misleading) {
            return Err(BaseUrlError::StrayCharacter);
        }
        let url: Url = text.parse().map_err(|_| BaseUrlError::NotAUrl)?;
        url.try_into()
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Returns whether a host is this machine, so that plain text to it crosses no network: `localhost` or
/// a loopback address, an IPv6 address also in brackets. Of other names, such as `x.localhost`, a name
/// server may return any address.
pub fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_to_any_host_and_http_to_loopback_are_accepted() {
        for text in [
            "https://tai.chat",
            "https://example.com:8443/mail/",
            "http://localhost:1",
            "http://127.0.0.1",
            "http://127.1.2.3:8080",
            "http://[::1]:1",
        ] {
            assert!(text.parse::<BaseUrl>().is_ok(), "{text}");
        }
    }

    #[test]
    fn each_other_url_is_refused_for_its_own_reason() {
        use BaseUrlError::*;
        for (text, reason) in [
            ("", NotAUrl),
            ("tai.chat", NotAUrl),
            ("https://", NotAUrl),
            ("data:text/plain,secret", NotAUrl),
            ("https://user:secret@tai.chat", UserInfo),
            ("https://user@tai.chat", UserInfo),
            ("https://tai.chat/?x=1", QueryOrFragment),
            ("https://tai.chat/#a", QueryOrFragment),
            ("http://example.org", PlainHttp),
            ("http://localhost.example.org", PlainHttp),
            ("http://127.0.0.1.example.org", PlainHttp),
            ("http://192.168.0.1", PlainHttp),
            ("http://0.0.0.0", PlainHttp),
            ("http://[::ffff:10.0.0.1]", PlainHttp),
            ("ftp://tai.chat", Scheme),
            ("https://tai.chat\tx", StrayCharacter),
            ("https://tai.chat\nx", StrayCharacter),
            (" https://tai.chat", StrayCharacter),
            ("https://tai.chat\\@example.org", StrayCharacter),
            ("https://tai.chat\u{2028}", StrayCharacter),
        ] {
            assert_eq!(text.parse::<BaseUrl>(), Err(reason), "{text}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let origin = |text: &str| text.parse::<BaseUrl>().unwrap().origin();
        assert_eq!(
            origin("https://tai.chat"),
            origin("https://TAI.chat:443/mail/")
        );
        for other in [
            "https://tai.chat:444",
            "https://mail.tai.chat",
            "http://localhost",
            "http://127.0.0.1",
            "http://127.0.0.1:1",
            "http://[::1]",
        ] {
            assert_ne!(origin("https://tai.chat"), origin(other), "{other}");
        }
        assert_eq!(origin("https://tai.chat/x").as_str(), "https://tai.chat");
        assert!(!origin("http://127.0.0.1:1").is_https());
        assert!(origin("https://tai.chat").is_https());
    }

    #[test]
    fn a_segment_stays_one_segment() {
        for base in ["https://tai.chat/below", "https://tai.chat/below/"] {
            let base: BaseUrl = base.parse().unwrap();
            let url = base.join(&["messages", "../../x?y#z"]);
            assert_eq!(
                url.as_str(),
                "https://tai.chat/below/messages/..%2F..%2Fx%3Fy%23z"
            );
        }
    }
}
