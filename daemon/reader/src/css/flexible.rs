//! Sizes of boxes in a flexible box, which replace their widths or heights.

use super::{
    Parsed,
    length::{self, Length},
};
use cssparser::{Parser, Token};

/// Largest size that leaves nothing readable of a box, in pixels.
const THIN: f32 = 4.0;

/// Parses `flex` or `flex-grow`. Returns whether the box takes a part of the room that is left.
pub(super) fn grows(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut numbers = 0;
    let mut grows = false;
    while let Ok(token) = input.next() {
        match token {
            Token::Number { value, .. } => {
                // The second number of `flex` is about shrinking.
                grows |= numbers == 0 && *value > 0.0;
                numbers += 1;
            }
            // A size alone is one of a box that grows.
            Token::Ident(name) => grows |= numbers == 0 && !name.eq_ignore_ascii_case("none"),
            Token::Dimension { .. } | Token::Percentage { .. } => grows |= numbers == 0,
            _ => {}
        }
    }
    Ok(grows)
}

/// Size with which a box begins in a flexible box, in place of its width or height.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) enum Basis {
    /// The width or the height.
    #[default]
    Own,
    Content,
    Size(Length),
}

impl Basis {
    /// Returns whether the box has another size than its own, in which text can be read.
    pub(crate) fn is_readable(self) -> bool {
        match self {
            Self::Own => false,
            Self::Content => true,
            Self::Size(size) => size.part > 0.0 || size.usual() > THIN,
        }
    }

    /// Returns whether the box begins without a size in which text can be read.
    pub(crate) fn is_thin(self) -> bool {
        !matches!(self, Self::Own | Self::Content) && !self.is_readable()
    }
}

/// Parses `flex` or `flex-basis`.
pub(super) fn basis(input: &mut Parser<'_>) -> Parsed<Basis> {
    let mut basis = Basis::Own;
    while !input.is_exhausted() {
        let start = input.state();
        match input.next()?.clone() {
            Token::Ident(name) => {
                let own = ["auto", "none", "initial"].iter();
                let own = own.into_iter().any(|word| name.eq_ignore_ascii_case(word));
                basis = if own { Basis::Own } else { Basis::Content };
                while input.next().is_ok() {}
            }
            _ => {
                input.reset(&start);
                match input.try_parse(length::parse_plain_number) {
                    // `flex` with numbers alone gives a size of nothing.
                    Ok(_) if basis == Basis::Own => basis = Basis::Size(Length::ZERO),
                    Ok(_) => {}
                    Err(_) => basis = Basis::Size(length::parse(input, false)?),
                }
            }
        }
    }
    Ok(basis)
}

/// Parses `flex` or `flex-shrink`. Returns whether the box does not shrink.
pub(super) fn is_rigid(input: &mut Parser<'_>) -> Parsed<bool> {
    let mut numbers = Vec::new();
    let mut none = false;
    while let Ok(token) = input.next() {
        match token {
            Token::Number { value, .. } => numbers.push(*value),
            Token::Ident(name) => none |= name.eq_ignore_ascii_case("none"),
            _ => {}
        }
    }
    // A number alone is that of `flex-shrink`: with `flex`, the box begins without a size, too.
    let shrinks = numbers.get(1).or(numbers.first());
    Ok(none || shrinks == Some(&0.0))
}
