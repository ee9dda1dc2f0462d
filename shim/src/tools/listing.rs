//! What clients list of a tool, and the check of the files that have it.
//!
//! Optional arguments do not permit null in the schema, although the parser takes it.
//! langchain-google-genai 4.4 refuses the whole tool list for an `enum` with null, and
//! google-genai 3.6 fails on a list of types in a function declaration. A model that must write
//! every argument, as with OpenAI's strict schemas, writes `""` or 0, which count as not given.

use super::{BOTH, DEFINITIONS, TEXT, definition::Definition};
use crate::server::Forms;
use rmcp::model::{JsonObject, MetaObject, Tool as McpTool, ToolAnnotations};
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

impl Definition {
    /// Returns the tool as clients list it. Without structured results it has no schema of them.
    fn listed(&self, forms: Forms) -> McpTool {
        let Listing {
            title,
            description,
            hints,
            schemas,
            returns_mail,
        } = &self.listing;
        let Schemas(mut tool) = schemas();
        tool.name = self.tool.name().into();
        tool.description = Some((*description).into());
        tool.title = Some((*title).to_owned());
        let annotations = ToolAnnotations::new()
            .read_only(hints.read_only)
            .destructive(hints.destructive)
            .idempotent(hints.idempotent)
            .open_world(is_open_world(self.tool));
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

#[test]
fn each_line_of_the_files_is_a_tool_as_its_file_and_its_types_have_it() {
    for (name, file, forms) in [("both", BOTH, Forms::Both), ("text", TEXT, Forms::Text)] {
        let tools = DEFINITIONS.iter().map(|definition| {
            let tool = serde_json::to_string(&definition.listed(forms)).unwrap();
            tool + "\n"
        });
        let tools: String = tools.collect();
        if std::env::var_os("UPDATE_TOOLS").is_some() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tools/list");
            std::fs::write(format!("{folder}/{name}.jsonl"), &tools).unwrap();
        }
        assert!(
            file == tools,
            "UPDATE_TOOLS=1 cargo test -p tai-mcp --lib listing"
        );
    }
}
