//! The Markdown of a document: what is seen, in reading order, without the layout.
//!
//! - The order and the shape of the content: `order` with `turn`, `edges` and `room`,
//!   `survey`, `gaps`, `border`.
//! - Blocks: `table` with `heads`, `places`, `styled`, `alike`, `items` with `lists`, `word`, `quotes`.
//! - Lines: `inline`, `spaces`, `piece`, `strikes`, `digits`, `direction`, `controls` with `labels`.
//! - Links: `links`, `base`, `address`, `person`, `hosts`, `endings`, `scanner`.
//! - The Markdown itself: `writer`, `emphasis`, `escape`.

mod address;
mod alike;
#[cfg(test)]
mod alike_tests;
mod base;
pub(crate) mod border;
mod controls;
#[cfg(test)]
mod digit_tests;
mod digits;
mod direction;
mod edges;
mod emphasis;
mod endings;
mod escape;
#[cfg(test)]
mod gap_tests;
pub(crate) mod gaps;
mod heads;
mod hosts;
mod inline;
mod items;
mod labels;
mod links;
#[cfg(test)]
mod list_tests;
mod lists;
#[cfg(test)]
mod look_tests;
#[cfg(test)]
mod note_tests;
mod order;
#[cfg(test)]
mod order_tests;
mod person;
mod piece;
mod places;
#[cfg(test)]
mod quote_tests;
mod quotes;
mod room;
mod scanner;
#[cfg(test)]
mod space_tests;
mod spaces;
#[cfg(test)]
mod strike_tests;
mod strikes;
mod styled;
mod survey;
mod table;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;
mod turn;
mod word;
mod writer;

use crate::{
    cascade::{Computed, Styles},
    characters::{self, Cleaned},
    css::property::{Display, Side, WhiteSpace},
    document::{Document, Element, NodeId, Visit},
    findings::Findings,
    sight::Sight,
};
pub(crate) use address::misleads;
use direction::Directions;
pub use endings::is_ending;
use lists::List;
pub(crate) use lists::{integer, number};
pub(crate) use order::order;
use piece::{Link, TextStyle};
use quotes::is_quote;
use room::{has_room, is_lifted};
use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};
use strikes::Strikes;
use survey::Survey;
use table::Tables;
use url::Url;
use writer::{Gap, Writer};

/// Most nodes and bytes that the texts of all links may have. A link inside another counts again.
const MAX_STEPS: usize = 16 << 20;

/// Writes a document as Markdown.
pub(crate) fn write(
    document: &Document,
    styles: &Styles,
    sight: &Sight,
    findings: &mut Findings,
) -> String {
    let survey = Survey::new(document, styles, sight);
    let tables = Tables::new(document, styles, &survey);
    let mut page = Page {
        document,
        styles,
        sight,
        survey,
        tables,
        writer: Writer::default(),
        text_style: TextStyle::default(),
        lists: Vec::new(),
        items: Vec::new(),
        marker: None,
        in_row: Vec::new(),
        quotes: Vec::new(),
        directions: Directions::default(),
        strikes: Strikes::default(),
        script_ended: false,
        last_size: 0.0,
        links: Vec::new(),
        steps: MAX_STEPS,
        base: base::base(document),
        usual: OnceCell::new(),
        maps: None,
        findings,
    };
    let mut walk = document.walk(NodeId::ROOT);
    while let Some(visit) = walk.next() {
        match visit {
            Visit::Enter(node) => {
                if !page.enter(node) {
                    walk.skip_children();
                }
            }
            Visit::Leave(node) => page.leave(node),
        }
        if page.writer.is_full() {
            break;
        }
    }
    page.rest();
    page.writer.finish()
}

struct Page<'a> {
    document: &'a Document,
    styles: &'a Styles,
    sight: &'a Sight,
    survey: Survey,
    tables: Tables,
    writer: Writer,
    text_style: TextStyle,
    lists: Vec<List>,
    /// Open paragraphs of Word that are items, with their depths.
    items: Vec<(NodeId, usize)>,
    /// The marker of the last of them, which is written.
    marker: Option<NodeId>,
    /// Open headings and preformatted texts in a row, which has their style alone.
    in_row: Vec<NodeId>,
    /// Open quotations.
    quotes: Vec<NodeId>,
    directions: Directions,
    strikes: Strikes,
    /// Whether raised or lowered text ended behind the last letter.
    script_ended: bool,
    /// Size of the last text.
    last_size: f32,
    /// Open links. One may be inside another.
    links: Vec<Link>,
    /// Steps that the texts of links may still take.
    steps: usize,
    /// Address that relative links refer to.
    base: Option<Url>,
    /// Hosts that many links lead to, once it was asked for.
    usual: OnceCell<HashSet<String>>,
    /// The maps of images that are not written yet, by their names.
    maps: Option<HashMap<String, NodeId>>,
    findings: &'a mut Findings,
}

impl Page<'_> {
    /// Writes the beginning of a node. Returns whether its children are written.
    fn enter(&mut self, node: NodeId) -> bool {
        if let Some(text) = self.document.text(node) {
            let parent = self.document.node(node).parent.unwrap_or(NodeId::ROOT);
            let style = self.styles.get(parent);
            if self.sight.is_seen(node) {
                self.text(text, style);
            } else if has_room(self.sight, style, node, text) {
                self.writer.gap(Gap::Space);
            }
            return true;
        }
        let Some(element) = self.document.element(node) else {
            return true;
        };
        let style = self.styles.get(node);
        if style.display == Display::None || self.marker == Some(node) {
            return false;
        }
        match element.html_name() {
            "br" => {
                // A break separates words also if it is not seen.
                self.writer.line_break();
                return false;
            }
            "wbr" => return false,
            "hr" if self.sight.is_seen(node) => {
                self.writer.rule();
                return false;
            }
            "img" | "input" | "button" | "select" | "textarea" => {
                return self.control(node, element);
            }
            _ => {}
        }
        let content = self.survey.get(node);
        if content.is_empty() {
            self.empty_gap(node, element, style);
            // An item without content has a number.
            if style.display == Display::ListItem
                && element.html_name() == "li"
                && let Some(list) = self.lists.last_mut()
            {
                list.next(element);
            }
            if content.line_break && style.display == Display::Inline {
                self.writer.line_break();
            } else if content.space && !is_lifted(style) {
                self.writer.gap(Gap::Space);
            }
            return false;
        }
        self.open(node, element, style);
        true
    }

    fn open(&mut self, node: NodeId, element: &Element, style: &Computed) {
        self.gap(node, element, style, Side::Left);
        self.directions.open(self.document, self.styles, node);
        self.text_style.struck = self.strikes.open(self.document, self.styles, node);
        self.open_script(node, style);
        match element.html_name() {
            "p" => self.open_word_item(node),
            "div" if word::is_divided(element) => self.writer.rule(),
            "b" | "strong" => self.text_style.bold += 1,
            "i" | "em" | "cite" | "dfn" | "var" => self.text_style.italic += 1,
            "code" | "kbd" | "samp" | "tt" => self.text_style.code += 1,
            "q" => self.mark("\""),
            "rt" => self.mark("("),
            "a" => self.open_link(node, element),
            "" if element.local_name() == "a" => self.open_link(node, element),
            "blockquote" | "div" if is_quote(self.document, self.styles, node, element) => {
                self.quotes.push(node);
                self.writer.gap(Gap::Blank);
                self.writer.push_quote();
            }
            "pre" | "listing" | "xmp" if self.writer.is_row() => {
                self.in_row.push(node);
                self.text_style.code += 1;
            }
            "pre" | "listing" | "xmp" => self
                .writer
                .open_code(&labels::language(self.document, node)),
            "ul" | "ol" | "menu" | "dir" => self.open_list(node, element),
            // A row has neither headings nor blocks of code.
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.writer.is_row() => {
                self.in_row.push(node);
                self.text_style.bold += 1;
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = element.html_name().bytes().last().map_or(1, |b| b - b'0');
                self.writer.open_heading(level);
            }
            _ if self.tables.has_row(node) => self.writer.begin_row(self.tables.row(node)),
            _ if self.tables.has_cell(node) => self.writer.begin_cell(self.tables.cell(node)),
            _ => {}
        }
        if style.display == Display::ListItem {
            self.open_item(node, element, style);
        } else if self.is_meaning(node, element) {
            self.writer.push_item("  ");
        }
    }

    fn leave(&mut self, node: NodeId) {
        let Some(element) = self.document.element(node) else {
            return;
        };
        let style = self.styles.get(node);
        if style.display == Display::None || self.survey.get(node).is_empty() || is_leaf(element) {
            return;
        }
        if self.marker == Some(node) {
            return;
        }
        match element.html_name() {
            "p" => self.close_word_item(node),
            "b" | "strong" => self.text_style.bold -= 1,
            "i" | "em" | "cite" | "dfn" | "var" => self.text_style.italic -= 1,
            "code" | "kbd" | "samp" | "tt" => self.text_style.code -= 1,
            "q" => self.mark("\""),
            "rt" => self.mark(")"),
            "a" => self.close_link(node),
            "" if element.local_name() == "a" => self.close_link(node),
            "blockquote" | "div" if self.quotes.pop_if(|open| *open == node).is_some() => {
                self.writer.pop_prefix(false);
                self.writer.gap(Gap::Blank);
            }
            "pre" | "listing" | "xmp" if self.closes_in_row(node) => self.text_style.code -= 1,
            "pre" | "listing" | "xmp" => {
                self.end_code();
                self.writer.close_code();
            }
            "ul" | "ol" | "menu" | "dir" => self.close_list(node),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.closes_in_row(node) => {
                self.text_style.bold -= 1;
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.writer.close_heading(),
            _ if self.tables.has_row(node) => self.writer.end_row(),
            _ => {}
        }
        if style.display == Display::ListItem || self.is_meaning(node, element) {
            self.writer.pop_prefix(true);
        }
        self.close_script(node, style);
        self.directions.close(self.document, self.styles, node);
        self.text_style.struck = self.strikes.close(self.document, self.styles, node);
        self.gap(node, element, style, Side::Right);
    }

    /// Returns whether an element was opened as a part of a row, and forgets it.
    fn closes_in_row(&mut self, node: NodeId) -> bool {
        self.in_row.pop_if(|open| *open == node).is_some()
    }

    /// Writes a run of text.
    fn text(&mut self, text: &str, style: &Computed) {
        let white_space = style.inherited.white_space;
        let collapses = matches!(white_space, WhiteSpace::Normal | WhiteSpace::NoWrap);
        // A separator that HTML does not know is a line break.
        let (text, white_space) = match collapses && has_separator(text) {
            true => (
                characters::normalize(&text.replace(['\n', '\r', '\t'], " ")).into_owned(),
                WhiteSpace::PreLine,
            ),
            false => (text.to_owned(), white_space),
        };
        let mut cleaned = self.clean(&text);
        if self.directions.is_override() {
            cleaned = characters::reverse(&cleaned);
        }
        self.part_digits(&cleaned, style);
        let link = self.text_link();
        self.writer
            .text(&cleaned, white_space, self.text_style, link.as_ref());
    }

    /// Removes invisible characters, and counts them.
    fn clean(&mut self, text: &str) -> String {
        let mut cleaned = Cleaned::default();
        characters::append_clean(text, &mut cleaned);
        self.findings.invisible = self.findings.invisible.saturating_add(cleaned.removed);
        cleaned.text
    }

    fn mark(&mut self, mark: &str) {
        let link = self.text_link();
        self.writer.mark(mark, link.as_ref());
    }

    /// Writes the text that exceeded the limits of the parser.
    fn rest(&mut self) {
        if self.document.rest.trim().is_empty() {
            return;
        }
        self.writer.gap(Gap::Blank);
        let text = self.clean(&characters::normalize(&self.document.rest));
        self.writer
            .text(&text, WhiteSpace::PreLine, TextStyle::default(), None);
    }
}

/// Returns whether text has a line separator that HTML takes for a letter.
fn has_separator(text: &str) -> bool {
    text.contains(['\u{b}', '\u{85}', '\u{2028}', '\u{2029}'])
}

/// Returns whether the page shows nothing of the content of an element, or shows it on its own.
fn is_leaf(element: &Element) -> bool {
    matches!(
        element.html_name(),
        "br" | "wbr" | "hr" | "img" | "input" | "button" | "select" | "textarea"
    )
}
