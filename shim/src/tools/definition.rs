//! The definition of a tool, its invocation and its outcome.

use super::schemas::Schemas;
use crate::{daemon::Taid, requests::OpenRequests, server::Habits, settings::Settings};
use rmcp::{
    RoleServer,
    model::{InputRequiredResult, JsonObject, MetaObject, Tool as McpTool, ToolAnnotations},
    service::RequestContext,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{pin::Pin, sync::Arc};
use tai_proto::{Fault, FaultCode, Hint, Method, Tool, approval::ConsentAnswer, text::Label};

/// Definition of a tool: what clients list, and the function that runs it.
pub(crate) struct Definition {
    pub(super) tool: Tool,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    pub(super) hints: Hints,
    /// The schemas of its types, which `schemas.json` has.
    #[cfg(test)]
    pub(super) schemas: fn() -> Schemas,
    /// Whether the result has the text of a mail.
    pub(super) returns_mail: bool,
    pub(super) run: for<'a> fn(Invocation<'a>) -> Running<'a>,
}

/// Annotations of a tool. [`is_open_world`] gives the other one.
pub(super) struct Hints {
    pub(super) read_only: bool,
    pub(super) destructive: bool,
    pub(super) idempotent: bool,
}

/// Future of a running tool.
pub(super) type Running<'a> = Pin<Box<dyn Future<Output = Result<ToolOutcome, Fault>> + Send + 'a>>;

/// User's answer to a question, in a repeated request (revision 2026-07-28).
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) ticket: Label,
    pub(crate) answer: ConsentAnswer,
}

/// Outcome of a tool.
pub(crate) enum ToolOutcome {
    /// Result of the tool.
    Shown(Shown),
    /// Question for the client's user. The client repeats the request with the answer.
    Input(InputRequiredResult),
}

/// Result as text and as structured content with the same meaning.
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

/// Call of a tool: the client's arguments, and the parts of the server that the tool uses.
pub(crate) struct Invocation<'a> {
    pub(crate) taid: &'a Taid,
    pub(crate) settings: &'a Settings,
    pub(crate) requests: &'a OpenRequests,
    pub(crate) context: &'a RequestContext<RoleServer>,
    pub(crate) habits: Habits,
    pub(crate) arguments: JsonObject,
    /// User's answer to an earlier question, if the request has one.
    pub(crate) answered: Option<Answered>,
}

impl Invocation<'_> {
    /// Parses the arguments and takes them out of the invocation.
    ///
    /// # Errors
    /// [`FaultCode::BadRequest`] with the parser's message.
    pub(super) fn arguments<A: DeserializeOwned>(&mut self, tool: Tool) -> Result<A, Fault> {
        parse(tool, std::mem::take(&mut self.arguments))
    }

    /// Calls taid with the progress and the cancellation of the request.
    pub(super) async fn call<M: Method>(&self, method: M) -> Result<M::Answer, Fault> {
        crate::server::call(self.taid, method, self.context).await
    }
}

impl Definition {
    /// Returns the tool for `tools/list`, with these schemas.
    pub(super) fn listed(&self, schemas: Schemas) -> McpTool {
        let annotations = ToolAnnotations::new()
            .read_only(self.hints.read_only)
            .destructive(self.hints.destructive)
            .idempotent(self.hints.idempotent)
            .open_world(is_open_world(self.tool));
        let mut tool = McpTool::new(self.tool.name(), self.description, schemas.input)
            .with_title(self.title)
            .with_annotations(annotations);
        tool.output_schema = schemas.output.map(Arc::new);
        if self.returns_mail {
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

    /// Runs the tool.
    pub(crate) async fn run(&self, invocation: Invocation<'_>) -> Result<ToolOutcome, Fault> {
        (self.run)(invocation).await
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

fn parse<A: DeserializeOwned>(tool: Tool, arguments: JsonObject) -> Result<A, Fault> {
    serde_json::from_value(Value::Object(arguments.clone())).map_err(|problem| {
        let problem = problem.to_string();
        match culprit::<A>(&arguments, &problem) {
            Some(name) => bad_argument(name, &problem),
            None => Fault::new(
                FaultCode::BadRequest,
                format!("the arguments of {tool} cannot be used: {problem}"),
            )
            .hint(Hint::reader(
                "correct the arguments and call again; nothing was done",
            )),
        }
    })
}

/// Returns the name of the argument without which the parser has another error or none. Its error does
/// not name an argument of the wrong type.
fn culprit<'a, A: DeserializeOwned>(arguments: &'a JsonObject, problem: &str) -> Option<&'a str> {
    arguments.keys().map(String::as_str).find(|name| {
        let mut others = arguments.clone();
        others.remove(*name);
        let other = serde_json::from_value::<A>(Value::Object(others));
        other.map_or_else(|other| other.to_string() != problem, |_| true)
    })
}

/// Returns the fault for an argument that breaks a rule.
pub(super) fn bad_argument(name: &str, rule: &str) -> Fault {
    Fault::new(
        FaultCode::BadRequest,
        format!("\"{name}\" cannot be used: {rule}"),
    )
    .hint(Hint::reader(format!(
        "correct \"{name}\" and call again; nothing was sent or changed"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;
    use tai_proto::Audience;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Args {
        #[serde(rename = "email_id")]
        _id: u64,
        #[serde(default, rename = "show_read")]
        _yes: bool,
    }

    #[test]
    fn an_error_names_the_argument() {
        let said = |arguments: Value| {
            let arguments = arguments.as_object().cloned().unwrap();
            let fault = parse::<Args>(Tool::FetchEmail, arguments).unwrap_err();
            let text = fault.render(Audience::Agent);
            text.lines().next().unwrap_or_default().to_owned()
        };
        insta::assert_snapshot!(said(json!({"email_id": 7, "show_read": "perhaps"})), @r#"error: "show_read" cannot be used: invalid type: string "perhaps", expected a boolean"#);
        insta::assert_snapshot!(said(json!({"email_id": []})), @r#"error: "email_id" cannot be used: invalid type: sequence, expected u64"#);
        insta::assert_snapshot!(said(json!({"email_id": 7, "id": 7})), @r#"error: "id" cannot be used: unknown field `id`, expected `email_id` or `show_read`"#);
        insta::assert_snapshot!(said(json!({})), @"error: the arguments of fetch_email cannot be used: missing field `email_id`");
        insta::assert_snapshot!(said(json!({"email_id": [], "show_read": 2})), @r#"error: "email_id" cannot be used: invalid type: sequence, expected u64"#);
    }
}
