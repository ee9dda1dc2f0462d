//! Decisions of a person about the mails that wait.

use super::{
    ApprovalError, Approvals, ApprovedMail, Resolved,
    discards::Discarded,
    show::version,
    state::{Approval, Effect, Event, Trace},
    table::Table,
};
use tai_auth::session::stamp::Stamp;
use tai_proto::call::{ResolveHeld, Verdict};

impl Approvals {
    /// Applies a person's decision to a waiting mail. Discards also a mail without content, and one
    /// whose time has passed.
    ///
    /// # Errors
    /// [`ApprovalError::NotHeld`], also for a second decision about the same mail,
    /// [`ApprovalError::OtherVersion`], [`ApprovalError::Locked`] and [`ApprovalError::Lost`].
    pub(in crate::mail) fn resolve(
        &self,
        resolve: ResolveHeld,
    ) -> Result<Resolved<'_>, ApprovalError> {
        let number = resolve.number;
        let event = match resolve.verdict {
            Verdict::Send => Event::Approve { number },
            Verdict::Discard => Event::Reject { number },
        };
        let (mut table, now) = self.table();
        let Some((key, approval)) = table.numbered(number) else {
            let expired = table.expired.get(number);
            let expired = expired.filter(|_| resolve.verdict == Verdict::Discard);
            let trace = expired.ok_or(ApprovalError::NotHeld(number))?.clone();
            if version(&trace) != resolve.version {
                return Err(ApprovalError::OtherVersion(number));
            }
            table.expired.remove(number);
            return Ok(discarded(&mut table, trace, now));
        };
        let trace = match approval {
            Approval::Held(waiting) | Approval::Sending(waiting) => waiting.trace(),
            Approval::Sealed(trace) | Approval::Lost(trace) => trace.clone(),
            Approval::Asked { .. } => return Err(ApprovalError::NotHeld(number)),
        };
        if version(&trace) != resolve.version {
            return Err(ApprovalError::OtherVersion(number));
        }
        let effect = table.change(key, event, now);
        match effect {
            Effect::Send { mail, insist } => Ok(Resolved::Approved(ApprovedMail {
                approvals: self,
                key,
                promise: table.journal.promise(),
                mail,
                // The person is told that the mail may have been sent and sends it again.
                insist: insist || trace.maybe_sent,
            })),
            Effect::Refuse(error) => Err(error),
            Effect::None | Effect::TellHeld => Ok(discarded(&mut table, trace, now)),
        }
    }
}

/// Remembers that a person discarded a mail.
fn discarded<'a>(table: &mut Table, trace: Trace, now: Stamp) -> Resolved<'a> {
    let Trace {
        number,
        digest,
        maybe_sent,
        ..
    } = trace;
    let discarded = Discarded { number, maybe_sent };
    table.discards.add(digest.clone(), discarded, now);
    Resolved::Discarded {
        digest,
        maybe_sent,
        promise: table.journal.promise(),
    }
}
