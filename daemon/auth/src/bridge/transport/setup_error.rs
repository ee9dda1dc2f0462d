//! Reasons why the HTTP client cannot be set up. Each names the setting to change.

use super::proxy_url::ProxyUrlError;
use std::path::PathBuf;

/// Reason why the HTTP client cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A variable with a proxy has a value that cannot be used.
    #[error("{origin} is not valid: {rule}")]
    Proxy {
        /// The variable.
        origin: String,
        /// The rule that its value breaks.
        rule: ProxyUrlError,
    },
    /// A variable with hosts that need no proxy is not UTF-8.
    #[error("the variable {name} is not valid: it is not UTF-8")]
    NoProxy {
        /// The variable.
        name: &'static str,
    },
    /// A file of certificate authorities cannot be used.
    #[error("the file {} from {origin} cannot be used", path.display())]
    Roots {
        /// The setting that names the file.
        origin: String,
        /// The file.
        path: PathBuf,
        /// The problem with the file.
        #[source]
        source: RootsError,
    },
    /// TLS cannot be set up; in practice, the system has no certificate authorities.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}

/// Reason why a file has no usable certificates.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// The file cannot be read.
    #[error("it cannot be read")]
    Read(#[source] std::io::Error),
    /// Another user can change the file.
    #[error("it {0}")]
    Unsafe(String),
    /// The file contains a certificate in binary form.
    #[error(
        "it is binary (DER); convert it with `openssl x509 -inform der -in FILE -out FILE.pem`"
    )]
    Der,
    /// The file contains no certificate in PEM form.
    #[error("it contains no valid certificate in PEM form (`-----BEGIN CERTIFICATE-----`)")]
    NoCertificate,
}
