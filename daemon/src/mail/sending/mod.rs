//! What an outgoing mail is before it is sent, and what decides whether it may be.

pub(super) mod answering;
pub(super) mod check;
pub(super) mod familiar;
pub(super) mod prepared;
pub(super) mod submitter;
