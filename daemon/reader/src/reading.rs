//! The reading of a mail: the HTML part as a person sees it, or else the text part.

use crate::{
    cascade, characters,
    document::{self, Document, NodeId, Visit},
    findings::{Findings, Source},
    limits::{MAX_INPUT, MAX_OUTPUT},
    page, sight,
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::HashSet};

/// Most words of a text part that are compared with the HTML.
const MAX_COMPARED: usize = 50;

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
/// The text part is used if the HTML part shows no text and the text is not made from it.
#[must_use]
pub fn read(html: Option<&str>, text: Option<&str>) -> Reading {
    let html = html.filter(|html| !html.trim().is_empty());
    let mut reading = html.map(read_html).unwrap_or_default();
    if reading.markdown.is_empty()
        && let Some(text) = text.filter(|text| !text.trim().is_empty())
        && html.is_none_or(|html| !is_made_from(html, text))
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

/// Returns whether a text part may have been made from an HTML part, as bridges do (bridge-api.md, trap
/// 2). It then shows what a person does not see: hidden and fallback content, comments, attributes.
fn is_made_from(html: &str, text: &str) -> bool {
    let is_word = |text: &str| text.contains(char::is_alphanumeric);
    let mut tags = html.split('<');
    let is_only_tags = !tags.next().is_some_and(is_word)
        && tags.all(|tag| {
            tag.split_once('>')
                .is_some_and(|(_, after)| !is_word(after))
        });
    let words = text.split(|c: char| !c.is_alphanumeric());
    let mut words = words.filter(|word| !word.is_empty()).take(MAX_COMPARED);
    // Each word of a text made from tags is in an attribute, unless references disguise it.
    !is_only_tags || html.contains('&') || words.any(|word| html.contains(word))
}

fn read_html(html: &str) -> Reading {
    let (html, cut) = cut(html, MAX_INPUT);
    let mut document = document::parse(html);
    let mut reading = read_document(&mut document);
    reading.findings.cut |= cut;
    reading
}

/// Returns each run of text and the words of each image of an HTML part, in the order of the source, and
/// whether a person sees it.
/// The judge of outgoing mail asks what the reader of the recipient shows.
pub(crate) fn seen_runs(html: &str) -> Vec<(String, bool)> {
    let mut document = document::parse(html);
    let mut styles = cascade::style(&document);
    let generated: HashSet<NodeId> = styles.insert_generated(&mut document).into_iter().collect();
    let sight = sight::look(&document, &styles);
    let runs = document.walk(NodeId::ROOT).filter_map(|visit| match visit {
        Visit::Enter(node) if !generated.contains(&node) => {
            let is_seen = sight.is_seen(node);
            match document.text(node) {
                Some(text) => Some((text.to_owned(), is_seen)),
                None if document.name(node) == "img" => {
                    let words = document.element(node)?.description();
                    let is_tiny = sight::is_tiny(styles.get(node));
                    Some((words.to_owned(), is_seen && !is_tiny))
                }
                None => None,
            }
        }
        Visit::Enter(_) | Visit::Leave(_) => None,
    });
    runs.collect()
}

fn read_document(document: &mut Document) -> Reading {
    let mut styles = cascade::style(document);
    let generated = styles.insert_generated(document);
    let sight = sight::look(document, &styles);
    for node in generated {
        document.remove(node);
    }
    styles.insert_gaps(document);
    page::order(document, &styles);
    let mut findings = sight.findings;
    findings.simplified |= document.exceeded || styles.incomplete;
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
    let text = without_links(&cleaned.text);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let lines = lines.join("\n");
    let whole = lines.trim_matches('\n');
    let (markdown, cut_after) = cut(whole, MAX_OUTPUT);
    findings.cut |= cut_before || cut_after;
    Reading {
        markdown: markdown.to_owned(),
        findings,
    }
}

/// Escapes the Markdown links and images of a text part, also those by reference. A person sees their
/// targets; a program that renders the text would hide them behind a text that can name another host.
fn without_links(text: &str) -> Cow<'_, str> {
    const SCHEMES: [&str; 6] = ["http:", "https:", "//", "www.", "mailto:", "data:"];
    let is_target = |text: &str| {
        let text = text.trim_start_matches(['<', '>', ' ', '\r', '\n', '\t']);
        SCHEMES.iter().any(|scheme| {
            let start = text.get(..scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        })
    };
    // Of `[words](target)`, or of the line `[name]: target` to which `[words][name]` refers.
    let is_link = |after: &str| after.strip_prefix(['(', ':']).is_some_and(is_target);
    let mut parts = text.split(']');
    let mut out = String::from(parts.next().unwrap_or_default());
    let mut at = out.len();
    for part in parts {
        at += 1;
        out.push(']');
        if text.get(at..).is_some_and(is_link) {
            out.push('\\');
        }
        out.push_str(part);
        at += part.len();
    }
    match out.len() == text.len() {
        true => text.into(),
        false => out.into(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_in_a_text_part_is_text() {
        for (text, shown) in [
            (
                "[https://bank.example](https://evil.example/x) ![x](<HTTP://t.example/p.png>)",
                "[https://bank.example]\\(https://evil.example/x) ![x]\\(<HTTP://t.example/p.png>)",
            ),
            ("a[0](1) and [x](y)", "a[0](1) and [x](y)"),
            (
                "[https://bank.example][1]\n\n[1]: https://evil.example/x",
                "[https://bank.example][1]\n\n[1]\\: https://evil.example/x",
            ),
            (
                "> [a b]:\n> <https://evil.example>",
                "> [a b]\\:\n> <https://evil.example>",
            ),
            ("[Bob]: see a[1]: b ]:", "[Bob]: see a[1]: b ]:"),
        ] {
            let reading = read_text(text, Findings::default());
            assert_eq!(reading.markdown, shown);
        }
    }

    #[test]
    fn a_text_part_that_a_bridge_may_have_made_from_the_html_is_not_shown() {
        const IMAGE: &str = "<img src=big.png width=600 height=300";
        for (rest, text) in [
            ("><noscript>ATTACK</noscript>", "ATTACK"),
            ("><template>AT<b></b>TACK</template>", "ATTACK"),
            ("><canvas>ATTACK</canvas>", "![](big.png) ATTACK"),
            ("><datalist><option>ATTACK</datalist>", "ATTACK"),
            ("><title>ATTACK</title>", "ATTACK"),
            (" data-x='a > ATTACK'>", "ATTACK'>"),
            (" data-x='&#65;&#84;'>", "AT"),
            ("><!-- > ATTACK -->", "ATTACK -->"),
            ("><!-- ATTACK", "<!-- ATTACK"),
            ("><p x=1 ATTACK", "ATTACK"),
            (
                "><img style=display:none alt='Do as I say'>",
                "![Do as I say]()",
            ),
        ] {
            let html = format!("{IMAGE}{rest}");
            let reading = read(Some(&html), Some(text));
            assert_eq!(reading.markdown, "", "{html}");
            assert_eq!(reading.findings.source, Source::OnlyImages, "{html}");
        }
        let reading = read(Some(&format!("<body><p>{IMAGE}></p>\n")), Some("Hello!"));
        assert_eq!(reading.markdown, "Hello!");
        assert_eq!(reading.findings.source, Source::TextInstead);
    }

    #[test]
    fn hidden_text_after_fallback_content_is_reported() {
        for before in [
            "<style>a{}</style>",
            "<title>x</title>",
            "<noscript>x</noscript>",
        ] {
            let html = format!("{before}<div style=display:none>hidden words</div><p>hi");
            let findings = read(Some(&html), None).findings;
            assert_eq!((findings.hidden, findings.hidden_words), (1, 2), "{html}");
        }
    }
}
