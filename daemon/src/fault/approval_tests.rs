//! Every fault about approvals, as its readers see it.

use super::{super::tests::rendered, *};

#[test]
fn every_failed_approval_has_a_cause_and_a_hint() {
    let errors = [
        ApprovalError::NoTicket,
        ApprovalError::OtherMail,
        ApprovalError::Declined,
        ApprovalError::DeclinedLater,
        ApprovalError::Decided,
        ApprovalError::Discarded(3),
        ApprovalError::DiscardedUncertain(3),
        ApprovalError::Full,
        ApprovalError::NotHeld(3),
        ApprovalError::OtherVersion(3),
        ApprovalError::Lost(3),
        ApprovalError::Locked(3),
        ApprovalError::Stopping,
        ApprovalError::MaybeSent(3),
        ApprovalError::OtherAccount(3, "alice@tai.chat".parse().unwrap()),
        ApprovalError::NoRandom,
    ];
    let texts = errors.iter().map(|error| rendered(&of_approval(error)));
    insta::assert_snapshot!(texts.collect::<Vec<_>>().join("\n\n"), @"
    [NotPermitted]
    error: the approval is unknown, used or expired
    caused by: an approval works once, within ten minutes, and only until taid exits
    hint: call again: the user is asked again; nothing was sent

    [NotPermitted]
    error: the approval is for another mail
    caused by: sender, recipient, subject and content must be the ones that the user saw
    hint: call again: the user is asked again; nothing was sent

    [NotPermitted]
    error: the user did not approve the mail
    caused by: taid's configuration requires the user's approval (confirm_send)
    hint: ask the user what to change, and do not send the mail another way; nothing was sent

    [NotPermitted]
    error: the user did not approve the mail
    caused by: taid's configuration requires the user's approval (confirm_send)
    hint: ask the user what to change, and do not send the mail another way

    [NotPermitted]
    error: the user has decided about the mail
    caused by: the user sent, changed or discarded it with `taid approve` while it began to wait
    hint: do not send it again; ask the user

    [NotPermitted]
    error: the user discarded or changed the same mail (number 3) within the last ten minutes
    caused by: the user decided with `taid approve`
    hint: ask the user what to change; if the user wants this mail after all, call again with allow_duplicate: true; nothing was sent
    hint for a person: if you want this mail after all, send it with `taid send`

    [NotPermitted]
    error: the user discarded the same mail (number 3) within the last ten minutes, and it may have been sent before
    caused by: taid stopped while it sent the mail, and the user decided with `taid approve`
    hint: ask the user, and the recipient whether it arrived; only if it did not and the user wants this mail after all, call again with allow_duplicate: true; nothing was sent this time
    hint for a person: ask the recipient whether it arrived; if you want this mail after all, send it with `taid send`

    [TooBusy]
    error: the approval queue is full
    caused by: taid holds at most 32 mails and 8 MB of an instance for approval, 256 mails and 64 MB in total
    hint: ask the user to send or discard the waiting mails with `taid approve`, then call again
    hint for a person: send or discard the waiting mails with `taid approve`

    [NotFound]
    error: mail 3 does not wait for approval
    caused by: it was sent, discarded or changed, it expired after an hour, taid lost it at a restart, or there was none
    hint: list the waiting mails with `taid approve`

    [BadRequest]
    error: mail 3 is not the mail that was shown
    caused by: taid was restarted since, and it may have been sent, or another mail has its number; nothing was done
    hint: look at it with `taid approve`, then decide again

    [NotFound]
    error: mail 3 was lost when taid stopped
    caused by: its content was in memory alone, because taid got no key from a keyring
    hint: submit the email again
    hint for a person: ask the agent to submit the mail again; `taid approve` lists the waiting mails

    [TooBusy]
    error: mail 3 cannot be decrypted now
    caused by: the keyring does not answer, or has no key of the mail now
    hint: ask the user to unlock the keyring, then run `taid approve` again, then call again
    hint for a person: unlock the keyring, then run `taid approve` again

    [Stopping]
    error: taid is stopping
    caused by: taid accepts no new calls while it stops
    hint: try again in a moment; nothing was done

    [BadRequest]
    error: mail 3 may have been sent and cannot be changed
    caused by: taid was sending it when it stopped
    hint: ask the user to ask the recipient, then send or discard it with `taid approve`, then call again
    hint for a person: ask the recipient, then send or discard it with `taid approve`

    [BadRequest]
    error: mail 3 is of alice@tai.chat, and taid is signed in to another account
    caused by: the bridge sends the mails of an account for that account alone; nothing was sent
    hint: ask the user to sign in to its account with `taid logout` and `taid login`, or discard it with `taid approve`, then call again
    hint for a person: sign in to its account with `taid logout` and `taid login`, or discard it with `taid approve`

    [Internal]
    error: the system's random number generator failed
    caused by: an approval ticket needs random bytes
    hint: ask the user to restart taid, then call again
    hint for a person: restart taid
    ");
}
