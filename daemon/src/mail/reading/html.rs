//! HTML to Markdown: parsed as browsers do, cleaned, converted. Nesting that is too deep for
//! the converter is flattened to text first.

use super::hidden;
use htmd::{
    HtmlToMarkdown,
    element_handler::{HandlerResult, Handlers},
    options::{BulletListMarker, LinkStyle, Options},
};
use html5ever::{ParseOpts, parse_document, serialize, tendril::TendrilSink as _};
use markup5ever_rcdom::{Handle, NodeData, RcDom, SerializableHandle};
use tai_proto::call::Removed;

/// Deeper nesting is shown as text: the converter is recursive.
const MAX_DEPTH: usize = 200;

pub(super) fn to_markdown(html: &str, removed: &mut Removed) -> String {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    hidden::take_out(&dom.document, removed);
    if depth(&dom.document) > MAX_DEPTH {
        removed.flattened = true;
        return text_of(&dom.document);
    }
    let mut clean = Vec::new();
    let handle = SerializableHandle::from(dom.document.clone());
    if serialize(&mut clean, &handle, Default::default()).is_err() {
        return text_of(&dom.document);
    }
    let clean = String::from_utf8_lossy(&clean);
    match converter().convert(&clean) {
        Ok(markdown) => tidy(&markdown),
        Err(_) => text_of(&dom.document),
    }
}

/// HTML that we are about to send, as its text part.
pub(in crate::mail) fn text_part(html: &str) -> String {
    to_markdown(html, &mut Removed::default())
}

fn converter() -> HtmlToMarkdown {
    let options = Options {
        bullet_list_marker: BulletListMarker::Dash,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        link_style: LinkStyle::Inlined,
        ..Options::default()
    };
    HtmlToMarkdown::builder()
        .options(options)
        // An image is its alternative text: its address is for the mail program to fetch.
        .add_handler(
            vec!["img"],
            |_: &dyn Handlers, element: htmd::Element<'_>| {
                let alt = attr(&element, "alt").unwrap_or_default();
                let alt = alt.split_whitespace().collect::<Vec<_>>().join(" ");
                let text = match alt.is_empty() {
                    true => String::new(),
                    false => format!("[image: {alt}]"),
                };
                Some(HandlerResult::from(text))
            },
        )
        // A link that runs something is only its text.
        .add_handler(
            vec!["a"],
            |handlers: &dyn Handlers, element: htmd::Element<'_>| {
                let scheme = attr(&element, "href").unwrap_or_default();
                let scheme: String = scheme
                    .chars()
                    .filter(|c| !c.is_whitespace() && !c.is_control())
                    .take_while(|c| *c != ':')
                    .collect();
                match scheme.to_ascii_lowercase().as_str() {
                    "javascript" | "data" | "vbscript" | "file" => {
                        Some(handlers.walk_children(element.node))
                    }
                    _ => handlers.fallback(element),
                }
            },
        )
        .build()
}

fn attr(element: &htmd::Element<'_>, name: &str) -> Option<String> {
    element
        .attrs
        .iter()
        .find(|attr| attr.name.local.as_ref() == name)
        .map(|attr| attr.value.to_string())
}

/// At most one empty line in a row, and nothing at the ends of lines: newsletters are laid
/// out with empty cells.
fn tidy(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut empty = 0;
    for line in markdown.lines() {
        let line = line.trim_end_matches([' ', '\u{a0}']);
        empty = match line.is_empty() {
            true => empty + 1,
            false => 0,
        };
        if empty <= 1 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.trim().to_owned()
}

fn depth(document: &Handle) -> usize {
    let mut deepest = 0;
    let mut stack = vec![(document.clone(), 0)];
    while let Some((node, depth)) = stack.pop() {
        deepest = deepest.max(depth);
        stack.extend(
            node.children
                .borrow()
                .iter()
                .map(|child| (child.clone(), depth + 1)),
        );
    }
    deepest
}

/// All text of a document in its order, a line for each piece.
fn text_of(document: &Handle) -> String {
    let mut out = String::new();
    let mut stack = vec![document.clone()];
    while let Some(node) = stack.pop() {
        if let NodeData::Text { contents } = &node.data {
            let words = contents.borrow();
            let text = words.trim();
            if !text.is_empty() {
                out.push_str(text);
                out.push('\n');
            }
        }
        stack.extend(node.children.borrow().iter().rev().cloned());
    }
    out.trim_end().to_owned()
}
