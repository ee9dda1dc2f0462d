//! Quotes, lists and items in the Markdown: what stands before each of their lines.

use super::{Gap, Prefix, Writer};
use crate::limits::MAX_PREFIXES;

impl Writer {
    /// Begins a quote. A row has none.
    pub(in crate::page) fn push_quote(&mut self) {
        if self.is_joined() || self.code.is_some() {
            return self.prefixes.push(Prefix::default());
        }
        self.push(Prefix {
            first: None,
            rest: "> ".to_owned(),
        });
    }

    /// Begins an item with its marker.
    pub(in crate::page) fn push_item(&mut self, marker: &str) {
        if self.is_joined() || self.code.is_some() {
            if !marker.is_empty() {
                if self.code.is_none() {
                    self.line.space();
                }
                let depth = match self.line.ends_with_break() {
                    true => self.prefixes.len().saturating_sub(self.row_prefixes),
                    false => 0,
                };
                let indent = "  ".repeat(depth.min(MAX_PREFIXES));
                self.mark(&format!("{indent}{marker}"), None);
            }
            return self.prefixes.push(Prefix::default());
        }
        self.flush();
        if self.last_item == Some(self.prefixes.len()) {
            self.gap = self.gap.min(Gap::Line);
        }
        self.last_marker = marker.len();
        self.push(Prefix {
            first: Some(marker.to_owned()),
            rest: " ".repeat(marker.len()),
        });
        self.fresh_item = true;
    }

    /// Makes an item next to one that ended, at whatever depth.
    pub(in crate::page) fn join_items(&mut self) {
        if !self.is_joined() && self.code.is_none() {
            self.flush();
            if self.last_item.is_some() {
                self.gap = self.gap.min(Gap::Line);
            }
        }
    }

    /// Begins a list that is in no item of the list around it.
    pub(in crate::page) fn push_indent(&mut self) {
        if self.is_joined() || self.code.is_some() {
            return self.prefixes.push(Prefix::default());
        }
        self.push(Prefix {
            first: None,
            rest: " ".repeat(self.last_marker.max(2)),
        });
    }

    fn push(&mut self, prefix: Prefix) {
        self.flush();
        self.last_item = None;
        // Deeper quotes and items have the prefix of the last permitted one.
        let filled = self
            .prefixes
            .iter()
            .filter(|prefix| !prefix.rest.is_empty());
        match filled.count() < MAX_PREFIXES {
            true => self.prefixes.push(prefix),
            false => self.prefixes.push(Prefix {
                first: prefix
                    .first
                    .filter(|_| self.prefixes.len() < 2 * MAX_PREFIXES),
                rest: String::new(),
            }),
        }
    }

    /// Ends a quote or an item.
    pub(in crate::page) fn pop_prefix(&mut self, item: bool) {
        match self.is_joined() {
            true if item => self.line.drop_marker(),
            false if self.code.is_none() => self.flush(),
            true | false => {}
        }
        self.prefixes.pop();
        self.fresh_item = false;
        self.last_item = item.then_some(self.prefixes.len());
    }

    /// Ends a list.
    pub(in crate::page) fn end_list(&mut self) {
        self.last_item = None;
    }
}
