//! The definition of a tool, its invocation and its outcome.

#[cfg(test)]
use super::listing::Listing;
use super::refusal::refused;
use crate::{
    daemon::Taid,
    habits::Habits,
    object::{self, Problem},
    requests::OpenRequests,
    settings::Settings,
};
use rmcp::{
    RoleServer,
    model::{InputRequiredResult, JsonObject},
    service::RequestContext,
};
use serde::{Serialize, de::DeserializeOwned};
use std::pin::Pin;
use tai_proto::{Fault, Method, Tool, approval::ConsentAnswer, text::Label};

/// Definition of a tool: the function that runs it, and what clients list.
pub(crate) struct Definition {
    pub(crate) tool: Tool,
    /// The list that clients get is in a file, which a test compares with this.
    #[cfg(test)]
    pub(super) listing: Listing,
    pub(super) run: for<'a> fn(Invocation<'a>) -> Running<'a>,
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
    /// JSON.
    pub(crate) structured: Option<String>,
}

impl Shown {
    pub(super) fn new(text: String, structured: &impl Serialize) -> Self {
        Self {
            text,
            structured: serde_json::to_string(structured).ok(),
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
    /// As [`parse`].
    pub(super) fn arguments<A: DeserializeOwned>(&mut self, tool: Tool) -> Result<A, Fault> {
        parse(tool, &std::mem::take(&mut self.arguments))
    }

    /// Calls taid with the progress and the cancellation of the request.
    pub(super) async fn call<M: Method>(&self, method: M) -> Result<M::Answer, Fault> {
        crate::calls::call(self.taid, method, self.context).await
    }
}

impl Definition {
    /// Runs the tool.
    pub(crate) async fn run(&self, invocation: Invocation<'_>) -> Result<ToolOutcome, Fault> {
        (self.run)(invocation).await
    }
}

/// Parses the arguments of a tool.
///
/// # Errors
/// [`FaultCode::BadRequest`](tai_proto::FaultCode::BadRequest), which names the refused argument.
pub(super) fn parse<A: DeserializeOwned>(tool: Tool, arguments: &JsonObject) -> Result<A, Fault> {
    object::read(arguments)
        .map_err(|Problem { member, .. }| refused(tool, arguments, member.as_deref()))
}
