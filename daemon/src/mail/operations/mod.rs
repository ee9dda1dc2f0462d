//! The operations by theme, and the steps that they share.

mod body_part;
mod change;
mod consent;
mod content;
mod delivery;
pub(super) mod failing;
mod fetch;
mod granted;
mod held;
mod inbox;
mod look;
mod named;
mod person;
mod person_send;
mod prepare;
mod previews;
mod reading;
mod reclaim;
mod search;
mod submit;
mod wait;
mod walk;
mod wanted;
mod watch;
