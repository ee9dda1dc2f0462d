//! Numbers of the mails that wait.

use super::{
    Approvals,
    state::{Approval, Place},
};
use tai_proto::names::{Address, MailId};

impl Approvals {
    /// Returns the number of mails that wait.
    pub(in crate::mail) fn count_held(&self) -> usize {
        self.count(|approval| matches!(approval, Approval::Held(_) | Approval::Sealed(_)))
    }

    /// Returns the number of mails that wait and that the stop of the daemon loses.
    pub(in crate::mail) fn count_in_memory(&self) -> usize {
        self.count(|approval| match approval {
            Approval::Held(waiting) => waiting.place == Place::Memory,
            Approval::Asked { .. }
            | Approval::Sending(_)
            | Approval::Sealed(_)
            | Approval::Lost(_) => false,
        })
    }

    fn count(&self, counts: impl Fn(&Approval) -> bool) -> usize {
        let (table, _) = self.table();
        table.all().filter(|(_, of)| counts(of)).count()
    }

    /// Returns whether an answer of the address to the mail waits, or may wait under a locked key.
    pub(in crate::mail) fn has_answer(&self, from: &Address, original: MailId) -> bool {
        self.count(|approval| match approval {
            Approval::Held(waiting) | Approval::Sending(waiting) => {
                waiting.mail.reply_to == Some(original) && waiting.mail.from.matches(from.as_str())
            }
            Approval::Sealed(_) => true,
            Approval::Asked { .. } | Approval::Lost(_) => false,
        }) > 0
    }
}
