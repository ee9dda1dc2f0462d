//! Tables: data with a header becomes a Markdown table, a row of short cells becomes a line, and the
//! cells of a layout become blocks.

use super::{
    alike::Alike,
    heads,
    places::{Cell, Cover, Line, Merged, before_last, bit, is_cell, place, rows, wide},
    styled,
    survey::{Content, Survey},
};
use crate::{
    cascade::Styles,
    document::{Document, NodeId, Visit},
    limits::MAX_COLUMNS,
};
use std::collections::{HashMap, HashSet};

/// Most characters of a cell of a Markdown table.
const MAX_DATA: u32 = 400;
/// Most lines of a cell of a Markdown table with a header, and of one that may be a layout.
const MAX_LINES: u32 = 12;
const MAX_LAYOUT_LINES: u32 = 4;
/// Most characters of a cell in a line.
const MAX_CELL: u32 = 150;

/// Form of a row in the Markdown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Row {
    /// Each cell is a block.
    #[default]
    Blocks,
    /// All cells are one line. `names` has a bit for each column with a name, `places` for each that
    /// keeps its place if it is empty.
    Line {
        names: u64,
        places: u64,
        merged: Merged,
    },
    /// A row of a Markdown table.
    Grid {
        columns: usize,
        header: bool,
        /// Whether the header is empty, because the row is data.
        bare: bool,
        /// Whether the table has names for its columns, so that it is no layout.
        named: bool,
        merged: Merged,
    },
}

/// Whether cells need the empty places before them, with the bits of the used columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gaps {
    None,
    /// In the lines of a table that may be a layout.
    Lines(u64),
    /// In a table that is data.
    Data(u64),
}

/// The rows and cells of all tables.
#[derive(Debug, Default)]
pub(super) struct Tables {
    rows: HashMap<NodeId, Row>,
    columns: HashMap<NodeId, usize>,
    /// Rows of several cells, some of which have several lines.
    apart: HashSet<NodeId>,
}

impl Tables {
    pub(super) fn new(document: &Document, styles: &Styles, survey: &Survey) -> Self {
        let (mut found, mut taken) = (Vec::new(), HashSet::new());
        for visit in document.walk(NodeId::ROOT) {
            let Visit::Enter(node) = visit else {
                continue;
            };
            if !survey.get(node).is_filled() {
                continue;
            }
            let rows = match document.name(node) {
                "table" => rows(document, styles, node),
                _ => styled::rows(document, styles, survey, node),
            };
            // A row of a table is none of its own.
            if !rows.is_empty() && rows.iter().all(|line| taken.insert(line.row)) {
                let table = Table::new(document, styles, survey, node, rows);
                found.push((node, table));
            }
        }
        let (mut alike, mut tables) = (Alike::default(), Self::default());
        for (node, table) in &found {
            alike.add(styles, survey, *node, &table.rows);
        }
        for (node, table) in &found {
            let places = alike.places(styles, survey, *node, &table.rows);
            tables.add(survey, table, places);
        }
        tables
    }

    /// Returns whether a node is a row of a table.
    pub(super) fn has_row(&self, node: NodeId) -> bool {
        self.rows.contains_key(&node)
    }

    /// Returns whether a node is a cell of a table.
    pub(super) fn has_cell(&self, node: NodeId) -> bool {
        self.columns.contains_key(&node)
    }

    /// Returns the form of a row.
    pub(super) fn row(&self, node: NodeId) -> Row {
        self.rows.get(&node).copied().unwrap_or_default()
    }

    /// Returns the column of a cell, counted from 0.
    pub(super) fn cell(&self, node: NodeId) -> usize {
        self.columns.get(&node).copied().unwrap_or_default()
    }

    /// Returns whether blank lines are around a row, so that its cells are not read as parts of others.
    pub(super) fn is_apart(&self, node: NodeId) -> bool {
        self.apart.contains(&node)
    }

    /// Adds a table. `alike` are the columns that keep their places in tables of the same shape.
    fn add(&mut self, survey: &Survey, table: &Table, alike: u64) {
        let gaps = table.gaps(survey);
        let grid = match table.layout {
            true => None,
            false => table.grid(survey, matches!(gaps, Gaps::Data(_))),
        };
        let places = match gaps {
            Gaps::None => alike,
            Gaps::Lines(places) | Gaps::Data(places) => places,
        };
        for (at, ((row, cells), above)) in table.rows.iter().zip(&table.above).enumerate() {
            let is_below = grid.is_some_and(|(_, header, _)| at > header);
            let before = match table.has_names && is_below {
                true => wide(survey, cells, *above),
                false => 0,
            };
            let merged = Merged {
                above: *above,
                before,
            };
            let form = match grid {
                Some((columns, header, named)) if at >= header => Row::Grid {
                    columns,
                    header: at == header,
                    bare: !table.has_names || cells.iter().any(|cell| cell.tall && !cell.header),
                    named,
                    merged,
                },
                _ => line(survey, cells, places, merged),
            };
            self.rows.insert(*row, form);
            let filled = cells.iter().map(|cell| survey.get(cell.node));
            let filled = filled.filter(Content::is_filled);
            if form == Row::Blocks
                && filled.clone().count() > 1
                && filled.clone().any(|content| content.lines() > 1)
            {
                self.apart.insert(*row);
            }
            for cell in cells {
                self.columns.insert(cell.node, cell.column);
            }
        }
    }
}

/// The rows of a table in order.
struct Table {
    rows: Vec<(NodeId, Vec<Cell>)>,
    /// Bits of the columns that cells with text in the rows above cover, for each row. None in a layout.
    above: Vec<u64>,
    /// Whether it says that it is a layout.
    layout: bool,
    /// Whether its first row with several cells is seen as names of the columns.
    has_names: bool,
    /// Whether a cell covers columns of rows below it.
    spans: bool,
    /// Whether lines are drawn between the cells, so that the table is no layout.
    ruled: bool,
}

impl Table {
    fn new(
        document: &Document,
        styles: &Styles,
        survey: &Survey,
        table: NodeId,
        rows: Vec<Line>,
    ) -> Self {
        // Rows that the cells above still cover, for each column. No cell covers rows of another group.
        let mut covered: Vec<Cover> = Vec::new();
        let mut last = table;
        let mut spans = false;
        let (mut above, rows): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .map(|Line { row, group, head }| {
                if std::mem::replace(&mut last, group) != group {
                    covered.clear();
                }
                spans |= covered.iter().any(|cover| cover.rows > 0);
                let texts = covered.iter().enumerate();
                let texts = texts.filter(|(_, cover)| cover.rows > 0 && cover.text);
                let above = texts.fold(0, |columns, (column, _)| columns | bit(column));
                let cells = document.children(row);
                let cells = cells.filter(|cell| is_cell(document, styles, *cell));
                let cells = place(document, survey, cells, head, &mut covered);
                (above, (row, cells))
            })
            .unzip();
        let ruled = heads::is_ruled(document, table, &rows);
        let is_filled = |cell: &&Cell| survey.get(cell.node).is_filled();
        let is_wide = |(_, cells): &(NodeId, Vec<Cell>)| {
            let is_name = heads::lone_name(survey, cells).is_some_and(|cell| cell.header);
            is_name || cells.iter().filter(is_filled).count() > 1
        };
        let first = rows.iter().position(is_wide).unwrap_or(rows.len());
        let below = rows.get(first..).unwrap_or_default();
        let has_names = heads::has_names(document, styles, survey, below);
        let mut cells = rows.iter().flat_map(|(_, cells)| cells);
        let layout = heads::is_layout(document, table);
        let names = rows.get(first).is_some_and(|(_, cells)| {
            let mut filled = cells.iter().filter(is_filled);
            filled.all(|cell| cell.header)
        });
        if layout || (!has_names && !cells.all(|cell| is_short(survey, cell))) {
            above.fill(0);
        } else if !names && !ruled {
            for ((_, cells), above) in rows.iter().zip(&mut above) {
                *above &= behind_text(survey, cells);
            }
        }
        Self {
            rows,
            above,
            has_names,
            layout,
            spans,
            ruled,
        }
    }

    /// Returns whether the cells of some row would stand for those of other columns if they were joined to
    /// a line: a column that other rows fill is empty before the last cell.
    fn gaps(&self, survey: &Survey) -> Gaps {
        let filled = |(_, cells): &(NodeId, Vec<Cell>)| {
            let filled = cells
                .iter()
                .filter(|cell| survey.get(cell.node).is_filled());
            filled.fold(0, |columns, cell| columns | bit(cell.column))
        };
        let rows: Vec<u64> = self.rows.iter().map(filled).collect();
        let used = rows.iter().fold(0, |used, row| used | row);
        let last = used & !before_last(used);
        let joined = rows.iter().filter(|row| row.count_ones() >= 2).count();
        let mut with_above = rows.iter().zip(&self.above);
        let has_gap = |(row, above): (&u64, &u64)| used & (before_last(*row) | above) & !row != 0;
        let (data, lines) = match used.count_ones() {
            0 | 1 => return Gaps::None,
            // Most pairs of columns are a layout.
            2 => {
                let both = rows.contains(&last)
                    && (rows.contains(&(used & !last)) || self.begins_with_lone_name(survey));
                let names = rows.iter().find(|row| **row != 0) == Some(&used) && joined == 1;
                let spans = self.spans && joined >= 2;
                let is_behind = |(row, above): (&u64, &u64)| *row == used & !last && *above == last;
                (
                    joined >= 1 && both,
                    (names || spans) && rows.contains(&last) || with_above.any(is_behind),
                )
            }
            _ => {
                let has_gaps = with_above.any(has_gap);
                let is_even = rows.iter().all(|row| *row == 0 || *row == used);
                let is_list = || is_even && heads::is_named_list(survey, &self.rows);
                (
                    joined >= 2 && (has_gaps || is_list()),
                    joined == 1 && has_gaps,
                )
            }
        };
        let mut cells = self.rows.iter().flat_map(|(_, cells)| cells);
        match (data, lines) {
            (true, _) => Gaps::Data(used),
            (false, true) if cells.all(|cell| is_short(survey, cell)) => Gaps::Lines(used),
            (false, _) => Gaps::None,
        }
    }

    /// Returns whether only the last of several columns has a name.
    fn begins_with_lone_name(&self, survey: &Survey) -> bool {
        let is_filled = |cell: &Cell| survey.get(cell.node).is_filled();
        let mut rows = self.rows.iter();
        let first = rows.find(|(_, cells)| cells.iter().any(is_filled));
        let name = first.and_then(|(_, cells)| heads::lone_name(survey, cells));
        name.is_some_and(|cell| cell.header || self.ruled)
    }

    /// Returns the number of columns, the row with the header and whether that has names if the table
    /// is data.
    fn grid(&self, survey: &Survey, has_gaps: bool) -> Option<(usize, usize, bool)> {
        let filled = |cells: &[Cell]| {
            let filled = cells
                .iter()
                .filter(|cell| survey.get(cell.node).is_filled());
            filled.count()
        };
        let with = |least| move |(_, cells): &(NodeId, Vec<Cell>)| filled(cells) >= least;
        let mut header = self.rows.iter().position(with(1))?;
        let (_, first) = self.rows.get(header)?;
        let all_headers = first
            .iter()
            .all(|cell| cell.header || !survey.get(cell.node).is_filled());
        let more = self.rows.iter().skip(header + 1);
        let has_data = more.clone().any(|(_, cells)| {
            let data = |cell: &Cell| !cell.header && survey.get(cell.node).is_filled();
            cells.iter().any(data)
        });
        let is_named = filled(first) >= 2 && all_headers && has_data;
        let is_long = |(_, cells): &(NodeId, Vec<Cell>)| {
            filled(cells) > 1 && !cells.iter().all(|cell| is_short(survey, cell))
        };
        let has_rules = self.ruled
            && self.rows.iter().filter(|row| with(2)(row)).count() > 1
            && self.rows.iter().any(is_long);
        match is_named {
            true => {}
            // A title stands before the table.
            false if has_gaps || has_rules => {
                header = self.rows.iter().position(with(2))?;
                let before = header.checked_sub(1).and_then(|at| self.rows.get(at));
                let name = before.and_then(|(_, cells)| heads::lone_name(survey, cells));
                header -= usize::from(name.is_some());
            }
            false => return None,
        }
        let cells = || self.rows.iter().flat_map(|(_, cells)| cells);
        let columns = cells().map(|cell| cell.column + cell.width).max()?;
        let is_data = is_named || has_rules;
        let lines = if is_data { MAX_LINES } else { MAX_LAYOUT_LINES };
        let simple = cells().all(|cell| {
            let content = survey.get(cell.node);
            content.letters <= MAX_DATA
                && content.lines() <= lines
                && !content.blocks
                && (is_named || !content.items)
        });
        (columns <= MAX_COLUMNS && simple).then_some((columns, header, is_data))
    }
}

/// Returns the bits of the columns behind the first text of a row. In a table that may be a layout, what is
/// before that text is a picture or a name beside several lines, and says nothing of each of them.
fn behind_text(survey: &Survey, cells: &[Cell]) -> u64 {
    let mut filled = cells
        .iter()
        .filter(|cell| survey.get(cell.node).letters > 0);
    filled
        .next()
        .map_or(0, |first| !(bit(first.column) | (bit(first.column) - 1)))
}

fn is_short(survey: &Survey, cell: &Cell) -> bool {
    let content = survey.get(cell.node);
    content.letters <= MAX_CELL && content.lines() <= 1 && !content.blocks && !content.items
}

/// Returns whether a row outside of a Markdown table is a line. `places` are the columns that keep their
/// places.
fn line(survey: &Survey, cells: &[Cell], places: u64, merged: Merged) -> Row {
    let filled: Vec<&Cell> = cells
        .iter()
        .filter(|cell| survey.get(cell.node).is_filled())
        .collect();
    let short = filled.iter().all(|cell| is_short(survey, cell));
    let has_places = filled
        .first()
        .is_some_and(|first| places & (bit(first.column) - 1) != 0);
    let has_places = has_places || (!filled.is_empty() && places & merged.above != 0);
    if !short || (filled.len() < 2 && !has_places) {
        return Row::Blocks;
    }
    let headers = filled.iter().filter(|cell| cell.header);
    let names = headers.fold(0, |names, cell| names | bit(cell.column));
    Row::Line {
        names,
        places,
        merged,
    }
}
