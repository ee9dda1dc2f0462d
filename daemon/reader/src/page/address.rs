//! Addresses of links: what is shown of them, and whether the text of a link names another place.

use super::{
    hosts,
    person::{self, Person},
    scanner,
};
use crate::limits::{MAX_ADDRESS, MAX_HREF};
use std::sync::LazyLock;
use url::Url;

/// Parameters that tell the sender who followed a link, and change nothing else.
const TRACKING: [&str; 23] = [
    "fbclid",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "msclkid",
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
    "__hsfp",
    "__hssc",
    "__hstc",
    "hsctatracking",
    "oly_enc_id",
    "oly_anon_id",
    "vero_id",
    "yclid",
    "ttclid",
    "twclid",
    "igshid",
    "li_fat_id",
    "_openstat",
];
/// Parameters that sign the others, so that none can be left out.
const SIGNATURES: [&str; 7] = [
    "sig",
    "sign",
    "signature",
    "hmac",
    "hash",
    "x-amz-signature",
    "x-goog-signature",
];

/// Longest text about a target in a warning, in bytes.
const MAX_NOTE: usize = 200;
/// Base of relative addresses in a mail without one.
static NOWHERE: LazyLock<Option<Url>> = LazyLock::new(|| Url::parse("https://mail.invalid/").ok());

/// Most hosts in the text of a link that are compared. A text with more of them names another one.
const MAX_HOSTS: usize = 1_000;

/// Target of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Nothing that can be opened: a place in the mail, a script, embedded data.
    Nothing,
    /// An address.
    Address {
        /// The address for the Markdown.
        shown: String,
        /// The address as the mail has it.
        whole: String,
    },
}

impl Target {
    /// Reads the `href` of a link, which may be relative to the base of the mail.
    pub(super) fn new(href: &str, base: Option<&Url>) -> Self {
        if href.len() > MAX_HREF {
            return Self::Nothing;
        }
        // Browsers ignore these characters everywhere in an address.
        let whole: String = href
            .trim_matches(|c: char| c.is_whitespace() || c.is_control())
            .chars()
            .filter(|c| !matches!(c, '\n' | '\r' | '\t'))
            .collect();
        if whole.is_empty() || whole.starts_with('#') {
            return Self::Nothing;
        }
        let Some(whole) = absolute(whole, base) else {
            return Self::Nothing;
        };
        let opens = scheme(&whole).is_none_or(|scheme| {
            !matches!(
                scheme.as_str(),
                "javascript" | "vbscript" | "data" | "file" | "cid" | "mid" | "about" | "blob"
            )
        });
        if !opens {
            return Self::Nothing;
        }
        let mut shown = encode(&without_tracking(&whole));
        if shown.len() > MAX_ADDRESS {
            shown.truncate(shown.floor_char_boundary(MAX_ADDRESS));
            shown.push('…');
        }
        Self::Address { shown, whole }
    }

    /// Returns whether the text of a link is its address, so that the address need not be repeated.
    pub(super) fn is_same_as(&self, text: &str) -> bool {
        let Self::Address { shown, whole } = self else {
            return false;
        };
        if text.contains(' ') && scheme(whole).as_deref() != Some("tel") {
            return false;
        }
        Bare::of(text).is(&Bare::of(shown)) || Bare::of(text).is(&Bare::of(whole))
    }

    /// Returns the host or mail address of the target if the text of a link names another one. `is_usual`
    /// says whether many links of the mail lead to a host, as those through a counter of clicks do: a longer
    /// text may name a company with capitals then.
    pub(super) fn deceives(&self, text: &str, is_usual: impl Fn(&str) -> bool) -> Option<String> {
        let people = self.people();
        let target = match people.as_slice() {
            [] => self.host()?,
            [first, ..] => first.host.clone(),
        };
        let said = match people.is_empty() {
            true => note(&target),
            false => note(&person::list(&people)),
        };
        if self.names_a_user() {
            return Some(said);
        }
        let is_longer = text.split_whitespace().nth(1).is_some();
        let hosts = match people.is_empty() {
            true => vec![target.clone()],
            false => people.iter().map(|person| person.host.clone()).collect(),
        };
        let mut written = Vec::new();
        for (at, named) in hosts::named(text).enumerate() {
            let is_other = !hosts.iter().all(|host| are_related(&named.host, host));
            let is_excused = || is_longer && named.is_name && is_usual(&target);
            if at >= MAX_HOSTS || (is_other && !is_excused()) {
                return Some(said);
            }
            written.extend(named.person);
        }
        // The text and the target have the same people, if the text names any.
        let is_person = |name: &String| people.iter().any(|person| person.local == *name);
        let is_written = |person: &Person| written.contains(&person.local);
        let same = written.iter().all(is_person) && people.iter().all(is_written);
        (!people.is_empty() && !written.is_empty() && !same).then_some(said)
    }

    /// Returns the host that the target leads to, through scanners of mail.
    pub(super) fn host(&self) -> Option<String> {
        let Self::Address { whole, .. } = self else {
            return None;
        };
        match self.people().first() {
            Some(person) => Some(person.host.clone()),
            None => Some(hosts::plain(&host(whole)?)),
        }
    }

    /// Returns what a warning says of the target.
    pub(super) fn noted(&self) -> Option<String> {
        self.host().map(|host| note(&host))
    }

    /// Returns the people that the target writes to.
    fn people(&self) -> Vec<Person> {
        match self {
            Self::Address { whole, .. } => person::recipients(whole),
            Self::Nothing => Vec::new(),
        }
    }

    /// Returns whether a name stands before the host of an address of the web, where a person looks for the
    /// host.
    fn names_a_user(&self) -> bool {
        let Self::Address { whole, .. } = self else {
            return false;
        };
        let has_user = |url: &Url| {
            matches!(url.scheme(), "http" | "https")
                && !(url.username().is_empty() && url.password().is_none())
        };
        let url = Url::parse(whole).ok();
        url.is_some_and(|url| has_user(&url) || has_user(&scanner::unwrap(url)))
    }
}

/// Returns the host or mail address to which a link of an outgoing mail leads, if its text names another.
pub(crate) fn misleads(text: &str, href: &str) -> Option<String> {
    Target::new(href, None).deceives(text, |_| false)
}

/// Returns an address with the host that it leads to, if it is relative to the base of the mail or has
/// another form than programs expect, such as `/\host`.
fn absolute(address: String, base: Option<&Url>) -> Option<String> {
    let web = match scheme(&address) {
        Some(scheme) if !matches!(scheme.as_str(), "http" | "https") => return Some(address),
        Some(_) => true,
        None => false,
    };
    let rest = address.split_once(':').map_or("", |(_, rest)| rest);
    if web && rest.starts_with("//") && !address.contains('\\') {
        return Some(address);
    }
    // Browsers skip all slashes before a host.
    let host = address.trim_start_matches(['/', '\\']);
    let address = match address.len() - host.len() {
        2.. if scheme(&address).is_none() => format!("//{host}"),
        _ => address,
    };
    let nowhere = NOWHERE.as_ref()?;
    match base.unwrap_or(nowhere).join(&address) {
        Ok(url) if base.is_some() || url.host() != nowhere.host() => Some(url.into()),
        Ok(_) => Some(address),
        Err(_) => Some(address),
    }
}

/// Returns whether one of two hosts is a part of the other.
fn are_related(a: &str, b: &str) -> bool {
    let is_part =
        |a: &str, b: &str| a == b || a.strip_suffix(b).is_some_and(|rest| rest.ends_with('.'));
    is_part(a, b) || is_part(b, a)
}

/// Returns what a warning says of a host or of mail addresses: letters, digits and the signs of addresses.
/// Others are encoded, because the sender chooses them.
fn note(target: &str) -> String {
    let mut said = String::new();
    for c in target.chars() {
        if said.len() > MAX_NOTE {
            said.push('…');
            break;
        }
        match c.is_alphanumeric() || "-._@+,:='~%[]".contains(c) {
            true => said.push(c),
            false => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    said.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    crate::characters::clean(&said).text
}

/// Returns the host that an address leads to, through scanners of mail.
fn host(address: &str) -> Option<String> {
    let url = scanner::unwrap(Url::parse(address).ok()?);
    Some(url.host_str()?.to_owned())
}

/// Returns the scheme of an address in lower case.
fn scheme(address: &str) -> Option<String> {
    let (scheme, _) = address.split_once(':')?;
    let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    // Other characters that browsers ignore at the beginning.
    let visible = scheme.trim_start_matches(|c: char| c.is_control() || c == ' ');
    match valid {
        true => Some(scheme.to_ascii_lowercase()),
        false if visible.len() < scheme.len() => Some(visible.to_ascii_lowercase()),
        false => None,
    }
}

/// An address without the parts that do not change where it leads.
#[derive(Debug, PartialEq, Eq)]
struct Bare {
    scheme: Option<&'static str>,
    rest: String,
}

impl Bare {
    fn of(address: &str) -> Self {
        let address = address.trim().trim_end_matches('/');
        for scheme in ["https://", "http://", "mailto:"] {
            let start = address.get(..scheme.len());
            if start.is_some_and(|start| start.eq_ignore_ascii_case(scheme)) {
                let rest = address.get(scheme.len()..).unwrap_or_default();
                return Self {
                    scheme: Some(scheme),
                    rest: with_plain_host(rest),
                };
            }
        }
        let number = address.strip_prefix("tel:").unwrap_or(address);
        let digits: String = number
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '+')
            .collect();
        let is_number = number
            .chars()
            .all(|c| c.is_ascii_digit() || " +-()./".contains(c));
        Self {
            scheme: None,
            rest: match is_number && digits.len() > 4 {
                true => digits,
                false => with_plain_host(address),
            },
        }
    }

    /// Returns whether a text is an address: both lead to the same place. A text needs no scheme.
    fn is(&self, address: &Self) -> bool {
        !self.rest.is_empty()
            && self.rest == address.rest
            && (self.scheme.is_none() || self.scheme == address.scheme)
    }
}

/// Returns an address without a scheme, with its host in lower case.
fn with_plain_host(address: &str) -> String {
    let end = address.find(['/', '?', '#']).unwrap_or(address.len());
    let (host, path) = address.split_at(end);
    host.to_lowercase() + path
}

/// Removes tracking parameters from an address of the web.
fn without_tracking(address: &str) -> String {
    let web = matches!(scheme(address).as_deref(), Some("http" | "https"));
    let Some((start, rest)) = address.split_once('?').filter(|_| web) else {
        return address.to_owned();
    };
    let (query, fragment) = match rest.split_once('#') {
        Some((query, fragment)) => (query, Some(fragment)),
        None => (rest, None),
    };
    let name = |parameter: &str| {
        let (name, _) = parameter.split_once('=').unwrap_or((parameter, ""));
        name.to_ascii_lowercase()
    };
    let is_tracking = |parameter: &&str| {
        let name = name(parameter);
        name.starts_with("utm_") || TRACKING.contains(&name.as_str())
    };
    if query
        .split('&')
        .any(|part| SIGNATURES.contains(&name(part).as_str()))
    {
        return address.to_owned();
    }
    let kept: Vec<&str> = query.split('&').filter(|part| !is_tracking(part)).collect();
    let mut shown = start.to_owned();
    if !kept.is_empty() {
        shown.push('?');
        shown.push_str(&kept.join("&"));
    }
    if let Some(fragment) = fragment {
        shown.push('#');
        shown.push_str(fragment);
    }
    shown
}

/// Encodes the characters that would end an address in Markdown.
fn encode(address: &str) -> String {
    let mut depth = 0usize;
    let balanced = address.chars().all(|c| {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return false,
            ')' => depth -= 1,
            _ => {}
        }
        true
    }) && depth == 0;
    let mut encoded = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            ' ' => encoded.push_str("%20"),
            '<' => encoded.push_str("%3C"),
            '>' => encoded.push_str("%3E"),
            '\\' => encoded.push_str("%5C"),
            '`' => encoded.push_str("%60"),
            '(' if !balanced => encoded.push_str("%28"),
            ')' if !balanced => encoded.push_str("%29"),
            c if c.is_control() || c.is_whitespace() => {}
            c => encoded.push(c),
        }
    }
    crate::characters::clean(&encoded).text
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
