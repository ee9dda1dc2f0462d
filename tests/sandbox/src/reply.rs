//! Answers of the mail API, in the shapes and words of the bridge.

use hyper::StatusCode;
use serde_json::{Value, json};

/// Status and JSON body of an answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Reply {
    Reply {
        status,
        body: json!({"success": false, "error": {"code": code, "message": message}}),
    }
}

pub(crate) fn bad(code: &str, message: &str) -> Reply {
    error(StatusCode::BAD_REQUEST, code, message)
}

pub(crate) fn ok(data: Value) -> Reply {
    Reply {
        status: StatusCode::OK,
        body: json!({"success": true, "data": data}),
    }
}

pub(crate) fn not_found(what: &str) -> Reply {
    error(
        StatusCode::NOT_FOUND,
        "NOT_FOUND",
        &format!("{what} not found"),
    )
}

pub(crate) fn internal() -> Reply {
    error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL_ERROR",
        "Internal server error",
    )
}

pub(crate) fn unauthorized() -> Reply {
    error(
        StatusCode::UNAUTHORIZED,
        "UNAUTHORIZED",
        "Invalid or expired token",
    )
}
