//! Settings of the network between this machine and the bridge.

use super::proxy_url::ProxyUrl;
use std::path::PathBuf;

/// Settings of the network. The default takes the proxy and its exceptions from the variables
/// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, and the certificates from the system or the
/// variable `SSL_CERT_FILE`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkOptions {
    /// Proxy of all requests; it takes the place of the variables.
    pub proxy: Option<Configured<ProxyChoice>>,
    /// Hosts that need no proxy, separated by commas; it takes the place of the variable.
    pub no_proxy: Option<String>,
    /// PEM file of certificate authorities that are trusted in addition to the system's.
    pub ca_file: Option<Configured<PathBuf>>,
}

/// A value and the setting that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configured<T> {
    /// The value.
    pub value: T,
    /// The setting, as errors name it.
    pub origin: String,
}

/// Choice of a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyChoice {
    /// Direct connections.
    None,
    /// Connections through this proxy.
    Url(ProxyUrl),
}
