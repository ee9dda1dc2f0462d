//! Writer of a line of the Markdown: marks of emphasis, links and escapes.

use super::{
    escape::{Markup, WARNING, guard},
    piece::{Context, Kind, Link, Piece},
};
use std::ops::Range;

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
pub(super) struct Emphasis {
    out: String,
    /// The places that the mail wrote.
    texts: Vec<Range<usize>>,
    open: Open,
    markup: Markup,
    context: Context,
}

impl Emphasis {
    pub(super) fn new(length: usize, markup: Markup, context: Context) -> Self {
        Self {
            out: String::with_capacity(length),
            texts: Vec::new(),
            open: Open::default(),
            markup,
            context,
        }
    }

    /// Returns the line, in which no text of the mail imitates a note.
    pub(super) fn finish(mut self) -> String {
        self.close_all();
        guard(&self.out, &self.texts)
    }

    pub(super) fn link(&mut self, group: &[Piece], link: &Link) {
        if link.same {
            for piece in group {
                self.piece(piece);
            }
        } else {
            // Marks that begin before the link are around it.
            self.close_all();
            if self.out.ends_with('!') {
                self.out.insert(self.out.len() - 1, '\\');
                if let Some(text) = self.texts.last_mut() {
                    text.end += 1;
                }
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

    pub(super) fn piece(&mut self, piece: &Piece) {
        let look = match piece.kind {
            Kind::Text(look) => look,
            Kind::Written | Kind::Break => {
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
        self.switch(open, piece.text.len() - text.len());
        if look.code > 0 {
            self.code(text);
        } else {
            let before = self.out.chars().next_back();
            let start = self.out.len();
            self.markup.escape(text, before, &mut self.out);
            self.texts.push(start..self.out.len());
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
    fn switch(&mut self, to: Open, spaces: usize) {
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
        if spaces > 0 && !self.out.is_empty() && !self.out.ends_with([' ', '[']) {
            self.out.extend(std::iter::repeat_n(' ', spaces));
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
