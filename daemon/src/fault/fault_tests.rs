//! Every fault, as its readers see it.

use super::*;
use crate::digest::Digest;
use crate::mail::{JournalError, Outcome, Remedy, store::StoreError};
use std::time::Duration;
use tai_auth::{
    bridge::InUse,
    session::{Stats, token::TokenError},
};
use tai_proto::Audience;

/// Renders a fault for an agent, and the hint for a person if it differs.
pub(super) fn rendered(fault: &Fault) -> String {
    let mut text = format!("[{:?}]\n{}", fault.code, fault.render(Audience::Agent));
    let person = fault.hint.render(Audience::Person);
    if person != fault.hint.render(Audience::Agent) {
        text.push_str(&format!("\nhint for a person: {person}"));
    }
    text
}

fn unrecorded(why: &str, remedy: Remedy) -> MailError {
    MailError::NotRecorded(JournalError {
        path: "/home/alice/.local/state/tai/sends-default".into(),
        why: why.to_owned(),
        remedy,
    })
}

#[test]
fn every_error_has_a_message_a_cause_and_a_hint() {
    let now = Now {
        wall: std::time::SystemTime::UNIX_EPOCH,
        mono: std::time::Instant::now(),
    };
    let retry_at = now.plus(Duration::from_secs(90));
    let error = SessionError::Refused;
    let snapshot = Snapshot {
        phase: Phase::Waiting {
            error,
            retry_at,
            on_demand: None,
        },
        username: Some("alice".parse().unwrap()),
        source: Some("the calling program".into()),
        origin: None,
        takes_offer: false,
        stats: Stats::default(),
    };
    let text = || "the library's own words".to_owned();
    let session = [
        SessionError::NoCredentials,
        SessionError::NoKeyring,
        SessionError::Refused,
        SessionError::Token(TokenError::Subject),
        SessionError::Bridge(BridgeError::Unreachable { detail: text() }),
        SessionError::Bridge(BridgeError::Intercepted { status: 503 }),
        // The pause was longer when the bridge asked for it.
        SessionError::Bridge(BridgeError::RateLimited {
            retry_after: Some(Duration::from_secs(97)),
        }),
        SessionError::Locked {
            message: "Account suspended".into(),
        },
        SessionError::InUse(InUse {
            by: Some("alice".into()),
        }),
        SessionError::InUse(InUse { by: None }),
        SessionError::LoggedOut,
        SessionError::LoginTooSoon,
        SessionError::Deadline,
        SessionError::Stopped,
    ];
    let duplicate = |outcome| MailError::Duplicate {
        digest: Digest::of(&["a"]),
        outcome,
        ago: Some(Duration::from_secs(75)),
    };
    let own = [
        MailError::NoRecipient,
        MailError::NoReplyAddress,
        MailError::BadField {
            field: "to",
            rule: "the rule",
        },
        MailError::TooLong { bytes: 2_000_000 },
        MailError::Unknown {
            digest: Digest::of(&["a"]),
            cause: BridgeError::Broken { detail: text() },
        },
        MailError::Answered("7".parse().unwrap()),
        MailError::Automatic("7".parse().unwrap()),
        duplicate(Outcome::Sent),
        duplicate(Outcome::Sending),
        duplicate(Outcome::Unknown),
        MailError::Duplicate {
            digest: Digest::of(&["a"]),
            outcome: Outcome::Sent,
            ago: None,
        },
        unrecorded("No space left on device (os error 28)", Remedy::Room),
        unrecorded("Too many open files (os error 24)", Remedy::Descriptors),
        unrecorded("Is a directory (os error 21)", Remedy::OwnFile),
        unrecorded("Input/output error (os error 5)", Remedy::Disk),
        MailError::NoSuchMail("7".parse().unwrap()),
        MailError::Unchanged {
            id: "7".parse().unwrap(),
            change: Change::Delete,
        },
        MailError::Unchanged {
            id: "7".parse().unwrap(),
            change: Change::MarkRead,
        },
        MailError::NotPermitted {
            what: "sending to eve@evil.org".into(),
            rule: "[instances.desk] allow_to = [\"*@example.com\"]".into(),
        },
        MailError::TooManySends {
            rule: "[instances.desk] sends_per_hour = 5".into(),
            wait: Duration::from_secs(250),
        },
        MailError::NoSuchPart {
            id: "7".parse().unwrap(),
            of: 3,
        },
        MailError::NotYours {
            id: "7".parse().unwrap(),
            address: "desk.alice@tai.chat".parse().unwrap(),
        },
        MailError::LeaseStore(StoreError("connection refused".into())),
        MailError::HeldElsewhere("7".parse().unwrap()),
        MailError::AddressBusy("desk.alice@tai.chat".into()),
    ];
    let errors = session.map(MailError::Session).into_iter().chain(own);
    let mut page = String::new();
    for error in errors {
        let fault = of_mail(&error, &snapshot, now);
        page.push_str(&format!("{}\n\n", rendered(&fault)));
    }
    let others = [
        cancelled(),
        id_in_use(7),
        wrong_role("logout"),
        not_permitted("send_email", "[instances.desk] read_only = true"),
        answer_too_large(5 << 20, 4 << 20),
    ];
    for fault in others {
        page.push_str(&format!("{}\n\n", rendered(&fault)));
    }
    insta::assert_snapshot!(page, @r#"
    [NotSignedIn]
    error: taid is not signed in: it has no username and password
    caused by: no password is configured, saved in the keyring, or offered by a client
    hint: ask the user to run `taid login`, with `--save` to keep the password in the keyring, then call again
    hint for a person: run `taid login`, with `--save` to keep the password in the keyring

    [NotSignedIn]
    error: taid is not signed in: it has no username and password
    caused by: no password is configured or offered by a client, and no keyring is running
    hint: ask the user to run `taid login`, or set `password_command` or `password_file` in the configuration file, then call again
    hint for a person: run `taid login`, or set `password_command` or `password_file` in the configuration file

    [AuthRefused]
    error: Authentication failed - invalid username or password
    caused by: the bridge refused the login, and reports no failure of its own
    hint: ask the user to check the username and the password, which come from the calling program, or sign in at once with `taid login`; the next attempt is due in 1 min 30 s, then call again
    hint for a person: check the username and the password, which come from the calling program, or sign in at once with `taid login`; the next attempt is due in 1 min 30 s

    [BridgeFailed]
    error: the bridge issued a token that cannot be used
    caused by: it was issued to another username
    hint: ask the user to check `api_base_url`, which may not be a TAI bridge; the next attempt is due in 1 min 30 s, then call again
    hint for a person: check `api_base_url`, which may not be a TAI bridge; the next attempt is due in 1 min 30 s

    [Unreachable]
    error: Unable to connect to authentication server
    caused by: the library's own words
    hint: ask the user to check the network and `api_base_url`, then call again
    hint for a person: check the network and `api_base_url`

    [BridgeFailed]
    error: the login failed: the mail bridge is not available: server maintenance (HTTP 503)
    caused by: the answer is HTTP 503, and not from the bridge
    hint: try again in a few minutes

    [RateLimited]
    error: the login failed: the mail bridge limits the rate of requests
    caused by: the bridge asked for a pause
    hint: try again in 1 min 30 s; nothing was done

    [AuthRefused]
    error: the account is locked or suspended
    caused by: the bridge says: Account suspended
    hint: ask the user to contact the operator of the bridge
    hint for a person: contact the operator of the bridge

    [NotSignedIn]
    error: another taid of the same user has this account
    caused by: the taid of the profile alice has it, and two would give each mail twice
    hint: ask the user to run `taid stop --profile alice` to use this taid, or use the profile alice, then call again
    hint for a person: run `taid stop --profile alice` to use this taid, or use the profile alice

    [NotSignedIn]
    error: another taid of the same user has this account
    caused by: two would give each mail twice
    hint: ask the user to run `taid status --all`, and stop the other one, then call again
    hint for a person: run `taid status --all`, and stop the other one

    [NotSignedIn]
    error: taid is signed out
    caused by: `taid logout` signed it out
    hint: ask the user to run `taid login`, then call again
    hint for a person: run `taid login`

    [BridgeFailed]
    error: the mail bridge refused the token of a recent login
    caused by: the bridge refused the token of the last login, and the next login must wait
    hint: try again later; taid logs in again then; the next attempt is due in 1 min 30 s

    [DeadlinePassed]
    error: the login did not finish in time
    caused by: the bridge is slow or cannot be reached
    hint: call again; session_status shows whether the bridge answers
    hint for a person: run `taid status`, then try again

    [Stopping]
    error: taid is stopping
    caused by: taid accepts no new calls while it stops
    hint: try again in a moment; nothing was done

    [BadRequest]
    error: No recipient specified. Provide "to" parameter or set USEREMAIL environment variable.

    [BadRequest]
    error: "message_id" cannot be used: its sender is not one address that a mail can be sent to
    hint: do not reply to it; ask the user which address to write to; nothing was sent
    hint for a person: look at its sender, and write to an address that you trust with `taid send`; nothing was sent

    [BadRequest]
    error: "to" cannot be used: the rule
    hint: correct "to" and call again; nothing was sent or changed
    hint for a person: correct "to" and run the command again; nothing was sent or changed

    [BadRequest]
    error: the content has 2000000 bytes, 1048576 are allowed
    hint: shorten the content or send it in parts; nothing was sent

    [OutcomeUnknown]
    error: it is unknown whether the mail was sent
    caused by: the connection to the bridge broke before it answered: the library's own words (mail ae6121c88ba555f64c3d812123eb799d)
    hint: tell the user, and send it again, with allow_duplicate: true, only if the user or the recipient says that it did not arrive
    hint for a person: ask the recipient whether it arrived; only if it did not, use `taid send --again`

    [Duplicate]
    error: email 7 is answered already
    caused by: a reply of this address was sent within the last week, is being sent, or waits for approval
    hint: do not answer it again; nothing was sent

    [NotPermitted]
    error: the sender of email 7 gets no answer
    caused by: it is an address of a program or a list, such as one for bounces
    hint: do not answer the email; nothing was sent

    [Duplicate]
    error: the same email was sent 1 min 15 s ago
    caused by: same sender, recipient, subject and content within ten minutes (mail ae6121c88ba555f64c3d812123eb799d)
    hint: to send it twice on purpose, call again with allow_duplicate: true; nothing was sent
    hint for a person: nothing was sent; it can be sent again after ten minutes, or at once with `taid send --again`

    [Duplicate]
    error: the same email is being sent right now
    caused by: same sender, recipient, subject and content within ten minutes (mail ae6121c88ba555f64c3d812123eb799d)
    hint: wait for the result of the first call; nothing was sent twice

    [Duplicate]
    error: the same email may have been sent 1 min 15 s ago (the bridge did not confirm it)
    caused by: same sender, recipient, subject and content within a day (mail ae6121c88ba555f64c3d812123eb799d)
    hint: tell the user, and send it again, with allow_duplicate: true, only if the user or the recipient says that it did not arrive; nothing was sent this time
    hint for a person: ask the recipient whether it arrived; only if it did not, use `taid send --again`; nothing was sent this time

    [Duplicate]
    error: the same email was sent before this machine was restarted
    caused by: same sender, recipient, subject and content perhaps within ten minutes, as far as the clock is certain (mail ae6121c88ba555f64c3d812123eb799d)
    hint: to send it twice on purpose, call again with allow_duplicate: true; nothing was sent
    hint for a person: nothing was sent; it can be sent again after ten minutes, or at once with `taid send --again`

    [NotRecorded]
    error: the email was not sent: taid cannot record it, and without a record it could be sent twice
    caused by: cannot write /home/alice/.local/state/tai/sends-default: No space left on device (os error 28)
    hint: nothing was sent; ask the user to free space on the disk of `/home/alice/.local/state/tai/sends-default`, then call again
    hint for a person: free space on the disk of `/home/alice/.local/state/tai/sends-default`; nothing was sent

    [NotRecorded]
    error: the email was not sent: taid cannot record it, and without a record it could be sent twice
    caused by: cannot write /home/alice/.local/state/tai/sends-default: Too many open files (os error 24)
    hint: nothing was sent; ask the user to raise the limit of open files of taid (`ulimit -n`, or LimitNOFILE= in its unit), or end some of its clients, then call again
    hint for a person: raise the limit of open files of taid (`ulimit -n`, or LimitNOFILE= in its unit), or end some of its clients; nothing was sent

    [NotRecorded]
    error: the email was not sent: taid cannot record it, and without a record it could be sent twice
    caused by: cannot write /home/alice/.local/state/tai/sends-default: Is a directory (os error 21)
    hint: nothing was sent; ask the user to move `/home/alice/.local/state/tai/sends-default` away if it is not a file of taid, or make it and its directory writable, then call again
    hint for a person: move `/home/alice/.local/state/tai/sends-default` away if it is not a file of taid, or make it and its directory writable; nothing was sent

    [NotRecorded]
    error: the email was not sent: taid cannot record it, and without a record it could be sent twice
    caused by: cannot write /home/alice/.local/state/tai/sends-default: Input/output error (os error 5)
    hint: nothing was sent; ask the user to check the disk of `/home/alice/.local/state/tai/sends-default`, which does not keep what taid writes, then call again
    hint for a person: check the disk of `/home/alice/.local/state/tai/sends-default`, which does not keep what taid writes; nothing was sent

    [NotFound]
    error: Email with ID 7 not found
    hint: call list_inbox with show_read: true for the existing IDs
    hint for a person: list the mails with `taid inbox --all`

    [BridgeFailed]
    error: the mail bridge could not delete email 7
    caused by: the bridge reports a failure, and the email still exists
    hint: try again in a moment; nothing was changed

    [BridgeFailed]
    error: the mail bridge could not mark email 7 as read
    caused by: the bridge reports a failure, and the email is still unread
    hint: try again in a moment; nothing was changed

    [NotPermitted]
    error: sending to eve@evil.org is not permitted for this instance
    caused by: taid's configuration: [instances.desk] allow_to = ["*@example.com"]
    hint: continue without it, or ask the user to change the configuration; nothing was done
    hint for a person: change the configuration; nothing was done

    [NotPermitted]
    error: this instance has sent as many emails as it may
    caused by: taid's configuration: [instances.desk] sends_per_hour = 5
    hint: the next send is possible in 4 min 10 s; nothing was sent

    [BadRequest]
    error: "part" cannot be used: email 7 has 3 parts
    hint: correct "part" and call again; the email is unchanged

    [NotYours]
    error: Email 7 is not addressed to desk.alice@tai.chat
    caused by: the bridge names another recipient for it, or none
    hint: call list_inbox for the IDs of this instance
    hint for a person: omit --instance to reach the mails of all addresses

    [Unreachable]
    error: no email was read: the store of the shared leases failed
    caused by: connection refused
    hint: call again in a minute; if it fails again, ask the user to run `taid status` and to check the server of `shared_leases`; sending and listing work
    hint for a person: run `taid status`, and check the server of `shared_leases` in config.toml; sending and listing work

    [NotYours]
    error: email 7 was not read: another client has it
    caused by: the machines that share the leases of this account give each email to one client; a lease that a killed taid left ends after `shared_leases_ttl`
    hint: call fetch_email without an ID for the next email, or call again in a minute or two
    hint for a person: try again in a minute or two

    [DeadlinePassed]
    error: other clients looked for mail of desk.alice@tai.chat until the time limit
    caused by: one client at a time looks for unread mail of an address
    hint: try again in a moment; the mail is unchanged

    [Cancelled]
    error: the call was cancelled
    caused by: the client cancelled it

    [BadRequest]
    error: request id 7 belongs to an open call

    [NotPermitted]
    error: this socket serves the tools of an agent, not logout
    caused by: the user's own commands have another socket, which `taid socket --admin` prints
    hint: ask the user to use the `taid` command, outside of the client's sandbox, then call again
    hint for a person: use the `taid` command, outside of the client's sandbox

    [NotPermitted]
    error: send_email is not permitted for this instance
    caused by: taid's configuration: [instances.desk] read_only = true
    hint: continue without it, or ask the user to change the configuration; nothing was done
    hint for a person: change the configuration; nothing was done

    [AnswerTooLarge]
    error: the answer is too large
    caused by: the answer has 5242880 bytes, 4194304 are allowed
    hint: try again with a smaller limit
    "#);
}
