//! The tools of the MCP server.
//!
//! This list is the source of the names in permissions, in tai-mcp, in the bundle's manifest and
//! in the documentation.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Tool of the MCP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Tool {
    /// Sends a mail.
    SendEmail,
    /// Reads a mail.
    FetchEmail,
    /// Lists mails.
    ListInbox,
    /// Replies to a mail.
    ReplyEmail,
    /// Deletes a mail.
    DeleteEmail,
    /// Marks a mail read.
    MarkRead,
    /// Finds mails.
    SearchInbox,
    /// Reports the state of the session.
    SessionStatus,
    /// Waits for a mail and reads it.
    WaitForEmail,
}

/// Error for text that is not the name of a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no tool of this name")]
pub struct UnknownTool;

impl Tool {
    /// All tools, in the order of `tools/list`.
    pub const ALL: [Tool; 9] = [
        Tool::SendEmail,
        Tool::FetchEmail,
        Tool::ListInbox,
        Tool::ReplyEmail,
        Tool::DeleteEmail,
        Tool::MarkRead,
        Tool::SearchInbox,
        Tool::SessionStatus,
        Tool::WaitForEmail,
    ];

    /// Returns the name in MCP and in the configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Tool::SendEmail => "send_email",
            Tool::FetchEmail => "fetch_email",
            Tool::ListInbox => "list_inbox",
            Tool::ReplyEmail => "reply_email",
            Tool::DeleteEmail => "delete_email",
            Tool::MarkRead => "mark_read",
            Tool::SearchInbox => "search_inbox",
            Tool::SessionStatus => "session_status",
            Tool::WaitForEmail => "wait_for_email",
        }
    }

    /// Returns whether the tool sends or deletes mail. `read_only = true` forbids these tools.
    pub const fn is_write(self) -> bool {
        match self {
            Tool::SendEmail | Tool::ReplyEmail | Tool::DeleteEmail => true,
            Tool::FetchEmail
            | Tool::ListInbox
            | Tool::MarkRead
            | Tool::SearchInbox
            | Tool::SessionStatus
            | Tool::WaitForEmail => false,
        }
    }

    /// Returns the other tool whose permission this tool needs: a tool that reads a mail, because
    /// `fetch_email` reads the further parts of it.
    pub const fn needs(self) -> Option<Tool> {
        match self {
            Tool::WaitForEmail => Some(Tool::FetchEmail),
            Tool::SendEmail
            | Tool::FetchEmail
            | Tool::ListInbox
            | Tool::ReplyEmail
            | Tool::DeleteEmail
            | Tool::MarkRead
            | Tool::SearchInbox
            | Tool::SessionStatus => None,
        }
    }
}

impl FromStr for Tool {
    type Err = UnknownTool;

    fn from_str(text: &str) -> Result<Self, UnknownTool> {
        let found = Tool::ALL.into_iter().find(|tool| tool.name() == text);
        found.ok_or(UnknownTool)
    }
}

impl TryFrom<String> for Tool {
    type Error = UnknownTool;

    fn try_from(text: String) -> Result<Self, UnknownTool> {
        text.parse()
    }
}

impl From<Tool> for &'static str {
    fn from(tool: Tool) -> Self {
        tool.name()
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_to_its_tool() {
        for tool in Tool::ALL {
            assert_eq!(tool.name().parse(), Ok(tool));
        }
        assert_eq!("Send_Email".parse::<Tool>(), Err(UnknownTool));
    }
}
