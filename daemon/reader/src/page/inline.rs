//! A line of the Markdown in the making.

use super::{
    border::Border,
    emphasis::Emphasis,
    escape::{Markup, block_escape},
    piece::{Context, Kind, Link, Piece, TextStyle},
    spaces::{self, Spaces},
};
use crate::document::NodeId;

/// Longest indentation of a preformatted line.
const MAX_INDENT: usize = 40;

/// A line in the making.
#[derive(Debug, Default)]
pub(super) struct Line {
    pieces: Vec<Piece>,
    /// Spaces before the text of a preformatted line.
    indent: String,
    /// Number of spaces that are due before the next piece.
    spaces: usize,
    /// The border before the next piece.
    border: Border,
    /// Whether the next piece is in another cell of a table within the cell.
    is_cell_due: bool,
    bytes: usize,
}

impl Line {
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.bytes
    }

    /// Returns the last piece of text; empty if a space is due.
    pub(super) fn end(&self) -> &str {
        let last = self
            .pieces
            .last()
            .filter(|_| self.spaces == 0 && !self.border.is_box());
        let text = last.filter(|piece| piece.kind != Kind::Break);
        text.map_or("", |piece| piece.text.as_str())
    }

    /// Returns the characters of the line from its end; none if a space is due.
    pub(super) fn backwards(&self) -> impl Iterator<Item = char> {
        let is_apart = self.spaces > 0 || self.border.is_box();
        let pieces: &[Piece] = if is_apart { &[] } else { &self.pieces };
        let pieces = pieces.iter().rev();
        let pieces = pieces.take_while(|piece| piece.kind != Kind::Break);
        pieces.flat_map(|piece| piece.text.chars().rev())
    }

    /// Appends a line break of a cell.
    pub(super) fn line_break(&mut self) {
        self.spaces = 0;
        self.is_cell_due = false;
        self.push("<br>".to_owned(), Kind::Break, None);
    }

    /// Forgets the line breaks at the end.
    pub(super) fn trim_breaks(&mut self) {
        while self.ends_with_break() {
            self.pieces.pop();
        }
    }

    /// Returns whether a line break of a cell is at the end.
    pub(super) fn ends_with_break(&self) -> bool {
        self.pieces
            .last()
            .is_some_and(|piece| piece.kind == Kind::Break)
    }

    /// Returns whether the marker of an item is at the end. It ends with a space, as no other sign does.
    pub(super) fn ends_with_marker(&self) -> bool {
        self.pieces
            .last()
            .is_some_and(|piece| piece.kind == Kind::Written && piece.text.ends_with(' '))
    }

    /// Removes the marker of an item without text from the end.
    pub(super) fn drop_marker(&mut self) {
        if self.ends_with_marker() {
            self.pieces.pop();
        }
    }

    /// Makes a space due, unless nothing is before it.
    pub(super) fn space(&mut self) {
        self.spaced(1);
    }

    fn spaced(&mut self, spaces: usize) {
        let begins = self.is_empty() || self.ends_with_break() || self.ends_with_marker();
        self.spaces = if begins { 0 } else { self.spaces.max(spaces) };
    }

    /// Makes a space due, unless the boxes on both sides have parts of a number.
    pub(super) fn beside(&mut self) {
        if !self.is_empty() {
            self.border.cross();
        }
    }

    /// Begins another cell of a table within the cell, unless nothing is before it.
    pub(super) fn inner_cell(&mut self) {
        self.is_cell_due = !self.is_empty() && !self.ends_with_break() && !self.ends_with_marker();
    }

    /// Appends text. Spaces at the ends become due. Fixed spaces at the beginning of a line may indent it.
    pub(super) fn text(
        &mut self,
        text: &str,
        style: TextStyle,
        link: Option<&Link>,
        may_indent: bool,
    ) {
        let before = Spaces::of(text.chars());
        if may_indent && self.is_empty() {
            self.indent += &" ".repeat(before.indent().min(MAX_INDENT));
            self.indent.truncate(MAX_INDENT);
        }
        self.spaced(before.between());
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return;
        }
        let mut collapsed = String::with_capacity(trimmed.len());
        let mut spaces = Spaces::default();
        for c in trimmed.chars() {
            if c.is_whitespace() {
                spaces.add(c);
                continue;
            }
            let run = std::mem::take(&mut spaces).between();
            let run = spaces::beside(run, collapsed.chars().next_back(), Some(c), link.is_some());
            collapsed.extend(std::iter::repeat_n(' ', run));
            collapsed.push(c);
        }
        self.push(collapsed, Kind::Text(style), link);
        self.spaced(Spaces::of(text.chars().rev()).between());
    }

    /// Appends text with its spaces. Those at the beginning of the line are its indentation.
    pub(super) fn verbatim(&mut self, text: &str, style: TextStyle, link: Option<&Link>) {
        let text = match self.is_empty() {
            true => {
                let rest = text.trim_start_matches([' ', '\t', '\u{a0}']);
                let spaces = text.get(..text.len() - rest.len()).unwrap_or_default();
                self.indent += &spaces.replace('\t', "    ").replace('\u{a0}', " ");
                self.indent.truncate(MAX_INDENT);
                rest
            }
            false => text,
        };
        if !text.is_empty() {
            let text = text.replace('\u{a0}', " ");
            self.push(text, Kind::Text(style), link);
        }
    }

    /// Forgets the indentation of a line without text.
    pub(super) fn unindent(&mut self) {
        self.indent.clear();
    }

    /// Appends Markdown.
    pub(super) fn written(&mut self, text: &str, link: Option<&Link>) {
        self.push(text.to_owned(), Kind::Written, link);
    }

    fn push(&mut self, text: String, kind: Kind, link: Option<&Link>) {
        if std::mem::take(&mut self.is_cell_due) {
            self.add(" |".to_owned(), Kind::Written, None);
            self.spaces = 1;
        }
        let mut border = std::mem::take(&mut self.border);
        if border.parts(self.end(), &text) {
            self.spaces = self.spaces.max(1);
        }
        self.border = border;
        let spaces = std::mem::take(&mut self.spaces);
        if link.is_some() && self.is_empty() {
            self.indent.clear();
        }
        if spaces > 0 {
            // The space belongs to what both pieces have in common.
            let before = self.pieces.last();
            let both = |link: &Link| {
                before
                    .and_then(|piece| piece.link.as_ref())
                    .is_some_and(|before| before.node == link.node)
            };
            let style = match (before.map(|piece| piece.kind), kind) {
                (Some(Kind::Text(before)), Kind::Text(style)) if before == style => style,
                _ => TextStyle::default(),
            };
            let is_link = link.is_some() || before.is_some_and(|before| before.link.is_some());
            let last = before.and_then(|before| before.text.chars().next_back());
            let spaces = spaces::beside(spaces, last, text.chars().next(), is_link);
            let shared = link.filter(|link| both(link)).cloned();
            self.add(" ".repeat(spaces), Kind::Text(style), shared);
        }
        self.add(text, kind, link.cloned());
    }

    fn add(&mut self, text: String, kind: Kind, link: Option<Link>) {
        self.bytes += text.len();
        if let Some(last) = self.pieces.last_mut()
            && last.kind == kind
            && last.link.as_ref().map(|link| link.node) == link.as_ref().map(|link| link.node)
        {
            last.text.push_str(&text);
            return;
        }
        self.pieces.push(Piece { text, kind, link });
    }

    /// Returns the line as Markdown, and the last link in it.
    pub(super) fn render(&mut self, context: Context) -> (String, Option<NodeId>) {
        let pieces = std::mem::take(&mut self.pieces);
        let indent = std::mem::take(&mut self.indent);
        self.spaces = 0;
        self.border = Border::None;
        self.is_cell_due = false;
        self.bytes = 0;
        let literal: String = pieces.iter().filter_map(Piece::literal).collect();
        let all: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        let emphasis = pieces.iter().any(
            |piece| matches!(piece.kind, Kind::Text(style) if style.bold > 0 || style.italic > 0),
        );
        let markup = Markup::of(&literal, &all, emphasis && !context.plain, context.cell);
        let mut writer = Emphasis::new(literal.len() + 16, markup, context);
        let mut linked = None;
        let groups = pieces.chunk_by(|a, b| {
            a.link.as_ref().map(|link| link.node) == b.link.as_ref().map(|link| link.node)
        });
        for group in groups {
            match group.first().and_then(|piece| piece.link.as_ref()) {
                Some(link) => {
                    writer.link(group, link);
                    linked = Some(link.node);
                }
                None => {
                    for piece in group {
                        writer.piece(piece);
                    }
                }
            }
        }
        let line = writer.finish().trim().to_owned();
        let begins_as_text = pieces
            .first()
            .is_some_and(|piece| piece.literal().is_some());
        let escaped = begins_as_text && !context.plain && !context.cell && block_escape(&line);
        let indent = if context.plain || context.cell {
            ""
        } else {
            indent.as_str()
        };
        let escape = if escaped { "\\" } else { "" };
        (format!("{indent}{escape}{line}"), linked)
    }
}
