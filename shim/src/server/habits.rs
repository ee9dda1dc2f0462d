//! Habits of known MCP clients, measured with `tests/clients/lab`: the size of a result that reaches
//! the model whole, and the forms of a result that the client passes on.

use rmcp::{RoleServer, service::RequestContext};

/// Habits of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Habits {
    /// Largest content of one result, in bytes.
    pub(crate) window: u32,
    pub(crate) forms: Forms,
}

/// Forms of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forms {
    /// Text and structured content: the client passes one of them on, or is not known.
    Both,
    /// Text alone: the client passes both on, so that each body would reach the model twice.
    Text,
}

/// Window for a client that is not known. Each measured client shows both forms of it whole.
const DEFAULT_WINDOW: u32 = 8_000;

/// Returns the habits of the client that makes a request.
pub(crate) fn habits(context: &RequestContext<RoleServer>) -> Habits {
    let client = context.client_info();
    of_client(client.as_ref().map_or("", |client| client.name.as_str()))
}

fn of_client(name: &str) -> Habits {
    let of = |window, forms| Habits { window, forms };
    // Some clients add the name of the server.
    let known = [
        ("claude-code", of(100_000, Forms::Both)),
        ("gemini-cli-mcp-client", of(32_000, Forms::Both)),
        ("opencode", of(40_000, Forms::Both)),
        ("qwen-", of(12_000, Forms::Text)),
        ("github-copilot", of(8_000, Forms::Text)),
        ("copilot", of(8_000, Forms::Text)),
    ];
    let known = known.into_iter().find(|(begin, _)| name.starts_with(begin));
    known.map_or(of(DEFAULT_WINDOW, Forms::Both), |(_, habits)| habits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_client_gets_both_forms_of_a_small_part() {
        for name in ["", "mcp", "my-claude-code"] {
            let habits = of_client(name);
            assert_eq!(habits.window, DEFAULT_WINDOW);
            assert_eq!(habits.forms, Forms::Both);
        }
        assert!(of_client("claude-code").window > DEFAULT_WINDOW);
    }
}
