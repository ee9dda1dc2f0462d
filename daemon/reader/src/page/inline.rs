//! A line of the Markdown in the making.

use super::{
    border::Border,
    emphasis::Emphasis,
    escape::{Markup, block_escape},
    piece::{Context, Kind, Link, Piece, TextStyle},
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
    /// Whether a space is due before the next piece.
    space: bool,
    /// The border before the next piece.
    border: Border,
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
            .filter(|_| !self.space && !self.border.is_box());
        let text = last.filter(|piece| piece.kind != Kind::Break);
        text.map_or("", |piece| piece.text.as_str())
    }

    /// Appends a line break of a cell.
    pub(super) fn line_break(&mut self) {
        self.space = false;
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
        self.space = !self.is_empty() && !self.ends_with_break() && !self.ends_with_marker();
    }

    /// Makes a space due, unless the boxes on both sides have parts of a number.
    pub(super) fn beside(&mut self) {
        if !self.is_empty() {
            self.border.cross();
        }
    }

    /// Appends text. Spaces at the ends become due.
    pub(super) fn text(&mut self, text: &str, style: TextStyle, link: Option<&Link>) {
        let is_space = |c: char| c.is_whitespace();
        if text.starts_with(is_space) {
            self.space();
        }
        let trimmed = text.trim_matches(is_space);
        if trimmed.is_empty() {
            return;
        }
        let mut collapsed = String::with_capacity(trimmed.len());
        for (at, word) in trimmed.split_whitespace().enumerate() {
            if at > 0 {
                collapsed.push(' ');
            }
            collapsed.push_str(word);
        }
        self.push(collapsed, Kind::Text(style), link);
        if text.ends_with(is_space) {
            self.space();
        }
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
        let mut border = std::mem::take(&mut self.border);
        self.space |= border.parts(self.end(), &text);
        self.border = border;
        if std::mem::take(&mut self.space) {
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
            let shared = link.filter(|link| both(link)).cloned();
            self.add(" ".to_owned(), Kind::Text(style), shared);
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
        self.space = false;
        self.border = Border::None;
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
