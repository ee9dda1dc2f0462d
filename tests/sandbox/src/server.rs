//! The HTTP server: connections, faults, gzip and the request log. `api` handles the requests.

use crate::{
    Canned, Entry, Fault, FaultKind, admin, api, reply,
    world::{Shared, lock},
};
use flate2::{Compression, write::GzEncoder};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{self, HeaderMap, HeaderName, HeaderValue},
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    future,
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};
use tokio::sync::oneshot;

const MAX_BODY: usize = 64 << 20;
/// Smallest body that is compressed, in bytes. Below it, compression costs more than it saves.
const WORTH_COMPRESSING: usize = 8 << 10;

/// The error that closes a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed on purpose")]
struct HangUp;

pub(crate) async fn serve(
    listener: std::net::TcpListener,
    shared: Shared,
    connections: Arc<AtomicUsize>,
    mut stopped: oneshot::Receiver<()>,
) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(_) => {
                    // Without free descriptors, accepting again at once would spin.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            _ = &mut stopped => return,
        };
        let _ = stream.set_nodelay(true);
        let shared = shared.clone();
        let open = Open::new(&connections);
        tokio::spawn(async move {
            let _open = open;
            let service = service_fn(move |request| answer(shared.clone(), request));
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

/// A guard that counts an open connection.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn new(connections: &Arc<AtomicUsize>) -> Self {
        connections.fetch_add(1, Ordering::SeqCst);
        Self(connections.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Returns `METHOD /path` with mail ids as `{id}`.
fn endpoint(method: &str, path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    if path.starts_with("/api/v1/messages/")
        && let Some(id) = parts.get_mut(4)
    {
        *id = "{id}";
    }
    format!("{method} {}", parts.join("/"))
}

async fn answer(
    shared: Shared,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, HangUp> {
    let (head, body) = request.into_parts();
    let endpoint = endpoint(head.method.as_str(), head.uri.path());
    let text = |name: HeaderName| {
        head.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let accepts_gzip = text(header::ACCEPT_ENCODING).contains("gzip");
    let mut entry = Entry {
        endpoint: endpoint.clone(),
        target: head.uri.to_string(),
        status: 0,
        user_agent: text(header::USER_AGENT).to_owned(),
        content_type: text(header::CONTENT_TYPE).to_owned(),
        auth_scheme: text(header::AUTHORIZATION)
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_owned(),
        accepts_gzip,
    };
    let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
        return Err(HangUp);
    };
    let body = body.to_bytes();

    if endpoint.contains(" /__sandbox") {
        let mut world = lock(&shared);
        let (status, body) = match admin::handle(&mut world, &endpoint, &body) {
            Ok(body) => (StatusCode::OK, body),
            Err(error) => (StatusCode::BAD_REQUEST, serde_json::json!({"error": error})),
        };
        return Ok(json(status, &body, false, &world.behaviour.now()));
    }

    let (fault, latency) = {
        let mut world = lock(&shared);
        world.journal.arrived(&endpoint);
        (
            world.behaviour.take_fault(&endpoint),
            world.behaviour.latency_ms,
        )
    };
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    let response = respond(&shared, &head, &endpoint, body, fault, accepts_gzip).await;
    let mut world = lock(&shared);
    entry.status = response
        .as_ref()
        .map_or(0, |response| response.status().as_u16());
    if world.print_requests {
        eprintln!("{} -> {}", entry.endpoint, entry.status);
    }
    world.journal.answered(entry);
    response
}

async fn respond(
    shared: &Shared,
    head: &hyper::http::request::Parts,
    endpoint: &str,
    body: Bytes,
    fault: Option<Fault>,
    accepts_gzip: bool,
) -> Result<Response<Full<Bytes>>, HangUp> {
    let kind = fault.as_ref().map(|fault| fault.kind);
    let (retry_after, answer) = fault
        .map(|fault| (fault.retry_after, fault.answer))
        .unwrap_or_default();
    match kind {
        Some(FaultKind::Canned) => return Ok(canned(answer)),
        Some(FaultKind::Hang) => return future::pending().await,
        Some(FaultKind::Close) => return Err(HangUp),
        Some(FaultKind::Html502) => return Ok(html(StatusCode::BAD_GATEWAY, None)),
        Some(FaultKind::Html503) => {
            return Ok(html(StatusCode::SERVICE_UNAVAILABLE, retry_after));
        }
        Some(FaultKind::TooMany429) => {
            let retry_after = retry_after.unwrap_or_else(|| "1".to_owned());
            return Ok(html(StatusCode::TOO_MANY_REQUESTS, Some(retry_after)));
        }
        Some(kind @ (FaultKind::Error500 | FaultKind::NotProcessed)) => {
            let message = match kind {
                FaultKind::NotProcessed => "Failed to process email request",
                _ => "Internal server error",
            };
            let reply = reply::error(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", message);
            return Ok(json(
                reply.status,
                &reply.body,
                false,
                &lock(shared).behaviour.now(),
            ));
        }
        Some(FaultKind::CloseAfter | FaultKind::HangAfter | FaultKind::Malformed) | None => {}
    }
    let reply = api::handle(shared, head, endpoint, body).await;
    match kind {
        Some(FaultKind::CloseAfter) => Err(HangUp),
        Some(FaultKind::HangAfter) => future::pending().await,
        Some(FaultKind::Malformed) => {
            let mut text = reply.body.to_string();
            text.truncate(text.len() / 2);
            Ok(build(
                StatusCode::OK,
                "application/json",
                text.into(),
                HeaderMap::new(),
            ))
        }
        _ => Ok(json(
            reply.status,
            &reply.body,
            accepts_gzip,
            &lock(shared).behaviour.now(),
        )),
    }
}

fn json(
    status: StatusCode,
    body: &serde_json::Value,
    gzip: bool,
    now: &jiff::Timestamp,
) -> Response<Full<Bytes>> {
    let mut bytes = body.to_string().into_bytes();
    let mut headers = HeaderMap::new();
    if gzip && bytes.len() > WORTH_COMPRESSING {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        if encoder.write_all(&bytes).is_ok()
            && let Ok(compressed) = encoder.finish()
        {
            bytes = compressed;
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    let seconds = Duration::from_secs(now.as_second().unsigned_abs());
    let date = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + seconds);
    if let Ok(date) = HeaderValue::from_str(&date) {
        headers.insert(header::DATE, date);
    }
    build(status, "application/json", bytes.into(), headers)
}

fn canned(answer: Canned) -> Response<Full<Bytes>> {
    let mut body = answer.start.into_bytes();
    body.reserve(answer.unit.len() * answer.count + answer.end.len());
    for _ in 0..answer.count {
        body.extend_from_slice(answer.unit.as_bytes());
    }
    body.extend_from_slice(answer.end.as_bytes());
    if answer.gzip {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        if encoder.write_all(&body).is_ok()
            && let Ok(compressed) = encoder.finish()
        {
            body = compressed;
        }
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = build(status, "application/json", body.into(), HeaderMap::new());
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn html(status: StatusCode, retry_after: Option<String>) -> Response<Full<Bytes>> {
    let mut headers = HeaderMap::new();
    if let Some(value) = retry_after.and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.insert(header::RETRY_AFTER, value);
    }
    let page = format!(
        "<html><head><title>{status}</title></head><body><h1>{status}</h1><hr>nginx</body></html>"
    );
    build(status, "text/html", page.into(), headers)
}

fn build(
    status: StatusCode,
    content_type: &'static str,
    body: Bytes,
    headers: HeaderMap,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
