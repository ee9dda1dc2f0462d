//! What an answer of the bridge, or of something in front of it, means.

use super::{
    BridgeError,
    gate::{self, Gate},
    wire::Envelope,
};
use reqwest::{
    StatusCode,
    header::{self, HeaderMap},
};
use std::time::SystemTime;

/// An answer as it came, and its body as a value, where it is one.
pub struct Raw<B> {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: serde_json::Result<B>,
}

/// Makes of an answer what it says.
pub(super) fn read<T>(gate: &Gate, raw: Raw<Envelope<T>>) -> Result<T, BridgeError> {
    let Raw {
        status,
        headers,
        body,
    } = raw;
    if status == StatusCode::TOO_MANY_REQUESTS {
        let value = headers
            .get(header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let asked = value.and_then(|value| gate::retry_after(value, date(&headers)));
        let retry_after = Some(gate.close(asked));
        return Err(BridgeError::RateLimited { retry_after });
    }
    if status.is_success() {
        let envelope = body.map_err(|error| BridgeError::Garbled {
            detail: error.to_string(),
        })?;
        return match envelope {
            Envelope {
                success: true,
                data: Some(data),
                ..
            } => Ok(data),
            Envelope {
                error: Some(error), ..
            } => Err(BridgeError::Failed {
                status: status.as_u16(),
                code: error.code,
                message: error.message,
            }),
            _ => Err(BridgeError::Garbled {
                detail: "it has no data".into(),
            }),
        };
    }
    let Some(error) = body.ok().and_then(|envelope| envelope.error) else {
        return Err(BridgeError::Intercepted {
            status: status.as_u16(),
        });
    };
    let (code, message, status) = (error.code, error.message, status.as_u16());
    Err(match status {
        401 => BridgeError::Unauthorized { message },
        400..=499 => BridgeError::Refused {
            status,
            code,
            message,
        },
        _ => BridgeError::Failed {
            status,
            code,
            message,
        },
    })
}

/// When the bridge answered, by its own clock.
pub(super) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()
}
