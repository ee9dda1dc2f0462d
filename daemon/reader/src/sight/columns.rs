//! The grounds of the columns of tables, which are behind their cells.

use super::contrast::Ground;
use crate::{
    cascade::{Computed, Styles},
    css::{
        colour::Colour,
        marks::Mark,
        property::{Display, Image},
    },
    document::{Document, NodeId, Visit},
    thresholds::UNPAINTED,
};
use html5ever::{LocalName, local_name};
use std::collections::{HashMap, HashSet};

/// Most columns of a table whose grounds are read.
const MAX_COLUMNS: usize = 100;

/// A column: its group and itself, in the order in which they are painted.
type Column = [Option<NodeId>; 2];

/// The column that each cell begins in, for tables whose columns paint a ground.
#[derive(Debug, Default)]
pub(super) struct Columns {
    cells: HashMap<NodeId, Column>,
    /// The cells of columns that are left out.
    collapsed: HashSet<NodeId>,
}

impl Columns {
    pub(super) fn new(document: &Document, styles: &Styles) -> Self {
        let mut columns = Self::default();
        for visit in document.walk(NodeId::ROOT) {
            if let Visit::Enter(node) = visit
                && document.name(node) == "table"
                && styles.get(node).display == Display::Table
            {
                let grounds = grounds(document, styles, node);
                if grounds.iter().flatten().any(Option::is_some) {
                    columns.add(document, styles, node, &grounds);
                }
            }
        }
        columns
    }

    /// Returns the ground behind a box: that of its column if it is a cell, or else `ground`.
    pub(super) fn ground_of(
        &self,
        styles: &Styles,
        node: NodeId,
        style: &Computed,
        ground: Ground,
    ) -> Ground {
        match self.cells.get(&node) {
            Some(column) if style.display == Display::Cell => {
                let column = column.iter().flatten();
                column.fold(ground, |ground, part| ground.coloured(styles.get(*part)))
            }
            _ => ground,
        }
    }

    /// Returns whether a box is a cell of a column that is left out.
    pub(super) fn is_collapsed(&self, node: NodeId, style: &Computed) -> bool {
        style.display == Display::Cell && self.collapsed.contains(&node)
    }

    /// Takes the cells of a table.
    fn add(&mut self, document: &Document, styles: &Styles, table: NodeId, grounds: &[Column]) {
        for child in document.children(table) {
            match document.name(child) {
                "tbody" | "thead" | "tfoot" if is_clear(styles.get(child)) => {
                    let rows = document.children(child);
                    self.rows(document, styles, rows, grounds);
                }
                _ => {}
            }
        }
    }

    fn rows(
        &mut self,
        document: &Document,
        styles: &Styles,
        rows: impl Iterator<Item = NodeId>,
        grounds: &[Column],
    ) {
        // Number of rows that a cell above still covers, for each column.
        let mut covered = [0_usize; MAX_COLUMNS];
        for row in rows.filter(|row| document.name(*row) == "tr") {
            let clear = is_clear(styles.get(row));
            let mut at = 0;
            let mut begun = [0_usize; MAX_COLUMNS];
            for cell in document.children(row) {
                if !matches!(document.name(cell), "td" | "th")
                    || styles.get(cell).display != Display::Cell
                {
                    continue;
                }
                while covered.get(at).is_some_and(|rows| *rows > 0) {
                    at += 1;
                }
                let spans = number(document, cell, &local_name!("rowspan"));
                let rows = match spans {
                    Some(0) => usize::MAX,
                    spans => spans.unwrap_or(1),
                };
                let width = number(document, cell, &local_name!("colspan")).unwrap_or(1);
                let width = width.clamp(1, MAX_COLUMNS);
                if let Some(column) = grounds.get(at) {
                    let mut parts = column.iter().flatten();
                    if width == 1 && parts.any(|part| is_collapsed(styles.get(*part))) {
                        self.collapsed.insert(cell);
                    } else if clear {
                        self.cells.insert(cell, *column);
                    }
                }
                for place in begun.iter_mut().skip(at).take(width) {
                    *place = rows;
                }
                at = (at + width).min(MAX_COLUMNS);
            }
            for (covered, begun) in covered.iter_mut().zip(begun) {
                *covered = (*covered).max(begun).saturating_sub(1);
            }
        }
    }
}

/// Returns the columns of a table, as far as they paint.
fn grounds(document: &Document, styles: &Styles, table: NodeId) -> Vec<Column> {
    let mut columns = Vec::new();
    let mut add = |node: NodeId, column: Column| {
        let width = number(document, node, &local_name!("span")).unwrap_or(1);
        let left = MAX_COLUMNS - columns.len();
        columns.extend(std::iter::repeat_n(column, width.max(1).min(left)));
    };
    let painted = |node: NodeId| {
        let style = styles.get(node);
        let seen = style.inherited.visible && style.opacity >= 1.0;
        (is_collapsed(style) || (seen && !is_clear_ground(style))).then_some(node)
    };
    for child in document.children(table) {
        if !is_column(document, child, styles.get(child)) {
            continue;
        }
        match document.name(child) {
            "colgroup" => {
                let group = painted(child);
                let mut any = false;
                for column in document.children(child).take(MAX_COLUMNS) {
                    let style = styles.get(column);
                    if document.name(column) == "col" && is_column(document, column, style) {
                        any = true;
                        add(column, [group, painted(column)]);
                    }
                }
                if !any {
                    add(child, [group, None]);
                }
            }
            "col" => add(child, [None, painted(child)]),
            _ => {}
        }
    }
    columns
}

fn is_collapsed(style: &Computed) -> bool {
    style.marks.has(Mark::Collapsed)
}

/// Returns whether an element of a table has the box of a column, if it is one.
fn is_column(document: &Document, node: NodeId, style: &Computed) -> bool {
    let hidden = document
        .element(node)
        .is_none_or(|element| element.attribute(&local_name!("hidden")).is_some());
    !hidden && !style.marks.has(Mark::Regrouped)
}

/// Returns whether a row or a group of rows has its usual box, and paints nothing on the columns.
fn is_clear(style: &Computed) -> bool {
    style.display == Display::Table && is_clear_ground(style)
}

fn is_clear_ground(style: &Computed) -> bool {
    let clear = matches!(style.background, Colour::Known(colour) if colour.alpha <= UNPAINTED);
    clear && (style.background_image == Image::None || style.background_drawn.is_nothing())
}

/// Returns the number in an attribute.
fn number(document: &Document, node: NodeId, name: &LocalName) -> Option<usize> {
    let value = document.element(node)?.attribute(name)?;
    value.trim().parse().ok()
}
