//! The journals that cannot be written, or not be read whole, for `taid status`.

use crate::mail::{
    journal::{JournalError, SkippedLines},
    service::MailService,
};
use tai_auth::bridge::Bridge;

/// What a journal records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recorded {
    /// Sends.
    Sends,
    /// Mails that are marked as read.
    Marks,
    /// Mails that wait for approval.
    Approvals,
    /// Mails that crashed the reader.
    Crashes,
}

impl<B: Bridge> MailService<B> {
    /// Returns each journal that cannot be written, with the reason.
    pub(crate) fn failing_journals(&self) -> Vec<(Recorded, JournalError)> {
        let all = [
            (Recorded::Sends, self.ledger.failing()),
            (Recorded::Marks, self.leases.failing()),
            (Recorded::Approvals, self.approvals.failing()),
            (Recorded::Crashes, self.worker.failing()),
        ];
        let failing = all.into_iter();
        failing
            .filter_map(|(recorded, failure)| Some((recorded, failure?)))
            .collect()
    }

    /// Returns each journal that has lines which are not records. A mail that crashed the reader is
    /// only tried once more.
    pub(crate) fn skipped_lines(&self) -> Vec<(Recorded, SkippedLines)> {
        let all = [
            (Recorded::Sends, self.ledger.skipped()),
            (Recorded::Marks, self.leases.skipped()),
            (Recorded::Approvals, self.approvals.skipped()),
        ];
        let skipped = all.into_iter();
        skipped
            .filter_map(|(recorded, lines)| Some((recorded, lines?)))
            .collect()
    }
}
