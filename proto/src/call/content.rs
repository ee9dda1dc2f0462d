//! Size of the mail in a call, which the daemon limits.

use super::Call;

impl Call {
    /// Returns the length of the mail in the call, in bytes.
    pub fn content_len(&self) -> usize {
        match self {
            Call::Submit(submit) => submit.draft.content.len(),
            Call::SendMail(send) => send.draft.content.len(),
            Call::ReviseHeld(revise) => revise.content.len(),
            Call::Fetch(_)
            | Call::Peek(_)
            | Call::List(_)
            | Call::Search(_)
            | Call::Delete(_)
            | Call::MarkRead(_)
            | Call::Settle(_)
            | Call::EndLease(_)
            | Call::Watch(_)
            | Call::GetInfo(_)
            | Call::GetStatus(_)
            | Call::ClaimAccount(_)
            | Call::OfferCredentials(_)
            | Call::MakeWay(_)
            | Call::Login(_)
            | Call::Logout(_)
            | Call::RetryLogin(_)
            | Call::ListHeld(_)
            | Call::ResolveHeld(_)
            | Call::ReadHeld(_)
            | Call::Stop(_)
            | Call::FindReply(_)
            | Call::WaitFor(_)
            | Call::ListMail(_)
            | Call::SearchMail(_)
            | Call::ReadMail(_)
            | Call::FinishMail(_)
            | Call::DeleteMail(_)
            | Call::WatchHeld(_)
            | Call::GetTraffic(_)
            | Call::ReclaimLeases(_) => 0,
        }
    }
}
