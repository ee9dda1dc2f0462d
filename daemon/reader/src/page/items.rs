//! Lists and their items in the Markdown.

use super::{
    Page,
    lists::{self, List, Numbering},
    room::MAX_BEFORE,
    word,
    writer::Gap,
};
use crate::{
    cascade::Computed,
    css::{marker::ListStyle, property::Display},
    document::{Element, NodeId},
};

impl Page<'_> {
    pub(super) fn open_list(&mut self, node: NodeId, element: &Element) {
        if self.is_in_list(node) {
            self.writer.push_indent();
        }
        let list = List::new(self.document, self.styles, node, element);
        self.lists.push(list);
    }

    pub(super) fn close_list(&mut self, node: NodeId) {
        self.lists.pop();
        self.writer.end_list();
        if self.is_in_list(node) {
            self.writer.pop_prefix(true);
        }
    }

    /// Returns whether a list is in another list and in no item of it, as editors of mail write it.
    fn is_in_list(&self, node: NodeId) -> bool {
        let parent = self.document.node(node).parent.unwrap_or(NodeId::ROOT);
        matches!(self.document.name(parent), "ul" | "ol" | "menu" | "dir")
    }

    pub(super) fn open_word_item(&mut self, node: NodeId) {
        let item = word::item(self.document, self.styles, self.sight, node);
        let Some(item) = item.filter(|_| !self.directions.is_override()) else {
            return;
        };
        self.writer.join_items();
        for _ in 1..item.level {
            self.writer.push_indent();
        }
        self.writer.push_item(&item.marker);
        self.items.push((node, item.level));
        self.marker = Some(item.node);
    }

    pub(super) fn close_word_item(&mut self, node: NodeId) {
        if let Some((_, level)) = self.items.pop_if(|(item, _)| *item == node) {
            for _ in 0..level {
                self.writer.pop_prefix(true);
            }
            self.writer.gap(Gap::Blank);
        }
    }

    /// Returns whether an item has a list in place of text, as Outlook writes the lists in other lists.
    fn is_sublist(&self, node: NodeId) -> bool {
        let is_filled = |node: &NodeId| self.survey.get(*node).is_filled();
        let before = self.document.before(node).take(MAX_BEFORE).find(is_filled);
        let mut children = self.document.children(node).take(MAX_BEFORE);
        let is_text = |node: &NodeId| {
            self.document
                .text(*node)
                .is_some_and(|text| !text.trim().is_empty())
        };
        let first = children.find(|node| is_filled(node) || is_text(node));
        before.is_some()
            && first.is_some_and(|first| matches!(self.document.name(first), "ul" | "ol"))
    }

    /// Returns whether an element explains the term before it. Old mails indent text with such elements
    /// and no term.
    pub(super) fn is_meaning(&self, node: NodeId, element: &Element) -> bool {
        let mut before = self.document.before(node).take(MAX_BEFORE);
        // A second level of indentation would be a block of code.
        let mut around = self.document.ancestors(node).take(MAX_BEFORE);
        element.html_name() == "dd"
            && !around.any(|node| self.document.name(node) == "dd")
            && self.styles.get(node).display == Display::Block
            && before
                .any(|node| self.document.name(node) == "dt" && self.survey.get(node).is_filled())
    }

    pub(super) fn open_item(&mut self, node: NodeId, element: &Element, style: &Computed) {
        let numbering = match element.html_name() {
            "li" => self.lists.last_mut().map(|list| list.next(element)),
            _ => None,
        };
        let marker = match (&style.inherited.list_style, numbering) {
            (ListStyle::None, _) if self.is_sublist(node) => return self.writer.push_indent(),
            (ListStyle::None, _) => String::new(),
            (ListStyle::Text(text), _) => self.own_marker(node, text),
            (ListStyle::Bullet, _) | (_, None) => "- ".to_owned(),
            (style, Some(Numbering(number))) => format!("{}. ", lists::number(number, style)),
        };
        self.writer.push_item(&marker);
    }

    /// Returns the marker of an item whose style writes it as text, as Outlook on the web does for `1)`. A text
    /// that is no usual marker stays in the item.
    fn own_marker(&mut self, item: NodeId, text: &str) -> String {
        let usual = "- ".to_owned();
        let Some(written) = word::marker(text.trim(), "") else {
            return usual;
        };
        let first = self.document.node(item).first;
        let generated =
            |element: &Element| element.html_name() == "span" && element.attributes.is_empty();
        let first = first.filter(|first| self.document.element(*first).is_some_and(generated));
        let shown = first.and_then(|first| self.document.children(first).next());
        let shown = shown.filter(|shown| self.document.text(*shown) == Some(text));
        let Some(shown) = shown else { return written };
        self.marker = first;
        match self.sight.is_seen(shown) {
            true => written,
            false => usual,
        }
    }
}
