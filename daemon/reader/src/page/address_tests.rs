//! Targets of links.

use super::*;

fn shown(href: &str) -> String {
    match Target::new(href, None) {
        Target::Nothing => String::new(),
        Target::Address { shown, .. } => shown,
    }
}

#[test]
fn tracking_parameters_are_left_out_where_they_change_nothing() {
    for (href, expected) in [
        (
            "https://a.example/?utm_source=x&utm_medium=y",
            "https://a.example/",
        ),
        (
            "https://a.example/p?id=1&utm_source=x#top",
            "https://a.example/p?id=1#top",
        ),
        (
            "https://a.example/p?fbclid=1&b=2&gclid=3",
            "https://a.example/p?b=2",
        ),
        (
            "https://a.example/p?utm_source=x&sig=abc",
            "https://a.example/p?utm_source=x&sig=abc",
        ),
        (
            "https://a.example/utm_source=x",
            "https://a.example/utm_source=x",
        ),
        (
            "mailto:a@b.example?subject=utm_x",
            "mailto:a@b.example?subject=utm_x",
        ),
        ("https://a.example/a (b) c", "https://a.example/a%20(b)%20c"),
        ("https://a.example/a)b", "https://a.example/a%29b"),
    ] {
        assert_eq!(shown(href), expected);
    }
}

#[test]
fn addresses_that_open_nothing_are_no_targets() {
    for href in [
        "",
        "#top",
        "javascript:x()",
        "JAVA\nSCRIPT:x()",
        "\u{1}javascript:x()",
        " data:text/html,x",
        "vbscript:x",
        "file:///etc",
        "cid:part1",
    ] {
        assert_eq!(Target::new(href, None), Target::Nothing, "{href:?}");
    }
}

#[test]
fn a_text_that_is_the_address_is_recognized() {
    for (href, text) in [
        ("https://a.example/", "https://a.example"),
        ("https://a.example/", "a.example"),
        ("mailto:a@b.example", "a@b.example"),
        ("tel:+49301234567", "+49 30 123 4567"),
        (
            "https://a.example/?utm_source=x",
            "https://a.example/?utm_source=x",
        ),
    ] {
        assert!(Target::new(href, None).is_same_as(text), "{href}");
    }
    assert!(!Target::new("https://a.example/b", None).is_same_as("https://a.example"));
    assert!(!Target::new("https://a.example/", None).is_same_as(""));
}

#[test]
fn a_relative_address_refers_to_the_base_of_the_mail() {
    let base = Url::parse("https://evil.example/a/").ok();
    for (href, expected) in [
        ("/login", "https://evil.example/login"),
        ("b", "https://evil.example/a/b"),
        ("//bank.example/", "https://bank.example/"),
        ("https://bank.example/", "https://bank.example/"),
        ("mailto:a@b.example", "mailto:a@b.example"),
    ] {
        let Target::Address { shown, .. } = Target::new(href, base.as_ref()) else {
            panic!("{href}");
        };
        assert_eq!(shown, expected);
    }
    for href in ["#top", "javascript:x()", " \njavascript:x()"] {
        assert_eq!(Target::new(href, base.as_ref()), Target::Nothing, "{href}");
    }
}

#[test]
fn a_text_that_names_another_host_is_deceptive() {
    for (href, text, target) in [
        (
            "https://evil.example/",
            "www.bank.example",
            Some("evil.example"),
        ),
        (
            "https://evil.example/",
            "https://bank.example/login",
            Some("evil.example"),
        ),
        (
            "https://bank.example@evil.example/",
            "bank.example",
            Some("evil.example"),
        ),
        (
            "https://evil.example/",
            "Visit https://bank.example now",
            Some("evil.example"),
        ),
        (
            "mailto:eve@evil.example",
            "bob@bank.example",
            Some("eve@evil.example"),
        ),
        ("https://evil.example/", "bank.com", Some("evil.example")),
        (
            "https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fbank.example%2F",
            "bank.example",
            None,
        ),
        (
            "https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fevil.example%2F",
            "bank.example",
            Some("evil.example"),
        ),
        (
            "https://x.safelinks.protection.outlook.com/?URL=https%3A%2F%2Fevil.example&url=https%3A%2F%2Fbank.example",
            "bank.example",
            Some("x.safelinks.protection.outlook.com"),
        ),
        ("https://bank.example/", "www.bank.example", None),
        ("https://login.bank.example/", "bank.example", None),
        ("https://evil.example/", "invoice.pdf", None),
        ("https://evil.example/", "Read more", None),
        ("https://evil.example/", "v1.2.3", None),
        ("/relative", "bank.example", None),
        ("https://evil.example/", "bank.io", Some("evil.example")),
        (
            "https://evil.example/",
            "BANK.Finance",
            Some("evil.example"),
        ),
        ("https://evil.example/", "банк.рф", Some("evil.example")),
        (
            "https://evil.com.br/",
            "bradesco.com.br",
            Some("evil.com.br"),
        ),
        ("https://evil.com.br/", "evil.com.br", None),
        (
            "https://evil.example/",
            "Log in at bank.com.",
            Some("evil.example"),
        ),
        (
            "https://evil.example/",
            "Bank: (bank.com)",
            Some("evil.example"),
        ),
        (
            "https://evil.example/",
            "evil.example, not bank.com",
            Some("evil.example"),
        ),
        (
            "https://evil.example/",
            "Write to bob@bank.com",
            Some("evil.example"),
        ),
        ("sftp://evil.example/", "bank.com", Some("evil.example")),
        (
            "mailto:bob@evil.example",
            "Write to ann@evil.example",
            Some("bob@evil.example"),
        ),
        (
            "mailto:bob@evil.example",
            "Write to bob@evil.example.",
            None,
        ),
        ("ftp://evil.example/", "bank.com", Some("evil.example")),
        ("https://evil.example/", "main.rs and README.md", None),
        ("https://evil.example/", "See report.docx, page 1.", None),
        ("https://evil.example/", "e.g. version 1.2", None),
    ] {
        assert_eq!(
            Target::new(href, None).deceives(text, |_| false).as_deref(),
            target,
            "{href} {text}"
        );
    }
}
