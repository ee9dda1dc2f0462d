//! Classification of the failures of a request.

use super::proxy::Proxied;
use crate::{bridge::error::BridgeError, foreign};
use rustls::CertificateError;
use std::{error::Error, io, time::Duration};

/// Returns the error of a request that failed on its way through `proxy`.
pub(super) fn of(error: &reqwest::Error, proxy: Option<&Proxied>, after: Duration) -> BridgeError {
    if let Some(detail) = certificate_problem(error) {
        return BridgeError::Untrusted { detail };
    }
    let detail = innermost(error);
    match (error.is_connect(), proxy) {
        (true, Some(proxy)) => BridgeError::ProxyFailed {
            proxy: proxy.to_string(),
            detail,
        },
        (true, None) => BridgeError::Unreachable {
            detail: match host(error) {
                Some(host) => format!("{host}: {detail}"),
                None => detail,
            },
        },
        (false, _) if error.is_timeout() => BridgeError::TimedOut { after },
        (false, _) => BridgeError::Broken { detail },
    }
}

/// Returns the host of a request, with its port if the scheme has another one.
fn host(error: &reqwest::Error) -> Option<String> {
    let url = error.url()?;
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// Returns the reason why the certificate of the bridge is not accepted, if that is the failure.
fn certificate_problem(error: &reqwest::Error) -> Option<String> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(rustls::Error::InvalidCertificate(problem)) = error.downcast_ref() {
            return Some(foreign::message(&described(problem)));
        }
        // The error inside an I/O error is not its source.
        let inner = error.downcast_ref().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn described(problem: &CertificateError) -> String {
    match problem {
        CertificateError::UnknownIssuer => "no trusted authority has issued it".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it was issued to another host".to_owned()
        }
        other => other.to_string(),
    }
}

/// Returns the innermost cause of a reqwest error, which repeats the URL and leaves its
/// causes out.
fn innermost(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    foreign::message(&text)
}
