//! The calls of an agent, and what their results promise.

use super::*;
use crate::sim::client::LONGEST_CALL;

/// Words of a failed send whose outcome the result leaves open.
const OPEN: [&str; 4] = [
    "it is unknown whether",
    "the same email",
    "did not answer in time",
    "was cancelled",
];

/// Result of a tool call.
struct Told {
    is_error: bool,
    text: String,
    structured: Value,
}

impl McpClient {
    /// Does the handshake and subscribes to the inbox.
    pub(super) async fn begin(&self) {
        let capabilities = match self.world.happens(50) {
            true => json!({"elicitation": {}}),
            false => json!({}),
        };
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": capabilities,
            "clientInfo": {"name": "simulated", "version": "1"}});
        let (_, answer) = self.send("initialize", params).await;
        let _ = answer.await;
        self.write(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .await;
        let uri = json!({"uri": "tai-mcp://inbox"});
        let (_, answer) = self.send("resources/subscribe", uri).await;
        let _ = answer.await;
    }

    pub(super) async fn turn(&self) {
        match self.world.draw(100) {
            ..40 => {
                self.fetch().await;
            }
            ..44 => {
                // Two at once.
                tokio::join!(self.fetch(), self.fetch());
            }
            ..76 => self.send_mail().await,
            ..82 => {
                self.call("list_inbox", json!({})).await;
            }
            ..86 => self.read_by_id().await,
            ..90 => self.change("mark_read").await,
            ..92 => self.change("delete_email").await,
            // Not session_status: its length depends on the time that the run takes.
            _ => {
                self.call("search_inbox", json!({"query": "mail"})).await;
            }
        }
    }

    /// Calls a tool, and cancels the call in some cases. `None` if it was cancelled, or if it
    /// exceeded its time limit.
    async fn call(&self, tool: &str, arguments: Value) -> Option<Told> {
        let is_cancelled = self.world.happens(20);
        let limit = match is_cancelled {
            true => self.world.moment(3_000),
            false => LONGEST_CALL,
        };
        let params = json!({"name": tool, "arguments": arguments});
        let (id, answer) = self.send("tools/call", params).await;
        let Ok(answer) = timeout(limit, answer).await else {
            self.state().waiting.remove(&id);
            let params = json!({"requestId": id, "reason": "a time limit"});
            let cancelled = "notifications/cancelled";
            self.write(json!({"jsonrpc": "2.0", "method": cancelled, "params": params}))
                .await;
            match is_cancelled {
                true => self.note(tool, "cancelled"),
                false => self
                    .world
                    .record_violation(format!("{tool} exceeds its time limit")),
            }
            return None;
        };
        let result = &answer.ok()?["result"];
        let told = Told {
            is_error: result["isError"] == true,
            text: result["content"][0]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            structured: result["structuredContent"].clone(),
        };
        let how = told.text.lines().next().unwrap_or_default();
        self.note(tool, if told.is_error { how } else { "done" });
        Some(told)
    }

    /// Reads a part of the oldest mail. Returns whether there is none.
    pub(super) async fn fetch(&self) -> bool {
        let told = self.call("fetch_email", json!({"max_chars": 1000})).await;
        told.is_some_and(|told| !told.is_error && told.structured["email"].is_null())
    }

    async fn send_mail(&self) {
        let (instance, address) = INSTANCES[self.instance];
        let mut text = format!("{instance} by agent {}", self.world.draw(40));
        let told = match self.world.some_mail(address) {
            Some(to) if self.world.happens(30) => {
                text = format!("{text} to {to}");
                self.world.attempts(&text);
                self.call("reply_email", json!({"message_id": to, "content": text}))
                    .await
            }
            _ => {
                self.world.attempts(&text);
                let mail = json!({"to": "bob@example.com", "subject": "s", "content": text});
                self.call("send_email", mail).await
            }
        };
        match told {
            None => {}
            Some(told) if !told.is_error => self.world.told(&text, true),
            Some(told) if OPEN.iter().any(|open| told.text.contains(open)) => {}
            Some(_) => self.world.told(&text, false),
        }
    }

    async fn read_by_id(&self) {
        let Some(id) = self.world.some_mail(INSTANCES[self.instance].1) else {
            return;
        };
        let told = self.call("fetch_email", json!({"email_id": id})).await;
        if let Some(told) = told.filter(|told| !told.is_error) {
            if told.structured["email"]["id"] != id {
                let how = format!("another mail was read than {id}");
                self.world.record_violation(how);
            }
            self.world.read_by_id(id);
        }
    }

    /// Marks a mail read, or deletes it, and checks that a reported change was made.
    async fn change(&self, tool: &str) {
        let Some(id) = self.world.some_mail(INSTANCES[self.instance].1) else {
            return;
        };
        self.world.read_by_id(id);
        let told = self.call(tool, json!({"email_id": id})).await;
        if told.is_some_and(|told| !told.is_error) {
            self.world.check_changed(id, tool == "delete_email");
        }
    }
}
