//! Reading and changing mails in the mail API: list, one mail, mark, delete, unread count.

use crate::{
    javascript::{as_sql, parameter, parse_int},
    modes::Database,
    reply::{Reply, bad, internal, not_found, ok},
    store,
    world::World,
};
use serde_json::{Value, json};

/// Returns the number of a parameter; `default` if it is missing or empty, NaN if it is not a
/// number.
fn number(query: &str, name: &str, default: f64) -> f64 {
    match parameter(query, name).filter(|text| !text.is_empty()) {
        None => default,
        Some(text) => parse_int(&text).unwrap_or(f64::NAN),
    }
}

pub(crate) fn list(world: &World, user: &str, query: &str, database: Database) -> Reply {
    let limit = number(query, "limit", 50.0);
    let limit = if limit > 200.0 { 200.0 } else { limit };
    let offset = number(query, "offset", 0.0);
    let prefix = parameter(query, "prefix").filter(|prefix| !prefix.is_empty());
    let found = match (as_sql(limit), as_sql(offset)) {
        (Some(limit), Some(offset)) if database.reads_messages() => world
            .store
            .list(&store::Page {
                user,
                prefix: prefix.as_deref(),
                limit,
                offset,
            })
            .ok(),
        _ => None,
    };
    // The bridge reports a failed query as an empty mailbox.
    let (mails, count) = found.unwrap_or_default();
    let has_more = offset + limit < count as f64;
    let modern = world.behaviour.modern_fields;
    let messages: Vec<Value> = mails.iter().map(|mail| shown(mail, modern)).collect();
    ok(json!({"messages": messages, "count": count, "has_more": has_more}))
}

fn shown(mail: &store::Mail, modern: bool) -> Value {
    let (read, received) = if modern {
        (
            json!(mail.is_read),
            format!("{}.000Z", mail.received_at.replace(' ', "T")),
        )
    } else {
        (json!(i32::from(mail.is_read)), mail.received_at.clone())
    };
    json!({
        "id": mail.id, "message_id": mail.message_id, "from": mail.from, "to": mail.to,
        "subject": mail.subject, "body_text": mail.body_text, "body_html": mail.body_html,
        "is_read": read, "received_at": received, "size": mail.size,
    })
}

pub(crate) fn one(world: &World, user: &str, id: f64, database: Database) -> Reply {
    let id = as_sql(id).filter(|_| database.reads_messages());
    match id.map(|id| world.store.get(user, id)) {
        Some(Ok(Some(mail))) => ok(shown(&mail, world.behaviour.modern_fields)),
        _ => not_found("Message not found"),
    }
}

pub(crate) fn mark_read(world: &World, user: &str, id: f64, database: Database) -> Reply {
    let id = as_sql(id).filter(|_| database.writes_messages());
    match id.map(|id| (id, world.store.mark_read(user, id))) {
        Some((id, Ok(true))) => ok(json!({"message": "Message marked as read", "id": id})),
        _ => not_found("Message not found or could not be marked as read"),
    }
}

pub(crate) fn delete(world: &World, user: &str, id: f64, database: Database) -> Reply {
    let id = as_sql(id).filter(|_| database.writes_messages());
    match id.map(|id| (id, world.store.delete(user, id))) {
        Some((id, Ok(true))) => ok(json!({"message": "Message deleted successfully", "id": id})),
        _ => not_found("Message not found or could not be deleted"),
    }
}

pub(crate) fn unread(world: &World, query: &str) -> Reply {
    let Some(to) = parameter(query, "to") else {
        return bad("INVALID_REQUEST", "to is required");
    };
    let from = parameter(query, "from");
    match world.store.unread(&to, from.as_deref()) {
        Ok(count) => ok(json!({"to": to, "from": from, "unread_count": count})),
        Err(_) => internal("Internal server error"),
    }
}
