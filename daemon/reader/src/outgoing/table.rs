//! Tables in plain text. A table with data gets aligned columns; the cells of a table that only
//! arranges a page follow each other.

use super::{
    elements,
    tree::{Edge, NodeId, Tree},
    visibility::{Judgement, Judgements},
};
use unicode_width::UnicodeWidthStr as _;

/// Widest column that is aligned. A table with a wider cell has a line of cells for each row.
const MAX_COLUMN: usize = 40;
/// Widest aligned line.
const MAX_LINE: usize = 100;
/// Longest cell of a row that is shown on one line.
const MAX_CELL: usize = 60;
/// Most cells of a row that is shown on one line.
const MAX_CELLS: usize = 8;

/// Returns a table of data as aligned columns; `None` for a table that arranges a page. `text`
/// returns the text of a cell.
pub(super) fn aligned(
    tree: &Tree,
    judgements: &Judgements,
    table: NodeId,
    text: &impl Fn(NodeId) -> String,
) -> Option<String> {
    let rows = rows(tree, judgements, table, text)?;
    let columns = rows.iter().map(|row| row.cells.len()).max()?;
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.cells.get(column));
        cells
            .map(|cell| cell.text.width())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let text: usize = rows
        .iter()
        .flat_map(|row| &row.cells)
        .map(|cell| cell.text.len() + 2)
        .sum();
    let line = widths.iter().sum::<usize>() + 2 * columns;
    // Padding must not make a small table large.
    let is_narrow = widths.iter().all(|width| *width <= MAX_COLUMN)
        && line <= MAX_LINE
        && line.saturating_mul(rows.len()) <= 4 * text + 1_000;
    let mut out = String::new();
    for (at, row) in rows.iter().enumerate() {
        let line = match is_narrow {
            true => padded(row, &widths),
            false => row
                .cells
                .iter()
                .map(|cell| cell.text.as_str())
                .collect::<Vec<_>>()
                .join(" | "),
        };
        out.push_str(line.trim_end());
        out.push('\n');
        let ends_header = row.is_header && rows.get(at + 1).is_some_and(|next| !next.is_header);
        if ends_header && at == 0 && is_narrow {
            let lines: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            out.push_str(lines.join("  ").trim_end());
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    Some(out)
}

/// Returns whether the cells of a row fit on one line.
pub(super) fn is_in_line(tree: &Tree, row: NodeId) -> bool {
    let cells = tree
        .children(row)
        .filter(|id| matches!(tree.tag(*id), "td" | "th"));
    let mut count = 0;
    for cell in cells {
        count += 1;
        if count > MAX_CELLS || !is_short(tree, cell) {
            return false;
        }
    }
    count > 1
}

struct Row {
    cells: Vec<Cell>,
    /// Whether every cell is a heading.
    is_header: bool,
}

struct Cell {
    text: String,
    to_right: bool,
}

/// Returns the rows of a table of data.
fn rows(
    tree: &Tree,
    judgements: &Judgements,
    table: NodeId,
    text: &impl Fn(NodeId) -> String,
) -> Option<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    let mut has_headings = false;
    let border = tree.element(table).and_then(|table| table.attr("border"));
    let bordered = border.is_some_and(|border| border != "0");
    for edge in tree.walk(table) {
        let Edge::Open(id) = edge else {
            continue;
        };
        match tree.tag(id) {
            "tr" => rows.push(Row {
                cells: Vec::new(),
                is_header: true,
            }),
            "td" | "th" => {
                let element = tree.element(id)?;
                let spans = |name| element.attr(name).is_some_and(|span| span != "1");
                let has_block = is_blocky(tree, id);
                if spans("colspan")
                    || spans("rowspan")
                    || has_block
                    || judgements.of(id) == Judgement::Hidden
                {
                    return None;
                }
                has_headings |= element.tag() == "th";
                let row = rows.last_mut()?;
                row.is_header &= element.tag() == "th";
                let words = text(id);
                let text = words.split_whitespace().collect::<Vec<_>>().join(" ");
                let to_right = element.attr("align") == Some("right");
                row.cells.push(Cell { text, to_right });
            }
            "table" | "caption" => return None,
            _ => {}
        }
    }
    rows.retain(|row| !row.cells.is_empty());
    let is_grid = rows.iter().any(|row| row.cells.len() > 1);
    ((has_headings || bordered) && is_grid && rows.len() > 1).then_some(rows)
}

fn padded(row: &Row, widths: &[usize]) -> String {
    let cells = row.cells.iter().zip(widths).map(|(cell, width)| {
        let padding = " ".repeat(width.saturating_sub(cell.text.width()));
        match cell.to_right {
            true => format!("{padding}{}", cell.text),
            false => format!("{}{padding}", cell.text),
        }
    });
    cells.collect::<Vec<_>>().join("  ")
}

/// Returns whether a cell holds paragraphs, lists or tables.
fn is_blocky(tree: &Tree, cell: NodeId) -> bool {
    let mut paragraphs = 0;
    tree.walk(cell).any(|edge| match edge {
        Edge::Open(id) => match tree.tag(id) {
            // One paragraph in a cell is a habit of editors.
            "p" | "div" | "center" => {
                paragraphs += 1;
                paragraphs > 1
            }
            tag => elements::is_block(tag),
        },
        Edge::Close(_) => false,
    })
}

/// Returns whether a cell has only some words.
fn is_short(tree: &Tree, cell: NodeId) -> bool {
    let mut length = 0;
    let mut is_short = true;
    for edge in tree.walk(cell) {
        let Edge::Open(id) = edge else {
            continue;
        };
        if let super::tree::Data::Text(text) = tree.data(id) {
            length += text.trim().len();
        }
        let tag = tree.tag(id);
        is_short &= !(elements::is_block(tag) || matches!(tag, "br" | "img"));
        if length > MAX_CELL || !is_short {
            return false;
        }
    }
    true
}
