//! Places of text in a drawing of SVG, whose edges cut off what is outside.

use super::{
    heights::Heights,
    layers::is_moved,
    measure::text_width,
    units::{Span, all, is_void, length, sums, transforms},
    viewed::{size, value, view},
};
use crate::{
    cascade::{Computed, Styles},
    css::{
        property::{Overflow, Size},
        transform::Transform,
    },
    document::{Document, Element, NodeId, Visit},
    thresholds::SMALLEST_FONT,
};
use html5ever::ns;

/// Greatest height of the letters above their line, and of those below, as multiples of the font size.
const ABOVE: f32 = 1.0;
const BELOW: f32 = 0.3;
/// Farthest place to the left of, and above, a drawing at which text may begin, in pixels.
const LEFTMOST: f32 = -200.0;
const TOPMOST: f32 = -50.0;
/// Most elements around a text that are examined.
const MOST_AROUND: usize = 32;
/// Least scale of a part that is seen.
const LEAST_SCALE: f32 = 0.01;

/// A box of text, and the factor by which its letters grow.
#[derive(Debug, Clone, Copy)]
struct Area {
    x: Span,
    y: Span,
    scale: f32,
}

/// Returns whether a run of text is outside of its drawing, or too small in it. `node` is the element that it
/// is in. Where the place is unknown, the text counts as inside.
pub(super) fn is_outside(
    document: &Document,
    styles: &Styles,
    heights: &Heights,
    run: NodeId,
    text: &str,
    style: &Computed,
) -> bool {
    place(document, styles, heights, run, text, style)
        .and_then(|area| is_outside_of_drawings(document, styles, heights, run, area, style))
        .unwrap_or_else(|| is_far(document, run))
}

/// Returns whether the element of a run is far outside of its drawing by its own place alone.
fn is_far(document: &Document, run: NodeId) -> bool {
    let around = document.ancestors(run).take(MOST_AROUND);
    let mut around = around.map_while(|node| document.element(node));
    let far = |element: &Element| {
        let at = |name| value(element, name).and_then(|at| length(at, 16.0, None));
        at("x").is_some_and(|x| x.1 <= LEFTMOST) || at("y").is_some_and(|y| y.1 <= TOPMOST)
    };
    around.next().is_some_and(far)
        && around
            .all(|element| element.name.ns != ns!(svg) || value(element, "transform").is_none())
}

/// Returns whether the direct text of an element of SVG is drawn: it is in a `text`, and that is in groups.
pub(super) fn draws_text(document: &Document, node: NodeId) -> bool {
    let mut in_text = false;
    for node in std::iter::once(node).chain(document.ancestors(node)) {
        let Some(element) = document.element(node).filter(|e| e.name.ns == ns!(svg)) else {
            break;
        };
        let links = |element: &Element| {
            ["href", "path"]
                .iter()
                .any(|name| value(element, name).is_some())
        };
        match (element.local_name(), in_text) {
            ("text", false) => in_text = true,
            ("tspan" | "a", false) => {}
            ("textPath", false) if links(element) => {}
            // Another element may use the content of some.
            (
                "svg" | "g" | "a" | "switch" | "defs" | "symbol" | "clipPath" | "mask" | "pattern",
                true,
            ) => {}
            _ => return false,
        }
    }
    in_text
}

/// Returns whether a drawing is too small for text.
pub(super) fn is_closed(element: &Element, style: &Computed) -> bool {
    let frame = style.frame_or_default();
    let below = |least: f32| {
        let small = |name, size: Size| {
            let given = value(element, name).and_then(|size| length(size, 16.0, None));
            size.is_none() && given.is_some_and(|given| given.1 < least)
        };
        small("width", frame.width) || small("height", frame.height)
    };
    let bounded = frame.min_width.is_some() || frame.min_height.is_some();
    element.name.ns == ns!(svg)
        && element.local_name() == "svg"
        && (below(1.0) || (below(SMALLEST_FONT) && !is_open(element, style)))
        && !bounded
}

/// Returns whether a drawing shows what is outside of it, or may do so.
fn is_open(element: &Element, style: &Computed) -> bool {
    let frame = style.frame_or_default();
    let written = value(element, "overflow").is_some_and(|overflow| overflow != "hidden");
    frame.overflow_x == Overflow::Visible || written
}

/// Returns where a run of text is in the system of its `text`, if that is known.
fn place(
    document: &Document,
    styles: &Styles,
    heights: &Heights,
    run: NodeId,
    text: &str,
    style: &Computed,
) -> Option<Area> {
    let named = |node: &NodeId| {
        document
            .element(*node)
            .is_some_and(|e| e.local_name() == "text")
    };
    let top = document.ancestors(run).take(MOST_AROUND).find(named)?;
    let (mut x, mut y) = (Span::ZERO, Span::ZERO);
    let (mut alone, mut loose, mut stretched) = (true, false, false);
    let mut anchor = None;
    let mut turned = false;
    for visit in document.walk(top) {
        let Visit::Enter(node) = visit else { continue };
        if node == run {
            break;
        }
        if !heights.spend(None) {
            return None;
        }
        let Some(element) = document.element(node) else {
            if document
                .text(node)
                .is_some_and(|text| !text.trim().is_empty())
            {
                // Further letters follow those before.
                x.1 = f32::INFINITY;
                alone = false;
            }
            continue;
        };
        if !affords(heights, element) {
            return None;
        }
        if element.local_name() == "textPath" {
            return None;
        }
        let own = styles.get(node);
        let font = own.inherited.font_size;
        let moved = [
            "style",
            "class",
            "dominant-baseline",
            "alignment-baseline",
            "baseline-shift",
            "rotate",
        ];
        loose |= moved.iter().any(|name| value(element, name).is_some());
        anchor = value(element, "text-anchor").or(anchor);
        turned = value(element, "direction").map_or(turned, |direction| direction == "rtl");
        stretched |= value(element, "textLength").is_some();
        alone &= !stretched;
        for (at, own, by) in [(&mut x, "x", "dx"), (&mut y, "y", "dy")] {
            if let Some(places) = value(element, own) {
                *at = all(places, font)?;
                // What precedes does not move it.
                alone |= own == "x" && !stretched;
            }
            if let Some(steps) = value(element, by) {
                *at = at.plus(sums(steps, font)?);
            }
        }
    }
    let size = style.inherited.font_size;
    let width = text_width(text, style);
    let more = if loose { size } else { 0.0 };
    // Text from the right to the left ends where it begins.
    let end = if turned { None } else { Some("end") };
    let ends = anchor.filter(|anchor| *anchor != "start") == end && x.0 == x.1;
    let after = match (ends, anchor) {
        (true, _) => 0.0,
        (false, Some("middle")) if alone => width,
        (false, Some("middle")) => f32::INFINITY,
        (false, _) if alone => width,
        (false, _) => f32::INFINITY,
    };
    let before = if anchor.is_some() || loose || turned {
        f32::INFINITY
    } else {
        0.0
    };
    let area = Area {
        x: Span(x.0 - before, x.1 + after),
        y: Span(y.0 - size * ABOVE - more, y.1 + size * BELOW + more * BELOW),
        scale: 1.0,
    };
    (!area.x.0.is_nan() && !area.x.1.is_nan()).then_some(area)
}

/// Returns whether an area of a run is outside of one of the drawings around it; `None` if that is not known.
fn is_outside_of_drawings(
    document: &Document,
    styles: &Styles,
    heights: &Heights,
    run: NodeId,
    mut area: Area,
    style: &Computed,
) -> Option<bool> {
    for node in document.ancestors(run) {
        let Some(element) = document.element(node).filter(|e| e.name.ns == ns!(svg)) else {
            return Some(false);
        };
        if !affords(heights, element) {
            return None;
        }
        let own = styles.get(node);
        let turned = value(element, "style").is_some_and(|style| style.contains("writing-mode"));
        if turned || value(element, "writing-mode").is_some() {
            return None;
        }
        if element.local_name() == "svg" {
            let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
            let nested = document
                .element(parent)
                .is_some_and(|e| e.name.ns == ns!(svg));
            if is_open(element, own) {
                return None;
            }
            let size = size(element, own, nested, styles.get(parent));
            if value(element, "viewBox").is_some_and(is_void) {
                return Some(true);
            }
            let (picture, scale) = view(element, size)?;
            let is_outside = area.y.1 <= picture.1.0
                || area.y.0 >= picture.1.1
                || area.x.0 >= picture.0.1
                || area.x.1 <= picture.0.0;
            let tiny =
                style.inherited.font_size * area.scale * scale.unwrap_or(1.0) < SMALLEST_FONT / 2.0;
            if is_outside || tiny {
                return Some(true);
            }
            if !nested || value(element, "viewBox").is_some() {
                return Some(false);
            }
            let at =
                |name| value(element, name).map_or(Some(Span::ZERO), |at| length(at, 16.0, None));
            area.x = area.x.plus(at("x")?);
            area.y = area.y.plus(at("y")?);
            continue;
        }
        match element.local_name() {
            "text" | "tspan" | "g" | "a" | "switch" => {}
            // It is drawn where another element uses it.
            _ => return None,
        }
        if let Some(frame) = own.frame.as_deref().filter(|frame| is_moved(frame)) {
            if [&frame.transform, &frame.scale]
                .iter()
                .any(|by| by.scale.is_below(LEAST_SCALE))
            {
                return Some(true);
            }
            // A translation in pixels alone is known.
            let moved = frame.transform;
            let plain = Transform {
                x: moved.x,
                y: moved.y,
                ..Transform::default()
            };
            let other = [&frame.translate, &frame.scale, &frame.rotate, &frame.offset];
            if moved != plain
                || other.iter().any(|moved| **moved != Transform::default())
                || !(moved.x.is_definite() && moved.y.is_definite())
            {
                return None;
            }
            let (x, y) = (moved.x.usual(), moved.y.usual());
            area.x = area.x.plus(Span(x, x));
            area.y = area.y.plus(Span(y, y));
        } else if let Some(list) = value(element, "transform") {
            for matrix in transforms(list)?.into_iter().rev() {
                area = moved(area, matrix);
            }
        }
    }
    Some(false)
}

/// Returns the factor by which the drawings around a run make its letters larger, as far as it is known.
pub(super) fn growth(document: &Document, styles: &Styles, heights: &Heights, run: NodeId) -> f32 {
    let mut growth = 1.0;
    for node in document.ancestors(run) {
        let Some(element) = document.element(node).filter(|e| e.name.ns == ns!(svg)) else {
            break;
        };
        if !affords(heights, element) {
            return 1.0;
        }
        if element.local_name() == "svg" && value(element, "viewBox").is_some() {
            let parent = document.node(node).parent.unwrap_or(NodeId::ROOT);
            let size = size(element, styles.get(node), false, styles.get(parent));
            let scale = view(element, size).and_then(|(_, scale)| scale);
            growth *= scale.unwrap_or(1.0);
        } else if let Some(list) = value(element, "transform") {
            for [a, b, c, d, ..] in transforms(list).unwrap_or_default() {
                growth *= (a.abs() + c.abs()).max(b.abs() + d.abs());
            }
        }
    }
    growth
}

/// Returns an area after a transformation.
fn moved(area: Area, [a, b, c, d, e, f]: [f32; 6]) -> Area {
    let grown = (a.abs() + c.abs()).max(b.abs() + d.abs());
    Area {
        x: area.x.times(a).plus(area.y.times(c)).plus(Span(e, e)),
        y: area.x.times(b).plus(area.y.times(d)).plus(Span(f, f)),
        scale: area.scale * grown,
    }
}

/// Returns whether the attributes of an element may be read once more: several texts are in one.
fn affords(heights: &Heights, element: &Element) -> bool {
    let mut attributes = element.attributes.iter();
    attributes.all(|attribute| heights.spend(Some(&attribute.value)))
}
