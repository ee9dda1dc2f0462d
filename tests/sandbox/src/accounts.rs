//! Accounts and tokens of the mail API: registration, login, refresh and the check of tokens.

use crate::{
    javascript::field,
    modes::{Database, Tokens},
    reply::{Reply, bad, error, internal, ok, unauthorized},
    secrets,
    world::{Shared, World, lock},
};
use hyper::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

/// Returns the `sub` of a valid token; an empty text without one.
pub(crate) fn bearer(world: &World, headers: &HeaderMap) -> Result<String, Reply> {
    let value = headers.get(header::AUTHORIZATION);
    let value = value.and_then(|value| value.to_str().ok());
    let words: Vec<&str> = value.unwrap_or_default().split(' ').collect();
    // The scheme is case-sensitive, and one space separates it from the token.
    let ["Bearer", token] = words.as_slice() else {
        return Err(unauthorized("Missing or invalid token"));
    };
    let now = world.behaviour.now().as_second();
    let user = world.secret.verify(token, now);
    user.ok_or_else(|| unauthorized("Invalid token"))
}

/// Returns the user of a valid token. The account must exist.
pub(crate) fn user(
    world: &World,
    headers: &HeaderMap,
    database: Database,
) -> Result<String, Reply> {
    let user = bearer(world, headers)?;
    match world.store.password(&user) {
        Ok(Some(_)) if database != Database::Down => Ok(user),
        // The bridge reports a failing database as an account that does not exist.
        _ => Err(unauthorized("User not found")),
    }
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
        Tokens::Fractions => sign(
            good,
            json!({"sub": user, "iat": iat as f64 + 0.123, "exp": exp as f64 + 0.5}),
        ),
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

/// Answers with a new token. A refresh reads no database: the account may be deleted.
pub(crate) fn token(world: &World, user: &str) -> Reply {
    let (token, expires_at) = issue(world, user);
    ok(json!({"token": token, "expires_at": expires_at}))
}

fn invalid_request() -> Reply {
    bad("INVALID_REQUEST", "Invalid request format")
}

pub(crate) async fn register(shared: &Shared, body: Option<Value>, database: Database) -> Reply {
    let Some(body) = body.filter(|body| !body.is_null()) else {
        return invalid_request();
    };
    let username = field(&body, "username").as_str().unwrap_or_default();
    let lower = username
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !lower || !(3..=50).contains(&username.len()) {
        return bad("INVALID_USERNAME", "Invalid username format");
    }
    let password = field(&body, "password").as_str().unwrap_or_default();
    // The length of a text of JavaScript is its number of UTF-16 units.
    if !(8..=128).contains(&password.encode_utf16().count()) {
        return bad("INVALID_PASSWORD", "Invalid password format");
    }
    if database == Database::Down {
        return bad("INTERNAL_ERROR", "Failed to register user");
    }
    let password = password.to_owned();
    let hash = tokio::task::spawn_blocking(move || secrets::PasswordHash::new(&password)).await;
    let Ok(hash) = hash else {
        return internal("Internal server error");
    };
    let world = lock(shared);
    if world.store.add_account(username, &hash).is_err() {
        return bad("USER_EXISTS", "Username already exists");
    }
    let (token, _) = issue(&world, username);
    ok(json!({"username": username, "email": format!("{username}@tai.chat"), "token": token}))
}

pub(crate) async fn login(shared: &Shared, body: Option<Value>, database: Database) -> Reply {
    let Some(body) = body.filter(|body| !body.is_null()) else {
        return invalid_request();
    };
    let refused = || {
        error(
            StatusCode::UNAUTHORIZED,
            "INVALID_CREDENTIALS",
            "Invalid credentials",
        )
    };
    let (Some(username), Some(password)) = (
        field(&body, "username").as_str(),
        field(&body, "password").as_str(),
    ) else {
        return refused();
    };
    let stored = {
        let world = lock(shared);
        // The bridge reports a failing database as a wrong password.
        if database == Database::Down {
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
