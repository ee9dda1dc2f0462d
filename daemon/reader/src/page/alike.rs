//! Tables of one row that are the rows of one table on the screen, as mail programs write the lines
//! of an order.

use super::{
    places::{Cell, bit},
    survey::Survey,
};
use crate::{cascade::Styles, document::NodeId};
use std::collections::HashMap;

/// Fewest columns. Two are mostly a layout.
const MIN_COLUMNS: usize = 3;

/// The widths of a table and of its cells, and the columns that each cell covers.
type Shape = Vec<(Option<u32>, usize)>;

/// The rows of a table with their cells.
type Rows = [(NodeId, Vec<Cell>)];

/// The columns that the fullest of such tables fills, for each shape: the one with the names.
#[derive(Debug, Default)]
pub(super) struct Alike(HashMap<Shape, u64>);

impl Alike {
    /// Adds a table, if it has one row.
    pub(super) fn add(&mut self, styles: &Styles, survey: &Survey, table: NodeId, rows: &Rows) {
        if let Some((shape, filled)) = shape(styles, survey, table, rows) {
            let fullest = self.0.entry(shape).or_default();
            if filled.count_ones() > fullest.count_ones() {
                *fullest = filled;
            }
        }
    }

    /// Returns the bits of the columns that have a place in a table: those of the fullest one of the same
    /// shape, if this one fills no other. Bars of links and pictures fill now these and now those.
    pub(super) fn places(
        &self,
        styles: &Styles,
        survey: &Survey,
        table: NodeId,
        rows: &Rows,
    ) -> u64 {
        let Some((shape, filled)) = shape(styles, survey, table, rows) else {
            return 0;
        };
        let fullest = self.0.get(&shape).copied().unwrap_or_default();
        match filled & !fullest {
            0 => fullest,
            _ => filled,
        }
    }
}

/// Returns the shape of a table of one row, and the bits of the columns that it fills. The width of at most one
/// cell may be unknown, because all others decide on it.
fn shape(styles: &Styles, survey: &Survey, table: NodeId, rows: &Rows) -> Option<(Shape, u64)> {
    let is_filled = |cell: NodeId| survey.get(cell).is_filled();
    let rows = rows.iter().map(|(_, cells)| cells);
    let mut filled = rows.filter(|cells| cells.iter().any(|cell| is_filled(cell.node)));
    let (cells, None) = (filled.next()?, filled.next()) else {
        return None;
    };
    let width = |node: NodeId| {
        let frame = styles.get(node).frame.as_deref();
        let width = frame.and_then(|frame| frame.width);
        width.map(|width| width.usual().to_bits())
    };
    let known = cells.iter().filter(|cell| width(cell.node).is_some());
    let filled = cells.iter().filter(|cell| is_filled(cell.node));
    // A single cell stands under no name, as a step of several.
    if cells.len() < MIN_COLUMNS || filled.clone().count() < 2 || known.count() + 1 < cells.len() {
        return None;
    }
    let mut shape = vec![(width(table), 0)];
    shape.extend(cells.iter().map(|cell| (width(cell.node), cell.width)));
    Some((shape, filled.fold(0, |bits, cell| bits | bit(cell.column))))
}
