//! Requests of the person's browser, and of others.

use super::*;

fn entered() -> (Gate, String, String) {
    let gate = Gate::new(8000).unwrap();
    let cookie = format!("other=1; tai={}", gate.cookie);
    let path = format!("{}held/3", gate.space());
    (gate, cookie, path)
}

#[test]
fn the_key_works_once() {
    let gate = Gate::new(8000).unwrap();
    let key = format!("/{}", gate.key);
    assert_eq!(gate.url(), format!("http://127.0.0.1:8000{key}"));
    let seen = Seen {
        path: &key,
        host: Some("127.0.0.1:8000"),
        ..Seen::default()
    };
    let wrong = [
        Seen { path: "/", ..seen },
        Seen {
            path: "/0000",
            ..seen
        },
        Seen {
            host: Some("evil.example:8000"),
            ..seen
        },
        Seen {
            is_post: true,
            ..seen
        },
    ];
    for seen in wrong {
        assert_eq!(gate.admit(seen), Admission::Refused, "{seen:?}");
    }
    assert_eq!(gate.admit(seen), Admission::Enter);
    assert_eq!(gate.admit(seen), Admission::Refused);
}

#[test]
fn only_the_browser_with_the_cookie_sees_a_page_and_only_its_own_forms_count() {
    let (gate, cookie, path) = entered();
    let get = Seen {
        is_post: false,
        path: &path,
        host: Some("127.0.0.1:8000"),
        origin: None,
        site: None,
        cookies: Some(&cookie),
    };
    let post = Seen {
        is_post: true,
        origin: Some("http://127.0.0.1:8000"),
        ..get
    };
    let null = Seen {
        origin: Some("null"),
        site: Some("same-origin"),
        ..post
    };
    for (what, seen, admitted) in [
        ("a page", get, true),
        (
            "typed",
            Seen {
                site: Some("none"),
                ..get
            },
            true,
        ),
        (
            "a link of the page",
            Seen {
                site: Some("same-origin"),
                ..get
            },
            true,
        ),
        ("a form of an old browser", post, true),
        ("a form", null, true),
        (
            "no cookie",
            Seen {
                cookies: None,
                ..get
            },
            false,
        ),
        (
            "another cookie",
            Seen {
                cookies: Some("tai=00"),
                ..get
            },
            false,
        ),
        (
            "another path",
            Seen {
                path: "/0000/held/3",
                ..get
            },
            false,
        ),
        ("no path", Seen { path: "/", ..get }, false),
        (
            "a rebound name",
            Seen {
                host: Some("evil.example:8000"),
                ..get
            },
            false,
        ),
        (
            "the name localhost",
            Seen {
                host: Some("localhost:8000"),
                ..get
            },
            false,
        ),
        ("no host", Seen { host: None, ..get }, false),
        (
            "a link of another site",
            Seen {
                site: Some("cross-site"),
                ..get
            },
            false,
        ),
        (
            "another port",
            Seen {
                site: Some("same-site"),
                ..get
            },
            false,
        ),
        (
            "a form without origin",
            Seen {
                origin: None,
                ..post
            },
            false,
        ),
        (
            "a form of another site",
            Seen {
                origin: Some("http://evil.example"),
                ..post
            },
            false,
        ),
        (
            "a form of another port",
            Seen {
                origin: Some("http://127.0.0.1:8001"),
                ..post
            },
            false,
        ),
        (
            "a form of a frame",
            Seen {
                site: Some("cross-site"),
                ..null
            },
            false,
        ),
        (
            "a form of a frame, old browser",
            Seen { site: None, ..null },
            false,
        ),
        (
            "a typed form",
            Seen {
                site: Some("none"),
                ..null
            },
            false,
        ),
    ] {
        let expected = match admitted {
            true => Admission::Page("held/3"),
            false => Admission::Refused,
        };
        assert_eq!(gate.admit(seen), expected, "{what}");
    }
}

#[test]
fn a_token_belongs_to_one_form_of_one_server() {
    let (gate, _, _) = entered();
    let token = gate.token("held/3/send");
    assert!(gate.is_token("held/3/send", &token));
    assert!(!gate.is_token("held/4/send", &token));
    assert!(!gate.is_token("held/3/discard", &token));
    assert!(!gate.is_token("held/3/send", ""));
    let (other, _, _) = entered();
    assert!(!other.is_token("held/3/send", &token));
}
