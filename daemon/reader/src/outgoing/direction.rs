//! Direction of writing. A mail program shows a block from left to right unless `dir` says
//! otherwise, so each block gets the direction of its first letter.

use super::{
    elements,
    tree::{Data, Edge, NodeId, Tree},
};
use crate::characters;
use std::collections::HashMap;

/// Direction of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    LeftToRight,
    RightToLeft,
}

/// Sets `dir` on the blocks whose direction differs from the direction around them. A direction in
/// the source stays.
pub(super) fn set(tree: &mut Tree) {
    let first = first_letters(tree);
    if !first.values().any(|d| *d == Direction::RightToLeft) {
        return;
    }
    let mut around = vec![Some(Direction::LeftToRight)];
    let mut changes = Vec::new();
    for edge in tree.walk(Tree::DOCUMENT) {
        match edge {
            Edge::Open(id) => {
                let Some(element) = tree.element(id) else {
                    continue;
                };
                let outer = around.last().copied().flatten();
                let styled = element
                    .attr("style")
                    .is_some_and(|s| s.contains("direction"));
                // `None`: the source decides for everything below.
                let inner = match outer {
                    _ if styled || element.attr("dir").is_some() => None,
                    Some(outer) if is_directed(element.tag()) => {
                        let own = first.get(&id).copied().unwrap_or(outer);
                        if own != outer {
                            changes.push((id, own));
                        }
                        Some(own)
                    }
                    outer => outer,
                };
                around.push(inner);
            }
            Edge::Close(_) => {
                around.pop();
            }
        }
    }
    for (id, direction) in changes {
        if let Some(element) = tree.element_mut(id) {
            element.set(
                "dir",
                match direction {
                    Direction::LeftToRight => "ltr",
                    Direction::RightToLeft => "rtl",
                },
            );
        }
    }
}

/// Returns whether an element takes the direction of its own text. A `<div>` that only holds other
/// blocks does so, too, which its blocks correct.
fn is_directed(tag: &str) -> bool {
    elements::is_block(tag) && !matches!(tag, "tbody" | "thead" | "tfoot" | "tr" | "hr")
}

/// Returns the direction of the first letter in each element that has one.
fn first_letters(tree: &Tree) -> HashMap<NodeId, Direction> {
    let mut first: HashMap<NodeId, Direction> = HashMap::new();
    for edge in tree.walk(Tree::DOCUMENT) {
        let Edge::Open(id) = edge else {
            continue;
        };
        let Data::Text(text) = tree.data(id) else {
            continue;
        };
        let Some(direction) = direction_of(text) else {
            continue;
        };
        // Ancestors above one that has a direction have one, too.
        for ancestor in tree.ancestors(id) {
            if first.contains_key(&ancestor) {
                break;
            }
            first.insert(ancestor, direction);
        }
    }
    first
}

fn direction_of(text: &str) -> Option<Direction> {
    let letter = text.chars().find(|c| c.is_alphabetic())?;
    Some(match characters::is_right_to_left(letter) {
        true => Direction::RightToLeft,
        false => Direction::LeftToRight,
    })
}
