//! The Markdown in the making: lines with their gaps and prefixes, code blocks and rows of tables.

mod prefixes;
mod rows;

use super::{
    inline::Line,
    piece::{Context, Link, TextStyle},
    table::Row,
};
use crate::{css::property::WhiteSpace, document::NodeId, limits::MAX_OUTPUT};

/// Distance between two pieces of content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    #[default]
    None,
    /// The border of a box beside another.
    Beside,
    Space,
    /// The border of a cell.
    Cell,
    Line,
    Blank,
}

/// What stands before each line of a quote or an item.
#[derive(Debug, Clone, Default)]
struct Prefix {
    /// Before the first line, until it is written.
    first: Option<String>,
    rest: String,
}

/// A writer of Markdown.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    line: Line,
    gap: Gap,
    prefixes: Vec<Prefix>,
    /// Level of the open heading.
    heading: Option<u8>,
    /// Text of the open code block.
    code: Option<String>,
    language: String,
    row: Row,
    /// Prefixes that were open where the row began.
    row_prefixes: usize,
    /// Rows inside the row.
    inner_rows: usize,
    cells: Vec<String>,
    column: usize,
    /// Whether an item has no line yet.
    fresh_item: bool,
    /// Depth of the item that ended last.
    last_item: Option<usize>,
    /// Width of the last marker of an item.
    last_marker: usize,
    last_link: Option<NodeId>,
}

impl Writer {
    /// Returns whether the longest permitted Markdown is written.
    pub(super) fn is_full(&self) -> bool {
        self.out.len() + self.line.len() > 2 * MAX_OUTPUT
    }

    /// Returns the Markdown.
    pub(super) fn finish(mut self) -> String {
        if self.code.is_some() {
            self.close_code();
        }
        self.end_row();
        self.flush();
        self.out
    }

    /// Returns whether the address of a link is written.
    pub(super) fn has_written(&self, link: NodeId) -> bool {
        self.last_link == Some(link)
    }

    /// Remembers that the address of a link is written.
    pub(super) fn set_written(&mut self, link: NodeId) {
        self.last_link = Some(link);
    }

    /// Returns whether a code block is open.
    pub(super) fn is_code(&self) -> bool {
        self.code.is_some()
    }

    /// Returns the last text of the line; empty behind a space.
    pub(super) fn end(&self) -> &str {
        self.line.end()
    }

    /// Returns the characters of the line from its end; none behind a space.
    pub(super) fn backwards(&self) -> impl Iterator<Item = char> {
        self.line.backwards()
    }

    /// Returns whether the line ends with a digit.
    pub(super) fn ends_with_number(&self) -> bool {
        let end = self.line.end();
        end.ends_with(|c: char| c.is_ascii_digit())
    }

    /// Returns whether the line ends with a number or a word that may have an exponent.
    pub(super) fn ends_with_base(&self) -> bool {
        let end = self.line.end();
        end.ends_with(|c: char| c.is_alphanumeric() || c == ')')
    }

    /// Returns whether a cell of a Markdown table with names for its columns is written.
    pub(super) fn is_data(&self) -> bool {
        matches!(self.row, Row::Grid { named: true, .. }) && self.code.is_none()
    }

    /// Returns whether a row that is no sequence of blocks is written.
    pub(super) fn is_row(&self) -> bool {
        self.row != Row::Blocks && self.code.is_none()
    }

    /// Returns whether blocks are joined to one line.
    fn is_joined(&self) -> bool {
        self.heading.is_some() || self.row != Row::Blocks
    }

    /// Puts content at a distance from what precedes.
    pub(super) fn gap(&mut self, gap: Gap) {
        if let Some(code) = &mut self.code {
            if gap >= Gap::Cell && !code.is_empty() && !code.ends_with('\n') {
                code.push('\n');
            }
            return;
        }
        match gap {
            Gap::None => {}
            Gap::Beside => self.line.beside(),
            Gap::Space => self.line.space(),
            Gap::Cell | Gap::Line | Gap::Blank if self.is_joined() => self.joined_break(gap),
            Gap::Cell | Gap::Line | Gap::Blank => {
                self.flush();
                if !self.fresh_item {
                    self.gap = self.gap.max(gap);
                }
            }
        }
    }

    fn joined_break(&mut self, gap: Gap) {
        if self.line.ends_with_marker() {
            return;
        }
        if gap == Gap::Cell && self.inner_rows > 0 && self.is_data() && self.heading.is_none() {
            return self.line.inner_cell();
        }
        let is_grid = matches!(self.row, Row::Grid { .. }) && self.code.is_none();
        let is_line = is_grid && self.heading.is_none() && gap >= Gap::Line;
        match is_line && !self.line.is_empty() && self.inner_rows == 0 {
            true if !self.line.ends_with_break() => self.line.line_break(),
            true => {}
            false => self.line.space(),
        }
    }

    /// Ends a line.
    pub(super) fn line_break(&mut self) {
        if let Some(code) = &mut self.code {
            code.push('\n');
        } else if matches!(self.row, Row::Grid { .. }) && self.heading.is_none() {
            if !self.line.is_empty() && !self.line.ends_with_marker() {
                self.line.line_break();
            }
        } else if self.is_joined() {
            self.line.space();
        } else if self.line.is_empty() {
            self.line.unindent();
            if !self.fresh_item {
                self.gap = Gap::Blank;
            }
        } else {
            self.flush();
            self.gap = self.gap.max(Gap::Line);
        }
    }

    /// Appends text.
    pub(super) fn text(
        &mut self,
        text: &str,
        white_space: WhiteSpace,
        style: TextStyle,
        link: Option<&Link>,
    ) {
        if let Some(code) = &mut self.code {
            code.push_str(text);
            return;
        }
        // The spaces behind the marker of an item are those of the marker.
        let may_indent = !self.fresh_item && !self.is_joined();
        match white_space {
            WhiteSpace::Normal | WhiteSpace::NoWrap => {
                self.line.text(text, style, link, may_indent);
            }
            WhiteSpace::Pre | WhiteSpace::PreLine => {
                for (at, line) in text.split('\n').enumerate() {
                    if at > 0 {
                        self.line_break();
                    }
                    match white_space {
                        WhiteSpace::Pre => self.line.verbatim(line, style, link),
                        _ => self.line.text(line, style, link, may_indent),
                    }
                }
            }
        }
    }

    /// Appends a label.
    pub(super) fn label(&mut self, label: &str, link: Option<&Link>) {
        match &mut self.code {
            Some(code) => code.push_str(label),
            None => {
                self.line.space();
                self.line.written(label, link);
                self.line.space();
            }
        }
    }

    /// Appends a sign of Markdown.
    pub(super) fn mark(&mut self, mark: &str, link: Option<&Link>) {
        match &mut self.code {
            Some(code) => code.push_str(mark),
            None => self.line.written(mark, link),
        }
    }

    /// Writes a rule.
    pub(super) fn rule(&mut self) {
        if self.is_joined() || self.code.is_some() {
            self.gap(Gap::Line);
            return;
        }
        self.flush();
        if !self.out.is_empty() {
            self.gap = Gap::Blank;
            self.write_line("---");
            self.gap = Gap::Blank;
        }
    }

    /// Begins a heading.
    pub(super) fn open_heading(&mut self, level: u8) {
        if !self.is_joined() && self.code.is_none() {
            self.flush();
            self.heading = Some(level);
        }
    }

    /// Ends a heading.
    pub(super) fn close_heading(&mut self) {
        if let Some(level) = self.heading.take() {
            let (text, link) = self.line.render(Context {
                plain: true,
                cell: false,
            });
            self.last_link = link.or(self.last_link);
            if !text.is_empty() {
                let marks = "#".repeat(usize::from(level));
                self.write_line(&format!("{marks} {text}"));
            }
        }
    }

    /// Begins a code block.
    pub(super) fn open_code(&mut self, language: &str) {
        if !self.is_joined() && self.code.is_none() {
            self.flush();
            self.code = Some(String::new());
            self.language = language.to_owned();
        }
    }

    /// Ends a code block. Its fence is longer than any fence in the code.
    pub(super) fn close_code(&mut self) {
        let Some(code) = self.code.take() else { return };
        let code = code.trim_end().trim_start_matches('\n');
        if code.trim().is_empty() {
            return;
        }
        let fences = code
            .lines()
            .map(|line| line.trim_start().bytes().take_while(|b| *b == b'`').count());
        let fence = "`".repeat(fences.max().unwrap_or_default().max(2) + 1);
        let language = std::mem::take(&mut self.language);
        self.write_line(&format!("{fence}{language}"));
        for line in code.lines() {
            self.gap = Gap::Line;
            self.write_line(line.trim_end());
        }
        self.gap = Gap::Line;
        self.write_line(&fence);
        self.gap = Gap::Blank;
    }

    fn flush(&mut self) {
        if self.line.is_empty() {
            return self.line.unindent();
        }
        let (mut text, link) = self.line.render(Context::default());
        self.last_link = link.or(self.last_link);
        // Four spaces before a paragraph make it a block of code.
        let begins = self.gap == Gap::Blank
            || self.out.is_empty()
            || self.prefixes.iter().any(|prefix| prefix.first.is_some());
        if begins && text.starts_with("    ") {
            text.replace_range(..1, "\u{a0}");
        }
        if !text.is_empty() {
            self.write_line(&text);
        }
    }

    /// Writes a line after the gap that is due.
    fn write_line(&mut self, text: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
            if self.gap == Gap::Blank {
                let begun = self.prefixes.iter().filter(|prefix| prefix.first.is_none());
                let before: String = begun.map(|prefix| prefix.rest.as_str()).collect();
                self.out.push_str(before.trim_end());
                self.out.push('\n');
            }
        }
        for prefix in &mut self.prefixes {
            let first = prefix.first.take();
            self.out.push_str(first.as_deref().unwrap_or(&prefix.rest));
        }
        self.out.push_str(text);
        let trimmed = self.out.trim_end_matches(' ').len();
        self.out.truncate(trimmed);
        self.gap = Gap::Line;
        self.fresh_item = false;
        self.last_item = None;
    }
}
