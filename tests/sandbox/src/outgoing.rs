//! Sending and replying: permitted senders, the delivery provider and its circuit breaker, and
//! delivery to the mailboxes of the sandbox.

use crate::{
    NewMail,
    reply::{Reply, bad, error, internal, not_found, ok},
    store,
    world::{Shared, lock},
};
use hyper::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

const STOCK_TEXT: &str =
    "This email contains HTML content. Please view it in an HTML-capable client.";

pub(crate) async fn send(shared: &Shared, user: &str, body: &Value) -> Reply {
    let Some(to) = body["to"].as_str().filter(|to| is_plain_address(to)) else {
        return bad("INVALID_REQUEST", "Invalid recipient");
    };
    let from = body["from"].as_str().unwrap_or_default();
    let own = format!("{user}@tai.chat");
    if from != own && !from.ends_with(&format!(".{own}")) {
        return error(
            StatusCode::FORBIDDEN,
            "FORBIDDEN",
            "You can only send from your own addresses",
        );
    }
    if let Some(failed) = provider(shared).await {
        return failed;
    }
    let html = body["html"].as_str();
    let text = body["message"].as_str().or(html.map(|_| STOCK_TEXT));
    let subject = body["subject"].as_str().unwrap_or("(no subject)");
    match deliver(shared, from, to, subject, text, html) {
        Ok((message_id, timestamp)) => ok(json!({
            "messageId": message_id, "to": to, "subject": subject, "timestamp": timestamp,
        })),
        Err(_) => internal(),
    }
}

fn is_plain_address(to: &str) -> bool {
    matches!(to.split_once('@'), Some((local, domain))
        if !local.is_empty() && !domain.is_empty()
            && !to.contains(['<', '>', ',', ';', ' ', '\r', '\n']) && !domain.contains('@'))
}

/// Simulates the delivery provider, whose failures the bridge retries before it reports them.
/// Returns the answer of a failure; `None` on success.
async fn provider(shared: &Shared) -> Option<Reply> {
    let delay = {
        let mut world = lock(shared);
        let now = world.behaviour.now();
        if world.breaker.is_open(now) {
            return Some(error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "INTERNAL_ERROR",
                "Circuit breaker is OPEN",
            ));
        }
        if !world.behaviour.provider_down {
            world.breaker.succeeded();
            return None;
        }
        world.behaviour.provider_delay_ms
    };
    tokio::time::sleep(Duration::from_millis(delay)).await;
    let mut world = lock(shared);
    let now = world.behaviour.now();
    world.breaker.failed(now);
    Some(error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL_ERROR",
        "Failed to send email",
    ))
}

fn deliver(
    shared: &Shared,
    from: &str,
    to: &str,
    subject: &str,
    text: Option<&str>,
    html: Option<&str>,
) -> rusqlite::Result<(String, String)> {
    let mut world = lock(shared);
    let now = world.behaviour.now();
    let mail = NewMail {
        from: from.into(),
        to: to.into(),
        subject: Some(subject.into()),
        body_text: text.map(str::to_owned),
        body_html: html.map(str::to_owned),
        received_at: None,
    };
    // Mail to other addresses is accepted and dropped.
    world.store.deliver(&mail, now)?;
    Ok((store::message_id(now), format!("{now:.3}")))
}

pub(crate) async fn reply(shared: &Shared, user: &str, id: i64, body: &Value) -> Reply {
    let Some(text) = body["text"].as_str().filter(|text| !text.is_empty()) else {
        return bad("INVALID_REQUEST", "text is required");
    };
    let original = lock(shared).store.get(user, id);
    let Ok(Some(original)) = original else {
        return not_found("Message");
    };
    if let Some(failed) = provider(shared).await {
        return failed;
    }
    let subject = body["subject"].as_str().map_or_else(
        || format!("Re: {}", original.subject.as_deref().unwrap_or_default()),
        str::to_owned,
    );
    match deliver(
        shared,
        &original.to,
        &original.from,
        &subject,
        Some(text),
        body["html"].as_str(),
    ) {
        Ok((message_id, timestamp)) => ok(json!({
            "messageId": message_id, "original_message_id": original.message_id,
            "subject": subject, "timestamp": timestamp,
        })),
        Err(_) => internal(),
    }
}
