//! The table of what a failure allows, for both effects.

use super::*;
use Again::*;

fn name(again: &Again) -> &'static str {
    match again {
        No => "no",
        Yes => "yes",
        AtGate => "at the gate",
        Unknown => "unknown",
    }
}

#[test]
fn nothing_that_may_have_sent_a_mail_is_sent_again() {
    let text = String::new;
    let api = |status, message: &str| (status, text(), message.to_owned());
    let failed = |(status, code, message)| BridgeError::Failed {
        status,
        code,
        message,
    };
    let refused = |(status, code, message)| BridgeError::Refused {
        status,
        code,
        message,
    };
    let table = [
        // error, a read, a send
        (BridgeError::Unreachable { detail: text() }, "yes", "yes"),
        (
            BridgeError::RateLimited { retry_after: None },
            "at the gate",
            "at the gate",
        ),
        (BridgeError::Broken { detail: text() }, "yes", "unknown"),
        (
            BridgeError::TimedOut {
                after: Duration::ZERO,
            },
            "yes",
            "unknown",
        ),
        (BridgeError::Intercepted { status: 502 }, "yes", "unknown"),
        (BridgeError::Intercepted { status: 404 }, "no", "no"),
        (BridgeError::Garbled { detail: text() }, "yes", "unknown"),
        (BridgeError::TooLarge { limit: 1 }, "no", "unknown"),
        (failed(api(500, "Internal server error")), "yes", "no"),
        (failed(api(500, "Circuit breaker is OPEN")), "no", "no"),
        (refused(api(403, "")), "no", "no"),
        (BridgeError::Unauthorized { message: text() }, "no", "no"),
    ];
    for (error, read, send) in table {
        assert_eq!(
            name(&again(Effect::Repeatable, &error)),
            read,
            "a read: {error}"
        );
        assert_eq!(name(&again(Effect::Once, &error)), send, "a send: {error}");
    }
}

#[test]
fn pauses_grow_and_stay_bounded() {
    for tries in 1..40 {
        assert!(backoff(tries) <= LONGEST_DELAY);
    }
}
