//! Every fault about accounts, as its readers see it.

use super::{tests::rendered, *};
use std::time::Duration;
use tai_auth::{
    base_url::{BaseUrl, BaseUrlError, Origin},
    bridge::InUse,
    credentials::SourceError,
    session::error::SessionError,
};
use tai_proto::names::Profile;

fn user(name: &str) -> tai_proto::names::Username {
    name.parse().unwrap()
}

fn origin(url: &str) -> Origin {
    let url: BaseUrl = url.parse().unwrap();
    url.origin()
}

/// Returns the error of a source that is for another bridge.
pub(super) fn for_another_bridge() -> SourceError {
    SourceError::OtherBridge {
        from: "the keyring".into(),
        bound: origin("https://tai.chat"),
        asked: origin("https://mail.example"),
    }
}

#[test]
fn every_error_about_an_account_has_a_cause_and_a_hint() {
    let text = || "the library's own words".to_owned();
    let keyring = SourceError::KeyringUnreachable;
    let refused = |code: &str| BridgeError::Refused {
        status: 400,
        code: code.into(),
        message: "the bridge's own words".into(),
    };
    let faults = [
        of_login(&SessionError::Refused),
        of_login(&SessionError::Locked { message: text() }),
        of_login(&SessionError::InUse(InUse {
            by: Some("default".into()),
        })),
        of_login(&SessionError::Superseded),
        of_login(&SessionError::Bridge(BridgeError::Unreachable {
            detail: text(),
        })),
        of_login(&SessionError::Bridge(BridgeError::RateLimited {
            retry_after: Some(Duration::from_secs(9)),
        })),
        of_login(&SessionError::Deadline),
        of_source(&SourceError::Command {
            program: "pass".into(),
            problem: "failed (exit status: 1)".into(),
        }),
        of_source(&SourceError::File {
            path: "/home/alice/.tai-password".into(),
            problem:
                "cannot be read: its mode 0644 gives other users access; run `chmod 600` on it"
                    .into(),
        }),
        of_source(&SourceError::Keyring {
            problem: "is locked or denies access".into(),
        }),
        of_source(&SourceError::KeyringUnreachable),
        of_source(&for_another_bridge()),
        of_source(&SourceError::OtherUsername),
        of_source(&SourceError::NotAPassword {
            from: "the command `pass`".into(),
        }),
        of_source(&SourceError::NoKeyring),
        other_account(
            &user("alice"),
            &user("Bob"),
            &Profile::of_account(&user("Bob"), None),
        ),
        no_account(&user("alice"), &Profile::default()),
        no_account(&user("alice"), &Profile::new("work").unwrap()),
        account_changed(),
        other_login(
            "login",
            &user("alice"),
            &user("Bob"),
            &Profile::of_account(&user("Bob"), Some("https://mail.example")),
            LOGOUT,
        ),
        other_logout(Some(&user("alice"))),
        other_logout(None),
        bad_bridge(&BaseUrlError::PlainHttp),
        other_bridge(&origin("https://tai.chat"), &origin("https://mail.example")),
        stale_bridge(
            &origin("https://tai.chat"),
            &origin("https://mail.example"),
            Some("/home/alice/.config/tai"),
        ),
        not_in_file(&origin("https://mail.example")),
        bad_username("the rule"),
        bad_password(),
        not_saved(&keyring),
        not_saved(&SourceError::OtherUsername),
        not_saved(&SourceError::Unwanted),
        keyring_unread(&keyring),
        no_place_in_keyring(&origin("https://mail.example")),
        not_forgotten(&keyring),
        of_register(&refused("USER_EXISTS")),
        of_register(&refused("INVALID_USERNAME")),
        of_register(&refused("INVALID_PASSWORD")),
        of_register(&refused("SOMETHING_NEW")),
        of_register(&BridgeError::Broken { detail: text() }),
        of_register(&BridgeError::Unreachable { detail: text() }),
    ];
    let mut page = String::new();
    for fault in faults {
        page.push_str(&format!("{}\n\n", rendered(&fault)));
    }
    insta::assert_snapshot!(page, @r#"
    [AuthRefused]
    error: Authentication failed - invalid username or password
    caused by: the bridge refused the login, and reports no failure of its own
    hint: check the username and the password (case matters) and run `taid login` again; the session has not changed

    [AuthRefused]
    error: the account is locked or suspended
    caused by: the bridge says: the library's own words
    hint: ask the user to contact the operator of the bridge
    hint for a person: contact the operator of the bridge

    [AccountRefused]
    error: another taid of the same user has this account
    caused by: the taid of the profile default has it, and two would give each mail twice
    hint: ask the user to run `taid stop --profile default` to use this taid, or use the profile default, then call again
    hint for a person: run `taid stop --profile default` to use this taid, or use the profile default

    [AccountRefused]
    error: another login replaced this one
    caused by: two logins ran at the same time
    hint: run `taid status` to see the session

    [Unreachable]
    error: Unable to connect to authentication server
    caused by: the library's own words
    hint: check the network and `api_base_url`, then run `taid login` again; `taid doctor` checks both

    [RateLimited]
    error: the login failed: the mail bridge limits the rate of requests
    caused by: the bridge asked for a pause
    hint: run `taid login` again in 9 s; the session has not changed

    [BridgeFailed]
    error: the login failed
    caused by: the login was not finished before the deadline
    hint: run `taid login` again, or `taid doctor`; the session has not changed

    [NotSignedIn]
    error: the password source failed
    caused by: the password command `pass` failed (exit status: 1)
    hint: ask the user to run `pass` with the arguments of `password_command` and see what it prints, or sign in with `taid login`, then call again
    hint for a person: run `pass` with the arguments of `password_command` and see what it prints, or sign in with `taid login`

    [NotSignedIn]
    error: the password source failed
    caused by: the password file /home/alice/.tai-password cannot be read: its mode 0644 gives other users access; run `chmod 600` on it
    hint: ask the user to put the password on the first line of the file, and give no other user access to it, then call again
    hint for a person: put the password on the first line of the file, and give no other user access to it

    [NotSignedIn]
    error: the password source failed
    caused by: the keyring is locked or denies access
    hint: ask the user to unlock the keyring, or sign in without it: `taid login`, then call again
    hint for a person: unlock the keyring, or sign in without it: `taid login`

    [NotSignedIn]
    error: the password source failed
    caused by: the keyring cannot be reached
    hint: ask the user to start the keyring of the desktop session and run `taid doctor` there, or sign in without it: `taid login`, then call again
    hint for a person: start the keyring of the desktop session and run `taid doctor` there, or sign in without it: `taid login`

    [NotSignedIn]
    error: the password source failed
    caused by: the password from the keyring is for the bridge https://tai.chat, and this taid uses https://mail.example
    hint: ask the user to remove TAI_MCP_API_BASE_URL from taid's environment to use https://tai.chat, or set `api_base_url = "https://mail.example"` in the configuration file if the password may go there, then call again
    hint for a person: remove TAI_MCP_API_BASE_URL from taid's environment to use https://tai.chat, or set `api_base_url = "https://mail.example"` in the configuration file if the password may go there

    [NotSignedIn]
    error: the password source failed
    caused by: the keyring has the password of another username
    hint: ask the user to run `taid stop` and `taid logout` to delete it, and then `taid login --save`; or correct a configured username, then call again
    hint for a person: run `taid stop` and `taid logout` to delete it, and then `taid login --save`; or correct a configured username

    [NotSignedIn]
    error: the password source failed
    caused by: the command `pass` gave no valid password: a password has 8 to 128 characters and no control characters
    hint: ask the user to check the output of the source, or sign in with `taid login`, then call again
    hint for a person: check the output of the source, or sign in with `taid login`

    [NotSignedIn]
    error: taid is not signed in: it has no username and password
    caused by: no password is configured or offered by a client, and no keyring is running
    hint: ask the user to run `taid login`, or set `password_command` or `password_file` in the configuration file, then call again
    hint for a person: run `taid login`, or set `password_command` or `password_file` in the configuration file

    [OtherAccount]
    error: this client is configured for Bob, but taid is signed in as alice
    caused by: one taid holds one account
    hint: ask the user to configure this client for alice, or set TAI_MCP_PROFILE=bob-858ef73c for it and sign in with `taid login Bob --profile bob-858ef73c`, which reads config-bob-858ef73c.toml and not config.toml, then call again
    hint for a person: configure this client for alice, or set TAI_MCP_PROFILE=bob-858ef73c for it and sign in with `taid login Bob --profile bob-858ef73c`, which reads config-bob-858ef73c.toml and not config.toml

    [OtherAccount]
    error: this client is configured for alice, but taid has no account
    caused by: an MCP client does not decide whose mail other clients get
    hint: ask the user to run `taid login alice`, or set `username = "alice"` in the configuration file and restart taid, then call again
    hint for a person: run `taid login alice`, or set `username = "alice"` in the configuration file and restart taid

    [OtherAccount]
    error: this client is configured for alice, but taid has no account
    caused by: an MCP client does not decide whose mail other clients get
    hint: ask the user to run `taid login alice --profile work`, or set `username = "alice"` in the configuration file and restart taid, then call again
    hint for a person: run `taid login alice --profile work`, or set `username = "alice"` in the configuration file and restart taid

    [NotSignedIn]
    error: the account of taid changed during this call
    caused by: `taid logout` and `taid login` came between
    hint: look at the mail of the account, and try again

    [OtherAccount]
    error: this taid belongs to alice, not to Bob
    caused by: one taid holds one account
    hint: to use both accounts, run `taid login Bob --profile bob-84374e68`, which reads config-bob-84374e68.toml and not config.toml; to replace the account, run `taid logout` first

    [OtherAccount]
    error: taid has another account than alice by now
    caused by: it was signed in between the question and the answer
    hint: run `taid logout` again; nothing was signed out

    [OtherAccount]
    error: taid has an account by now
    caused by: it was signed in between the question and the answer
    hint: run `taid logout` again; nothing was signed out

    [BadRequest]
    error: the bridge in this MCP client's configuration cannot be used
    caused by: the URL must begin with `https://`; `http://` is for loopback only
    hint: ask the user to correct TAI_MCP_API_BASE_URL or API_BASE_URL in the MCP client's configuration and to restart the client
    hint for a person: correct TAI_MCP_API_BASE_URL and run the command again

    [OtherAccount]
    error: this program is configured for the bridge https://mail.example, but taid uses https://tai.chat
    caused by: one taid has one account at one bridge
    hint: ask the user to remove TAI_MCP_API_BASE_URL or API_BASE_URL from this program's environment (taid's bridge is `api_base_url` in its configuration file, where the saved password goes), then call again
    hint for a person: remove TAI_MCP_API_BASE_URL or API_BASE_URL from this program's environment (taid's bridge is `api_base_url` in its configuration file, where the saved password goes)

    [OtherAccount]
    error: the configuration names the bridge https://mail.example, but taid uses https://tai.chat
    caused by: taid reads /home/alice/.config/tai, and this shell has another XDG_CONFIG_HOME
    hint: ask the user to run `taid doctor`, whose line `home` has the directories, or the command with taid's XDG_CONFIG_HOME, then call again
    hint for a person: run `taid doctor`, whose line `home` has the directories, or the command with taid's XDG_CONFIG_HOME

    [Internal]
    error: signed in, but the password was not saved
    caused by: a saved password goes to the bridge of the configuration file only, which is not https://mail.example
    hint: if the saved password may go to https://mail.example, set it as `api_base_url` in the configuration file and run the command with `--save` again

    [BadRequest]
    error: the username is not valid
    caused by: the rule
    hint: correct it and try again; nothing was sent

    [BadRequest]
    error: the password is not valid
    caused by: a password has 8 to 128 characters
    hint: correct it and try again; nothing was sent

    [Internal]
    error: signed in, but the password was not saved
    caused by: the keyring cannot be reached
    hint: taid keeps the password until it exits; without a keyring, set `password_command` or `password_file` in the configuration file

    [Internal]
    error: signed in, but the password was not saved
    caused by: the keyring has the password of another username
    hint: taid keeps the password until it exits; to replace the saved one, run `taid stop`, `taid logout` and `taid login --save`

    [NotSignedIn]
    error: signed out during the login, so the password was not saved
    caused by: `taid logout` came first
    hint: run `taid login --save` again to sign in

    [Internal]
    error: nothing was done, because the password could not be saved
    caused by: the keyring cannot be reached
    hint: unlock or start the keyring, or delete its entry with `taid stop` and `taid logout`, and run the command again; or run it without `--save`

    [Internal]
    error: nothing was done, because the password could not be saved
    caused by: a saved password goes to the bridge of the configuration file only, which is not https://mail.example
    hint: if the saved password may go to https://mail.example, set it as `api_base_url` in the configuration file and run the command with `--save` again

    [Internal]
    error: signed out, but the keyring may still have the password
    caused by: the keyring cannot be reached
    hint: unlock the keyring and run `taid logout` again, or delete its entry `tai` by hand

    [AccountRefused]
    error: this username is taken
    caused by: the bridge says: the bridge's own words (USER_EXISTS)
    hint: choose another username, or run `taid login` if the account is yours

    [AccountRefused]
    error: the bridge does not accept this username
    caused by: the bridge says: the bridge's own words (INVALID_USERNAME)
    hint: choose 3 to 50 lower-case letters, digits and hyphens

    [AccountRefused]
    error: the bridge does not accept this password
    caused by: the bridge says: the bridge's own words (INVALID_PASSWORD)
    hint: choose 8 to 128 characters, 12 or more recommended

    [AccountRefused]
    error: the account was not created
    caused by: the bridge says: the bridge's own words (SOMETHING_NEW)
    hint: try again in a moment

    [Unreachable]
    error: it is unknown whether the account was created: the mail bridge closed the connection
    caused by: the connection to the bridge broke before it answered: the library's own words
    hint: try `taid login`, which succeeds if the account exists

    [Unreachable]
    error: the account was not created: cannot reach the mail bridge
    caused by: cannot connect to the bridge: the library's own words
    hint: run `taid doctor`, which checks the network and `api_base_url`, then `taid register` again
    "#);
}
