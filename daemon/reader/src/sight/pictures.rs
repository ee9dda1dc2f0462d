//! Text that is placed over a picture or a coloured box that is not around it: the usual head of a mail is
//! a picture that fills a box, with a title above it. What is behind the title is not known.

use super::{
    contrast::Ground,
    heights::Heights,
    layers::level,
    measure::{is_roomy, pixels, raised},
    pulled::ground_of_pull,
    seen::is_tiny,
};
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        colour::Colour,
        paint,
        property::{Display, Image, Position, Size},
    },
    document::{Document, Element, NodeId, PerNode, Visit},
    thresholds::FAINTEST,
};
use html5ever::local_name;
use std::cell::OnceCell;

/// Least width of a picture that text is on, in pixels.
const WIDE: f32 = 200.0;
/// Least height of a picture that text is on, in pixels.
const HIGH: f32 = 12.0;
/// Most siblings after a box that it is pulled under.
const MOST_AFTER: usize = 8;
/// Most children of a drawing that are examined.
const SHAPES: usize = 16;

/// What may be behind the text of an element, beside the grounds of those around it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Near {
    /// The element may be drawn over a picture or a coloured box beside it.
    pub(super) over: bool,
    /// A coloured box of a negative level is between the ground of the element and its content.
    pub(super) within: bool,
}

/// The pictures and the coloured boxes in a box that placed boxes refer to.
#[derive(Debug, Default)]
struct Holder {
    /// The box; none for the page.
    node: Option<NodeId>,
    all: u32,
    /// Whether the box itself is coloured, which its ground already says.
    coloured: bool,
    /// Whether the box has a border that text may stand on.
    bordered: bool,
    /// Those that are beside the flow, so that text of the flow may be on them.
    placed: u32,
    /// Coloured boxes that have ended.
    ended: u32,
    /// The placed boxes inside, whether each one is beside the flow, and its own pictures.
    boxes: Vec<(NodeId, bool, u32)>,
}

/// Returns what may be behind the text of each element, beside the grounds of those around it.
pub(super) fn near(document: &Document, styles: &Styles, heights: &Heights) -> PerNode<Near> {
    let mut near = PerNode::new(document, Near::default());
    let mut open = vec![Holder::default()];
    let mut grounds = vec![Ground::WHITE];
    let mut walk = document.walk(NodeId::ROOT);
    while let Some(visit) = walk.next() {
        let (Visit::Enter(node) | Visit::Leave(node)) = visit;
        let Some(element) = document.element(node) else {
            continue;
        };
        let style = styles.get(node);
        let frame = style.frame_or_default();
        let holds = frame.position != Position::Static;
        let absolute = frame.is_absolute();
        if matches!(visit, Visit::Enter(_)) {
            if style.display == Display::None {
                walk.skip_children();
            }
            let behind = grounds.last().copied().unwrap_or(Ground::UNKNOWN);
            let page = matches!(element.html_name(), "html" | "body");
            let coloured = !page && is_coloured(style, frame, behind);
            grounds.push(behind.coloured(style));
            if let Some(holder) = open.last() {
                if coloured && absolute && level(style, false) < 0 {
                    let holder = holder.node.unwrap_or(NodeId::ROOT);
                    mark(&mut near, holder, |near| near.within = true);
                }
                let up = raised(frame, style.inherited.font_size) >= HIGH;
                let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
                if (up && styles.get(parent).border.top)
                    || (up
                        && holder.ended > 0
                        && ground_of_pull(document, styles, heights, node).is_none())
                {
                    mark(&mut near, node, |near| near.over = true);
                }
                // The text may be on a box before it in the page.
                let top = frame.inset.top.filter(|top| top.is_definite());
                let on_page = absolute
                    && holder.node.is_none()
                    && holder.ended > 0
                    && top.is_some_and(|top| top.usual() >= HIGH);
                // It may be outside of a box that follows a coloured one.
                let above = [frame.inset.top, frame.inset.bottom.map(|up| up * -1.0)];
                let above = above.into_iter().flatten().next();
                let above = above.is_some_and(|down| down.usual() <= -HIGH);
                let before = open
                    .iter()
                    .rev()
                    .nth(1)
                    .is_some_and(|outer| outer.ended > 0);
                if on_page || (absolute && above && (before || holder.bordered)) {
                    mark(&mut near, node, |near| near.over = true);
                }
            }
            if holds {
                open.push(Holder {
                    node: Some(node),
                    bordered: style.border != Default::default(),
                    coloured,
                    ..Holder::default()
                });
            }
            if let Some(holder) = open.last_mut() {
                let picture = is_picture(document, node, element, style);
                holder.all += u32::from(picture || coloured);
            }
            continue;
        }
        grounds.pop();
        let behind = grounds.last().copied().unwrap_or(Ground::UNKNOWN);
        let coloured = is_coloured(style, frame, behind);
        if holds && let Some(holder) = open.pop() {
            let greatest = || heights.greatest(document, styles, node);
            holder.settle(styles, &mut near, Some(&greatest));
            if let Some(around) = open.last_mut() {
                around.all += holder.all;
                around.placed += if absolute { holder.all } else { 0 };
                around.ended += if absolute { 0 } else { holder.ended };
                around.boxes.push((node, absolute, holder.all));
            }
        }
        if coloured && !absolute {
            if let Some(around) = open.last_mut() {
                around.ended += 1;
            }
            if pulls(style, frame) {
                let after = |node: &NodeId| document.node(*node).next;
                let next = std::iter::successors(after(&node), after).take(MOST_AFTER);
                for next in next {
                    mark(&mut near, next, |near| near.over = true);
                }
            }
        }
    }
    for page in open {
        page.settle(styles, &mut near, None);
    }
    near
}

fn mark(near: &mut PerNode<Near>, node: NodeId, change: impl Fn(&mut Near)) {
    let mut changed = *near.get(node);
    change(&mut changed);
    near.set(node, changed);
}

/// Returns whether a box moves what follows over itself.
fn pulls(style: &Computed, frame: &Frame) -> bool {
    let font = style.inherited.font_size;
    let margins = [frame.margin.bottom, frame.margin.right];
    margins
        .into_iter()
        .any(|margin| -pixels(margin, font) >= HIGH)
}

/// Returns whether a box has a colour that can be told from what is behind it, and room for text.
fn is_coloured(style: &Computed, frame: &Frame, behind: Ground) -> bool {
    let image = match style.background_drawn.is_nothing() {
        true => Image::None,
        false => style.background_image,
    };
    let differs = behind.differs_from(style.background)
        || match image {
            Image::None => false,
            Image::Plain(colour) | Image::Mostly(colour) => {
                behind.differs_from(Colour::Known(colour))
            }
            Image::Picture => true,
        };
    (differs || style.border != Default::default())
        && (style.is_boxed() || style.display == Display::Cell)
        && style.display != Display::None
        && style.inherited.visible
        && style.opacity * style.filter.opacity >= FAINTEST
        && !is_tiny(style)
        && is_roomy(style, frame)
}

impl Holder {
    /// Notes the boxes over pictures and coloured boxes. `greatest` returns the greatest height of the holder;
    /// none for the page, in which a picture of the flow is rarely under a placed box.
    fn settle(
        &self,
        styles: &Styles,
        near: &mut PerNode<Near>,
        greatest: Option<&dyn Fn() -> f32>,
    ) {
        let height = OnceCell::new();
        for (node, absolute, own) in &self.boxes {
            let placed = self.placed - if *absolute { *own } else { 0 };
            let in_flow = *absolute && self.all - u32::from(self.coloured) > *own;
            let is_below = |greatest: &dyn Fn() -> f32| {
                let top = styles.get(*node).frame_or_default().inset.top;
                let top = top.filter(|top| top.is_definite());
                top.is_some_and(|top| {
                    top.usual() > 0.0 && top.usual() > *height.get_or_init(greatest)
                })
            };
            if placed > 0 || (in_flow && greatest.is_some_and(|greatest| !is_below(greatest))) {
                mark(near, *node, |near| near.over = true);
            }
        }
    }
}

/// Returns whether an element is a picture with room for text.
fn is_picture(document: &Document, node: NodeId, element: &Element, style: &Computed) -> bool {
    let attribute = |name| element.attribute(&name).unwrap_or_default();
    let drawn = |address: &str| paint::picture(address) != Image::None;
    let shows = match element.local_name() {
        "img" => {
            drawn(attribute(local_name!("src"))) || !attribute(local_name!("srcset")).is_empty()
        }
        "input" => {
            attribute(local_name!("type")).eq_ignore_ascii_case("image")
                && drawn(attribute(local_name!("src")))
        }
        "object" => drawn(attribute(local_name!("data"))),
        "video" => drawn(attribute(local_name!("poster"))),
        "svg" => document.children(node).take(SHAPES).any(|child| {
            matches!(
                document.element(child).map_or("", Element::local_name),
                "rect" | "circle" | "ellipse" | "polygon" | "path" | "image" | "use" | "g"
            )
        }),
        _ => return false,
    };
    let frame = style.frame_or_default();
    let has_room = |name, sizes: [Size; 2], least: f32| {
        let given = attribute(name).trim().trim_end_matches("px").parse::<f32>();
        let mut sizes = sizes.into_iter().flatten();
        let own = sizes.find(|size| size.is_definite());
        own.map(|size| size.usual())
            .or(given.ok())
            .is_none_or(|size| size >= least)
    };
    shows
        && style.display != Display::None
        && style.inherited.visible
        && style.opacity >= FAINTEST
        && has_room(local_name!("width"), [frame.width, frame.max_width], WIDE)
        && has_room(
            local_name!("height"),
            [frame.height, frame.max_height],
            HIGH,
        )
}
