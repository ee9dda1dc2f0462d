//! The text in place of a control of a form, which no mail program shows.

use super::{
    left_out::{Kind, LeftOut},
    tree::{Data, Element, NodeId, Tree},
};

/// Returns the text that stands for a control of a form: the state of a box, the words of a button.
pub(super) fn replacement(element: &Element) -> Option<&str> {
    if element.tag() != "input" {
        return None;
    }
    let kind = element.attr("type").unwrap_or_default();
    match kind.to_ascii_lowercase().as_str() {
        "checkbox" if element.attr("checked").is_some() => Some("☑"),
        "checkbox" => Some("☐"),
        "submit" | "button" | "reset" => element.attr("value").filter(|value| !value.is_empty()),
        _ => None,
    }
}

/// Inserts the text that stands for a control before it.
pub(super) fn replace(tree: &mut Tree, id: NodeId, words: &str, left_out: &mut LeftOut) {
    let is_box = matches!(words, "☐" | "☑");
    if !is_box {
        left_out.add(Kind::Form);
    }
    let paragraph = paragraph_after(tree, id).filter(|_| is_box);
    let next = match paragraph {
        Some(paragraph) => tree.first_child(paragraph),
        None => tree.next_sibling(id),
    };
    let after = next.map(|next| tree.data(next));
    let has_space = matches!(after, Some(Data::Text(text)) if text.starts_with([' ', '\n']));
    let space = if is_box && !has_space { " " } else { "" };
    let text = Data::Text(format!("{words}{space}").as_str().into());
    let text = tree.add(text);
    match (paragraph, next) {
        (Some(_), Some(first)) => tree.insert_before(first, text),
        (Some(paragraph), None) => tree.append(paragraph, text),
        (None, _) => tree.insert_before(id, text),
    }
}

/// Returns the paragraph that begins an item after its box, which is on the first line of it.
fn paragraph_after(tree: &Tree, id: NodeId) -> Option<NodeId> {
    let is_blank = |node: &NodeId| match tree.data(*node) {
        Data::Text(text) => text.trim().is_empty(),
        Data::Document | Data::Comment | Data::Element(_) => false,
    };
    let mut children = tree
        .children(tree.parent(id)?)
        .filter(|node| !is_blank(node));
    let is_first = children.next() == Some(id);
    children
        .next()
        .filter(|next| is_first && tree.tag(*next) == "p")
}
