//! Sending and replying: permitted addresses, stock texts, the attempts at the delivery provider
//! and the circuit breaker around it.

use crate::{
    intake,
    javascript::{field, is_truthy, text_of},
    modes::Provider,
    reply::{Reply, bad, error, internal, not_found, ok},
    store::{self, NewMail},
    world::{SentMail, Shared, lock},
};
use hyper::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

const STOCK_SUBJECT: &str = "Email from CF Mail Bridge";
const STOCK_TEXT: &str =
    "This is an email sent from the Cloudflare Mail Bridge service using Resend.";
const STOCK_PAGE: &str = "<!doctype html><html><body><h1>📧 Email from CF Mail Bridge</h1>\
    <p>This is an email sent from the Cloudflare Mail Bridge service using Resend.</p>\
    <h2>Service Information</h2></body></html>";
const NOT_PROCESSED: &str = "Failed to process email request";

pub(crate) async fn send(
    shared: &Shared,
    user: &str,
    body: Option<Value>,
    provider: Provider,
) -> Reply {
    let Some(body) = body.filter(|body| !body.is_null()) else {
        return internal(NOT_PROCESSED);
    };
    if let Some(refused) = refused(user, field(&body, "to"), field(&body, "from")) {
        return refused;
    }
    let or = |value: &Value, stock: &str| match is_truthy(value) {
        true => value.clone(),
        false => json!(stock),
    };
    let subject = or(field(&body, "subject"), STOCK_SUBJECT);
    let mail = SentMail {
        from: text_of(field(&body, "from")),
        to: text_of(field(&body, "to")),
        subject: text_of(&subject),
        text: text_of(&or(field(&body, "message"), STOCK_TEXT)),
        html: text_of(&or(field(&body, "html"), STOCK_PAGE)),
    };
    match hand_over(shared, &mail, provider).await {
        Ok((message_id, timestamp)) => ok(json!({
            "messageId": message_id, "to": field(&body, "to"), "subject": subject, "timestamp": timestamp,
        })),
        Err(failed) => failed,
    }
}

/// Returns the refusal of a recipient or sender.
fn refused(user: &str, to: &Value, from: &Value) -> Option<Reply> {
    let invalid = |message| Some(bad("INVALID_REQUEST", message));
    if !is_truthy(to) {
        return invalid("Email address is required");
    }
    if !is_address(&text_of(to)) {
        return invalid("Invalid email format");
    }
    let foreign = || {
        Some(error(
            StatusCode::FORBIDDEN,
            "FORBIDDEN",
            "You are not authorized to send from this sender address",
        ))
    };
    if !is_truthy(from) {
        return foreign();
    }
    if !is_address(&text_of(from)) {
        return invalid("Invalid sender email format");
    }
    let Some(from) = from.as_str() else {
        return Some(internal(NOT_PROCESSED));
    };
    let Some(local) = from.strip_suffix("@tai.chat") else {
        return invalid("Sender must be from tai.chat domain");
    };
    let own = local.to_lowercase();
    match own == user || own.ends_with(&format!(".{user}")) {
        true => None,
        false => foreign(),
    }
}

/// Whether a text matches `^[^\s@]+@[^\s@]+\.[^\s@]+$`.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let dots = domain.match_indices('.').map(|(at, _)| at);
    let has_inner_dot = dots.into_iter().any(|at| at > 0 && at + 1 < domain.len());
    !local.is_empty()
        && has_inner_dot
        && !domain.contains('@')
        && !text.contains(char::is_whitespace)
}

/// Hands a mail to the provider, in up to four attempts. Returns its message id and the time, or
/// the answer of a failure.
async fn hand_over(
    shared: &Shared,
    mail: &SentMail,
    provider: Provider,
) -> Result<(String, String), Reply> {
    let delay = {
        let world = lock(shared);
        let is_open = world.breaker.is_open(world.behaviour.now());
        if is_open || provider == Provider::BreakerOpen {
            let message = format!("Circuit breaker is OPEN for send email to {}", mail.to);
            return Err(internal(&message));
        }
        world.behaviour.provider_delay_ms
    };
    let mut failure = "";
    for attempt in 1..=4 {
        let pause = [0, 1, 2, 4].get(attempt as usize - 1).unwrap_or(&0) * delay / 7;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        failure = match provider {
            Provider::LosesAnswers(lost) if attempt <= lost => {
                take(shared, mail)?;
                "Unable to fetch data. The request could not be resolved."
            }
            Provider::Works | Provider::LosesAnswers(_) => {
                let taken = take(shared, mail)?;
                lock(shared).breaker.succeeded();
                return Ok(taken);
            }
            Provider::Hangs => return std::future::pending().await,
            Provider::Refuses => {
                "Invalid `to` field. The email address needs to follow the `email@example.com` or \
                 `Name <email@example.com>` format."
            }
            Provider::Fails => {
                "Internal server error. We are unable to process your request right now, please \
                 try again later."
            }
            Provider::NotInitialized => {
                "Resend service not initialized. Please check RESEND_API_KEY."
            }
            Provider::BreakerOpen => return Err(internal("Circuit breaker is OPEN")),
        };
    }
    let mut world = lock(shared);
    let now = world.behaviour.now();
    world.breaker.failed(now);
    Err(internal(failure))
}

/// Takes a mail, as the provider does: keeps a copy, and delivers it if its recipient is here.
fn take(shared: &Shared, mail: &SentMail) -> Result<(String, String), Reply> {
    let mut world = lock(shared);
    let now = world.behaviour.now();
    world.sent.push(mail.clone());
    let incoming = NewMail {
        from: mail.from.clone(),
        to: mail.to.clone(),
        subject: Some(mail.subject.clone()),
        body_text: Some(mail.text.clone()),
        body_html: (!mail.html.is_empty()).then(|| mail.html.clone()),
        received_at: None,
        is_read: false,
    };
    if intake::is_local(&mail.to) && world.store.deliver(&incoming, now).is_err() {
        return Err(internal("Internal server error"));
    }
    Ok((store::message_id(now), format!("{now:.3}")))
}

pub(crate) async fn reply(
    shared: &Shared,
    user: &str,
    id: i64,
    body: Option<Value>,
    provider: Provider,
) -> Reply {
    let body = body.unwrap_or_default();
    let Some(text) = field(&body, "text")
        .as_str()
        .filter(|text| !text.is_empty())
    else {
        return bad("INVALID_REQUEST", "text is required");
    };
    let original = lock(shared).store.get(user, id);
    let Ok(Some(original)) = original else {
        return not_found("Message not found");
    };
    let subject = field(&body, "subject").as_str().map_or_else(
        || format!("Re: {}", original.subject.as_deref().unwrap_or_default()),
        str::to_owned,
    );
    let mail = SentMail {
        from: original.to,
        to: original.from,
        subject: subject.clone(),
        text: text.to_owned(),
        html: field(&body, "html").as_str().unwrap_or_default().to_owned(),
    };
    match hand_over(shared, &mail, provider).await {
        Ok((message_id, timestamp)) => ok(json!({
            "messageId": message_id, "original_message_id": original.message_id,
            "subject": subject, "timestamp": timestamp,
        })),
        Err(failed) => failed,
    }
}
