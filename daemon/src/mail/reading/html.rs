//! HTML to Markdown: parses as browsers do, removes invisible content, converts. Nesting that is
//! too deep for the converter becomes plain text.

use super::{hidden, invisible};
use htmd::{
    HtmlToMarkdown,
    element_handler::{HandlerResult, Handlers},
    options::{BulletListMarker, LinkStyle, Options},
};
use html5ever::{ParseOpts, parse_document, serialize, tendril::TendrilSink as _};
use markup5ever_rcdom::{Handle, NodeData, RcDom, SerializableHandle};
use tai_proto::mail::Removed;

/// Deepest nesting that the recursive converter gets; deeper documents become plain text.
const MAX_DEPTH: usize = 200;
/// Deepest nesting that is parsed. The parser's time grows with the square of the depth, and of
/// the length of a tag.
const MAX_PARSED_DEPTH: usize = 2_000;
/// Longest tag that is parsed, in bytes.
const MAX_TAG: usize = 16 << 10;

/// Converts HTML to Markdown, and counts the removed parts in `removed`.
pub(super) fn to_markdown(html: &str, removed: &mut Removed) -> String {
    if is_too_complex(html) {
        removed.flattened = true;
        return strip(html, removed);
    }
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    hidden::remove_hidden(&dom.document, removed);
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
        Ok(markdown) => collapse_blank_lines(&invisible::clean(&markdown, &mut removed.invisible)),
        Err(_) => text_of(&dom.document),
    }
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
        // Only the alternative text of an image has meaning for an agent.
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
        // A link with an active scheme, or without a target, becomes its text.
        .add_handler(
            vec!["a"],
            |handlers: &dyn Handlers, element: htmd::Element<'_>| {
                let address = attr(&element, "href").unwrap_or_default();
                let scheme: String = address
                    .chars()
                    .filter(|c| !c.is_whitespace() && !c.is_control())
                    .take_while(|c| *c != ':')
                    .collect();
                match scheme.to_ascii_lowercase().as_str() {
                    "javascript" | "data" | "vbscript" | "file" | "" => {
                        Some(handlers.walk_children(element.node))
                    }
                    anchor if anchor.starts_with('#') => Some(handlers.walk_children(element.node)),
                    _ => handlers.fallback(element),
                }
            },
        )
        .add_handler(
            vec!["pre"],
            |_: &dyn Handlers, element: htmd::Element<'_>| {
                Some(HandlerResult::from(code_block(
                    &language(element.node),
                    &raw_text(element.node),
                )))
            },
        )
        .add_handler(
            vec!["s", "del", "strike"],
            |handlers: &dyn Handlers, element: htmd::Element<'_>| {
                Some(around(
                    "~~",
                    &handlers.walk_children(element.node).content,
                    "~~",
                ))
            },
        )
        .add_handler(
            vec!["sup"],
            |handlers: &dyn Handlers, element: htmd::Element<'_>| {
                Some(around(
                    "^",
                    &handlers.walk_children(element.node).content,
                    "",
                ))
            },
        )
        .build()
}

fn around(before: &str, content: &str, after: &str) -> HandlerResult {
    match content.trim().is_empty() {
        true => HandlerResult::from(content),
        false => HandlerResult::from(format!("{before}{content}{after}")),
    }
}

/// Returns the language of a `<pre>` from its `language-` class; empty if there is none, or if
/// it contains other characters than ASCII letters and digits.
fn language(pre: &Handle) -> String {
    let children = pre.children.borrow();
    let class = children.iter().find_map(|child| match &child.data {
        NodeData::Element { name, attrs, .. } if name.local.as_ref() == "code" => attrs
            .borrow()
            .iter()
            .find(|attr| attr.name.local.as_ref() == "class")
            .map(|attr| attr.value.to_string()),
        _ => None,
    });
    let language = class.unwrap_or_default();
    let language = language
        .split_whitespace()
        .find_map(|word| word.strip_prefix("language-"));
    language
        .filter(|name| name.len() < 20 && name.bytes().all(|b| b.is_ascii_alphanumeric()))
        .unwrap_or_default()
        .to_owned()
}

/// Returns a code block whose fence is longer than any fence in the code.
fn code_block(language: &str, code: &str) -> String {
    let code = code.trim_matches('\n');
    let longest = code
        .lines()
        .map(|line| line.trim_start().bytes().take_while(|b| *b == b'`').count())
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(3.max(longest + 1));
    format!("\n\n{fence}{language}\n{code}\n{fence}\n\n")
}

fn attr(element: &htmd::Element<'_>, name: &str) -> Option<String> {
    element
        .attrs
        .iter()
        .find(|attr| attr.name.local.as_ref() == name)
        .map(|attr| attr.value.to_string())
}

/// Removes trailing spaces and repeated empty lines, which the empty layout cells of newsletters
/// produce.
fn collapse_blank_lines(markdown: &str) -> String {
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

/// Returns all text of a document in document order, one line per text node.
fn text_of(document: &Handle) -> String {
    let mut out = String::new();
    for piece in pieces(document) {
        if !piece.trim().is_empty() {
            out.push_str(piece.trim());
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}

/// Returns all text of a node, unchanged.
fn raw_text(node: &Handle) -> String {
    pieces(node).concat()
}

fn pieces(node: &Handle) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut stack = vec![node.clone()];
    while let Some(node) = stack.pop() {
        match &node.data {
            NodeData::Text { contents } => pieces.push(contents.borrow().to_string()),
            NodeData::Element { name, .. } if name.local.as_ref() == "br" => {
                pieces.push("\n".to_owned());
            }
            _ => {}
        }
        stack.extend(node.children.borrow().iter().rev().cloned());
    }
    pieces
}

/// Returns whether parsing could take long. A missing end tag counts as depth.
fn is_too_complex(html: &str) -> bool {
    const VOID: [&str; 9] = [
        "br", "hr", "img", "input", "meta", "link", "col", "wbr", "p",
    ];
    let mut depth = 0usize;
    for tag in html.split('<').skip(1) {
        let end = tag.find('>').unwrap_or(tag.len());
        if end > MAX_TAG {
            return true;
        }
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let name = tag
                .find(|c: char| !c.is_ascii_alphanumeric())
                .and_then(|end| tag.get(..end))
                .unwrap_or(tag);
            if !VOID.iter().any(|void| name.eq_ignore_ascii_case(void)) {
                depth += 1;
            }
        }
        if depth > MAX_PARSED_DEPTH {
            return true;
        }
    }
    false
}

/// Returns the text outside of tags, comments, scripts and styles, in one pass.
fn strip(html: &str, removed: &mut Removed) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        if !text.trim().is_empty() {
            out.push_str(text.trim());
            out.push('\n');
        }
        let name: String = tag
            .chars()
            .skip(1)
            .take_while(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        let end = match name.as_str() {
            _ if tag.starts_with("<!--") => {
                removed.comments += 1;
                "-->"
            }
            "script" => {
                removed.scripts += 1;
                "</script>"
            }
            "style" => "</style>",
            _ => ">",
        };
        rest = match tag.find(end) {
            Some(at) => tag.get(at + end.len()..).unwrap_or_default(),
            None => "",
        };
    }
    if !rest.trim().is_empty() {
        out.push_str(rest.trim());
    }
    out.trim_end().to_owned()
}
