//! Encoded words (RFC 2047) in the headers of a mail, which a bridge may pass on undecoded.
//!
//! The encodings are base64 and quoted printable; the character sets are UTF-8, ASCII and the Latin ones.
//! All other words stay as they are: no decoder of theirs is in the tree. Words are decoded once.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Base64 as mail programs write it, with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Characters that end or begin a part of an address. A name with one of them could be read as an address.
const OF_ADDRESSES: [char; 5] = ['@', '<', '>', '"', '\\'];
/// Characters with a meaning outside of quotation marks.
const OF_LISTS: [char; 5] = [',', ';', ':', '(', ')'];

/// Decodes the encoded words of a text, such as a subject.
pub(super) fn decoded(text: String) -> String {
    if !text.contains("=?") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, word)) = rest.split_once("=?") {
        out.push_str(before);
        match run(word) {
            Some((decoded, after)) => {
                out.push_str(&decoded);
                rest = after;
            }
            None => {
                out.push_str("=?");
                rest = word;
            }
        }
    }
    out + rest
}

/// Returns whether a text has encoded words (RFC 2047) that a bridge did not decode, and that this crate can.
#[must_use]
pub fn has_words(text: &str) -> bool {
    decoded(text.to_owned()) != text
}

/// Decodes the name before an address in angle brackets. The address is never decoded. A name that could then
/// be read as an address stays as it is.
pub(super) fn decoded_sender(from: String) -> String {
    let Some((name, address)) = from.rsplit_once('<') else {
        return from;
    };
    let unquoted = name.trim();
    let inside = unquoted
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'));
    let before = inside.unwrap_or(unquoted);
    let decoded = decoded(before.to_owned());
    if decoded == before || decoded.contains(OF_ADDRESSES) {
        return from;
    }
    match inside.is_some() || decoded.contains(OF_LISTS) {
        true => format!("\"{decoded}\" <{address}"),
        false => format!("{decoded} <{address}"),
    }
}

/// Bytes of encoded words in one character set.
struct Part {
    charset: Charset,
    bytes: Vec<u8>,
}

/// Decodes an encoded word without its first two characters, and those after it. Returns their text and what
/// follows; `None` if it is no such word. White space between words is none of the text.
fn run(first: &str) -> Option<(String, &str)> {
    let (part, mut rest) = word(first)?;
    let mut parts = vec![part];
    while let Some((part, after)) = rest.trim_start().strip_prefix("=?").and_then(word) {
        rest = after;
        match parts.last_mut() {
            // Some programs divide the bytes of a character between two words.
            Some(last) if last.charset == part.charset => last.bytes.extend(part.bytes),
            _ => parts.push(part),
        }
    }
    let texts: Option<String> = parts.into_iter().map(Part::text).collect();
    match texts {
        Some(text) => Some((text, rest)),
        // A damaged word among others stays alone as it is.
        None => {
            let (part, after) = word(first)?;
            Some((part.text()?, after))
        }
    }
}

/// Reads `charset?encoding?text?=`. Returns the bytes and what follows.
fn word(text: &str) -> Option<(Part, &str)> {
    let (charset, rest) = text.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (encoded, after) = rest.split_once("?=")?;
    // RFC 2231: a language may follow the character set.
    let charset = charset
        .split_once('*')
        .map_or(charset, |(charset, _)| charset);
    let charset = Charset::named(charset)?;
    if !encoded
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'?')
    {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => BASE64.decode(encoded).ok()?,
        "Q" | "q" => quoted_printable(encoded)?,
        _ => return None,
    };
    Some((Part { charset, bytes }, after))
}

fn quoted_printable(encoded: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(encoded.len());
    let mut bytes = encoded.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'_' => b' ',
            b'=' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    Some(out)
}

/// A character set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charset {
    /// UTF-8, and ASCII as a part of it.
    Utf8,
    /// Windows-1252, and ISO 8859-1, whose control characters no header has.
    Latin1,
    /// ISO 8859-15, with the letters of Windows-1252 for its control characters.
    Latin9,
}

impl Charset {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Self::Utf8,
            "iso-8859-1" | "iso8859-1" | "latin1" | "windows-1252" | "cp1252" => Self::Latin1,
            "iso-8859-15" | "iso8859-15" | "latin9" => Self::Latin9,
            _ => return None,
        })
    }
}

impl Part {
    fn text(self) -> Option<String> {
        Some(match self.charset {
            Charset::Utf8 => String::from_utf8(self.bytes).ok()?,
            Charset::Latin1 => self.bytes.into_iter().map(latin1).collect(),
            Charset::Latin9 => self.bytes.into_iter().map(latin9).collect(),
        })
    }
}

/// Returns the character of Windows-1252. The five bytes without one are control characters.
fn latin1(byte: u8) -> char {
    /// Characters of the bytes from 0x80 to 0x9f.
    const LETTERS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    let letter = byte
        .checked_sub(0x80)
        .and_then(|at| LETTERS.get(usize::from(at)));
    letter.copied().unwrap_or_else(|| char::from(byte))
}

/// Returns the character of ISO 8859-15.
fn latin9(byte: u8) -> char {
    match byte {
        0xa4 => '€',
        0xa6 => 'Š',
        0xa8 => 'š',
        0xb4 => 'Ž',
        0xb8 => 'ž',
        0xbc => 'Œ',
        0xbd => 'œ',
        0xbe => 'Ÿ',
        byte => latin1(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_subject_is_decoded_and_damaged_words_stay() {
        for (text, expected) in [
            ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
            ("=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),
            ("=?utf-8?Q?Gr=C3=BC=c3=9fe_an_Bob?=", "Grüße an Bob"),
            ("=?iso-8859-1?Q?caf=E9?=", "café"),
            ("=?ISO-8859-15*de?Q?10_=A4?=", "10 €"),
            ("=?windows-1252?Q?It=92s_20_=80=85?=", "It’s 20 €…"),
            ("=?ISO-8859-15?Q?=8A=A8=9E=A4?=", "Ššž€"),
            ("=?us-ascii?Q?plain?=", "plain"),
            (
                "Re: =?utf-8?Q?Gr=C3=BC?= =?utf-8?Q?=C3=9Fe?= to you",
                "Re: Grüße to you",
            ),
            ("=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
            ("=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?= b", "aé b"),
            ("=?utf-8?Q?a?= =?utf-8?Q?=FF?=", "a =?utf-8?Q?=FF?="),
            ("=?utf-8?Q?=FF?= =?utf-8?Q?a?=", "=?utf-8?Q?=FF?= a"),
            // Decoded once.
            ("=?utf-8?Q?=3D=3Futf-8=3FQ=3Fa=3F=3D?=", "=?utf-8?Q?a?="),
            ("=?utf-8?Q?=ZZ?=", "=?utf-8?Q?=ZZ?="),
            ("=?utf-8?Q?=C?=", "=?utf-8?Q?=C?="),
            ("=?utf-8?Q?a b?=", "=?utf-8?Q?a b?="),
            ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
            ("=?utf-8?B?!!?=", "=?utf-8?B?!!?="),
            ("=?koi8-r?B?8NLJ18XU?=", "=?koi8-r?B?8NLJ18XU?="),
            ("=?utf-8?Q?a", "=?utf-8?Q?a"),
            ("=?=?=?=?", "=?=?=?=?"),
            ("is 1=?", "is 1=?"),
            ("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        ] {
            assert_eq!(decoded(text.to_owned()), expected, "{text}");
        }
    }

    #[test]
    fn a_name_is_decoded_and_an_address_is_not() {
        for (from, expected) in [
            ("=?utf-8?Q?J=C3=B6rg?= <j@x.example>", "Jörg <j@x.example>"),
            (
                "\"=?utf-8?Q?J=C3=B6rg?=\" <j@x.example>",
                "\"Jörg\" <j@x.example>",
            ),
            (
                "=?utf-8?Q?M=C3=BCller,_J=C3=B6rg?= <j@x.example>",
                "\"Müller, Jörg\" <j@x.example>",
            ),
            ("Bob <b@x.example>", "Bob <b@x.example>"),
            ("j@x.example", "j@x.example"),
        ] {
            assert_eq!(decoded_sender(from.to_owned()), expected, "{from}");
        }
        for from in [
            "=?utf-8?Q?J=C3=B6rg?=",
            "=?utf-8?Q?bob=40bank.example?= <e@evil.example>",
            "=?utf-8?Q?Bob_=3Cbob=40bank.example=3E?= <e@evil.example>",
            "=?utf-8?Q?a=22?= <e@evil.example>",
            "Bob <=?utf-8?Q?b?=@x.example>",
            "=?utf-8?Q?=FF?= <j@x.example>",
        ] {
            assert_eq!(decoded_sender(from.to_owned()), from);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_decoded_without_growing(text in "[ -~é]{0,80}") {
            let pieces = text.replace('x', "=?utf-8?Q?").replace('y', "?=").replace('z', " =?latin1?b?");
            for text in [text, pieces] {
                let plain = decoded(text.clone());
                prop_assert!(plain.chars().count() <= text.chars().count());
                prop_assert!(text.contains("=?") || plain == text);
                let from = format!("{text} <bob@x.example>");
                prop_assert!(decoded_sender(from).ends_with(" <bob@x.example>"));
            }
        }

        #[test]
        fn each_text_is_its_encoded_words(text in "\\PC{1,40}", at in 0usize..40) {
            let words = |parts: [&[u8]; 2]| parts.map(|part| {
                let digits: String = part.iter().map(|byte| format!("={byte:02X}")).collect();
                format!("=?UTF-8?Q?{digits}?=")
            }).join(" ");
            let (before, after) = text.as_bytes().split_at(at.min(text.len()));
            prop_assert_eq!(decoded(words([before, after])), text.clone());
            let encoded = format!("=?utf-8?B?{}?=", BASE64.encode(&text));
            prop_assert_eq!(decoded(encoded), text);
        }
    }
}
