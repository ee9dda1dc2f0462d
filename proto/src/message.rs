//! The frames after the handshake.

use crate::{
    call::{Answer, Call},
    fault::Fault,
    text::Text,
};
use serde::{Deserialize, Serialize};
use tai_names::Instance;

/// Limit of unanswered requests of one connection.
pub const MAX_IN_FLIGHT: usize = 64;

/// Name or version of an MCP client, at most 80 bytes.
pub type ClientLabel = Text<80>;

/// Frame from the client, after the handshake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToDaemon {
    /// Sets the role of the connection. It is the first frame after the handshake and is sent
    /// once.
    Attach(Role),
    /// Names the MCP client of an agent's connection, for `taid status`. It may be sent again.
    Identify(Identity),
    /// Makes a call.
    Request(Request),
    /// Cancels a request. The daemon aborts a [repeatable](crate::call::Repeat::Safe) call and
    /// answers with [`crate::fault::FaultCode::Cancelled`]; it completes and answers any other
    /// call. It ignores unknown ids, because the answer may have crossed this frame.
    Cancel {
        /// [`Request::id`].
        id: u64,
    },
}

/// Frame from the daemon, after the handshake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FromDaemon {
    /// Answers a request. Each request has one answer.
    Answer {
        /// [`Request::id`].
        id: u64,
        /// Answer, or the fault of a failed call.
        result: Result<Answer, Fault>,
    },
    /// Reports the progress of a request with [`Request::progress`].
    Progress {
        /// [`Request::id`].
        id: u64,
        /// Number of mails that were looked at.
        done: u64,
        /// Number of mails in total.
        total: u64,
    },
    /// Announces the end of the connection: the last frame of a daemon that has drained. A request
    /// without an answer was not begun, so the client may send any call again to the successor.
    Goodbye,
    /// Tells bridges apart: the first frame, unless the daemon serves no further client. A daemon keeps its
    /// bridge, and the ids of mails belong to one bridge.
    Attached {
        /// Digest of the bridge's origin. A confined client does not learn the bridge.
        bridge: ClientLabel,
    },
}

/// Role of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// An agent of an MCP client. It may make the calls of
    /// [`RoleNeeded::Any`](crate::call::RoleNeeded::Any), within the permissions of its instance.
    Agent {
        /// Instance whose mail the client reads and sends; `None` means the daemon's instance.
        instance: Option<Instance>,
    },
    /// A command of the user, such as `taid login`. It may make every call.
    Person,
}

/// MCP client of a connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `clientInfo.name`; empty if the client gives none.
    pub name: ClientLabel,
    /// `clientInfo.version`; empty if the client gives none.
    pub version: ClientLabel,
}

/// Call with its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Number that the client chooses. No earlier request of the connection has it.
    pub id: u64,
    /// Time limit of the call, in milliseconds. More than five minutes count as five minutes, and for a
    /// call that must not be repeated, more than 55 seconds as 55 seconds.
    pub deadline_ms: u32,
    /// Whether the daemon may send [`FromDaemon::Progress`].
    pub progress: bool,
    /// Call to make.
    pub call: Call,
}
