//! Addresses of links: what is shown of them, and whether the text of a link names another place.

use super::{hosts, scanner};
use crate::limits::MAX_ADDRESS;
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
    /// Reads the `href` of a link.
    pub(super) fn new(href: &str) -> Self {
        // Browsers ignore these characters everywhere in an address.
        let whole: String = href
            .trim()
            .chars()
            .filter(|c| !matches!(c, '\n' | '\r' | '\t'))
            .collect();
        let opens = match scheme(&whole) {
            Some(scheme) => !matches!(
                scheme.as_str(),
                "javascript" | "vbscript" | "data" | "file" | "cid" | "mid" | "about" | "blob"
            ),
            None => !whole.is_empty() && !whole.starts_with('#'),
        };
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
        let text = bare(text);
        !text.is_empty() && (text == bare(shown) || text == bare(whole))
    }

    /// Returns this target, which may be relative to the base of the mail.
    pub(super) fn of_mail(href: &str, base: Option<&Url>) -> Self {
        match base.filter(|_| scheme(href.trim()).is_none() && !href.trim().starts_with('#')) {
            Some(base) => base
                .join(href)
                .map_or(Self::Nothing, |whole| Self::new(whole.as_str())),
            None => Self::new(href),
        }
    }

    /// Returns the host or mail address of the target if the text of a link names another one. `is_usual`
    /// says whether many links of the mail lead to a host, as those through a counter of clicks do: a longer
    /// text may name a company with capitals then.
    pub(super) fn deceives(&self, text: &str, is_usual: impl Fn(&str) -> bool) -> Option<String> {
        let target = self.host()?;
        if self.names_a_user() {
            return Some(target);
        }
        let is_longer = text.split_whitespace().nth(1).is_some();
        let person = self.person();
        let related =
            |a: &str, b: &str| a == b || a.strip_suffix(b).is_some_and(|rest| rest.ends_with('.'));
        for (at, named) in hosts::named(text).enumerate() {
            if let (Some(address), Some(named)) = (&person, &named.person)
                && !address.to_lowercase().starts_with(named.as_str())
            {
                return Some(address.clone());
            }
            let is_other = !related(&named.host, &target) && !related(&target, &named.host);
            let is_excused = || is_longer && named.is_name && is_usual(&target);
            if at >= MAX_HOSTS || (is_other && !is_excused()) {
                return Some(target);
            }
        }
        None
    }

    /// Returns the host that the target leads to, through scanners of mail.
    pub(super) fn host(&self) -> Option<String> {
        let Self::Address { whole, .. } = self else {
            return None;
        };
        let host = match scheme(whole) {
            Some(scheme) if scheme == "mailto" => {
                let address = self.person()?;
                let (_, host) = address.rsplit_once('@').or(address.rsplit_once("%40"))?;
                host.to_owned()
            }
            Some(_) => host(whole)?,
            None if whole.starts_with("//") => host(&format!("https:{whole}"))?,
            None => return None,
        };
        Some(hosts::plain(&host))
    }

    /// Returns whether a name stands before the host of an address of the web, where a person looks for the
    /// host.
    fn names_a_user(&self) -> bool {
        let Self::Address { whole, .. } = self else {
            return false;
        };
        let absolute = match whole.starts_with("//") {
            true => format!("https:{whole}"),
            false => whole.clone(),
        };
        let has_user = |url: &Url| {
            matches!(url.scheme(), "http" | "https")
                && !(url.username().is_empty() && url.password().is_none())
        };
        let url = Url::parse(&absolute).ok();
        url.is_some_and(|url| has_user(&url) || has_user(&scanner::unwrap(url)))
    }

    /// Returns the mail address of the target.
    fn person(&self) -> Option<String> {
        let Self::Address { whole, .. } = self else {
            return None;
        };
        let (scheme, address) = whole.split_once(':')?;
        let address = address.split('?').next()?;
        scheme
            .eq_ignore_ascii_case("mailto")
            .then(|| address.to_owned())
    }
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

/// Returns an address without the parts that do not change where it leads.
fn bare(address: &str) -> String {
    let lower = address.trim().to_lowercase();
    for scheme in ["https://", "http://", "mailto:"] {
        if let Some(rest) = lower.strip_prefix(scheme) {
            return rest.trim_end_matches('/').to_owned();
        }
    }
    let number = lower.strip_prefix("tel:").unwrap_or(&lower);
    let digits: String = number
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    let is_number = number
        .chars()
        .all(|c| c.is_ascii_digit() || " +-()./".contains(c));
    match is_number && digits.len() > 4 {
        true => digits,
        false => lower.trim_end_matches('/').to_owned(),
    }
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
