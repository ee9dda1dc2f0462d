//! How a table looks: whether lines are between its cells, and whether its first row is seen as names
//! of the columns.

use super::{lists::integer, places::Cell, survey::Survey};
use crate::{
    cascade::Styles,
    css::colour::{Colour, Rgba},
    document::{Document, Element, NodeId, Visit},
    limits::MAX_COLUMNS,
};
use html5ever::local_name;

/// Most cells whose borders are looked at.
const MAX_RULED: usize = 8;
/// Most rows that are compared with the first one, and most nodes of a cell that are.
const MAX_COMPARED: usize = 8;
const MAX_INSIDE: usize = 64;
/// Most characters of a name and of a value in a list with names, and fewest of them in an entry.
const MAX_LABEL: u32 = 40;
const MIN_LABELS: usize = 2;

/// Returns whether lines are drawn between the cells, as attributes, Word and editors of mail say it.
pub(super) fn is_ruled(document: &Document, table: NodeId, rows: &[(NodeId, Vec<Cell>)]) -> bool {
    let attribute = |node: NodeId, name| document.element(node).and_then(|e| e.attribute(&name));
    let border = attribute(table, local_name!("border")).and_then(integer);
    let class = attribute(table, local_name!("class")).unwrap_or_default();
    let is_bordered = |cell: &Cell| {
        let style = attribute(cell.node, local_name!("style")).unwrap_or_default();
        let has_none = ["0 solid", "0px solid", "width:0;", "width:0px"];
        style.contains("border")
            && style.contains("solid")
            && !has_none.iter().any(|none| style.contains(none))
    };
    let cells = || rows.iter().flat_map(|(_, cells)| cells).take(MAX_RULED);
    border.is_some_and(|border| border > 0)
        || class.contains("MsoTableGrid")
        || (cells().count() > 1 && cells().all(is_bordered))
}

/// Returns whether a table says that it is a layout.
pub(super) fn is_layout(document: &Document, table: NodeId) -> bool {
    let element = document.element(table);
    let role = element.and_then(|element| element.attribute(&local_name!("role")));
    role.is_some_and(|role| matches!(role.trim(), "presentation" | "none"))
}

/// Returns whether the first of some rows is seen as the names of the columns: its cells are headers, all
/// bold above others that are not, or on another ground than the rows below. Without that it may be data.
pub(super) fn has_names(
    document: &Document,
    styles: &Styles,
    survey: &Survey,
    rows: &[(NodeId, Vec<Cell>)],
) -> bool {
    let mut rows = rows.iter().map(|(row, cells)| {
        let filled = cells
            .iter()
            .filter(|cell| survey.get(cell.node).is_filled());
        (*row, filled.collect::<Vec<_>>())
    });
    let Some((row, first)) = rows.next() else {
        return false;
    };
    if first.iter().all(|cell| cell.header) || first.len() > MAX_COLUMNS {
        return first.len() <= MAX_COLUMNS;
    }
    let below: Vec<_> = rows
        .filter(|(_, cells)| !cells.is_empty())
        .take(MAX_COMPARED)
        .collect();
    let is_bold = |cells: &[&Cell]| cells.iter().all(|cell| is_bold(document, cell.node));
    if is_bold(&first) && below.iter().any(|(_, cells)| !is_bold(cells)) {
        return true;
    }
    let ground = |row: NodeId, cell: &Cell| {
        let group = document.node(row).parent.unwrap_or(NodeId::ROOT);
        let mut found = [cell.node, row, group]
            .into_iter()
            .filter(|node| document.name(*node) != "table");
        found
            .find(|node| styles.get(*node).background != Colour::Known(Rgba::TRANSPARENT))
            .map(|node| styles.get(node).background)
    };
    let has_ground = |(row, cells): &(NodeId, Vec<&Cell>), sought: Option<Colour>| {
        cells.iter().any(|cell| ground(*row, cell) == sought)
    };
    // Every second row may be on a ground of its own, also if there are only two.
    below.len() > 1
        && first.iter().all(|cell| {
            let own = ground(row, cell);
            own.is_some() && !below.iter().take(2).any(|below| has_ground(below, own))
        })
}

/// Returns whether the text of a cell begins in bold.
fn is_bold(document: &Document, cell: NodeId) -> bool {
    let inside = document.walk(cell).take(MAX_INSIDE);
    let mut nodes = inside.filter_map(|visit| match visit {
        Visit::Enter(node) => Some(node),
        Visit::Leave(_) => None,
    });
    let is_text = |node: &NodeId| {
        document
            .text(*node)
            .is_some_and(|text| !text.trim().is_empty())
    };
    let first = nodes.find(is_text);
    let mut around = first
        .into_iter()
        .flat_map(|first| document.ancestors(first).take(MAX_INSIDE));
    around.find_map(|node| weight(document.element(node)?)) == Some(true)
}

/// Returns whether an element makes its text bold, if it says so.
fn weight(element: &Element) -> Option<bool> {
    let mut declarations = element.declarations().rev();
    let declared = declarations.find_map(|(name, value)| match name {
        "font-weight" => Some(value.starts_with("bold") || value.starts_with(['6', '7', '8', '9'])),
        "font" if value.contains("bold") => Some(true),
        _ => None,
    });
    match element.html_name() {
        _ if declared.is_some() => declared,
        "b" | "strong" | "th" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Some(true),
        // The text around a table says nothing of its cells.
        "table" => Some(false),
        _ => None,
    }
}

/// Returns the only cell of a row with something to write, if it may be the name of a column: a title
/// of the table is in the first one, or covers several.
pub(super) fn lone_name<'a>(survey: &Survey, cells: &'a [Cell]) -> Option<&'a Cell> {
    let mut filled = cells
        .iter()
        .filter(|cell| survey.get(cell.node).is_filled());
    let name = filled.next().filter(|_| filled.next().is_none())?;
    let content = survey.get(name.node);
    let is_label = (1..=MAX_LABEL).contains(&content.letters) && content.lines() <= 1;
    (name.column > 0 && name.width == 1 && is_label).then_some(name)
}

/// Returns whether the first row is short texts, and each row below has at most one cell of several
/// lines beside short ones: the entries of a list, whose places say what they are.
pub(super) fn is_named_list(survey: &Survey, rows: &[(NodeId, Vec<Cell>)]) -> bool {
    let is_filled = |cell: &&Cell| survey.get(cell.node).is_filled();
    let is_label = |cell: &Cell| {
        let content = survey.get(cell.node);
        (1..=MAX_LABEL).contains(&content.letters) && content.lines() == 1
    };
    let is_tall = |cell: &Cell| survey.get(cell.node).lines() > 1;
    let count =
        |cells: &[Cell], is: &dyn Fn(&Cell) -> bool| cells.iter().filter(|cell| is(cell)).count();
    let mut rows = rows
        .iter()
        .map(|(_, cells)| cells)
        .filter(|cells| cells.iter().any(|cell| is_filled(&cell)));
    let is_named = rows
        .next()
        .is_some_and(|cells| cells.iter().filter(is_filled).all(is_label));
    let is_entry =
        |cells: &Vec<Cell>| count(cells, &is_label) >= MIN_LABELS && count(cells, &is_tall) <= 1;
    is_named && rows.clone().any(|cells| count(cells, &is_tall) > 0) && rows.all(is_entry)
}
