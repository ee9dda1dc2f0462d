//! The properties that are read, and their values.

use super::{
    animation::{Animated, Aspect},
    colour::{Colour, Rgba},
    flexible::Basis,
    holder::{Held, HeldBy},
    length::Length,
    listed::{listed, listed_with_fields},
    marker::ListStyle,
    marks::Mark,
    replacement::Replacement,
    transform::Transform,
};
use std::rc::Rc;

listed! {
    /// A side of a box. The order is that of shorthands.
    Side {
        Top,
        Right,
        Bottom,
        Left,
    }
}

/// A length for each side of a box.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sides<T> {
    pub(crate) top: T,
    pub(crate) right: T,
    pub(crate) bottom: T,
    pub(crate) left: T,
}

impl<T> Sides<T> {
    /// Returns the place of a side.
    pub(crate) fn side(&mut self, side: Side) -> &mut T {
        match side {
            Side::Top => &mut self.top,
            Side::Right => &mut self.right,
            Side::Bottom => &mut self.bottom,
            Side::Left => &mut self.left,
        }
    }
}

listed! {
    /// A size of a box.
    Extent {
        Width,
        Height,
        MinWidth,
        MinHeight,
        MaxWidth,
        MaxHeight,
    }
}

listed! {
    /// An image of a box.
    ImageOf {
        /// The image behind the content.
        Background,
        /// The image that decides what of the box is seen.
        Mask,
    }
}

/// Effect of a mask.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mask {
    #[default]
    None,
    /// The mask leaves what its image covers.
    Image,
    /// The mask leaves nothing.
    Nothing,
}

/// A length, or none: `auto`, `none`, or a size that depends on the content.
pub(crate) type Size = Option<Length>;

listed_with_fields! {
    /// A property that is read.
    Property {
        Animation(Aspect),
        BackgroundClip,
        BackgroundColour,
        BackfaceVisibility,
        BackgroundImage,
        Border(Side),
        BoxShadow,
        BoxSizing,
        Clip,
        ClipPath,
        Colour,
        ColourScheme,
        Contain,
        Content,
        ContentVisibility,
        Display,
        Extent(Extent),
        Filter,
        Float,
        FlexBasis,
        FirstColumn,
        FirstRow,
        FontSize,
        FontSizeAdjust,
        Holds(HeldBy),
        ImagePosition(ImageOf),
        ImageRepeat(ImageOf),
        ImageSize(ImageOf),
        Inset(Side),
        LetterSpacing,
        WordSpacing,
        LineClamp,
        LineHeight,
        ListStyle,
        Margin(Side),
        Mark(Mark),
        Mask,
        OffsetPath,
        Opacity,
        OverflowX,
        OverflowY,
        Padding(Side),
        Position,
        Rotate,
        Scale,
        Struck,
        SvgFill,
        TextAlign,
        TextFill,
        TextIndent,
        TextSecurity,
        TextShadow,
        TextStrokeColour,
        TextStrokeWidth,
        Transform,
        Translate,
        Visibility,
        WhiteSpace,
        ZIndex,
        Zoom,
    }
}

/// Layout of a box, as far as it matters for text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Display {
    /// No box.
    None,
    /// The children instead of a box.
    Contents,
    /// Part of a line.
    #[default]
    Inline,
    /// A block in a line.
    InlineBlock,
    /// A block.
    Block,
    /// A block whose children are side by side.
    Flex,
    /// An item of a list.
    ListItem,
    /// A table, a row, or a group of rows.
    Table,
    /// A cell of a table.
    Cell,
}

/// Way of placing a box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Position {
    #[default]
    Static,
    Relative,
    Absolute,
    Fixed,
}

/// Side to which a box floats.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Float {
    #[default]
    None,
    Left,
    Right,
}

/// Treatment of content outside of a box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Overflow {
    #[default]
    Visible,
    Clip,
    Hidden,
    Scroll,
}

/// Treatment of white space.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum WhiteSpace {
    #[default]
    Normal,
    NoWrap,
    /// Spaces and lines as written.
    Pre,
    /// Lines as written.
    PreLine,
}

/// Alignment of lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Align {
    #[default]
    Left,
    Centre,
    Right,
}

/// An image behind text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) enum Image {
    #[default]
    None,
    /// A gradient whose colours are alike.
    Plain(Rgba),
    /// A gradient of which one colour fills nearly all.
    Mostly(Rgba),
    /// Any other image.
    Picture,
}

/// Independence of a box from its content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Contain {
    /// Whether the size does not depend on the content.
    pub(crate) size: bool,
    /// Whether content outside of the box is cut off.
    pub(crate) paint: bool,
}

/// Effect of filters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Filter {
    pub(crate) opacity: f32,
    /// Whether colours are inverted.
    pub(crate) inverts: bool,
    /// The colour that each colour becomes, before they are inverted.
    pub(crate) flat: Option<f32>,
    /// Colour of the shadow of the letters, if there is one.
    pub(crate) shadow: Option<Colour>,
}

impl Filter {
    pub(crate) const NONE: Self = Self {
        opacity: 1.0,
        inverts: false,
        flat: None,
        shadow: None,
    };
}

/// Size of a font.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum FontSize {
    /// Relative to the parent's size if it has such parts. No calculated one has a least size.
    Length(Length),
    Calculated(Length),
    /// A keyword, in pixels at the default size.
    Keyword(f32),
    /// A multiple of the parent's size.
    Relative(f32),
}

/// A value of a property.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Declared {
    Animation(Animated),
    /// Whether the background is clipped to the text.
    BackgroundClip(bool),
    BackgroundColour(Colour),
    /// Whether the back of a box is hidden.
    BackfaceVisibility(bool),
    BackgroundImage(Image),
    /// Whether a border is so thick that letters may stand on it.
    Border(Side, bool),
    /// Colour of a shadow inside the box that may be behind the text.
    BoxShadow(Option<Colour>),
    /// Whether sizes include padding.
    BoxSizing(bool),
    /// Whether the clipping leaves nothing.
    Clip(bool),
    /// Whether the clipping leaves nothing.
    ClipPath(bool),
    Colour(Colour),
    /// Whether the scheme of colours is dark.
    ColourScheme(bool),
    Contain(Contain),
    Content(Replacement),
    /// Whether the content is skipped.
    ContentVisibility(bool),
    Display(Display),
    Extent(Extent, Size),
    Filter(Filter),
    Float(Float),
    FlexBasis(Basis),
    /// Number of the first column of a box in a grid, if it is given.
    FirstColumn(Option<i32>),
    /// Number of the first row of a box in a grid, if it is given.
    FirstRow(Option<i32>),
    FontSize(FontSize),
    /// Whether the adjustment leaves no size.
    FontSizeAdjust(bool),
    Holds(HeldBy, Held),
    /// Whether an image is far from its box.
    ImagePosition(ImageOf, bool),
    ImageRepeat(ImageOf, super::drawn::Single),
    ImageSize(ImageOf, super::drawn::Extents),
    Inset(Side, Size),
    LetterSpacing(Length),
    WordSpacing(Length),
    /// Most lines of a box, if there is a limit.
    LineClamp(Option<u32>),
    /// Height of a line. Whether it is a number that children multiply with their own size.
    LineHeight(Length, bool),
    ListStyle(ListStyle),
    Margin(Side, Size),
    Mark(Mark, bool),
    Mask(Mask),
    /// Movement to the beginning of a path, if the beginning is far away.
    OffsetPath(Transform),
    Opacity(f32),
    OverflowX(Overflow),
    OverflowY(Overflow),
    Padding(Side, Length),
    Position(Position),
    Rotate(Transform),
    Scale(Transform),
    /// Whether the text is struck through.
    Struck(bool),
    /// Colour inside the letters of SVG.
    SvgFill(Colour),
    TextAlign(Align),
    /// `None` is the colour of the text.
    TextFill(Option<Colour>),
    /// Whether the lines after line breaks are indented too.
    TextIndent(Length, bool),
    /// Whether signs stand in place of the letters.
    TextSecurity(bool),
    /// Colour of the shadow of the letters, if there is one.
    TextShadow(Option<Colour>),
    /// Colour of the outline of the letters.
    TextStrokeColour(Colour),
    /// Whether the letters have an outline.
    TextStrokeWidth(bool),
    Transform(Transform),
    Translate(Transform),
    /// Whether the box is visible.
    Visibility(bool),
    WhiteSpace(WhiteSpace),
    /// Level of a placed box; `None` is automatic.
    ZIndex(Option<i32>),
    Zoom(f32),
    /// A keyword that each property has.
    Wide(Property, Wide),
    /// A keyword for all properties.
    All(Wide),
    /// A custom property with its text.
    Custom(Rc<str>, Rc<str>),
    /// A property, longhand or shorthand, whose text refers to custom properties.
    Pending(Rc<str>, Rc<str>),
}

/// A keyword that each property has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wide {
    Inherit,
    Initial,
    Unset,
    Revert,
    RevertLayer,
    RevertRule,
}

/// A declaration.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Declaration {
    pub(crate) declared: Declared,
    pub(crate) important: bool,
}
