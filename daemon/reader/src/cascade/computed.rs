//! The style of an element after the cascade.

use crate::css::{
    colour::{Colour, Rgba},
    drawn::Drawn,
    flexible::Basis,
    holder::Holder,
    length::{Length, MEDIUM, NORMAL_LINE},
    marker::ListStyle,
    marks::Marks,
    property::{
        Align, Contain, Display, Extent, Filter, Float, Image, ImageOf, Mask, Overflow, Position,
        Property, Sides, Size, WhiteSpace, Wide,
    },
    replacement::Replacement,
    transform::Transform,
};
use std::{collections::BTreeMap, rc::Rc, sync::LazyLock};

/// Custom properties with their texts.
pub(crate) type Variables = BTreeMap<Rc<str>, Rc<str>>;

/// Properties that elements inherit.
#[derive(Debug, Clone)]
pub(crate) struct Inherited {
    /// Size of the font in pixels.
    pub(crate) font_size: f32,
    /// Whether the size comes from a fixed length, so that no smallest size applies.
    pub(crate) fixed_size: bool,
    /// Colour of text; `None` if it is unknown.
    pub(crate) colour: Option<Rgba>,
    /// Colour inside the letters; `Current` is the colour of text.
    pub(crate) fill: Colour,
    /// Colour inside the letters of SVG.
    pub(crate) svg_fill: Colour,
    pub(crate) visible: bool,
    pub(crate) white_space: WhiteSpace,
    pub(crate) align: Align,
    pub(crate) indent: Length,
    /// Whether the lines after line breaks are indented too.
    pub(crate) indent_each: bool,
    pub(crate) list_style: ListStyle,
    pub(crate) letter_spacing: Length,
    pub(crate) word_spacing: Length,
    /// Colour of the shadow of letters, if there is one.
    pub(crate) shadow: Option<Colour>,
    /// Colour of the outline of letters.
    pub(crate) stroke: Colour,
    /// Whether letters have an outline.
    pub(crate) stroked: bool,
    /// Height of a line.
    pub(crate) line_height: Length,
    /// Whether signs stand in place of the letters.
    pub(crate) disguised: bool,
    /// Whether an adjustment of the font leaves the letters without a size.
    pub(crate) adjusted_away: bool,
    /// The colour that a filter around the text makes of each colour.
    pub(crate) flat: Option<f32>,
    /// Whether the scheme of colours is dark.
    pub(crate) dark: bool,
    pub(crate) variables: Option<Rc<Variables>>,
}

impl Default for Inherited {
    fn default() -> Self {
        Self {
            font_size: MEDIUM,
            fixed_size: false,
            colour: Some(Rgba::BLACK),
            fill: Colour::Current,
            svg_fill: Colour::Known(Rgba::BLACK),
            visible: true,
            white_space: WhiteSpace::Normal,
            align: Align::Left,
            indent: Length::ZERO,
            indent_each: false,
            list_style: ListStyle::Bullet,
            letter_spacing: Length::ZERO,
            word_spacing: Length::ZERO,
            shadow: None,
            stroke: Colour::Current,
            stroked: false,
            line_height: Length {
                em: NORMAL_LINE,
                ..Length::ZERO
            },
            disguised: false,
            adjusted_away: false,
            flat: None,
            dark: false,
            variables: None,
        }
    }
}

/// Size and place of a box, and what is cut off from it. Most elements have the default one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Frame {
    pub(crate) position: Position,
    pub(crate) inset: Sides<Size>,
    pub(crate) margin: Sides<Size>,
    pub(crate) padding: Sides<Length>,
    pub(crate) width: Size,
    pub(crate) height: Size,
    pub(crate) min_width: Size,
    pub(crate) min_height: Size,
    pub(crate) max_width: Size,
    pub(crate) max_height: Size,
    pub(crate) border_box: bool,
    pub(crate) overflow_x: Overflow,
    pub(crate) overflow_y: Overflow,
    /// Whether clipping leaves nothing of an absolute box.
    pub(crate) clip: bool,
    /// Whether a clipping path leaves nothing.
    pub(crate) clip_path: bool,
    pub(crate) transform: Transform,
    pub(crate) translate: Transform,
    pub(crate) scale: Transform,
    pub(crate) rotate: Transform,
    /// Movement to the beginning of a path.
    pub(crate) offset: Transform,
    pub(crate) float: Float,
    pub(crate) contain: Contain,
    /// The boxes inside it whose offsets refer to the box.
    pub(crate) holder: Holder,
    pub(crate) mask: Mask,
    /// What of the mask is drawn.
    pub(crate) mask_drawn: Drawn,
    /// Whether the back of the box is hidden.
    pub(crate) backface: bool,
    pub(crate) z_index: Option<i32>,
    /// Most lines of the box, if there is a limit.
    pub(crate) clamp: Option<u32>,
    /// Size with which the box begins in a flexible box.
    pub(crate) basis: Basis,
    /// Number of the first column of the box in a grid, if it is given.
    pub(crate) column: Option<i32>,
    /// Number of its first row.
    pub(crate) row: Option<i32>,
}

/// The style of an element.
#[derive(Debug, Clone)]
pub(crate) struct Computed {
    pub(crate) inherited: Rc<Inherited>,
    pub(crate) frame: Option<Box<Frame>>,
    pub(crate) display: Display,
    pub(crate) opacity: f32,
    pub(crate) filter: Filter,
    pub(crate) zoom: f32,
    pub(crate) background: Colour,
    pub(crate) background_image: Image,
    /// What of the background image is drawn.
    pub(crate) background_drawn: Drawn,
    /// Whether the background is seen through the letters only.
    pub(crate) background_text: bool,
    /// Which borders are so thick that letters may stand on them.
    pub(crate) border: Sides<bool>,
    /// Colour of a shadow inside the box that may be behind the text.
    pub(crate) box_shadow: Option<Colour>,
    pub(crate) marks: Marks,
    /// What is shown in the place of the content.
    pub(crate) replacement: Replacement,
    /// Whether the content is skipped.
    pub(crate) skipped: bool,
    /// Whether the text is struck through.
    pub(crate) struck: bool,
}

impl Default for Computed {
    fn default() -> Self {
        Self::child_of(&Rc::default())
    }
}

impl Computed {
    /// Returns the style of an element without declarations.
    pub(crate) fn child_of(inherited: &Rc<Inherited>) -> Self {
        Self {
            inherited: Rc::clone(inherited),
            frame: None,
            display: Display::Inline,
            opacity: 1.0,
            filter: Filter::NONE,
            zoom: 1.0,
            background: Colour::Known(Rgba::TRANSPARENT),
            background_image: Image::None,
            background_drawn: Drawn::default(),
            background_text: false,
            border: Sides::default(),
            box_shadow: None,
            marks: Marks::default(),
            replacement: Replacement::None,
            skipped: false,
            struck: false,
        }
    }

    /// Returns whether the element has a box of its own, and not parts of lines.
    pub(crate) fn is_boxed(&self) -> bool {
        !matches!(self.display, Display::Inline | Display::Contents)
    }

    /// Returns the inherited properties for a change.
    pub(crate) fn inherited(&mut self) -> &mut Inherited {
        Rc::make_mut(&mut self.inherited)
    }

    /// Returns the size and the place.
    pub(crate) fn frame_or_default(&self) -> &Frame {
        static DEFAULT: LazyLock<Frame> = LazyLock::new(Frame::default);
        self.frame.as_deref().unwrap_or(&DEFAULT)
    }

    /// Returns the size and the place for a change.
    pub(crate) fn frame(&mut self) -> &mut Frame {
        self.frame.get_or_insert_default()
    }

    /// Sets a property to the value that another style has.
    pub(super) fn copy(&mut self, property: Property, from: &Self) {
        let other = from.frame_or_default();
        match property {
            // The cascade has used it.
            Property::Animation(_) => {}
            Property::BackgroundClip => self.background_text = from.background_text,
            Property::BackgroundColour => self.background = from.background,
            Property::BackgroundImage => self.background_image = from.background_image,
            Property::BackfaceVisibility => self.frame().backface = other.backface,
            Property::Border(side) => *self.border.side(side) = *from.border.clone().side(side),
            Property::BoxShadow => self.box_shadow = from.box_shadow,
            Property::BoxSizing => self.frame().border_box = other.border_box,
            Property::Clip => self.frame().clip = other.clip,
            Property::ClipPath => self.frame().clip_path = other.clip_path,
            Property::Colour => self.inherited().colour = from.inherited.colour,
            Property::ColourScheme => self.inherited().dark = from.inherited.dark,
            Property::Contain => self.frame().contain = other.contain,
            Property::Content => self.replacement = from.replacement.clone(),
            Property::ContentVisibility => self.skipped = from.skipped,
            Property::Display => self.display = from.display,
            Property::Extent(extent) => *self.extent(extent) = other.extent(extent),
            Property::Filter => self.filter = from.filter,
            Property::Float => self.frame().float = other.float,
            Property::FlexBasis => self.frame().basis = other.basis,
            Property::FirstColumn => self.frame().column = other.column,
            Property::FirstRow => self.frame().row = other.row,
            Property::FontSize => {
                self.inherited().font_size = from.inherited.font_size;
                self.inherited().fixed_size = from.inherited.fixed_size;
            }
            Property::FontSizeAdjust => {
                self.inherited().adjusted_away = from.inherited.adjusted_away;
            }
            Property::Holds(by) => self.frame().holder.set(by, other.holder.get(by)),
            Property::ImagePosition(of) => self.drawn(of).far = from.drawn_of(of).far,
            Property::ImageRepeat(of) => self.drawn(of).single = from.drawn_of(of).single,
            Property::ImageSize(of) => self.drawn(of).extents = from.drawn_of(of).extents,
            Property::Inset(side) => {
                *self.frame().inset.side(side) = *other.inset.clone().side(side);
            }
            Property::LetterSpacing => {
                self.inherited().letter_spacing = from.inherited.letter_spacing;
            }
            Property::WordSpacing => self.inherited().word_spacing = from.inherited.word_spacing,
            Property::LineClamp => self.frame().clamp = other.clamp,
            Property::LineHeight => self.inherited().line_height = from.inherited.line_height,
            Property::ListStyle => {
                self.inherited().list_style = from.inherited.list_style.clone();
            }
            Property::Margin(side) => {
                *self.frame().margin.side(side) = *other.margin.clone().side(side);
            }
            Property::Mark(mark) => self.marks.set(mark, from.marks.has(mark)),
            Property::Mask => self.frame().mask = other.mask,
            Property::OffsetPath => self.frame().offset = other.offset,
            Property::Opacity => self.opacity = from.opacity,
            Property::OverflowX => self.frame().overflow_x = other.overflow_x,
            Property::OverflowY => self.frame().overflow_y = other.overflow_y,
            Property::Padding(side) => {
                *self.frame().padding.side(side) = *other.padding.clone().side(side);
            }
            Property::Position => self.frame().position = other.position,
            Property::Rotate => self.frame().rotate = other.rotate,
            Property::Scale => self.frame().scale = other.scale,
            Property::Struck => self.struck = from.struck,
            Property::SvgFill => self.inherited().svg_fill = from.inherited.svg_fill,
            Property::TextAlign => self.inherited().align = from.inherited.align,
            Property::TextFill => self.inherited().fill = from.inherited.fill,
            Property::TextIndent => {
                self.inherited().indent = from.inherited.indent;
                self.inherited().indent_each = from.inherited.indent_each;
            }
            Property::TextSecurity => self.inherited().disguised = from.inherited.disguised,
            Property::TextStrokeColour => self.inherited().stroke = from.inherited.stroke,
            Property::TextStrokeWidth => self.inherited().stroked = from.inherited.stroked,
            Property::TextShadow => self.inherited().shadow = from.inherited.shadow,
            Property::Transform => self.frame().transform = other.transform,
            Property::Translate => self.frame().translate = other.translate,
            Property::Visibility => self.inherited().visible = from.inherited.visible,
            Property::WhiteSpace => self.inherited().white_space = from.inherited.white_space,
            Property::ZIndex => self.frame().z_index = other.z_index,
            Property::Zoom => self.zoom = from.zoom,
        }
    }

    /// Returns what is drawn of an image, for a change.
    pub(super) fn drawn(&mut self, of: ImageOf) -> &mut Drawn {
        match of {
            ImageOf::Background => &mut self.background_drawn,
            ImageOf::Mask => &mut self.frame().mask_drawn,
        }
    }

    fn drawn_of(&self, of: ImageOf) -> Drawn {
        match of {
            ImageOf::Background => self.background_drawn,
            ImageOf::Mask => self.frame_or_default().mask_drawn,
        }
    }

    pub(super) fn extent(&mut self, extent: Extent) -> &mut Size {
        let frame = self.frame();
        match extent {
            Extent::Width => &mut frame.width,
            Extent::Height => &mut frame.height,
            Extent::MinWidth => &mut frame.min_width,
            Extent::MinHeight => &mut frame.min_height,
            Extent::MaxWidth => &mut frame.max_width,
            Extent::MaxHeight => &mut frame.max_height,
        }
    }
}

impl Frame {
    /// Returns whether the box is placed beside the flow.
    pub(crate) fn is_absolute(&self) -> bool {
        matches!(self.position, Position::Absolute | Position::Fixed)
    }

    pub(crate) fn floats(&self) -> bool {
        self.float != Float::None
    }

    fn extent(&self, extent: Extent) -> Size {
        match extent {
            Extent::Width => self.width,
            Extent::Height => self.height,
            Extent::MinWidth => self.min_width,
            Extent::MinHeight => self.min_height,
            Extent::MaxWidth => self.max_width,
            Extent::MaxHeight => self.max_height,
        }
    }
}

/// Returns whether children inherit a property.
pub(super) fn is_inherited(property: Property) -> bool {
    matches!(
        property,
        Property::Colour
            | Property::ColourScheme
            | Property::FontSize
            | Property::FontSizeAdjust
            | Property::LetterSpacing
            | Property::WordSpacing
            | Property::LineHeight
            | Property::ListStyle
            | Property::SvgFill
            | Property::TextAlign
            | Property::TextFill
            | Property::TextIndent
            | Property::TextSecurity
            | Property::TextShadow
            | Property::TextStrokeColour
            | Property::TextStrokeWidth
            | Property::Visibility
            | Property::WhiteSpace
    )
}

/// Returns the keyword that stands for `unset` and the keywords that depend on nothing else.
pub(super) fn unset(property: Property) -> Wide {
    match is_inherited(property) {
        true => Wide::Inherit,
        false => Wide::Initial,
    }
}
