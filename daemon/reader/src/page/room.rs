//! The room that boxes and words beside each other take.

use crate::{
    cascade::{Computed, Styles},
    characters::is_invisible,
    css::{length::SCREEN_WIDTH, property::Display},
    document::{Document, NodeId, Visit},
    sight::Sight,
};

/// Most nodes of a box whose lines are known, each twice, and most letters of boxes beside each
/// other.
const MAX_INSIDE: usize = 128;
const MAX_LETTERS: usize = 80;
/// Parts of a width that are taken for all of it, because they are rounded.
const NEARLY_WHOLE: f32 = 0.99;
const WHOLE: f32 = 1.01;
/// Most ancestors that are asked for a width.
const MAX_ANCESTORS: usize = 16;

/// Width of a space, as a part of the size of the font, and in pixels.
const SPACE: f32 = 0.2;
const LEAST_SPACE: f32 = 3.0;
/// Width of a narrow letter, as a part of the size of the font, and most of them that are counted.
const THIN: f32 = 0.22;
const MAX_THIN: usize = 16;
/// Most nodes between two columns.
pub(super) const MAX_BEFORE: usize = 16;

/// Returns whether a box is beside the flow, so that what is before and behind it is next to each
/// other.
pub(super) fn is_lifted(style: &Computed) -> bool {
    let frame = style.frame_or_default();
    frame.floats() || frame.is_absolute()
}

/// Returns whether a run of text that is not seen takes so much room that the words beside it are
/// apart.
pub(super) fn has_room(sight: &Sight, style: &Computed, node: NodeId, text: &str) -> bool {
    let size = style.inherited.font_size;
    let letters = text.chars().filter(|c| !is_invisible(*c)).take(MAX_THIN);
    let width = letters.fold(0.0, |width, _| width + THIN * size);
    sight.is_gap(node, text) || (sight.has_place(node) && is_space(width, size))
}

/// Returns whether a distance in pixels separates words.
pub(super) fn is_space(distance: f32, size: f32) -> bool {
    distance >= SPACE * size && distance >= LEAST_SPACE
}

/// Returns whether nothing of a node takes a place in the flow.
pub(super) fn is_blank(document: &Document, styles: &Styles, node: NodeId) -> bool {
    match document.text(node) {
        Some(text) => text.trim().is_empty(),
        None => document.element(node).is_none() || styles.get(node).display == Display::None,
    }
}

/// Returns the width of an element in pixels: that of the nearest one with a known one, or of the
/// screen.
pub(super) fn width(document: &Document, styles: &Styles, node: NodeId) -> f32 {
    let ancestors = document.ancestors(node).take(MAX_ANCESTORS);
    let mut widths = std::iter::once(node).chain(ancestors).filter_map(|node| {
        let frame = styles.get(node).frame.as_deref()?;
        frame
            .width
            .or(frame.max_width)
            .filter(|width| width.is_definite())
    });
    widths.next().map_or(SCREEN_WIDTH, |width| width.usual())
}

/// Returns whether boxes fit in a line of their parent, which has a width in pixels. Boxes with
/// spaces between them need more than their own widths.
pub(super) fn fit(
    document: &Document,
    styles: &Styles,
    boxes: &[NodeId],
    (whole, has_spaces): (f32, bool),
) -> bool {
    let (mut part, mut pixels, mut together) = (0.0, 0.0, 0);
    for node in boxes {
        let frame = styles.get(*node).frame.as_deref();
        match frame.and_then(|frame| frame.width) {
            Some(width) if width.is_definite() => pixels += width.usual(),
            Some(width) => part += width.part,
            None => match Lines::of(document, styles, *node) {
                Some(lines) => together += lines.longest,
                None => return false,
            },
        }
    }
    let is_full = part > NEARLY_WHOLE;
    part < WHOLE
        && (pixels < whole || (pixels == whole && !has_spaces))
        && together <= MAX_LETTERS
        && (!is_full || (pixels == 0.0 && together == 0 && !has_spaces))
}

/// The lines of a box with few nodes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lines {
    count: usize,
    /// Number of letters of the longest one.
    longest: usize,
    /// Number of letters and images of the line that has not ended.
    open: usize,
    has_text: bool,
}

impl Lines {
    /// Returns the lines of a box; `None` if it has none, or too many nodes.
    pub(super) fn of(document: &Document, styles: &Styles, node: NodeId) -> Option<Self> {
        let mut lines = Self::default();
        let mut walk = document.walk(node);
        for _ in 0..MAX_INSIDE {
            let Some(visit) = walk.next() else {
                lines.end();
                return (lines.count > 0).then_some(lines);
            };
            let (Visit::Enter(child) | Visit::Leave(child)) = visit;
            if let Some(text) = document.text(child) {
                if matches!(visit, Visit::Enter(_)) {
                    let is_letter = |c: &char| !c.is_whitespace();
                    let letters = text.chars().filter(is_letter).take(MAX_LETTERS + 1).count();
                    lines.open += letters;
                    lines.has_text |= letters > 0;
                }
                continue;
            }
            match styles.get(child).display {
                Display::None => walk.skip_children(),
                _ if document.name(child) == "br" => lines.end(),
                Display::Inline | Display::InlineBlock | Display::Contents => {
                    lines.open += usize::from(document.name(child) == "img");
                }
                // Cells are beside each other.
                Display::Cell => {}
                Display::Block | Display::Flex | Display::Table | Display::ListItem => lines.end(),
            }
        }
        None
    }

    /// Returns whether the box is one line on the screen as well.
    pub(super) fn is_one(self) -> bool {
        self.count == 1 && self.longest <= MAX_LETTERS
    }

    /// Returns whether that line has letters.
    pub(super) fn is_text(self) -> bool {
        self.is_one() && self.has_text
    }

    fn end(&mut self) {
        self.count += usize::from(self.open > 0);
        self.longest = self.longest.max(std::mem::take(&mut self.open));
    }
}
