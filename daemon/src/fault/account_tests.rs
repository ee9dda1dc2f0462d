//! Every fault about accounts as a person reads it.

use super::*;
use tai_auth::{credentials::SourceError, session::error::SessionError};

#[test]
fn every_error_about_an_account_says_what_happened_why_and_what_to_do() {
    let text = || "the library's own words".to_owned();
    let keyring = SourceError::Keyring {
        problem: "cannot be reached".into(),
    };
    let refused = |code: &str| BridgeError::Refused {
        status: 400,
        code: code.into(),
        message: "the bridge's own words".into(),
    };
    let faults = [
        of_login(&SessionError::Refused),
        of_login(&SessionError::Locked { message: text() }),
        of_login(&SessionError::Superseded),
        of_login(&SessionError::Bridge(BridgeError::Unreachable {
            detail: text(),
        })),
        of_login(&SessionError::Bridge(BridgeError::RateLimited {
            retry_after: Some(Duration::from_secs(9)),
        })),
        of_login(&SessionError::Deadline),
        other_account("alice", "Bob"),
        other_login("alice", "Bob"),
        bad_username("the rule"),
        bad_password(),
        not_saved(&keyring),
        not_forgotten(&keyring),
        of_register(&refused("USER_EXISTS")),
        of_register(&refused("INVALID_USERNAME")),
        of_register(&refused("INVALID_PASSWORD")),
        of_register(&refused("SOMETHING_NEW")),
        of_register(&BridgeError::Broken { detail: text() }),
        of_register(&BridgeError::Unreachable { detail: text() }),
        newer_than_client("taid 0.1.0"),
    ];
    let mut page = String::new();
    for fault in faults {
        page.push_str(&format!("[{:?}]\n{fault}\n\n", fault.code));
    }
    insta::assert_snapshot!(page, @"
    [AuthRefused]
    error: Authentication failed - invalid username or password
    caused by: the bridge refused the login; it says the same when its own database fails
    hint: Type both again: upper and lower case matter. Nothing has changed.

    [AuthRefused]
    error: the account is locked or suspended
    caused by: the bridge says: the library's own words
    hint: Ask the operator of the bridge. taid tries again now and then, when a client asks.

    [AccountRefused]
    error: another login took the place of this one
    caused by: two people, or two windows, signed in at once
    hint: Look at `taid status`.

    [Unreachable]
    error: Unable to connect to authentication server
    caused by: the library's own words
    hint: Check the network and API_BASE_URL, then run `taid login` again; `taid doctor` looks for you.

    [RateLimited]
    error: the login did not succeed: the mail bridge asks for fewer requests
    caused by: HTTP 429, to come back in 9 s
    hint: Nothing has changed. Run `taid login` again in a moment.

    [BridgeFailed]
    error: the login did not succeed
    caused by: the login was not finished before the deadline
    hint: Nothing has changed. Run `taid login` again, or `taid doctor`.

    [OtherAccount]
    error: this client is configured for Bob, but taid is signed in as alice
    caused by: one taid holds one account
    hint: Ask the user either to configure this client for alice, or to give Bob a taid of its own, `taid run --profile bob`, and this client TAI_MCP_PROFILE=bob.

    [OtherAccount]
    error: this taid is alice's, not Bob's
    caused by: one taid holds one account
    hint: For both, run a second one: `taid run --profile bob`, then `taid login --profile bob`. To change over, `taid logout` first.

    [BadRequest]
    error: the username cannot be used
    caused by: the rule
    hint: Correct it and try again. Nothing was sent.

    [BadRequest]
    error: the password cannot be used
    caused by: a password has 8 to 128 characters
    hint: Correct it and try again. Nothing was sent.

    [Internal]
    error: signed in, but the password was not saved
    caused by: the keyring cannot be reached
    hint: taid has it until it ends. To keep it without a keyring, use `password_command` or `password_file` in the configuration file.

    [Internal]
    error: signed out, but the keyring may still have the password
    caused by: the keyring cannot be reached
    hint: Unlock the keyring and run `taid logout` again, or delete its entry `tai` by hand.

    [AccountRefused]
    error: this username is taken
    caused by: the bridge says: the bridge's own words (USER_EXISTS)
    hint: Choose another, or sign in with `taid login` if it is yours.

    [AccountRefused]
    error: the bridge does not take this username
    caused by: the bridge says: the bridge's own words (INVALID_USERNAME)
    hint: Choose 3 to 50 lower-case letters, digits and hyphens.

    [AccountRefused]
    error: the bridge does not take this password
    caused by: the bridge says: the bridge's own words (INVALID_PASSWORD)
    hint: Choose 8 to 128 characters; 12 or more of mixed kinds are better.

    [AccountRefused]
    error: the account was not created
    caused by: the bridge says: the bridge's own words (SOMETHING_NEW)
    hint: Try again in a moment.

    [Unreachable]
    error: the account was not created: the mail bridge broke the connection off
    caused by: the connection to the bridge broke before it answered: the library's own words
    hint: It may have been created all the same: try `taid login`.

    [Unreachable]
    error: the account was not created: the mail bridge cannot be reached
    caused by: cannot connect to the bridge: the library's own words
    hint: Nothing was created. Try again in a moment.

    [BadRequest]
    error: this client is older than the daemon, and cannot be told that
    caused by: it speaks an older protocol; the daemon is taid 0.1.0
    hint: Use the `taid` that was installed with the daemon.
    ");
}
