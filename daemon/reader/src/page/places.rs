//! The columns of the cells of a table, and the places that a cell covers beside its own.

use super::survey::Survey;
use crate::{
    cascade::Styles,
    css::property::Display,
    document::{Document, NodeId},
    limits::MAX_COLUMNS,
};
use html5ever::local_name;

/// Most rows that a cell covers.
const MAX_ROWS: usize = 1_000;

/// Bits of the columns in which a row has no cell, because one with text covers them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Merged {
    /// It is in a row above.
    pub(super) above: u64,
    /// It is in the same row, before these columns.
    pub(super) before: u64,
}

/// A cell of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) node: NodeId,
    pub(super) column: usize,
    pub(super) width: usize,
    pub(super) header: bool,
    /// Whether it covers rows below.
    pub(super) tall: bool,
}

/// What covers a column of the rows below.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cover {
    /// Number of these rows.
    pub(super) rows: usize,
    /// Whether the cell has text.
    pub(super) text: bool,
}

/// A row with the element around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) row: NodeId,
    pub(super) group: NodeId,
    /// Whether all of its cells are headers.
    pub(super) head: bool,
}

/// Returns the rows of an element `table` in order.
pub(super) fn rows(document: &Document, styles: &Styles, table: NodeId) -> Vec<Line> {
    let is_shown = |node: &NodeId| styles.get(*node).display != Display::None;
    let line = |row, group, head| Line { row, group, head };
    let mut rows = Vec::new();
    for group in document.children(table).filter(is_shown) {
        match document.name(group) {
            "tr" => rows.push(line(group, table, false)),
            name @ ("thead" | "tbody" | "tfoot") => {
                let head = name == "thead";
                let inside = document.children(group).filter(is_shown);
                let inside = inside.filter(|row| document.name(*row) == "tr");
                rows.extend(inside.map(|row| line(row, group, head)));
            }
            _ => {}
        }
    }
    rows
}

/// Returns whether a child of a row is a cell.
pub(super) fn is_cell(document: &Document, styles: &Styles, node: NodeId) -> bool {
    match styles.get(node).display {
        Display::None => false,
        Display::Cell => true,
        _ => matches!(document.name(node), "td" | "th"),
    }
}

/// Returns cells with their columns.
pub(super) fn place(
    document: &Document,
    survey: &Survey,
    cells: impl Iterator<Item = NodeId>,
    head: bool,
    covered: &mut Vec<Cover>,
) -> Vec<Cell> {
    let mut placed = Vec::new();
    let mut column = 0;
    let mut below = Vec::new();
    for node in cells {
        let Some(element) = document.element(node) else {
            continue;
        };
        while covered.get(column).is_some_and(|cover| cover.rows > 0) {
            column += 1;
        }
        let span = |name, most: usize| {
            let value = element.attribute(&name).unwrap_or_default();
            value.trim().parse().unwrap_or(1).min(most)
        };
        let width = span(local_name!("colspan"), MAX_COLUMNS + 1).max(1);
        // No row means all that follow.
        let rows = match span(local_name!("rowspan"), MAX_ROWS) {
            0 => MAX_ROWS,
            rows => rows,
        };
        if column <= MAX_COLUMNS {
            let text = survey.get(node).letters > 0;
            below.extend((column..column + width).map(|column| (column, rows, text)));
        }
        placed.push(Cell {
            node,
            column,
            width,
            header: head || element.html_name() == "th",
            tall: rows > 1,
        });
        column += width;
    }
    for cover in covered.iter_mut() {
        cover.rows = cover.rows.saturating_sub(1);
    }
    for (column, rows, text) in below {
        if covered.len() <= column {
            covered.resize(column + 1, Cover::default());
        }
        if let Some(cover) = covered.get_mut(column) {
            let rows = rows - 1;
            *cover = Cover { rows, text };
        }
    }
    placed
}

/// Returns the bits of the columns that cells with text cover behind their first one. The label of a sum
/// covers columns, too, but no text is before it.
pub(super) fn wide(survey: &Survey, cells: &[Cell], above: u64) -> u64 {
    let (mut columns, mut before) = (0, above);
    for cell in cells {
        if survey.get(cell.node).letters == 0 {
            continue;
        }
        if before & (bit(cell.column) - 1) != 0 {
            let others = (cell.column + 1..cell.column + cell.width).map(bit);
            columns |= others.fold(0, |columns, column| columns | column);
        }
        before |= bit(cell.column);
    }
    columns
}

/// Returns the bit of a column. The columns of very wide tables share the last one.
pub(super) fn bit(column: usize) -> u64 {
    1 << column.min(63)
}

/// Returns whether a column is among others.
pub(super) fn has(columns: u64, column: usize) -> bool {
    columns & bit(column) != 0
}

/// Returns the bits of the columns before the last one.
pub(super) fn before_last(columns: u64) -> u64 {
    bit(columns.checked_ilog2().unwrap_or_default() as usize) - 1
}
