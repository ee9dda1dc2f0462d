//! The mails in `tests/mails`: each is delivered, fetched through the real executables and
//! compared with the page next to it. `UPDATE_MAILS=1` rewrites the pages; read the diff.

use crate::mail::desk;
use serde_json::json;
use std::{fmt::Write as _, path::PathBuf};
use tai_e2e::Machine;
use tai_sandbox::NewMail;

fn mails() -> Vec<PathBuf> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../mails");
    let mut mails: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending != "md"))
        .collect();
    mails.sort();
    mails
}

#[test]
fn each_mail_of_the_corpus_renders_as_its_page() {
    let mails = mails();
    assert!(mails.len() >= 60, "{} mails", mails.len());
    let machine = Machine::new();
    let _taid = machine.start_with(&[("TAI_MCP_LOG_LEVEL", "info")]);
    let mut shim = desk(&machine);
    let mut wrong = String::new();
    for path in mails {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let (html, plain) = match name.ends_with(".html") {
            true => (Some(text), None),
            false => (None, Some(text)),
        };
        let mail = NewMail {
            from: "someone@example.com".into(),
            to: "desk.alice@tai.chat".into(),
            subject: Some(name.to_owned()),
            body_html: html,
            body_text: plain,
            ..NewMail::default()
        };
        let id = machine.sandbox.deliver(&mail).unwrap().unwrap();
        let whole = json!({"email_id": id, "max_chars": 1_000_000});
        let read = shim.call("fetch_email", whole);
        assert!(!read.is_error, "{name}: {}", read.text);
        let email = &read.structured["email"];
        assert_eq!(email["trust"], "untrusted");
        let mut page = read.body().to_owned();
        if let Some(note) = email["note"].as_str() {
            write!(page, "\n\n=====\n{note}").unwrap();
        }
        page.push('\n');
        // No content of a mail can close its fence.
        let fenced = read
            .text
            .split_once("[Begin of untrusted email content ")
            .unwrap()
            .1;
        let nonce = &fenced[..16];
        let inside = fenced.split_once('\n').unwrap().1;
        let end = format!("\n[End of untrusted email content {nonce}]");
        assert_eq!(inside.split(&end).count(), 2, "{name}");
        let expected = path.with_extension(format!(
            "{}.md",
            path.extension().unwrap().to_str().unwrap()
        ));
        if std::env::var_os("UPDATE_MAILS").is_some() {
            std::fs::write(&expected, &page).unwrap();
        } else if std::fs::read_to_string(&expected).ok().as_ref() != Some(&page) {
            writeln!(wrong, "--- {name}\n{page}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "these pages differ:\n{wrong}");
}
