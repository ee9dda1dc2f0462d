//! The frames after the handshake.

use crate::{
    call::{Answer, Call},
    fault::Fault,
    text::Text,
};
use serde::{Deserialize, Serialize};
use tai_names::Instance;

/// The most requests that one client may have unanswered.
pub const MAX_IN_FLIGHT: usize = 64;

/// A client's name or version as MCP reports it.
pub type ClientLabel = Text<80>;

/// A frame from the client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToDaemon {
    /// The connection's role. It is the first frame after the handshake and comes once.
    Attach(Role),
    /// The MCP client that an agent's connection serves, for `taid status`. It may come again
    /// when the name changes.
    Identify(Identity),
    /// One call.
    Request(Request),
    /// Cancels a request. A read is aborted and answered with
    /// [`crate::fault::FaultCode::Cancelled`]; a call that is [never
    /// repeated](crate::call::Repeat::Never) runs to its end. Unknown ids are ignored, because
    /// the answer may have crossed this frame.
    Cancel {
        /// [`Request::id`].
        id: u64,
    },
}

/// A frame from the daemon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum FromDaemon {
    /// The only answer to a request.
    Answer {
        /// [`Request::id`].
        id: u64,
        /// The answer, or the reason why there is none.
        result: Result<Answer, Fault>,
    },
    /// The progress of a request that asked for it.
    Progress {
        /// [`Request::id`].
        id: u64,
        /// The number of mails that were looked at.
        done: u64,
        /// The number of mails there are.
        total: u64,
    },
}

/// A connection's role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// An MCP client's agent. It may call tools, within the permissions of its instance.
    Agent {
        /// The instance whose mail the client reads and sends; `None` takes the daemon's.
        instance: Option<Instance>,
    },
    /// The user's own command, such as `taid login`. It may call everything.
    Person,
}

/// The MCP client that a connection serves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `clientInfo.name`; empty if the client gives none.
    pub name: ClientLabel,
    /// `clientInfo.version`; empty if the client gives none.
    pub version: ClientLabel,
}

/// One call with its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// A number of the client's choice, unique among its unanswered requests.
    pub id: u64,
    /// The time for which the client waits, in milliseconds; the daemon answers earlier. The
    /// daemon takes no more than five minutes into account.
    pub deadline_ms: u32,
    /// Whether the client wants [`FromDaemon::Progress`].
    pub progress: bool,
    /// The call.
    pub call: Call,
}
