//! A line of the Markdown: pieces of text with emphasis and links.

use super::escape::{Markup, WARNING, block_escape};
use crate::document::NodeId;
use std::rc::Rc;

/// Longest indentation of a preformatted line.
const MAX_INDENT: usize = 40;

/// Emphasis of text, as the number of open elements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
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
struct Piece {
    text: String,
    kind: Kind,
    link: Option<Link>,
}

impl Piece {
    /// Returns text that is escaped.
    fn literal(&self) -> Option<&str> {
        matches!(self.kind, Kind::Text(look) if look.code == 0).then_some(self.text.as_str())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Text of the mail, which is escaped.
    Text(Look),
    /// Markdown or a label.
    Written,
}

/// A line in the making.
#[derive(Debug, Default)]
pub(super) struct Line {
    pieces: Vec<Piece>,
    /// Spaces before the text of a preformatted line.
    indent: String,
    /// Whether a space is due before the next piece.
    space: bool,
    bytes: usize,
}

/// Context of a line.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Context {
    /// Whether bold text is not marked, as in headings.
    pub(super) plain: bool,
    /// Whether the line is a cell of a Markdown table.
    pub(super) cell: bool,
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
        let last = self.pieces.last().filter(|_| !self.space);
        last.map_or("", |piece| piece.text.as_str())
    }

    /// Makes a space due, unless the line is empty.
    pub(super) fn space(&mut self) {
        self.space = !self.is_empty();
    }

    /// Appends text. Spaces at the ends become due.
    pub(super) fn text(&mut self, text: &str, look: Look, link: Option<&Link>) {
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
        self.push(collapsed, Kind::Text(look), link);
        if text.ends_with(is_space) {
            self.space();
        }
    }

    /// Appends text with its spaces. Those at the beginning of the line are its indentation.
    pub(super) fn verbatim(&mut self, text: &str, look: Look, link: Option<&Link>) {
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
            self.push(text, Kind::Text(look), link);
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
        if std::mem::take(&mut self.space) {
            // The space belongs to what both pieces have in common.
            let before = self.pieces.last();
            let both = |link: &Link| {
                before
                    .and_then(|piece| piece.link.as_ref())
                    .is_some_and(|before| before.node == link.node)
            };
            let look = match (before.map(|piece| piece.kind), kind) {
                (Some(Kind::Text(before)), Kind::Text(look)) if before == look => look,
                _ => Look::default(),
            };
            let shared = link.filter(|link| both(link)).cloned();
            self.add(" ".to_owned(), Kind::Text(look), shared);
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
        self.bytes = 0;
        let literal: String = pieces.iter().filter_map(Piece::literal).collect();
        let emphasis = pieces.iter().any(
            |piece| matches!(piece.kind, Kind::Text(look) if look.bold > 0 || look.italic > 0),
        );
        let markup = Markup::of(&literal, emphasis && !context.plain, context.cell);
        let mut writer = Emphasis {
            out: String::with_capacity(literal.len() + 16),
            open: Open::default(),
            markup,
            context,
        };
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
        writer.close_all();
        let line = writer.out.trim().to_owned();
        let begins_as_text =
            matches!(pieces.first(), Some(Piece { kind: Kind::Text(look), .. }) if look.code == 0);
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

/// Returns the warning behind a link with another target than its text names.
pub(super) fn warning(target: &str) -> String {
    format!(" {WARNING} goes to {target})")
}

/// Which marks are open, in their order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Open {
    struck: bool,
    bold: bool,
    italic: bool,
}

/// Writer of pieces with their marks.
struct Emphasis {
    out: String,
    open: Open,
    markup: Markup,
    context: Context,
}

impl Emphasis {
    fn link(&mut self, group: &[Piece], link: &Link) {
        if link.same {
            for piece in group {
                self.piece(piece);
            }
        } else {
            // Marks that begin before the link are around it.
            self.close_all();
            if self.out.ends_with('!') {
                self.out.insert(self.out.len() - 1, '\\');
            }
            let label =
                matches!(group, [Piece { kind: Kind::Written, text, .. }] if text.starts_with('['));
            if !label {
                self.out.push('[');
            }
            let start = self.out.len();
            let text: String = group.iter().filter_map(Piece::literal).collect();
            let markup = self.markup;
            self.markup = markup.in_link(&text);
            for piece in group {
                self.piece(piece);
            }
            self.markup = markup;
            self.close_all();
            if self.out.len() == start && !label {
                self.out.pop();
                return;
            }
            self.out.push_str(if label { "(" } else { "](" });
            self.out.push_str(&match self.context.cell {
                true => link.address.replace('|', "%7C"),
                false => link.address.to_string(),
            });
            self.out.push(')');
        }
        if let Some(warning) = &link.warning {
            self.close_all();
            self.out.push_str(&self::warning(warning));
        }
    }

    fn piece(&mut self, piece: &Piece) {
        let look = match piece.kind {
            Kind::Text(look) => look,
            Kind::Written => {
                self.close_all();
                match self.context.cell {
                    true => self.out.push_str(&piece.text.replace('|', "\\|")),
                    false => self.out.push_str(&piece.text),
                }
                return;
            }
        };
        let open = Open {
            struck: look.struck,
            bold: look.bold > 0 && !self.context.plain,
            italic: look.italic > 0 && !self.context.plain,
        };
        let blank = piece.text.trim().is_empty();
        if blank {
            self.out.push_str(&piece.text);
            return;
        }
        let text = piece.text.trim_start();
        self.switch(open, piece.text.len() > text.len());
        if look.code > 0 {
            self.code(text);
        } else {
            let before = self.out.chars().next_back();
            self.markup.escape(text, before, &mut self.out);
        }
    }

    fn code(&mut self, text: &str) {
        let mut longest = 0;
        let mut run = 0;
        for byte in text.bytes() {
            run = if byte == b'`' { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        let fence = "`".repeat(longest + 1);
        let pad = if text.starts_with('`') || text.ends_with('`') {
            " "
        } else {
            ""
        };
        let text = match self.context.cell {
            true => text.replace('|', "\\|"),
            false => text.to_owned(),
        };
        let kept = text.trim_end();
        self.out
            .push_str(&format!("{fence}{pad}{kept}{pad}{fence}"));
        self.out
            .push_str(text.get(kept.len()..).unwrap_or_default());
    }

    /// Closes and opens marks. Spaces stay outside of them.
    fn switch(&mut self, to: Open, space: bool) {
        if self.open != to {
            let keep = Open {
                struck: self.open.struck && to.struck,
                bold: self.open.bold && to.bold && self.open.struck == to.struck,
                italic: self.open.italic
                    && to.italic
                    && self.open.bold == to.bold
                    && self.open.struck == to.struck,
            };
            self.close(keep);
        }
        if space && !self.out.is_empty() && !self.out.ends_with([' ', '[']) {
            self.out.push(' ');
        }
        for (is, should, mark) in [
            (self.open.struck, to.struck, "~~"),
            (self.open.bold, to.bold, "**"),
            (self.open.italic, to.italic, "*"),
        ] {
            if should && !is {
                self.out.push_str(mark);
            }
        }
        self.open = to;
    }

    fn close_all(&mut self) {
        self.close(Open::default());
    }

    fn close(&mut self, keep: Open) {
        let trimmed = self.out.trim_end_matches(' ').len();
        let spaces = self.out.split_off(trimmed);
        for (is, stays, mark) in [
            (self.open.italic, keep.italic, "*"),
            (self.open.bold, keep.bold, "**"),
            (self.open.struck, keep.struck, "~~"),
        ] {
            if is && !stays {
                self.out.push_str(mark);
            }
        }
        self.out.push_str(&spaces);
        self.open = keep;
    }
}
