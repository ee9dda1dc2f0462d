//! The greatest room that content takes, to know what a box of a fixed size certainly covers.

use super::{
    flow::LINE,
    layers::is_moved,
    measure::{line_height, text_width},
};
use crate::{
    cascade::{Computed, Frame},
    css::{
        length::{Length, MEDIUM},
        marks::Mark,
        property::{Align, Display, Overflow, Position, Sides, Size, WhiteSpace},
        transform::Transform,
    },
    document::Element,
};
use html5ever::local_name;

/// Margin of a block that has no other, as a multiple of its font size, rounded up.
const MARGIN: f32 = 1.4;
/// Distance that leaves text covered in practice, in pixels.
const SLACK: f32 = 4.0;
/// Least height of a line that holds its letters, as a multiple of the font size.
const LEAST_LINE: f32 = 0.9;

/// The area of a box in the box that it refers to, from its upper left corner, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Floor {
    /// Its width, if it is not that of the box that it refers to.
    pub(super) width: Option<f32>,
    pub(super) height: f32,
    /// Least width of the content of the box that it refers to.
    pub(super) column: f32,
}

/// Covered room that content fills from its top.
#[derive(Debug)]
pub(super) struct Room {
    /// Covered width in pixels, if it is not the width of the content.
    width: Option<f32>,
    /// Least width of the content in pixels.
    column: f32,
    /// Width of the content in pixels, if no word is wider.
    fits: f32,
    /// Covered height in pixels.
    limit: f32,
    /// Greatest height of what precedes, in pixels.
    bottom: f32,
    /// Whether floating boxes are inside the box around them.
    floats: bool,
    /// How far content is moved up, so that the box is less high than its content, in pixels.
    shifted: f32,
    /// Greatest width of what precedes in a line that does not wrap, in pixels.
    line: f32,
    /// The elements around, the outermost first.
    stack: Vec<Part>,
}

/// An element in the room.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// Width of its content in pixels, if no word is wider.
    fits: f32,
    /// Whether its content may be outside of the box around.
    outside: bool,
    /// Whether its content takes no room in the flow.
    apart: bool,
    /// Height of the element in pixels, and the room to return to, if its height is fixed.
    around: Option<(f32, f32, f32)>,
    /// Greatest height of what precedes, and the height of the element, in pixels.
    least: Option<(f32, f32)>,
    block: bool,
}

impl Room {
    /// Returns the room of a cover that is as high as the content, which has a width in pixels if no
    /// word is wider. `floats` says whether floating boxes count.
    pub(super) fn all(fits: f32, floats: bool) -> Self {
        let mut room = Self::new(None, fits, f32::INFINITY, fits);
        room.floats = floats;
        room
    }

    pub(super) fn new(width: Option<f32>, column: f32, limit: f32, fits: f32) -> Self {
        Self {
            fits,
            width,
            column: column.max(1.0),
            limit,
            bottom: 0.0,
            floats: false,
            shifted: 0.0,
            line: 0.0,
            stack: Vec::new(),
        }
    }

    /// Returns the room of one line.
    pub(super) fn of_line(self, style: &Computed) -> Self {
        Self {
            limit: line(style),
            ..self
        }
    }

    /// Returns the covered area, if its height is known.
    pub(super) fn floor(&self) -> Option<Floor> {
        let floor = Floor {
            width: self.width,
            height: self.limit,
            column: self.column,
        };
        self.limit.is_finite().then_some(floor)
    }

    /// Returns whether the rest of the content is not certainly covered.
    pub(super) fn is_left(&self) -> bool {
        self.limit.is_finite()
            && self.bottom > self.limit
            && self.stack.iter().all(|part| part.around.is_none())
    }

    /// Returns whether the box is less high than its content.
    pub(super) fn is_shifted(&self) -> bool {
        self.shifted > SLACK
    }

    /// Returns the greatest height of the content in pixels.
    pub(super) fn height(&self) -> f32 {
        match self.is_left() {
            true => f32::INFINITY,
            false => self.bottom,
        }
    }

    fn part(&self) -> Part {
        self.stack.last().copied().unwrap_or(Part {
            fits: self.fits,
            outside: false,
            apart: false,
            around: None,
            least: None,
            block: true,
        })
    }

    /// Takes the beginning of a node that has no box in the room.
    pub(super) fn enter_nothing(&mut self) {
        self.stack.push(Part {
            around: None,
            least: None,
            block: false,
            ..self.part()
        });
    }

    /// Takes the beginning of an element.
    pub(super) fn enter(&mut self, element: &Element, style: &Computed) {
        let frame = style.frame_or_default();
        let mut part = self.part();
        let block = style.is_boxed();
        (part.around, part.least, part.block) = (None, None, block);
        part.apart |= frame.is_absolute();
        part.outside |= self.is_outside(element, style, frame);
        let all = self.limit == f32::INFINITY;
        // The margins of the box itself are outside of it.
        let inside = !self.stack.is_empty();
        if inside && frame.position != Position::Absolute && frame.position != Position::Fixed {
            let up = |margin: Size| margin.map_or(0.0, |margin| margin.usual().min(0.0));
            self.shifted -= up(frame.margin.top) + up(frame.margin.bottom);
        }
        if block || element.html_name() == "br" {
            self.line = 0.0;
        }
        if block {
            let wide = frame.width.filter(|width| width.is_definite());
            part.outside |= wide.is_some_and(|width| width.usual() > part.fits);
            part.fits = inner_width(style, frame, part.fits);
        }
        if all && block {
            let grows = matches!(style.display, Display::Cell | Display::Table);
            let cuts = frame.overflow_y != Overflow::Visible;
            let fixed = [frame.height, frame.max_height].into_iter().flatten();
            let fixed = fixed
                .filter(|height| height.is_definite())
                .map(Length::usual);
            if let Some(height) = fixed.reduce(f32::min).filter(|_| !grows && !cuts) {
                part.around = Some((height, self.bottom, self.limit));
                (self.bottom, self.limit) = (0.0, height);
            }
        } else if !all && !part.apart {
            self.fill(element, style, frame);
            let height = frame.height.filter(|height| height.is_definite());
            part.least = Some((self.bottom, height.map_or(0.0, Length::usual)));
        }
        self.stack.push(part);
    }

    /// Returns whether the content of an element may be outside of the box around it.
    fn is_outside(&self, element: &Element, style: &Computed, frame: &Frame) -> bool {
        let moved = [
            frame.inset.top,
            frame.inset.right,
            frame.inset.bottom,
            frame.inset.left,
        ];
        let mut moved = moved.into_iter().flatten();
        let moved = moved.any(|inset| inset.usual().abs() > SLACK);
        let back = |margin: Size| margin.is_some_and(|margin| margin.usual() < -SLACK);
        let placed = match frame.position {
            Position::Static => false,
            Position::Relative => moved,
            Position::Absolute | Position::Fixed => true,
        };
        placed
            || (frame.floats() && !self.floats)
            || is_moved(frame)
            || style.marks.has(Mark::Rotate)
            || style.marks.has(Mark::Transform)
            || style.marks.has(Mark::Direction)
            || back(frame.margin.left)
            || back(frame.margin.right)
            || (element.attribute(&local_name!("dir")))
                .is_some_and(|direction| !direction.eq_ignore_ascii_case("ltr"))
    }

    /// Takes the height of an element before its content.
    fn fill(&mut self, element: &Element, style: &Computed, frame: &Frame) {
        let simple = match style.display {
            Display::Block | Display::ListItem => true,
            Display::Inline | Display::Contents => frame.padding == Sides::default(),
            Display::None
            | Display::InlineBlock
            | Display::Flex
            | Display::Table
            | Display::Cell => false,
        };
        let name = element.html_name();
        let unknown = element.is_replaced() || element.is_control() || name == "hr";
        let edge = |size: Size| size.is_none_or(|size| size.is_definite() && size.usual() == 0.0);
        let inset = &frame.inset;
        let still = [inset.top, inset.right, inset.bottom, inset.left] == [None; 4];
        let plain = (frame.position == Position::Static
            || (frame.position == Position::Relative && still))
            && !frame.floats()
            && frame.transform == Transform::default()
            && frame.translate == Transform::default()
            && frame.min_height.is_none()
            && frame.width.is_none()
            && frame.max_width.is_none()
            && edge(frame.margin.left)
            && edge(frame.margin.right)
            && frame.padding.left == Length::ZERO
            && frame.padding.right == Length::ZERO
            && style.border == Sides::default();
        if !simple || unknown || !plain {
            self.bottom = f32::INFINITY;
        } else if name == "br" {
            self.bottom += line(style);
        } else if matches!(style.display, Display::Block | Display::ListItem) {
            match margins(style, frame) {
                Some((top, bottom))
                    if frame
                        .height
                        .is_none_or(|height| height.is_definite() || height == Length::NO_PART) =>
                {
                    let padding =
                        frame.padding.top.usual().max(0.0) + frame.padding.bottom.usual().max(0.0);
                    let has_margin = name != "div" || frame.margin != Sides::default();
                    let margin = if has_margin {
                        top.max(0.0) + bottom.max(0.0)
                    } else {
                        0.0
                    };
                    self.bottom += padding + margin;
                }
                Some(_) | None => self.bottom = f32::INFINITY,
            }
        }
    }

    /// Takes the end of a node.
    pub(super) fn leave(&mut self) {
        let Some(part) = self.stack.pop() else {
            return;
        };
        if let Some((start, height)) = part.least {
            self.bottom = self.bottom.max(start + height);
        }
        if let Some((height, bottom, limit)) = part.around {
            (self.bottom, self.limit) = (bottom + height, limit);
        }
        if part.block {
            self.line = 0.0;
        }
    }

    /// Takes a run of text. Returns whether it is covered.
    pub(super) fn pass(&mut self, text: &str, style: &Computed) -> bool {
        if text.trim().is_empty() {
            return false;
        }
        let part = self.part();
        if part.apart {
            return false;
        }
        let inherited = &*style.inherited;
        let width = text_width(text, style);
        let wraps = inherited.white_space == WhiteSpace::Normal;
        if self.limit.is_finite() {
            let beside = match self.width {
                Some(room) => width > room || inherited.align != Align::Left,
                None => false,
            };
            if beside || (!wraps && width > self.column) {
                self.bottom = f32::INFINITY;
            }
            self.bottom += ((width / self.column).floor() + 1.0) * line(style);
        }
        let longest = match wraps {
            true => text.split_whitespace().map(|word| text_width(word, style)),
            false => {
                self.line += width;
                return self.holds(self.line, &part, style);
            }
        };
        let longest = longest.fold(0.0, f32::max);
        self.holds(longest, &part, style)
    }

    /// Returns whether a run with a width in pixels is covered.
    fn holds(&self, width: f32, part: &Part, style: &Computed) -> bool {
        let inherited = &*style.inherited;
        let indent = inherited.indent.usual();
        let flat = line_height(style) < inherited.font_size * LEAST_LINE;
        self.bottom <= self.limit
            && !part.outside
            && !flat
            && indent >= -SLACK
            && width + indent <= part.fits
    }
}

/// Returns whether the height of a box contains the floating boxes in it.
pub(super) fn holds_floats(style: &Computed) -> bool {
    let lifted = |frame: &Frame| {
        frame.floats()
            || frame.is_absolute()
            || frame.overflow_x != Overflow::Visible
            || frame.overflow_y != Overflow::Visible
    };
    matches!(
        style.display,
        Display::InlineBlock | Display::Cell | Display::Flex
    ) || style.frame.as_deref().is_some_and(lifted)
}

/// Returns the width of the content of a box in a width in pixels, if no word is wider.
pub(super) fn inner_width(style: &Computed, frame: &Frame, width: f32) -> f32 {
    let font = style.inherited.font_size;
    let own = |length: Length| length.resolve(font, MEDIUM, width);
    if !matches!(
        style.display,
        Display::Block | Display::ListItem | Display::InlineBlock
    ) {
        return width;
    }
    let edges = [frame.margin.left, frame.margin.right]
        .into_iter()
        .flatten();
    let edges = edges.map(|margin| own(margin).max(0.0));
    let padding = own(frame.padding.left).max(0.0) + own(frame.padding.right).max(0.0);
    let rest = width - edges.sum::<f32>() - padding;
    let fixed = [frame.width, frame.max_width].into_iter().flatten();
    fixed.map(own).fold(rest, f32::min)
}

/// Returns the greatest height of a line in pixels.
fn line(style: &Computed) -> f32 {
    line_height(style).max(style.inherited.font_size * LINE)
}

/// Returns the margins at the top and the bottom of a block in pixels, if they are known.
pub(super) fn margins(style: &Computed, frame: &Frame) -> Option<(f32, f32)> {
    let margin = |size: Size| match size {
        None => Some(style.inherited.font_size * MARGIN),
        Some(size) => size.is_definite().then(|| size.usual()),
    };
    Some((margin(frame.margin.top)?, margin(frame.margin.bottom)?))
}
