//! The window inside a box, which its sizes and its overflow make.

use super::{Margin, NARROWEST, THINNEST_LINE, Window};
use crate::{
    cascade::{Computed, Frame},
    css::{
        both::Both,
        length::MEDIUM,
        property::{Display, Overflow, Size},
    },
    sight::{
        axis::overflow,
        extent::{Extent, Places, is_clamped},
        flow::{Flow, Least},
        measure::{known, line_height},
    },
};

/// Smallest box with scroll bars whose content can be read, in pixels.
const SMALLEST_SCROLLED: f32 = 4.0;

/// How a box cuts off what is outside of it.
struct Cut {
    extent: Extent,
    overflow: Both<Overflow>,
    cuts: Both<bool>,
    /// Width of the box with its padding in pixels; only that of the padding if the width is not fixed.
    across: f32,
    font: f32,
}

impl Cut {
    fn new(style: &Computed, frame: &Frame, places: &Places<'_>) -> Self {
        let extent = Extent::new(style, frame, places);
        let overflow = overflow(frame);
        let cuts = |overflow: Overflow| matches!(overflow, Overflow::Clip | Overflow::Hidden);
        Self {
            overflow,
            cuts: Both {
                across: cuts(overflow.across),
                down: cuts(overflow.down),
            },
            across: extent.padding.left + extent.width.unwrap_or_default() + extent.padding.right,
            font: places.inside.font,
            extent,
        }
    }

    fn definite(&self, size: Size) -> Option<f32> {
        let size = size.filter(|size| size.is_definite());
        size.map(|size| size.resolve(self.font, MEDIUM, 0.0))
    }
}

/// Returns whether nothing can be read through a box of a size in pixels.
fn is_too_small(size: f32, overflow: Overflow) -> bool {
    match overflow {
        Overflow::Scroll => size < SMALLEST_SCROLLED,
        Overflow::Clip | Overflow::Hidden => size < NARROWEST,
        Overflow::Visible => false,
    }
}

impl Window {
    /// Returns the window inside a box, and the window of boxes inside it that are placed absolutely.
    /// Each step continues with what the steps before it left.
    pub(in crate::sight) fn inside(
        self,
        style: &Computed,
        frame: &Frame,
        places: &Places<'_>,
        flow: &Flow,
    ) -> (Self, Self) {
        let cut = Cut::new(style, frame, places);
        let mut window = self;
        window.shift(style, frame, places, flow);
        let mut held = window.cut_down(style, frame, &cut, flow);
        window.cut_across(&cut, places);
        held.closed = window.closed;
        held.emptied = window.emptied;
        held.right = window.right;
        held.edge = window.edge;
        window.pad(frame, &cut);
        let exact = cut.extent.fixed && !places.around.shared;
        held.whole = match exact {
            true => held_whole(frame, &cut),
            false => Both::of(None),
        };
        let padding = &cut.extent.padding;
        let inner = held
            .whole
            .across
            .map(|across| across - padding.left - padding.right);
        let filled = || self.filled(style, frame, &cut).filter(|_| exact);
        window.whole = Both {
            across: inner.or_else(filled),
            down: None,
        };
        let bare = is_block(style) && style.frame.is_none();
        let unpadded = cut.cuts.across && padding.right < NARROWEST;
        window.own = Both {
            across: unpadded || (!cut.cuts.across && self.own.across && bare),
            down: false,
        };
        held.own = cut.cuts;
        (window, held)
    }

    /// Cuts off what is below a box. Returns the window of boxes inside it that are placed absolutely,
    /// which do not move with the flow.
    fn cut_down(&mut self, style: &Computed, frame: &Frame, cut: &Cut, flow: &Flow) -> Self {
        let Extent { height, fixed, .. } = cut.extent;
        let (top, bottom) = (cut.extent.padding.top, cut.extent.padding.bottom);
        let mut held = *self;
        let least = flow.least_at(style);
        let left = self.below_now(least);
        if let Some(height) = height.filter(|_| fixed) {
            self.closed |= is_too_small(top + height + bottom, cut.overflow.down);
            self.emptied |= cut.cuts.down && is_too_small(height + bottom, cut.overflow.down);
            if cut.cuts.down {
                let room = top + height + bottom;
                self.below = Some(left.map_or(room, |left| room.min(left)));
                self.start = Least {
                    height: least.height + known(frame.padding.top) - top,
                    ..least
                };
                self.lines = 0.0;
                self.margin = Margin {
                    size: 0.0,
                    at: f32::NEG_INFINITY,
                };
                held = *self;
            }
        } else if fixed && cut.cuts.down && top + bottom < NARROWEST {
            self.hides_lines = line_height(style) < THINNEST_LINE;
        }
        if !cut.cuts.down {
            held.below = left;
        } else if let Some(lines) = frame.clamp.filter(|_| is_clamped(style)) {
            let end = flow.lines_above().saturating_add(lines);
            self.lines_end = Some(self.lines_end.map_or(end, |other| other.min(end)));
        }
        held.start = least;
        held
    }

    /// Cuts off what is beside a box.
    fn cut_across(&mut self, cut: &Cut, places: &Places<'_>) {
        let Extent { width, fixed, .. } = cut.extent;
        let start = cut.extent.padding.left;
        if fixed && width.is_some() {
            self.closed |= is_too_small(cut.across, cut.overflow.across);
            self.emptied |=
                cut.cuts.across && is_too_small(cut.across - start, cut.overflow.across);
            if cut.cuts.across {
                let right = self.right.map_or(cut.across, |right| right.min(cut.across));
                self.right = Some(right);
            }
        }
        if fixed && cut.cuts.across {
            self.edge = Some(places.inside.left_edge(start));
        }
    }

    /// Moves the content to the right by the padding of the box. The width that percentages refer to is
    /// still that of the box around.
    fn pad(&mut self, frame: &Frame, cut: &Cut) {
        let padding = frame.padding.left;
        let left = match self.whole.across {
            Some(whole) => padding.resolve(cut.font, MEDIUM, whole).max(0.0),
            None => known(padding),
        };
        if self.own.across && padding.part >= 1.0 {
            self.right = Some(0.0);
        }
        self.right = self.right.map(|room| room - left);
    }

    /// Returns the width of the content of a block that fills the box around, if it is known.
    fn filled(&self, style: &Computed, frame: &Frame, cut: &Cut) -> Option<f32> {
        let sized = frame.floats() || frame.width.is_some() || frame.max_width.is_some();
        let around = self.whole.across.filter(|_| is_block(style) && !sized)?;
        let margins = [frame.margin.left, frame.margin.right].into_iter();
        let paddings = [frame.padding.left, frame.padding.right].map(Some);
        let mut edges = margins.flatten().map(Some).chain(paddings);
        edges.try_fold(around, |rest, edge| Some(rest - cut.definite(edge)?))
    }
}

/// Returns the width and height of a box with its padding, if they are given.
fn held_whole(frame: &Frame, cut: &Cut) -> Both<Option<f32>> {
    let Extent {
        width,
        tall,
        padding,
        ..
    } = &cut.extent;
    let height = cut.definite(frame.height).and(*tall);
    Both {
        across: cut.definite(frame.width).and(*width).map(|_| cut.across),
        down: height.map(|tall| padding.top + tall + padding.bottom),
    }
}

fn is_block(style: &Computed) -> bool {
    matches!(style.display, Display::Block | Display::ListItem)
}
