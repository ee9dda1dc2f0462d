//! The server entry of a configuration, and errors of edits.

/// Name of the server in a client's configuration.
pub(in crate::cli) const KEY: &str = "tai";

/// The server that a client starts.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Server<'a> {
    /// Full path of tai-mcp, because a client may have another PATH.
    pub(in crate::cli) command: &'a str,
    /// Instance of the client.
    pub(in crate::cli) instance: &'a str,
    /// Profile of the client.
    pub(in crate::cli) profile: &'a str,
    /// Whether the client may run every tool without asking, if its entry can say so.
    pub(in crate::cli) approves_tools: bool,
}

impl Server<'_> {
    /// Returns the variables of the server. The default profile needs none.
    pub(super) fn environment(&self) -> Vec<(&'static str, &str)> {
        let mut variables = vec![("TAI_MCP_INSTANCE", self.instance)];
        if self.profile != "default" {
            variables.push(("TAI_MCP_PROFILE", self.profile));
        }
        variables
    }
}

/// Reason for which a configuration cannot be edited.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::cli) enum EditError {
    /// The text is not in the client's format.
    #[error("syntax error: {0}")]
    Syntax(String),
    /// A key has another type than the client expects.
    #[error("\"{0}\" has an unexpected type")]
    Shape(&'static str),
}
