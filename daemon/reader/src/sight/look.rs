//! Walk through a document that judges each run of text and each box.

use super::{
    axis::stacks,
    clip::Window,
    columns::Columns,
    cover::{Cover, turns},
    drawing,
    extent::{Places, has_all_heights, is_pushed_out, squeezed},
    fallback::{
        Children, Listed, children, has_no_text, is_beside_options, is_fallback, is_left_out,
        listed,
    },
    flow,
    heights::Heights,
    measure::{has_unknown_height, is_beside, is_joined, usual_margin},
    pictures::{self, Near},
    place::Place,
    seen::{Seen, Sight, is_tiny},
    surroundings::Surroundings,
};
use crate::{
    cascade::{Computed, Frame, Styles},
    css::{
        holder::Held,
        marks::Mark,
        property::{Display, Mask, Position},
        replacement::Replacement,
    },
    document::{Document, Element, NodeId, PerNode, Visit},
    findings::Findings,
    thresholds::{FAINTEST, SMALLEST_FONT},
};
use html5ever::{local_name, ns};

/// Least height of a letter that is seen after scaling, in pixels. A line is a bit higher than its
/// font.
const SMALLEST_LINE: f32 = 1.74;

/// Least scale of what is seen.
const LEAST_SCALE: f32 = 0.02;

/// Judges all runs of text and all boxes of a document.
pub(crate) fn look(document: &Document, styles: &Styles) -> Sight {
    let mut all = document.walk(NodeId::ROOT);
    let place = Place::of_page(
        all.any(|visit| matches!(visit, Visit::Enter(node) if turns(document, styles, node))),
    );
    let heights = Heights::new(document);
    let mut look = Look {
        document,
        styles,
        stack: vec![Surroundings::of_page(place)],
        sight: Sight {
            seen: PerNode::new(document, Seen::No),
            images: 0,
            findings: Findings::default(),
        },
        in_passage: false,
        flow: flow::Flow::default(),
        covers: Vec::new(),
        near: pictures::near(document, styles, &heights),
        heights,
        columns: Columns::new(document, styles),
    };
    for visit in document.walk(NodeId::ROOT) {
        match visit {
            Visit::Enter(node) => look.enter(node),
            Visit::Leave(node) => look.leave(node),
        }
    }
    let Look {
        mut sight,
        covers,
        heights,
        ..
    } = look;
    for cover in covers {
        cover.hide(document, styles, &heights, &mut sight);
    }
    sight
}

pub(super) struct Look<'a> {
    pub(super) document: &'a Document,
    pub(super) styles: &'a Styles,
    pub(super) stack: Vec<Surroundings>,
    pub(super) sight: Sight,
    /// Whether the run before was hidden.
    pub(super) in_passage: bool,
    pub(super) flow: flow::Flow,
    pub(super) covers: Vec<Cover>,
    pub(super) heights: Heights,
    pub(super) columns: Columns,
    pub(super) near: PerNode<Near>,
}

impl Look<'_> {
    fn enter(&mut self, node: NodeId) {
        let Some(around) = self.stack.last() else {
            return;
        };
        if let Some(element) = self.document.element(node) {
            let style = self.styles.get(node);
            let mut inside = self.inside(node, element, style, around);
            inside.began = self.flow.mark();
            inside.first = inside.began.top() <= around.began.top() + around.carried;
            let name = element.html_name();
            if !inside.gone {
                inside.carried = self
                    .flow
                    .enter(style, usual_margin(name, style, self.document.quirks));
            }
            if !inside.gone && has_unknown_height(element, style) {
                self.flow.pass_unknown();
            }
            if name == "br" && !inside.hidden {
                self.flow.line_break(style);
            }
            let mut seen = !inside.hidden
                && !inside.window.is_closed()
                && inside.opacity >= FAINTEST
                && lettered(self.styles, style, &inside).inherited.visible
                && !is_beside_options(self.document, node, around.listed);
            // The text of a field is not in the tree.
            let field = matches!(name, "input" | "textarea" | "select");
            if field {
                seen &= inside.ground.shows(style, false, None)
                    && style.inherited.font_size >= SMALLEST_FONT
                    && !style.inherited.disguised
                    && !is_tiny(style);
            }
            if field || name == "img" {
                let frame = style.frame_or_default();
                seen &= !inside.place.scale.is_below(LEAST_SCALE)
                    && !inside.place.is_box_off_screen(frame, &self.flow);
            }
            let found = if seen { Seen::Yes } else { Seen::No };
            self.sight.seen.set(node, found);
            self.count(element, style, seen, inside.fallback);
            if seen {
                self.pile(node, element, style);
            }
            self.stack.push(inside);
        } else if let Some(text) = self.document.text(node) {
            let parent = self.document.node(node).parent.unwrap_or(NodeId::ROOT);
            let element = self.document.element(parent);
            let svg = element.is_some_and(|parent| parent.name.ns == ns!(svg));
            let style = lettered(self.styles, self.styles.get(parent), around);
            let has_no_place = self.is_closed(node, around)
                || is_beside_options(self.document, node, around.listed)
                || element.is_some_and(has_no_text)
                || (svg && self.is_not_drawn(node, parent, text, style));
            let found = match has_no_place {
                true => Seen::No,
                false => {
                    let small = style.inherited.font_size < SMALLEST_FONT;
                    let growth = match svg && small {
                        true => drawing::growth(self.document, self.styles, &self.heights, node),
                        false => 1.0,
                    };
                    self.judge(text, style, (svg, growth), around)
                }
            };
            let (fallback, hidden) = (around.fallback, around.hidden);
            if !around.gone {
                self.flow.pass(text, style, hidden);
            }
            self.sight.seen.set(node, found);
            self.note(text, found == Seen::Yes, fallback);
        }
    }

    fn leave(&mut self, node: NodeId) {
        if self.document.element(node).is_some() {
            let around = self.stack.pop();
            let style = self.styles.get(node);
            let Some(inside) = around.filter(|inside| !inside.gone) else {
                return;
            };
            let shared = self.stack.last().is_some_and(|outer| outer.place.shared);
            if shared || is_beside(style) {
                self.flow.leave_beside(inside.place.width);
            }
            let name = self.document.name(node);
            let parent = self.document.node(node).parent;
            let parent = parent.map(|parent| self.styles.get(parent));
            let spans = self.document.element(node).is_some_and(|element| {
                let rows = element.attribute(&local_name!("rowspan"));
                rows.is_some_and(|rows| rows.trim() != "1")
            });
            self.flow.leave(
                style,
                &flow::Ended {
                    began: inside.began,
                    carried: inside.carried,
                    hidden: inside.hidden,
                    margin: usual_margin(name, style, self.document.quirks),
                    first: inside.first,
                    beside: shared,
                    stacked: parent.is_some_and(stacks),
                    joined: is_joined(self.document, self.styles, node),
                    spans,
                    replaced: match name {
                        "iframe" => Some(150.0),
                        "img" | "video" => Some(0.0),
                        _ => None,
                    },
                },
            );
        }
    }

    /// Returns the surroundings of the content of an element.
    fn inside(
        &self,
        node: NodeId,
        element: &Element,
        style: &Computed,
        around: &Surroundings,
    ) -> Surroundings {
        let none = Frame::default();
        let frame = match style.display {
            Display::Contents => &none,
            _ => style.frame_or_default(),
        };
        let mut inside = around.clone();
        inside.listed = listed(self.document, node, element, around.listed);
        if matches!(inside.listed, Listed::Closed(_) | Listed::Chosen(_))
            && around.listed != Listed::No
        {
            // A closed list shows the text of an option, and none of its boxes.
            inside.fallback |= matches!(element.html_name(), "option" | "script");
            inside.hidden |= element.local_name() == "script";
            return inside;
        }
        inside.hidden |= is_beside_options(self.document, node, around.listed);
        let fallback = is_fallback(element, style);
        inside.fallback |= fallback;
        inside.gone |= style.display == Display::None;
        inside.hidden |= is_collapsed(element, style);
        inside.hidden |= is_left_out(element) || drawing::is_closed(element, style);
        inside.hidden |= fallback || inside.gone || self.is_closed(node, around);
        if style.display != Display::Contents {
            inside.opacity *= style.opacity * style.filter.opacity;
        }
        inside.hidden |= style.replacement == Replacement::Image
            || match frame.mask {
                Mask::None => false,
                Mask::Image => frame.mask_drawn.is_nothing(),
                Mask::Nothing => true,
            };
        let absolute = frame.is_absolute();
        inside.stack_up(element, frame, style);
        let boxed = style.is_boxed();
        let holder = match frame.position {
            Position::Fixed => &around.fixed.1,
            _ => &around.held,
        };
        inside.place = around.place.inside(style, frame, boxed, holder, &self.flow);
        inside
            .place
            .leave_window(self.document, self.styles, node, holder);
        self.paint(node, style, frame, around, &mut inside);
        inside.hidden |= style.skipped && boxed && style.display != Display::Table;
        let held;
        if boxed {
            inside.hidden |= frame.clip && absolute;
            inside.hidden |= frame.backface && frame.transform.turned != frame.rotate.turned;
            let placed =
                |window: Window| window.placed(style, frame, inside.place.font, &self.flow);
            let window = match frame.position {
                Position::Absolute => placed(around.outer),
                Position::Fixed => placed(around.fixed.0),
                Position::Static | Position::Relative => around.window,
            };
            let places = Places {
                around: &around.place,
                inside: &inside.place,
                quirks: has_all_heights(self.document, self.styles, node, frame),
                margin: usual_margin(element.html_name(), style, self.document.quirks),
                squeezed: squeezed(self.document, self.styles, node),
                joined: is_joined(self.document, self.styles, node),
                flat: self.heights.is_flat(self.document, self.styles, node),
            };
            (inside.window, held) = window.inside(style, frame, &places, &self.flow);
            let (cut, room) = (around.window.cuts_across(), around.window.room());
            inside.hidden |= is_pushed_out(self.document, self.styles, node, cut, room);
        } else {
            inside.window = around
                .window
                .in_line(frame, &around.place, inside.place.font);
            held = inside.window;
        }
        let holds = frame.holder.held(boxed);
        inside.holds |= holds != Held::None;
        if inside.holds {
            let place = inside.place.holding();
            (inside.outer, inside.held) = (held, place);
            if holds == Held::All {
                inside.fixed = (held, place);
            }
        }
        inside.hidden |= frame.clip_path;
        inside.children = children(self.document, node, element);
        inside
    }

    /// Returns whether a drawing shows nothing of a run of text.
    fn is_not_drawn(&self, run: NodeId, parent: NodeId, text: &str, style: &Computed) -> bool {
        let (document, styles, heights) = (self.document, self.styles, &self.heights);
        !drawing::draws_text(document, parent)
            || drawing::is_outside(document, styles, heights, run, text, style)
    }

    /// Returns whether a node is the closed part of a `details` element.
    fn is_closed(&self, node: NodeId, around: &Surroundings) -> bool {
        match around.children {
            Children::All => false,
            Children::Only(summary) => summary != Some(node),
        }
    }

    /// Judges a run of text, which is in a drawing that makes its letters larger or not.
    fn judge(
        &self,
        text: &str,
        style: &Computed,
        (svg, growth): (bool, f32),
        around: &Surroundings,
    ) -> Seen {
        let inherited = &*style.inherited;
        let scale = around.place.scale;
        let size = inherited.font_size * growth;
        let has_place = !around.hidden
            && !around.window.is_closed()
            && size * scale.down.abs().max(1.0) >= SMALLEST_FONT
            && size * scale.down.abs() >= SMALLEST_LINE
            && scale.across.abs() >= LEAST_SCALE
            && !inherited.adjusted_away
            && !around.place.is_off_screen(text, style, &self.flow)
            && !around
                .window
                .is_passed(text, style, &around.place, &self.flow);
        let is_painted = || {
            inherited.visible
                && around.opacity >= FAINTEST
                && !inherited.disguised
                && around
                    .ground_of(style, &self.flow)
                    .shows(style, svg, around.lettered)
        };
        match (has_place, has_place && is_painted()) {
            (_, true) => Seen::Yes,
            (true, false) => Seen::Apart,
            (false, false) => Seen::No,
        }
    }
}

/// Returns whether a row of a table is left out with all that is in it.
fn is_collapsed(element: &Element, style: &Computed) -> bool {
    style.marks.has(Mark::Collapsed)
        && style.display == Display::Table
        && element.html_name() != "table"
}

/// Returns the style of the letters in an element: those of a closed list have that of the list.
fn lettered<'a>(styles: &'a Styles, style: &'a Computed, around: &Surroundings) -> &'a Computed {
    match around.listed {
        Listed::Chosen(list) => styles.get(list),
        Listed::No | Listed::Closed(_) | Listed::Open(_) => style,
    }
}
