//! Links that a scanner of mail has put around others: Safe Links of Microsoft, and URL Defense of
//! Proofpoint, versions 2 and 3. They lead to the address that they contain.

use url::Url;

/// Most scanners around an address.
const MAX_SCANNERS: usize = 4;

/// Returns the address inside all scanners.
pub(super) fn unwrap(mut url: Url) -> Url {
    for _ in 0..MAX_SCANNERS {
        match inner(&url) {
            Some(inner) => url = inner,
            None => break,
        }
    }
    url
}

fn inner(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    // The case of a name does not count for the scanners. Which of two addresses they take is not known, so
    // that a link with two leads to its scanner.
    let parameter = |name: &str| {
        let pairs = url.query_pairs();
        let mut found = pairs.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let (_, value) = found.next()?;
        found.next().is_none().then(|| value.into_owned())
    };
    let text = match host {
        host if host.ends_with(".safelinks.protection.outlook.com") => parameter("url")?,
        "urldefense.proofpoint.com" | "urldefense.com" | "urldefense.us" => {
            match url.path().strip_prefix("/v3/__") {
                Some(rest) => rest
                    .split_once("__;")
                    .map_or(rest, |(inner, _)| inner)
                    .to_owned(),
                None if url.path() == "/v2/url" => decoded(&parameter("u")?),
                None => return None,
            }
        }
        _ => return None,
    };
    // Version 3 leaves out one of two slashes where a program has joined them.
    let (scheme, rest) = text.split_once(":/")?;
    let rest = rest.trim_start_matches('/');
    // Version 3 writes `*` for a character that follows the address, such as a slash before the host.
    let place = rest.split(['/', '?', '#', '\\']).next();
    match scheme.contains('*') || place.is_some_and(|place| place.contains('*')) {
        true => None,
        false => {
            let inner = Url::parse(&format!("{scheme}://{rest}")).ok();
            inner.filter(Url::has_host)
        }
    }
}

/// Decodes a parameter of version 2: `-3A` for `%3A`, and `_` for `/`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .and_then(|code| std::str::from_utf8(code).ok());
        let byte = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        rest = match (first, byte) {
            (b'-', Some(byte)) => {
                bytes.push(byte);
                after.get(2..).unwrap_or_default()
            }
            (b'_', _) => {
                bytes.push(b'/');
                after
            }
            (other, _) => {
                bytes.push(*other);
                after
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_a_scanner_leads_to_the_address_in_it() {
        for (outer, host) in [
            (
                "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbank.example%2Flogin&data=05",
                "bank.example",
            ),
            (
                "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.bank-2Done.example_a&d=DwMF&c=x",
                "www.bank-one.example",
            ),
            (
                "https://urldefense.com/v3/__https://bank.example/a?b=1__;!!Abc!x$",
                "bank.example",
            ),
            (
                "https://urldefense.com/v3/__https:/bank.example/__;!!Abc!x$",
                "bank.example",
            ),
            (
                "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Furldefense.com%2Fv3%2F__https%3A%2F%2Fbank.example%2F__%3B!!x",
                "bank.example",
            ),
            (
                "https://safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fbank.example",
                "safelinks.protection.outlook.com.evil.example",
            ),
            (
                "https://x.safelinks.protection.outlook.com/?url=javascript%3Ax",
                "x.safelinks.protection.outlook.com",
            ),
            ("https://urldefense.com/about", "urldefense.com"),
            (
                "https://x.safelinks.protection.outlook.com/?URL=https%3A%2F%2Fbank.example",
                "bank.example",
            ),
            (
                "https://x.safelinks.protection.outlook.com/?URL=https%3A%2F%2Fevil.example&url=https%3A%2F%2Fbank.example",
                "x.safelinks.protection.outlook.com",
            ),
            (
                "https://urldefense.proofpoint.com/v2/url?u=https-3A__bank.example&U=https-3A__evil.example",
                "urldefense.proofpoint.com",
            ),
            (
                "https://urldefense.com/v3/__https://evil.example*@bank.example/__;Lw!!Abc!x$",
                "urldefense.com",
            ),
            (
                "https://urldefense.com/v3/__https:*evil.example*@bank.example/__;Lw!!Abc!x$",
                "urldefense.com",
            ),
            (
                "https://urldefense.com/v3/__https://evil.example*x.bank.example/__;Lw!!Abc!x$",
                "urldefense.com",
            ),
        ] {
            let url = unwrap(Url::parse(outer).unwrap());
            assert_eq!(url.host_str(), Some(host), "{outer}");
        }
    }
}
