//! Shorthands: names that set several properties.

use super::{
    Parsed, Syntax,
    animation::{self, Aspect},
    colour,
    colour::{Colour, Rgba},
    drawn::{self, Drawn},
    invalid, paint,
    property::{Declared, FontSize, Image, ImageOf, Property, Side},
    size, tracks, value,
};
use crate::css::length;
use cssparser::{Parser, Token, match_ignore_ascii_case};

/// Returns the properties that a shorthand sets; none if the name is no shorthand.
pub(super) fn properties(name: &str) -> &'static [Property] {
    use Property::{Inset, Margin, Padding};
    use Side::{Bottom, Left, Right, Top};
    match_ignore_ascii_case! { name,
        "animation" | "-webkit-animation" => &[
            Property::Animation(Aspect::Name),
            Property::Animation(Aspect::Fill),
            Property::Animation(Aspect::Direction),
            Property::Animation(Aspect::State),
            Property::Animation(Aspect::Count),
        ],
        "background" => &[
            Property::BackgroundColour,
            Property::BackgroundImage,
            Property::BackgroundClip,
            Property::ImagePosition(ImageOf::Background),
            Property::ImageRepeat(ImageOf::Background),
            Property::ImageSize(ImageOf::Background),
        ],
        "border" => &[
            Property::Border(Top),
            Property::Border(Right),
            Property::Border(Bottom),
            Property::Border(Left),
        ],
        "font" => &[Property::FontSize, Property::LineHeight],
        "grid-area" => &[Property::FirstRow, Property::FirstColumn],
        "inset" => &[Inset(Top), Inset(Right), Inset(Bottom), Inset(Left)],
        "inset-block" => &[Inset(Top), Inset(Bottom)],
        "inset-inline" => &[Inset(Left), Inset(Right)],
        "list-style" => &[Property::ListStyle],
        "margin" => &[Margin(Top), Margin(Right), Margin(Bottom), Margin(Left)],
        "margin-block" => &[Margin(Top), Margin(Bottom)],
        "margin-inline" => &[Margin(Left), Margin(Right)],
        "overflow" => &[Property::OverflowX, Property::OverflowY],
        "padding" => &[Padding(Top), Padding(Right), Padding(Bottom), Padding(Left)],
        "padding-block" => &[Padding(Top), Padding(Bottom)],
        "padding-inline" => &[Padding(Left), Padding(Right)],
        "text-decoration" => &[Property::Struck],
        "-webkit-text-stroke" => &[Property::TextStrokeColour, Property::TextStrokeWidth],
        _ => &[],
    }
}

/// Parses the value of a shorthand.
pub(super) fn values(name: &str, input: &mut Parser<'_>, syntax: Syntax) -> Parsed<Vec<Declared>> {
    match_ignore_ascii_case! { name,
        "animation" | "-webkit-animation" => {
            let values = animation::shorthand(input)?;
            Ok(values.into_iter().map(Declared::Animation).collect())
        },
        "background" => background(input),
        "border" => {
            let thick = paint::thick_border(input)?;
            Ok(Side::ALL.into_iter().map(|side| Declared::Border(side, thick)).collect())
        },
        "font" => font(input),
        "grid-area" => {
            let (row, column) = tracks::area(input)?;
            Ok(vec![Declared::FirstRow(row), Declared::FirstColumn(column)])
        },
        "list-style" => Ok(vec![Declared::ListStyle(super::marker::list_style(input))]),
        "text-decoration" => Ok(vec![Declared::Struck(value::has_ident(input, "line-through"))]),
        "-webkit-text-stroke" => {
            let (colour, drawn) = paint::stroke(input);
            Ok(vec![Declared::TextStrokeColour(colour), Declared::TextStrokeWidth(drawn)])
        },
        "overflow" => {
            let x = value::overflow(input)?;
            let y = input.try_parse(value::overflow).unwrap_or(x);
            Ok(vec![Declared::OverflowX(x), Declared::OverflowY(y)])
        },
        _ => boxes(properties(name), input, syntax),
    }
}

/// Parses one to four sizes for the sides of a box.
fn boxes(sides: &[Property], input: &mut Parser<'_>, syntax: Syntax) -> Parsed<Vec<Declared>> {
    let Some(first) = sides.first() else {
        return invalid();
    };
    let start = input.state();
    let mut positions = vec![input.state()];
    value::value(*first, input, syntax)?;
    while positions.len() < sides.len() && !input.is_exhausted() {
        positions.push(input.state());
        value::value(*first, input, syntax)?;
    }
    let end = input.state();
    let mut all = Vec::new();
    for (at, side) in sides.iter().enumerate() {
        // The second value is for left as well, and the first for all without a value.
        let from = [positions.get(at), positions.get(at % 2), positions.first()];
        let from = from.into_iter().flatten().next().unwrap_or(&start);
        input.reset(from);
        all.push(value::value(*side, input, syntax)?);
    }
    input.reset(&end);
    Ok(all)
}

fn background(input: &mut Parser<'_>) -> Parsed<Vec<Declared>> {
    let mut ground = Colour::Known(Rgba::TRANSPARENT);
    let mut image = Image::None;
    let mut one = Image::None;
    let mut text = false;
    let mut drawn = Drawn::default();
    let mut layers = 1;
    if input.is_exhausted() {
        return invalid();
    }
    while !input.is_exhausted() {
        // A number is never a colour without a hash here.
        if let Ok(found) = input.try_parse(|input| colour::parse(input)) {
            ground = found;
            continue;
        }
        if let Ok(place) = input.try_parse(|input| length::parse(input, false)) {
            drawn.far |= drawn::is_distance_far(place);
            continue;
        }
        match input.next()?.clone() {
            Token::UnquotedUrl(url) => one = paint::join(one, paint::picture(&url)),
            Token::Function(name) => one = paint::join(one, paint::image(&name, input)),
            Token::Ident(name) => {
                if let Ok(single) = drawn::keyword_single(&name) {
                    drawn.single.x |= single.x;
                    drawn.single.y |= single.y;
                    continue;
                }
                match_ignore_ascii_case! { &name,
                    "text" => text = true,
                    "none" | "scroll" | "fixed" | "local" | "top" | "bottom" | "left" | "right"
                    | "center" | "cover" | "contain" | "auto" | "border-box" | "padding-box"
                    | "content-box" | "border-area" => {},
                    _ => return invalid(),
                }
            }
            Token::Delim('/') => drawn.extents = drawn::one_extents(input)?,
            Token::Comma => {
                layers += 1;
                if !drawn.is_nothing() {
                    image = paint::join(image, one);
                }
                (one, drawn) = (Image::None, Drawn::default());
            }
            _ => return invalid(),
        }
    }
    if layers > 1 {
        if drawn.is_nothing() {
            one = Image::None;
        }
        // What the other layers leave uncovered is not known.
        drawn = Drawn::default();
    }
    image = paint::join(image, one);
    Ok(vec![
        Declared::BackgroundColour(ground),
        Declared::BackgroundImage(image),
        Declared::BackgroundClip(text),
        Declared::ImagePosition(ImageOf::Background, drawn.far),
        Declared::ImageRepeat(ImageOf::Background, drawn.single),
        Declared::ImageSize(ImageOf::Background, drawn.extents),
    ])
}

/// Fonts of the system, which `font` names with one word.
pub(crate) const SYSTEM_FONTS: [&str; 9] = [
    "caption",
    "icon",
    "menu",
    "message-box",
    "small-caption",
    "status-bar",
    "-webkit-mini-control",
    "-webkit-small-control",
    "-webkit-control",
];

/// Parses `font`: style and weight, the size, a height of lines, and families.
fn font(input: &mut Parser<'_>) -> Parsed<Vec<Declared>> {
    let normal = Declared::LineHeight(
        length::Length {
            em: 1.2,
            ..length::Length::ZERO
        },
        true,
    );
    loop {
        if let Ok((size, line)) = input.try_parse(size_and_family) {
            return Ok(vec![Declared::FontSize(size), line.unwrap_or(normal)]);
        }
        if let Token::Ident(name) = input.next()?
            && SYSTEM_FONTS
                .iter()
                .any(|system| name.eq_ignore_ascii_case(system))
        {
            let size = FontSize::Length(length::Length::px(13.333));
            return Ok(vec![Declared::FontSize(size), normal]);
        }
    }
}

fn size_and_family(input: &mut Parser<'_>) -> Parsed<(FontSize, Option<Declared>)> {
    let size = size::font_size(input, false)?;
    let line = match input.try_parse(|input| input.expect_delim('/')) {
        Ok(()) => Some(size::line_height(input)?),
        Err(_) => None,
    };
    input.expect_ident_or_string()?;
    while input.next().is_ok() {}
    Ok((size, line))
}
