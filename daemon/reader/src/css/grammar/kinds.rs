//! Kinds of single values in grammars.

use crate::css::{
    Syntax,
    calculation::{Calculated, calculated},
    colour, length,
};
use cssparser::{Parser, Token, match_ignore_ascii_case};

/// A kind of single values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A dimension or a number: which of them, and whether negative ones are refused.
    Measure(Measure, bool),
    Integer(i32),
    /// The weight of a font.
    Weight,
    Colour,
    /// A colour that old documents may write without its `#`.
    OldColour,
    Space,
    Text,
    Url,
    /// A name that is no keyword of all properties.
    Name,
    Word,
    /// A name of a line of a grid.
    LineName,
    /// A number of a line of a grid.
    Line,
    /// The text of a path of SVG.
    Path,
    Brackets,
    Resolution,
    /// All that is left, which must be something.
    Rest,
}

/// Which dimensions are permitted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Measure {
    length: bool,
    /// Whether old documents may leave out the unit of lengths.
    quirky: bool,
    percentage: bool,
    number: bool,
    angle: bool,
    /// Whether an angle of zero needs no unit.
    zero: bool,
    time: bool,
    flex: bool,
}

/// Returns the kind with a name. A `+` after the name refuses negative values.
pub(super) fn kind(name: &str) -> Option<Kind> {
    let positive = name.ends_with('+');
    let none = Measure::default();
    let length = Measure {
        length: true,
        ..none
    };
    let percentage = Measure {
        percentage: true,
        ..none
    };
    let angle = Measure {
        angle: true,
        ..none
    };
    let measure = |measure| Kind::Measure(measure, positive);
    Some(match name.trim_end_matches('+') {
        "length" => measure(length),
        "size" => measure(Measure {
            percentage: true,
            ..length
        }),
        "old-length" => measure(Measure {
            quirky: true,
            ..length
        }),
        "old-size" => measure(Measure {
            quirky: true,
            percentage: true,
            ..length
        }),
        "percentage" => measure(percentage),
        "number" => measure(Measure {
            number: true,
            ..none
        }),
        "factor" => measure(Measure {
            number: true,
            ..percentage
        }),
        "angle" => measure(angle),
        "angle0" => measure(Measure {
            zero: true,
            ..angle
        }),
        "turn" => measure(Measure {
            zero: true,
            percentage: true,
            ..angle
        }),
        "time" => measure(Measure { time: true, ..none }),
        "flex" => measure(Measure { flex: true, ..none }),
        "integer" => Kind::Integer(if positive { 0 } else { i32::MIN }),
        "count" => Kind::Integer(1),
        "weight" => Kind::Weight,
        "color" => Kind::Colour,
        "old-color" => Kind::OldColour,
        "space" => Kind::Space,
        "string" => Kind::Text,
        "url" => Kind::Url,
        "name" => Kind::Name,
        "word" => Kind::Word,
        "line-name" => Kind::LineName,
        "line" => Kind::Line,
        "path" => Kind::Path,
        "lines" => Kind::Brackets,
        "resolution" => Kind::Resolution,
        "rest" => Kind::Rest,
        _ => return None,
    })
}

impl Kind {
    /// Consumes a value. Returns whether it is one of this kind.
    pub(super) fn matches(self, input: &mut Parser<'_>, syntax: Syntax) -> bool {
        match self {
            Self::Measure(measure, positive) => measure.matches(input, positive, syntax),
            Self::Integer(least) => {
                length::parse_integer(input).is_ok_and(|number| number >= least)
            }
            Self::Weight => match calculated(input) {
                Ok(Calculated::Number(weight)) => (1.0..=1000.0).contains(&weight),
                _ => false,
            },
            Self::Colour => colour::parse(input).is_ok(),
            Self::OldColour => colour::of_property(input, syntax).is_ok(),
            Self::Space => colour::space(input).is_ok(),
            Self::Text => input.expect_string().is_ok(),
            Self::Url => match input.next() {
                Ok(Token::UnquotedUrl(_)) => true,
                Ok(Token::Function(name)) if name.eq_ignore_ascii_case("url") => input
                    .parse_nested_block(|input| {
                        input.expect_string()?;
                        // Modifiers, which no browser knows.
                        Ok::<_, cssparser::ParseError<()>>(())
                    })
                    .is_ok(),
                _ => false,
            },
            Self::Name => match input.expect_ident() {
                Ok(name) => !is_wide(name),
                Err(_) => false,
            },
            Self::Word => input.expect_ident().is_ok(),
            Self::LineName => match input.expect_ident() {
                Ok(name) => !is_wide(name) && !is_of_line(name),
                Err(_) => false,
            },
            Self::Line => length::parse_integer(input).is_ok_and(|number| number != 0),
            Self::Path => match input.expect_string() {
                Ok(path) => is_path(path),
                Err(_) => false,
            },
            Self::Brackets => input.expect_square_bracket_block().is_ok(),
            Self::Resolution => match input.next() {
                Ok(Token::Dimension { value, unit, .. }) => {
                    *value >= 0.0
                        && ["x", "dpi", "dpcm", "dppx"]
                            .iter()
                            .any(|one| unit.eq_ignore_ascii_case(one))
                }
                _ => false,
            },
            Self::Rest => {
                let any = !input.is_exhausted();
                while input.next().is_ok() {}
                any
            }
        }
    }
}

impl Measure {
    fn matches(self, input: &mut Parser<'_>, positive: bool, syntax: Syntax) -> bool {
        let start = input.state();
        let value = match input.next() {
            Ok(Token::Number { value, .. }) => {
                let value = *value;
                let unitless = self.length && self.quirky && syntax.quirks;
                let zero = value == 0.0 && (self.length || self.zero);
                return (self.number || unitless || zero) && (!positive || value >= 0.0);
            }
            Ok(Token::Dimension { value, unit, .. }) if self.time || self.flex => {
                let units: &[&str] = if self.time { &["s", "ms"] } else { &["fr"] };
                let known = units.iter().any(|one| unit.eq_ignore_ascii_case(one));
                return known && (!positive || *value >= 0.0);
            }
            Ok(Token::Dimension { value, .. }) => Some(*value),
            Ok(Token::Percentage { unit_value, .. }) => Some(*unit_value),
            // The result of a calculation that is too small is the least value.
            Ok(Token::Function(_)) => None,
            _ => return false,
        };
        input.reset(&start);
        let agrees = match calculated(input) {
            Ok(Calculated::Number(_)) => self.number,
            Ok(Calculated::Percentage(_)) => self.percentage,
            Ok(Calculated::Length(length)) => {
                self.length && (self.percentage || length.is_definite())
            }
            Ok(Calculated::Angle(_)) => self.angle,
            Err(_) => false,
        };
        agrees && (!positive || value.is_none_or(|value| value >= 0.0))
    }
}

/// Returns whether a word is a keyword of all properties, or is kept for one.
fn is_wide(name: &str) -> bool {
    match_ignore_ascii_case! { name,
        "inherit" | "initial" | "unset" | "revert" | "revert-layer" | "revert-rule" | "default" => true,
        _ => false,
    }
}

fn is_of_line(name: &str) -> bool {
    name.eq_ignore_ascii_case("span") || name.eq_ignore_ascii_case("auto")
}

/// Returns whether a text is a path: it begins with a movement.
fn is_path(path: &str) -> bool {
    let path = path.trim_ascii_start();
    path.starts_with(['M', 'm']) && path.chars().all(is_of_path)
}

fn is_of_path(c: char) -> bool {
    c.is_ascii_digit() || c.is_ascii_whitespace() || "MmZzLlHhVvCcSsQqTtAa+-.,eE".contains(c)
}
