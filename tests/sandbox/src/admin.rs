//! Switches and records of the sandbox, for tests and people, under `/__sandbox`:
//!
//! - `GET counts`, `log`, `mails`, `behaviour`: requests per endpoint, the last 1,000 requests,
//!   all mails with bodies, the behaviour
//! - `PATCH behaviour {field: value}`: changes the named fields
//! - `POST faults {kind,count,endpoint,retry_after,answer}`: adds a fault for the next requests
//! - `POST revoke`: makes all tokens invalid
//! - `POST deliver {from,to,subject,...}`: puts a mail into a mailbox
//!
//! This is not a part of the mail API; requests here are neither counted nor logged.

use crate::{Behaviour, Fault, NewMail, secrets, world::World};
use serde_json::{Value, json};

/// Answers a request below `/__sandbox`. The error is the text of a 400 answer.
pub(crate) fn handle(world: &mut World, endpoint: &str, body: &[u8]) -> Result<Value, String> {
    let parse = |error: serde_json::Error| error.to_string();
    let stored = |error: rusqlite::Error| error.to_string();
    match endpoint {
        "GET /__sandbox/counts" => Ok(json!(world.journal.counts())),
        "GET /__sandbox/log" => Ok(json!(world.journal.entries())),
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
                .ok_or_else(|| "no account has that address".to_owned())
        }
        _ => Err(format!("unknown switch `{endpoint}`")),
    }
}
