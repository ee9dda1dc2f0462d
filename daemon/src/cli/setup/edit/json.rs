//! Edits of JSON with comments. The syntax tree preserves all text outside of the edit.

use super::{
    halves::WithoutHalves,
    server::{Edit, EditError, KEY, Server},
    text::{position, without_bom},
};
use crate::cli::setup::registry::EntryForm;
use jsonc_parser::{
    ParseOptions,
    cst::{CstInputValue as Input, CstObject, CstRootNode},
    errors::ParseError,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// JSON with comments and trailing commas, and without the other extensions, which a client
/// does not read.
const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Returns the content as a value; `null` for an empty file.
pub(super) fn value_of(text: &str) -> Result<Value, EditError> {
    let whole = WithoutHalves::new(without_bom(text));
    let value = jsonc_parser::parse_to_serde_value::<Option<_>>(&whole.text, &OPTIONS);
    value
        .map(Option::unwrap_or_default)
        .map_err(|error| syntax(&whole.text, &error))
}

fn syntax(text: &str, error: &ParseError) -> EditError {
    let (line, column) = position(text, error.range().start);
    EditError::Syntax {
        format: "JSON",
        line,
        column,
    }
}

fn tree(whole: &WithoutHalves<'_>) -> Result<CstRootNode, EditError> {
    CstRootNode::parse(&whole.text, &OPTIONS).map_err(|error| syntax(&whole.text, &error))
}

/// Returns the text of an edited tree.
///
/// # Errors
/// The edit removed half a surrogate pair.
fn restored(whole: &WithoutHalves<'_>, root: &CstRootNode) -> Result<String, EditError> {
    let restored = whole.restore(root.to_string());
    restored.ok_or(EditError::Unsupported)
}

/// Applies the edits.
pub(super) fn apply(
    key: &'static str,
    form: EntryForm,
    before: &str,
    edits: &[Edit<'_>],
) -> Result<String, EditError> {
    let text = without_bom(before);
    let whole = WithoutHalves::new(text);
    let root = tree(&whole)?;
    let wrong = || EditError::Shape(key);
    let no_object = || EditError::NoObject(key);
    let top = root.object_value_or_create().ok_or_else(no_object)?;
    once(&top, key)?;
    let servers = object_at(&top, key).ok_or_else(wrong)?;
    each_once(&servers)?;
    for edit in edits {
        change(key, form, &servers, edit)?;
    }
    let after = restored(&whole, &root)?;
    let mark = before.strip_suffix(text).unwrap_or_default();
    // Some clients save their file without a final newline, which must not count as a change.
    Ok(match text.is_empty() && !after.ends_with('\n') {
        true => format!("{mark}{after}\n"),
        false => format!("{mark}{after}"),
    })
}

/// Applies one edit to the object of the servers.
fn change(
    key: &'static str,
    form: EntryForm,
    servers: &CstObject,
    edit: &Edit<'_>,
) -> Result<(), EditError> {
    match edit {
        Edit::Insert(server) => {
            servers.append(KEY, entry(form, server));
        }
        Edit::Remove { server } => {
            if let Some(entry) = servers.get(server) {
                entry.remove();
            }
        }
        Edit::Set {
            server,
            path,
            value,
        } => {
            let Some((object, name)) = place(key, servers, server, path, true)? else {
                return Ok(());
            };
            match object.get(name) {
                Some(property) => property.set_value(input(value)),
                None => {
                    object.append(name, input(value));
                }
            }
        }
        Edit::Unset { server, path } => {
            if let Some((object, name)) = place(key, servers, server, path, false)?
                && let Some(property) = object.get(name)
            {
                property.remove();
            }
        }
    }
    Ok(())
}

/// Returns the object of a value in the entry of a server, and the name of the value; `None` if the
/// object is absent and `create` is not set.
fn place(
    key: &'static str,
    servers: &CstObject,
    server: &str,
    path: &[&'static str],
    create: bool,
) -> Result<Option<(CstObject, &'static str)>, EditError> {
    let (name, outer) = path.split_last().ok_or(EditError::Unsupported)?;
    let mut object = servers.object_value(server).ok_or(EditError::Shape(key))?;
    for key in outer {
        if !create && object.get(key).is_none() {
            return Ok(None);
        }
        object = object_at(&object, key).ok_or(EditError::Shape(key))?;
    }
    Ok(Some((object, *name)))
}

/// Removes the object of the servers, if it is empty.
pub(super) fn remove_empty(key: &'static str, before: &str) -> Result<String, EditError> {
    let text = without_bom(before);
    let whole = WithoutHalves::new(text);
    let root = tree(&whole)?;
    let servers = root.object_value().and_then(|top| top.get(key));
    let is_empty = |property: &jsonc_parser::cst::CstObjectProp| {
        let object = property.object_value();
        object.is_some_and(|object| object.properties().is_empty())
    };
    if let Some(servers) = servers.filter(is_empty) {
        servers.remove();
    }
    let mark = before.strip_suffix(text).unwrap_or_default();
    Ok(format!("{mark}{}", restored(&whole, &root)?))
}

/// Returns the object at a key. It is created if the key does not exist or is `null`.
fn object_at(object: &CstObject, key: &str) -> Option<CstObject> {
    let value = object.get(key).and_then(|property| property.value());
    match value.is_some_and(|value| value.to_string() == "null") {
        true => Some(object.object_value_or_set(key)),
        false => object.object_value_or_create(key),
    }
}

fn once(object: &CstObject, key: &str) -> Result<(), EditError> {
    let names = object.properties().into_iter();
    let names = names.filter_map(|property| property.decoded_name());
    match names.filter(|name| name == key).count() {
        0 | 1 => Ok(()),
        _ => Err(EditError::Duplicate(key.to_owned())),
    }
}

/// Checks that no key occurs twice in the object of the servers and in the entries.
fn each_once(servers: &CstObject) -> Result<(), EditError> {
    let mut names = BTreeSet::new();
    for property in servers.properties() {
        let name = property.decoded_name().unwrap_or_default();
        if let Some(entry) = property.object_value() {
            for field in entry.properties() {
                once(&entry, &field.decoded_name().unwrap_or_default())?;
            }
        }
        if let Some(name) = names.replace(name) {
            return Err(EditError::Duplicate(name));
        }
    }
    Ok(())
}

fn input(value: &Value) -> Input {
    match value {
        Value::Null => Input::Null,
        Value::Bool(value) => Input::Bool(*value),
        Value::Number(number) => Input::Number(number.to_string()),
        Value::String(text) => string(text),
        Value::Array(values) => Input::Array(values.iter().map(input).collect()),
        Value::Object(fields) => {
            let fields = fields.iter();
            Input::Object(
                fields
                    .map(|(name, value)| (name.clone(), input(value)))
                    .collect(),
            )
        }
    }
}

fn string(text: &str) -> Input {
    Input::String(text.to_owned())
}

fn object(fields: Vec<(&str, Input)>) -> Input {
    let fields = fields.into_iter();
    Input::Object(
        fields
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

fn entry(form: EntryForm, server: &Server<'_>) -> Input {
    let variables = server.environment().into_iter();
    let env = object(
        variables
            .map(|(name, value)| (name, string(value)))
            .collect(),
    );
    let command = string(server.command);
    let no_args = Input::Array(Vec::new());
    object(match form {
        EntryForm::Plain => vec![("command", command), ("args", no_args), ("env", env)],
        EntryForm::VsCode => vec![
            ("type", string("stdio")),
            ("command", command),
            ("env", env),
        ],
        EntryForm::Copilot => vec![
            ("type", string("local")),
            ("command", command),
            ("args", no_args),
            ("env", env),
            ("tools", Input::Array(vec![string("*")])),
        ],
        EntryForm::Zed => vec![
            ("source", string("custom")),
            ("command", command),
            ("args", no_args),
            ("env", env),
        ],
        EntryForm::OpenCode => vec![
            ("type", string("local")),
            ("command", Input::Array(vec![command])),
            ("enabled", Input::Bool(true)),
            ("environment", env),
        ],
    })
}
