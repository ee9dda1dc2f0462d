//! Tables that fit the terminal.

use super::{
    columns::{cut, width},
    terminal::printable,
};
use comfy_table::{CellAlignment, Table as Cells, presets};

/// A table whose cells may contain foreign text.
pub(super) struct Table<const N: usize> {
    /// Names of the columns.
    pub(super) header: [&'static str; N],
    /// Names of columns of numbers, which are aligned to the right.
    pub(super) numbers: &'static [&'static str],
    /// Names of the columns that a narrow terminal does not show, the first one to omit first.
    pub(super) omitted_first: &'static [&'static str],
}

impl<const N: usize> Table<N> {
    /// Returns the lines of the table, without the columns that the terminal has no room for.
    pub(super) fn lines(&self, rows: &[[String; N]], columns: Option<usize>) -> String {
        let mut lines = String::new();
        for omitted in 0..=self.omitted_first.len() {
            let omitted: Vec<&str> = self.omitted_first.iter().take(omitted).copied().collect();
            lines = self.without(&omitted, rows);
            let fits = |columns| lines.lines().all(|line| width(line) <= columns);
            if columns.is_none_or(fits) {
                return lines;
            }
        }
        let fit = |line| cut(line, columns.unwrap_or(usize::MAX));
        lines.lines().map(fit).collect::<Vec<_>>().join("\n")
    }

    fn without(&self, omitted: &[&str], rows: &[[String; N]]) -> String {
        let mut cells = Cells::new();
        cells.load_style(presets::NOTHING);
        let shown = self.header.iter().filter(|name| !omitted.contains(name));
        let shown: Vec<&str> = shown.copied().collect();
        cells.set_header(&shown);
        for row in rows {
            let row = self
                .header
                .iter()
                .zip(row)
                .filter(|(name, _)| !omitted.contains(name));
            cells.add_row(row.map(|(_, cell)| printable(cell)));
        }
        for (name, column) in shown.iter().zip(cells.column_iter_mut()) {
            if self.numbers.contains(name) {
                column.set_cell_alignment(CellAlignment::Right);
            }
            column.set_padding((0, 2));
        }
        let lines = cells.to_string();
        let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_terminal_shows_the_columns_that_matter_most() {
        let table = Table {
            header: ["NAME", "SIZE", "WHERE"],
            numbers: &["SIZE"],
            omitted_first: &["WHERE", "SIZE"],
        };
        let rows = [
            ["日本語\u{1b}".to_owned(), "7".into(), "home".into()],
            ["name".into(), "100".into(), "".into()],
        ];
        let pages: Vec<String> = [None, Some(21), Some(20), Some(12), Some(5)]
            .map(|columns| table.lines(&rows, columns))
            .into();
        insta::assert_snapshot!(pages.join("\n\n"), @"
        NAME     SIZE  WHERE
        日本語?     7  home
        name      100

        NAME     SIZE  WHERE
        日本語?     7  home
        name      100

        NAME     SIZE  WHERE
        日本語?     7  home
        name      100

        NAME
        日本語?
        name

        NAME
        日本…
        name
        ");
    }
}
