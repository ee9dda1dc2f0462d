//! Mails that wait although the same mail was sent another way.

use super::{
    Approvals,
    same::Submission,
    state::{Approval, Event},
};
use crate::mail::sending::prepared::PreparedMail;

impl Approvals {
    /// Ends the approvals of the same mail, so that a person does not send it a second time. A mail
    /// that a client insisted on, or that answers another mail, is another mail.
    pub(in crate::mail) fn sent(&self, mail: &PreparedMail) {
        let sent = Submission { mail, insist: true };
        let (mut table, now) = self.table();
        table.expired.forget(sent);
        let same = |approval: &Approval| match approval {
            Approval::Held(waiting) => {
                let is_ended = !waiting.insist && sent.repeats(waiting);
                is_ended.then_some(waiting.number)
            }
            // Whether a client insisted on a sealed mail, or which mail it answers, is not known.
            Approval::Sealed(_) => None,
            Approval::Asked { .. } | Approval::Sending(_) | Approval::Lost(_) => None,
        };
        let ended: Vec<(u64, u64)> = (table.all())
            .filter_map(|(key, approval)| Some((key, same(approval)?)))
            .collect();
        for (key, number) in ended {
            tracing::info!(
                number,
                "a mail no longer waits for approval: the same mail was sent"
            );
            table.change(key, Event::Reject { number }, now);
        }
    }
}
