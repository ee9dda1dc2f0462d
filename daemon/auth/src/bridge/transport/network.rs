//! HTTP over TCP and TLS, with reqwest.

use super::{
    Exchange, MAX_REQUESTS, RawAnswer, Transport,
    body::{self, BodyError, MAX_LARGE},
    failure,
    options::NetworkOptions,
    proxy::{self, Proxied},
    roots,
    setup_error::SetupError,
};
use crate::{
    base_url::BaseUrl,
    bridge::{error::BridgeError, expected::Expected},
};
use reqwest::{
    Certificate, Client, Proxy,
    header::{self, HeaderMap, HeaderValue},
    redirect,
};
use secrecy::ExposeSecret as _;
use std::{
    pin::pin,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};
use tokio::{sync::Semaphore, time};

/// The `User-Agent` header (seed: `tai-mcp/<version>`).
const USER_AGENT: &str = concat!("tai-mcp/", env!("CARGO_PKG_VERSION"));
const MAX_CONNECT: Duration = Duration::from_secs(10);
/// Time after a request's limit to read what has arrived. A process that was suspended wakes with
/// its timers, before it has read its sockets, in which the answer to a send can be.
const LAST_LOOK: Duration = Duration::from_millis(100);
/// Limit of idle connections. A lower limit than [`MAX_REQUESTS`] makes many concurrent
/// clients reconnect for most requests.
const IDLE_CONNECTIONS: usize = MAX_REQUESTS;

/// The transport over the network. Redirects are not followed.
pub struct Network {
    /// Keeps its connections for further requests.
    pooled: RwLock<Client>,
    /// Opens a connection for each request, and carries those that may not be repeated. It is set up
    /// for the first one, because most daemons send little.
    single: OnceLock<Client>,
    /// Places of long answers with bodies of mails.
    large: Arc<Semaphore>,
    settings: Settings,
}

/// Settings of the HTTP clients.
struct Settings {
    base: BaseUrl,
    timeout: Duration,
    proxy: Option<Proxied>,
    roots: Vec<Certificate>,
    /// Whether the operating system's own proxy settings count.
    is_default: bool,
}

impl Network {
    /// Sets up the client of most requests, TLS included, so that none of them pays for it.
    pub(crate) fn new(
        base: BaseUrl,
        timeout: Duration,
        options: &NetworkOptions,
    ) -> Result<Self, SetupError> {
        // A second bridge in one process finds the provider installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let env = |name: &str| std::env::var_os(name);
        let settings = Settings {
            proxy: proxy::of(&base, options, &env)?,
            roots: roots::of(options, &env)?,
            is_default: *options == NetworkOptions::default(),
            base,
            timeout,
        };
        Ok(Self {
            pooled: RwLock::new(client(&settings, IDLE_CONNECTIONS)?),
            single: OnceLock::new(),
            large: Arc::new(Semaphore::new(MAX_LARGE)),
            settings,
        })
    }

    fn pooled(&self) -> Client {
        let pooled = self.pooled.read();
        pooled.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn single(&self) -> Result<Client, BridgeError> {
        if let Some(client) = self.single.get() {
            return Ok(client.clone());
        }
        let fresh = client(&self.settings, 0).map_err(|error| BridgeError::Unreachable {
            detail: crate::chain(&error),
        })?;
        Ok(self.single.get_or_init(|| fresh).clone())
    }

    /// Returns the proxy of the requests.
    pub(crate) fn proxy(&self) -> Option<&Proxied> {
        self.settings.proxy.as_ref()
    }
}

impl Transport for Network {
    async fn exchange<E: Expected>(
        &self,
        exchange: Exchange<'_>,
        expected: E,
    ) -> Result<RawAnswer<E::Value>, BridgeError> {
        let Exchange {
            method,
            url,
            token,
            body,
            is_repeatable,
            timeout,
        } = exchange;
        let client = match is_repeatable {
            true => self.pooled(),
            false => self.single()?,
        };
        let mut request = client.request(method.clone(), url.clone());
        if token.is_none() {
            // The request may carry a password, and a connection keeps its last request in
            // memory.
            request = request.header(header::CONNECTION, "close");
        }
        if let Some(token) = token {
            let bearer = format!("Bearer {}", token.expose_secret());
            let mut value =
                HeaderValue::try_from(bearer).map_err(|_| BridgeError::Unreachable {
                    detail: "the token does not fit into a header".into(),
                })?;
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        let proxy = self.settings.proxy.as_ref();
        let failed = |error: reqwest::Error| failure::of(&error, proxy, timeout);
        let mut exchanged = pin!(async {
            let response = request.send().await.map_err(failed)?;
            let (status, headers) = (response.status(), response.headers().clone());
            match body::read(response, expected, &self.large).await {
                Ok(body) => Ok(RawAnswer {
                    status,
                    headers,
                    body,
                }),
                Err(BodyError::Broken(error)) => Err(failed(error)),
                Err(BodyError::Ending) => Err(BridgeError::Broken {
                    detail: "this process is ending".into(),
                }),
            }
        });
        if let Ok(answer) = time::timeout(timeout, &mut exchanged).await {
            return answer;
        }
        let answer = time::timeout(LAST_LOOK, exchanged).await;
        answer.unwrap_or(Err(BridgeError::TimedOut { after: timeout }))
    }

    fn close_idle(&self) {
        if let Ok(fresh) = client(&self.settings, IDLE_CONNECTIONS) {
            *self.pooled.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
    }
}

/// Builds a client that keeps this number of idle connections, TLS included.
fn client(settings: &Settings, idle_connections: usize) -> Result<Client, SetupError> {
    let failed = |error: reqwest::Error| SetupError::Client(crate::chain(&error));
    let mut headers = HeaderMap::new();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    // `body` decompresses.
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .connect_timeout(MAX_CONNECT.min(settings.timeout / 2))
        .pool_max_idle_per_host(idle_connections)
        .pool_idle_timeout(Duration::from_secs(55))
        .tcp_nodelay(true)
        .tls_certs_merge(settings.roots.clone())
        // `bridge::retry` decides what is repeated.
        .retry(reqwest::retry::never());
    // On Linux the system's settings are the variables, which `proxy` has read.
    let has_system_proxy = cfg!(not(target_os = "linux")) && settings.is_default;
    builder = match &settings.proxy {
        Some(proxy) => builder.proxy(Proxy::all(proxy.url.as_url().clone()).map_err(failed)?),
        None if settings.base.is_https() && has_system_proxy => builder,
        None => builder.no_proxy(),
    };
    builder
        .https_only(settings.base.is_https())
        .build()
        .map_err(failed)
}
