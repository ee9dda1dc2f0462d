//! The proxy between this machine and the bridge: from the configuration, or from the variables
//! of this process. A value that cannot be used is an error and never bypassed.

use super::{
    options::{NetworkOptions, ProxyChoice},
    proxy_url::{ProxyUrl, ProxyUrlError},
    setup_error::SetupError,
};
use crate::base_url::{BaseUrl, is_loopback};
use std::{ffi::OsString, fmt, net::IpAddr};
use tai_names::variables::{PROXIES, PROXY_EXCEPTIONS};

/// Reads a variable of this process.
pub(super) type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// A proxy and the setting that names it. `Display` shows both, without the proxy's password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxied {
    /// The proxy.
    pub url: ProxyUrl,
    /// The setting, such as "the variable HTTPS_PROXY".
    pub origin: String,
}

impl fmt::Display for Proxied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}", self.url, self.origin)
    }
}

/// Returns the proxy for requests to `base`; `None` for a direct connection.
///
/// A bridge with plain HTTP is never reached through a proxy, and a bridge on a loopback address
/// only through a configured one.
///
/// # Errors
/// [`SetupError::Proxy`].
pub(super) fn of(
    base: &BaseUrl,
    options: &NetworkOptions,
    env: Env<'_>,
) -> Result<Option<Proxied>, SetupError> {
    if !base.is_https() {
        return Ok(None);
    }
    let found = match &options.proxy {
        Some(configured) => match &configured.value {
            ProxyChoice::None => None,
            ProxyChoice::Url(url) => Some(Proxied {
                url: url.clone(),
                origin: configured.origin.clone(),
            }),
        },
        None if is_here(base) => None,
        None => of_environment(env)?,
    };
    let excepted = match &options.no_proxy {
        Some(hosts) => hosts.clone(),
        None => match first(&PROXY_EXCEPTIONS, env) {
            None => String::new(),
            Some((name, hosts)) => hosts
                .into_string()
                .map_err(|_| SetupError::NoProxy { name })?,
        },
    };
    Ok(found.filter(|_| !is_excepted(base, &excepted)))
}

fn of_environment(env: Env<'_>) -> Result<Option<Proxied>, SetupError> {
    let Some((name, value)) = first(&PROXIES, env) else {
        return Ok(None);
    };
    let origin = format!("the variable {name}");
    let url = value.to_str().ok_or(ProxyUrlError).and_then(str::parse);
    match url {
        Ok(url) => Ok(Some(Proxied { url, origin })),
        Err(rule) => Err(SetupError::Proxy { origin, rule }),
    }
}

/// Returns the first variable that is set and not empty.
fn first(names: &[&'static str], env: Env<'_>) -> Option<(&'static str, OsString)> {
    let mut set = names.iter().filter_map(|name| Some((*name, env(name)?)));
    set.find(|(_, value)| !value.is_empty())
}

/// Returns whether a proxy on another machine would not reach the bridge. The connection to it is
/// encrypted, so a name below `localhost` counts, too.
fn is_here(base: &BaseUrl) -> bool {
    let host = base.as_url().host_str();
    host.is_some_and(|host| is_loopback(host) || host.ends_with(".localhost"))
}

/// Returns whether a list of hosts, as in `NO_PROXY`, contains the bridge. An entry is a host with
/// all hosts below it, an address, a network such as `10.0.0.0/8`, or `*`. It may have a port.
fn is_excepted(base: &BaseUrl, hosts: &str) -> bool {
    let url = base.as_url();
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default();
    let address = host.parse::<IpAddr>().ok();
    hosts.split(',').map(str::trim).any(|entry| {
        let (entry, of_port) = match entry.rsplit_once(':') {
            Some((entry, port)) if !entry.contains(':') || entry.ends_with(']') => {
                (entry, port.parse::<u16>().ok())
            }
            _ => (entry, None),
        };
        if of_port.is_some() && of_port != port {
            return false;
        }
        let entry = entry.trim_matches(['[', ']']).trim_start_matches('.');
        match (entry, address) {
            ("", _) => false,
            ("*", _) => true,
            (entry, Some(address)) => is_in_network(address, entry),
            (entry, None) => {
                let entry = entry.to_ascii_lowercase();
                host == entry || host.ends_with(&format!(".{entry}"))
            }
        }
    })
}

/// Returns whether an address is the one, or in the network, of an entry.
fn is_in_network(address: IpAddr, entry: &str) -> bool {
    let (network, bits) = match entry.split_once('/') {
        Some((network, bits)) => match bits.parse::<u32>() {
            Ok(bits) => (network, bits),
            Err(_) => return false,
        },
        None => (entry, 128),
    };
    let differing = match (address, network.parse::<IpAddr>()) {
        (IpAddr::V4(a), Ok(IpAddr::V4(b))) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
        (IpAddr::V6(a), Ok(IpAddr::V6(b))) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
        _ => return false,
    };
    let longest = if address.is_ipv4() { 32 } else { 128 };
    differing >= bits.min(longest)
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
