//! How much of another box an opaque box covers.

use super::{layers::is_moved, room::margins};
use crate::{
    cascade::{Computed, Frame},
    css::{
        length::Length,
        property::{Display, Position, Size},
    },
    document::Element,
};

/// What a box covers. Sizes are in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Reach {
    /// All of the box that it refers to.
    Whole,
    /// The beginning of the box that it refers to; all of its width if there is none.
    Corner { width: Option<f32>, height: f32 },
    /// Nothing: it is in the flow at the beginning of the box that it refers to, as wide as that if there is no
    /// width, so that placed text may be on it.
    Floor { width: Option<f32>, height: f32 },
    /// The box before it. `up` is the distance to its usual place.
    Previous { up: f32, height: f32 },
    /// What is below the end of the box before it, which has no height.
    Below { height: f32 },
    /// The box before it in the same cell of a grid.
    Cell,
    /// What precedes in the same drawing of SVG.
    Drawing,
}

impl Reach {
    /// Returns whether a cover is on a sibling, so that the boxes around do not matter.
    pub(super) fn is_sibling(self) -> bool {
        match self {
            Self::Previous { .. } | Self::Below { .. } | Self::Cell => true,
            Self::Whole | Self::Corner { .. } | Self::Floor { .. } | Self::Drawing => false,
        }
    }

    /// Returns the reach of an opaque box.
    pub(super) fn of(element: &Element, style: &Computed, frame: &Frame) -> Option<Self> {
        match frame.position {
            Position::Absolute | Position::Fixed => Self::of_absolute(element, style, frame),
            Position::Relative
                if style.display == Display::Block
                    && !frame.floats()
                    && !is_moved(frame)
                    && frame.max_width.is_none()
                    && frame.max_height.is_none() =>
            {
                let top = match frame.margin.top {
                    None if !has_usual_margins(element) => 0.0,
                    _ => margins(style, frame)?.0,
                };
                let moved = match frame.inset.top {
                    Some(top) if top.is_definite() => top.usual(),
                    Some(_) => return None,
                    None => 0.0,
                };
                let height = frame.height.filter(|height| height.is_definite())?;
                let wide = frame.width.is_none_or(is_all)
                    && is_none_or_zero(frame.margin.left)
                    && is_none_or_zero(frame.margin.right)
                    && is_none_or_zero(frame.inset.left)
                    && is_none_or_zero(frame.inset.right);
                let (up, height) = (-(top + moved), height.usual());
                match () {
                    () if !wide || up < 0.0 => None,
                    () if up > 0.0 => Some(Self::Previous { up, height }),
                    () => Some(Self::Below { height }),
                }
            }
            Position::Relative | Position::Static => None,
        }
    }

    /// Returns the reach of an opaque box at the beginning of a placed box.
    pub(super) fn of_first(element: &Element, style: &Computed, frame: &Frame) -> Option<Self> {
        let margin = &frame.margin;
        let margins = [margin.top, margin.right, margin.bottom, margin.left];
        let still = frame.position == Position::Static && !frame.floats() && !is_moved(frame);
        let definite = |size: Size| size.filter(|size| size.is_definite()).map(Length::usual);
        let least = [frame.max_width, frame.max_height];
        let edges = !has_usual_margins(element) && margins.into_iter().all(is_none_or_zero);
        let width = match frame.width {
            None => None,
            width => Some(definite(width)?),
        };
        let height = definite(frame.height)?;
        let known = style.display == Display::Block && still && edges && least == [None; 2];
        known.then_some(Self::Floor { width, height })
    }

    /// Returns whether a block covers the box around it, at whose beginning it is.
    pub(super) fn fills(element: &Element, style: &Computed, frame: &Frame) -> bool {
        let margin = &frame.margin;
        let margins = [margin.top, margin.right, margin.bottom, margin.left];
        style.display == Display::Block
            && frame.position == Position::Static
            && !frame.floats()
            && !is_moved(frame)
            && !has_own_size(element)
            && !has_usual_margins(element)
            && margins.into_iter().all(is_none_or_zero)
            && [frame.max_width, frame.max_height] == [None; 2]
            && frame.width.is_none_or(is_all)
            && frame.height.is_some_and(is_all)
    }

    fn of_absolute(element: &Element, style: &Computed, frame: &Frame) -> Option<Self> {
        let is_zero =
            |size: Size| size.is_some_and(|size| size.is_definite() && size.usual() <= 0.0);
        let margins = &frame.margin;
        let usual = has_usual_margins(element);
        let is_edge = |margin: Size| match margin {
            None => !usual,
            Some(margin) => margin == Length::ZERO,
        };
        if !is_zero(frame.inset.left)
            || !is_zero(frame.inset.top)
            || is_moved(frame)
            || matches!(style.display, Display::Contents | Display::None)
            || ![margins.left, margins.top, margins.right, margins.bottom]
                .into_iter()
                .all(is_edge)
        {
            return None;
        }
        let stretches = style.display != Display::Table && !has_own_size(element);
        let width = Extent::new(
            frame.width,
            frame.max_width,
            frame.inset.left,
            frame.inset.right,
            stretches,
        )?;
        let height = Extent::new(
            frame.height,
            frame.max_height,
            frame.inset.top,
            frame.inset.bottom,
            stretches,
        )?;
        match (width, height) {
            (Extent::All, Extent::All) => Some(Self::Whole),
            (Extent::All, Extent::Pixels(height)) => Some(Self::Corner {
                width: None,
                height,
            }),
            (Extent::Pixels(width), Extent::Pixels(height)) => Some(Self::Corner {
                width: Some(width),
                height,
            }),
            (Extent::Pixels(_), Extent::All) => None,
        }
    }
}

/// How much of the box that it refers to an absolute box covers in one direction.
enum Extent {
    All,
    /// Up to this distance from its beginning.
    Pixels(f32),
}

impl Extent {
    /// Returns the extent of a box that begins where the other one does; `None` if it is not known. A size is
    /// stronger than the place of the end.
    fn new(size: Size, most: Size, start: Size, end: Size, stretches: bool) -> Option<Self> {
        let is_end = end.is_some_and(|end| end.is_definite() && end.usual() <= 0.0);
        let known = |size: Length| {
            let size = Some(size).filter(|size| size.is_definite())?.usual();
            Some(size + start.map_or(0.0, Length::usual))
        };
        let own = match size {
            Some(size) if is_all(size) => Self::All,
            Some(size) => Self::Pixels(known(size)?),
            None if is_end && stretches => Self::All,
            None => return None,
        };
        match (own, most) {
            (own, None) => Some(own),
            (own, Some(most)) if is_all(most) => Some(own),
            (Self::All, Some(most)) => Some(Self::Pixels(known(most)?)),
            (Self::Pixels(own), Some(most)) => Some(Self::Pixels(own.min(known(most)?))),
        }
    }
}

fn is_all(size: Length) -> bool {
    let rest = Length { part: 0.0, ..size };
    size.part >= 1.0 && rest.usual() >= 0.0
}

/// Returns whether browsers give margins to an element.
fn has_usual_margins(element: &Element) -> bool {
    matches!(
        element.html_name(),
        "p" | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ul"
            | "ol"
            | "dl"
            | "dd"
            | "menu"
            | "dir"
            | "blockquote"
            | "figure"
            | "pre"
            | "hr"
            | "dialog"
            | "br"
            | "wbr"
    )
}

/// Returns whether an element does not fill the box that it refers to without a size.
fn has_own_size(element: &Element) -> bool {
    // Of the controls, fields and buttons fill it.
    element.is_replaced()
        || matches!(
            element.html_name(),
            "progress" | "meter" | "dialog" | "table"
        )
}

fn is_none_or_zero(size: Size) -> bool {
    size.is_none_or(|size| size == Length::ZERO)
}
