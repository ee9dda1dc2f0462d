//! Parts of a parsed Markdown mail that its HTML would not have as they were written: the numbers
//! of lists, signs of multiplication, and the words behind a fence.

use comrak::{
    Arena,
    nodes::{AstNode, ListType, NodeList, NodeValue},
};

/// First letter of the scripts whose words stand together without spaces.
const FIRST_UNSPACED: char = '\u{e00}';

/// Changes a document so that its HTML has these parts.
pub(super) fn keep<'a>(root: &'a AstNode<'a>, arena: &'a Arena<'a>) {
    let nodes: Vec<&AstNode> = root.descendants().collect();
    for node in nodes {
        let value = node.data.borrow().value.clone();
        match value {
            NodeValue::List(list) if list.list_type == ListType::Ordered => {
                number(node, &list, arena);
            }
            NodeValue::Emph if is_in_word(node, is_spaced) => unwrap(node, "*", arena),
            NodeValue::Strong if is_in_word(node, |c| c.is_ascii_digit()) => {
                unwrap(node, "**", arena);
            }
            NodeValue::CodeBlock(code) if is_shown(&code.info) => {
                let words = arena.alloc(NodeValue::Text(code.info.into()).into());
                let paragraph = arena.alloc(NodeValue::Paragraph.into());
                paragraph.append(words);
                node.insert_before(paragraph);
            }
            _ => {}
        }
    }
}

/// Splits a list before each item whose number does not follow the one before: HTML has the number
/// of the first item alone. Equal ones are Markdown's way to leave the numbers to the program.
fn number<'a>(list: &'a AstNode<'a>, kind: &NodeList, arena: &'a Arena<'a>) {
    let items: Vec<&AstNode> = list.children().collect();
    let number = |item: &AstNode| match &item.data.borrow().value {
        NodeValue::Item(item) => Some(item.start),
        _ => None,
    };
    let is_lazy = kind.start <= 1 && items.iter().all(|item| number(item) == Some(kind.start));
    if is_lazy {
        return;
    }
    let mut current = list;
    let mut expected = kind.start;
    for item in items {
        let start = number(item).unwrap_or(expected);
        if start != expected {
            let rest = NodeValue::List(NodeList { start, ..*kind });
            let rest = arena.alloc(rest.into());
            current.insert_after(rest);
            current = rest;
        }
        if !std::ptr::eq(current, list) {
            current.append(item);
        }
        expected = start + 1;
    }
}

/// Returns whether an element starts within a word, as `*10*` in `5*10*2` does.
fn is_in_word<'a>(node: &'a AstNode<'a>, is_letter: impl Fn(char) -> bool) -> bool {
    let before = node.previous_sibling().and_then(|before| {
        let data = before.data.borrow();
        data.value.text().and_then(|text| text.chars().next_back())
    });
    let inside = node.first_child().and_then(|first| {
        let data = first.data.borrow();
        data.value.text().and_then(|text| text.chars().next())
    });
    before.is_some_and(&is_letter) && inside.is_some_and(&is_letter)
}

fn is_spaced(c: char) -> bool {
    c.is_alphanumeric() && c < FIRST_UNSPACED
}

/// Replaces an element by its content between two marks.
fn unwrap<'a>(node: &'a AstNode<'a>, mark: &'static str, arena: &'a Arena<'a>) {
    let text = || arena.alloc(NodeValue::Text(mark.into()).into());
    let children: Vec<&AstNode> = node.children().collect();
    node.insert_before(text());
    for child in children {
        node.insert_before(child);
    }
    node.insert_before(text());
    node.detach();
}

/// Returns whether the words behind a fence are more than the name of a language.
fn is_shown(info: &str) -> bool {
    let info = info.trim();
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "+#-_.".contains(c);
    let is_language = (info.starts_with(|c: char| c.is_ascii_lowercase())
        && info.chars().all(is_name))
        || info.bytes().all(|b| b.is_ascii_uppercase());
    !info.is_empty() && !is_language
}
