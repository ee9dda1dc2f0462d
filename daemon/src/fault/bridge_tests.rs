//! Every fault about a request to the bridge, as its readers see it.

use super::{bridge::of_bridge, tests::rendered};
use std::time::Duration;
use tai_auth::bridge::BridgeError;

#[test]
fn every_failure_of_a_request_has_a_name_a_cause_and_a_hint() {
    let text = || "the library's own words".to_owned();
    let errors = [
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
        BridgeError::Refused {
            status: 409,
            code: "DUPLICATE".into(),
            message: "already done".into(),
        },
        BridgeError::Failed {
            status: 500,
            code: "INTERNAL_ERROR".into(),
            message: "failed".into(),
        },
        BridgeError::CircuitOpen {
            message: "Circuit breaker is OPEN".into(),
        },
        BridgeError::DatabaseFailed {
            message: "User not found".into(),
        },
        BridgeError::NoProvider {
            message: "Resend service not initialized".into(),
        },
        BridgeError::NotProcessed {
            message: "Failed to process email request".into(),
        },
        BridgeError::ProviderRefused {
            message: "Invalid `to` field".into(),
        },
        BridgeError::ProxyFailed {
            proxy: "http://proxy.example:3128 from `proxy` in config.toml".into(),
            detail: text(),
        },
        BridgeError::Untrusted {
            detail: "no trusted authority has issued it".into(),
        },
        BridgeError::NoEndpoint {
            message: "Endpoint not found".into(),
        },
        BridgeError::Moved {
            status: 308,
            to: "https://mail.example/api/v1/login".into(),
        },
        BridgeError::Moved {
            status: 302,
            to: "https://login.example/".into(),
        },
        BridgeError::Intercepted { status: 200 },
        BridgeError::Intercepted { status: 403 },
        BridgeError::Intercepted { status: 404 },
        BridgeError::Intercepted { status: 407 },
        BridgeError::Intercepted { status: 413 },
        BridgeError::Intercepted { status: 451 },
        BridgeError::Intercepted { status: 502 },
        BridgeError::Intercepted { status: 503 },
        BridgeError::Intercepted { status: 511 },
        BridgeError::Garbled { detail: text() },
        BridgeError::TooLarge { limit: 1000 },
    ];
    let mut page = String::new();
    for error in errors {
        page.push_str(&format!("{}\n\n", rendered(&of_bridge(&error))));
    }
    insta::assert_snapshot!(page, @r#"
    [Unreachable]
    error: cannot reach the mail bridge
    caused by: cannot connect to the bridge: the library's own words
    hint: call again in a moment, or ask the user to check the network; nothing was sent
    hint for a person: check the network and try again; nothing was sent

    [Unreachable]
    error: the mail bridge closed the connection
    caused by: the connection to the bridge broke before it answered: the library's own words
    hint: try again in a moment

    [Unreachable]
    error: the mail bridge did not answer within 30 s
    caused by: the bridge did not answer within 30000 ms
    hint: try again in a moment; a request ends after API_TIMEOUT, or with its call

    [RateLimited]
    error: the mail bridge limits the rate of requests
    caused by: the bridge asked for a pause
    hint: try again in 5 s; nothing was done

    [AuthRefused]
    error: the mail bridge refused a token that it had just issued
    caused by: the bridge does not accept the token: the library's own words
    hint: call again; if it persists, ask the user to compare this machine's clock with the bridge's
    hint for a person: try again; if it persists, compare this machine's clock with the bridge's

    [BadRequest]
    error: the mail bridge refused the request
    caused by: the bridge refuses the request: not yours (FORBIDDEN, HTTP 403)
    hint: correct the request and try again; nothing was sent or changed

    [BadRequest]
    error: the mail bridge refused the request
    caused by: the bridge refuses the request: already done (DUPLICATE, HTTP 409)
    hint: before you repeat a send or a change, find out whether it had its effect: this answer does not say it; a read can be tried again

    [BridgeFailed]
    error: the mail bridge failed
    caused by: the bridge failed: failed (INTERNAL_ERROR, HTTP 500)
    hint: try again in a moment

    [BridgeFailed]
    error: the mail bridge has suspended sending for a minute after repeated failures
    caused by: the bridge has suspended sending: Circuit breaker is OPEN
    hint: try again in a minute; nothing was sent

    [BridgeFailed]
    error: the database of the mail bridge fails
    caused by: it answered "User not found", and its health is bad
    hint: try again in a moment; nothing was sent or changed

    [BridgeFailed]
    error: the mail bridge has no mail provider, so it cannot send
    caused by: Resend service not initialized
    hint: do not repeat the call; tell the user that the operator of the bridge must set up its mail provider; nothing was sent
    hint for a person: the operator of the bridge must set up its mail provider; nothing was sent

    [BridgeFailed]
    error: the mail bridge failed before it sent the mail
    caused by: the bridge did not process the mail: Failed to process email request
    hint: try again in a moment; nothing was sent

    [BadRequest]
    error: the bridge's mail provider refused the mail
    caused by: Invalid `to` field
    hint: correct the mail as the cause says before you send it again; nothing was sent

    [Unreachable]
    error: cannot reach the mail bridge through the proxy http://proxy.example:3128 from `proxy` in config.toml
    caused by: the library's own words
    hint: nothing was sent; ask the user to start or correct the proxy, then call again
    hint for a person: start or correct the proxy

    [Unreachable]
    error: the certificate of the mail bridge is not trusted
    caused by: no trusted authority has issued it
    hint: nothing was sent; ask the user to set `ca_file` in config.toml if the bridge or the network has a certificate authority of its own; otherwise another machine answers for the bridge, then call again
    hint for a person: set `ca_file` in config.toml if the bridge or the network has a certificate authority of its own; otherwise another machine answers for the bridge

    [BridgeFailed]
    error: the URL of the mail bridge has no such endpoint
    caused by: Endpoint not found (HTTP 404)
    hint: nothing was sent; ask the user to remove `/api/v1` from the end of `api_base_url` (API_BASE_URL), or correct its path, then call again
    hint for a person: remove `/api/v1` from the end of `api_base_url` (API_BASE_URL), or correct its path

    [BridgeFailed]
    error: the mail bridge has moved to https://mail.example/api/v1/login
    caused by: HTTP 308; a redirect is not followed, because requests carry secrets
    hint: ask the user to set `api_base_url` in config.toml to the new place of the bridge, and restart taid, then call again
    hint for a person: set `api_base_url` in config.toml to the new place of the bridge, and restart taid

    [BridgeFailed]
    error: the URL of the mail bridge redirects to https://login.example/
    caused by: HTTP 302; a redirect is not followed, because requests carry secrets
    hint: ask the user to sign in to the network if that is its sign-in page, or set `api_base_url` if the bridge has moved there, then call again
    hint for a person: sign in to the network if that is its sign-in page, or set `api_base_url` if the bridge has moved there

    [BridgeFailed]
    error: a web page answers in place of the mail bridge (HTTP 200)
    caused by: the answer is HTTP 200, and not from the bridge
    hint: ask the user to open any web page and sign in to the network if it asks for that, or check `api_base_url`, then call again
    hint for a person: open any web page and sign in to the network if it asks for that, or check `api_base_url`

    [BridgeFailed]
    error: a proxy or firewall in front of the mail bridge refused the request (HTTP 403)
    caused by: the answer is HTTP 403, and not from the bridge
    hint: ask the user to have the network's administrator permit the host of `api_base_url`, then call again
    hint for a person: have the network's administrator permit the host of `api_base_url`

    [BridgeFailed]
    error: no mail bridge answers at this URL (HTTP 404)
    caused by: the answer is HTTP 404, and not from the bridge
    hint: ask the user to check `api_base_url` (API_BASE_URL), then call again
    hint for a person: check `api_base_url` (API_BASE_URL)

    [BridgeFailed]
    error: a proxy demands a username and a password (HTTP 407)
    caused by: the answer is HTTP 407, and not from the bridge
    hint: nothing was sent; ask the user to set `proxy` in config.toml with both, then call again
    hint for a person: set `proxy` in config.toml with both

    [BridgeFailed]
    error: a proxy in front of the mail bridge refused the size of the request (HTTP 413)
    caused by: the answer is HTTP 413, and not from the bridge
    hint: shorten the content and try again; nothing was sent

    [BridgeFailed]
    error: a proxy or firewall in front of the mail bridge refused the request (HTTP 451)
    caused by: the answer is HTTP 451, and not from the bridge
    hint: ask the user to have the network's administrator permit the host of `api_base_url`, then call again
    hint for a person: have the network's administrator permit the host of `api_base_url`

    [BridgeFailed]
    error: the mail bridge is not available (HTTP 502)
    caused by: the answer is HTTP 502, and not from the bridge
    hint: try again in a few minutes; it may be under maintenance

    [BridgeFailed]
    error: the mail bridge is not available: server maintenance (HTTP 503)
    caused by: the answer is HTTP 503, and not from the bridge
    hint: try again in a few minutes

    [BridgeFailed]
    error: the network demands a sign-in (HTTP 511)
    caused by: the answer is HTTP 511, and not from the bridge
    hint: ask the user to open any web page and sign in to the network, then call again
    hint for a person: open any web page and sign in to the network

    [BridgeFailed]
    error: the mail bridge's answer cannot be used
    caused by: the bridge's answer cannot be read: the library's own words
    hint: ask the user to check `api_base_url`, which may not be a TAI bridge, then call again
    hint for a person: check `api_base_url`, which may not be a TAI bridge

    [BridgeFailed]
    error: the mail bridge's answer cannot be used
    caused by: the bridge's answer is larger than 1000 bytes
    hint: ask the user to check `api_base_url`, which may not be a TAI bridge, then call again
    hint for a person: check `api_base_url`, which may not be a TAI bridge
    "#);
}

#[test]
fn a_limit_of_open_files_keeps_its_own_hint_when_taid_connects() {
    let error = BridgeError::Unreachable {
        detail: "127.0.0.1:8025: Too many open files (os error 24)".to_owned(),
    };
    insta::assert_snapshot!(rendered(&of_bridge(&error)), @"
    [Unreachable]
    error: taid cannot open a connection to the mail bridge
    caused by: cannot connect to the bridge: 127.0.0.1:8025: Too many open files (os error 24)
    hint: nothing was sent; ask the user to raise the limit of open files of taid (`ulimit -n`, or LimitNOFILE= in its unit), or end some of its clients, then call again
    hint for a person: raise the limit of open files of taid (`ulimit -n`, or LimitNOFILE= in its unit), or end some of its clients
    ");
}
