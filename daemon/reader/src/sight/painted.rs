//! Where a box paints its ground: content that is certainly outside of it is on the ground behind it.

use super::{
    contrast::Ground,
    flow::{Flow, Least},
    measure::known,
    place::Place,
};
use crate::{
    cascade::{Computed, Frame},
    css::{
        length::{Length, MEDIUM},
        marks::Mark,
        property::{Display, Position, Size},
    },
    document::NodeId,
};

/// Margins of the page that precede the flow, in pixels.
const MARGINS: f32 = 40.0;

/// The box that paints the ground of its content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Painted {
    node: NodeId,
    pub(super) behind: Ground,
    /// Greatest height of the flow where the box begins, in pixels.
    most: f32,
    /// Height of the box in pixels, if it is fixed.
    tall: Option<f32>,
    /// Width of the box in pixels, if it is fixed.
    wide: Option<f32>,
    /// The place in the flow where the box ends, and the uncertainties of the flow where it begins.
    end: Option<(f32, u32)>,
    /// Room to the right of the place of the content, in pixels.
    right: Option<f32>,
    /// How far the content is moved up or down in an element of a line, in pixels.
    moved: Option<f32>,
    /// Whether all content is outside.
    outside: bool,
}

impl Painted {
    /// Returns the area of a box that paints a ground on another one.
    pub(super) fn new(
        node: NodeId,
        behind: Ground,
        style: &Computed,
        frame: &Frame,
        place: &Place,
        flow: &Flow,
    ) -> Self {
        let Least {
            height: top,
            unsure,
        } = flow.least_at(style);
        let mut painted = Self {
            node,
            behind,
            most: flow.height,
            tall: None,
            wide: None,
            end: None,
            right: None,
            moved: (!style.is_boxed()).then_some(0.0),
            outside: false,
        };
        if matches!(
            style.display,
            Display::Inline | Display::Cell | Display::Table
        ) {
            return painted;
        }
        let font = style.inherited.font_size;
        let definite = |size: Size| {
            let size = size.filter(|size| size.is_definite());
            size.map(|size| size.resolve(font, MEDIUM, 0.0))
        };
        let padding = |one: Length, other: Length| match one.is_definite() && other.is_definite() {
            true => Some(known(one) + known(other)),
            false => None,
        };
        let whole = |size: f32, padding: Option<f32>| match frame.border_box {
            true => Some(size.max(padding?)),
            false => Some(size + padding?),
        };
        let least = |size: f32, least: Size| match least {
            None => Some(size),
            Some(_) => Some(size.max(definite(least)?)),
        };
        let smaller = |one: Option<f32>, other: Option<f32>| match (one, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let tall = smaller(place.tall, definite(frame.max_height));
        let tall = tall.and_then(|tall| least(tall, frame.min_height));
        let vertical = padding(frame.padding.top, frame.padding.bottom);
        let tall = tall.and_then(|tall| whole(tall, vertical));
        let wide = smaller(definite(frame.width), definite(frame.max_width));
        let wide = wide.and_then(|wide| least(wide, frame.min_width));
        let wide =
            wide.and_then(|wide| whole(wide, padding(frame.padding.left, frame.padding.right)));
        let edges = style.border.top || style.border.bottom || style.marks.has(Mark::Edge);
        painted.tall = tall.filter(|_| !edges);
        painted.wide = wide;
        painted.end = painted.tall.map(|tall| (top + tall, unsure));
        painted.right = wide.map(|wide| wide - known(frame.padding.left));
        painted
    }

    /// Returns the area as content of it sees it. `held` says whether the offsets of the content refer
    /// to the box itself, `paged` whether they refer to the page. `greatest` returns the greatest height
    /// of the box.
    pub(super) fn inside(
        mut self,
        style: &Computed,
        frame: &Frame,
        (held, paged): (bool, bool),
        flow: &Flow,
        greatest: impl Fn(NodeId) -> f32,
    ) -> Option<Self> {
        let font = style.inherited.font_size;
        let at = |size: Length, whole: Option<f32>| match (size.is_definite(), whole) {
            (true, _) => Some(size.resolve(font, MEDIUM, 0.0)),
            (false, Some(whole)) => Some(size.resolve(font, MEDIUM, whole)),
            (false, None) => None,
        };
        let beyond = |size: Length| size.part >= 1.0 && size.px >= 0.0;
        let inset = &frame.inset;
        let Least {
            height: top,
            unsure,
        } = flow.least_at(style);
        match frame.position {
            Position::Absolute | Position::Fixed => {
                let any = [inset.top, inset.right, inset.bottom, inset.left];
                let any = any.into_iter().flatten().next().is_some();
                let down = inset.top.filter(|top| top.is_definite()).map(Length::usual);
                if any && !held {
                    let page = |down: f32| down - self.most - MARGINS > greatest(self.node);
                    let far = paged && down.is_some_and(|down| down > MARGINS && page(down));
                    self.outside |= far;
                    return far.then_some(self);
                }
                self.outside |= down.is_some_and(|down| down > 0.0 && down > greatest(self.node));
                if let Some(down) = inset.top {
                    let room = self.tall.and_then(|tall| Some(tall - at(down, self.tall)?));
                    self.end = match beyond(down) {
                        true => Some((f32::NEG_INFINITY, unsure)),
                        false => room.map(|room| (top + room, unsure)),
                    };
                } else if let Some(up) = inset.bottom {
                    let outside = beyond(up)
                        || matches!((self.tall, at(up, self.tall)), (Some(tall), Some(up)) if up >= tall);
                    self.end = outside.then_some((f32::NEG_INFINITY, unsure));
                }
                if let Some(left) = inset.left {
                    self.right = match beyond(left) {
                        true => Some(0.0),
                        false => self.wide.and_then(|wide| Some(wide - at(left, self.wide)?)),
                    };
                } else if inset.right.is_some() {
                    self.right = None;
                }
            }
            Position::Relative => {
                let down = inset
                    .top
                    .map(|top| at(top, self.tall))
                    .or_else(|| Some(at(inset.bottom?, self.tall).map(|bottom| -bottom)));
                let down = down.unwrap_or(Some(0.0));
                self.outside |= down
                    .is_some_and(|down| down.abs() > MEDIUM && down.abs() > greatest(self.node));
                self.sink(down);
                let right = inset.left.map(|left| at(left, self.wide));
                self.shift(right.unwrap_or(Some(0.0)));
            }
            Position::Static => {}
        }
        if style.is_boxed() {
            for moved in [&frame.transform, &frame.translate] {
                let down = at(moved.y, None);
                self.outside |= down
                    .is_some_and(|down| down.abs() > MEDIUM && down.abs() > greatest(self.node));
                self.sink(down);
                self.shift(at(moved.x, None));
            }
        }
        for edge in [frame.margin.left.unwrap_or_default(), frame.padding.left] {
            self.shift(match beyond(edge) {
                true => Some(f32::INFINITY),
                false => at(edge, self.wide),
            });
            if beyond(edge) && edge.part > 0.0 && style.is_boxed() {
                self.right = Some(0.0);
            }
        }
        Some(self)
    }

    fn sink(&mut self, down: Option<f32>) {
        self.end = self
            .end
            .and_then(|(end, unsure)| Some((end - down?, unsure)));
        self.moved = self.moved.and_then(|moved| Some(moved + down?));
    }

    fn shift(&mut self, right: Option<f32>) {
        self.right = self.right.and_then(|room| Some(room - right?));
    }

    /// Returns the ground behind the box if text is certainly outside of it.
    pub(super) fn ground(&self, style: &Computed, flow: &Flow) -> Option<Ground> {
        let inherited = &*style.inherited;
        let size = inherited.font_size;
        let Least {
            height: top,
            unsure,
        } = flow.least();
        let below = self
            .end
            .is_some_and(|(end, begun)| begun == unsure && top + size / 2.0 > end);
        let indent = inherited.indent.usual();
        let beside = self.right.is_some_and(|room| room - indent < size / 3.0);
        let moved = self.moved.is_some_and(|moved| moved.abs() > size * 1.5);
        (self.outside || below || beside || moved).then_some(self.behind)
    }
}
