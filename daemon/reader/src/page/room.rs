//! The room that boxes and words beside each other take.

use crate::{
    cascade::{Computed, Styles},
    characters::is_invisible,
    css::{
        length::{MEDIUM, SCREEN_WIDTH},
        property::Display,
    },
    document::{Document, NodeId, Visit},
    sight::Sight,
};

/// Most nodes of a box whose lines are known, each twice, and most letters of boxes beside each
/// other.
const MAX_INSIDE: usize = 128;
const MAX_LETTERS: usize = 80;
/// Parts of a width that are taken for all of it, because they are rounded.
const WHOLE: f32 = 1.01;
/// Width of the margins of a page, in pixels, and of a wide letter, as a part of the size of the
/// font.
const PAGE_MARGINS: f32 = 16.5;
const LETTER: f32 = 0.6;
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

/// Returns the width of the content of an element in pixels, as far as its ancestors say it. The page
/// is as wide as the screen.
pub(super) fn width(document: &Document, styles: &Styles, node: NodeId) -> f32 {
    let (mut scale, mut taken) = (1.0, 0.0);
    let ancestors = document.ancestors(node).take(MAX_ANCESTORS);
    for around in std::iter::once(node).chain(ancestors) {
        let style = styles.get(around);
        let frame = style.frame_or_default();
        let known = [frame.width, frame.max_width];
        let mut known = known.into_iter().flatten().filter(|l| l.is_definite());
        if let Some(width) = known.next() {
            let inside = if frame.border_box { inset(style) } else { 0.0 };
            return (width.usual() - inside).mul_add(scale, -taken);
        }
        scale *= frame.width.map_or(1.0, |width| width.part.clamp(0.0, 1.0));
        taken += inset(style);
    }
    (SCREEN_WIDTH - PAGE_MARGINS).mul_add(scale, -taken)
}

/// Returns what the paddings of a box at its sides take, in pixels.
fn inset(style: &Computed) -> f32 {
    let padding = &style.frame_or_default().padding;
    [padding.left, padding.right]
        .map(|side| side.resolve(style.inherited.font_size, MEDIUM, 0.0))
        .iter()
        .sum()
}

/// Returns what the margins of a box at its sides take, in pixels.
fn outset(style: &Computed) -> f32 {
    let margin = &style.frame_or_default().margin;
    let sides = [margin.left, margin.right].into_iter().flatten();
    sides
        .map(|side| side.resolve(style.inherited.font_size, MEDIUM, 0.0))
        .sum()
}

/// Returns whether boxes fit in a line of their parent, which has a width in pixels. Boxes with
/// spaces between them need more than their own widths.
pub(super) fn fit(
    document: &Document,
    styles: &Styles,
    boxes: &[NodeId],
    (whole, has_spaces): (f32, bool),
) -> bool {
    let (mut part, mut pixels) = (0.0, 0.0);
    let mut is_known = true;
    for node in boxes {
        let style = styles.get(*node);
        let frame = style.frame_or_default();
        pixels += outset(style).max(0.0);
        let Some(width) = frame.width else {
            is_known = false;
            match Lines::of(document, styles, *node) {
                Some(lines) if lines.longest <= MAX_LETTERS => pixels += lines.width + inset(style),
                Some(_) | None => return false,
            }
            continue;
        };
        part += width.part;
        pixels += width.resolve(style.inherited.font_size, MEDIUM, 0.0);
        pixels += if frame.border_box { 0.0 } else { inset(style) };
    }
    let spaces = if has_spaces { MEDIUM } else { 0.0 };
    let taken = whole.mul_add(part, pixels + spaces);
    match is_known && !has_spaces {
        // Parts of a width are rounded.
        true if pixels == 0.0 => part < WHOLE,
        true => taken <= whole,
        false => taken < whole,
    }
}

/// The lines of a box with few nodes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lines {
    count: usize,
    /// Number of letters of the longest one.
    longest: usize,
    /// Number of letters and images of the line that has not ended.
    open: usize,
    /// Most pixels that one of them needs, and those of the line that has not ended.
    width: f32,
    taken: f32,
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
                    let parent = document.node(child).parent.unwrap_or(NodeId::ROOT);
                    let size = styles.get(parent).inherited.font_size;
                    lines.open += letters;
                    lines.taken += (0..letters).fold(0.0, |width, _| LETTER.mul_add(size, width));
                    lines.has_text |= letters > 0;
                }
                continue;
            }
            let style = styles.get(child);
            if matches!(visit, Visit::Enter(_)) && style.display != Display::None {
                let width = style.frame_or_default().width;
                let width = width.filter(|width| width.is_definite());
                lines.width = lines.width.max(width.map_or(0.0, |width| width.usual()));
            }
            match style.display {
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
        self.width = self.width.max(std::mem::take(&mut self.taken));
    }
}
