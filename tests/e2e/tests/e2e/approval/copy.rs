//! The comparison of a sent copy with what a person was shown.

use serde_json::json;
use tai_e2e::{Machine, mcp::Shim};
use tai_sandbox::{NewMail, SentMail};

/// Checks that a person was shown the addresses, the subject, the text part, each URL of the HTML
/// part, and the words that a recipient reads in it.
pub(super) fn assert_shown(machine: &Machine, shim: &mut Shim, copy: &SentMail, shown: &str) {
    let header = |name: &str| {
        let line = shown.lines().find_map(|line| line.strip_prefix(name));
        line.map(str::trim).unwrap_or_default()
    };
    assert_eq!(header("Subject:"), copy.subject, "{shown}");
    assert!(header("From:").starts_with(&copy.from), "{shown}");
    let question = shown.lines().next().unwrap_or_default();
    let asked = question.ends_with(&format!("Send to {}?", copy.to));
    assert!(asked || header("To:") == copy.to, "{shown}");

    let lines = shown.lines().filter_map(|line| line.strip_prefix('|'));
    let lines: Vec<&str> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    assert_eq!(lines.join("\n"), copy.text);
    for url in urls(&copy.html) {
        assert!(shown.contains(url), "{url} is not in {shown}");
    }
    let read = read(machine, shim, &copy.html);
    assert_eq!(words(&read), words(&copy.text), "{read}");
}

/// Returns the URLs in the attributes of a page.
fn urls(html: &str) -> impl Iterator<Item = &str> {
    let quoted = html.split('"').skip(1).step_by(2);
    quoted.filter(|value| value.contains("://"))
}

/// Returns the letters and digits of a text, without those of a warning about a link.
fn words(text: &str) -> String {
    let mut warned = text.split(" (⚠ goes to ");
    let mut kept = warned.next().unwrap_or_default().to_owned();
    for rest in warned {
        kept += rest.split_once(')').unwrap_or_default().1;
    }
    kept.retain(char::is_alphanumeric);
    kept
}

/// Returns the text that a recipient with tai reads in an HTML part.
fn read(machine: &Machine, shim: &mut Shim, html: &str) -> String {
    let mail = NewMail {
        from: "bob@tai.chat".into(),
        to: "desk.alice@tai.chat".into(),
        body_html: Some(html.into()),
        ..NewMail::default()
    };
    let id = machine.sandbox.insert(&mail).unwrap().unwrap();
    let whole = json!({"email_id": id, "max_chars": 1_000_000});
    shim.call("fetch_email", whole).body().to_owned()
}
