//! An outgoing mail as a person approves it: made from the two parts that are sent, and complete.
//! What the reader of the mail does not see, the person who approves it does.

use super::{
    invisible, loads, order, parse, plain,
    tree::{Data, Edge, NodeId, Tree},
    visibility::{self, Judgement},
};
use crate::page;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt::Write as _};

/// Mark at the start of each line of the mail's own text, which no text of a mail can leave out.
const QUOTE: &str = "| ";

/// Outgoing mail as a person approves it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Reasons to look closely, such as `hidden text`; empty if there is none.
    pub warning: String,
    /// Hosts from which a mail program loads something when the mail is opened; empty if there is
    /// none.
    pub loads: String,
    /// Text that the reader sees, each line after `| `. Invisible characters are shown as
    /// `‹U+200B›`.
    pub text: String,
    /// Everything else of both parts: hidden text, loaded addresses, misleading links, and the
    /// text part if it differs. Empty if there is nothing.
    pub details: String,
}

impl Preview {
    /// Returns the text and the details.
    pub fn full(&self) -> String {
        match self.details.is_empty() {
            true => self.text.clone(),
            false => format!("{}\n\n{}", self.text, self.details),
        }
    }
}

/// Returns the preview of a mail with these parts. The HTML is one that
/// [`parts`](super::parts()) made; anything else is warned of.
pub fn preview(text: &str, html: &str) -> Preview {
    let Ok(parse::Parsed {
        tree,
        is_unfinished,
    }) = parse::parse(html)
    else {
        return unreadable(text, html);
    };
    let judgements = visibility::judge(&tree, html);
    let reading = plain::text(&tree, &judgements);

    let hidden = passages(&tree, |id| judgements.of(id) == Judgement::Hidden);
    let doubtful = passages(&tree, |id| judgements.of(id) == Judgement::Doubtful);
    let moved = order::moved(&tree);
    let moved = passages(&tree, |id| moved.contains(&id));
    let loads = loads::find(&tree, &judgements);
    let misleading = misleading(&tree);
    let is_whole = hidden.is_empty() && doubtful.is_empty() && moved.is_empty();
    let seen = crate::read(Some(html), None).markdown;
    let has_other_numbers = is_whole
        && !has_numbers_of(&seen, &reading)
        && !has_numbers_of(&seen, &plain::without_empty_items(&tree, &judgements));
    let differs = words(text) != words(&reading) || has_other_numbers;
    let revealed = invisible::reveal(&reading);
    let unexpected = unexpected(&tree);

    let is_revealed = revealed != reading || invisible::reveal(html) != html;
    let has_invisible_image = loads.iter().any(|load| load.is_invisible);
    let is_unchecked = !unexpected.is_empty() || is_unfinished;
    let warnings = [
        (!hidden.is_empty(), "hidden text"),
        (differs, "the text part and the HTML part differ"),
        (has_invisible_image, "an invisible image"),
        (!misleading.is_empty(), "a link that names another host"),
        (is_revealed, "invisible characters"),
        (!doubtful.is_empty(), "text that may be hidden"),
        (!moved.is_empty(), "text that may be seen in another order"),
        (is_unchecked, "HTML that was not checked"),
    ];
    let warnings = warnings.into_iter();
    let warnings: Vec<&str> = warnings
        .filter_map(|(is_so, warning)| is_so.then_some(warning))
        .collect();

    let mut details = Details::default();
    details.quoted("Hidden from the reader:", &hidden);
    details.quoted("May be hidden from the reader:", &doubtful);
    details.quoted("May be seen in another place than above:", &moved);
    details.lines("Links whose words name another host:", &misleading);
    let described: Vec<String> = loads.iter().map(loads::Load::describe).collect();
    details.lines("Loaded or shown when the mail is opened:", &described);
    details.quoted("Shown under the mouse pointer:", &titles(&tree));
    details.lines("Unexpected elements:", &unexpected);
    if has_other_numbers {
        details.quoted("HTML part, as mail programs show it:", &[seen]);
    }
    if differs {
        details.quoted(
            "Text part, for mail programs without HTML:",
            &[text.to_owned()],
        );
    }
    Preview {
        warning: warnings.join(", "),
        loads: hosts(&loads),
        text: quoted(&revealed),
        details: details.0,
    }
}

/// Returns the preview of parts that cannot be examined.
fn unreadable(text: &str, html: &str) -> Preview {
    let mut details = Details::default();
    details.quoted("HTML part:", &[html.to_owned()]);
    Preview {
        warning: "HTML that cannot be examined".to_owned(),
        loads: String::new(),
        text: quoted(&invisible::reveal(text)),
        details: details.0,
    }
}

/// Sections with a heading each.
#[derive(Default)]
struct Details(String);

impl Details {
    fn lines(&mut self, heading: &str, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push_str("\n\n");
        }
        self.0.push_str(heading);
        for line in lines {
            let line = invisible::reveal(&line.replace(['\n', '\r'], " "));
            // Writing to a String cannot fail.
            let _ = write!(self.0, "\n  {line}");
        }
    }

    /// Adds text of the mail.
    fn quoted(&mut self, heading: &str, texts: &[String]) {
        let lines = texts.iter().flat_map(|text| text.lines());
        let lines: Vec<String> = lines.map(|line| format!("{QUOTE}{line}")).collect();
        self.lines(heading, &lines);
    }
}

fn quoted(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| format!("{QUOTE}{line}").trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the words of a part. White space and punctuation are not compared.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// What stands before a digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Digit,
    /// Characters that are marks of Markdown if the text is Markdown.
    Marks,
    Other,
}

/// Returns whether Markdown and a text have the same numbers.
fn has_numbers_of(markdown: &str, text: &str) -> bool {
    let (seen, read) = (digits(markdown), digits(text));
    let mut pairs = seen.iter().zip(&read);
    seen.len() == read.len()
        && pairs.all(|((a, seen), (b, read))| {
            let is_same = match seen {
                Before::Digit => *read == Before::Digit,
                Before::Marks => true,
                Before::Other => *read != Before::Digit,
            };
            a == b && is_same
        })
}

/// Returns the digits of a text outside of addresses, which its readings write in different ways.
fn digits(text: &str) -> Vec<(char, Before)> {
    let words = text.split(|c: char| c.is_whitespace() || "()<>[]\\".contains(c));
    let is_address = |word: &str| {
        let start = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        let schemes = ["mailto:", "tel:", "sms:"];
        word.contains("://") || schemes.iter().any(|scheme| start.starts_with(scheme))
    };
    let mut digits = Vec::new();
    for word in words.filter(|word| !is_address(word)) {
        let mut before = Before::Other;
        for c in word.chars() {
            match c {
                '0'..='9' => {
                    digits.push((c, before));
                    before = Before::Digit;
                }
                '*' | '_' | '~' | '`' if before != Before::Other => before = Before::Marks,
                _ => before = Before::Other,
            }
        }
    }
    digits
}

/// Returns the texts and the words of these images, each passage as one text.
fn passages(tree: &Tree, is_wanted: impl Fn(NodeId) -> bool) -> Vec<String> {
    let mut passages: Vec<String> = Vec::new();
    let mut current = String::new();
    for edge in tree.walk(Tree::DOCUMENT) {
        let Edge::Open(id) = edge else {
            continue;
        };
        let Some(text) = own_text(tree, id) else {
            continue;
        };
        match is_wanted(id) {
            true => {
                current.push(' ');
                current.push_str(&text);
            }
            false if text.trim().is_empty() => {}
            false => passages.push(std::mem::take(&mut current)),
        }
    }
    passages.push(current);
    let collapsed = passages
        .iter()
        .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    collapsed.filter(|text| !text.is_empty()).collect()
}

fn own_text(tree: &Tree, id: NodeId) -> Option<String> {
    match tree.data(id) {
        Data::Text(text) => Some(text.to_string()),
        Data::Element(element) if element.tag() == "img" => element.attr("alt").map(str::to_owned),
        Data::Element(_) | Data::Document | Data::Comment => None,
    }
}

/// Returns a line for each link whose words name another host than its target.
fn misleading(tree: &Tree) -> Vec<String> {
    let mut lines = Vec::new();
    for edge in tree.walk(Tree::DOCUMENT) {
        let Edge::Open(id) = edge else {
            continue;
        };
        let href = tree
            .element(id)
            .filter(|link| link.tag() == "a")
            .and_then(|link| link.attr("href"));
        let Some(href) = href else {
            continue;
        };
        let label = tree.text(id);
        if let Some(host) = page::misleads(&label, href) {
            let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
            lines.push(format!("\"{label}\" leads to {host}: {href}"));
        }
    }
    lines.dedup();
    lines
}

/// Returns the texts that a mail program shows under the mouse pointer.
fn titles(tree: &Tree) -> Vec<String> {
    let opened = tree.walk(Tree::DOCUMENT).filter_map(|edge| match edge {
        Edge::Open(id) => tree.element(id)?.attr("title"),
        Edge::Close(_) => None,
    });
    opened.map(str::to_owned).collect()
}

/// Returns the names of elements that an outgoing mail never has.
fn unexpected(tree: &Tree) -> Vec<String> {
    let mut names = BTreeMap::new();
    for edge in tree.walk(Tree::DOCUMENT) {
        let Edge::Open(id) = edge else {
            continue;
        };
        if let Some(element) = tree.element(id) {
            let name = &*element.name.local;
            // The parser adds these to every document.
            let is_added = matches!(element.tag(), "html" | "head" | "body");
            if !is_added && !super::elements::KEPT.contains(&element.tag()) {
                *names.entry(name.to_owned()).or_insert(0) += 1;
            }
        }
    }
    names
        .into_iter()
        .map(|(name, count)| format!("<{name}>, {count} times"))
        .collect()
}

/// Returns the hosts from which a mail program loads something, with counts.
fn hosts(loads: &[loads::Load]) -> String {
    let mut hosts: BTreeMap<String, usize> = BTreeMap::new();
    for host in loads.iter().filter_map(loads::Load::host) {
        *hosts.entry(host).or_default() += 1;
    }
    let hosts = hosts.iter().map(|(host, count)| match count {
        1 => host.clone(),
        count => format!("{host} ({count})"),
    });
    hosts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "preview_tests.rs"]
mod tests;
