//! Reading of JSON objects that a client wrote, with the name of the member that is wrong.

use serde::de::{DeserializeOwned, value::MapDeserializer};
use serde_json::{Map, Value};
use std::cell::Cell;

/// What is wrong with an object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The wrong member; `None` if one is missing.
    pub(crate) member: Option<String>,
    /// The parser's words.
    pub(crate) text: String,
}

/// Reads an object.
///
/// # Errors
/// The first problem.
pub(crate) fn read<T: DeserializeOwned>(object: &Map<String, Value>) -> Result<T, Problem> {
    // The parser fails while it has this member in hand, or after the last one.
    let current = Cell::new(None);
    let members = object.iter().map(|(name, value)| {
        current.set(Some(name));
        (name.as_str(), value)
    });
    let end = std::iter::from_fn(|| {
        current.set(None);
        None
    });
    T::deserialize(MapDeserializer::new(members.chain(end))).map_err(
        |problem: serde_json::Error| Problem {
            member: current.get().cloned(),
            text: problem.to_string(),
        },
    )
}

/// Returns the name of a kind of value.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
