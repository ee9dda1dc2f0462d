//! Boxes beside each other that run from the right to the left and whose text runs to the right.

use super::{
    direction::runs_left,
    room::{self, fit},
};
use crate::{
    cascade::Styles,
    characters::is_right_to_left,
    css::{
        marks::Mark,
        property::{Display, Float},
    },
    document::{Document, NodeId, Visit},
};
use html5ever::local_name;

/// Most columns or rows that a cell covers.
const MAX_SPAN: usize = 1_000;
/// Most nodes of a box that are looked at.
const MAX_INSIDE: usize = 500;

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

/// Returns whether the children of a flexible box, or the cells of a box that is a table, are such
/// boxes.
pub(super) fn is_turned(document: &Document, styles: &Styles, node: NodeId) -> bool {
    let style = styles.get(node);
    if style.marks.has(Mark::Row) || !runs_left(document, styles, node) {
        return false;
    }
    let boxes: Vec<NodeId> = document
        .children(node)
        .filter(|child| !room::is_blank(document, styles, *child))
        .collect();
    let is_table = style.display == Display::Table;
    let is_box = |child: &NodeId| {
        let is_cell = styles.get(*child).display == Display::Cell;
        let is_of_table = matches!(document.name(*child), "td" | "th");
        document.element(*child).is_some() && (!is_table || (is_cell && !is_of_table))
    };
    // The boxes of several lines keep the order of the lines.
    let is_line = || {
        let width = room::width(document, styles, node);
        !style.marks.has(Mark::Wraps) || fit(document, styles, &boxes, (width, false))
    };
    boxes.iter().all(is_box) && are_turned(document, styles, &boxes) && is_line()
}

/// Returns the children of an element with such boxes in its lines in the order of the screen; `None`
/// if there are none.
pub(super) fn turned_boxes(
    document: &Document,
    styles: &Styles,
    node: NodeId,
) -> Option<Vec<NodeId>> {
    let is_box = |child: &NodeId| {
        let style = styles.get(*child);
        let frame = style.frame.as_deref();
        style.display == Display::InlineBlock
            && frame.is_none_or(|frame| frame.float == Float::None && !frame.is_absolute())
    };
    let is_flexible = styles.get(node).marks.has(Mark::Levels);
    let has_several = || document.children(node).filter(is_box).nth(1).is_some();
    if is_flexible || !has_several() || !runs_left(document, styles, node) {
        return None;
    }
    let (mut children, mut line) = (Vec::new(), Vec::new());
    let mut is_changed = false;
    let mut end = |line: &mut Vec<NodeId>, children: &mut Vec<NodeId>| {
        let boxes: Vec<NodeId> = line.iter().copied().filter(is_box).collect();
        let has_spaces = boxes.len() < line.len() && styles.get(node).inherited.font_size > 0.0;
        let room = (room::width(document, styles, node), has_spaces);
        if are_turned(document, styles, &boxes) && fit(document, styles, &boxes, room) {
            line.reverse();
            is_changed = true;
        }
        children.append(line);
    };
    for child in document.children(node) {
        if is_box(&child) || room::is_blank(document, styles, child) {
            line.push(child);
        } else {
            end(&mut line, &mut children);
            children.push(child);
        }
    }
    end(&mut line, &mut children);
    is_changed.then_some(children)
}

/// Returns whether there are several boxes, in all of which text runs to the right.
fn are_turned(document: &Document, styles: &Styles, boxes: &[NodeId]) -> bool {
    boxes.len() > 1
        && boxes.iter().all(|child| {
            let inside = document.walk(*child).take(MAX_INSIDE);
            let mut texts = inside.filter_map(|visit| match visit {
                Visit::Enter(node) => document.text(node),
                Visit::Leave(_) => None,
            });
            !runs_left(document, styles, *child)
                && !texts.any(|text| text.contains(is_right_to_left))
        })
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
