//! A bound on the nesting of blocks in a style sheet. The parser fails at a block that is too deep
//! without skipping it, so that all later rules would be lost.

use std::borrow::Cow;

/// Deepest nesting of blocks, functions and brackets that is parsed.
pub(super) const MAX_BLOCKS: u8 = 128;

/// Returns the sheet without the content of blocks that are too deep, and whether there are any.
pub(super) fn bounded(sheet: &str) -> (Cow<'_, str>, bool) {
    let bytes = sheet.as_bytes();
    let mut kept = String::new();
    let mut copied = 0;
    let mut closers: Vec<u8> = Vec::new();
    let mut cut_at = None;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at = token_end(sheet, at, *byte);
        let closer = match byte {
            b'{' => b'}',
            b'[' => b']',
            b'(' => b')',
            _ if closers.last() == Some(byte) => {
                closers.pop();
                if cut_at == Some(closers.len()) {
                    cut_at = None;
                    copied = start;
                }
                continue;
            }
            _ => continue,
        };
        if cut_at.is_none() && closers.len() + 1 >= usize::from(MAX_BLOCKS) {
            kept.push_str(sheet.get(copied..at).unwrap_or_default());
            cut_at = Some(closers.len());
        }
        closers.push(closer);
    }
    if kept.is_empty() {
        return (Cow::Borrowed(sheet), false);
    }
    if cut_at.is_none() {
        kept.push_str(sheet.get(copied..).unwrap_or_default());
    }
    (Cow::Owned(kept), true)
}

/// Returns the end of a comment, a string, an escape or an address without quotes that begins at a
/// place, and of the byte otherwise.
fn token_end(sheet: &str, at: usize, byte: u8) -> usize {
    let rest = |from: usize| sheet.get(from..).unwrap_or_default();
    let bytes = sheet.as_bytes();
    let after = at + 1;
    match byte {
        b'/' if bytes.get(after) == Some(&b'*') => {
            let end = rest(after + 1).find("*/");
            end.map_or(sheet.len(), |end| after + 1 + end + 2)
        }
        b'"' | b'\'' => string_end(bytes, after, byte),
        b'\\' => after + 1,
        b'(' if is_address(bytes, at) => {
            let mut end = after;
            while let Some(byte) = bytes.get(end) {
                match byte {
                    // The closing parenthesis remains.
                    b')' => return end,
                    b'\\' => end += 2,
                    _ => end += 1,
                }
            }
            sheet.len()
        }
        _ => after,
    }
}

fn string_end(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' | b'\r' | 0x0c => return at,
            byte if *byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Returns whether a parenthesis is that of an address without quotes.
fn is_address(bytes: &[u8], at: usize) -> bool {
    let name = at.checked_sub(3).and_then(|start| bytes.get(start..at));
    let part_of_name = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'\\') || !byte.is_ascii()
    };
    let before = at.checked_sub(4).and_then(|before| bytes.get(before));
    let after = bytes.get(at + 1..).unwrap_or_default();
    let first = after.iter().find(|byte| !byte.is_ascii_whitespace());
    name.is_some_and(|name| name.eq_ignore_ascii_case(b"url"))
        && !before.is_some_and(part_of_name)
        && !matches!(first, Some(b'"' | b'\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_content_of_blocks_that_are_too_deep_is_left_out() {
        let depth = usize::from(MAX_BLOCKS);
        let sheet = |inside: &str| {
            format!(
                "{}{inside}{} c{{}}",
                "a{".repeat(depth - 2),
                "}".repeat(depth - 2)
            )
        };
        for inside in [
            "b{x}",
            "b{\"}{{(\"}",
            "b{/* {{{ */}",
            "b{\\{\\{\\{}",
            "b{'{{\n}",
            "] ) b{}",
        ] {
            let sheet = sheet(inside);
            assert_eq!(bounded(&sheet), (sheet.as_str().into(), false), "{inside}");
        }
        let address = "a{b:url( {{{\\) )}";
        assert_eq!(bounded(address), (address.into(), false));
        for (inside, kept) in [
            ("b{c{d{e} f{}}}g{h}", "b{c{}}g{h}"),
            ("b{c([{)}] x) }", "b{c() }"),
        ] {
            assert_eq!(
                bounded(&sheet(inside)),
                (sheet(kept).into(), true),
                "{inside}"
            );
        }
        let open = "a{".repeat(depth + 9);
        let kept = "a{".repeat(depth);
        assert_eq!(bounded(&open), (kept.into(), true));
    }
}
