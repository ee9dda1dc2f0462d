//! The operations, one file each, and what several of them do alike.

pub(super) mod account;
pub(super) mod body_part;
pub(super) mod consent;
pub(super) mod content;
pub(super) mod failing;
pub(super) mod fetch;
pub(super) mod granted;
pub(super) mod held;
pub(super) mod inbox;
pub(super) mod look;
pub(super) mod mailbox;
pub(super) mod named;
pub(super) mod person_send;
pub(super) mod prepare;
pub(super) mod previews;
pub(super) mod reading;
pub(super) mod reclaim;
pub(super) mod submit;
pub(super) mod wait;
pub(super) mod walk;
pub(super) mod wanted;
pub(super) mod watch;
