//! Answers of the mail API and the web pages, in the shapes and words of the bridge.

use hyper::StatusCode;
use serde_json::{Value, json};

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Body,
}

/// The body of an answer, which decides its headers.
pub(crate) enum Body {
    Json(Value),
    Html(&'static str),
    /// No body, and this `Location`.
    Redirect(&'static str),
    Empty,
}

fn json(status: StatusCode, body: Value) -> Reply {
    Reply {
        status,
        body: Body::Json(body),
    }
}

pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Reply {
    let error = json!({"code": code, "message": message});
    json(status, json!({"success": false, "error": error}))
}

pub(crate) fn bad(code: &str, message: &str) -> Reply {
    error(StatusCode::BAD_REQUEST, code, message)
}

pub(crate) fn ok(data: Value) -> Reply {
    json(StatusCode::OK, json!({"success": true, "data": data}))
}

pub(crate) fn not_found(what: &str) -> Reply {
    error(StatusCode::NOT_FOUND, "NOT_FOUND", what)
}

pub(crate) fn no_endpoint() -> Reply {
    not_found("Endpoint not found")
}

pub(crate) fn internal(message: &str) -> Reply {
    error(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", message)
}

pub(crate) fn unauthorized(message: &str) -> Reply {
    error(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", message)
}

/// The answer of `/health`, which has no success wrapper.
pub(crate) fn health(healthy: bool, timestamp: &str) -> Reply {
    let (status, word) = match healthy {
        true => (StatusCode::OK, "healthy"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "unhealthy"),
    };
    json(status, json!({"status": word, "timestamp": timestamp}))
}

/// The answer to `OPTIONS`.
pub(crate) fn empty() -> Reply {
    Reply {
        status: StatusCode::OK,
        body: Body::Empty,
    }
}

/// Returns the web page at a path, or the redirection to it.
pub(crate) fn page(path: &str) -> Option<Reply> {
    let redirect = |location| Reply {
        status: StatusCode::MOVED_PERMANENTLY,
        body: Body::Redirect(location),
    };
    match path {
        "/" | "/login" | "/register" | "/messages" => Some(Reply {
            status: StatusCode::OK,
            body: Body::Html("<!doctype html><title>Mail Bridge</title><h1>Mail Bridge</h1>"),
        }),
        "/login.html" => Some(redirect("/login")),
        "/register.html" => Some(redirect("/register")),
        "/messages.html" => Some(redirect("/messages")),
        _ => None,
    }
}
