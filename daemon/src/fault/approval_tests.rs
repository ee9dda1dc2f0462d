//! What is said when no person approved.

use super::*;

#[test]
fn every_word_about_approval() {
    let errors = [
        ApprovalError::NoTicket,
        ApprovalError::OtherMail,
        ApprovalError::Declined,
        ApprovalError::Full,
        ApprovalError::NotHeld(3),
        ApprovalError::NoRandom,
    ];
    let mut faults: Vec<Fault> = errors.iter().map(of_approval).collect();
    faults.push(cannot_be_asked());
    let texts = faults
        .iter()
        .map(|fault| format!("[{:?}]\n{fault}", fault.code));
    insta::assert_snapshot!(texts.collect::<Vec<_>>().join("\n\n"), @"
    [NotPermitted]
    error: the approval is unknown, used or expired
    caused by: an approval is good once, for ten minutes, and not beyond a restart of taid
    hint: Nothing was sent. Call again without it, and the user is asked anew.

    [NotPermitted]
    error: the approval is for another mail
    caused by: what is sent has to be what the user saw: sender, recipient, subject and content
    hint: Nothing was sent. Call again without it, and the user is asked anew.

    [NotPermitted]
    error: the user did not approve the mail
    caused by: taid's configuration has the user asked before an email is sent (confirm_send)
    hint: Nothing was sent. Do not send it another way; ask the user what to change.

    [TooBusy]
    error: the approval queue is full
    caused by: taid keeps 32 of them, and 8 MB
    hint: Nothing was sent. Ask the user to look at `taid approve`, then call again.

    [NotFound]
    error: mail 3 does not wait for approval
    caused by: it was decided about already, waited for more than an hour, or taid was restarted
    hint: Run `taid approve` for those that wait.

    [Internal]
    error: the system's random number generator failed
    hint: Nothing was sent. Restart taid.

    [NotPermitted]
    error: the user has to approve of this email, and this client cannot ask
    caused by: taid's configuration says so (confirm_send), and this tai-mcp is older than taid
    hint: Nothing was sent. Ask the user to install taid and tai-mcp from one release, and to restart this MCP client.
    ");
}
