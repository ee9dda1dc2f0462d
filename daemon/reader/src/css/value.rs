//! Values of single properties.

use super::{
    Parsed, Syntax,
    animation::{self, Aspect},
    colour, drawn, flexible, holder, invalid, length, mark_values, marker, paint,
    property::{
        Align, Contain, Declared, Display, Extent, Float, ImageOf, Overflow, Position, Property,
        Side, WhiteSpace, Wide,
    },
    replacement, shape, size, tracks, transform,
};
use cssparser::{Parser, Token, match_ignore_ascii_case};

/// Returns the property with a name.
pub(super) fn property(name: &str) -> Option<Property> {
    Some(match_ignore_ascii_case! { name,
        "animation-name" | "-webkit-animation-name" => Property::Animation(Aspect::Name),
        "animation-fill-mode" | "-webkit-animation-fill-mode" => Property::Animation(Aspect::Fill),
        "animation-direction" | "-webkit-animation-direction" => Property::Animation(Aspect::Direction),
        "animation-play-state" | "-webkit-animation-play-state" => Property::Animation(Aspect::State),
        "animation-iteration-count" | "-webkit-animation-iteration-count" => {
            Property::Animation(Aspect::Count)
        },
        "background-clip" | "-webkit-background-clip" => Property::BackgroundClip,
        "background-color" => Property::BackgroundColour,
        "backface-visibility" | "-webkit-backface-visibility" => Property::BackfaceVisibility,
        "background-image" => Property::BackgroundImage,
        "background-position" | "background-position-x" | "background-position-y" => {
            Property::ImagePosition(ImageOf::Background)
        },
        "background-repeat" => Property::ImageRepeat(ImageOf::Background),
        "background-size" | "-webkit-background-size" => Property::ImageSize(ImageOf::Background),
        "border-top" => Property::Border(Side::Top),
        "border-right" => Property::Border(Side::Right),
        "border-bottom" => Property::Border(Side::Bottom),
        "border-left" => Property::Border(Side::Left),
        "box-shadow" | "-webkit-box-shadow" => Property::BoxShadow,
        "box-sizing" | "-webkit-box-sizing" => Property::BoxSizing,
        "clip" => Property::Clip,
        "clip-path" | "-webkit-clip-path" => Property::ClipPath,
        "color" => Property::Colour,
        "color-scheme" => Property::ColourScheme,
        "contain" => Property::Contain,
        "content" => Property::Content,
        "content-visibility" => Property::ContentVisibility,
        "display" => Property::Display,
        "width" | "inline-size" | "-webkit-logical-width" => Property::Extent(Extent::Width),
        "height" | "block-size" | "-webkit-logical-height" => Property::Extent(Extent::Height),
        "min-width" | "min-inline-size" | "-webkit-min-logical-width" => Property::Extent(Extent::MinWidth),
        "min-height" | "min-block-size" | "-webkit-min-logical-height" => Property::Extent(Extent::MinHeight),
        "max-width" | "max-inline-size" | "-webkit-max-logical-width" => Property::Extent(Extent::MaxWidth),
        "max-height" | "max-block-size" | "-webkit-max-logical-height" => Property::Extent(Extent::MaxHeight),
        "fill" => Property::SvgFill,
        "filter" | "-webkit-filter" => Property::Filter,
        "float" => Property::Float,
        "flex" | "-webkit-flex" | "flex-basis" | "-webkit-flex-basis" => Property::FlexBasis,
        "grid-column" | "grid-column-start" => Property::FirstColumn,
        "grid-row" | "grid-row-start" => Property::FirstRow,
        "font-size" => Property::FontSize,
        "font-size-adjust" => Property::FontSizeAdjust,
        "top" | "inset-block-start" => Property::Inset(Side::Top),
        "right" | "inset-inline-end" => Property::Inset(Side::Right),
        "bottom" | "inset-block-end" => Property::Inset(Side::Bottom),
        "left" | "inset-inline-start" => Property::Inset(Side::Left),
        "letter-spacing" => Property::LetterSpacing,
        "word-spacing" => Property::WordSpacing,
        "line-height" => Property::LineHeight,
        "-webkit-line-clamp" => Property::LineClamp,
        "list-style-type" => Property::ListStyle,
        "margin-top" | "margin-block-start" | "-webkit-margin-before" => Property::Margin(Side::Top),
        "margin-right" | "margin-inline-end" | "-webkit-margin-end" => Property::Margin(Side::Right),
        "margin-bottom" | "margin-block-end" | "-webkit-margin-after" => Property::Margin(Side::Bottom),
        "margin-left" | "margin-inline-start" | "-webkit-margin-start" => Property::Margin(Side::Left),
        "mask" | "-webkit-mask" | "mask-image" | "-webkit-mask-image" => Property::Mask,
        "mask-position" | "-webkit-mask-position" => Property::ImagePosition(ImageOf::Mask),
        "mask-repeat" | "-webkit-mask-repeat" => Property::ImageRepeat(ImageOf::Mask),
        "mask-size" | "-webkit-mask-size" => Property::ImageSize(ImageOf::Mask),
        "offset" | "offset-path" => Property::OffsetPath,
        "opacity" | "-webkit-opacity" => Property::Opacity,
        "overflow-x" | "overflow-inline" => Property::OverflowX,
        "overflow-y" | "overflow-block" => Property::OverflowY,
        "padding-top" | "padding-block-start" | "-webkit-padding-before" => Property::Padding(Side::Top),
        "padding-right" | "padding-inline-end" | "-webkit-padding-end" => Property::Padding(Side::Right),
        "padding-bottom" | "padding-block-end" | "-webkit-padding-after" => Property::Padding(Side::Bottom),
        "padding-left" | "padding-inline-start" | "-webkit-padding-start" => Property::Padding(Side::Left),
        "position" => Property::Position,
        "rotate" => Property::Rotate,
        "scale" => Property::Scale,
        "text-decoration-line" => Property::Struck,
        "text-align" => Property::TextAlign,
        "-webkit-text-fill-color" => Property::TextFill,
        "text-indent" => Property::TextIndent,
        "-webkit-text-security" => Property::TextSecurity,
        "text-shadow" => Property::TextShadow,
        "-webkit-text-stroke-color" => Property::TextStrokeColour,
        "-webkit-text-stroke-width" => Property::TextStrokeWidth,
        "transform" | "-webkit-transform" => Property::Transform,
        "translate" => Property::Translate,
        "visibility" => Property::Visibility,
        "white-space" => Property::WhiteSpace,
        "z-index" => Property::ZIndex,
        "zoom" => Property::Zoom,
        _ => return None,
    })
}

/// Parses a keyword that each property has.
pub(super) fn wide(input: &mut Parser<'_>) -> Parsed<Wide> {
    let name = input.expect_ident()?;
    Ok(match_ignore_ascii_case! { name,
        "inherit" => Wide::Inherit,
        "initial" => Wide::Initial,
        "unset" => Wide::Unset,
        "revert" => Wide::Revert,
        "revert-layer" => Wide::RevertLayer,
        "revert-rule" => Wide::RevertRule,
        _ => return invalid(),
    })
}

/// Parses the value of a property.
pub(super) fn value(
    property: Property,
    input: &mut Parser<'_>,
    syntax: Syntax,
) -> Parsed<Declared> {
    Ok(match property {
        Property::Animation(aspect) => Declared::Animation(animation::longhand(aspect, input)?),
        Property::BackgroundClip => Declared::BackgroundClip(has_ident(input, "text")),
        Property::BackgroundColour => {
            Declared::BackgroundColour(colour::of_property(input, syntax)?)
        }
        Property::BackfaceVisibility => {
            Declared::BackfaceVisibility(keyword(input, &["visible", "hidden"])? == "hidden")
        }
        Property::BackgroundImage => Declared::BackgroundImage(paint::images(input)),
        Property::Border(side) => Declared::Border(side, paint::thick_border(input)?),
        Property::BoxShadow => Declared::BoxShadow(paint::box_shadow(input)),
        Property::BoxSizing => Declared::BoxSizing(has_ident(input, "border-box")),
        Property::Clip => Declared::Clip(shape::clip(input)?),
        Property::ClipPath => Declared::ClipPath(shape::clip_path(input)?),
        Property::Colour => Declared::Colour(colour::of_property(input, syntax)?),
        Property::ColourScheme => Declared::ColourScheme(is_dark(input)?),
        Property::Contain => Declared::Contain(contain(input)?),
        Property::Content => Declared::Content(replacement::replacement(input)),
        Property::ContentVisibility => {
            Declared::ContentVisibility(keyword(input, &["visible", "auto", "hidden"])? == "hidden")
        }
        Property::Display => Declared::Display(display(input)?),
        Property::Extent(extent) => Declared::Extent(extent, size::size_of(extent, input, syntax)?),
        Property::Filter => Declared::Filter(paint::filter(input)?),
        Property::Float => Declared::Float(float(input)?),
        Property::FlexBasis => Declared::FlexBasis(flexible::basis(input)?),
        Property::FirstColumn => Declared::FirstColumn(tracks::first(input)?),
        Property::FirstRow => Declared::FirstRow(tracks::first(input)?),
        Property::FontSize => Declared::FontSize(size::font_size(input, syntax.quirks)?),
        Property::FontSizeAdjust => Declared::FontSizeAdjust(size::is_adjusted_away(input)?),
        Property::Holds(by) => Declared::Holds(by, holder::held(by, input)?),
        Property::ImagePosition(image) => Declared::ImagePosition(image, drawn::is_far(input)?),
        Property::ImageRepeat(image) => Declared::ImageRepeat(image, drawn::single(input)?),
        Property::ImageSize(image) => Declared::ImageSize(image, drawn::extents(input)?),
        Property::Inset(side) => Declared::Inset(side, size::size(input, syntax)?),
        Property::LetterSpacing => Declared::LetterSpacing(size::spacing(input, syntax)?),
        Property::WordSpacing => Declared::WordSpacing(size::spacing(input, syntax)?),
        Property::LineClamp => Declared::LineClamp(line_clamp(input)?),
        Property::LineHeight => size::line_height(input)?,
        Property::ListStyle => Declared::ListStyle(marker::list_style(input)),
        Property::Margin(side) => Declared::Margin(side, size::size(input, syntax)?),
        Property::Mark(mark) => Declared::Mark(mark, mark_values::value(mark, input)?),
        Property::Mask => Declared::Mask(paint::mask(input)),
        Property::OffsetPath => Declared::OffsetPath(transform::offset_path(input)),
        Property::Opacity => Declared::Opacity(length::parse_number(input)?.clamp(0.0, 1.0)),
        Property::OverflowX => Declared::OverflowX(overflow(input)?),
        Property::OverflowY => Declared::OverflowY(overflow(input)?),
        Property::Padding(side) => Declared::Padding(side, length::parse(input, syntax.quirks)?),
        Property::Position => Declared::Position(position(input)?),
        Property::Rotate => Declared::Rotate(transform::rotate(input)?),
        Property::Scale => Declared::Scale(transform::scale(input)?),
        Property::Struck => Declared::Struck(has_ident(input, "line-through")),
        Property::SvgFill => Declared::SvgFill(paint::svg_fill(input)?),
        Property::TextAlign => Declared::TextAlign(align(input)?),
        Property::TextFill => Declared::TextFill(Some(colour::parse(input)?)),
        Property::TextIndent => {
            let (indent, each) = size::text_indent(input, syntax)?;
            Declared::TextIndent(indent, each)
        }
        Property::TextSecurity => {
            Declared::TextSecurity(keyword(input, &["none", "disc", "circle", "square"])? != "none")
        }
        Property::TextShadow => Declared::TextShadow(paint::text_shadow(input)),
        Property::TextStrokeColour => Declared::TextStrokeColour(colour::parse(input)?),
        Property::TextStrokeWidth => Declared::TextStrokeWidth(paint::has_width(input)),
        Property::Transform => Declared::Transform(transform::transform(input)?),
        Property::Translate => Declared::Translate(transform::translate(input)?),
        Property::Visibility => {
            Declared::Visibility(keyword(input, &["visible", "hidden", "collapse"])? == "visible")
        }
        Property::WhiteSpace => Declared::WhiteSpace(white_space(input)?),
        Property::ZIndex => Declared::ZIndex(z_index(input)?),
        Property::Zoom => Declared::Zoom(transform::zoom(input)?),
    })
}

fn float(input: &mut Parser<'_>) -> Parsed<Float> {
    let sides = ["none", "left", "right", "inline-start", "inline-end"];
    Ok(match keyword(input, &sides)? {
        "none" => Float::None,
        "left" | "inline-start" => Float::Left,
        _ => Float::Right,
    })
}

fn line_clamp(input: &mut Parser<'_>) -> Parsed<Option<u32>> {
    match input.try_parse(|input| input.expect_ident_matching("none")) {
        Ok(()) => Ok(None),
        Err(_) => Ok(u32::try_from(input.expect_integer()?).ok()),
    }
}

fn z_index(input: &mut Parser<'_>) -> Parsed<Option<i32>> {
    match input.try_parse(|input| input.expect_ident_matching("auto")) {
        Ok(()) => Ok(None),
        Err(_) => Ok(Some(length::parse_integer(input)?)),
    }
}

/// Parses `color-scheme`. Returns whether a page that a person reads in a light window is dark.
fn is_dark(input: &mut Parser<'_>) -> Parsed<bool> {
    let (mut dark, mut light) = (false, false);
    while !input.is_exhausted() {
        let name = input.expect_ident()?;
        dark |= name.eq_ignore_ascii_case("dark");
        light |= name.eq_ignore_ascii_case("light");
    }
    Ok(dark && !light)
}

/// Parses one of some keywords.
fn keyword(input: &mut Parser<'_>, keywords: &[&'static str]) -> Parsed<&'static str> {
    let name = input.expect_ident()?;
    let found = keywords.iter().find(|k| name.eq_ignore_ascii_case(k));
    found.map_or_else(invalid, |found| Ok(*found))
}

/// Consumes the value. Returns whether it contains a keyword.
pub(super) fn has_ident(input: &mut Parser<'_>, keyword: &str) -> bool {
    let mut found = false;
    while let Ok(token) = input.next() {
        found |= matches!(token, Token::Ident(name) if name.eq_ignore_ascii_case(keyword));
    }
    found
}

fn display(input: &mut Parser<'_>) -> Parsed<Display> {
    let mut display = None;
    while let Ok(name) = input.try_parse(Parser::expect_ident_cloned) {
        let one = match_ignore_ascii_case! { &name,
            "none" => Display::None,
            "contents" => Display::Contents,
            "inline" | "ruby" | "ruby-text" | "ruby-base" | "math" | "run-in" => Display::Inline,
            "inline-block" | "inline-flex" | "inline-grid" | "inline-table"
            | "-webkit-inline-box" | "-webkit-inline-flex" => Display::InlineBlock,
            "block" | "flow-root" | "flow" | "table-caption" | "-webkit-box" => Display::Block,
            "flex" | "grid" | "-webkit-flex" | "grid-lanes" => Display::Flex,
            "list-item" => Display::ListItem,
            "table" | "table-row" | "table-row-group" | "table-header-group"
            | "table-footer-group" => Display::Table,
            "table-column" | "table-column-group" => Display::None,
            "table-cell" => Display::Cell,
            _ => return invalid(),
        };
        display = Some(match (display, one) {
            (Some(_), Display::None | Display::Contents)
            | (Some(Display::None | Display::Contents), _) => return invalid(),
            (Some(Display::Inline), Display::Flex | Display::Table | Display::Block) => {
                Display::InlineBlock
            }
            (Some(first @ (Display::Flex | Display::ListItem)), _) => first,
            (_, one) => one,
        });
    }
    display.map_or_else(invalid, Ok)
}

fn contain(input: &mut Parser<'_>) -> Parsed<Contain> {
    let mut contain = Contain::default();
    while !input.is_exhausted() {
        let name = input.expect_ident()?;
        match_ignore_ascii_case! { name,
            "strict" => contain = Contain { size: true, paint: true },
            "content" | "paint" => contain.paint = true,
            "size" => contain.size = true,
            "none" | "layout" | "style" | "inline-size" => {},
            _ => return invalid(),
        }
    }
    Ok(contain)
}

pub(super) fn overflow(input: &mut Parser<'_>) -> Parsed<Overflow> {
    let name = input.expect_ident()?;
    Ok(match_ignore_ascii_case! { name,
        "visible" => Overflow::Visible,
        "clip" => Overflow::Clip,
        "hidden" => Overflow::Hidden,
        "scroll" | "auto" | "overlay" => Overflow::Scroll,
        _ => return invalid(),
    })
}

fn position(input: &mut Parser<'_>) -> Parsed<Position> {
    let name = input.expect_ident()?;
    Ok(match_ignore_ascii_case! { name,
        // A sticky box moves only while a person scrolls.
        "static" | "sticky" | "-webkit-sticky" => Position::Static,
        "relative" => Position::Relative,
        "absolute" => Position::Absolute,
        "fixed" => Position::Fixed,
        _ => return invalid(),
    })
}

fn align(input: &mut Parser<'_>) -> Parsed<Align> {
    let name = input.expect_ident()?;
    Ok(match_ignore_ascii_case! { name,
        "left" | "start" | "justify" | "-webkit-left" | "-webkit-auto" | "-webkit-match-parent" => Align::Left,
        "center" | "-webkit-center" => Align::Centre,
        "right" | "end" | "-webkit-right" => Align::Right,
        _ => return invalid(),
    })
}

fn white_space(input: &mut Parser<'_>) -> Parsed<WhiteSpace> {
    let name = input.expect_ident()?.clone();
    while input.try_parse(Parser::expect_ident_cloned).is_ok() {}
    Ok(match_ignore_ascii_case! { &name,
        "normal" | "collapse" | "wrap" => WhiteSpace::Normal,
        "nowrap" | "-webkit-nowrap" => WhiteSpace::NoWrap,
        "pre" | "pre-wrap" | "break-spaces" | "preserve" | "preserve-spaces" => WhiteSpace::Pre,
        "pre-line" | "preserve-breaks" => WhiteSpace::PreLine,
        _ => return invalid(),
    })
}
