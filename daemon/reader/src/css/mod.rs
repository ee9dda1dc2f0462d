//! CSS: style sheets, declarations and values, parsed with the crates of Firefox and Servo. Only
//! the properties that decide whether and how text is seen are read.
//!
//! - Style sheets: `sheet`, `data`, `depth`; the rules in them: `conditions`, `supports`, `container`,
//!   `cascade_layers`, `scope`, `nesting`, `selector`, `states`, `keyframes`, `registered`.
//! - Declarations: `declarations`, `shorthand`, `property`, `value`, `grammar`.
//! - The other files have the values of one kind each, such as `colour`, `length` and `transform`.

pub(crate) mod animation;
pub(crate) mod both;
mod calculation;
mod cascade_layers;
pub(crate) mod colour;
pub(crate) mod conditions;
pub(crate) mod container;
pub(crate) mod data;
pub(crate) mod declarations;
mod depth;
mod dimension;
pub(crate) mod drawn;
pub(crate) mod flexible;
mod gradient;
mod grammar;
pub(crate) mod holder;
pub(crate) mod keyframes;
pub(crate) mod length;
pub(crate) mod light;
mod listed;
mod mark_values;
pub(crate) mod marker;
pub(crate) mod marks;
pub(crate) mod nesting;
mod notation;
pub(crate) mod paint;
pub(crate) mod property;
pub(crate) mod registered;
mod relative;
pub(crate) mod replacement;
mod scope;
pub(crate) mod selector;
mod shape;
pub(crate) mod sheet;
pub(crate) mod shorthand;
mod size;
pub(crate) mod states;
pub(crate) mod supports;
pub(crate) mod tracks;
pub(crate) mod transform;
mod value;

use selectors::parser::SelectorParseErrorKind;

/// Context of a declaration.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Syntax {
    /// Whether numbers without a unit are permitted.
    pub(crate) quirks: bool,
}

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
