//! Tables whose columns run from the right to the left and whose text runs to the right.

use super::direction::runs_left;
use crate::{
    cascade::Styles,
    css::property::Display,
    document::{Document, NodeId},
};
use html5ever::local_name;

/// Most columns or rows that a cell covers.
const MAX_SPAN: usize = 1_000;

/// Reverses the cells of all rows of such a table, or of none: a name stays above its column. Only the direction
/// of the table itself moves cells.
pub(super) fn turn(document: &mut Document, styles: &Styles, table: NodeId) {
    if !runs_left(document, styles, table) {
        return;
    }
    let rows = groups(document, styles, table);
    let runs_right = |row: &NodeId| {
        let cells = cells(document, styles, *row);
        cells.len() < 2 || !cells.iter().any(|cell| runs_left(document, styles, *cell))
    };
    if !rows.iter().flatten().all(runs_right) || !is_even(document, styles, &rows) {
        return;
    }
    for row in rows.into_iter().flatten() {
        let mut children: Vec<NodeId> = document.children(row).collect();
        children.reverse();
        document.reorder(row, &children);
    }
}

/// Returns the rows of each group of a table.
fn groups(document: &Document, styles: &Styles, table: NodeId) -> Vec<Vec<NodeId>> {
    let is_row =
        |node: &NodeId| document.name(*node) == "tr" && styles.get(*node).display != Display::None;
    let groups = document
        .children(table)
        .map(|group| match document.name(group) {
            "thead" | "tbody" | "tfoot" => document.children(group).filter(is_row).collect(),
            _ => std::iter::once(group).filter(is_row).collect(),
        });
    groups.collect()
}

fn cells(document: &Document, styles: &Styles, row: NodeId) -> Vec<NodeId> {
    let is_cell = |node: &NodeId| {
        matches!(document.name(*node), "td" | "th") && styles.get(*node).display != Display::None
    };
    document.children(row).filter(is_cell).collect()
}

/// Returns whether all rows of a table have the same number of columns. A short row would move to the other
/// edge. A row of one cell may be wider.
fn is_even(document: &Document, styles: &Styles, groups: &[Vec<NodeId>]) -> bool {
    let span = |cell: NodeId, name| {
        let element = document.element(cell);
        let value = element.and_then(|element| element.attribute(&name));
        let value = value.and_then(|value| value.trim().parse::<usize>().ok());
        value.map_or(1, |value| value.min(MAX_SPAN))
    };
    let (mut columns, mut whole) = (Vec::new(), usize::MAX);
    for rows in groups {
        // Columns that cells above cover, and how many of them end before each row.
        let (mut covered, mut ends) = (0, vec![0; rows.len()]);
        for (at, row) in rows.iter().enumerate() {
            covered -= ends.get(at).copied().unwrap_or_default();
            let cells = cells(document, styles, *row);
            let (mut own, mut tall) = (0, 0);
            for cell in &cells {
                let width = span(*cell, local_name!("colspan")).max(1);
                own += width;
                // No row means all that follow.
                let end = match span(*cell, local_name!("rowspan")) {
                    0 => rows.len(),
                    height => at + height,
                };
                if end > at + 1 {
                    tall += width;
                    ends.get_mut(end).into_iter().for_each(|end| *end += width);
                }
            }
            match cells.len() == 1 && covered == 0 && own > 1 {
                true => whole = whole.min(own),
                false if own > 0 => columns.push(covered + own),
                false => {}
            }
            covered += tall;
        }
    }
    let first = columns.first().copied().unwrap_or_default();
    columns.iter().all(|columns| *columns == first) && first <= whole
}
