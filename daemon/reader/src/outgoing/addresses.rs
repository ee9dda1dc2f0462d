//! Addresses of links and images that an outgoing mail can have. A mail has no page to which an
//! address could be relative.

use std::borrow::Cow;
use url::Url;

/// Use of an address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Link,
    Image,
}

/// Returns an address that a mail can have, without the white space that browsers ignore.
pub(super) fn checked(value: &str, purpose: Use) -> Option<Cow<'_, str>> {
    let is_ignored = |c: char| matches!(c, '\t' | '\n' | '\r');
    let trimmed = value.trim_matches(|c: char| c <= ' ');
    let address = match trimmed.contains(is_ignored) {
        true => Cow::Owned(trimmed.replace(is_ignored, "")),
        false if trimmed.len() == value.len() => Cow::Borrowed(value),
        false => Cow::Owned(trimmed.to_owned()),
    };
    if purpose == Use::Link && address.starts_with('#') && address.len() > 1 {
        return Some(address);
    }
    let (scheme, rest) = address.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let keeps = match (scheme.as_str(), purpose) {
        ("http" | "https", _) => Url::parse(&address).is_ok_and(|url| url.has_host()),
        ("mailto" | "tel" | "sms", Use::Link) => !rest.is_empty(),
        ("cid", Use::Image) => !rest.is_empty(),
        ("data", Use::Image) => is_image_data(rest),
        _ => false,
    };
    keeps.then_some(address)
}

/// Returns whether the rest of a `data:` address is an image that runs no scripts.
fn is_image_data(rest: &str) -> bool {
    let kinds = ["png", "jpeg", "jpg", "gif", "webp", "bmp"];
    let rest = rest.to_ascii_lowercase();
    let kind = rest.strip_prefix("image/").unwrap_or_default();
    kinds.iter().any(|of| {
        let after = kind.strip_prefix(of);
        after.is_some_and(|after| after.starts_with(";base64,"))
    })
}
