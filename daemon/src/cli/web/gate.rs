//! The decision about a request: who may see a page, and which form a browser really shows.
//!
//! The key of the printed URL works once and gives the browser a cookie. The cookie is for a random
//! path, because browsers send the cookies of a host to all of its ports. `Host` stops the names of
//! other sites that lead here (DNS rebinding), and `Origin`, `Sec-Fetch-Site` and a token in each
//! form stop the forms of other sites.

use crate::cli::error::CliError;
use ring::{
    hmac,
    rand::{SecureRandom as _, SystemRandom},
};
use std::sync::atomic::{AtomicBool, Ordering};
use tai_auth::hex;

/// Parts of a request that decide about it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen<'a> {
    pub(super) is_post: bool,
    /// Path of the URL.
    pub(super) path: &'a str,
    pub(super) host: Option<&'a str>,
    pub(super) origin: Option<&'a str>,
    /// `Sec-Fetch-Site`.
    pub(super) site: Option<&'a str>,
    /// `Cookie`.
    pub(super) cookies: Option<&'a str>,
}

/// The decision.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission<'a> {
    /// The key was right and is used up. The browser gets the cookie.
    Enter,
    /// The browser has the cookie. The path is the one below the session's.
    Page(&'a str),
    /// Nothing of the account is shown.
    Refused,
}

/// The gate of one `taid open`.
pub(in crate::cli) struct Gate {
    /// The only accepted `Host`.
    host: String,
    key: String,
    cookie: String,
    /// Path of the session.
    space: String,
    is_used: AtomicBool,
    secret: hmac::Key,
}

impl Gate {
    /// Returns the gate of a server at this port of 127.0.0.1.
    ///
    /// # Errors
    /// The system has no random bytes.
    pub(in crate::cli) fn new(port: u16) -> Result<Self, CliError> {
        let random = SystemRandom::new();
        let failed = |_| {
            CliError::new("the system's random number generator failed")
                .hint("use `taid approve` and `taid status` at the terminal")
        };
        let text = || {
            let mut bytes = [0; 32];
            random.fill(&mut bytes).map_err(failed)?;
            Ok::<_, CliError>(hex(&bytes))
        };
        Ok(Self {
            host: format!("127.0.0.1:{port}"),
            key: text()?,
            cookie: text()?,
            space: text()?,
            is_used: AtomicBool::new(false),
            secret: hmac::Key::generate(hmac::HMAC_SHA256, &random).map_err(failed)?,
        })
    }

    /// Returns the URL that works once.
    pub(in crate::cli) fn url(&self) -> String {
        format!("http://{}/{}", self.host, self.key)
    }

    /// Returns the path of the session, with a slash at both ends.
    pub(super) fn space(&self) -> String {
        format!("/{}/", self.space)
    }

    /// Returns the value of `Set-Cookie` after the key was used.
    pub(super) fn set_cookie(&self) -> String {
        let (cookie, space) = (&self.cookie, self.space());
        format!("tai={cookie}; Path={space}; HttpOnly; SameSite=Strict")
    }

    /// Decides about a request.
    pub(super) fn admit<'a>(&self, seen: Seen<'a>) -> Admission<'a> {
        if seen.host != Some(self.host.as_str()) {
            return Admission::Refused;
        }
        let path = seen.path.strip_prefix('/').unwrap_or_default();
        // A person may open the URL from any program, and the key alone decides.
        if !seen.is_post && self.is_same(path, &self.key) {
            return match self.is_used.swap(true, Ordering::SeqCst) {
                false => Admission::Enter,
                true => Admission::Refused,
            };
        }
        let is_from_here = match (seen.site, seen.is_post) {
            (Some("same-origin"), _) | (Some("none"), false) | (None, _) => true,
            (Some(_), _) => false,
        };
        if !is_from_here || seen.is_post && !self.is_own_form(seen) {
            return Admission::Refused;
        }
        let cookies = seen.cookies.unwrap_or_default().split(';');
        let has_cookie = cookies
            .filter_map(|cookie| cookie.trim().strip_prefix("tai="))
            .any(|cookie| self.is_same(cookie, &self.cookie));
        match path.split_once('/') {
            Some((space, page)) if has_cookie && self.is_same(space, &self.space) => {
                Admission::Page(page)
            }
            Some(_) | None => Admission::Refused,
        }
    }

    /// Returns whether a form was sent from a page of this server. A browser that knows
    /// `Sec-Fetch-Site` sends `Origin: null` from a page without referrers.
    fn is_own_form(&self, seen: Seen<'_>) -> bool {
        match seen.origin {
            Some("null") => seen.site == Some("same-origin"),
            Some(origin) => origin.strip_prefix("http://") == Some(self.host.as_str()),
            None => false,
        }
    }

    /// Returns the token of a form whose action is this path.
    pub(super) fn token(&self, path: &str) -> String {
        hex(hmac::sign(&self.secret, path.as_bytes()).as_ref())
    }

    /// Returns whether the token belongs to a form whose action is this path.
    pub(super) fn is_token(&self, path: &str, token: &str) -> bool {
        self.is_same(token, &self.token(path))
    }

    /// Compares in a time that does not depend on the texts.
    fn is_same(&self, given: &str, own: &str) -> bool {
        let own = hmac::sign(&self.secret, own.as_bytes());
        hmac::verify(&self.secret, given.as_bytes(), own.as_ref()).is_ok()
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
