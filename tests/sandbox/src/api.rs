//! The mail API, request by request, with the observed quirks of the real bridge.

use crate::{
    Tokens, outgoing,
    reply::{Reply, bad, error, internal, not_found, ok, unauthorized},
    secrets, store,
    world::{Shared, World, lock},
};
use hyper::{StatusCode, body::Bytes, header, http::request::Parts};
use serde_json::{Value, json};

pub(crate) async fn handle(shared: &Shared, head: &Parts, endpoint: &str, body: Bytes) -> Reply {
    let parse = || serde_json::from_slice::<Value>(&body).ok();
    match endpoint {
        "GET /health" | "GET /api/v1/health" => {
            let behaviour = &lock(shared).behaviour;
            if behaviour.health_below_api == (endpoint == "GET /health") {
                return not_found("Endpoint");
            }
            let (status, word) = match behaviour.healthy {
                true => (StatusCode::OK, "healthy"),
                false => (StatusCode::SERVICE_UNAVAILABLE, "unhealthy"),
            };
            let now = behaviour.now().to_string();
            let body = json!({"status": word, "timestamp": now});
            return Reply { status, body };
        }
        "POST /api/v1/register" => {
            let Some(body) = parse() else {
                return internal();
            };
            return register(shared, &body).await;
        }
        "POST /api/v1/login" => {
            let Some(body) = parse() else {
                return internal();
            };
            return login(shared, &body).await;
        }
        "GET /api/v1/unread" if lock(shared).behaviour.has_unread => return unread(shared, head),
        _ => {}
    }
    let known = matches!(
        endpoint,
        "GET /api/v1/messages"
            | "GET /api/v1/messages/{id}"
            | "DELETE /api/v1/messages/{id}"
            | "PUT /api/v1/messages/{id}/read"
            | "POST /api/v1/send-email"
    ) || (endpoint == "POST /api/v1/messages/{id}/reply"
        && lock(shared).behaviour.has_reply)
        || (endpoint == "POST /api/v1/refresh" && lock(shared).behaviour.has_refresh);
    if !known {
        return not_found("Endpoint");
    }
    let Some(user) = authorized(shared, head) else {
        return unauthorized();
    };
    let id = head.uri.path().split('/').nth(4).unwrap_or_default();
    match endpoint {
        "POST /api/v1/refresh" => token(&lock(shared), &user),
        "GET /api/v1/messages" => list(&lock(shared), &user, head),
        "GET /api/v1/messages/{id}" => with_id(id, |id| one(&lock(shared), &user, id)),
        "PUT /api/v1/messages/{id}/read" => with_id(id, |id| {
            touched(
                lock(shared).store.mark_read(&user, id),
                id,
                "Message marked as read",
            )
        }),
        "DELETE /api/v1/messages/{id}" => with_id(id, |id| {
            touched(lock(shared).store.delete(&user, id), id, "Message deleted")
        }),
        "POST /api/v1/send-email" => match parse() {
            Some(body) => outgoing::send(shared, &user, &body).await,
            None => internal(),
        },
        _ => match (parse(), lenient_id(id)) {
            (Some(body), Some(id)) => outgoing::reply(shared, &user, id, &body).await,
            (None, _) => internal(),
            (_, None) => bad("INVALID_REQUEST", "Invalid message ID"),
        },
    }
}

/// Returns the user of a valid token. The scheme is case-sensitive: `Bearer`.
fn authorized(shared: &Shared, head: &Parts) -> Option<String> {
    let value = head.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let world = lock(shared);
    world.secret.verify(
        value.strip_prefix("Bearer ")?,
        world.behaviour.now().as_second(),
    )
}

/// Returns a token and its `expires_at`, which has fractions of a second, unlike the claim `exp`.
fn issue(world: &World, user: &str) -> (String, String) {
    let now = world.behaviour.now();
    let ttl = world.behaviour.token_ttl_s;
    let (iat, exp) = (now.as_second(), now.as_second() + ttl);
    let good = r#"{"alg":"HS256"}"#;
    let sign = |header: &str, claims: Value| world.secret.sign(header, &claims.to_string());
    let token = match world.behaviour.tokens {
        Tokens::Good | Tokens::ExpiresAtEarly | Tokens::ExpiresAtLate => {
            world.secret.issue(user, iat, exp)
        }
        Tokens::AlgNone => sign(
            r#"{"alg":"none"}"#,
            json!({"sub": user, "iat": iat, "exp": exp}),
        ),
        Tokens::WrongSub => sign(good, json!({"sub": "mallory", "iat": iat, "exp": exp})),
        Tokens::NoExp => sign(good, json!({"sub": user, "iat": iat})),
        Tokens::PastExp => sign(
            good,
            json!({"sub": user, "iat": iat - 120, "exp": iat - 60}),
        ),
        Tokens::Huge => sign(
            good,
            json!({"sub": user, "iat": iat, "exp": exp, "pad": "x".repeat(1 << 20)}),
        ),
        Tokens::NotAJwt => "this is not a token".to_owned(),
    };
    let shown = match world.behaviour.tokens {
        Tokens::ExpiresAtEarly => now - jiff::SignedDuration::from_hours(1),
        Tokens::ExpiresAtLate => now + jiff::SignedDuration::from_hours(24 * 3650),
        _ => now + jiff::SignedDuration::from_secs(ttl),
    };
    (token, format!("{shown:.3}"))
}

fn token(world: &World, user: &str) -> Reply {
    let (token, expires_at) = issue(world, user);
    ok(json!({"token": token, "expires_at": expires_at}))
}

async fn register(shared: &Shared, body: &Value) -> Reply {
    let (Some(username), Some(password)) = (body["username"].as_str(), body["password"].as_str())
    else {
        return bad("INVALID_REQUEST", "Username and password are required");
    };
    let lower = username
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !lower || !(3..=50).contains(&username.len()) {
        return bad(
            "INVALID_USERNAME",
            "Username must be 3-50 characters: lowercase letters, numbers and hyphens",
        );
    }
    if !(8..=128).contains(&password.chars().count()) {
        return bad("INVALID_PASSWORD", "Password must be 8-128 characters");
    }
    let password = password.to_owned();
    let Ok(hash) = tokio::task::spawn_blocking(move || secrets::PasswordHash::new(&password)).await
    else {
        return internal();
    };
    let world = lock(shared);
    if world.store.add_account(username, &hash).is_err() {
        return bad("USER_EXISTS", "Username already exists");
    }
    let (token, _) = issue(&world, username);
    ok(json!({"username": username, "email": format!("{username}@tai.chat"), "token": token}))
}

async fn login(shared: &Shared, body: &Value) -> Reply {
    let refused = || {
        error(
            StatusCode::UNAUTHORIZED,
            "INVALID_CREDENTIALS",
            "Invalid username or password",
        )
    };
    let (Some(username), Some(password)) = (body["username"].as_str(), body["password"].as_str())
    else {
        return bad("INVALID_REQUEST", "Username and password are required");
    };
    let stored = {
        let world = lock(shared);
        // The bridge reports a failing database as a wrong password.
        if world.behaviour.database_down {
            return refused();
        }
        if world.behaviour.suspended {
            return error(StatusCode::FORBIDDEN, "FORBIDDEN", "Account suspended");
        }
        world.store.password(username)
    };
    let Ok(Some(hash)) = stored else {
        return refused();
    };
    let password = password.to_owned();
    match tokio::task::spawn_blocking(move || hash.matches(&password)).await {
        Ok(true) => token(&lock(shared), username),
        _ => refused(),
    }
}

fn query(head: &Parts, name: &str) -> Option<String> {
    let query = head.uri.query()?;
    let value = query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key == name).then_some(value)
    })?;
    Some(percent_decoded(value))
}

fn percent_decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let hex: Vec<u8> = bytes.by_ref().take(2).collect();
                let hex = String::from_utf8_lossy(&hex).into_owned();
                u8::from_str_radix(&hex, 16).unwrap_or(b'?')
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn list(world: &World, user: &str, head: &Parts) -> Reply {
    let limit = match query(head, "limit").as_deref().map(lenient_id) {
        None => 50,
        Some(Some(limit)) => limit.min(200),
        // `abc` binds NaN: no error, no rows.
        Some(None) => 0,
    };
    let offset = query(head, "offset")
        .and_then(|text| lenient_id(&text))
        .unwrap_or(0);
    let prefix = query(head, "prefix");
    let page = store::Page {
        user,
        prefix: prefix.as_deref(),
        limit,
        offset,
    };
    let (mails, count) = match world.store.list(&page) {
        Ok(found) if !world.behaviour.database_down => found,
        _ => (Vec::new(), 0),
    };
    let has_more = offset.unsigned_abs() + (mails.len() as u64) < count;
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

/// Parses a number as `parseInt` of JavaScript does: `2abc` is 2.
fn lenient_id(text: &str) -> Option<i64> {
    let text = text.trim_start();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    let number: i64 = digits.get(..end)?.parse().ok()?;
    Some(if text.starts_with('-') {
        -number
    } else {
        number
    })
}

fn with_id(id: &str, answer: impl FnOnce(i64) -> Reply) -> Reply {
    match lenient_id(id) {
        Some(id) => answer(id),
        None => bad("INVALID_REQUEST", "Invalid message ID"),
    }
}

fn one(world: &World, user: &str, id: i64) -> Reply {
    match world.store.get(user, id) {
        Ok(Some(mail)) if !world.behaviour.database_down => {
            ok(shown(&mail, world.behaviour.modern_fields))
        }
        _ => not_found("Message"),
    }
}

fn touched(done: rusqlite::Result<bool>, id: i64, message: &str) -> Reply {
    match done {
        Ok(true) => ok(json!({"message": message, "id": id})),
        _ => not_found("Message"),
    }
}

fn unread(shared: &Shared, head: &Parts) -> Reply {
    let Some(to) = query(head, "to") else {
        return bad("INVALID_REQUEST", "to is required");
    };
    let from = query(head, "from");
    match lock(shared).store.unread(&to, from.as_deref()) {
        Ok(count) => ok(json!({"to": to, "from": from, "unread_count": count})),
        Err(_) => internal(),
    }
}
