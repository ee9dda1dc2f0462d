//! What clients list of a tool. Tests compare it with the files that they get.
//!
//! Optional arguments do not permit null in the schema, although the parser takes it.
//! langchain-google-genai 4.4 refuses the whole tool list for an `enum` with null, and
//! google-genai 3.6 fails on a list of types in a function declaration. A model that must write
//! every argument, as with OpenAI's strict schemas, writes `""` or 0, which count as not given.

use crate::habits::Forms;
use rmcp::model::{JsonObject, MetaObject, Tool as McpTool, ToolAnnotations};
use serde_json::Value;
use std::sync::Arc;
use tai_proto::Tool;

/// What clients list of a tool.
pub(super) struct Listing {
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) hints: Hints,
    pub(super) schemas: fn() -> Schemas,
    /// Whether the result has the text of a mail.
    pub(super) returns_mail: bool,
}

/// Annotations of a tool. [`is_open_world`] gives the other one.
pub(super) struct Hints {
    pub(super) read_only: bool,
    pub(super) destructive: bool,
    pub(super) idempotent: bool,
}

impl Hints {
    /// Annotations of a tool that changes nothing.
    pub(super) const READS: Self = Self {
        read_only: true,
        destructive: false,
        idempotent: true,
    };
    /// Annotations of a tool whose second call has another effect.
    pub(super) const ACTS: Self = Self {
        read_only: false,
        destructive: false,
        idempotent: false,
    };
}

/// The schemas of the arguments and of the structured result.
pub(super) struct Schemas(McpTool);

impl Schemas {
    /// Returns the schemas of these types.
    pub(super) fn of<A, R>() -> Self
    where
        A: schemars::JsonSchema + 'static,
        R: schemars::JsonSchema + 'static,
    {
        let tool = McpTool::new("", "", JsonObject::new());
        Self(tool.with_input_schema::<A>().with_output_schema::<R>())
    }
}

impl Listing {
    /// Checks that the structured content of a result has the fields, and only the fields, that the tool
    /// declares. Some clients check it, and refuse a result.
    #[track_caller]
    pub(super) fn check(&self, structured: Option<&str>) {
        let Schemas(tool) = (self.schemas)();
        let schema = Value::Object((*tool.output_schema.unwrap()).clone());
        let structured = serde_json::from_str(structured.unwrap()).unwrap();
        check(&schema, &structured);
    }
}

/// Checks that a value has the type and the fields of a schema.
#[track_caller]
fn check(schema: &Value, value: &Value) {
    let kind = match value {
        Value::Object(fields) => {
            let declared = schema["properties"].as_object().unwrap();
            for (name, field) in fields {
                let schema = declared
                    .get(name)
                    .unwrap_or_else(|| panic!("{name} is not declared"));
                check(schema, field);
            }
            for name in schema["required"].as_array().into_iter().flatten() {
                assert!(
                    fields.contains_key(name.as_str().unwrap()),
                    "{name} is missing"
                );
            }
            "object"
        }
        Value::Array(items) => {
            for item in items {
                check(&schema["items"], item);
            }
            "array"
        }
        Value::String(_) => "string",
        Value::Number(_) => "integer",
        Value::Bool(_) => "boolean",
        Value::Null => "null",
    };
    assert_eq!(schema["type"], kind, "{value}");
}

/// Returns the annotation `openWorldHint`: whether a tool reaches other people. The other tools stay
/// within this agent's own mailbox, so that a client such as `codex exec`, which cannot ask, runs
/// them without approval.
fn is_open_world(tool: Tool) -> bool {
    match tool {
        Tool::SendEmail | Tool::ReplyEmail => true,
        Tool::FetchEmail
        | Tool::ListInbox
        | Tool::DeleteEmail
        | Tool::MarkRead
        | Tool::SearchInbox
        | Tool::SessionStatus
        | Tool::WaitForEmail => false,
    }
}

/// Removes `$schema`. The schemas have the same meaning in each dialect that clients use, and a validator
/// of draft 7 refuses a schema that names another one.
fn without_dialect(mut schema: Arc<JsonObject>) -> Arc<JsonObject> {
    Arc::make_mut(&mut schema).shift_remove("$schema");
    schema
}

impl Listing {
    /// Returns the tool as clients list it. Without structured results it has no schema of them.
    pub(super) fn listed(&self, tool: Tool, forms: Forms) -> McpTool {
        let Self {
            title,
            description,
            hints,
            schemas,
            returns_mail,
        } = self;
        let (name, is_open_world) = (tool.name(), is_open_world(tool));
        let Schemas(mut tool) = schemas();
        tool.input_schema = without_dialect(tool.input_schema);
        tool.output_schema = tool.output_schema.map(without_dialect);
        tool.name = name.into();
        tool.description = Some((*description).into());
        tool.title = Some((*title).to_owned());
        let annotations = ToolAnnotations::new()
            .read_only(hints.read_only)
            .destructive(hints.destructive)
            .idempotent(hints.idempotent)
            .open_world(is_open_world);
        tool.annotations = Some(annotations);
        if forms == Forms::Text {
            tool.output_schema = None;
        }
        if *returns_mail {
            let mut meta = MetaObject::new();
            // Without it, Claude Code writes a result of more than 25,000 tokens to a file.
            meta.insert("anthropic/maxResultSizeChars".to_owned(), 500_000.into());
            // Without it, Claude Code lets the model search for the tool before it can read mail. It
            // adds about 430 tokens for both tools to each conversation.
            meta.insert("anthropic/alwaysLoad".to_owned(), true.into());
            tool.meta = Some(meta);
        }
        tool
    }
}
