//! Counts of images and active content.

use super::{
    look::Look,
    seen::{is_tiny, words},
};
use crate::{cascade::Computed, document::Element};
use html5ever::local_name;

impl Look<'_> {
    /// Counts a passage of hidden text. Fallback content neither begins nor ends one.
    pub(super) fn note(&mut self, text: &str, seen: bool, fallback: bool) {
        let words = words(text);
        if words == 0 || (!seen && fallback) {
            return;
        }
        let findings = &mut self.sight.findings;
        if !seen {
            findings.hidden_words = findings.hidden_words.saturating_add(words);
            if !self.in_passage {
                findings.hidden = findings.hidden.saturating_add(1);
            }
        }
        self.in_passage = !seen;
    }

    /// Counts images and active content.
    pub(super) fn count(
        &mut self,
        element: &Element,
        style: &Computed,
        seen: bool,
        fallback: bool,
    ) {
        let findings = &mut self.sight.findings;
        match element.html_name() {
            "script" if is_executable(element) => findings.scripts += 1,
            "iframe" | "object" | "embed" | "applet" => findings.scripts += 1,
            "form" => findings.forms += 1,
            "img" if !fallback => {
                let source = element.attribute(&local_name!("src")).unwrap_or_default();
                let remote = is_remote(source);
                if !seen || is_tiny(style) {
                    findings.trackers += u32::from(remote);
                } else {
                    self.sight.images += 1;
                }
            }
            _ => {}
        }
    }
}

fn is_remote(source: &str) -> bool {
    let source = source.trim_start();
    let starts = |scheme: &str| {
        source
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    starts("http:") || starts("https:") || starts("//")
}

fn is_executable(script: &Element) -> bool {
    let kind = script.attribute(&local_name!("type")).unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    kind.is_empty() || kind == "module" || kind.contains("script")
}
