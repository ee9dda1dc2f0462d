//! Writer of plain text: collapses white space, separates blocks, and starts each line with the
//! marks of the quotes and lists around it.

use crate::page::border::Border;

/// Bullet of an item.
pub(super) const BULLET: &str = "- ";
/// Most marks at the start of a line. Deeper levels add none, so that the text stays in proportion
/// to its source.
const MAX_MARKS: usize = 12;
/// Mark before and after text that is struck through.
pub(super) const STRUCK: &str = "~~";

/// Mark of a block at the start of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    Quote,
    /// Bullet or number.
    Item {
        marker: String,
        /// Indentation of the lines after the first.
        indent: usize,
        is_written: bool,
    },
}

impl Mark {
    /// Returns the mark of an item. Its lines are indented by the width of its bullet or number.
    pub(super) fn item(marker: String) -> Self {
        Self::Item {
            indent: marker.chars().count(),
            marker,
            is_written: false,
        }
    }
}

/// Plain text while it is written.
#[derive(Debug, Default)]
pub(super) struct Lines {
    out: String,
    marks: Vec<Mark>,
    /// Line breaks before the next word; 2 leaves an empty line.
    breaks: usize,
    /// Fewest marks since the last word, which an empty line has.
    fewest_marks: usize,
    space: bool,
    /// The border before the next word.
    border: Border,
    /// Positions of the first words of the open spans.
    spans: Vec<Option<usize>>,
    /// Open elements that strike their text through.
    strikes: usize,
    /// Whether an item without words has no line.
    leaves_empty_items: bool,
    /// Whether the text so far ends in struck text without its second mark.
    in_struck: bool,
}

impl Lines {
    /// Returns a writer that leaves items without words out.
    pub(super) fn without_empty_items() -> Self {
        Self {
            leaves_empty_items: true,
            ..Self::default()
        }
    }

    /// Returns the text without white space at its ends.
    pub(super) fn finish(mut self) -> String {
        self.end_struck();
        let text = self.out.trim_end();
        text.trim_start_matches(['\n', '\r']).to_owned()
    }

    /// Begins a span, of which [`Self::end_span`] returns the words.
    pub(super) fn begin_span(&mut self) {
        self.spans.push(None);
    }

    /// Ends the last span. Returns its words, without the marks of the item in which it begins.
    pub(super) fn end_span(&mut self) -> &str {
        let start = self.spans.pop().flatten();
        let words = start.and_then(|start| self.out.get(start..));
        words.unwrap_or_default().trim()
    }

    /// Ends the line; with `breaks` 2, an empty line follows.
    pub(super) fn end_line(&mut self, breaks: usize) {
        self.end_struck();
        if self.breaks == 0 {
            self.fewest_marks = self.marks.len();
        }
        self.breaks = self.breaks.max(breaks);
        self.space = false;
        self.border = Border::None;
    }

    /// Adds a line break, as `<br>` does. Two of them leave an empty line.
    pub(super) fn break_line(&mut self) {
        self.end_line((self.breaks + 1).min(2));
    }

    /// Begins a block with a mark.
    pub(super) fn push(&mut self, mark: Mark) {
        self.marks.push(mark);
    }

    /// Ends the block of the last mark.
    pub(super) fn pop(&mut self) {
        // An item without words still has its bullet.
        if let Some(Mark::Item {
            is_written: false, ..
        }) = self.marks.last()
            && !self.leaves_empty_items
        {
            self.start();
        }
        self.end_line(1);
        self.marks.pop();
        self.fewest_marks = self.fewest_marks.min(self.marks.len());
    }

    /// Removes the bullet of the current item, which has a mark of its own.
    pub(super) fn drop_bullet(&mut self) {
        if let Some(Mark::Item {
            marker,
            is_written: false,
            ..
        }) = self.marks.last_mut()
            && marker == BULLET
        {
            marker.clear();
        }
    }

    /// Begins text that is struck through. Each line of it has marks of its own.
    pub(super) fn strike(&mut self) {
        self.strikes += 1;
    }

    /// Ends text that is struck through.
    pub(super) fn unstrike(&mut self) {
        self.strikes = self.strikes.saturating_sub(1);
        if self.strikes == 0 {
            self.end_struck();
        }
    }

    /// Writes the mark after struck text.
    fn end_struck(&mut self) {
        if std::mem::take(&mut self.in_struck) {
            self.out.push_str(STRUCK);
        }
    }

    /// Writes words, with white space collapsed as HTML does.
    pub(super) fn words(&mut self, text: &str) {
        let is_space = |c: char| c.is_ascii_whitespace();
        for (at, word) in text.split(is_space).enumerate() {
            self.space |= at > 0;
            // A word of no-break spaces fills a cell of a layout.
            if word.chars().any(|c| c != '\u{a0}') {
                self.space |= self.border.parts(&self.out, word);
                self.start();
                self.out.push_str(&word.replace('\u{a0}', " "));
            }
        }
    }

    /// Writes text as it is, line by line.
    pub(super) fn verbatim(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.end_struck();
                self.start_line();
                self.fewest_marks = self.marks.len();
                self.breaks = 1;
            }
            let line = line.trim_end_matches('\r');
            if !line.is_empty() {
                self.start();
                self.out.push_str(line);
            }
        }
    }

    /// Writes a line below a heading.
    pub(super) fn underline(&mut self, text: &str) {
        let strikes = std::mem::take(&mut self.strikes);
        self.verbatim(text);
        self.strikes = strikes;
    }

    /// Writes directly after the last word, before line breaks that wait.
    pub(super) fn attach(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Writes the mark of a raised or lowered number that follows a word directly.
    pub(super) fn raise(&mut self, mark: char) {
        if self.breaks == 0 && !self.space && !self.out.is_empty() {
            self.out.push(mark);
        }
    }

    pub(super) fn ends_with_digit(&self) -> bool {
        self.out.ends_with(|c: char| c.is_ascii_digit())
    }

    /// Writes a space before the next word of the line.
    pub(super) fn part(&mut self) {
        self.space |= self.breaks == 0 && !self.out.is_empty();
    }

    /// Writes a space before the next word of the line, unless both boxes have parts of a number.
    pub(super) fn beside(&mut self) {
        if self.breaks == 0 && !self.out.is_empty() {
            self.border.cross();
        }
    }

    /// Writes a gap between two cells of a line.
    pub(super) fn gap(&mut self) {
        if self.breaks == 0 && !self.out.is_empty() {
            self.space = false;
            self.end_struck();
            self.out.push_str("  ");
        }
    }

    /// Writes the line breaks, marks and space that wait.
    fn start(&mut self) {
        self.border.pass();
        self.start_line();
        let begun = self
            .spans
            .iter_mut()
            .rev()
            .take_while(|span| span.is_none());
        begun.for_each(|span| *span = Some(self.out.len()));
        if self.strikes > 0 && !self.in_struck {
            self.in_struck = true;
            self.out.push_str(STRUCK);
        }
    }

    fn start_line(&mut self) {
        let is_first = self.out.is_empty();
        if self.breaks == 0 && !is_first {
            if self.space && !self.out.ends_with([' ', '\n']) {
                self.out.push(' ');
            }
            self.space = false;
            return;
        }
        if !is_first {
            // Mail programs know the start of a signature by its space (RFC 3676, 4.3).
            if self.breaks == 1 && self.out.lines().next_back() == Some("--") {
                self.out.push(' ');
            }
            self.out.push('\n');
            for _ in 1..self.breaks {
                let length = self.out.len();
                let fewest = self.fewest_marks;
                self.write_marks(fewest, false);
                let written = self.out.get(length..).unwrap_or_default().trim_end().len();
                self.out.truncate(length + written);
                self.out.push('\n');
            }
        }
        self.breaks = 0;
        self.space = false;
        self.write_marks(self.marks.len(), true);
    }

    /// Writes the first marks. Items are written once if the line has words.
    fn write_marks(&mut self, count: usize, has_words: bool) {
        for mark in self.marks.iter_mut().take(count.min(MAX_MARKS)) {
            match mark {
                Mark::Quote => self.out.push_str("> "),
                Mark::Item {
                    marker, is_written, ..
                } if has_words && !*is_written => {
                    self.out.push_str(marker);
                    *is_written = true;
                }
                Mark::Item { indent, .. } => {
                    self.out.extend(std::iter::repeat_n(' ', *indent));
                }
            }
        }
    }
}
