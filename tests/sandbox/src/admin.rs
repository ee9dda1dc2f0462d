//! The switches and the records, under `/__sandbox`:
//!
//! | Request | Does |
//! |---|---|
//! | `GET /__sandbox/counts` | how many requests each endpoint got |
//! | `GET /__sandbox/log` | the last 1,000 requests |
//! | `GET /__sandbox/mails` | every mail, with its body |
//! | `GET /__sandbox/behaviour` | how it behaves |
//! | `PATCH /__sandbox/behaviour {field: value}` | changes what is named |
//! | `POST /__sandbox/faults {kind,count,endpoint,retry_after}` | commits that fault next |
//! | `POST /__sandbox/revoke` | makes every token invalid |
//! | `POST /__sandbox/deliver {from,to,subject,...}` | puts a mail into a mailbox |
//!
//! It says nothing to the mail API and is not part of it.

use crate::{Behaviour, Fault, NewMail, World, secrets};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

const KEPT: usize = 1000;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The method and the path, mail ids as `{id}`.
    pub endpoint: String,
    /// The path and query as they came.
    pub target: String,
    /// The status of the answer; 0 when there was none.
    pub status: u16,
    /// The User-Agent header.
    pub user_agent: String,
    /// The Content-Type header.
    pub content_type: String,
    /// The scheme of the Authorization header, never the token.
    pub auth_scheme: String,
    /// Whether the client takes gzip.
    pub accepts_gzip: bool,
}

/// What was asked.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    counts: BTreeMap<String, u64>,
    entries: VecDeque<Entry>,
}

impl Journal {
    pub(crate) fn arrived(&mut self, endpoint: &str) {
        *self.counts.entry(endpoint.to_owned()).or_default() += 1;
    }

    pub(crate) fn answered(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn count(&self, endpoint: &str) -> u64 {
        self.counts.get(endpoint).copied().unwrap_or_default()
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.iter().cloned().collect()
    }
}

/// Answers a request below `/__sandbox`; an error is a text for whoever asked.
pub(crate) fn handle(world: &mut World, endpoint: &str, body: &[u8]) -> Result<Value, String> {
    let parse = |error: serde_json::Error| error.to_string();
    let stored = |error: rusqlite::Error| error.to_string();
    match endpoint {
        "GET /__sandbox/counts" => Ok(json!(world.journal.counts)),
        "GET /__sandbox/log" => Ok(json!(world.journal.entries)),
        "GET /__sandbox/mails" => Ok(json!(world.store.all().map_err(stored)?)),
        "GET /__sandbox/behaviour" => Ok(json!(world.behaviour)),
        "PATCH /__sandbox/behaviour" => {
            let changes: serde_json::Map<String, Value> =
                serde_json::from_slice(body).map_err(parse)?;
            let mut all = serde_json::to_value(&world.behaviour).map_err(parse)?;
            if let Some(object) = all.as_object_mut() {
                object.extend(changes);
            }
            world.behaviour = serde_json::from_value::<Behaviour>(all).map_err(parse)?;
            Ok(json!(world.behaviour))
        }
        "POST /__sandbox/faults" => {
            let fault: Fault = serde_json::from_slice(body).map_err(parse)?;
            world.behaviour.faults.push_back(fault);
            Ok(json!(world.behaviour.faults))
        }
        "POST /__sandbox/revoke" => {
            world.secret = secrets::TokenSecret::random();
            Ok(json!({"revoked": true}))
        }
        "POST /__sandbox/deliver" => {
            let mail: NewMail = serde_json::from_slice(body).map_err(parse)?;
            let now = world.behaviour.now();
            let id = world.store.deliver(&mail, now).map_err(stored)?;
            id.map(|id| json!({"id": id}))
                .ok_or_else(|| "nobody here has that address".to_owned())
        }
        _ => Err(format!("no such switch: {endpoint}")),
    }
}
