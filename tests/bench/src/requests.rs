//! The JSON-RPC lines that the benchmark writes to MCP servers. Each ends with a newline.

use serde_json::json;

pub(crate) fn line(id: u32, method: &str, params: serde_json::Value) -> String {
    format!(
        "{}\n",
        json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
    )
}

pub(crate) fn initialize() -> String {
    let client = json!({"name": "bench", "version": "1"});
    line(
        0,
        "initialize",
        json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}),
    )
}

pub(crate) fn discover() -> String {
    line(
        0,
        "server/discover",
        json!({"_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        }}),
    )
}

pub(crate) fn list() -> String {
    line(
        1,
        "tools/call",
        json!({"name": "list_inbox", "arguments": {}}),
    )
}
