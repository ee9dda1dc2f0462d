//! The ids of messages that cannot be read otherwise.

use rmcp::model::RequestId;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use std::collections::HashMap;

/// Returns the id of a request that cannot be read otherwise: it contains bytes that are not UTF-8,
/// or is nested too deep. Without its id, the client would wait for the answer until its time limit.
pub(super) fn id_of_request(line: &[u8]) -> Value {
    #[derive(Deserialize)]
    struct Head {
        id: Value,
        #[serde(rename = "method")]
        _method: String,
    }
    let text = String::from_utf8_lossy(line);
    let head = serde_json::from_str::<Head>(&text).ok();
    let id = head.filter(|_| line.starts_with(b"{")).map(|head| head.id);
    id.filter(is_usable).unwrap_or_default()
}

/// Returns the id of an answer that cannot be read otherwise.
pub(super) fn id_of_answer(line: &[u8]) -> Option<RequestId> {
    #[derive(Deserialize)]
    struct Head {
        id: Value,
        method: Option<IgnoredAny>,
    }
    let text = String::from_utf8_lossy(line);
    let members = serde_json::from_str::<HashMap<String, IgnoredAny>>(&text).ok()?;
    let has_outcome = members.contains_key("result") || members.contains_key("error");
    let head = serde_json::from_str::<Head>(&text).ok()?;
    let id = Some(head.id).filter(|id| has_outcome && head.method.is_none() && is_usable(id));
    serde_json::from_value(id?).ok()
}

/// Returns whether rmcp can repeat an id in an answer.
pub(super) fn is_usable(id: &Value) -> bool {
    id.is_string() || id.is_i64()
}
