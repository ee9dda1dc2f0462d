//! Style sheets in `data:` URLs, which need no network.

/// Returns the style sheet in a `data:` URL (RFC 2397).
pub(crate) fn sheet(url: &str) -> Option<String> {
    let url = url.trim();
    let start = url.get(..5)?;
    if !start.eq_ignore_ascii_case("data:") {
        return None;
    }
    let (kind, data) = url.get(5..)?.split_once(',')?;
    let kind = kind.to_ascii_lowercase();
    if !(kind.is_empty() || kind.starts_with("text/css") || kind.starts_with(';')) {
        return None;
    }
    let bytes = percent_decoded(data);
    let bytes = match kind.trim_end().ends_with(";base64") {
        true => base64_decoded(&bytes)?,
        false => bytes,
    };
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns the type and the content of a `data:` URL.
pub(super) fn decoded(url: &str) -> Option<(String, Vec<u8>)> {
    let start = url.get(..5)?;
    if !start.eq_ignore_ascii_case("data:") {
        return None;
    }
    let (kind, data) = url.get(5..)?.split_once(',')?;
    let kind = kind.trim().to_ascii_lowercase();
    let bytes = percent_decoded(data);
    let bytes = match kind.ends_with(";base64") {
        true => base64_decoded(&bytes)?,
        false => bytes,
    };
    Some((kind, bytes))
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let value = match byte {
            b'%' => digit(after.first()).zip(digit(after.get(1))),
            _ => None,
        };
        // Two digits are at most 255.
        let value = value.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        decoded.push(value.unwrap_or(*byte));
        rest = match value {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
    }
    decoded
}

fn base64_decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_decoded() {
        for (url, text) in [
            ("data:text/css,.a{color:red}", Some(".a{color:red}")),
            ("DATA:,.a%7Bcolor:red%7d%", Some(".a{color:red}%")),
            (
                " data:text/css;charset=utf-8;base64,LmF7fQ== ",
                Some(".a{}"),
            ),
            ("data:text/html,x", None),
            ("data:text/css", None),
            ("https://a.example/x.css", None),
            ("data:text/css;base64,!", None),
            ("é", None),
        ] {
            assert_eq!(sheet(url).as_deref(), text, "{url}");
        }
    }
}
