//! The schemas of the tools, from `schemas.json`. The first list of a session would otherwise build them
//! from the types in half a millisecond. A test compares the file with the types.
//!
//! Optional arguments do not permit null in the schema, although the parser takes it.
//! langchain-google-genai 4.4 refuses the whole tool list for an `enum` with null, and
//! google-genai 3.6 fails on a list of types in a function declaration. A model that must write
//! every argument, as with OpenAI's strict schemas, writes `""` or 0, which count as not given.

use crate::server::Forms;
use rmcp::model::JsonObject;
use serde::Deserialize;
use std::collections::HashMap;

const FILE: &str = include_str!("schemas.json");

/// The schemas of one tool.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(super) struct Schemas {
    /// The arguments.
    pub(super) input: JsonObject,
    /// The structured result.
    pub(super) output: Option<JsonObject>,
}

/// Returns the schemas by the name of the tool. Without structured results, tools have none of the result.
pub(super) fn all(forms: Forms) -> HashMap<String, Schemas> {
    // A test reads the file.
    let mut all: HashMap<String, Schemas> = serde_json::from_str(FILE).unwrap_or_default();
    if forms == Forms::Text {
        for schemas in all.values_mut() {
            schemas.output = None;
        }
    }
    all
}

#[cfg(test)]
impl Schemas {
    /// Returns the schemas of these types.
    pub(super) fn of<A, R>() -> Self
    where
        A: schemars::JsonSchema + 'static,
        R: schemars::JsonSchema + 'static,
    {
        let tool = rmcp::model::Tool::new("", "", JsonObject::new())
            .with_input_schema::<A>()
            .with_output_schema::<R>();
        Self {
            input: (*tool.input_schema).clone(),
            output: tool.output_schema.map(|schema| (*schema).clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::DEFINITIONS, *};
    use rmcp::model::Tool as McpTool;

    #[test]
    fn the_file_has_the_schemas_of_the_types() {
        let of_types = DEFINITIONS.iter().map(|definition| {
            let schemas = serde_json::to_string(&(definition.schemas)()).unwrap();
            format!("\"{}\": {schemas}", definition.tool.name())
        });
        let text = format!("{{\n{}\n}}\n", of_types.collect::<Vec<_>>().join(",\n"));
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tools/schemas.json");
            std::fs::write(file, &text).unwrap();
        }
        assert!(
            FILE == text,
            "UPDATE_SCHEMAS=1 cargo test -p tai-mcp --lib schemas"
        );
    }

    #[test]
    fn without_structured_results_a_tool_has_only_the_schema_of_its_arguments() {
        let both = super::super::list(Forms::Both);
        let text = super::super::list(Forms::Text);
        let inputs = |tools: &[McpTool]| {
            let inputs = tools.iter().map(|tool| tool.input_schema.clone());
            inputs.collect::<Vec<_>>()
        };
        assert_eq!(inputs(&both), inputs(&text));
        assert!(both.iter().all(|tool| tool.output_schema.is_some()));
        assert!(text.iter().all(|tool| tool.output_schema.is_none()));
    }
}
