//! What is said, since version 2, about reading and finding mails, and since version 3
//! about waiting for them. Every type is plainly
//! typed, as in [`crate::call`].

use crate::call::{Mail, Row};
use serde::{Deserialize, Serialize};

/// What was found to read, and what was taken out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The address whose mails were looked at.
    pub address: String,
    /// The mail; `None` when nothing is unread.
    pub mail: Option<Mail>,
    /// What a person would not have seen of it.
    pub removed: Removed,
}

/// What was taken out of a body, because a person would not have seen it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Hidden elements with something in them.
    pub hidden: u32,
    /// Images that are there to be fetched and not to be seen.
    pub trackers: u32,
    /// Scripts, frames and other things that are not text.
    pub scripts: u32,
    /// Comments.
    pub comments: u32,
    /// Zero-width, direction-changing, tag and control characters.
    pub invisible: u32,
    /// Whether the body was longer than 1 MB, and its end left out.
    pub cut: bool,
    /// Whether it was nested too deep, and is shown as bare text, hidden passages included.
    pub flattened: bool,
}

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// Words that have to be in the sender, the subject or the body, in any case and order.
    pub query: String,
    /// At most how many mails to return, 1 to 100.
    pub limit: u32,
    /// Whether only unread mails are looked at.
    pub unread_only: bool,
}

/// What was found, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The address whose mails were looked at.
    pub address: String,
    /// The mails.
    pub rows: Vec<Row>,
    /// How many mails were looked at.
    pub looked_at: u64,
    /// Whether that is all there are.
    pub complete: bool,
}

/// Whether mail has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// For the next [`crate::Call::Watch`].
    pub mark: u64,
    /// Whether mail for the client's address has come since the mark that was given. It may
    /// be said once too often, after a restart of the daemon, and never too seldom.
    pub arrived: bool,
}
