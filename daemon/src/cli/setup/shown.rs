//! The printed change of a server's entry: one line for each changed value. Values that setup never
//! writes may be secret and are hidden, and the entries of other servers are never printed.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Text in place of a value that may be secret.
const HIDDEN: &str = "(hidden)";
/// Keys whose values are never secret.
const PLAIN_KEYS: [&str; 10] = [
    "command",
    "cmd",
    "type",
    "source",
    "name",
    "enabled",
    "disabled",
    "timeout",
    "env_vars",
    "default_tools_approval_mode",
];
/// Variables of an entry whose values are never secret.
const PLAIN_VARIABLES: [&str; 4] = [
    "TAI_MCP_INSTANCE",
    "INSTANCE",
    "TAI_MCP_PROFILE",
    "TAI_MCP_SOCKET",
];

/// Returns the values that differ between two entries, in the order of their keys: `- key: old`
/// and `+ key: new`.
pub(super) fn changes(before: Option<&Value>, after: Option<&Value>) -> String {
    let (before, after) = (values(before), values(after));
    let mut lines = Vec::new();
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let (old, new) = (before.get(key), after.get(key));
        if old == new {
            continue;
        }
        lines.extend(old.map(|old| format!("- {key}: {}", printed(key, old))));
        lines.extend(new.map(|new| format!("+ {key}: {}", printed(key, new))));
    }
    lines.join("\n")
}

/// Returns the values of an entry by their keys; the key of a nested value is `outer.inner`.
fn values(entry: Option<&Value>) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    if let Some(entry) = entry {
        collect(entry, "", &mut found);
    }
    found
}

fn collect<'a>(value: &'a Value, key: &str, found: &mut BTreeMap<String, &'a Value>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, field) in fields {
                let key = match key {
                    "" => name.clone(),
                    _ => format!("{key}.{name}"),
                };
                collect(field, &key, found);
            }
        }
        _ => {
            found.insert(key.to_owned(), value);
        }
    }
}

/// Returns a value as JSON, or [`HIDDEN`]. Of a list of words, only the first one is shown: the
/// others of a command may be secret.
fn printed(key: &str, value: &Value) -> String {
    let name = key.rsplit('.').next().unwrap_or(key);
    let plain = match key.contains('.') {
        true => PLAIN_VARIABLES.contains(&name),
        false => PLAIN_KEYS.contains(&name),
    };
    match value {
        Value::Array(words) if words.is_empty() => "[]".to_owned(),
        Value::Array(words) => {
            let words = words.iter().enumerate().map(|(index, word)| match index {
                0 if plain => word.to_string(),
                _ => HIDDEN.to_owned(),
            });
            format!("[{}]", words.collect::<Vec<_>>().join(", "))
        }
        Value::Object(_) => "{}".to_owned(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) if plain => {
            value.to_string()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => HIDDEN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_changed_values_of_the_entry_are_printed_and_secrets_are_hidden() {
        let before = json!({
            "command": ["npx", "--key=canary", "tai-mcp"],
            "args": ["-y", "--token", "canary"],
            "headers": {"Authorization": "Bearer canary"},
            "env": {"PASSWORD": "canary", "TAI_MCP_INSTANCE": "old"},
            "url": "https://me:canary@example.org",
            "note": {"deep": {"er": "canary"}},
        });
        let after = json!({
            "command": "/usr/bin/tai-mcp",
            "args": [],
            "env": {"PASSWORD": "canary", "TAI_MCP_INSTANCE": "cursor"},
        });
        let text = changes(Some(&before), Some(&after));
        assert!(!text.contains("canary"), "{text}");
        insta::assert_snapshot!(text, @r#"
        - args: [(hidden), (hidden), (hidden)]
        + args: []
        - command: ["npx", (hidden), (hidden)]
        + command: "/usr/bin/tai-mcp"
        - env.TAI_MCP_INSTANCE: "old"
        + env.TAI_MCP_INSTANCE: "cursor"
        - headers.Authorization: (hidden)
        - note.deep.er: (hidden)
        - url: (hidden)
        "#);
        insta::assert_snapshot!(changes(None, Some(&after)), @r#"
        + args: []
        + command: "/usr/bin/tai-mcp"
        + env.PASSWORD: (hidden)
        + env.TAI_MCP_INSTANCE: "cursor"
        "#);
        insta::assert_snapshot!(changes(Some(&after), None), @r#"
        - args: []
        - command: "/usr/bin/tai-mcp"
        - env.PASSWORD: (hidden)
        - env.TAI_MCP_INSTANCE: "cursor"
        "#);
        assert_eq!(changes(Some(&after), Some(&after)), "");
        let before = json!({"disabled": true, "env": {"INSTANCE": "old", "PASSWORD": "canary"}});
        let after = json!({"disabled": false, "env": {"INSTANCE": "new", "PASSWORD": "other"}});
        insta::assert_snapshot!(changes(Some(&before), Some(&after)), @r#"
        - disabled: true
        + disabled: false
        - env.INSTANCE: "old"
        + env.INSTANCE: "new"
        - env.PASSWORD: (hidden)
        + env.PASSWORD: (hidden)
        "#);
    }
}
