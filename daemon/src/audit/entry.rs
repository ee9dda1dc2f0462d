//! The format of a line: one JSON object.

use serde::{Deserialize, Serialize};

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Number of the line, from 1. Numbers continue across files and restarts.
    pub(crate) n: u64,
    /// SHA-256 of the line before, without its line end.
    pub(crate) prev: String,
    /// Time of the event, RFC 3339 in UTC.
    pub(crate) time: String,
    /// Number of lines before this one that could not be written, as on a full disk.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) unwritten: u64,
    /// The event.
    #[serde(flatten)]
    pub(crate) record: Record,
    /// Number of refusals, failures, offers and mails that wait before this line that have no line,
    /// because there were too many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) left_out: u64,
}

/// An event without its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The event.
    pub(crate) event: Event,
    /// Who caused the event.
    #[serde(flatten)]
    pub(crate) actor: Actor,
    /// Digest of the mail, as in the ledger and in error messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) digest: Option<String>,
    /// Id of the mail at the bridge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mail_id: Option<u64>,
    /// Outcome: `sent`, `held`, a fault code, the rule of a refusal.
    pub(crate) outcome: String,
}

/// Event of the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Event {
    /// A person signed in with `taid login`.
    Login,
    /// A person signed out.
    Logout,
    /// A client offered its credentials.
    Offer,
    /// A client submitted a mail, which was sent or failed.
    Send,
    /// A client submitted a mail, which waits for `taid approve`.
    Hold,
    /// A person sent a mail that waited.
    Approve,
    /// A person changed a mail that waited. The new one waits in its place.
    Revise,
    /// A person discarded a mail that waited.
    Discard,
    /// A client deleted a mail.
    Delete,
    /// A rule or the role of the connection forbade a call.
    Refuse,
    /// A person stopped the daemon.
    Stop,
    /// A line before this one was cut by a crash or a full disk.
    Recover,
}

/// Kind of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    /// An agent of an MCP client.
    Agent,
    /// A command of the user.
    Person,
    /// The daemon itself.
    Daemon,
}

/// Who caused an event. Names are the client's own; the process and the user are the system's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Actor {
    /// Kind of the caller.
    pub(crate) by: By,
    /// Name of the MCP client, or of the program.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) client: String,
    /// Process of the connection. `None` if the system does not report it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pid: Option<u32>,
    /// User of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) uid: Option<u32>,
    /// Instance of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) instance: Option<String>,
}

impl Actor {
    /// Returns the daemon as the cause.
    pub(super) fn daemon() -> Self {
        Self {
            by: By::Daemon,
            client: String::new(),
            pid: None,
            uid: None,
            instance: None,
        }
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}
