//! Numbers of the items of lists in the text part: those that the HTML part shows.

use super::{
    lines::BULLET,
    tree::{Element, NodeId, Tree},
    values,
};
use crate::{cascade::hints, css::marker::ListStyle, page};

/// An open list.
pub(super) struct List {
    next: i64,
    /// From one item to the next.
    step: i64,
    style: ListStyle,
}

impl List {
    pub(super) fn new(tree: &Tree, id: NodeId, element: &Element) -> Self {
        let is_numbered = element.tag() == "ol";
        let start = element.attr("start").filter(|_| is_numbered);
        let start = start.and_then(page::integer);
        let usual = match is_numbered {
            true => ListStyle::Decimal,
            false => ListStyle::Bullet,
        };
        let is_reversed = is_numbered && element.attr("reversed").is_some();
        let first = || match is_reversed {
            true => {
                let is_item = |child: &NodeId| tree.tag(*child) == "li";
                let items = tree.children(id).filter(is_item).count();
                i64::try_from(items).unwrap_or(i64::MAX)
            }
            false => 1,
        };
        Self {
            next: start.unwrap_or_else(first),
            step: if is_reversed { -1 } else { 1 },
            style: style_of(element).unwrap_or(usual),
        }
    }

    /// Returns the mark of the next item.
    pub(super) fn next(&mut self, item: &Element) -> String {
        let value = item.attr("value").and_then(page::integer);
        let number = value.unwrap_or(self.next);
        self.next = number.saturating_add(self.step);
        match style_of(item).unwrap_or(self.style) {
            ListStyle::Bullet => BULLET.to_owned(),
            ListStyle::None => String::new(),
            style => format!("{}. ", page::number(number, style)),
        }
    }
}

/// Returns the style of marks that a list or an item has itself.
fn style_of(element: &Element) -> Option<ListStyle> {
    let declarations = values::in_order(element.attr("style").unwrap_or_default());
    let declared = declarations.iter().rev().find_map(|declaration| {
        let is_style = matches!(declaration.name.as_str(), "list-style" | "list-style-type");
        let mut words = declaration.value.split_whitespace().filter(|_| is_style);
        words.find_map(|word| {
            Some(match word {
                "none" => ListStyle::None,
                "disc" | "circle" | "square" => ListStyle::Bullet,
                "decimal" | "decimal-leading-zero" => ListStyle::Decimal,
                "lower-alpha" | "lower-latin" => ListStyle::LowerAlpha,
                "upper-alpha" | "upper-latin" => ListStyle::UpperAlpha,
                "lower-roman" => ListStyle::LowerRoman,
                "upper-roman" => ListStyle::UpperRoman,
                "inside" | "outside" | "inherit" | "initial" | "unset" => return None,
                // Other alphabets, as the reader of incoming mail writes them.
                _ => ListStyle::Decimal,
            })
        })
    });
    declared.or_else(|| hints::marker(element.attr("type")?))
}
