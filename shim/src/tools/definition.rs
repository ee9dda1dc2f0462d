//! What a tool is, what it may use and what comes of it.

use crate::{daemon::Taid, receipts::Receipts, settings::Settings};
use rmcp::{
    RoleServer,
    model::{InputRequiredResult, JsonObject, Tool as McpTool, ToolAnnotations},
    service::RequestContext,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::pin::Pin;
use tai_proto::{Fault, FaultCode, Hint, Method, Tool, approval::ConsentAnswer, text::Label};

/// One tool.
pub(crate) struct Definition {
    pub(super) tool: Tool,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) hints: Hints,
    /// Adds the schemas of the arguments and the result.
    pub(super) schemas: fn(McpTool) -> McpTool,
    pub(super) run: for<'a> fn(Invocation<'a>) -> Running<'a>,
}

/// The annotations of a tool; all of them reach beyond this machine.
pub(super) struct Hints {
    pub(super) read_only: bool,
    pub(super) destructive: bool,
    pub(super) idempotent: bool,
}

/// A running tool.
pub(super) type Running<'a> = Pin<Box<dyn Future<Output = Result<ToolOutcome, Fault>> + Send + 'a>>;

/// The user's answer to a question, in a request that is sent again.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) ticket: Label,
    pub(crate) answer: ConsentAnswer,
}

/// The outcome of a tool.
pub(crate) enum ToolOutcome {
    /// A result.
    Shown(Shown),
    /// The client has to ask its user and call again.
    Input(InputRequiredResult),
}

/// A result in both forms, which say the same.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) text: String,
    pub(crate) structured: Option<Value>,
}

impl Shown {
    pub(super) fn new(text: String, structured: &impl Serialize) -> Self {
        Self {
            text,
            structured: serde_json::to_value(structured).ok(),
        }
    }
}

/// What a tool may use.
pub(crate) struct Invocation<'a> {
    pub(crate) taid: &'a Taid,
    pub(crate) settings: &'a Settings,
    pub(crate) receipts: &'a Receipts,
    pub(crate) context: &'a RequestContext<RoleServer>,
    pub(crate) arguments: JsonObject,
    /// The user's answer to a question, if the client brings one.
    pub(crate) answered: Option<Answered>,
}

impl Invocation<'_> {
    /// Parses the arguments, leaving none behind.
    pub(super) fn arguments<A: DeserializeOwned>(&mut self, tool: Tool) -> Result<A, Fault> {
        parse(tool, std::mem::take(&mut self.arguments))
    }

    pub(super) async fn call<M: Method>(&self, method: M) -> Result<M::Answer, Fault> {
        crate::server::call(self.taid, method, self.context).await
    }
}

impl Definition {
    pub(super) fn listed(&self) -> McpTool {
        let annotations = ToolAnnotations::new()
            .read_only(self.hints.read_only)
            .destructive(self.hints.destructive)
            .idempotent(self.hints.idempotent)
            .open_world(true);
        let tool = McpTool::new(self.tool.name(), self.description, JsonObject::new());
        (self.schemas)(tool.with_title(self.title)).with_annotations(annotations)
    }

    /// Runs the tool.
    pub(crate) async fn run(&self, invocation: Invocation<'_>) -> Result<ToolOutcome, Fault> {
        (self.run)(invocation).await
    }
}

fn parse<A: DeserializeOwned>(tool: Tool, arguments: JsonObject) -> Result<A, Fault> {
    serde_json::from_value(Value::Object(arguments)).map_err(|problem| {
        Fault::new(
            FaultCode::BadRequest,
            format!("the arguments of {tool} cannot be used: {problem}"),
        )
        .hint(Hint::reader(
            "correct the arguments and call again; nothing was done",
        ))
    })
}

/// Returns the fault for one argument.
pub(super) fn bad_argument(name: &str, rule: &str) -> Fault {
    Fault::new(
        FaultCode::BadRequest,
        format!("\"{name}\" cannot be used: {rule}"),
    )
    .hint(Hint::reader(format!(
        "change \"{name}\" and call again; nothing was sent or changed"
    )))
}
