//! Quotations in mails.

use crate::{
    cascade::Styles,
    css::property::Display,
    document::{Document, Element, NodeId, Visit},
};
use html5ever::local_name;

/// Thinnest and thickest line at the left of a quotation, and widest padding beside it, in pixels. A
/// note that stands out has a thicker line.
const LINE: std::ops::RangeInclusive<f32> = 0.9..=2.7;
const MAX_PADDING: f32 = 24.0;
/// Distance between the header of a mail that is answered and the line above it, in pixels.
const HEAD: std::ops::RangeInclusive<f32> = 3.5..=5.5;

/// Most nodes of a box with a line at its left.
const MAX_INSIDE: usize = 1_000;
/// Colours of lines that may not be seen.
const UNSEEN: [&str; 8] = [
    "transparent",
    "white",
    "#fff",
    "#ffffff",
    "rgba(",
    "hsla(",
    "rgb(255,255,255",
    "var(",
];

/// Sides of a box, in the order in which declarations name them.
const SIDES: [&str; 4] = ["top", "right", "bottom", "left"];
const LEFT: usize = 3;

/// Returns whether an element is a quotation. Editors of mail indent text with the same element, without
/// its border. Outlook draws the border around another one.
pub(super) fn is_quote(
    document: &Document,
    styles: &Styles,
    node: NodeId,
    element: &Element,
) -> bool {
    match element.html_name() {
        "blockquote" => is_cited(element),
        "div" => {
            let is_block = styles.get(node).display == Display::Block;
            is_block && is_lined(element) && !has_quote(document, node)
        }
        _ => false,
    }
}

/// Returns whether a quotation is in a box, or may be. The line of the box gives it no other level:
/// the quotations within that of a reply are left out.
fn has_quote(document: &Document, top: NodeId) -> bool {
    let mut walk = document.walk(top);
    for _ in 0..MAX_INSIDE {
        match walk.next() {
            Some(Visit::Enter(node)) if document.name(node) == "blockquote" => {
                if document.element(node).is_some_and(is_cited) {
                    return true;
                }
            }
            Some(_) => {}
            None => return false,
        }
    }
    true
}

fn is_cited(element: &Element) -> bool {
    let attribute = |name| {
        let value = element.attribute(&name).unwrap_or_default();
        value.to_ascii_lowercase()
    };
    let class = attribute(local_name!("class"));
    let is_cited = class.contains("quote") && !class.contains("indent")
        || class.contains("cite")
        || element.attribute(&local_name!("cite")).is_some()
        || element.attribute(&local_name!("type")).is_some();
    // The last declaration decides about the border at the left.
    let mut declarations = element.declarations();
    let border = declarations.rfind(|(name, _)| matches!(*name, "border" | "border-left"));
    let has_none = |(_, value): (&str, &str)| value.starts_with("none") || value.starts_with('0');
    is_cited || !(class.contains("indent") || border.is_some_and(has_none))
}

/// Returns whether an element has a thin line and a distance at its left, and nothing else that makes
/// it a box.
fn is_lined(element: &Element) -> bool {
    edges(element).is_some_and(|[top, right, bottom, left]| {
        LINE.contains(&left.line())
            && [top, right, bottom].iter().all(|edge| edge.line() == 0.0)
            && top.padding == 0.0
            && bottom.padding == 0.0
            && (1.0..=MAX_PADDING).contains(&left.padding)
    })
}

/// Returns whether an element has a thin line and a small distance above it, as the header of a mail
/// that is answered, and nothing else that makes it a box.
pub(super) fn is_headed(element: &Element) -> bool {
    edges(element).is_some_and(|[top, right, bottom, left]| {
        let others = [right, bottom, left];
        LINE.contains(&top.line())
            && HEAD.contains(&top.padding)
            && others
                .iter()
                .all(|edge| edge.line() == 0.0 && edge.padding == 0.0)
    })
}

/// Returns the edges that an element declares; `None` if something else makes it a box, or nothing
/// does.
fn edges(element: &Element) -> Option<[Edge; SIDES.len()]> {
    let style = element.attribute(&local_name!("style")).unwrap_or_default();
    let style = style.to_ascii_lowercase();
    if !style.contains("border") || !style.contains("padding") {
        return None;
    }
    let mut edges = [Edge::default(); SIDES.len()];
    let declarations = style.split(';').filter_map(|one| one.split_once(':'));
    for (name, value) in declarations {
        let (name, value) = (name.trim(), value.trim());
        if is_of_box(name, value) || (name.starts_with("border") && is_unseen(value)) {
            return None;
        }
        declare(&mut edges, name, value);
    }
    Some(edges)
}

/// Returns whether the colour of a line may be that of the ground.
fn is_unseen(value: &str) -> bool {
    let value = value.replace(", ", ",");
    value.split(' ').any(|word| {
        let is_colour = |unseen: &&str| match unseen.contains('(') {
            true => word.starts_with(*unseen),
            false => word == *unseen,
        };
        UNSEEN.iter().any(is_colour)
    })
}

/// Returns whether a declaration makes a box of its own of an element: a note, a column or a
/// paragraph of Word.
fn is_of_box(name: &str, value: &str) -> bool {
    let has_none = matches!(
        value,
        "none" | "0" | "0px" | "auto" | "transparent" | "white" | "static"
    );
    let is_block = name == "display" && value == "block";
    let boxes = [
        "background",
        "border-radius",
        "box-shadow",
        "display",
        "float",
        "height",
        "max-width",
        "mso-element",
        "position",
        "width",
    ];
    let is_named = boxes.iter().any(|own| {
        name.strip_prefix(own)
            .is_some_and(|rest| rest.is_empty() || own == &"background")
    });
    is_named && !has_none && !is_block
}

/// One edge of a box.
#[derive(Debug, Clone, Copy, Default)]
struct Edge {
    is_drawn: bool,
    /// Width of the line, if it is given, and of the padding, in pixels.
    width: Option<f32>,
    padding: f32,
}

impl Edge {
    /// Returns the width of the line.
    fn line(self) -> f32 {
        const MEDIUM: f32 = 3.0;
        match self.is_drawn {
            true => self.width.unwrap_or(MEDIUM),
            false => 0.0,
        }
    }

    /// Sets the line to that of a declaration such as `solid blue 1.5pt`.
    fn set_line(&mut self, value: &str) {
        self.is_drawn = value.split(' ').any(is_style);
        self.width = value.split(' ').find_map(pixels);
    }
}

fn declare(edges: &mut [Edge; SIDES.len()], name: &str, value: &str) {
    let mut each = |set: &dyn Fn(&mut Edge, &str)| {
        let values: Vec<&str> = value.split_ascii_whitespace().collect();
        let last = values.len().saturating_sub(1);
        for (at, edge) in edges.iter_mut().enumerate() {
            // A value that is not given is that of the opposite side, or of the top.
            let at = match at {
                LEFT if last < LEFT => last.min(1),
                2 if last < 2 => 0,
                at => at.min(last),
            };
            set(edge, values.get(at).copied().unwrap_or_default());
        }
    };
    match name {
        "border" => edges.iter_mut().for_each(|edge| edge.set_line(value)),
        "border-style" => each(&|edge, value| edge.is_drawn = is_style(value)),
        "border-width" => each(&|edge, value| edge.width = pixels(value)),
        "padding" => each(&|edge, value| edge.padding = pixels(value).unwrap_or_default()),
        _ => {
            let (of, name) = name.split_once('-').unwrap_or_default();
            let (side, part) = name.split_once('-').unwrap_or((name, ""));
            let side = SIDES.iter().position(|name| *name == side);
            let Some(edge) = side.and_then(|side| edges.get_mut(side)) else {
                return;
            };
            match (of, part) {
                ("border", "") => edge.set_line(value),
                ("border", "style") => edge.is_drawn = is_style(value),
                ("border", "width") => edge.width = pixels(value),
                ("padding", "") => edge.padding = pixels(value).unwrap_or_default(),
                _ => {}
            }
        }
    }
}

fn is_style(word: &str) -> bool {
    matches!(word, "solid" | "dashed" | "dotted" | "double")
}

/// Returns a length in pixels.
fn pixels(word: &str) -> Option<f32> {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f32 = word.strip_suffix(unit)?.parse().ok()?;
    let scale = match unit {
        "px" => 1.0,
        "pt" => 96.0 / 72.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        "em" | "rem" => 16.0,
        "ex" | "ch" => 8.0,
        "" if number == 0.0 => 0.0,
        _ => return None,
    };
    Some(number * scale)
}
