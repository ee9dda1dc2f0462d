//! Plain text of sanitised HTML, as a person would type it: links with their addresses, aligned
//! tables, quotes, lists, and nothing that the HTML hides.

use super::{
    layout::{self, Side},
    lines::{BULLET, Lines, Mark, STRUCK},
    links,
    numbers::List,
    table,
    tree::{Data, Edge, Element, NodeId, Tree},
    values,
    visibility::{Judgement, Judgements},
};
use unicode_width::UnicodeWidthStr as _;

/// Longest line under a heading.
const MAX_UNDERLINE: usize = 60;
const RULE: &str = "----------";

/// Returns the plain text of a document. A document that shows only images without words has a
/// line for each image.
pub(super) fn text(tree: &Tree, judgements: &Judgements) -> String {
    let text = below(tree, judgements, Tree::DOCUMENT, Table::Aligned);
    match text.trim().is_empty() {
        true => images(tree, judgements),
        false => text,
    }
}

/// Returns the label of a link without the marks of struck text around it.
fn without_strikes(label: &str) -> &str {
    label.trim_start_matches(STRUCK).trim_end_matches(STRUCK)
}

/// Returns the same without the items that have no words. The other reading does not have their numbers.
pub(super) fn without_empty_items(tree: &Tree, judgements: &Judgements) -> String {
    let lines = Lines::without_empty_items();
    write(tree, judgements, Tree::DOCUMENT, Table::Aligned, lines)
}

/// Layout of the tables in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// Data tables have aligned columns.
    Aligned,
    /// The cells of every table follow each other.
    Flat,
}

/// Returns the plain text below a node.
pub(super) fn below(tree: &Tree, judgements: &Judgements, root: NodeId, tables: Table) -> String {
    write(tree, judgements, root, tables, Lines::default())
}

fn write(
    tree: &Tree,
    judgements: &Judgements,
    root: NodeId,
    tables: Table,
    lines: Lines,
) -> String {
    let mut in_pre = tree.ancestors(root);
    let mut writer = Writer {
        tree,
        judgements,
        lines,
        lists: Vec::new(),
        verbatim: vec![tree.tag(root) == "pre" || in_pre.any(|id| tree.tag(id) == "pre")],
        in_line: Vec::new(),
    };
    let mut edge = tree.first_child(root).map(Edge::Open);
    while let Some(now) = edge {
        let mut skips = false;
        match now {
            Edge::Open(id) => match tree.data(id) {
                Data::Text(text) => writer.text(id, text),
                Data::Element(element) => skips = writer.open(id, element, tables),
                Data::Document | Data::Comment => {}
            },
            Edge::Close(id) => writer.close(id),
        }
        edge = match (now, skips) {
            (Edge::Open(id), true) => tree.step(root, Edge::Close(id)),
            _ => tree.step(root, now),
        };
    }
    writer.lines.finish()
}

struct Writer<'a> {
    tree: &'a Tree,
    judgements: &'a Judgements,
    lines: Lines,
    lists: Vec<List>,
    /// Whether the line breaks in each open element are seen.
    verbatim: Vec<bool>,
    /// Whether the cells of the open rows share a line.
    in_line: Vec<bool>,
}

/// Returns whether a style, and not the element, strikes the text through.
fn is_struck_by_style(element: &Element) -> bool {
    let style = element.attr("style").unwrap_or_default();
    let declarations = values::in_order(style).into_iter().rev();
    let mut decorations = declarations.filter(|declaration| {
        matches!(
            declaration.name.as_str(),
            "text-decoration" | "text-decoration-line"
        )
    });
    let is_struck = decorations
        .next()
        .is_some_and(|last| last.value.contains("line-through"));
    is_struck && !matches!(element.tag(), "s" | "strike" | "del")
}

/// Returns whether a style strikes an element through, or one below it.
fn has_struck(tree: &Tree, root: NodeId) -> bool {
    let mut edges = tree.walk(root);
    edges.any(|edge| match edge {
        Edge::Open(id) => tree.element(id).is_some_and(is_struck_by_style),
        Edge::Close(_) => false,
    })
}

impl Writer<'_> {
    fn text(&mut self, id: NodeId, text: &str) {
        if self.judgements.of(id) == Judgement::Hidden {
            return;
        }
        let verbatim = self.verbatim.last().copied().unwrap_or_default();
        if text.starts_with(['☐', '☑']) {
            self.lines.drop_bullet();
        }
        match verbatim {
            true => self.lines.verbatim(text),
            false => self.lines.words(text),
        }
    }

    /// Writes the start of an element. Returns whether to skip its content.
    fn open(&mut self, id: NodeId, element: &Element, tables: Table) -> bool {
        if self.judgements.of(id) == Judgement::Hidden {
            return true;
        }
        self.part(id, element, Side::Left);
        let tag = element.tag();
        match tag {
            "br" => self.lines.break_line(),
            "hr" => {
                self.lines.end_line(2);
                self.lines.words(RULE);
                self.lines.end_line(2);
            }
            "img" => {
                let alt = element.attr("alt").unwrap_or_default().trim();
                if !alt.is_empty() {
                    self.lines.words(&format!("[{alt}]"));
                }
            }
            "a" => self.lines.begin_span(),
            "s" | "strike" | "del" => self.lines.strike(),
            "q" => self.lines.words("“"),
            "sub" if is_exponent(&self.tree.text(id)) && self.lines.ends_with_digit() => {
                self.lines.raise('_');
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.lines.end_line(2);
                self.lines.begin_span();
            }
            "p" | "pre" | "figure" => self.lines.end_line(2),
            "blockquote" => {
                self.lines.end_line(2);
                self.lines.push(Mark::Quote);
            }
            "ul" | "ol" | "menu" | "dir" => self.open_list(id, element),
            "li" => self.open_item(element),
            "dd" => {
                self.lines.end_line(1);
                self.lines.push(Mark::item("  ".to_owned()));
            }
            "table" => {
                self.lines.end_line(2);
                let (tree, judgements) = (self.tree, self.judgements);
                let cell = |cell| below(tree, judgements, cell, Table::Flat);
                let aligned = match tables {
                    // The marks of struck text stand around cells and rows.
                    Table::Aligned if has_struck(tree, id) => None,
                    Table::Aligned => table::aligned(tree, judgements, id, &cell),
                    Table::Flat => None,
                };
                if let Some(table) = aligned {
                    self.lines.verbatim(&table);
                    self.lines.end_line(2);
                    return true;
                }
            }
            "tr" => {
                self.lines.end_line(1);
                self.in_line.push(table::is_in_line(self.tree, id));
            }
            "td" | "th" => match self.in_line.last() {
                Some(true) => self.lines.gap(),
                Some(false) | None => self.lines.end_line(1),
            },
            _ if layout::is_block(element) => self.lines.end_line(1),
            _ if layout::is_raised(element) && is_exponent(&self.tree.text(id)) => {
                self.lines.raise('^');
            }
            _ => {}
        }
        if is_struck_by_style(element) {
            self.lines.strike();
        }
        let around = self.verbatim.last().copied().unwrap_or_default();
        self.verbatim.push(layout::is_verbatim(element, around));
        false
    }

    fn close(&mut self, id: NodeId) {
        let Some(element) = self.tree.element(id) else {
            return;
        };
        if is_struck_by_style(element) {
            self.lines.unstrike();
        }
        match element.tag() {
            "a" => self.close_link(element),
            "s" | "strike" | "del" => self.lines.unstrike(),
            "q" => self.lines.attach("”"),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.close_heading(element.tag()),
            "p" | "pre" | "figure" => self.lines.end_line(2),
            "blockquote" => {
                self.lines.pop();
                self.lines.end_line(2);
            }
            "ul" | "ol" | "menu" | "dir" => {
                self.lists.pop();
                self.lines
                    .end_line(if self.lists.is_empty() { 2 } else { 1 });
            }
            "li" | "dd" => self.lines.pop(),
            "table" => self.lines.end_line(2),
            "tr" => {
                self.in_line.pop();
                self.lines.end_line(1);
            }
            "td" | "th" if self.in_line.last() == Some(&true) => {}
            _ if layout::is_block(element) => self.lines.end_line(1),
            _ => {}
        }
        self.part(id, element, Side::Right);
        self.verbatim.pop();
    }

    /// Writes the space with which a style separates an element from the text on a side of it.
    fn part(&mut self, id: NodeId, element: &Element, side: Side) {
        let parent = self.tree.ancestors(id).next();
        let parent = parent.and_then(|parent| self.tree.element(parent));
        if layout::is_box(element) || layout::is_apart(element, side) {
            self.lines.part();
        } else if parent.is_some_and(layout::is_row) {
            self.lines.beside();
        }
    }

    fn open_list(&mut self, id: NodeId, element: &Element) {
        self.lines
            .end_line(if self.lists.is_empty() { 2 } else { 1 });
        self.lists.push(List::new(self.tree, id, element));
    }

    fn open_item(&mut self, element: &Element) {
        self.lines.end_line(1);
        let marker = match self.lists.last_mut() {
            Some(list) => list.next(element),
            None => BULLET.to_owned(),
        };
        self.lines.push(Mark::item(marker));
    }

    fn close_link(&mut self, element: &Element) {
        let label = self.lines.end_span();
        let Some(href) = element.attr("href").filter(|href| !href.starts_with('#')) else {
            return;
        };
        // An address with a space would end there.
        let target = href.replace(' ', "%20");
        if label.is_empty() {
            self.lines.words(&target);
        } else if !links::names(without_strikes(label), href) {
            let target = format!(" ({target})");
            self.lines.attach(&target);
        }
    }

    fn close_heading(&mut self, tag: &str) {
        self.lines.end_line(1);
        let last = self
            .lines
            .end_span()
            .lines()
            .next_back()
            .unwrap_or_default()
            .trim();
        let mark = match tag {
            "h1" => "=",
            "h2" => "-",
            _ => "",
        };
        let underline = mark.repeat(last.width().min(MAX_UNDERLINE));
        if !underline.is_empty() {
            self.lines.underline(&underline);
        }
        self.lines.end_line(2);
    }
}

/// Returns whether raised text is a number or a variable, and not the ending of an ordinal number.
fn is_exponent(text: &str) -> bool {
    let mut letters = text.chars();
    match letters.next() {
        Some('i' | 'j' | 'k' | 'n' | 'x' | 'y') => {
            letters.next().is_none_or(|c| !c.is_alphabetic())
        }
        Some('+' | '-' | '−' | '–') => letters.next().is_some_and(|c| c.is_ascii_digit()),
        Some(first) => first.is_ascii_digit(),
        None => false,
    }
}

/// Returns a line for each image that a document shows.
fn images(tree: &Tree, judgements: &Judgements) -> String {
    let opened = tree.walk(Tree::DOCUMENT).filter_map(|edge| match edge {
        Edge::Open(id) if judgements.of(id) != Judgement::Hidden => tree.element(id),
        Edge::Open(_) | Edge::Close(_) => None,
    });
    let images = opened.filter(|element| element.tag() == "img");
    let lines = images.map(|image| match image.attr("src").unwrap_or_default() {
        source if source.starts_with("http") => format!("[image] ({source})"),
        _ => "[image]".to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
