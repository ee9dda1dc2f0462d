//! The reading of a mail: the HTML part as a person sees it, or else the text part.

use crate::{
    cascade, characters,
    document::{self, Document},
    findings::{Findings, Source},
    limits::{MAX_INPUT, MAX_OUTPUT},
    page, sight,
};
use serde::{Deserialize, Serialize};

/// A mail as Markdown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Markdown of at most [`crate::MAX_OUTPUT`] bytes, without a line break at its end. A text part
    /// is shown as written.
    pub markdown: String,
    /// What is not in the Markdown, and what deserves a warning.
    pub findings: Findings,
}

/// Reads a mail. The HTML part is preferred, because a text part beside it may be a stock sentence.
/// The text part is used if the HTML part has no text. Beside hidden text it is not used, because a
/// bridge makes it from the HTML (bridge-api.md, trap 2), so that it shows what the HTML hides.
#[must_use]
pub fn read(html: Option<&str>, text: Option<&str>) -> Reading {
    let html = html.filter(|html| !html.trim().is_empty());
    let mut reading = html.map(read_html).unwrap_or_default();
    if reading.markdown.is_empty()
        && reading.findings.hidden_words == 0
        && let Some(text) = text.filter(|text| !text.trim().is_empty())
    {
        reading = read_text(text, reading.findings);
        reading.findings.source = match html {
            Some(_) => Source::TextInstead,
            None => Source::Text,
        };
        if reading.markdown.is_empty() {
            reading.findings.source = Source::Empty;
        }
    }
    reading
}

fn read_html(html: &str) -> Reading {
    let (html, cut) = cut(html, MAX_INPUT);
    let document = document::parse(html);
    let mut reading = read_document(&document);
    reading.findings.cut |= cut;
    reading
}

fn read_document(document: &Document) -> Reading {
    let styles = cascade::style(document);
    let sight = sight::look(document, &styles);
    let mut findings = sight.findings;
    findings.simplified = document.exceeded || styles.incomplete;
    let written = page::write(document, &styles, &sight, &mut findings);
    let (markdown, cut) = cut(&written, MAX_OUTPUT);
    findings.cut |= cut;
    findings.source = match (markdown.is_empty(), sight.images > 0) {
        (false, _) => Source::Html,
        (true, true) => Source::OnlyImages,
        (true, false) => Source::Empty,
    };
    Reading {
        markdown: markdown.to_owned(),
        findings,
    }
}

fn read_text(text: &str, mut findings: Findings) -> Reading {
    let (text, cut_before) = cut(text, MAX_INPUT);
    let cleaned = characters::clean(text);
    findings.invisible = cleaned.removed;
    let lines: Vec<&str> = cleaned.text.lines().map(str::trim_end).collect();
    let lines = lines.join("\n");
    let whole = lines.trim_matches('\n');
    let (markdown, cut_after) = cut(whole, MAX_OUTPUT);
    findings.cut |= cut_before || cut_after;
    Reading {
        markdown: markdown.to_owned(),
        findings,
    }
}

/// Returns the beginning of a text, and whether it is not all of it.
fn cut(text: &str, limit: usize) -> (&str, bool) {
    match text.len() > limit {
        true => (
            text.get(..text.floor_char_boundary(limit))
                .unwrap_or_default(),
            true,
        ),
        false => (text, false),
    }
}
