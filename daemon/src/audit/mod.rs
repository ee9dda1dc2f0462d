//! The audit log: one line for each login, logout, offer of credentials, send, approval, deletion
//! and refusal by a rule. A line says who (client, process, instance), what (the digest of the mail)
//! and the outcome. It contains no recipient, subject or content.
//!
//! Each line has the SHA-256 of the line before, so that a changed, removed or moved line breaks the
//! chain, across files too. The chain has no secret: it shows a change only to a reader who knows a
//! later digest, such as the running daemon. `taid audit` reads the files; [`verify`] checks them.

mod chain;
mod entry;
mod files;
mod log;
pub(crate) mod verify;

pub(crate) use entry::{Actor, By, Entry, Event, Record};
pub(crate) use files::{path_in as file_in, too_long};
pub(crate) use log::{Audit, Head};
