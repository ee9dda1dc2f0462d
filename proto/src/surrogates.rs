//! Escapes of half a surrogate pair in JSON. Programs write them for a text that was cut inside a
//! character; JSON permits them, and no parser that returns UTF-8 can read them.

/// Length of an escape in bytes: `\ud800`.
pub const LENGTH: usize = 6;

/// Half of a surrogate pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    First,
    Second,
}

/// Returns the offsets of the escapes that have no other half.
pub fn lone(json: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest @ [byte, ..]) = json.get(at..) {
        let next = rest.get(LENGTH..).unwrap_or_default();
        at += match (half(rest), half(next)) {
            (Some(Half::First), Some(Half::Second)) => 2 * LENGTH,
            (Some(_), _) => {
                found.push(at);
                LENGTH
            }
            // The next byte is escaped and begins no escape.
            (None, _) if *byte == b'\\' => 2,
            (None, _) => 1,
        };
    }
    found
}

/// Returns a copy in which each such escape is that of U+FFFD, which a text can contain.
pub fn replaced(json: &[u8]) -> Vec<u8> {
    let mut out = json.to_vec();
    for at in lone(json) {
        if let Some(escape) = out.get_mut(at..at + LENGTH) {
            escape.copy_from_slice(br"\ufffd");
        }
    }
    out
}

/// Returns the half with whose escape the bytes begin.
fn half(bytes: &[u8]) -> Option<Half> {
    let digits = bytes.strip_prefix(br"\u")?.get(..4)?;
    let digits = std::str::from_utf8(digits).ok()?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Half::First),
        0xdc00..=0xdfff => Some(Half::Second),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_halves_without_the_other_one_are_found() {
        for (json, expected) in [
            (r#""\ud83d\ude00""#, &[][..]),
            (r#""\ud83d""#, &[1]),
            (r#""\uDE00\ud83d""#, &[1, 7]),
            (r#""\ud83d\ud83d\ude00""#, &[1]),
            (r#""\\ud83d""#, &[]),
            (r#""\\\ud83d""#, &[3]),
            (r"\ud8", &[]),
            (r"\", &[]),
        ] {
            assert_eq!(lone(json.as_bytes()), expected, "{json}");
        }
    }
}
