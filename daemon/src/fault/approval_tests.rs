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
    error: this approval is not known: it was used, it is too old, or it was never given
    caused by: an approval is good once, for ten minutes, and not beyond a restart of taid
    hint: Nothing was sent. Call again without it, and the user is asked anew.

    [NotPermitted]
    error: this approval was given for another mail
    caused by: what is sent has to be what the user saw: sender, recipient, subject and content
    hint: Nothing was sent. Call again without it, and the user is asked anew.

    [NotPermitted]
    error: the person who was asked did not approve
    caused by: taid's configuration has the user asked before an email is sent (confirm_send)
    hint: Nothing was sent. Do not send it another way; ask the user what to change.

    [TooBusy]
    error: as many mails wait for approval as may
    caused by: taid keeps 32 of them, and 8 MB
    hint: Nothing was sent. Ask the user to look at `taid approve`, then call again.

    [NotFound]
    error: no mail 3 waits for approval
    caused by: it was decided about already, waited for more than an hour, or taid was restarted
    hint: Run `taid approve` for those that wait.

    [Internal]
    error: the system gives no random numbers
    hint: Nothing was sent. Restart taid.

    [NotPermitted]
    error: the user has to approve of this email, and this client cannot ask
    caused by: taid's configuration says so (confirm_send), and this tai-mcp is older than taid
    hint: Nothing was sent. Ask the user to install taid and tai-mcp from one release, and to restart this MCP client.
    ");
}
