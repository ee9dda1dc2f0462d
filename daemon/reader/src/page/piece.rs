//! Pieces of a line of the Markdown, with their emphasis and links.

use crate::document::NodeId;
use std::rc::Rc;

/// Emphasis of text, as the number of open elements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TextStyle {
    pub(super) bold: u32,
    pub(super) italic: u32,
    pub(super) code: u32,
    pub(super) struck: bool,
}

/// A link around text.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) node: NodeId,
    pub(super) address: Rc<str>,
    /// Whether the text is the address.
    pub(super) same: bool,
    /// The host of the target if the text names another one.
    pub(super) warning: Option<Rc<str>>,
    /// Whether the link has text, so that its images need no address.
    pub(super) has_text: bool,
}

/// A piece of a line.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) kind: Kind,
    pub(super) link: Option<Link>,
}

impl Piece {
    /// Returns text that is escaped.
    pub(super) fn literal(&self) -> Option<&str> {
        matches!(self.kind, Kind::Text(style) if style.code == 0).then_some(self.text.as_str())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text of the mail, which is escaped.
    Text(TextStyle),
    /// Markdown or a label.
    Written,
    /// A line break in a cell.
    Break,
}

/// Context of a line.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Context {
    /// Whether bold text is not marked, as in headings.
    pub(super) plain: bool,
    /// Whether the line is a cell of a Markdown table.
    pub(super) cell: bool,
}
