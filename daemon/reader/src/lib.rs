//! Mail as a person sees it, and outgoing mail in its final form. HTML and text are untrusted.
//!
//! [`read`] and [`outgoing::parts`] are pure functions with bounds in size and work. A mail may still
//! make them slow, large or crash, so the daemon calls them in a [`worker`]: a process without files,
//! network, environment and secrets, whose memory and time are limited. [`characters`] is linear and
//! needs no worker.
//!
//! [`read`] has four steps, which `reading` calls in the order in which a mail passes: `document` makes
//! a tree of the HTML, `cascade` finds the style of each element with the parsers of `css`, `sight`
//! decides what of it a person sees, and `page` writes that as Markdown. A text part needs none of
//! them. `outgoing` makes a mail, and asks [`read`] and `sight` what its recipient sees. `thresholds`
//! has the limits of sight for both.
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
