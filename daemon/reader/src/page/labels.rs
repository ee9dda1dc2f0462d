//! Texts in brackets for images, buttons and fields.

use super::escape::in_label;
use crate::{
    cascade::Styles,
    document::{Document, Element, NodeId, Visit},
    limits::MAX_LABEL,
    sight::{self, Sight},
};
use html5ever::local_name;

/// Returns the text for an image, a button or a field; `None` if there is nothing to say.
pub(super) fn label(
    document: &Document,
    styles: &Styles,
    sight: &Sight,
    node: NodeId,
    element: &Element,
) -> Option<String> {
    let attribute = |name| element.attribute(&name).unwrap_or_default();
    let placeholder = || named("field", attribute(local_name!("placeholder")));
    match element.html_name() {
        "img" if sight::is_tiny(styles.get(node)) => None,
        "img" => named("image", element.description()),
        "button" => named("button", &seen(document, sight, node)),
        "select" => named("field", &seen(document, sight, node)),
        "textarea" => {
            let text = seen(document, sight, node);
            // A space is a value too.
            if document.children(node).next().is_some() {
                named("field", &text)
            } else {
                placeholder()
            }
        }
        "input" => {
            let kind = attribute(local_name!("type")).to_ascii_lowercase();
            let value = attribute(local_name!("value"));
            match kind.as_str() {
                "hidden" | "file" | "color" | "range" | "password" => None,
                "submit" if value.is_empty() => named("button", "Submit"),
                "reset" if value.is_empty() => named("button", "Reset"),
                "submit" | "button" | "reset" => named("button", value),
                "image" => {
                    named("button", element.description()).or_else(|| named("button", value))
                }
                "number" if value.trim().parse::<f64>().is_err() => placeholder(),
                // Browsers show the parts of a time, and nothing of another value.
                "date" | "month" | "week" | "time" | "datetime-local" if !is_time(&kind, value) => {
                    None
                }
                "checkbox" | "radio" => {
                    let checked = element.attribute(&local_name!("checked")).is_some();
                    Some(if checked { "[x]" } else { "[ ]" }.to_owned())
                }
                _ if value.is_empty() => placeholder(),
                _ => named("field", value),
            }
        }
        _ => None,
    }
}

/// Returns whether a value is a time of the kind that a field takes.
fn is_time(kind: &str, value: &str) -> bool {
    let digits = |text: &str, count: std::ops::RangeInclusive<usize>| {
        count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let month = |text: &str| {
        let parts = text.split_once('-');
        parts.is_some_and(|(year, month)| digits(year, 4..=6) && digits(month, 2..=2))
    };
    let date = |text: &str| {
        let parts = text.rsplit_once('-');
        parts.is_some_and(|(first, day)| month(first) && digits(day, 2..=2))
    };
    let time = |text: &str| {
        let parts: Vec<&str> = text.split(':').collect();
        match parts.as_slice() {
            [hour, minute] => digits(hour, 2..=2) && digits(minute, 2..=2),
            [hour, minute, second] => {
                let (second, part) = second.split_once('.').unwrap_or((second, "0"));
                digits(hour, 2..=2)
                    && digits(minute, 2..=2)
                    && digits(second, 2..=2)
                    && digits(part, 1..=3)
            }
            _ => false,
        }
    };
    match kind {
        "date" => date(value),
        "month" => month(value),
        "week" => {
            let parts = value.split_once("-W");
            parts.is_some_and(|(year, week)| digits(year, 4..=6) && digits(week, 2..=2))
        }
        "time" => time(value),
        _ => {
            let parts = value.split_once(['T', ' ']);
            parts.is_some_and(|(day, clock)| date(day) && time(clock))
        }
    }
}

/// Returns `[kind: text]`. Brackets in the text become round.
fn named(kind: &str, text: &str) -> Option<String> {
    let text = text
        .get(..text.floor_char_boundary(MAX_LABEL.min(text.len())))
        .unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = in_label(&words.join(" "));
    (!text.is_empty()).then(|| format!("[{kind}: {text}]"))
}

/// Returns the text that is seen inside an element.
fn seen(document: &Document, sight: &Sight, top: NodeId) -> String {
    let mut text = String::new();
    let mut walk = document.walk(top);
    while let Some(visit) = walk.next() {
        if let Visit::Enter(node) = visit {
            // Browsers show the label of an option in place of its text.
            let label = match document.element(node) {
                Some(element) if element.html_name() == "option" => {
                    element.attribute(&local_name!("label"))
                }
                _ => None,
            };
            if let Some(label) = label.filter(|label| !label.is_empty()) {
                if sight.is_seen(node) {
                    text.push_str(label);
                }
                walk.skip_children();
            } else if sight.is_seen(node) {
                text.push_str(document.text(node).unwrap_or_default());
            }
            if document.element(node).is_some() {
                text.push(' ');
            }
        }
        if text.len() > MAX_LABEL {
            break;
        }
    }
    text
}

/// Returns the language of a code block from its `language-` class; empty if there is none, or if
/// it contains other characters than ASCII letters and digits.
pub(super) fn language(document: &Document, pre: NodeId) -> String {
    let code = document
        .children(pre)
        .filter_map(|child| document.element(child))
        .find(|child| child.html_name() == "code");
    let class = code.and_then(|code| code.attribute(&local_name!("class")));
    let language = class
        .unwrap_or_default()
        .split_whitespace()
        .find_map(|class| class.strip_prefix("language-"));
    language
        .filter(|name| name.len() < 20 && name.bytes().all(|b| b.is_ascii_alphanumeric()))
        .unwrap_or_default()
        .to_owned()
}
