//! Sizes of boxes, fonts and lines.

use super::{
    Parsed, Syntax, invalid,
    length::{self, Length, MEDIUM, NORMAL_LINE},
    property::{Declared, Extent, FontSize, Size},
};
use cssparser::{Parser, Token, match_ignore_ascii_case};

/// Parses a length, or a keyword for a size that depends on the content.
pub(super) fn size(input: &mut Parser<'_>, syntax: Syntax) -> Parsed<Size> {
    if let Ok(name) = input.try_parse(Parser::expect_ident_cloned) {
        match_ignore_ascii_case! { &name,
            "auto" | "none" | "min-content" | "max-content" | "fit-content" | "stretch"
            | "-webkit-fill-available" | "-webkit-fit-content" | "-webkit-min-content"
            | "-webkit-max-content" | "intrinsic" | "min-intrinsic" => return Ok(None),
            _ => return invalid(),
        }
    }
    let fitting = input.try_parse(|input| {
        input.expect_function_matching("fit-content")?;
        input.parse_nested_block(|input| length::parse(input, false))
    });
    match fitting {
        Ok(_) => Ok(None),
        Err(_) => Ok(Some(length::parse(input, syntax.quirks)?)),
    }
}

pub(super) fn spacing(input: &mut Parser<'_>, syntax: Syntax) -> Parsed<Length> {
    match input.try_parse(|input| input.expect_ident_matching("normal")) {
        Ok(()) => Ok(Length::ZERO),
        Err(_) => length::parse(input, syntax.quirks),
    }
}

/// Parses `text-indent`. Returns the indentation of the first line, and whether it is that of each line.
pub(super) fn text_indent(input: &mut Parser<'_>, syntax: Syntax) -> Parsed<(Length, bool)> {
    let (mut indent, mut each, mut hanging) = (Length::ZERO, false, false);
    while !input.is_exhausted() {
        match input.try_parse(Parser::expect_ident_cloned) {
            Ok(name) => {
                hanging |= name.eq_ignore_ascii_case("hanging");
                each |= name.eq_ignore_ascii_case("each-line");
            }
            Err(_) => indent = length::parse(input, syntax.quirks)?,
        }
    }
    // The other lines are indented, not the first one.
    Ok((if hanging { Length::ZERO } else { indent }, each))
}

/// Parses a size. A height of 0 % is automatic if it refers to a height that depends on the content,
/// so it is no known length.
pub(super) fn size_of(extent: Extent, input: &mut Parser<'_>, syntax: Syntax) -> Parsed<Size> {
    let vertical = matches!(
        extent,
        Extent::Height | Extent::MinHeight | Extent::MaxHeight
    );
    let zero = input.try_parse(
        |input| match vertical && input.expect_percentage()? == 0.0 {
            true => Ok(()),
            false => invalid(),
        },
    );
    match zero {
        // Nothing of any height is nothing.
        Ok(()) if extent == Extent::MinHeight => Ok(None),
        Ok(()) => Ok(Some(Length::NO_PART)),
        Err(_) => match size(input, syntax)? {
            // Only the result of a calculation may be less than nothing.
            Some(size) if size.px < 0.0 && size == Length::px(size.px) => Ok(Some(Length::ZERO)),
            size => Ok(size),
        },
    }
}

/// Parses the height of a line: a keyword, a number, or a length.
pub(super) fn line_height(input: &mut Parser<'_>) -> Parsed<Declared> {
    let factor = |factor| {
        Declared::LineHeight(
            Length {
                em: factor,
                ..Length::ZERO
            },
            true,
        )
    };
    if input
        .try_parse(|input| input.expect_ident_matching("normal"))
        .is_ok()
    {
        return Ok(factor(NORMAL_LINE));
    }
    if let Ok(length) = input.try_parse(|input| length::parse(input, false)) {
        let part = Length {
            em: length.em + length.part,
            part: 0.0,
            ..length
        };
        return Ok(Declared::LineHeight(part, false));
    }
    Ok(factor(length::parse_number(input)?))
}

pub(super) fn font_size(input: &mut Parser<'_>, quirks: bool) -> Parsed<FontSize> {
    let Ok(name) = input.try_parse(Parser::expect_ident_cloned) else {
        let start = input.state();
        let is_calculated = matches!(input.next(), Ok(Token::Function(_)));
        input.reset(&start);
        let length = length::parse(input, quirks)?;
        return Ok(match is_calculated {
            true => FontSize::Calculated(length),
            false => FontSize::Length(length),
        });
    };
    let pixels = match_ignore_ascii_case! { &name,
        "xx-small" => 9.0,
        "x-small" => 10.0,
        "small" => 13.0,
        "medium" => MEDIUM,
        "large" => 18.0,
        "x-large" => 24.0,
        "xx-large" => 32.0,
        "xxx-large" | "-webkit-xxx-large" => 48.0,
        "smaller" => return Ok(FontSize::Relative(1.0 / 1.2)),
        "larger" => return Ok(FontSize::Relative(1.2)),
        "math" => return Ok(FontSize::Relative(1.0)),
        _ => return invalid(),
    };
    Ok(FontSize::Keyword(pixels))
}

/// Parses `font-size-adjust`. Returns whether it leaves letters without a size.
pub(super) fn is_adjusted_away(input: &mut Parser<'_>) -> Parsed<bool> {
    /// Least height of a small letter as a part of the font size that can be read.
    const LEAST: f32 = 0.05;
    let metric = input.try_parse(Parser::expect_ident_cloned);
    match (length::parse_number(input), metric) {
        (Ok(number), _) => Ok(number < LEAST),
        (Err(_), Ok(_)) => Ok(false),
        (Err(error), Err(_)) => Err(error),
    }
}
