//! The tools whose permission calls need.

use super::{Call, Submit};
use crate::{mail::Target, tool::Tool};

impl Submit {
    /// Returns the tool for the draft: `send_email` or `reply_email`.
    pub fn tool(&self) -> Tool {
        match self.draft.target {
            Target::New { .. } => Tool::SendEmail,
            Target::Reply { .. } => Tool::ReplyEmail,
        }
    }
}

impl Call {
    /// Returns the tool whose permission an agent needs for the call. `None` for calls without a
    /// permission; [`Call::role`] limits some of them to persons.
    pub fn tool(&self) -> Option<Tool> {
        match self {
            Call::Submit(submit) => Some(submit.tool()),
            Call::Fetch(_) | Call::Peek(_) => Some(Tool::FetchEmail),
            Call::List(_) => Some(Tool::ListInbox),
            Call::Search(_) => Some(Tool::SearchInbox),
            Call::Delete(_) => Some(Tool::DeleteEmail),
            Call::MarkRead(_) => Some(Tool::MarkRead),
            Call::GetStatus(_) => Some(Tool::SessionStatus),
            Call::WaitFor(_) => Some(Tool::WaitForEmail),
            Call::Settle(_)
            | Call::EndLease(_)
            | Call::ReclaimLeases(_)
            | Call::Watch(_)
            | Call::GetInfo(_)
            | Call::ClaimAccount(_)
            | Call::OfferCredentials(_)
            | Call::MakeWay(_)
            | Call::Login(_)
            | Call::Logout(_)
            | Call::ListHeld(_)
            | Call::WatchHeld(_)
            | Call::ReviseHeld(_)
            | Call::ResolveHeld(_)
            | Call::ReadHeld(_)
            | Call::RetryLogin(_)
            | Call::FindReply(_)
            | Call::ListMail(_)
            | Call::SearchMail(_)
            | Call::ReadMail(_)
            | Call::FinishMail(_)
            | Call::DeleteMail(_)
            | Call::SendMail(_)
            | Call::GetTraffic(_)
            | Call::Stop(_) => None,
        }
    }
}
