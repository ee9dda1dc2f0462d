//! Faults about approvals as an agent and a person read them.

use super::{super::tests::rendered, *};

#[test]
fn every_failed_approval_says_what_why_and_what_to_do() {
    let errors = [
        ApprovalError::NoTicket,
        ApprovalError::OtherMail,
        ApprovalError::Declined,
        ApprovalError::Full,
        ApprovalError::NotHeld(3),
        ApprovalError::NoRandom,
    ];
    let texts = errors.iter().map(|error| rendered(&of_approval(error)));
    insta::assert_snapshot!(texts.collect::<Vec<_>>().join("\n\n"), @"
    [NotPermitted]
    error: the approval is unknown, used or expired
    caused by: an approval is good once, for ten minutes, and ends with taid
    hint: call again without the approval to have the user asked again; nothing was sent

    [NotPermitted]
    error: the approval is for another mail
    caused by: sender, recipient, subject and content have to be those that the user saw
    hint: call again without the approval to have the user asked again; nothing was sent

    [NotPermitted]
    error: the user did not approve the mail
    caused by: taid's configuration has the user asked before an email is sent (confirm_send)
    hint: ask the user what to change, and do not send it another way; nothing was sent

    [TooBusy]
    error: the approval queue is full
    caused by: taid keeps at most 32 mails and 8 MB for approval
    hint: ask the user to decide about the waiting mails with `taid approve`, then call again
    hint for a person: decide about the waiting mails with `taid approve`

    [NotFound]
    error: mail 3 does not wait for approval
    caused by: it was decided, it expired after an hour, or taid was restarted
    hint: list the waiting mails with `taid approve`

    [Internal]
    error: the system's random number generator failed
    caused by: an approval ticket needs random bytes
    hint: ask the user to restart taid, then call again
    hint for a person: restart taid
    ");
}
