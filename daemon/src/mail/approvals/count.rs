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
        self.count(is_in_memory)
    }

    /// Stops the daemon, unless that loses more than `most` of these mails; `None` permits any
    /// number.
    ///
    /// # Errors
    /// The number of these mails.
    pub(in crate::mail) fn stop_losing(&self, most: Option<u32>) -> Result<(), u32> {
        // No mail begins to wait in memory between the count and the stop.
        let (table, _) = self.table();
        let lost = table.all().filter(|(_, of)| is_in_memory(of)).count();
        let lost = u32::try_from(lost).unwrap_or(u32::MAX);
        if most.is_some_and(|most| lost > most) {
            return Err(lost);
        }
        self.stop.cancel();
        Ok(())
    }

    /// Returns the account of a mail that waits, as its address without an instance.
    pub(in crate::mail) fn account_of(&self, number: u64) -> Option<Address> {
        let (table, _) = self.table();
        let mut waiting = table.mails().filter(|(_, mail)| mail.number == number);
        waiting
            .next()
            .map(|(_, waiting)| waiting.mail.account.clone())
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

fn is_in_memory(approval: &Approval) -> bool {
    match approval {
        Approval::Held(waiting) => waiting.place == Place::Memory,
        Approval::Asked { .. } | Approval::Sending(_) | Approval::Sealed(_) | Approval::Lost(_) => {
            false
        }
    }
}
