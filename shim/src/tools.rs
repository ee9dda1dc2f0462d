//! The MCP tools. Each tool has one file with its description, arguments, call and result.

mod arguments;
mod definition;
mod delete_email;
mod fetch_email;
mod list;
mod list_inbox;
#[cfg(test)]
mod listing;
mod mail_page;
mod mail_reader;
mod mark_read;
mod not_sent;
mod refusal;
mod reply_email;
mod search_inbox;
mod send_email;
mod session_status;
mod submission;
mod submit;
mod threads;
mod wait_for_email;

pub(crate) use definition::{Invocation, ToolOutcome};
pub(crate) use list_inbox::show as show_inbox;
pub(crate) use mail_page::{MailPage, fence, json_line, nonce};
pub(crate) use submit::answered;

use crate::{habits::Forms, settings::Settings};
use definition::Definition;
use list::{BOTH, TEXT};
use std::sync::OnceLock;
use tai_proto::Tool;

/// Definitions of all tools, in the order of [`Tool::ALL`].
static DEFINITIONS: [Definition; Tool::ALL.len()] = [
    send_email::DEFINITION,
    fetch_email::DEFINITION,
    list_inbox::DEFINITION,
    reply_email::DEFINITION,
    delete_email::DEFINITION,
    mark_read::DEFINITION,
    search_inbox::DEFINITION,
    session_status::DEFINITION,
    wait_for_email::DEFINITION,
];

/// The tools of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// All tools.
    All,
    /// Those of an agent that answers one email: it must not take the next emails from `live`.
    Answering,
}

impl Offer {
    /// Returns the tools of the client with these settings.
    pub(crate) fn of(settings: &Settings) -> Self {
        match settings.answers {
            None => Offer::All,
            Some(_) => Offer::Answering,
        }
    }

    fn has(self, tool: Tool) -> bool {
        match tool {
            Tool::SendEmail
            | Tool::FetchEmail
            | Tool::ListInbox
            | Tool::ReplyEmail
            | Tool::SearchInbox
            | Tool::SessionStatus => true,
            Tool::DeleteEmail | Tool::MarkRead | Tool::WaitForEmail => self == Offer::All,
        }
    }

    /// Returns the names of the tools.
    pub(crate) fn names(self) -> Vec<&'static str> {
        let offered = Tool::ALL.into_iter().filter(|tool| self.has(*tool));
        offered.map(Tool::name).collect()
    }

    /// Returns the tools for `tools/list` as a JSON array on one line.
    pub(crate) fn list(self, forms: Forms) -> &'static [u8] {
        static BOTH_LIST: [u8; BOTH.len() + 1] = array(BOTH);
        static TEXT_LIST: [u8; TEXT.len() + 1] = array(TEXT);
        static ANSWERING: [OnceLock<Vec<u8>>; 2] = [const { OnceLock::new() }; 2];
        let [both, text] = &ANSWERING;
        match (self, forms) {
            (Offer::All, Forms::Both) => &BOTH_LIST,
            (Offer::All, Forms::Text) => &TEXT_LIST,
            (Offer::Answering, Forms::Both) => both.get_or_init(|| self.some_of(BOTH)),
            (Offer::Answering, Forms::Text) => text.get_or_init(|| self.some_of(TEXT)),
        }
    }

    /// Returns the offered ones of all tools.
    fn some_of(self, lines: &str) -> Vec<u8> {
        let all = Tool::ALL.into_iter().zip(lines.lines());
        let offered: Vec<&str> = all
            .filter(|(tool, _)| self.has(*tool))
            .map(|(_, line)| line)
            .collect();
        format!("[{}]", offered.join(",")).into_bytes()
    }

    /// Returns the definition of the tool with this name.
    pub(crate) fn find(self, name: &str) -> Option<&'static Definition> {
        DEFINITIONS
            .iter()
            .find(|definition| definition.tool.name() == name && self.has(definition.tool))
    }
}

/// Returns the lines as a JSON array, which has one byte more.
#[expect(clippy::indexing_slicing, reason = "it runs in the compiler")]
const fn array<const LENGTH: usize>(lines: &str) -> [u8; LENGTH] {
    let mut array = [b'['; LENGTH];
    let mut at = 1;
    while at < LENGTH {
        array[at] = match lines.as_bytes()[at - 1] {
            b'\n' if at + 1 == LENGTH => b']',
            b'\n' => b',',
            byte => byte,
        };
        at += 1;
    }
    array
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_has_one_definition_in_the_listed_order() {
        let defined = DEFINITIONS.each_ref().map(|definition| definition.tool);
        assert_eq!(defined, Tool::ALL);
        assert!(Offer::All.find("rm").is_none());
    }

    #[test]
    fn each_line_of_the_lists_is_a_tool_as_its_definition_and_its_types_have_it() {
        for (name, file, forms) in [("both", BOTH, Forms::Both), ("text", TEXT, Forms::Text)] {
            let tools = DEFINITIONS.iter().map(|definition| {
                let tool = definition.listing.listed(definition.tool, forms);
                serde_json::to_string(&tool).unwrap() + "\n"
            });
            let tools: String = tools.collect();
            if std::env::var_os("UPDATE_TOOLS").is_some() {
                let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tools/list");
                std::fs::write(format!("{folder}/{name}.jsonl"), &tools).unwrap();
            }
            assert!(
                file == tools,
                "UPDATE_TOOLS=1 cargo test -p tai-mcp --lib each_line_of_the_lists"
            );
        }
    }
}
