//! The way to the bridge: proxy, name, connection, TLS, health, clocks, and the login at its
//! end. Each step is tried only when those before it went well.

use super::{Check, local::Daemon, ok, password, skipped, wrong};
use crate::{config::Config, fault};
use std::{
    net::SocketAddr,
    time::{Duration, SystemTime},
};
use tai_auth::{
    base_url::BaseUrl,
    bridge::{BridgeError, Health, HttpBridge},
    check_login,
    credentials::Credentials,
};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use url::Url;

const PATIENCE: Duration = Duration::from_secs(5);
/// A clock that is further off breaks other things than tai.
const MAX_SKEW: Duration = Duration::from_secs(60);

pub(super) async fn examine(
    config: &Config,
    credentials: Option<Credentials>,
    daemon: &Daemon<'_>,
) -> Vec<Check> {
    let mut checks = Vec::new();
    let proxy = proxy_for(&config.settings.api_base_url, &|name| {
        std::env::var(name).ok()
    });
    let go_on = match &proxy {
        Some(proxy) => through(proxy, &mut checks).await,
        None => directly(&config.settings.api_base_url, &mut checks).await,
    };
    let bridge = go_on.then(|| {
        HttpBridge::new(
            config.settings.api_base_url.clone(),
            config.settings.api_timeout,
        )
    });
    let health = match bridge {
        None => None,
        Some(Ok(bridge)) => {
            let health = bridge.health().await;
            checks.extend(tls(&config.settings.api_base_url, &health));
            Some((bridge, health))
        }
        Some(Err(error)) => {
            checks.push(wrong(
                "tls",
                error.to_string(),
                "Check that the system's certificates are installed (package ca-certificates).",
            ));
            None
        }
    };
    let Some((bridge, Ok(health))) = health else {
        for name in ["clock", "login"] {
            checks.push(skipped(name, "the bridge cannot be asked"));
        }
        return checks;
    };
    checks.push(clock(&health, SystemTime::now()));
    checks.push(login(&bridge, credentials, daemon).await);
    checks
}

/// The proxy that requests to `base` go through. One to loopback never goes through any.
fn proxy_for(base: &BaseUrl, env: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    if !base.is_https() {
        return None;
    }
    let first = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| env(name).filter(|value| !value.is_empty()))
    };
    let host = base.as_url().host_str()?;
    let excepted = first(&["NO_PROXY", "no_proxy"]).unwrap_or_default();
    let is_excepted = excepted.split(',').map(str::trim).any(|name| {
        let name = name.trim_start_matches('.');
        name == "*" || (!name.is_empty() && (host == name || host.ends_with(&format!(".{name}"))))
    });
    if is_excepted {
        return None;
    }
    first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
}

/// Whether the proxy can be reached.
async fn through(proxy: &str, checks: &mut Vec<Check>) -> bool {
    let name = "proxy";
    let remedy = "Correct or unset HTTPS_PROXY, or put the bridge's host into NO_PROXY.";
    let url = match proxy.contains("://") {
        true => proxy.parse::<Url>(),
        false => format!("http://{proxy}").parse(),
    };
    // It may have a password in it: only host and port are ever shown.
    let place = url.ok().and_then(|url| {
        let port = url.port_or_known_default().unwrap_or(1080);
        Some((url.host_str()?.to_owned(), port))
    });
    let Some((host, port)) = place else {
        checks.push(wrong(name, "HTTPS_PROXY is not a URL", remedy));
        return false;
    };
    let reached = timeout(PATIENCE, TcpStream::connect((host.as_str(), port))).await;
    let problem = match reached {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    match problem {
        None => {
            checks.push(ok(name, format!("requests go through {host}:{port}")));
            let why = "the proxy does this";
            checks.extend(["dns", "connection"].map(|name| skipped(name, why)));
            true
        }
        Some(problem) => {
            let found = format!("the proxy {host}:{port} cannot be reached: {problem}");
            checks.push(wrong(name, found, remedy));
            skip_from(checks, &["dns", "connection", "tls", "health"]);
            false
        }
    }
}

/// Whether the bridge's host has an address, and takes connections.
async fn directly(base: &BaseUrl, checks: &mut Vec<Check>) -> bool {
    checks.push(ok("proxy", "none"));
    let base = base.as_url();
    let host = base.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = base.port_or_known_default().unwrap_or(443);
    let found = timeout(PATIENCE, lookup_host((host, port))).await;
    let addresses: Vec<SocketAddr> = match found {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => {
            let found = format!("{host} has no address: {error}");
            let remedy = "Check the network and API_BASE_URL's spelling.";
            checks.push(wrong("dns", found, remedy));
            skip_from(checks, &["connection", "tls", "health"]);
            return false;
        }
        Err(_) => {
            let found = format!("no answer about {host} within {} s", PATIENCE.as_secs());
            checks.push(wrong("dns", found, "Check the network's name server."));
            skip_from(checks, &["connection", "tls", "health"]);
            return false;
        }
    };
    checks.push(ok(
        "dns",
        format!(
            "{host} has {} address{}",
            addresses.len(),
            if addresses.len() == 1 { "" } else { "es" }
        ),
    ));
    let mut problem = "it has no address".to_owned();
    for address in addresses {
        problem = match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(_)) => {
                checks.push(ok("connection", format!("{address} takes connections")));
                return true;
            }
            Ok(Err(error)) => format!("{address}: {error}"),
            Err(_) => format!("{address}: no answer within {} s", PATIENCE.as_secs()),
        };
    }
    checks.push(wrong(
        "connection",
        problem,
        "Check the network, a firewall, and API_BASE_URL's port.",
    ));
    skip_from(checks, &["tls", "health"]);
    false
}

fn skip_from(checks: &mut Vec<Check>, names: &[&str]) {
    for name in names {
        checks.push(skipped(name, "what comes before it is wrong"));
    }
}

/// TLS and health, which one request shows.
fn tls(base: &BaseUrl, health: &Result<Health, BridgeError>) -> [Check; 2] {
    let is_tls = base.is_https();
    if is_tls && let Err(BridgeError::Unreachable { detail }) = health {
        return [
            wrong(
                "tls",
                format!("no secure connection comes about: {detail}"),
                "Check API_BASE_URL, the system's certificates, and whether a proxy or a virus scanner opens connections.",
            ),
            skipped("health", "what comes before it is wrong"),
        ];
    }
    let tls = match is_tls {
        true => ok("tls", "the certificate is good"),
        false => skipped("tls", "loopback needs none"),
    };
    let health = match health {
        Ok(health) => ok("health", format!("the bridge says it is {}", health.status)),
        Err(error) => wrong(
            "health",
            error.to_string(),
            "Wait, if this is tai.chat: it is not your configuration. Otherwise check API_BASE_URL.",
        ),
    };
    [tls, health]
}

/// The bridge's clock is known to the second.
fn clock(health: &Health, now: SystemTime) -> Check {
    let name = "clock";
    let Some(theirs) = health.server_time else {
        return skipped(name, "the bridge does not say what time it is");
    };
    let (apart, word) = match now.duration_since(theirs) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(error) => (error.duration(), "behind"),
    };
    let span = crate::time::span(apart);
    if apart >= MAX_SKEW {
        let found = format!("this machine's clock is {span} {word} the bridge's");
        let remedy =
            "Set the clock (`timedatectl set-ntp true`). taid goes by the bridge's meanwhile.";
        return wrong(name, found, remedy);
    }
    ok(name, "within a minute of the bridge's")
}

/// Whether the bridge accepts the password; not tried where the daemon is signed in.
async fn login(
    bridge: &HttpBridge,
    credentials: Option<Credentials>,
    daemon: &Daemon<'_>,
) -> Check {
    let name = "login";
    if let Some(username) = daemon.signed_in() {
        return ok(name, format!("the daemon is signed in as {username}"));
    }
    let Some(credentials) = credentials else {
        return password::not_looked_at();
    };
    match check_login(bridge, &credentials).await {
        Ok(()) => ok(
            name,
            format!(
                "the bridge accepts the password of {}",
                credentials.username
            ),
        ),
        Err(error) => {
            let fault = fault::of_login(&error);
            let remedy = "Check both where they are configured; upper and lower case matter.";
            let refused = error.is_refused();
            let remedy = if refused { remedy } else { &fault.hint };
            wrong(name, format!("{}: {}", fault.what, fault.why), remedy)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_taken_for_https_alone_and_not_for_what_is_excepted() {
        let proxy = |base: &str, no: &str| {
            let env = |name: &str| match name {
                "HTTPS_PROXY" => Some("http://user:pw@proxy:3128".to_owned()),
                "NO_PROXY" => Some(no.to_owned()),
                _ => None,
            };
            proxy_for(&base.parse().unwrap(), &env).is_some()
        };
        assert!(proxy("https://tai.chat", ""));
        assert!(!proxy("http://127.0.0.1:1", ""));
        for no in ["*", "tai.chat", "a.example, .chat", "chat"] {
            assert!(!proxy("https://tai.chat", no), "{no}");
        }
        assert!(proxy("https://tai.chat", "ai.chat,other"));
    }

    #[test]
    fn a_clock_may_be_a_minute_off_and_no_more() {
        let now = SystemTime::now();
        let at = |server_time| {
            clock(
                &Health {
                    status: String::new(),
                    server_time,
                },
                now,
            )
            .state
        };
        assert_eq!(
            at(Some(now - Duration::from_secs(59))),
            super::super::State::Ok
        );
        assert_eq!(
            at(Some(now - Duration::from_secs(61))),
            super::super::State::Wrong
        );
        assert_eq!(
            at(Some(now + Duration::from_secs(61))),
            super::super::State::Wrong
        );
        assert_eq!(at(None), super::super::State::Skipped);
    }
}
