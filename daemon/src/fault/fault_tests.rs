//! Every fault as a person reads it.

use super::*;
use tai_auth::{
    credentials::SourceError,
    session::{Stats, token::TokenError},
};

#[test]
fn every_error_says_what_happened_why_and_what_to_do() {
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
        username: Some("alice".into()),
        source: Some("the calling program".into()),
        origin: None,
        stats: Stats::default(),
    };
    let text = || "the library's own words".to_owned();
    let bridge = [
        BridgeError::Unreachable { detail: text() },
        BridgeError::Broken { detail: text() },
        BridgeError::TimedOut {
            after: Duration::from_secs(30),
        },
        BridgeError::RateLimited {
            retry_after: Some(Duration::from_millis(4500)),
        },
        BridgeError::Unauthorized { message: text() },
        BridgeError::Refused {
            status: 403,
            code: "FORBIDDEN".into(),
            message: "not yours".into(),
        },
        BridgeError::Failed {
            status: 500,
            code: "INTERNAL_ERROR".into(),
            message: "failed".into(),
        },
        BridgeError::CircuitOpen {
            message: "Circuit breaker is OPEN".into(),
        },
        BridgeError::NotProcessed {
            message: "Failed to process email request".into(),
        },
        BridgeError::ProviderRefused {
            message: "Invalid `to` field".into(),
        },
        BridgeError::Intercepted { status: 503 },
        BridgeError::Garbled { detail: text() },
        BridgeError::TooLarge { limit: 1000 },
    ];
    let session = [
        SessionError::NoCredentials,
        SessionError::Refused,
        SessionError::Token(TokenError::Subject),
        SessionError::Bridge(BridgeError::Unreachable { detail: text() }),
        SessionError::Bridge(BridgeError::Intercepted { status: 503 }),
        SessionError::Locked {
            message: "Account suspended".into(),
        },
        SessionError::Source(SourceError::Command {
            program: "pass".into(),
            problem: "failed (exit status: 1)".into(),
        }),
        SessionError::Source(SourceError::File {
            path: "/home/alice/.tai-password".into(),
            problem:
                "cannot be read: its mode 0644 gives other users access; run `chmod 600` on it"
                    .into(),
        }),
        SessionError::Source(SourceError::Keyring {
            problem: "is locked or denies access".into(),
        }),
        SessionError::Source(SourceError::OtherUsername),
        SessionError::Source(SourceError::NotAPassword {
            from: "the command `pass`".into(),
        }),
        SessionError::LoggedOut,
        SessionError::LoginTooSoon,
        SessionError::Deadline,
        SessionError::Stopped,
    ];
    let duplicate = |outcome| MailError::Duplicate {
        digest: Digest::of(&["a"]),
        outcome,
        ago: Duration::from_secs(75),
    };
    let own = [
        MailError::NoRecipient,
        MailError::BadField {
            field: "to",
            rule: "the rule",
        },
        MailError::TooLong { bytes: 2_000_000 },
        MailError::Unknown {
            digest: Digest::of(&["a"]),
            cause: BridgeError::Broken { detail: text() },
        },
        duplicate(Outcome::Sent),
        duplicate(Outcome::Sending),
        duplicate(Outcome::Unknown),
        MailError::NoSuchMail(7),
        MailError::NotYours {
            id: 7,
            address: "desk.alice@tai.chat".into(),
        },
    ];
    let errors = bridge
        .map(MailError::Bridge)
        .into_iter()
        .chain(session.map(MailError::Session))
        .chain(own);
    let mut page = String::new();
    for error in errors {
        let fault = of_mail(&error, &snapshot, now);
        page.push_str(&format!("[{:?}]\n{fault}\n\n", fault.code));
    }
    for fault in [too_busy(64), cancelled(), bad_instance("the rule")] {
        page.push_str(&format!("[{:?}]\n{fault}\n\n", fault.code));
    }
    insta::assert_snapshot!(page, @r#"
    [Unreachable]
    error: the mail bridge cannot be reached
    caused by: cannot connect to the bridge: the library's own words
    hint: Nothing was sent. Check the network, then call again.

    [Unreachable]
    error: the mail bridge broke the connection off
    caused by: the connection to the bridge broke before it answered: the library's own words
    hint: Call again in a moment.

    [Unreachable]
    error: the mail bridge did not answer within 30 s
    caused by: the bridge did not answer within 30000 ms
    hint: Call again in a moment; API_TIMEOUT sets how long one request may take.

    [RateLimited]
    error: the mail bridge asks for fewer requests
    caused by: HTTP 429, to come back in 5 s
    hint: Nothing was done. Call again in 5 s.

    [AuthRefused]
    error: the mail bridge does not accept a token it has just issued
    caused by: the bridge does not accept the token: the library's own words
    hint: Call again; if it stays so, compare this machine's clock with the bridge's.

    [BadRequest]
    error: the mail bridge refuses the request
    caused by: the bridge refuses the request: not yours (FORBIDDEN, HTTP 403)
    hint: Change what it names and call again. Nothing was sent or changed.

    [BridgeFailed]
    error: the mail bridge failed
    caused by: the bridge failed: failed (INTERNAL_ERROR, HTTP 500)
    hint: Call again in a moment.

    [BridgeFailed]
    error: the mail bridge has stopped sending for a minute after repeated failures
    caused by: the bridge has suspended sending: Circuit breaker is OPEN
    hint: Nothing was sent. Call again in a minute.

    [BridgeFailed]
    error: the mail bridge failed before it sent the mail
    caused by: the bridge did not process the mail: Failed to process email request
    hint: Nothing was sent. Call again in a moment.

    [BadRequest]
    error: the bridge's mail provider refuses the mail
    caused by: the bridge's mail provider refuses the mail: Invalid `to` field
    hint: Nothing was sent. Change what it names; the same mail is refused again.

    [BridgeFailed]
    error: the mail bridge is not available (HTTP 503): server maintenance
    caused by: something in front of the bridge answered HTTP 503 with a page instead
    hint: Call again in a few minutes.

    [BridgeFailed]
    error: the mail bridge's answer cannot be used
    caused by: the bridge's answer cannot be read: the library's own words
    hint: Check API_BASE_URL: this may not be the TAI bridge.

    [BridgeFailed]
    error: the mail bridge's answer cannot be used
    caused by: the bridge's answer is larger than 1000 bytes
    hint: Check API_BASE_URL: this may not be the TAI bridge.

    [NotSignedIn]
    error: taid is not signed in: it has no username and password
    caused by: none is configured, the keyring has none, and no client brought one
    hint: Ask the user to run `taid login`, with `--save` to keep it in the system's keyring. Then call again.

    [AuthRefused]
    error: Authentication failed - invalid username or password
    caused by: the bridge refused the login; it says the same when its own database fails
    hint: Check the username and the password, which come from the calling program; `taid login` signs in at once. The next try is allowed in 1 min 30 s.

    [BridgeFailed]
    error: the bridge issued a token that cannot be used
    caused by: it was issued to another username
    hint: Check API_BASE_URL: this may not be the TAI bridge. taid tries again with the next call.

    [Unreachable]
    error: Unable to connect to authentication server
    caused by: the library's own words
    hint: Check the network and API_BASE_URL. taid tries again with the next call.

    [BridgeFailed]
    error: the login did not succeed: the mail bridge is not available (HTTP 503): server maintenance
    caused by: something in front of the bridge answered HTTP 503 with a page instead
    hint: Call again in a few minutes.

    [AuthRefused]
    error: the account is locked or suspended
    caused by: the bridge says: Account suspended
    hint: Ask the operator of the bridge. taid tries again now and then, when a client asks.

    [NotSignedIn]
    error: taid does not get the password it is to log in with
    caused by: the password command `pass` failed (exit status: 1)
    hint: Run `pass` yourself with the arguments of `password_command`, and see what it says. `taid login` signs in without it.

    [NotSignedIn]
    error: taid does not get the password it is to log in with
    caused by: the password file /home/alice/.tai-password cannot be read: its mode 0644 gives other users access; run `chmod 600` on it
    hint: Put the password into its first line, and make it yours alone with `chmod 600`.

    [NotSignedIn]
    error: taid does not get the password it is to log in with
    caused by: the keyring is locked or denies access
    hint: Unlock the keyring, or sign in without it: `taid login`.

    [NotSignedIn]
    error: taid does not get the password it is to log in with
    caused by: the keyring has the password of another username than the configured one
    hint: Run `taid login --save`, or correct the configured username.

    [NotSignedIn]
    error: taid does not get the password it is to log in with
    caused by: the command `pass` gave no valid password: a password has 8 to 128 characters
    hint: Check what it gives, or sign in with `taid login`.

    [NotSignedIn]
    error: taid is signed out
    caused by: a person signed it out with `taid logout`
    hint: Run `taid login`, then call again.

    [BridgeFailed]
    error: the mail bridge does not accept the token of a login a moment ago
    caused by: the last login was a moment ago, and its token is no longer accepted
    hint: taid logs in again in a moment. Look at `taid status`, then call again.

    [DeadlinePassed]
    error: the login was not finished in time
    caused by: the bridge is slow to answer or cannot be reached
    hint: Look at `taid status` and call again.

    [Stopping]
    error: taid is stopping
    caused by: it was asked to stop, and takes no new work
    hint: Nothing was done. Start taid again, then call again.

    [BadRequest]
    error: No recipient specified. Provide "to" parameter or set USEREMAIL environment variable.

    [BadRequest]
    error: "to" cannot be used: the rule
    hint: Change "to" and call again. Nothing was sent or changed.

    [BadRequest]
    error: the content has 2000000 bytes, and a mail may have 1048576
    hint: Shorten the content or send it in parts. Nothing was sent.

    [OutcomeUnknown]
    error: it is unknown whether the mail was sent
    caused by: the connection to the bridge broke before it answered: the library's own words (mail ae6121c88ba555f64c3d812123eb799d)
    hint: It was not sent again, because it may have arrived. Ask the recipient or look at the mailbox. The same mail is held back for ten minutes; allow_duplicate: true sends it all the same.

    [Duplicate]
    error: the same email was sent 1 min 15 s ago
    caused by: the same sender, recipient, subject and content within ten minutes (mail ae6121c88ba555f64c3d812123eb799d)
    hint: Nothing was sent. If it is meant to be sent twice, call again with allow_duplicate: true.

    [Duplicate]
    error: the same email is being sent right now
    caused by: the same sender, recipient, subject and content within ten minutes (mail ae6121c88ba555f64c3d812123eb799d)
    hint: Nothing was sent. If it is meant to be sent twice, call again with allow_duplicate: true.

    [Duplicate]
    error: the same email may have been sent 1 min 15 s ago: its answer was lost
    caused by: the same sender, recipient, subject and content within ten minutes (mail ae6121c88ba555f64c3d812123eb799d)
    hint: Nothing was sent. If it is meant to be sent twice, call again with allow_duplicate: true.

    [NotFound]
    error: Email with ID 7 not found
    hint: Call list_inbox for the IDs there are.

    [NotYours]
    error: Email 7 is not addressed to desk.alice@tai.chat
    caused by: it belongs to another instance of this account
    hint: Call list_inbox for the IDs of this instance.

    [TooBusy]
    error: this client has 64 calls open, which is all it may have
    hint: Wait for some of them to be answered. Nothing was done.

    [Cancelled]
    error: the call was cancelled
    caused by: the client gave it up

    [BadRequest]
    error: the instance's name cannot be used
    caused by: the rule
    hint: Change TAI_MCP_INSTANCE in the MCP client's configuration, then restart the client.
    "#);
}
