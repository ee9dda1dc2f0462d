//! Habits of known MCP clients, measured with `tests/clients/lab`: the size of a result that reaches
//! the model whole, and the forms of a result that the client passes on.

use rmcp::{RoleServer, service::RequestContext};

/// Habits of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Habits {
    /// Largest body in one result, in bytes of its JSON string.
    pub(crate) window: u32,
    /// Largest body in one result, in lines.
    pub(crate) lines: u32,
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

/// Habits of a client that is not known. Each measured client shows both forms of a result whole: the
/// smallest limits are 12,000 bytes of JSON (Codex) and 20,480 bytes of both forms (Copilot).
const UNKNOWN: Habits = Habits {
    window: 8_000,
    lines: u32::MAX,
    forms: Forms::Both,
};

/// Returns the habits of the client that makes a request.
pub(crate) fn habits(context: &RequestContext<RoleServer>) -> Habits {
    let client = context.client_info();
    of_client(client.as_ref().map_or("", |client| client.name.as_str()))
}

fn of_client(name: &str) -> Habits {
    let one_form = |window| Habits { window, ..UNKNOWN };
    let text = |window| Habits {
        window,
        forms: Forms::Text,
        ..UNKNOWN
    };
    // The beginnings of the names: some clients add the name of the server.
    let known = [
        // Its limit is that of `anthropic/maxResultSizeChars` in the list of tools.
        ("claude-code", one_form(100_000)),
        // 40,000 characters.
        ("gemini-cli-mcp-client", one_form(36_000)),
        // 51,200 bytes and 2,000 lines.
        (
            "opencode",
            Habits {
                lines: 1_900,
                ..one_form(46_000)
            },
        ),
        // 28,000 characters of both forms.
        ("qwen-", text(24_000)),
        // 20,480 bytes of both forms.
        ("copilot-cli", text(16_000)),
    ];
    let known = known.into_iter().find(|(begin, _)| name.starts_with(begin));
    known.map_or(UNKNOWN, |(_, habits)| habits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_client_gets_both_forms_of_a_small_part() {
        for name in ["", "mcp", "my-claude-code"] {
            assert_eq!(of_client(name), UNKNOWN);
        }
        assert!(of_client("claude-code").window > UNKNOWN.window);
    }
}
