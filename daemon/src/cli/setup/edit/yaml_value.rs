//! Content of YAML as a value, read by a parser that refuses what is not YAML.

use super::{
    server::EditError,
    text::{Plain, without_bom},
};
use saphyr_parser::{Event, Marker, Parser};
use serde_json::{Map, Value};

/// Limit of nested values.
const MAX_DEPTH: usize = 64;

/// An open mapping or sequence.
enum Open {
    Mapping {
        fields: Map<String, Value>,
        /// Key whose value follows.
        key: Option<String>,
    },
    Sequence(Vec<Value>),
}

/// Returns the content of a document; `null` for a file without one. Scalars are read as text,
/// except for an empty or plain `null`. Aliases are read as `null`.
///
/// # Errors
/// The text is not YAML, has several documents, a key that occurs twice, or a key that is not a
/// scalar.
pub(super) fn value_of(text: &str) -> Result<Value, EditError> {
    let plain = Plain::of(without_bom(text));
    let lines: Vec<&str> = plain.text.lines().collect();
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
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
            Event::MappingStart(..) => {
                let (fields, key) = (Map::new(), None);
                push(&mut open, Open::Mapping { fields, key })?;
                continue;
            }
            Event::SequenceStart(..) => {
                push(&mut open, Open::Sequence(Vec::new()))?;
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => match open.pop() {
                Some(Open::Mapping { fields, .. }) => Value::Object(fields),
                Some(Open::Sequence(values)) => Value::Array(values),
                None => return Err(EditError::Unsupported),
            },
            Event::Scalar(text, style, ..) => {
                let is_key = matches!(open.last(), Some(Open::Mapping { key: None, .. }));
                let is_plain = style == saphyr_parser::ScalarStyle::Plain;
                match is_plain && !is_key && matches!(&*text, "" | "~" | "null" | "Null" | "NULL") {
                    true => Value::Null,
                    false => Value::String(text.into_owned()),
                }
            }
            Event::Alias(_) => Value::Null,
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => continue,
        };
        match open.last_mut() {
            None => root = Some(value),
            Some(Open::Sequence(values)) => values.push(value),
            Some(Open::Mapping { fields, key }) => match key.take() {
                Some(key) => {
                    fields.insert(key, value);
                }
                None => *key = Some(new_key(fields, value)?),
            },
        }
    }
    Ok(root.unwrap_or_default())
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
                Ok(json!({"a": {"b": ["c", null, "null"]}, "d": null})),
            ),
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
        let deep = "[".repeat(100_000);
        assert!(value_of(&deep).is_err());
    }
}
