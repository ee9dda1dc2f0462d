//! Waiting mails as a person sees them.

use super::state::{HELD_LIFE, Place, Trace, WaitingMail};
use crate::{digest::Digest, time::rfc3339};
use std::time::SystemTime;
use tai_auth::session::stamp::Stamp;
use tai_proto::{
    approval::{GoneMail, GoneState, HeldMail, HeldState, RevisedMail},
    text::Label,
};

/// Returns [`HeldMail::version`].
pub(super) fn version(trace: &Trace) -> Label {
    let state = if trace.maybe_sent { "maybe sent" } else { "" };
    let version = Digest::of(&[&trace.digest.to_string(), state]);
    version.to_string().as_str().into()
}

/// Returns a waiting mail.
pub(super) fn show(waiting: &WaitingMail, now: Stamp) -> HeldMail {
    let since = on_wall(waiting.since, now);
    HeldMail {
        number: waiting.number,
        version: version(&waiting.trace()),
        client: Label::from(waiting.client.as_str()),
        instance: waiting.instance.clone(),
        since: label(since),
        until: label(since + HELD_LIFE),
        state: match waiting.place {
            _ if waiting.maybe_sent => HeldState::MaybeSent,
            Place::Sealed => HeldState::Kept,
            Place::Memory => HeldState::InMemory,
        },
        replaces: waiting
            .replaces
            .as_ref()
            .map(|trace| gone(trace, Fate::Lost, now)),
        revises: waiting.revises.as_ref().map(|(number, digest)| {
            Box::new(RevisedMail {
                number: *number,
                digest: digest.to_string().as_str().into(),
            })
        }),
        is_reply: waiting.mail.reply_to.is_some(),
        format: waiting.mail.format,
        mail: Box::new(waiting.mail.preview()),
    }
}

/// Reason for which a mail has no content any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Locked,
    Lost,
    Expired,
}

/// Returns a mail whose content is lost, or cannot be opened now.
pub(super) fn gone(trace: &Trace, fate: Fate, now: Stamp) -> GoneMail {
    GoneMail {
        number: trace.number,
        version: version(trace),
        instance: trace.instance.clone(),
        since: label(on_wall(trace.since, now)),
        digest: trace.digest.to_string().as_str().into(),
        state: match (fate, trace.maybe_sent) {
            (Fate::Locked, _) => GoneState::Locked,
            (Fate::Lost, false) => GoneState::Lost,
            (Fate::Lost, true) => GoneState::LostMaybeSent,
            (Fate::Expired, false) => GoneState::Expired,
            (Fate::Expired, true) => GoneState::ExpiredMaybeSent,
        },
    }
}

/// Returns a moment on the wall clock as it is set now.
fn on_wall(at: Stamp, now: Stamp) -> SystemTime {
    now.wall.checked_sub(at.age(now)).unwrap_or(at.wall)
}

fn label(at: SystemTime) -> Label {
    rfc3339(at).as_str().into()
}
