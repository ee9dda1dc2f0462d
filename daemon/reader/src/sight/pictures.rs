//! Text that is placed over a picture: the usual head of a mail is a picture that fills a box, with a
//! title above it. What the picture shows behind the title is not known.

use crate::{
    cascade::{Computed, Styles},
    css::{
        paint,
        property::{Display, Image, Position, Size},
    },
    document::{Document, Element, NodeId, PerNode, Visit},
    thresholds::FAINTEST,
};
use html5ever::local_name;

/// Least width of a picture that text is on, in pixels.
const WIDE: f32 = 200.0;
/// Least height of a picture that text is on, in pixels.
const HIGH: f32 = 12.0;
/// Most children of a drawing that are examined.
const SHAPES: usize = 16;

/// The pictures in a box that placed boxes refer to.
#[derive(Debug, Default)]
struct Holder {
    all: u32,
    /// Those that are beside the flow, so that text of the flow may be on them.
    placed: u32,
    /// The placed boxes inside, whether each one is beside the flow, and its own pictures.
    boxes: Vec<(NodeId, bool, u32)>,
}

/// Returns for each placed box whether it may be drawn over a picture beside it.
pub(super) fn over_pictures(document: &Document, styles: &Styles) -> PerNode<bool> {
    let mut over = PerNode::new(document, false);
    let mut open = vec![Holder::default()];
    let mut walk = document.walk(NodeId::ROOT);
    while let Some(visit) = walk.next() {
        let (Visit::Enter(node) | Visit::Leave(node)) = visit;
        let Some(element) = document.element(node) else {
            continue;
        };
        let style = styles.get(node);
        let position = style
            .frame
            .as_deref()
            .map_or(Position::Static, |frame| frame.position);
        let holds = position != Position::Static;
        if matches!(visit, Visit::Enter(_)) {
            if style.display == Display::None {
                walk.skip_children();
            }
            if holds {
                open.push(Holder::default());
            }
            if let Some(holder) = open.last_mut() {
                holder.all += u32::from(is_picture(document, node, element, style));
            }
            continue;
        }
        if holds && let Some(holder) = open.pop() {
            let absolute = matches!(position, Position::Absolute | Position::Fixed);
            holder.settle(&mut over, true);
            if let Some(around) = open.last_mut() {
                around.all += holder.all;
                around.placed += if absolute { holder.all } else { 0 };
                around.boxes.push((node, absolute, holder.all));
            }
        }
    }
    for page in open {
        page.settle(&mut over, false);
    }
    over
}

impl Holder {
    /// Notes the boxes over pictures. `is_box` says whether the holder is a box and not the page, in which a
    /// picture of the flow is rarely under a placed box.
    fn settle(&self, over: &mut PerNode<bool>, is_box: bool) {
        for (node, absolute, own) in &self.boxes {
            let placed = self.placed - if *absolute { *own } else { 0 };
            if placed > 0 || (is_box && *absolute && self.all > *own) {
                over.set(*node, true);
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
