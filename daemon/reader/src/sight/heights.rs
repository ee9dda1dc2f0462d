//! Estimates of the heights of boxes from their content.

use super::{
    content::{Content, Contents, Part, Visits},
    flow::{LINE, NARROW},
    measure::{line_height, text_width},
    room::margins,
};
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        holder::{Held, HeldBy},
        length::MEDIUM,
        marks::Mark,
        property::{Contain, Display, Overflow, Size},
    },
    document::{Document, Element, NodeId, Visit},
};
use html5ever::local_name;

/// Most pseudo-elements that are examined.
const MAX_PSEUDO: usize = 2_000;

/// Returns whether a box is taken to the side of the content.
pub(super) fn floats(element: &Element, style: &Computed, frame: &Frame) -> bool {
    let beside = |align: &str| {
        let align = align.trim();
        align.eq_ignore_ascii_case("left") || align.eq_ignore_ascii_case("right")
    };
    let table = element.html_name() == "table";
    let align = element.attribute(&local_name!("align"));
    let placed = frame.is_absolute();
    style.display != Display::None
        && !placed
        && (frame.floats() || (table && align.is_some_and(beside)))
}

/// Most bytes of the block of a pseudo-element that are examined.
const LONGEST_BLOCK: usize = 500;

/// Finds whether boxes have a height of their own, in which floating boxes are.
#[derive(Debug)]
pub(super) struct Heights {
    pub(super) visits: Visits,
    /// Names, classes and identifiers of elements that generated content may give a height.
    generated: Vec<String>,
    /// Whether a style may give the first line or the first letter of a box other colours.
    pub(super) parted: bool,
}

impl Heights {
    pub(super) fn new(document: &Document) -> Self {
        let mut generated = Vec::new();
        let mut parted = false;
        for visit in document.walk(NodeId::ROOT) {
            if let Visit::Enter(node) = visit
                && document.name(node) == "style"
            {
                let sheet = document.all_text(node).to_ascii_lowercase();
                parted |= sheet.contains(":first-line") || sheet.contains(":first-letter");
                names(&document.all_text(node), &mut generated);
            }
        }
        generated.sort_unstable();
        generated.dedup();
        Self {
            visits: Visits::default(),
            generated,
            parted,
        }
    }

    /// Returns whether the ground of a box may be behind the floating boxes in it.
    pub(super) fn holds(
        &self,
        document: &Document,
        styles: &Styles,
        node: NodeId,
        floating: bool,
    ) -> bool {
        let style = styles.get(node);
        let frame = style.frame_or_default();
        let own = matches!(
            style.display,
            Display::InlineBlock | Display::Cell | Display::Table | Display::Flex
        ) || floating
            || frame.holder.get(HeldBy::Contain) != Held::None
            || style.marks.has(Mark::Root)
            || style.marks.has(Mark::Columns)
            || frame.is_absolute()
            || frame.overflow_x != Overflow::Visible
            || frame.overflow_y != Overflow::Visible
            || frame.contain != Contain::default()
            || matches!(document.name(node), "html" | "body" | "fieldset")
            || self.is_generated(document, node);
        own || self.is_high(document, styles, node)
    }

    /// Counts a visit of a node, whose cost grows with its text. Returns whether it is permitted.
    pub(super) fn spend(&self, text: Option<&str>) -> bool {
        self.visits.spend(text)
    }

    fn is_generated(&self, document: &Document, node: NodeId) -> bool {
        let Some(element) = document
            .element(node)
            .filter(|_| !self.generated.is_empty())
        else {
            return false;
        };
        let class = element.attribute(&local_name!("class")).unwrap_or_default();
        let id = element.attribute(&local_name!("id"));
        let mut names = class
            .split_whitespace()
            .chain(id)
            .chain([element.local_name()]);
        names.any(|name| {
            let name = name.to_ascii_lowercase();
            self.generated.binary_search(&name).is_ok()
        })
    }

    /// Returns the greatest height in pixels that a box has with its content.
    pub(super) fn greatest(&self, document: &Document, styles: &Styles, top: NodeId) -> f32 {
        let mut height = 0.0;
        for content in Contents::new(&self.visits, document, styles, top) {
            let Part {
                node,
                element,
                style,
                frame,
            } = match content {
                Content::Limit => return f32::INFINITY,
                Content::Text(node, text) => {
                    let parent = styles.get(document.node(node).parent.unwrap_or(NodeId::ROOT));
                    let width = text_width(text, parent);
                    let lines = match width > 0.0 {
                        true => (width / NARROW).floor() + 1.0,
                        false => 0.0,
                    };
                    height += lines * line_height(parent).max(parent.inherited.font_size * LINE);
                    continue;
                }
                Content::Element(part) => part,
            };
            let unknown = element.is_replaced()
                || element.is_control()
                || element.html_name() == "hr"
                || style.marks.has(Mark::Edge)
                || style.marks.has(Mark::Aspect)
                || style.border != Default::default();
            let Some((over, under)) = margins(style, frame).filter(|_| !unknown) else {
                return f32::INFINITY;
            };
            let sizes = [
                frame.height.unwrap_or_default(),
                frame.min_height.unwrap_or_default(),
                frame.padding.top,
                frame.padding.bottom,
            ];
            if sizes.into_iter().any(|size| !size.is_definite()) {
                return f32::INFINITY;
            }
            height += sizes
                .into_iter()
                .map(|size| size.usual().max(0.0))
                .sum::<f32>();
            if node != top && style.is_boxed() {
                height += over.max(0.0) + under.max(0.0);
            }
            if element.html_name() == "br" {
                height += style.inherited.font_size * LINE;
            }
        }
        height
    }

    /// Returns whether a box has content that is not beside it.
    fn is_high(&self, document: &Document, styles: &Styles, top: NodeId) -> bool {
        let mut contents = Contents::new(&self.visits, document, styles, top);
        while let Some(content) = contents.next() {
            let Part {
                node,
                element,
                style,
                frame,
            } = match content {
                Content::Limit => return true,
                Content::Text(_, text) if !text.trim_ascii().is_empty() => return true,
                Content::Text(..) => continue,
                Content::Element(part) => part,
            };
            if node != top && floats(element, style, frame) {
                contents.skip_children();
                continue;
            }
            let high = |size: Size| size.is_some_and(|size| size.usual() > MEDIUM / 2.0);
            let sizes = [
                frame.height,
                frame.min_height,
                Some(frame.padding.top + frame.padding.bottom),
            ];
            if sizes.into_iter().any(high)
                || style.marks.has(Mark::Clear)
                || self.is_generated(document, node)
                || element.is_replaced()
                || element.is_control()
                || matches!(element.html_name(), "br" | "hr" | "td" | "th")
            {
                return true;
            }
        }
        false
    }
}

/// Adds the names in front of pseudo-elements in a style sheet.
fn names(sheet: &str, found: &mut Vec<String>) {
    let sheet = sheet.to_ascii_lowercase();
    for pseudo in [":after", ":before"] {
        for (at, _) in sheet.match_indices(pseudo).take(MAX_PSEUDO) {
            let before = sheet.get(..at).unwrap_or_default().trim_end_matches(':');
            let after = sheet.as_bytes().get(at..).unwrap_or_default();
            let block = after
                .get(..after.len().min(LONGEST_BLOCK))
                .unwrap_or_default();
            let block = block.split(|byte| *byte == b'}').next().unwrap_or_default();
            if !block.windows(6).any(|word| word == b"clear:") {
                continue;
            }
            let name = before
                .rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')))
                .next();
            found.extend(name.map(str::to_owned).filter(|name| !name.is_empty()));
        }
    }
}
