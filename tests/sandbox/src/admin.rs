//! Switches and records of the sandbox, for tests and people, under `/__sandbox`:
//!
//! - `GET counts`, `log`, `mails`, `sent`, `behaviour`: requests per endpoint, the last 1,000
//!   requests, the mails of all mailboxes, the copies at the provider, the behaviour
//! - `PATCH behaviour {field: value}`: changes the named fields
//! - `POST faults {kind,count,endpoint,retry_after,answer}`: adds a fault for the next requests;
//!   `kind` is a word, `{"database": "down"}` or `{"provider": {"loses_answers": 2}}`
//! - `POST revoke`, `delete-account {username}`: makes all tokens invalid, deletes an account
//! - `POST release`: releases the requests that the fault `hold` holds
//! - `POST deliver {from,to,subject,...}`: delivers a mail; requests here are not logged

use crate::{
    behaviour::Behaviour, fault::Fault, javascript::field, secrets, store::NewMail, world::World,
};
use serde_json::{Value, json};

/// Answers a request below `/__sandbox`. The error is the text of a 400 answer.
pub(crate) fn handle(world: &mut World, endpoint: &str, body: &[u8]) -> Result<Value, String> {
    let parse = |error: serde_json::Error| error.to_string();
    let stored = |error: rusqlite::Error| error.to_string();
    match endpoint {
        "GET /__sandbox/counts" => Ok(json!(world.journal.counts())),
        "GET /__sandbox/log" => Ok(json!(world.journal.entries())),
        "GET /__sandbox/mails" => Ok(json!(world.store.all().map_err(stored)?)),
        "GET /__sandbox/sent" => Ok(json!(world.sent)),
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
        "POST /__sandbox/release" => {
            world.released.send_replace(());
            Ok(json!({"released": true}))
        }
        "POST /__sandbox/revoke" => {
            world.secret = secrets::TokenSecret::random();
            Ok(json!({"revoked": true}))
        }
        "POST /__sandbox/delete-account" => {
            let body: Value = serde_json::from_slice(body).map_err(parse)?;
            let username = field(&body, "username").as_str().unwrap_or_default();
            let deleted = world.store.delete_account(username).map_err(stored)?;
            Ok(json!({"deleted": deleted}))
        }
        "POST /__sandbox/deliver" => {
            let mail: NewMail = serde_json::from_slice(body).map_err(parse)?;
            let now = world.behaviour.now();
            let id = world.store.deliver(&mail, now).map_err(stored)?;
            id.map(|id| json!({"id": id}))
                .ok_or_else(|| "the address is refused, or no account has it".to_owned())
        }
        _ => Err(format!("unknown switch `{endpoint}`")),
    }
}
