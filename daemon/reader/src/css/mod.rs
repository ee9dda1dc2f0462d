//! CSS: style sheets, declarations and values, parsed with the crates of Firefox and Servo. Only
//! the properties that decide whether and how text is seen are read.

pub(crate) mod colour;
pub(crate) mod conditions;
pub(crate) mod data;
pub(crate) mod declarations;
pub(crate) mod length;
mod paint;
pub(crate) mod property;
pub(crate) mod selector;
pub(crate) mod shape;
pub(crate) mod sheet;
mod shorthand;
mod size;
mod value;

use selectors::parser::SelectorParseErrorKind;

/// Reason for the failure of parsing a value or a selector: it is invalid or unknown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Invalid;

impl From<SelectorParseErrorKind> for Invalid {
    fn from(_: SelectorParseErrorKind) -> Self {
        Self
    }
}

/// Result of parsing.
type Parsed<T> = Result<T, cssparser::ParseError<Invalid>>;

/// Returns the error of an invalid value.
fn invalid<T>() -> Parsed<T> {
    Err(cssparser::ParseError::custom(Invalid))
}
