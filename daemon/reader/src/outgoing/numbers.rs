//! Numbers of the items of lists in the text part: those that the HTML part shows.

use super::{
    lines::BULLET,
    tree::{Element, NodeId, Tree},
    values,
};
use crate::{
    cascade::hints,
    css::marker::{self, ListStyle},
    page,
};
use cssparser::Parser;

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
        match style_of(item).unwrap_or_else(|| self.style.clone()) {
            ListStyle::Bullet | ListStyle::Text(_) => BULLET.to_owned(),
            ListStyle::None => String::new(),
            style => format!("{}. ", page::number(number, &style)),
        }
    }
}

/// Returns the style of marks that a list or an item has itself.
fn style_of(element: &Element) -> Option<ListStyle> {
    let declarations = values::in_order(element.attr("style").unwrap_or_default());
    let declared = declarations.iter().rev().find_map(|declaration| {
        let is_style = matches!(declaration.name.as_str(), "list-style" | "list-style-type");
        match declaration.value.as_str() {
            // An item inherits the style of its list.
            "inherit" | "unset" if element.tag() == "li" => None,
            "revert" | "revert-layer" | "" => None,
            "initial" | "inherit" | "unset" => is_style.then(ListStyle::default),
            value => is_style.then(|| marker::list_style(&mut Parser::new(value))),
        }
    });
    declared.or_else(|| hints::marker(element.attr("type")?))
}
