//! Checks of the path to the bridge: proxy, DNS, connection, TLS, health, clock, and login, as this
//! process has it. A step is checked only if no earlier step has a problem.

use super::check::{Check, ok, skipped, wrong};
use crate::{fault, server::run_error::setup_hint};
use std::{
    net::SocketAddr,
    time::{Duration, SystemTime},
};
use tai_auth::{
    base_url::BaseUrl,
    bridge::{BridgeError, Health, HttpBridge, NetworkOptions, SetupError, transport::Proxied},
    check_login,
    credentials::Credentials,
};
use tai_proto::Audience;
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// Time limit of each step.
const STEP_TIMEOUT: Duration = Duration::from_secs(5);
/// Clock skew that is reported as a problem.
const MAX_SKEW: Duration = Duration::from_secs(60);
/// Reason for which a step after a failed one is skipped.
const NO_CONNECTION: &str = "not checked: no connection";

/// Checks the path to the bridge from this process. Returns a client of a bridge that is reached.
pub(super) async fn examine(
    base: &BaseUrl,
    api_timeout: Duration,
    options: &NetworkOptions,
    now: SystemTime,
) -> (Vec<Check>, Option<HttpBridge>) {
    let mut checks = Vec::new();
    let bridge = match HttpBridge::with_options(base.clone(), api_timeout, options) {
        Ok(bridge) => bridge,
        Err(error) => {
            let name = match &error {
                SetupError::Proxy { .. } | SetupError::NoProxy { .. } => "proxy",
                SetupError::Roots { .. } | SetupError::Client(_) => "tls",
            };
            checks.push(wrong(name, tai_auth::chain(&error), setup_hint(&error)));
            skip_from(&mut checks, &["health", "clock"]);
            return (checks, None);
        }
    };
    let go_on = match bridge.proxy() {
        Some(proxy) => through(proxy, &mut checks).await,
        None => directly(base, &mut checks).await,
    };
    let reached = match go_on {
        false => None,
        true => {
            let health = bridge.health().await;
            checks.extend(tls(base, &health));
            health.ok().map(|health| (bridge, health))
        }
    };
    match reached {
        Some((bridge, health)) => {
            checks.push(clock(&health, now));
            (checks, Some(bridge))
        }
        None => {
            checks.push(skipped("clock", NO_CONNECTION));
            (checks, None)
        }
    }
}

/// Checks that the proxy can be reached. Returns whether the next step can be checked.
async fn through(proxy: &Proxied, checks: &mut Vec<Check>) -> bool {
    let name = "proxy";
    let (host, port) = proxy.url.place();
    let reached = timeout(STEP_TIMEOUT, TcpStream::connect((host, port))).await;
    let problem = match reached {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("no answer within {} s", STEP_TIMEOUT.as_secs())),
    };
    match problem {
        None => {
            checks.push(ok(name, format!("requests go through {proxy}")));
            let why = "done by the proxy";
            checks.extend(["dns", "connection"].map(|name| skipped(name, why)));
            true
        }
        Some(problem) => {
            let found = format!("cannot reach the proxy {proxy}: {problem}");
            let remedy = format!("start the proxy, or correct {}", proxy.origin);
            checks.push(wrong(name, found, remedy));
            skip_from(checks, &["dns", "connection", "tls", "health"]);
            false
        }
    }
}

/// Checks that the bridge's host has an address and accepts connections. Returns whether the
/// next step can be checked.
async fn directly(base: &BaseUrl, checks: &mut Vec<Check>) -> bool {
    checks.push(ok("proxy", "none"));
    let base = base.as_url();
    let host = base.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = base.port_or_known_default().unwrap_or(443);
    let found = timeout(STEP_TIMEOUT, lookup_host((host, port))).await;
    let addresses: Vec<SocketAddr> = match found {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => {
            let found = format!("{host} has no address: {error}");
            let remedy = "check the network and the spelling of `api_base_url`";
            checks.push(wrong("dns", found, remedy));
            skip_from(checks, &["connection", "tls", "health"]);
            return false;
        }
        Err(_) => {
            let found = format!(
                "no DNS answer for {host} within {} s",
                STEP_TIMEOUT.as_secs()
            );
            checks.push(wrong("dns", found, "check the network's DNS server"));
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
        problem = match timeout(STEP_TIMEOUT, TcpStream::connect(address)).await {
            Ok(Ok(_)) => {
                checks.push(ok("connection", format!("{address} accepts connections")));
                return true;
            }
            Ok(Err(error)) => format!("{address}: {error}"),
            Err(_) => format!("{address}: no answer within {} s", STEP_TIMEOUT.as_secs()),
        };
    }
    checks.push(wrong(
        "connection",
        problem,
        "check the network, the firewall, and the port of `api_base_url`",
    ));
    skip_from(checks, &["tls", "health"]);
    false
}

fn skip_from(checks: &mut Vec<Check>, names: &[&str]) {
    for name in names {
        checks.push(skipped(name, NO_CONNECTION));
    }
}

/// Results of the health request: TLS and health.
fn tls(base: &BaseUrl, health: &Result<Health, BridgeError>) -> [Check; 2] {
    let is_tls = base.is_https();
    let failed = |found: String, remedy: String| {
        [
            wrong("tls", found, remedy),
            skipped("health", NO_CONNECTION),
        ]
    };
    match health {
        Err(BridgeError::Unreachable { detail }) if is_tls => {
            return failed(
                format!("TLS failed: {detail}"),
                "check `api_base_url`, and whether a proxy or a virus scanner intercepts connections"
                    .to_owned(),
            );
        }
        Err(error @ (BridgeError::Untrusted { .. } | BridgeError::ProxyFailed { .. })) => {
            let fault = fault::of_bridge(error);
            return failed(error.to_string(), fault.hint.render(Audience::Person));
        }
        Ok(_) | Err(_) => {}
    }
    let tls = match is_tls {
        true => ok("tls", "the certificate is valid"),
        false => skipped("tls", "not needed for loopback"),
    };
    let health = match health {
        Ok(health) => ok(
            "health",
            format!("the bridge reports that it is {}", health.status),
        ),
        Err(error) => {
            let fault = fault::of_bridge(error);
            let found = match error {
                BridgeError::Failed {
                    message, status, ..
                } => format!("the bridge failed: {message} (HTTP {status})"),
                _ => format!("{}: {}", fault.what, fault.why),
            };
            wrong("health", found, fault.hint.render(Audience::Person))
        }
    };
    [tls, health]
}

/// Compares this machine's clock with the bridge's, whose resolution is one second.
fn clock(health: &Health, now: SystemTime) -> Check {
    let name = "clock";
    let Some(theirs) = health.server_time else {
        return skipped(name, "the bridge does not report its time");
    };
    let (apart, word) = match now.duration_since(theirs) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(error) => (error.duration(), "behind"),
    };
    let span = crate::time::span(apart);
    if apart >= MAX_SKEW {
        let found = format!("this machine's clock is {span} {word} the bridge's");
        let remedy =
            "set the clock (`timedatectl set-ntp true`); until then taid uses the bridge's time";
        return wrong(name, found, remedy);
    }
    ok(name, "within a minute of the bridge's")
}

/// Checks that the bridge accepts the password, with one login.
pub(super) async fn login(bridge: Option<&HttpBridge>, credentials: Option<Credentials>) -> Check {
    let name = "login";
    let Some(bridge) = bridge else {
        return skipped(name, NO_CONNECTION);
    };
    let Some(credentials) = credentials else {
        return skipped(name, "not checked: no password");
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
            let remedy = "check the configured username and password (case matters)";
            let refused = error.is_refused();
            let remedy = match refused {
                true => remedy.to_owned(),
                false => fault.hint.render(Audience::Person),
            };
            wrong(name, format!("{}: {}", fault.what, fault.why), remedy)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::check::State, *};

    #[test]
    fn a_clock_skew_of_more_than_a_minute_is_a_problem() {
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
        assert_eq!(at(Some(now - Duration::from_secs(59))), State::Ok);
        assert_eq!(at(Some(now - Duration::from_secs(61))), State::Wrong);
        assert_eq!(at(Some(now + Duration::from_secs(61))), State::Wrong);
        assert_eq!(at(None), State::Skipped);
    }
}
