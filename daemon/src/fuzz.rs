//! Entry points of tests/fuzz to the parsers of untrusted input. Only fuzzing builds compile them.

use crate::{cli, config, mail};
use tai_auth::{bridge, session};
use tai_reader::outgoing::Format;

/// Parses an HTTP answer of the bridge: a status, then the body.
pub fn answers(data: &[u8]) {
    if let Some((kind, body)) = data.split_first() {
        bridge::fuzz(*kind, body);
    }
}

/// Parses a JWT.
pub fn tokens(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    session::fuzz(text);
}

/// Converts the body of a mail: HTML if the first byte is even, text otherwise.
pub fn bodies(data: &[u8]) {
    if let Some((kind, text)) = data.split_first() {
        let text = String::from_utf8_lossy(text).into_owned();
        mail::fuzz(&text);
        let reading = match kind % 2 {
            0 => tai_reader::read(Some(&text), None),
            _ => tai_reader::read(None, Some(&text)),
        };
        assert!(reading.markdown.len() <= tai_reader::MAX_OUTPUT);
        // No byte of a mail costs much output.
        assert!(reading.markdown.len() <= 100 * text.len() + 100);
        let unseen = |c: char| matches!(c, '\u{200b}' | '\u{202e}' | '\u{e0041}' | '\u{feff}');
        assert!(!reading.markdown.contains(unseen));
    }
}

/// Converts the content of an outgoing mail: HTML if the first byte is even, Markdown otherwise.
pub fn outgoing(data: &[u8]) {
    let Some((kind, content)) = data.split_first() else {
        return;
    };
    let format = match kind % 2 {
        0 => Format::Html,
        _ => Format::Markdown,
    };
    let Ok(parts) = tai_reader::outgoing::parts(&String::from_utf8_lossy(content), format) else {
        return;
    };
    assert!(!parts.text.trim().is_empty() && !parts.preview.text.is_empty());
    let html = parts.html.to_ascii_lowercase();
    // Quotes are as written in text. Only in a tag they enclose a value.
    for tag in html
        .split('<')
        .skip(1)
        .filter_map(|tag| tag.split('>').next())
    {
        for active in ["script", "iframe", "form", "object"] {
            assert!(!tag.starts_with(active), "{tag}");
        }
        assert!(!tag.contains("=\"javascript:"), "{tag}");
    }
}

/// Parses a configuration file. The first byte selects an MCP client, or taid's own file.
pub fn config(data: &[u8]) {
    let Some((kind, text)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    if !cli::fuzz(*kind, text) {
        config::fuzz(text);
    }
}
