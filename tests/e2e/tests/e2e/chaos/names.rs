//! Failures between taid and the bridge are named for what they are, with the setting to change.

use super::{
    desk,
    front::{FAR, Proxy, TlsFront},
    send, sent, works,
};
use serde_json::json;
use std::process::Output;
use tai_e2e::{Machine, PASSWORD};
use tai_sandbox::{Canned, NewMail};

const LIST: &str = "GET /api/v1/messages";
const SEND: &str = "POST /api/v1/send-email";
const LOGIN: &str = "POST /api/v1/login";

/// Returns the text of a failed call, without the port of the bridge.
fn failed_list(machine: &Machine) -> String {
    let answer = desk(machine).call("list_inbox", json!({}));
    assert!(answer.is_error, "{}", answer.text);
    machine.plain(answer.text.as_bytes())
}

/// Runs `taid run` to its end, which is a failure. Returns its error.
fn refused(machine: &Machine, variables: &[(&str, &str)]) -> String {
    let Output { status, stderr, .. } = machine.taid(variables).output().unwrap();
    assert_eq!(status.code(), Some(1));
    let said = machine.plain(&stderr);
    let (_, error) = said.split_once("error: ").expect("an error");
    error.to_owned()
}

fn doctor(machine: &Machine, variables: &[(&str, &str)]) -> String {
    let mut command = machine.command("taid");
    let output = command
        .arg("doctor")
        .envs(variables.iter().copied())
        .output();
    machine.plain(&output.unwrap().stdout)
}

#[test]
fn chaos_a_redirect_names_its_target_and_is_never_followed() {
    let (machine, other) = (Machine::new(), Machine::new());
    let _taid = machine.start_bare(&[]);
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{}/api/v1/login", other.sandbox.url());
        let answer = || Canned::new(status, "").with_header("Location", &to);
        machine.sandbox.can(answer(), 1, LOGIN);
        let login = machine.login(PASSWORD);
        let said = String::from_utf8_lossy(&login.stderr).into_owned();
        assert!(
            said.contains(&to) && said.contains("api_base_url"),
            "{status}: {said}"
        );
        assert!(!said.contains("maintenance"), "{status}: {said}");
    }
    assert!(machine.login(PASSWORD).status.success());
    let answer = Canned::new(308, "").with_header("Location", "https://mail.example/");
    machine.sandbox.can(answer, 1, LIST);
    insta::assert_snapshot!(failed_list(&machine), @"
    error: the mail bridge has moved to https://mail.example/
    caused by: HTTP 308; a redirect is not followed, because requests carry secrets
    hint: ask the user to set `api_base_url` in config.toml to the new place of the bridge, and restart taid, then call again
    ");
    assert_eq!(machine.sandbox.count(LIST), 1);
    assert!(other.sandbox.log().is_empty());
}

#[test]
fn chaos_a_web_page_in_place_of_the_bridge_is_named_by_its_status() {
    let machine = Machine::new();
    let _taid = machine.start();
    works(&mut desk(&machine));
    let mut texts = String::new();
    for status in [200, 401, 403, 404, 407, 413, 451, 511] {
        machine.sandbox.can(Canned::page(status), 4, LIST);
        let text = failed_list(&machine);
        texts += &format!("{status}: {}\n", text.lines().next().unwrap());
        machine.sandbox.heal();
    }
    insta::assert_snapshot!(texts, @"
    200: error: a web page answers in place of the mail bridge (HTTP 200)
    401: error: a proxy or firewall in front of the mail bridge refused the request (HTTP 401)
    403: error: a proxy or firewall in front of the mail bridge refused the request (HTTP 403)
    404: error: no mail bridge answers at this URL (HTTP 404)
    407: error: a proxy demands a username and a password (HTTP 407)
    413: error: a proxy in front of the mail bridge refused the size of the request (HTTP 413)
    451: error: a proxy or firewall in front of the mail bridge refused the request (HTTP 451)
    511: error: the network demands a sign-in (HTTP 511)
    ");
    let before = machine.sandbox.count(SEND);
    // Only by some statuses the page says that the request went no further.
    let mut shim = desk(&machine);
    for (status, said) in [
        (413, "nothing was sent"),
        (403, "it is unknown whether"),
        (200, "it is unknown whether"),
    ] {
        machine.sandbox.can(Canned::page(status), 1, SEND);
        let id = send(&mut shim, &format!("met a page with {status}"));
        let answer = shim.finish_call(&id);
        assert!(answer.text.contains(said), "{status}: {}", answer.text);
    }
    assert_eq!(machine.sandbox.count(SEND), before + 3);
}

#[test]
fn chaos_a_url_with_a_path_of_the_api_names_the_setting_and_posts_one_password() {
    let machine = Machine::new();
    let url = format!("{}/api/v1", machine.sandbox.url());
    let variables = [("TAI_MCP_API_BASE_URL", url.as_str())];
    let _taid = machine.start_with(&variables);
    insta::assert_snapshot!(failed_list(&machine), @"
    error: the login failed: the URL of the mail bridge has no such endpoint
    caused by: Endpoint not found (HTTP 404)
    hint: nothing was sent; ask the user to remove `/api/v1` from the end of `api_base_url` (API_BASE_URL), or correct its path, then call again
    ");
    failed_list(&machine);
    assert_eq!(machine.sandbox.count("POST /api/v1/api/v1/login"), 1);
    let page = doctor(&machine, &variables);
    assert!(page.contains("remove `/api/v1` from the end"), "{page}");
}

#[test]
fn chaos_characters_that_url_parsing_drops_are_refused() {
    let machine = Machine::new();
    for url in [
        "https://tai.chat\tx",
        "https://tai.chat\nx",
        "https://tai.chat\\x",
    ] {
        let said = refused(&machine, &[("TAI_MCP_API_BASE_URL", url)]);
        assert!(said.contains("TAI_MCP_API_BASE_URL"), "{said}");
    }
}

#[test]
fn chaos_a_private_authority_needs_its_file_and_the_error_says_so() {
    let machine = Machine::new();
    let front = TlsFront::to(&machine.sandbox.url());
    let url = front.url();
    let ca = machine.home().join("ca.pem");
    let ca = ca.to_str().unwrap();
    let variables = [("TAI_MCP_API_BASE_URL", url.as_str())];
    {
        let _taid = machine.start_with(&variables);
        let said = failed_list(&machine);
        insta::assert_snapshot!(said, @"
        error: the login failed: the certificate of the mail bridge is not trusted
        caused by: no trusted authority has issued it
        hint: nothing was sent; ask the user to set `ca_file` in config.toml if the bridge or the network has a certificate authority of its own; otherwise another machine answers for the bridge, then call again
        ");
        let page = doctor(&machine, &variables);
        assert!(
            page.contains("✗ tls") && page.contains("`ca_file`"),
            "{page}"
        );
    }
    for before in ["", "\u{feff}", "a comment\n"] {
        front.write_pem(ca.as_ref(), before);
        let by_variable = [variables[0], ("SSL_CERT_FILE", ca)];
        let taid = machine.start_with(&by_variable);
        works(&mut desk(&machine));
        drop(taid);
        machine.configure(&format!("ca_file = '{ca}'"));
        let taid = machine.start_with(&variables);
        works(&mut desk(&machine));
        drop(taid);
        machine.configure("");
    }
    front.write_der(ca.as_ref());
    let said = refused(&machine, &[variables[0], ("SSL_CERT_FILE", ca)]);
    insta::assert_snapshot!(said, @"
    the file HOME/ca.pem from the variable SSL_CERT_FILE cannot be used: it is binary (DER); convert it with `openssl x509 -inform der -in FILE -out FILE.pem`
    hint: correct the path, or the file
    ");
    machine.configure("ca_file = '/nowhere/ca.pem'");
    let said = refused(&machine, &variables);
    insta::assert_snapshot!(said, @"
    the file /nowhere/ca.pem from `ca_file` in config.toml cannot be used: it cannot be read: No such file or directory (os error 2)
    hint: correct the path, or the file
    ");
}

#[test]
fn chaos_an_empty_certificate_variable_counts_as_unset() {
    let machine = Machine::new();
    let _taid = machine.start_with(&[("SSL_CERT_FILE", "")]);
    works(&mut desk(&machine));
}

#[test]
fn chaos_a_configured_proxy_carries_every_request_and_is_named() {
    let machine = Machine::new();
    let front = TlsFront::to(&machine.sandbox.url());
    let (url, ca) = (front.url(), machine.home().join("ca.pem"));
    front.write_pem(&ca, "");
    let ca = ca.display();
    let variables = [("TAI_MCP_API_BASE_URL", url.as_str())];
    let http = Proxy::connecting(front.address);
    let socks = Proxy::socks(front.address);
    for (scheme, proxy) in [("http", &http), ("socks5h", &socks)] {
        let address = proxy.address;
        machine.configure(&format!("ca_file = '{ca}'\nproxy = '{scheme}://{address}'"));
        let _taid = machine.start_with(&variables);
        works(&mut desk(&machine));
        let requests = proxy.requests();
        let is_expected = |request: &String| request.contains("localhost");
        assert!(
            !requests.is_empty() && requests.iter().all(is_expected),
            "{requests:?}"
        );
        let page = doctor(&machine, &variables);
        assert!(
            page.contains(&format!("{scheme}://{address} from `proxy` in config.toml")),
            "{page}"
        );
    }
    machine.configure(&format!(
        "ca_file = '{ca}'\nproxy = 'http://127.0.0.1:1'\nno_proxy = 'localhost'"
    ));
    let _taid = machine.start_with(&variables);
    works(&mut desk(&machine));
}

#[test]
fn chaos_a_proxy_that_refuses_is_named_without_its_password() {
    let auth = Proxy::answering("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    let wall = Proxy::answering("HTTP/1.1 403 Forbidden\r\n\r\n");
    let failed = |what: &str, port: u16| {
        let machine = Machine::new();
        let proxy = format!("http://user:proxy-secret@127.0.0.1:{port}");
        machine.configure(&format!("proxy = '{proxy}'"));
        let variables = [("TAI_MCP_API_BASE_URL", "https://localhost:1")];
        let _taid = machine.start_with(&variables);
        let text = failed_list(&machine).replace(&format!(":{port}"), ":PORT");
        let page = doctor(&machine, &variables);
        assert!(page.contains("`proxy` in config.toml"), "{page}");
        let status = format!("{}", machine.status());
        for text in [&text, &page, &status, &machine.log()] {
            assert!(!text.contains("proxy-secret"), "{text}");
        }
        format!("{what}:\n{text}\n")
    };
    let rows = [
        ("dead", 1),
        ("407", auth.address.port()),
        ("403", wall.address.port()),
    ];
    // At the same time: each login is tried again for seconds.
    let texts = std::thread::scope(|scope| {
        let failed = &failed;
        let trials = rows.map(|(what, port)| scope.spawn(move || failed(what, port)));
        trials.map(|trial| trial.join().unwrap()).concat()
    });
    insta::assert_snapshot!(texts, @"
    dead:
    error: the login failed: cannot reach the mail bridge through the proxy http://127.0.0.1:PORT from `proxy` in config.toml
    caused by: Connection refused (os error 111)
    hint: nothing was sent; ask the user to start or correct the proxy, then call again
    407:
    error: the login failed: cannot reach the mail bridge through the proxy http://127.0.0.1:PORT from `proxy` in config.toml
    caused by: tunnel error: proxy authorization required
    hint: nothing was sent; ask the user to start or correct the proxy, then call again
    403:
    error: the login failed: cannot reach the mail bridge through the proxy http://127.0.0.1:PORT from `proxy` in config.toml
    caused by: tunnel error: unsuccessful
    hint: nothing was sent; ask the user to start or correct the proxy, then call again
    ");
}

#[test]
fn chaos_the_proxy_of_the_environment_is_used_and_a_malformed_one_is_never_bypassed() {
    let machine = Machine::new();
    let front = TlsFront::to(&machine.sandbox.url());
    let ca = machine.home().join("ca.pem");
    front.write_pem(&ca, "");
    let proxy = Proxy::connecting(front.address);
    let (far, address) = (format!("https://{FAR}"), proxy.address.to_string());
    let base = ("TAI_MCP_API_BASE_URL", far.as_str());
    let trusted = ("SSL_CERT_FILE", ca.to_str().unwrap());
    {
        let _taid = machine.start_with(&[base, trusted, ("HTTPS_PROXY", &address)]);
        works(&mut desk(&machine));
        assert!(proxy.requests()[0].starts_with(&format!("CONNECT {FAR}:443 ")));
    }
    let malformed = format!("http://u:p#secret@{address}");
    let before = proxy.requests().len();
    for variable in ["HTTPS_PROXY", "ALL_PROXY"] {
        let said = refused(&machine, &[base, trusted, (variable, &malformed)]);
        assert!(
            said.contains(&format!("the variable {variable} is not valid")),
            "{said}"
        );
        assert!(!said.contains("secret"), "{said}");
    }
    machine.configure("proxy = '::::'");
    let said = refused(&machine, &[base]);
    assert!(said.contains("`proxy` in config.toml"), "{said}");
    assert_eq!(proxy.requests().len(), before);
    // A bridge on this machine is never reached through a proxy of the environment.
    machine.configure("");
    let _taid = machine.start_with(&[("HTTPS_PROXY", &malformed), ("HTTP_PROXY", &address)]);
    works(&mut desk(&machine));
    assert_eq!(proxy.requests().len(), before);
}

#[test]
fn chaos_mislabelled_answers_are_read() {
    let machine = Machine::new();
    let _taid = machine.start();
    works(&mut desk(&machine));
    let list = r#"{"success":true,"data":{"messages":[],"count":0,"has_more":false}}"#;
    let zipped = Canned {
        gzip: true,
        ..Canned::new(200, list)
    };
    for answer in [
        Canned::new(200, &format!("\u{feff}{list}")),
        Canned::new(200, list).with_header("Content-Encoding", "gzip"),
        Canned::new(200, list).with_header("Content-Type", "text/html"),
        zipped.clone(),
        zipped.clone().with_header("Content-Encoding", "gzip"),
        zipped.clone().with_header("Content-Encoding", "x-gzip"),
        zipped.with_header("Content-Encoding", "GZIP"),
    ] {
        machine.sandbox.can(answer, 1, LIST);
        works(&mut desk(&machine));
    }
}

#[test]
fn chaos_successes_without_data_count() {
    let machine = Machine::new();
    let _taid = machine.start();
    let mail = NewMail {
        from: "eve@example.com".into(),
        to: "desk.alice@tai.chat".into(),
        subject: Some("hello".into()),
        ..NewMail::default()
    };
    let id = machine.sandbox.deliver(&mail).unwrap().unwrap();
    let mut shim = desk(&machine);
    for (endpoint, tool) in [
        ("PUT /api/v1/messages/{id}/read", "mark_read"),
        ("DELETE /api/v1/messages/{id}", "delete_email"),
    ] {
        for body in ["", r#"{"success":true}"#, r#"{"success":true,"data":null}"#] {
            let status = if body.is_empty() { 204 } else { 200 };
            machine.sandbox.can(Canned::new(status, body), 1, endpoint);
            let answer = shim.call(tool, json!({"email_id": id}));
            assert!(!answer.is_error, "{tool} {body}: {}", answer.text);
        }
        assert_eq!(machine.sandbox.count(endpoint), 3);
    }
    for body in [
        r#"{"success":true}"#,
        r#"{"success":true,"data":{"messageId":17}}"#,
    ] {
        machine.sandbox.can(Canned::new(202, body), 1, SEND);
        let id = send(&mut shim, body);
        let answer = shim.finish_call(&id);
        assert!(!answer.is_error, "{body}: {}", answer.text);
        assert_eq!(sent(&machine, body), 0);
    }
}
