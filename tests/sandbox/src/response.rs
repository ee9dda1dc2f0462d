//! HTTP responses: those of the bridge with its headers, those of a proxy in front of it, and
//! canned ones.

use crate::{
    behaviour::Behaviour,
    fault::Canned,
    reply::{Body, Reply},
    transfer::Transfer,
};
use flate2::{Compression, write::GzEncoder};
use hyper::{
    Response, StatusCode,
    body::Bytes,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use std::{
    io::Write as _,
    time::{Duration, SystemTime},
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HTML: HeaderValue = HeaderValue::from_static("text/html");
/// Smallest body that the bridge compresses, in bytes.
const WORTH_COMPRESSING: usize = 900;

/// Returns the response of the bridge, compressed if the client accepts gzip.
pub(crate) fn of_bridge(reply: Reply, gzip: bool) -> Response<Transfer> {
    let mut headers = HeaderMap::new();
    let mut bytes = match reply.body {
        Body::Json(body) => {
            headers.insert(header::CONTENT_TYPE, JSON);
            body.to_string().into_bytes()
        }
        Body::Html(page) => {
            headers.insert(header::CONTENT_TYPE, HTML);
            page.as_bytes().to_vec()
        }
        Body::Redirect(location) => {
            headers.insert(header::LOCATION, HeaderValue::from_static(location));
            Vec::new()
        }
        Body::Empty => Vec::new(),
    };
    if gzip
        && bytes.len() >= WORTH_COMPRESSING
        && let Some(compressed) = compressed(&bytes)
    {
        bytes = compressed;
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST, PUT, DELETE, OPTIONS"),
    );
    build(reply.status, bytes.into(), headers)
}

/// Returns a whole response with status 200 and half a text.
pub(crate) fn malformed(reply: Reply) -> Response<Transfer> {
    let mut text = match reply.body {
        Body::Json(body) => body.to_string(),
        Body::Html(page) => page.to_owned(),
        Body::Redirect(_) | Body::Empty => String::new(),
    };
    text.truncate(text.len() / 2);
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, JSON)]);
    build(StatusCode::OK, text.into(), headers)
}

/// Returns a canned response.
pub(crate) fn canned(answer: Canned) -> Response<Transfer> {
    let mut body = answer.start.into_bytes();
    body.reserve(answer.unit.len() * answer.count + answer.end.len());
    for _ in 0..answer.count {
        body.extend_from_slice(answer.unit.as_bytes());
    }
    body.extend_from_slice(answer.end.as_bytes());
    if answer.gzip
        && let Some(compressed) = compressed(&body)
    {
        body = compressed;
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, JSON)]);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            headers.insert(name, value);
        }
    }
    build(status, body.into(), headers)
}

/// Returns the web page of a proxy in front of the bridge.
pub(crate) fn of_proxy(status: StatusCode, retry_after: Option<String>) -> Response<Transfer> {
    let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HTML)]);
    if let Some(value) = retry_after.and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(header::RETRY_AFTER, value);
    }
    let page = format!(
        "<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>nginx</body></html>"
    );
    build(status, page.into(), headers)
}

/// Returns the response to a request to `/__sandbox`.
pub(crate) fn of_switch(answer: Result<serde_json::Value, String>) -> Response<Transfer> {
    let (status, body) = match answer {
        Ok(body) => (StatusCode::OK, body),
        Err(error) => (StatusCode::BAD_REQUEST, serde_json::json!({"error": error})),
    };
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, JSON)]);
    build(status, body.to_string().into(), headers)
}

/// Adds the time of the bridge as `Date`, if it sends one and the response has none.
pub(crate) fn date(response: &mut Response<Transfer>, behaviour: &Behaviour) {
    if !behaviour.has_date {
        return;
    }
    let seconds = Duration::from_secs(behaviour.now().as_second().unsigned_abs());
    let date = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + seconds);
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().entry(header::DATE).or_insert(date);
    }
}

fn compressed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

fn build(status: StatusCode, body: Bytes, headers: HeaderMap) -> Response<Transfer> {
    let mut response = Response::new(Transfer::whole(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
