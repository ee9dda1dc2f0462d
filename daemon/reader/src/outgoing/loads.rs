//! Content that a mail program loads from elsewhere to show a mail, or finds in the mail itself.

use super::{
    css,
    tree::{Edge, Element, Tree},
    visibility::{Judgement, Judgements},
};
use std::collections::HashSet;
use url::Url;

/// Image of this size or less, in pixels, is not seen.
const LEAST_IMAGE: f32 = 2.0;

/// Address that a mail program loads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Load {
    pub(super) url: String,
    pub(super) kind: &'static str,
    /// Whether a person sees nothing of it.
    pub(super) is_invisible: bool,
}

impl Load {
    /// Returns the host of the address; `None` for an address within the mail.
    pub(super) fn host(&self) -> Option<String> {
        let scheme = self.url.split(':').next().unwrap_or_default();
        if scheme.eq_ignore_ascii_case("cid") || scheme.eq_ignore_ascii_case("data") {
            return None;
        }
        let url = Url::parse(&self.url).ok();
        let host = url.as_ref().and_then(Url::host_str);
        Some(
            host.unwrap_or("an address that is not understood")
                .to_owned(),
        )
    }

    /// Returns one line about the address.
    pub(super) fn describe(&self) -> String {
        let is_data = self
            .url
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case("data:"));
        let note = if self.is_invisible {
            " (not visible)"
        } else {
            ""
        };
        match self.url.split_once(',').filter(|_| is_data) {
            Some((kind, data)) => {
                let kind = kind
                    .get(5..)
                    .unwrap_or_default()
                    .trim_end_matches(";base64");
                let kilobytes = data.len() * 3 / 4 / 1_000 + 1;
                format!(
                    "{} in the mail, {kind}, {kilobytes} kB, not shown here{note}",
                    self.kind
                )
            }
            None => format!("{} {}{note}", self.kind, self.url),
        }
    }
}

/// Returns every address that a mail program loads, once each.
pub(super) fn find(tree: &Tree, judgements: &Judgements) -> Vec<Load> {
    let mut loads: Vec<Load> = Vec::new();
    let mut seen: HashSet<Load> = HashSet::new();
    for edge in tree.walk(Tree::DOCUMENT) {
        let Edge::Open(id) = edge else {
            continue;
        };
        let Some(element) = tree.element(id) else {
            continue;
        };
        let is_hidden = judgements.of(id) == Judgement::Hidden;
        let mut add = |url: &str, kind, is_invisible| {
            let url = url.trim().to_owned();
            let load = Load {
                url,
                kind,
                is_invisible,
            };
            if !load.url.is_empty() && seen.insert(load.clone()) {
                loads.push(load);
            }
        };
        for name in ["src", "srcset", "poster", "data"] {
            if let Some(url) = element.attr(name) {
                add(url, "image", is_hidden || is_tiny(element));
            }
        }
        if let Some(url) = element.attr("background") {
            add(url, "background", is_hidden);
        }
        for declaration in css::declarations(element.attr("style").unwrap_or_default()) {
            for url in &declaration.urls {
                add(url, "background", is_hidden);
            }
        }
    }
    loads
}

fn is_tiny(element: &Element) -> bool {
    let number = |value: &str| {
        let end = value.find(|c: char| !(c.is_ascii_digit() || c == '.'));
        value.get(..end.unwrap_or(value.len()))?.parse::<f32>().ok()
    };
    let is_percent = |value: &str| value.contains('%');
    let is_small = |value: &str| {
        !is_percent(value) && number(value.trim()).is_some_and(|size| size <= LEAST_IMAGE)
    };
    let styles = css::declarations(element.attr("style").unwrap_or_default());
    ["width", "height"].iter().any(|side| {
        let styled = styles.iter().find(|d| d.name == *side).map(|d| d.value);
        styled.or(element.attr(side)).is_some_and(is_small)
    })
}
