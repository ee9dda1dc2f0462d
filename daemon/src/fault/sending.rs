//! Faults of a send whose mail may have left before.

use crate::{digest::Digest, mail::Outcome, time};
use std::time::Duration;
use tai_auth::bridge::BridgeError;
use tai_proto::{
    Fault, FaultCode, Hint,
    advice::{UNKNOWN_FOR_AGENTS, UNKNOWN_FOR_PERSONS},
    names::MailId,
};

/// Returns the fault for a mail that may have been sent.
pub(super) fn unknown(digest: &Digest, cause: &BridgeError) -> Fault {
    let (agent, person) = match cause {
        BridgeError::Moved { .. } => (
            "; ask the user to set `api_base_url` to the new place of the bridge",
            "; set `api_base_url` to the new place of the bridge",
        ),
        _ => ("", ""),
    };
    Fault::new(
        FaultCode::OutcomeUnknown,
        "it is unknown whether the mail was sent",
    )
    .because(format!("{cause} (mail {digest})"))
    .hint(Hint::each(
        format!("{UNKNOWN_FOR_AGENTS}{agent}"),
        format!("{UNKNOWN_FOR_PERSONS}{person}"),
    ))
}

/// Returns the fault for a second reply of a program that answers each mail once.
pub(super) fn answered(original: MailId) -> Fault {
    Fault::new(
        FaultCode::Duplicate,
        format!("email {original} is answered already"),
    )
    .because("a reply of this address was sent within the last week, is being sent, or waits for approval")
    .hint(Hint::reader("do not answer it again; nothing was sent"))
}

/// Returns the fault for an answer of a program to another program.
pub(super) fn automatic(original: MailId) -> Fault {
    Fault::new(
        FaultCode::NotPermitted,
        format!("the sender of email {original} gets no answer"),
    )
    .because("it is an address of a program or a list, such as one for bounces")
    .hint(Hint::reader("do not answer the email; nothing was sent"))
}

/// Returns the fault for a mail that was sent this long ago, may have been sent, or is being sent;
/// `None` if the machine was restarted since.
pub(super) fn duplicate(digest: &Digest, outcome: Outcome, ago: Option<Duration>) -> Fault {
    let when = match ago {
        Some(ago) => format!("{} ago", time::span(ago)),
        None => "before this machine was restarted".to_owned(),
    };
    let what = match outcome {
        Outcome::Sent => format!("the same email was sent {when}"),
        Outcome::Sending => "the same email is being sent right now".to_owned(),
        Outcome::Unknown => {
            format!("the same email may have been sent {when} (the bridge did not confirm it)")
        }
    };
    let limit = match outcome {
        Outcome::Sent | Outcome::Sending => "ten minutes",
        Outcome::Unknown => "a day",
    };
    let period = match ago {
        Some(_) => format!("within {limit}"),
        None => format!("perhaps within {limit}, as far as the clock is certain"),
    };
    Fault::new(FaultCode::Duplicate, what)
        .because(format!(
            "same sender, recipient, subject and content {period} (mail {digest})"
        ))
        .hint(match outcome {
            Outcome::Sent => Hint::each(
                "to send it twice on purpose, call again with allow_duplicate: true; nothing was sent",
                "nothing was sent; it can be sent again after ten minutes, or at once with `taid send --again`",
            ),
            Outcome::Sending => Hint::reader("wait for the result of the first call; nothing was sent twice"),
            Outcome::Unknown => Hint::each(
                format!("{UNKNOWN_FOR_AGENTS}; nothing was sent this time"),
                format!("{UNKNOWN_FOR_PERSONS}; nothing was sent this time"),
            ),
        })
}
