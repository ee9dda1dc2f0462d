//! Addresses in the text of a Markdown mail. The parser ends them at ASCII alone, and takes the quote, the
//! dash and the full stop of another script behind them for a part.

use super::written::at_source;
use comrak::{
    Arena,
    nodes::{AstNode, NodeValue},
};

/// Marks that end an address, or its host.
const ENDS: &str = "’‘“”„‚«»‹›…—–。、，；：！？（）「」『』【】《》〈〉｡､";
/// Those that an address may have before a letter, as in `wiki/Michelson–Morley_experiment`.
const JOINERS: &str = "’–—…";

/// Ends the addresses of a document that stand in its text at such a mark.
pub(super) fn end<'a>(root: &'a AstNode<'a>, lines: &[&str], arena: &'a Arena<'a>) {
    let nodes: Vec<&AstNode> = root.descendants().collect();
    for node in nodes {
        if !matches!(node.data.borrow().value, NodeValue::Link(_)) {
            continue;
        }
        // `[words](address)` and `<address>` have an end of their own.
        let is_marked = at_source(node, lines).starts_with(['[', '<']);
        let Some(text) = node.first_child().filter(|_| !is_marked) else {
            continue;
        };
        let words = text.data.borrow().value.text().map(|text| text.to_string());
        let Some(words) = words else { continue };
        let Some(at) = end_of(&words) else {
            continue;
        };
        let (address, _) = words.split_at(at);
        let address = address.trim_end_matches(['.', ',', ':', ';', '!', '?', '\'', '"']);
        let (address, rest) = words.split_at(address.len());
        if let NodeValue::Link(link) = &mut node.data.borrow_mut().value
            && let Some(url) = link.url.strip_suffix(rest)
        {
            link.url = url.to_owned();
        } else {
            continue;
        }
        text.data.borrow_mut().value = NodeValue::Text(address.to_owned().into());
        node.insert_after(arena.alloc(NodeValue::Text(rest.to_owned().into()).into()));
    }
}

/// Returns where a mark ends an address.
fn end_of(address: &str) -> Option<usize> {
    let after_scheme = address.find("://").map_or(0, |at| at + 3);
    let host = address.get(after_scheme..).unwrap_or_default();
    let path = host
        .find(['/', '?', '#'])
        .map_or(address.len(), |at| after_scheme + at);
    let mut letters = address.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let goes_on = letters
            .peek()
            .is_some_and(|(_, next)| next.is_alphanumeric());
        let joins = at > path && goes_on && JOINERS.contains(c);
        if ENDS.contains(c) && !joins {
            return Some(at);
        }
    }
    None
}
