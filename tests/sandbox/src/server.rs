//! The HTTP server: connections, faults and the request log. `api` handles the requests.

use crate::{
    admin, api,
    api::States,
    fault::{Fault, FaultKind},
    journal::Entry,
    reply, response,
    transfer::{HangUp, Transfer},
    world::{Shared, lock},
};
use http_body_util::{BodyExt as _, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{self, HeaderName},
    http::request::Parts,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::oneshot;

const MAX_BODY: usize = 64 << 20;

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
                // The real bridge sends no `Date`.
                .auto_date_header(false)
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

/// Returns whether a value of `Accept-Encoding` permits gzip; a weight of zero forbids it.
fn accepts_gzip(value: &str) -> bool {
    value.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts.next() == Some("gzip");
        let mut weights = parts.filter_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        is_gzip && !weights.any(|weight| weight == 0.0)
    })
}

async fn answer(shared: Shared, request: Request<Incoming>) -> Result<Response<Transfer>, HangUp> {
    let (head, body) = request.into_parts();
    let endpoint = endpoint(head.method.as_str(), head.uri.path());
    let text = |name: HeaderName| {
        head.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let accepts_gzip = accepts_gzip(text(header::ACCEPT_ENCODING));
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
        return Ok(response::of_switch(admin::handle(
            &mut world, &endpoint, &body,
        )));
    }

    let (fault, latency, mut states, mut released) = {
        let mut world = lock(&shared);
        world.journal.arrived(&endpoint);
        let fault = world.behaviour.take_fault(&endpoint);
        let states = States {
            database: world.behaviour.database,
            provider: world.behaviour.provider,
        };
        let released = world.released.subscribe();
        (fault, world.behaviour.latency_ms, states, released)
    };
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    match fault.as_ref().map(|fault| fault.kind) {
        Some(FaultKind::Hold) => {
            let _ = released.changed().await;
        }
        Some(FaultKind::Database(database)) => states.database = database,
        Some(FaultKind::Provider(provider)) => states.provider = provider,
        _ => {}
    }
    let mut response = respond(&shared, &head, body, states, fault, accepts_gzip).await;
    let mut world = lock(&shared);
    if let Ok(response) = &mut response {
        response::date(response, &world.behaviour);
    }
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
    head: &Parts,
    body: Bytes,
    states: States,
    fault: Option<Fault>,
    accepts_gzip: bool,
) -> Result<Response<Transfer>, HangUp> {
    let kind = fault.as_ref().map(|fault| fault.kind);
    let (retry_after, answer) = fault
        .map(|fault| (fault.retry_after, fault.answer))
        .unwrap_or_default();
    let failed = |message| Ok(response::of_bridge(reply::internal(message), false));
    let proxy = |status, retry_after| Ok(response::of_proxy(status, retry_after));
    let done = api::handle(shared, head, body, states);
    match kind {
        // The request has no effect.
        Some(FaultKind::Canned) => Ok(response::canned(answer)),
        Some(FaultKind::Hang) => future::pending().await,
        Some(FaultKind::Close) => Err(HangUp),
        Some(FaultKind::Html502) => proxy(StatusCode::BAD_GATEWAY, None),
        Some(FaultKind::Html503) => proxy(StatusCode::SERVICE_UNAVAILABLE, retry_after),
        Some(FaultKind::TooMany429) => {
            let retry_after = retry_after.unwrap_or_else(|| "1".to_owned());
            proxy(StatusCode::TOO_MANY_REQUESTS, Some(retry_after))
        }
        Some(FaultKind::Error500) => failed("Internal server error"),
        Some(FaultKind::NotProcessed) => failed("Failed to process email request"),
        // The request has its effect, and its answer does not arrive as it is.
        Some(FaultKind::CloseAfter) => {
            done.await;
            Err(HangUp)
        }
        Some(FaultKind::HangAfter) => {
            done.await;
            future::pending().await
        }
        Some(FaultKind::Html504After) => {
            done.await;
            proxy(StatusCode::GATEWAY_TIMEOUT, None)
        }
        Some(FaultKind::Malformed) => Ok(response::malformed(done.await)),
        Some(FaultKind::CutAfter) => {
            Ok(response::of_bridge(done.await, accepts_gzip).map(Transfer::cut))
        }
        Some(FaultKind::StallAfter) => {
            Ok(response::of_bridge(done.await, accepts_gzip).map(Transfer::stalled))
        }
        Some(FaultKind::Hold | FaultKind::Database(_) | FaultKind::Provider(_)) | None => {
            Ok(response::of_bridge(done.await, accepts_gzip))
        }
    }
}
