//! The meaning of an HTTP answer, from the bridge or from a machine in front of it.

use super::{
    error::BridgeError,
    expected::Expected,
    gate::{self, Gate, Scope},
    transport::{RawAnswer, Unreadable},
    wire::Wrapper,
};
use crate::foreign;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{DATE, LOCATION, RETRY_AFTER},
};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::{Duration, SystemTime};
use tai_timing::limit;
use url::Url;

/// Limit of the target of a redirect, in characters.
const MAX_LOCATION: usize = 200;

/// Removes the password or token of the request from the texts of its answer, which a faulty bridge or a
/// machine in front of it repeats: errors are shown and logged.
pub(super) fn hide<V>(raw: &mut RawAnswer<Wrapper<V>>, secret: &SecretString) {
    let secret = secret.expose_secret();
    if let Ok(Wrapper {
        error: Some(error), ..
    }) = &mut raw.body
    {
        for text in [&mut error.code, &mut error.message] {
            *text = foreign::without(text, secret);
        }
    }
    let to = raw.headers.get(LOCATION).map(HeaderValue::as_bytes);
    let to = to.map(|to| foreign::without(&String::from_utf8_lossy(to), secret));
    if let Some(to) = to.and_then(|to| HeaderValue::try_from(to).ok()) {
        raw.headers.insert(LOCATION, to);
    }
}

/// Returns the data of an answer. A 429, and a 503 with a `Retry-After`, close `gate`
/// for the scope of the request.
pub(super) fn read<E: Expected>(
    gate: &Gate,
    scope: Scope,
    raw: RawAnswer<Wrapper<E::Value>>,
) -> Result<E::Value, BridgeError> {
    let RawAnswer {
        status,
        headers,
        body,
    } = raw;
    if status == StatusCode::TOO_MANY_REQUESTS {
        let pause = limit::after_429(retry_after(&headers));
        gate.close(scope, pause);
        let retry_after = Some(pause);
        return Err(BridgeError::RateLimited { retry_after });
    }
    if status == StatusCode::SERVICE_UNAVAILABLE
        && let Some(pause) = limit::after_503(retry_after(&headers))
    {
        // Unlike a 429, it does not say that the request had no effect.
        gate.close(scope, pause);
    }
    if let Some(moved) = moved(status, &headers) {
        return Err(moved);
    }
    if status.is_success() {
        let wrapper = match body {
            Ok(wrapper) => wrapper,
            Err(Unreadable::Empty) if status == StatusCode::NO_CONTENT => Wrapper::success(),
            Err(problem) => {
                let unsaid = E::unsaid().filter(|_| matches!(problem, Unreadable::Empty));
                return unsaid.ok_or_else(|| unreadable(status, problem));
            }
        };
        return match wrapper {
            Wrapper {
                success: true,
                data,
                ..
            } => data.or_else(E::without_data).ok_or(BridgeError::Garbled {
                detail: "it has no data".into(),
            }),
            Wrapper {
                error: Some(error), ..
            } => Err(failed(status.as_u16(), error.code, error.message)),
            Wrapper { .. } => E::unsaid().ok_or_else(|| BridgeError::Garbled {
                detail: "it has neither data nor an error".into(),
            }),
        };
    }
    let Some(error) = body.ok().and_then(|wrapper| wrapper.error) else {
        return Err(BridgeError::Intercepted {
            status: status.as_u16(),
        });
    };
    let (code, message, status) = (error.code, error.message, status.as_u16());
    Err(match status {
        401 => BridgeError::Unauthorized { message },
        404 if is_no_endpoint(&message) => BridgeError::NoEndpoint { message },
        400..=499 => BridgeError::Refused {
            status,
            code,
            message,
        },
        _ => failed(status, code, message),
    })
}

/// Returns the pause that an answer asks for.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    gate::retry_after(value, date(headers))
}

/// Returns the error of a redirect.
pub(super) fn moved(status: StatusCode, headers: &HeaderMap) -> Option<BridgeError> {
    if !status.is_redirection() {
        return None;
    }
    let to = headers.get(LOCATION).map(HeaderValue::as_bytes);
    let to = String::from_utf8_lossy(to.unwrap_or(b"an unnamed place"));
    Some(BridgeError::Moved {
        status: status.as_u16(),
        to: foreign::line(&without_secrets(&to), MAX_LOCATION),
    })
}

/// Returns the target of a redirect without a password and without a query, which may be a secret.
fn without_secrets(to: &str) -> String {
    let Ok(mut url) = Url::parse(to) else {
        let to = to.split(['?', '#']).next().unwrap_or_default();
        return match to.split_once("//") {
            Some((scheme, rest)) => {
                let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
                format!("{scheme}//{host}{path}")
            }
            None => to.to_owned(),
        };
    };
    // They fail for a URL that cannot have the part.
    let _ = (url.set_username(""), url.set_password(None));
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// Returns whether a 404 says that the endpoint is missing, and not the mail. The bridge tells
/// them apart by text alone.
fn is_no_endpoint(message: &str) -> bool {
    message.starts_with("Endpoint not found")
}

/// Returns whether a 401 with this text may be the bridge's failing database: the bridge has
/// accepted the token and does not find its user (bridge-api.md, trap 9).
pub(super) fn may_be_database(message: &str) -> bool {
    message.starts_with("User not found")
}

/// Returns the error of a success whose body cannot be used.
fn unreadable(status: StatusCode, problem: Unreadable) -> BridgeError {
    match problem {
        Unreadable::TooLarge(limit) => BridgeError::TooLarge { limit },
        Unreadable::WebPage => BridgeError::Intercepted {
            status: status.as_u16(),
        },
        Unreadable::Empty | Unreadable::NotJson(_) => BridgeError::Garbled {
            detail: problem.to_string(),
        },
    }
}

/// Beginnings of the provider's texts about a mail or an account that it refuses each time. The
/// bridge repeats a request to the provider, and a refusal that can differ from one time to the
/// next, such as for a rate limit, says nothing about an earlier time whose answer was lost.
const PERMANENT_REFUSALS: [&str; 4] = [
    "Invalid `",
    "Missing `",
    "You can only send testing emails to your own email address",
    "API key is invalid",
];

/// Returns whether the provider refuses the mail each time.
fn is_permanent_refusal(message: &str) -> bool {
    let is_unverified = message.starts_with("The ") && message.contains(" domain is not verified");
    let mut starts = PERMANENT_REFUSALS.iter();
    is_unverified || starts.any(|start| message.starts_with(start))
}

/// Classifies the bridge's own failures. The bridge tells them apart by text alone
/// (bridge-api.md, trap 7), and this is the only place that looks at it: every text that is
/// not known leaves the outcome unknown.
fn failed(status: u16, code: String, message: String) -> BridgeError {
    if message.starts_with("Circuit breaker is OPEN") {
        BridgeError::CircuitOpen { message }
    } else if message.starts_with("Resend service not initialized") {
        BridgeError::NoProvider { message }
    } else if message.starts_with("Failed to process email request") {
        BridgeError::NotProcessed { message }
    } else if is_permanent_refusal(&message) {
        BridgeError::ProviderRefused { message }
    } else {
        BridgeError::Failed {
            status,
            code,
            message,
        }
    }
}

/// Returns the time of the `Date` header.
pub(super) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_of_a_redirect_has_no_secret() {
        for (to, shown) in [
            (
                "https://user:pw@a.example/b?token=c#d",
                "https://a.example/b",
            ),
            ("/login?token=c", "/login"),
            ("//user:p@w@a.example/b@c", "//a.example/b@c"),
            ("https://user:pw@[bad/b", "https://[bad/b"),
            ("mailto:a@b.example", "mailto:a@b.example"),
        ] {
            assert_eq!(without_secrets(to), shown);
        }
    }

    #[test]
    fn only_failures_that_the_bridge_names_are_certainly_before_the_send() {
        let error = |message: &str| failed(500, "INTERNAL_ERROR".into(), message.into());
        for message in [
            "Circuit breaker is OPEN. Next attempt at 10:00",
            "Circuit breaker is OPEN",
        ] {
            assert!(matches!(error(message), BridgeError::CircuitOpen { .. }));
        }
        let message = "Resend service not initialized. Check RESEND_API_KEY";
        assert!(matches!(error(message), BridgeError::NoProvider { .. }));
        let message = "Failed to process email request";
        assert!(matches!(error(message), BridgeError::NotProcessed { .. }));
        for message in [
            "Invalid `to` field. The address needs to follow a format.",
            "Missing `from` field.",
            "The tai.chat domain is not verified. Please, add and verify your domain",
            "API key is invalid",
        ] {
            assert!(
                matches!(error(message), BridgeError::ProviderRefused { .. }),
                "{message}"
            );
        }
        for message in [
            "Unable to fetch data. The request could not be resolved.",
            "Internal server error",
            "Too many requests. You can only make 2 requests per second.",
            "You have reached your daily email sending quota.",
            "The Circuit breaker is OPEN",
            "",
        ] {
            assert!(matches!(error(message), BridgeError::Failed { .. }));
        }
    }
}
