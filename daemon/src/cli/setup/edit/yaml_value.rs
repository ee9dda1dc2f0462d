//! Content of YAML as a value, read by a parser that refuses what is not YAML.

use super::{
    server::EditError,
    text::{Plain, without_bom},
};
use saphyr_parser::{Event, Marker, Parser};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Limit of nested values.
const MAX_DEPTH: usize = 64;
/// Limit of values that aliases repeat.
const MAX_REPEATED: usize = 10_000;

/// An open mapping or sequence.
enum Open {
    Mapping {
        fields: Map<String, Value>,
        /// Key whose value follows.
        key: Option<String>,
        anchor: usize,
    },
    Sequence {
        values: Vec<Value>,
        anchor: usize,
    },
}

/// Returns the content of a document; `null` for a file without one. Scalars are read as text,
/// except for a plain `null`, `true` and `false`. An alias has the value of its anchor.
///
/// # Errors
/// The text is not YAML, has several documents, a key that occurs twice, a key that is not a
/// scalar, or aliases that repeat too many values.
pub(super) fn value_of(text: &str) -> Result<Value, EditError> {
    let plain = Plain::of(without_bom(text));
    let lines: Vec<&str> = plain.text.lines().collect();
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    let mut anchors = HashMap::new();
    let mut repeated = 0;
    for event in Parser::new_from_str(&plain.text) {
        let (event, span) = event.map_err(|error| syntax(error.marker()))?;
        // The parser accepts a tab as the indentation of the first level, and no client does.
        let is_node = !matches!(event, Event::StreamStart | Event::StreamEnd);
        let line = lines.get(span.start.line().saturating_sub(1));
        if is_node && open.is_empty() && line.is_some_and(|line| line.starts_with('\t')) {
            return Err(syntax(&span.start));
        }
        let value = match event {
            Event::DocumentStart(_) if root.is_some() => return Err(EditError::Documents),
            Event::MappingStart(anchor, _) => {
                let (fields, key) = (Map::new(), None);
                let new = Open::Mapping {
                    fields,
                    key,
                    anchor,
                };
                push(&mut open, new)?;
                continue;
            }
            Event::SequenceStart(anchor, _) => {
                let values = Vec::new();
                push(&mut open, Open::Sequence { values, anchor })?;
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let (anchor, value) = match open.pop() {
                    Some(Open::Mapping { fields, anchor, .. }) => (anchor, Value::Object(fields)),
                    Some(Open::Sequence { values, anchor }) => (anchor, Value::Array(values)),
                    None => return Err(EditError::Unsupported),
                };
                anchored(&mut anchors, anchor, value)
            }
            Event::Scalar(text, style, anchor, _) => {
                let is_key = matches!(open.last(), Some(Open::Mapping { key: None, .. }));
                let is_plain = style == saphyr_parser::ScalarStyle::Plain;
                let value = match is_plain && !is_key {
                    true => plain_scalar(text.into_owned()),
                    false => Value::String(text.into_owned()),
                };
                anchored(&mut anchors, anchor, value)
            }
            Event::Alias(anchor) => {
                // An anchor whose value is not complete contains its own alias.
                let value: &Value = anchors.get(&anchor).ok_or(EditError::Unsupported)?;
                repeated += size(value);
                if repeated > MAX_REPEATED {
                    return Err(EditError::Unsupported);
                }
                value.clone()
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => continue,
        };
        match open.last_mut() {
            None => root = Some(value),
            Some(Open::Sequence { values, .. }) => values.push(value),
            Some(Open::Mapping { fields, key, .. }) => match key.take() {
                Some(key) => {
                    fields.insert(key, value);
                }
                None => *key = Some(new_key(fields, value)?),
            },
        }
    }
    Ok(root.unwrap_or_default())
}

/// Remembers the value of an anchor; 0 is none.
fn anchored(anchors: &mut HashMap<usize, Value>, anchor: usize, value: Value) -> Value {
    if anchor != 0 {
        anchors.insert(anchor, value.clone());
    }
    value
}

/// Returns the number of values in a value, itself included.
fn size(value: &Value) -> usize {
    let inner: usize = match value {
        Value::Array(values) => values.iter().map(size).sum(),
        Value::Object(fields) => fields.values().map(size).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    inner + 1
}

/// Reads a scalar without quotation marks, by the core schema.
fn plain_scalar(text: String) -> Value {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => Value::String(text),
    }
}

fn push(open: &mut Vec<Open>, new: Open) -> Result<(), EditError> {
    open.push(new);
    match open.len() <= MAX_DEPTH {
        true => Ok(()),
        false => Err(EditError::Unsupported),
    }
}

fn new_key(fields: &Map<String, Value>, key: Value) -> Result<String, EditError> {
    match key {
        // Several merge keys are common, and no entry of a server needs one.
        Value::String(key) if key != "<<" && fields.contains_key(&key) => {
            Err(EditError::Duplicate(key))
        }
        Value::String(key) => Ok(key),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(EditError::Unsupported)
        }
    }
}

fn syntax(marker: &Marker) -> EditError {
    EditError::Syntax {
        format: "YAML",
        line: marker.line(),
        column: marker.col() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_document_is_read_strictly() {
        for (text, expected) in [
            ("", Ok(Value::Null)),
            ("# only comments\n", Ok(Value::Null)),
            ("---\na: 1\n...\n", Ok(json!({"a": "1"}))),
            (
                "a: &x {b: [c, ~, 'null']}\nd: *x\n",
                Ok(json!({"a": {"b": ["c", null, "null"]}, "d": {"b": ["c", null, "null"]}})),
            ),
            (
                "a: &x off\nb: [*x, true, False, 'true', yes]\n",
                Ok(json!({"a": "off", "b": ["off", true, false, "true", "yes"]})),
            ),
            ("a: &x [*x]\n", Err(EditError::Unsupported)),
            ("\u{feff}a:\r\n  b: c\r\n", Ok(json!({"a": {"b": "c"}}))),
            ("a: 1\n---\nb: 2\n", Err(EditError::Documents)),
            ("a: 1\na: 2\n", Err(EditError::Duplicate("a".to_owned()))),
            ("? [a]\n: b\n", Err(EditError::Unsupported)),
        ] {
            assert_eq!(value_of(text), expected, "{text}");
        }
        for text in [
            "\ta: 1\n",
            "a: [\n",
            "a: b: c\n",
            "a: 1\n b: 2\n",
            "a: 'x\n",
        ] {
            assert!(
                matches!(value_of(text), Err(EditError::Syntax { .. })),
                "{text}"
            );
        }
        let mut laughs = "a0: &a0 [x, x]\n".to_owned();
        for n in 1..60 {
            let last = n - 1;
            laughs += &format!("a{n}: &a{n} [*a{last}, *a{last}]\n");
        }
        assert_eq!(value_of(&laughs), Err(EditError::Unsupported));
        let deep = "[".repeat(100_000);
        assert!(value_of(&deep).is_err());
    }
}
