//! What holds for each kind of call. A new one does not compile before it is said here.

use super::Call;
use crate::approval::Outgoing;

/// The tools that MCP clients have, by the [names](Call::name) of their calls.
pub const TOOLS: [&str; 8] = [
    "send_email",
    "fetch_email",
    "list_inbox",
    "reply_email",
    "delete_email",
    "mark_read",
    "search_inbox",
    "session_status",
];

impl Call {
    /// Whether doing it twice comes to the same as doing it once, so that a client may send
    /// it again when the connection was lost before the answer.
    pub fn is_repeatable(&self) -> bool {
        match self {
            // A mail that is fetched comes back when its answer was lost.
            Call::ListInbox(_)
            | Call::FetchEmail(_)
            | Call::Settle { .. }
            | Call::HandOver { .. }
            | Call::MarkRead { .. }
            | Call::Search(_)
            | Call::Info
            | Call::Status
            | Call::Stop
            | Call::Account(_)
            | Call::Watch { .. }
            | Call::Peek { .. }
            | Call::Held => true,
            Call::SendEmail(_)
            | Call::ReplyEmail(_)
            | Call::SendAgain(_)
            | Call::ReplyAgain(_)
            | Call::Decide(_)
            | Call::Approve(_) => false,
            // A second time it is not there any more, which would be told as a failure.
            Call::Delete { .. } => false,
            // Each of them changes who is signed in.
            Call::Offer(_) | Call::Login(_) | Call::Logout => false,
        }
    }

    /// The first version in which it is answered as described here.
    pub fn since(&self) -> u32 {
        match self {
            Call::SendEmail(_)
            | Call::FetchEmail(_)
            | Call::ListInbox(_)
            | Call::ReplyEmail(_)
            | Call::Info
            | Call::Stop => 1,
            Call::Status
            | Call::Account(_)
            | Call::Offer(_)
            | Call::Login(_)
            | Call::Logout
            | Call::Settle { .. }
            | Call::HandOver { .. }
            | Call::Delete { .. }
            | Call::MarkRead { .. }
            | Call::Search(_)
            | Call::SendAgain(_)
            | Call::ReplyAgain(_) => 2,
            Call::Watch { .. }
            | Call::Peek { .. }
            | Call::Decide(_)
            | Call::Held
            | Call::Approve(_) => 3,
        }
    }

    /// The name as MCP clients and `taid status` know it.
    pub fn name(&self) -> &'static str {
        match self {
            Call::SendEmail(_) | Call::SendAgain(_) => "send_email",
            Call::FetchEmail(_) | Call::Peek { .. } => "fetch_email",
            Call::ListInbox(_) => "list_inbox",
            Call::ReplyEmail(_) | Call::ReplyAgain(_) => "reply_email",
            Call::Info => "info",
            Call::Status => "session_status",
            Call::Stop => "stop",
            Call::Account(_) => "account",
            Call::Offer(_) => "offer",
            Call::Login(_) => "login",
            Call::Logout => "logout",
            Call::Settle { .. } => "settle",
            Call::HandOver { .. } => "hand_over",
            Call::Delete { .. } => "delete_email",
            Call::MarkRead { .. } => "mark_read",
            Call::Search(_) => "search_inbox",
            Call::Watch { .. } => "watch",
            Call::Decide(decision) => match decision.mail {
                Outgoing::Send(_) => "send_email",
                Outgoing::Reply(_) => "reply_email",
            },
            Call::Held => "held",
            Call::Approve(_) => "approve",
        }
    }
}
