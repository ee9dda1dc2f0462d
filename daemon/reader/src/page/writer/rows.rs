//! Rows of tables in the Markdown.

use super::{Context, Gap, Row, Writer, table};

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
        let cells = std::mem::take(&mut self.cells);
        match row {
            Row::Blocks => {}
            Row::Line { named, places } => {
                let last = cells.iter().rposition(|cell| !cell.is_empty());
                let kept: Vec<&str> = cells
                    .iter()
                    .enumerate()
                    .filter(|(column, cell)| {
                        let keeps = Some(*column) < last && table::keeps(places, *column);
                        !cell.is_empty() || keeps
                    })
                    .map(|(_, cell)| cell.as_str())
                    .collect();
                self.write_joined(&kept, named);
                self.gap = self.gap.max(Gap::Line);
            }
            Row::Grid {
                columns, header, ..
            } => {
                if cells.iter().all(String::is_empty) {
                    return;
                }
                if header && !self.fresh_item {
                    self.gap = Gap::Blank;
                }
                let mut line = String::from("|");
                for column in 0..columns {
                    let cell = cells.get(column).map_or("", String::as_str);
                    line.push_str(&format!(" {cell} |"));
                }
                self.write_line(&line.replace("|  |", "| |").replace("|  |", "| |"));
                if header {
                    self.gap = Gap::Line;
                    self.write_line(&format!("|{}", "---|".repeat(columns)));
                }
                self.gap = Gap::Line;
            }
        }
    }

    fn write_joined(&mut self, cells: &[&str], named: bool) {
        let Some((first, rest)) = cells.split_first() else {
            return;
        };
        let ends = first.trim_end_matches('*').ends_with(':');
        // An empty place has one space.
        let join = |cells: &[&str]| {
            let line = cells.join(" | ");
            let line = line.replace(" |  |", " | |").replace(" |  |", " | |");
            line.trim_start().to_owned()
        };
        let line = match (rest.is_empty(), ends, named) {
            (true, ..) => (*first).to_owned(),
            (false, true, _) => format!("{first} {}", join(rest)),
            (false, false, true) => format!("{first}: {}", join(rest)),
            (false, false, false) => join(cells),
        };
        self.write_line(&line);
    }
}
