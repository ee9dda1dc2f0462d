//! Boxes that their content gives no height, so that they cut off all of it if they clip.

use super::{
    axis::overflow,
    content::{Content, Contents, Part},
    heights::{Heights, floats},
    measure::line_height,
};
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        holder::{Held, HeldBy},
        length::{Length, MEDIUM},
        marks::Mark,
        property::{Contain, Display, Overflow, Sides, Size},
    },
    document::{Document, NodeId, Visit},
};

/// Greatest height that counts as none, in pixels.
const NONE: f32 = 0.5;
/// Elements that have a height without content, beside those that show something else.
const HIGH: [&str; 9] = [
    "br", "fieldset", "hr", "marquee", "summary", "table", "td", "th", "tr",
];
/// Elements that browsers give a margin above and below.
const APART: [&str; 18] = [
    "blockquote",
    "dir",
    "dl",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "listing",
    "menu",
    "ol",
    "p",
    "plaintext",
    "pre",
    "ul",
    "xmp",
];

impl Heights {
    /// Returns whether a box that clips has no height: neither a height of its own nor one from its
    /// content or from the box around.
    pub(super) fn is_flat(&self, document: &Document, styles: &Styles, top: NodeId) -> bool {
        let style = styles.get(top);
        let (Some(frame), Some(element)) = (style.frame.as_deref(), document.element(top)) else {
            return false;
        };
        let parent = document.node(top).parent.unwrap_or(NodeId::ROOT);
        let around = styles.get(parent);
        let stretched =
            frame.is_absolute() && frame.inset.top.is_some() && frame.inset.bottom.is_some();
        let free = matches!(style.display, Display::Block | Display::InlineBlock)
            && around.display != Display::Flex
            && !around.marks.has(Mark::Levels)
            && !style.marks.has(Mark::Levels)
            && !stretched
            && !element.is_replaced()
            && !element.is_control()
            && !matches!(
                element.html_name(),
                "html" | "body" | "fieldset" | "marquee"
            );
        overflow(frame).down != Overflow::Visible
            && frame.height.is_none()
            && free
            && is_thin(style, frame)
            && self.is_flat_inside(document, styles, top)
    }

    /// Returns whether the content of a box gives it no height.
    fn is_flat_inside(&self, document: &Document, styles: &Styles, top: NodeId) -> bool {
        let style = styles.get(top);
        let contains = style
            .frame
            .as_deref()
            .is_some_and(|frame| contains_floats(style, frame));
        let mut contents = Contents::new(&self.visits, document, styles, top);
        while let Some(content) = contents.next() {
            let Part {
                node,
                element,
                style,
                frame,
            } = match content {
                Content::Limit => return false,
                Content::Text(node, text) => {
                    if !text.trim_ascii().is_empty() && self.has_line(document, styles, node) {
                        return false;
                    }
                    continue;
                }
                Content::Element(part) if part.node == top => continue,
                Content::Element(part) => part,
            };
            if floats(element, style, frame) && !contains {
                contents.skip_children();
                continue;
            }
            let context = contains_floats(style, frame);
            let plain = match style.display {
                Display::Block => !context || contains,
                Display::Inline => !makes_line(frame),
                Display::Contents => true,
                Display::None
                | Display::InlineBlock
                | Display::ListItem
                | Display::Flex
                | Display::Table
                | Display::Cell => false,
            };
            let name = element.html_name();
            let high = element.is_replaced() || element.is_control() || HIGH.contains(&name);
            if !plain || high || !is_thin(style, frame) || has_margins(name, frame) {
                return false;
            }
            let font = style.inherited.font_size;
            let sizes = [frame.height, frame.max_height].into_iter().flatten();
            let sizes = sizes.filter(|size| size.is_definite());
            let own = sizes
                .map(|size| size.resolve(font, MEDIUM, 0.0))
                .reduce(f32::min);
            if own.is_some_and(|own| own <= NONE) && style.is_boxed() {
                // Floating boxes in a box without a height still count for that of the box around.
                if contains && !context && self.has_floats(document, styles, node) {
                    return false;
                }
                contents.skip_children();
            } else if frame.height.is_some() {
                return false;
            }
        }
        true
    }

    /// Returns whether the line of a text has a height.
    fn has_line(&self, document: &Document, styles: &Styles, text: NodeId) -> bool {
        for around in document.ancestors(text) {
            let style = styles.get(around);
            if !self.spend(None) || line_height(style) > NONE {
                return true;
            }
            if style.is_boxed() {
                break;
            }
        }
        false
    }

    /// Returns whether floating boxes may be in a box.
    fn has_floats(&self, document: &Document, styles: &Styles, top: NodeId) -> bool {
        document.walk(top).any(|visit| match visit {
            Visit::Enter(node) => {
                !self.spend(None)
                    || document.element(node).is_some_and(|element| {
                        let style = styles.get(node);
                        let frame = style.frame.as_deref();
                        frame.is_some_and(|frame| floats(element, style, frame))
                    })
            }
            Visit::Leave(_) => false,
        })
    }
}

/// Returns whether floating boxes in a box count for its height.
fn contains_floats(style: &Computed, frame: &Frame) -> bool {
    let overflow = overflow(frame);
    let scrolls = |overflow| matches!(overflow, Overflow::Hidden | Overflow::Scroll);
    scrolls(overflow.across)
        || scrolls(overflow.down)
        || frame.floats()
        || frame.is_absolute()
        || frame.contain != Contain::default()
        || frame.holder.get(HeldBy::Contain) != Held::None
        || style.marks.has(Mark::Root)
        || style.marks.has(Mark::Columns)
        || !matches!(
            style.display,
            Display::Block | Display::ListItem | Display::Inline | Display::Contents
        )
}

/// Returns whether neither a least height, a padding, a border nor the ratio of its sides gives a box a
/// height.
fn is_thin(style: &Computed, frame: &Frame) -> bool {
    let none = |length: Length| length.is_definite() && length.usual().abs() <= NONE;
    frame.min_height.is_none_or(none)
        && none(frame.padding.top + frame.padding.bottom)
        && style.border == Sides::default()
        && ![
            Mark::Aspect,
            Mark::Edge,
            Mark::Clear,
            Mark::Tracks,
            Mark::Generated,
        ]
        .iter()
        .any(|mark| style.marks.has(*mark))
}

/// Returns whether a block may have margins above or below it.
fn has_margins(name: &str, frame: &Frame) -> bool {
    let has = |size: Size| match size {
        None => APART.contains(&name),
        Some(size) => size != Length::ZERO,
    };
    has(frame.margin.top) || has(frame.margin.bottom)
}

/// Returns whether an element of a line has a margin or a padding beside it, which makes a line also
/// without text.
fn makes_line(frame: &Frame) -> bool {
    let margins = [frame.margin.left, frame.margin.right]
        .into_iter()
        .flatten();
    let paddings = [frame.padding.left, frame.padding.right];
    margins.chain(paddings).any(|size| size != Length::ZERO)
}
