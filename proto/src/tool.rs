//! The tools that MCP clients see: the one list from which the permission names, the tool list
//! of tai-mcp, the bundle's manifest and the documentation come.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A tool of the MCP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Tool {
    /// Sends a mail.
    SendEmail,
    /// Reads a mail.
    FetchEmail,
    /// Lists mails.
    ListInbox,
    /// Answers a mail.
    ReplyEmail,
    /// Deletes a mail.
    DeleteEmail,
    /// Marks a mail read.
    MarkRead,
    /// Finds mails.
    SearchInbox,
    /// Reports the state of the session.
    SessionStatus,
}

/// The error for text that is no tool's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no tool of this name")]
pub struct UnknownTool;

impl Tool {
    /// All tools, in the order in which clients list them.
    pub const ALL: [Tool; 8] = [
        Tool::SendEmail,
        Tool::FetchEmail,
        Tool::ListInbox,
        Tool::ReplyEmail,
        Tool::DeleteEmail,
        Tool::MarkRead,
        Tool::SearchInbox,
        Tool::SessionStatus,
    ];

    /// Returns the name that MCP clients and the configuration use.
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
        }
    }

    /// Whether the tool sends or deletes mail, which `read_only = true` of an instance forbids.
    pub const fn is_write(self) -> bool {
        match self {
            Tool::SendEmail | Tool::ReplyEmail | Tool::DeleteEmail => true,
            Tool::FetchEmail
            | Tool::ListInbox
            | Tool::MarkRead
            | Tool::SearchInbox
            | Tool::SessionStatus => false,
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
    fn every_tool_is_found_by_its_name() {
        for tool in Tool::ALL {
            assert_eq!(tool.name().parse(), Ok(tool));
        }
        assert_eq!("Send_Email".parse::<Tool>(), Err(UnknownTool));
    }
}
