//! Mail as a person sees it. Pure functions without files, network or secrets.
#![warn(missing_docs)]

pub mod outgoing;
