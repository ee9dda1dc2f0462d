//! Rows of tables in the Markdown.

use super::{Context, Gap, Row, Writer};
use crate::{
    limits::MAX_COLUMNS,
    page::places::{self, Merged},
};

/// What stands in place of a cell that another one covers.
const ABOVE: &str = "(cell above)";
const BEFORE: &str = "(cell before)";

impl Writer {
    /// Begins a row of a table.
    pub(in crate::page) fn begin_row(&mut self, row: Row) {
        if self.is_joined() || self.code.is_some() {
            self.inner_rows += 1;
            return;
        }
        if row != Row::Blocks {
            self.flush();
            self.row = row;
            self.row_prefixes = self.prefixes.len();
            self.cells.clear();
            self.column = 0;
        }
    }

    /// Begins a cell in a column.
    pub(in crate::page) fn begin_cell(&mut self, column: usize) {
        if self.row != Row::Blocks && self.inner_rows == 0 && self.heading.is_none() {
            self.end_cell();
            self.column = column;
        }
    }

    fn end_cell(&mut self) {
        let cell = matches!(self.row, Row::Grid { .. });
        self.line.trim_breaks();
        let (text, link) = self.line.render(Context { plain: false, cell });
        self.last_link = link.or(self.last_link);
        if text.is_empty() {
            return;
        }
        if self.cells.len() <= self.column {
            self.cells.resize(self.column + 1, String::new());
        }
        if let Some(place) = self.cells.get_mut(self.column) {
            if !place.is_empty() {
                place.push(' ');
            }
            place.push_str(&text);
        }
    }

    /// Ends a row of a table.
    pub(in crate::page) fn end_row(&mut self) {
        if self.inner_rows > 0 {
            self.inner_rows -= 1;
            return;
        }
        if self.row == Row::Blocks || self.heading.is_some() {
            return;
        }
        self.end_cell();
        let row = std::mem::take(&mut self.row);
        let mut cells = std::mem::take(&mut self.cells);
        match row {
            Row::Blocks => {}
            Row::Line {
                names,
                places,
                merged,
            } => {
                let above = merged.above & places;
                fill(&mut cells, Merged { above, before: 0 });
                let last = cells.iter().rposition(|cell| !cell.is_empty());
                let kept: Vec<Cell> = cells
                    .iter()
                    .enumerate()
                    .filter(|(column, cell)| {
                        let keeps = Some(*column) < last && places::has(places, *column);
                        !cell.is_empty() || keeps
                    })
                    .map(|(column, cell)| (places::has(names, column), cell.as_str()))
                    .collect();
                if !kept.is_empty() {
                    self.write_line(&joined(&kept));
                }
                self.gap = self.gap.max(Gap::Line);
            }
            Row::Grid {
                columns,
                header,
                bare,
                merged,
                ..
            } => {
                fill(&mut cells, merged);
                if cells.iter().all(String::is_empty) {
                    return;
                }
                if header && !self.fresh_item {
                    self.gap = Gap::Blank;
                }
                if header && bare {
                    self.write_line(&format!("|{}", " |".repeat(columns)));
                    self.write_rule(columns);
                }
                let mut line = String::from("|");
                for column in 0..columns {
                    let cell = cells.get(column).map_or("", String::as_str);
                    line.push_str(&format!(" {cell} |"));
                }
                self.write_line(&line.replace("|  |", "| |").replace("|  |", "| |"));
                if header && !bare {
                    self.write_rule(columns);
                }
                self.gap = Gap::Line;
            }
        }
    }

    /// Writes the line under the names of the columns of a Markdown table.
    fn write_rule(&mut self, columns: usize) {
        self.gap = Gap::Line;
        self.write_line(&format!("|{}", "---|".repeat(columns)));
        self.gap = Gap::Line;
    }
}

/// Marks the places that other cells cover, unless the row has no text.
fn fill(cells: &mut Vec<String>, merged: Merged) {
    if cells.iter().all(String::is_empty) {
        return;
    }
    for (columns, mark) in [(merged.above, ABOVE), (merged.before, BEFORE)] {
        let columns = (0..MAX_COLUMNS).filter(|column| places::has(columns, *column));
        for column in columns {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            if let Some(place) = cells.get_mut(column).filter(|place| place.is_empty()) {
                place.push_str(mark);
            }
        }
    }
}

/// The text of a cell, and whether it may name the cells behind it.
type Cell<'a> = (bool, &'a str);

/// Returns the cells of a row as a line. A name is joined to what it names.
fn joined(cells: &[Cell]) -> String {
    let ends = |cell: &str| cell.trim_end_matches('*').ends_with(':');
    let mut line = String::new();
    for (at, (is_name, cell)) in cells.iter().enumerate() {
        line.push_str(cell);
        let Some((is_name_too, next)) = cells.get(at + 1) else {
            break;
        };
        line.push_str(match (ends(cell) && !ends(next), is_name, is_name_too) {
            (true, ..) => " ",
            _ if cells.len() == 2 && is_marker(cell) => " ",
            (false, true, false) if !ends(cell) => ": ",
            _ => " | ",
        });
    }
    // An empty place has one space.
    let line = line.replace(" |  |", " | |").replace(" |  |", " | |");
    line.replace(":  |", ": |").trim_start().to_owned()
}

/// Returns whether a cell is the marker of an item.
fn is_marker(cell: &str) -> bool {
    const BULLETS: &str = "•●▪■◦‣·✓✔✗✘➜→»›";
    let mut letters = cell.chars();
    let is_bullet =
        matches!((letters.next(), letters.next()), (Some(c), None) if BULLETS.contains(c));
    let number = cell.strip_suffix(['.', ')']).unwrap_or_default();
    is_bullet
        || matches!(cell, "[ ]" | "[x]")
        || matches!(number.len(), 1..=2) && number.bytes().all(|b| b.is_ascii_digit())
}
