//! The choice of the proxy, for each setting and each bridge.

use super::{
    super::options::{Configured, NetworkOptions, ProxyChoice},
    *,
};

/// Returns the proxy of a bridge with these variables, as text.
fn chosen(base: &str, options: &NetworkOptions, variables: &[(&str, &str)]) -> String {
    let env = |name: &str| {
        let mut set = variables.iter().filter(|(set, _)| *set == name);
        set.next().map(|(_, value)| OsString::from(value))
    };
    match of(&base.parse().unwrap(), options, &env) {
        Ok(Some(proxied)) => proxied.to_string(),
        Ok(None) => "direct".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn configured(proxy: &str, no_proxy: Option<&str>) -> NetworkOptions {
    NetworkOptions {
        proxy: Some(Configured {
            value: match proxy {
                "none" => ProxyChoice::None,
                url => ProxyChoice::Url(url.parse().unwrap()),
            },
            origin: "`proxy` in config.toml".to_owned(),
        }),
        no_proxy: no_proxy.map(str::to_owned),
        ca_file: None,
    }
}

#[test]
fn a_proxy_is_shown_without_its_password() {
    for (text, shown) in [
        (
            "http://user:secret@proxy.example:3128",
            "http://proxy.example:3128",
        ),
        (
            "http://user:p%23ss@127.0.0.1:8080/",
            "http://127.0.0.1:8080",
        ),
        ("socks5://secret@[::1]", "socks5://[::1]:1080"),
        (
            "socks5h://proxy.example:9050",
            "socks5h://proxy.example:9050",
        ),
        ("https://proxy.example", "https://proxy.example:443"),
        ("proxy.example:3128", "http://proxy.example:3128"),
    ] {
        let url: ProxyUrl = text.parse().unwrap();
        assert_eq!(url.to_string(), shown);
        assert_eq!(format!("{url:?}"), shown);
    }
}

#[test]
fn a_value_that_is_no_proxy_is_refused() {
    for text in [
        "",
        "::::",
        "http://",
        "http://u:p#ss@127.0.0.1:3128",
        "http://u:p?ss@127.0.0.1:3128",
        "http://u:p/ss@127.0.0.1:3128",
        "http://proxy.example:99999",
        "http://proxy.example\t:3128",
        " http://proxy.example",
        "ftp://proxy.example",
        "file:///etc/passwd",
        "http://proxy.example/path",
    ] {
        assert_eq!(text.parse::<ProxyUrl>(), Err(ProxyUrlError), "{text:?}");
    }
}

#[test]
fn the_file_comes_before_the_variables_and_a_bad_variable_is_never_bypassed() {
    let unset = NetworkOptions::default();
    let chat = "https://tai.chat";
    let by_file = "http://a:1 from `proxy` in config.toml";
    let variable = [("HTTPS_PROXY", "http://u:secret@b:2")];
    for (base, options, variables, expected) in [
        (chat, &unset, &[][..], "direct"),
        (
            chat,
            &unset,
            &variable,
            "http://b:2 from the variable HTTPS_PROXY",
        ),
        (
            chat,
            &unset,
            &[("all_proxy", "b:2")],
            "http://b:2 from the variable all_proxy",
        ),
        (
            chat,
            &unset,
            &[("HTTPS_PROXY", ""), ("https_proxy", "b:2")],
            "http://b:2 from the variable https_proxy",
        ),
        (chat, &unset, &[("HTTP_PROXY", "http://b:2")], "direct"),
        (chat, &configured("a:1", None), &variable, by_file),
        (chat, &configured("none", None), &variable, "direct"),
        ("https://localhost:1", &unset, &variable, "direct"),
        ("https://127.0.0.1:1", &unset, &variable, "direct"),
        (
            "https://[::1]:1",
            &unset,
            &[("ALL_PROXY", "::::")],
            "direct",
        ),
        (
            "https://localhost:1",
            &configured("a:1", None),
            &[],
            by_file,
        ),
        (
            "http://localhost:1",
            &configured("a:1", None),
            &[],
            "direct",
        ),
    ] {
        assert_eq!(
            chosen(base, options, variables),
            expected,
            "{base} {variables:?}"
        );
    }
    let bad = chosen(chat, &unset, &[("HTTPS_PROXY", "http://u:p#secret@b")]);
    assert!(
        bad.starts_with("the variable HTTPS_PROXY is not valid: expected"),
        "{bad}"
    );
    assert!(!bad.contains("secret"), "{bad}");
}

#[test]
fn exceptions_are_hosts_addresses_networks_and_ports() {
    for (base, hosts, is_direct) in [
        ("https://tai.chat", "*", true),
        ("https://tai.chat", "tai.chat", true),
        ("https://tai.chat", "a.example, .CHAT", true),
        ("https://mail.tai.chat", "tai.chat", true),
        ("https://tai.chat", "ai.chat,other", false),
        ("https://tai.chat", "tai.chat:443", true),
        ("https://tai.chat", "tai.chat:8443", false),
        ("https://tai.chat:8443", "tai.chat:8443", true),
        ("https://tai.chat", ",,", false),
        ("https://10.1.2.3", "10.0.0.0/8", true),
        ("https://10.1.2.3", "10.1.2.3", true),
        ("https://10.1.2.3", "11.0.0.0/8", false),
        ("https://10.1.2.3", "10.0.0.0/x", false),
        ("https://[fd00::1]", "[fd00::1]", true),
        ("https://[fd00::1]", "fd00::/8", true),
        ("https://[fd00::1]:1", "[fd00::1]:1", true),
    ] {
        let by_file = chosen(base, &configured("a:1", Some(hosts)), &[]);
        let variables = [("HTTPS_PROXY", "b:2"), ("no_proxy", hosts)];
        let by_variable = chosen(base, &NetworkOptions::default(), &variables);
        for choice in [by_file, by_variable] {
            assert_eq!(choice == "direct", is_direct, "{base} {hosts}: {choice}");
        }
    }
}
