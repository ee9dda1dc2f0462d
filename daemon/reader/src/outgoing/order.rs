//! Text of an outgoing mail that a mail program may show in another place than the preview, which has the
//! order of the source. The person who approves the mail is told.

use super::{
    tree::{Data, Edge, Element, NodeId, Tree},
    values::{self, FONT},
};
use crate::characters;
use std::collections::HashSet;

/// Most nodes after an element that are examined.
const MAX_FOLLOWERS: usize = 64;

/// Returns the texts below elements that move their content.
pub(super) fn moved(tree: &Tree) -> HashSet<NodeId> {
    let mut moved = HashSet::new();
    let mut is_inside = vec![false];
    for edge in tree.walk(Tree::DOCUMENT) {
        let Edge::Open(id) = edge else {
            is_inside.pop();
            continue;
        };
        let outer = is_inside.last().copied().unwrap_or_default();
        match tree.data(id) {
            Data::Text(_) if outer => {
                moved.insert(id);
            }
            Data::Element(element) => is_inside.push(outer || moves(tree, id, element)),
            Data::Text(_) | Data::Document | Data::Comment => {}
        }
    }
    moved
}

/// Returns whether an element can be seen in another place than in the source, or shows its content in
/// another order.
fn moves(tree: &Tree, id: NodeId, element: &Element) -> bool {
    let is_rtl = |value: &str| value.eq_ignore_ascii_case("rtl");
    let mut turns = element.attr("dir").is_some_and(|dir| is_rtl(dir.trim()));
    let (mut is_moved, mut is_positioned, mut has_offset) = (false, false, false);
    for declaration in values::in_order(element.attr("style").unwrap_or_default()) {
        let value = declaration.value.as_str();
        let is_usual = matches!(
            value,
            "auto" | "none" | "normal" | "initial" | "unset" | "0"
        );
        match declaration.name.as_str() {
            "direction" => turns = is_rtl(value),
            "flex-direction" | "flex-flow" | "flex-wrap" => is_moved |= value.contains("reverse"),
            "float" => is_moved |= !matches!(value, "left" | "inline-start") && !is_usual,
            "order" | "grid-area" | "grid-template-areas" => is_moved |= !is_usual,
            "grid-row" | "grid-row-start" | "grid-row-end" | "grid-column"
            | "grid-column-start" | "grid-column-end" => {
                let is_wide = value.starts_with("span") || value.replace(' ', "") == "1/-1";
                is_moved |= !is_usual && !is_wide;
            }
            "grid-auto-flow" => is_moved |= value.contains("column") || value.contains("dense"),
            "position" => is_positioned = value != "static" && !is_usual,
            "left" | "right" | "top" | "bottom" | "inset" => {
                let lengths = values::lengths(value, FONT);
                // A smaller one raises a letter, or adjusts a line.
                let is_small = lengths.is_some_and(|all| all.iter().all(|px| px.abs() < FONT));
                has_offset |= !is_usual && !is_small;
            }
            "display" if !matches!(element.tag(), "thead" | "tfoot") => {
                is_moved |= matches!(value, "table-header-group" | "table-footer-group");
            }
            _ => {}
        }
    }
    is_moved |= match element.tag() {
        "caption" => is_below(tree, id, element),
        // The rows of a footer are at the end of their table.
        "tfoot" => followers(tree, id).any(|next| matches!(tree.tag(next), "tbody" | "tr")),
        _ => false,
    };
    // Text from right to left is read in this order.
    is_moved || (is_positioned && has_offset) || (turns && is_mostly_ltr(&tree.text(id)))
}

/// Returns whether a caption is below its table.
fn is_below(tree: &Tree, id: NodeId, caption: &Element) -> bool {
    let table = tree.parent(id).and_then(|table| tree.element(table));
    let styles = [Some(caption), table].into_iter().flatten();
    let mut styles = styles.filter_map(|element| element.attr("style"));
    let aligned = caption
        .attr("align")
        .is_some_and(|side| side.eq_ignore_ascii_case("bottom"));
    aligned
        || styles.any(|style| {
            let mut all = values::in_order(style).into_iter();
            all.any(|declared| declared.name == "caption-side" && declared.value == "bottom")
        })
}

/// Returns the nodes just after another one in the same element.
fn followers(tree: &Tree, id: NodeId) -> impl Iterator<Item = NodeId> {
    let all = std::iter::successors(tree.next_sibling(id), |next| tree.next_sibling(*next));
    all.take(MAX_FOLLOWERS)
}

fn is_mostly_ltr(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (rtl, ltr): (Vec<char>, Vec<char>) =
        letters.partition(|c| characters::is_right_to_left(*c));
    ltr.len() > 2 * rtl.len()
}
