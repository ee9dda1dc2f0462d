//! The HTTP server: one request a connection, with limits on size, time and number. Every answer
//! forbids scripts, loads from elsewhere, storage and frames of other sites.

use super::{
    gate::{Admission, Seen},
    site::{Reply, Site},
};
use crate::os;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{self, HeaderMap, HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{Instant, sleep, sleep_until, timeout},
};

/// Limit of the connections at a time. A further one is closed.
const MAX_CONNECTIONS: usize = 16;
/// Time after a connection that could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Time limit of the headers of a request.
const HEADERS: Duration = Duration::from_secs(10);
/// Time limit of a request with its answer. A call to the daemon has 56 s.
const REQUEST: Duration = Duration::from_secs(75);
/// Limit of the headers of a request, in bytes.
const MAX_HEADERS: usize = 16 << 10;
/// Limit of a form, in bytes: a mail of 1 MiB, each of whose bytes is written as three.
const MAX_FORM: usize = 4 << 20;

/// Policy of the pages.
const POLICY: &str = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";
/// Policy of the HTML part of a mail: nothing runs, and only its own styles and images are shown.
const UNTRUSTED: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                         form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

/// The server and the time of the last request that a person made.
struct Server {
    site: Site,
    last: Mutex<Instant>,
}

/// Serves the site until no person has made a request for `idle`.
pub(in crate::cli) async fn serve(listener: TcpListener, site: Site, idle: Duration) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let server = Arc::new(Server {
        site,
        last: Mutex::new(Instant::now()),
    });
    loop {
        let end = server.last() + idle;
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, peer)) = accepted else {
                    // Without free descriptors, the next attempt fails at once.
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                };
                // Without a slot the connection is closed.
                if let Ok(slot) = slots.clone().try_acquire_owned() {
                    let server = server.clone();
                    tokio::spawn(async move {
                        let _ = timeout(REQUEST, server.connection(stream, peer)).await;
                        drop(slot);
                    });
                }
            }
            () = sleep_until(end) => {
                if server.last() + idle <= Instant::now() {
                    return;
                }
            }
        }
    }
}

impl Server {
    fn last(&self) -> Instant {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connection(self: Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        // Another user of this machine may have read the URL in the arguments of the browser.
        let own = stream.local_addr();
        if !own.is_ok_and(|own| os::is_own_peer(peer, own)) {
            return;
        }
        let service = service_fn(|request| {
            let server = self.clone();
            async move { Ok::<_, Infallible>(server.answer(request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .keep_alive(false)
            .max_buf_size(MAX_HEADERS)
            .header_read_timeout(HEADERS)
            .serve_connection(TokioIo::new(stream), service);
        // A browser that goes away is no error.
        let _ = connection.await;
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let is_post = head.method == Method::POST;
        if !is_post && head.method != Method::GET {
            return refused();
        }
        let text = |name: HeaderName| one(&head.headers, &name);
        let seen = Seen {
            is_post,
            path: head.uri.path(),
            host: text(header::HOST),
            origin: text(header::ORIGIN),
            site: text(HeaderName::from_static("sec-fetch-site")),
            cookies: text(header::COOKIE),
        };
        let gate = &self.site.gate;
        let page = match gate.admit(seen) {
            Admission::Refused => return refused(),
            Admission::Enter => {
                // The browser loads the page itself: after a redirect from another program it would
                // not send the cookie.
                let again = format!("0;url={}", gate.space());
                let page =
                    format!("<!doctype html>\n<meta http-equiv=\"refresh\" content=\"{again}\">");
                let mut response = response(StatusCode::OK, POLICY, HTML, page);
                if let Ok(cookie) = HeaderValue::from_str(&gate.set_cookie()) {
                    response.headers_mut().insert(header::SET_COOKIE, cookie);
                }
                return response;
            }
            Admission::Page(page) => page,
        };
        // The overview that loads itself again is no sign of a person.
        if head.uri.query() != Some("auto") {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        if !is_post {
            return shown(self.site.show(page).await);
        }
        let Ok(body) = Limited::new(body, MAX_FORM).collect().await else {
            return response(
                StatusCode::PAYLOAD_TOO_LARGE,
                POLICY,
                TEXT,
                "the form is too large\n".into(),
            );
        };
        shown(self.site.act(page, &body.to_bytes()).await)
    }
}

const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// Returns the only value of a header; `None` without one or with several.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    match values.next() {
        None => first.to_str().ok(),
        Some(_) => None,
    }
}

fn refused() -> Response<Full<Bytes>> {
    let text = "This page is for another browser. `taid open` prints a new address.\n";
    let text = tai_client::in_local_words(text);
    response(StatusCode::FORBIDDEN, POLICY, TEXT, text.into_owned())
}

fn shown(reply: Reply) -> Response<Full<Bytes>> {
    match reply {
        Reply::Page(page) => response(StatusCode::OK, POLICY, HTML, page),
        Reply::Failure(page) => response(StatusCode::CONFLICT, POLICY, HTML, page),
        Reply::Untrusted(page) => response(StatusCode::OK, UNTRUSTED, HTML, page),
        Reply::Style(style) => response(
            StatusCode::OK,
            POLICY,
            "text/css; charset=utf-8",
            style.to_owned(),
        ),
        Reply::Redirect(to) => {
            let mut response = response(StatusCode::SEE_OTHER, POLICY, TEXT, String::new());
            if let Ok(to) = HeaderValue::from_str(&to) {
                response.headers_mut().insert(header::LOCATION, to);
            }
            response
        }
        Reply::NotFound => response(
            StatusCode::NOT_FOUND,
            POLICY,
            TEXT,
            "there is no such page\n".to_owned(),
        ),
    }
}

fn response(
    status: StatusCode,
    policy: &'static str,
    kind: &'static str,
    body: String,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    for (name, value) in [
        ("content-type", kind),
        ("content-security-policy", policy),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        let (name, value) = (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        response.headers_mut().insert(name, value);
    }
    response
}
