//! Mail as a person sees it, and outgoing mail in its final form. HTML and text are untrusted.
//!
//! [`read`] and [`outgoing::parts`] are pure functions with bounds in size and work. A mail may still
//! make them slow, large or crash, so the daemon calls them in a [`worker`]: a process without files,
//! network, environment and secrets, whose memory and time are limited. [`characters`] is linear and
//! needs no worker.
#![warn(missing_docs)]

#[cfg(test)]
mod bounds;
mod cascade;
pub mod characters;
mod css;
mod document;
mod findings;
mod html;
mod limits;
pub mod outgoing;
mod page;
mod reading;
mod sight;
mod thresholds;
pub mod worker;

pub use findings::{Findings, Source};
pub use limits::MAX_OUTPUT;
pub use page::is_ending;
pub use reading::{Reading, read};
