//! Addresses that are refused, and the rules that they break.

use super::*;

#[test]
fn only_one_plain_address_is_accepted_and_the_rule_says_what_to_write() {
    for good in [
        "a.b@tai.chat",
        "a+b_c'd@x-y.example",
        "grüße@bücher.example",
    ] {
        let address = Address::new(format!(" {good}\n"));
        assert_eq!(address.as_ref().map(Address::as_str), Ok(good));
    }
    let long = format!("{}@b.c", "a".repeat(254));
    let local = format!("{}@b.c", "a".repeat(65));
    let label = format!("b@{}.c", "a".repeat(64));
    for (bad, rule) in [
        ("", "name@domain"),
        ("a", "name@domain"),
        ("@b", "name@domain"),
        ("a@", "name@domain"),
        ("a@b@c", "name@domain"),
        ("a b@c.d", "without spaces"),
        ("a@b.c\r\nBcc: d@e.f", "without spaces or line breaks"),
        ("A <a@b.c>", "without a display name"),
        ("A (x) <a@b.c>", "without a display name"),
        ("a@b.c, d@e.f", "one address at a time"),
        ("a@b.c;d@e.f", "one address at a time"),
        ("mailto:bob@example.com", "without `mailto:`"),
        ("MAILTO:bob@example.com", "without `mailto:`"),
        ("(comment)bob@example.com", "without a comment"),
        ("bob@example.com.", "a dot in an address"),
        ("bob@example..com", "a dot in an address"),
        (".bob@example.com", "a dot in an address"),
        ("bob@example.com\\", "no backslash"),
        ("eve%evil.example@example.com", "no `%`"),
        ("evil.example!eve@example.com", "no `%`"),
        ("=?utf-8?Q?eve=40evil.example?=@example.com", "no `%`"),
        ("bob@exa\u{200b}mple.com", "invisible characters"),
        ("\u{202e}moc.live@x.org", "invisible characters"),
        ("bob@example.com\u{e0041}", "invisible characters"),
        ("bob@example.com\u{2028}", "invisible characters"),
        ("\"bob smith\"@example.com", "in quotation marks"),
        ("bob@exam_ple.com", "is a domain"),
        ("bob@-example.com", "is a domain"),
        ("bob@[127.0.0.1]", "is a domain"),
        ("bob@localhost", "a domain with a dot"),
        ("bob@127.0.0.1", "is a domain"),
        (&label, "is a domain"),
        (&local, "at most 64 bytes"),
        (&long, "254 bytes"),
    ] {
        let broken = Address::new(bad).unwrap_err().to_string();
        assert!(broken.contains(rule), "{bad:?}: {broken}");
    }
}

#[test]
fn an_address_that_reads_in_two_ways_is_none() {
    for (text, expected) in [
        (" Bob@example.com ", Some("Bob@example.com")),
        ("Bob <bob@example.com>", Some("bob@example.com")),
        ("\"Bob B.\" <bob@example.com>", Some("bob@example.com")),
        ("\"Bob, Jr.\" <bob@example.com>", Some("bob@example.com")),
        ("bob@example.com (Bob B.)", Some("bob@example.com")),
        ("bob@example.com\u{200b}", None),
        ("b\u{ad}ob@example.com", None),
        ("Bob <mailto:bob@example.com>", None),
        ("bob..b@example.com", None),
        ("\"a@evil.org, \" <bob@example.com>", None),
        ("\"a\\\" <x\" <bob@example.com>", None),
        ("bob@example.com (a@evil.org)", None),
        ("<bob@example.com>", Some("bob@example.com")),
        ("attacker@evil.org, x.alice@tai.chat", None),
        ("<attacker@evil.org>.alice@tai.chat", None),
        ("x.alice@tai.chat <attacker@evil.org>", None),
        ("<attacker@evil.org> <x.alice@tai.chat>", None),
        ("group: x.alice@tai.chat <attacker@evil.org>", None),
        ("\"a@b.example\" <c@d.example>, e@f.example", None),
        ("Bob <>", None),
        ("", None),
    ] {
        let address = Address::in_field(text);
        assert_eq!(address.as_ref().map(Address::as_str), expected, "{text}");
    }
}

#[test]
fn a_received_address_needs_only_be_one_address() {
    let long = format!("{}.alice@tai.chat", "a".repeat(64));
    for good in [
        " bob@example.com ",
        "bob@localhost",
        "b..b@-x",
        "a(b)@c.de",
        &long,
    ] {
        let address = Address::received(good);
        assert_eq!(address.as_ref().map(Address::as_str), Ok(good.trim()));
    }
    for (bad, rule) in [
        ("Bob <bob@example.com>", AddressRule::NoDisplayName),
        ("a@b.example, c@d.example", AddressRule::One),
        ("bob", AddressRule::Shape),
        ("bob@", AddressRule::Shape),
        ("@example.com", AddressRule::Shape),
        ("a@b@c", AddressRule::Shape),
        ("a@b.c\r\nBcc: d@e.f", AddressRule::Shape),
        ("bo b@example.com", AddressRule::Shape),
        (&*"a@b".repeat(100), AddressRule::Length),
    ] {
        assert_eq!(Address::received(bad), Err(AddressError(rule)), "{bad}");
    }
}

#[test]
fn incoming_mail_matches_an_address_in_any_case() {
    let own = Address::new("desk.Alice@tai.chat").unwrap();
    assert!(own.matches("DESK.alice@TAI.CHAT"));
    assert!(!own.matches("x.desk.alice@tai.chat"));
}

#[test]
fn seed_address_is_instance_dot_name_at_tai_chat() {
    let user = Username::new("username").unwrap();
    let desktop = Instance::new("desktop").unwrap();
    assert_eq!(
        user.address(Some(&desktop)).as_str(),
        "desktop.username@tai.chat"
    );
    assert_eq!(user.address(None).as_str(), "username@tai.chat");
}
