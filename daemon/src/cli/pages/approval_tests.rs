//! Pages of `taid approve`.

use super::*;
use tai_proto::approval::MailPreview;

fn held(number: u64) -> HeldMail {
    HeldMail {
        number,
        client: "claude-code 2.1".into(),
        instance: Some("desk".parse().unwrap()),
        since: "2026-11-23T10:00:00Z".into(),
        until: "2026-11-23T11:00:00Z".into(),
        mail: Box::new(MailPreview {
            from: "desk.alice@tai.chat".into(),
            to: "bob@example.com".into(),
            subject: "Figures".into(),
            warning: "".into(),
            loads: "".into(),
            text: "| Here they are.\n|\n| - 1\n| - 2".into(),
            details: "".into(),
            left_out: 0,
        }),
    }
}

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_429_800)
}

#[test]
fn the_list_has_each_mail_and_its_remaining_time() {
    insta::assert_snapshot!(list(&[held(3), held(4)], now()), @"
       3  desk.alice@tai.chat -> bob@example.com
          Figures
          asked by claude-code 2.1 (instance desk), expires in 30 min
       4  desk.alice@tai.chat -> bob@example.com
          Figures
          asked by claude-code 2.1 (instance desk), expires in 30 min
    2 mails are waiting. `taid approve NUMBER` shows one and asks whether to send it.
    ");
    insta::assert_snapshot!(list(&[held(3)], now()), @"
       3  desk.alice@tai.chat -> bob@example.com
          Figures
          asked by claude-code 2.1 (instance desk), expires in 30 min
    1 mail is waiting. `taid approve NUMBER` shows it and asks whether to send it.
    ");
    insta::assert_snapshot!(list(&[], now()), @"no mail waits for approval");
}

#[test]
fn a_mail_is_shown_as_it_would_be_sent_with_a_note_about_omitted_parts() {
    insta::assert_snapshot!(mail(&held(3), now()), @"
    To:      bob@example.com
    Subject: Figures
    From:    desk.alice@tai.chat

    | Here they are.
    |
    | - 1
    | - 2

    Asked by claude-code 2.1 (instance desk), 30 min 0 s ago
    ");
    let mut long = held(3);
    long.mail.left_out = 1234;
    long.mail.warning = "hidden text".into();
    long.mail.loads = "evil.example (2)".into();
    long.mail.details = "Hidden from the reader:\n  | CANARY".into();
    insta::assert_snapshot!(mail(&long, now()), @"
    Warning: hidden text
    To:      bob@example.com
    Subject: Figures
    From:    desk.alice@tai.chat
    Loads:   evil.example (2)

    | Here they are.
    |
    | - 1
    | - 2

    Hidden from the reader:
      | CANARY

    [1234 more bytes; to see them: `taid approve 3 --full`]

    Asked by claude-code 2.1 (instance desk), 30 min 0 s ago
    ");
}

#[test]
fn no_text_of_a_mail_or_client_writes_to_the_terminal_or_forges_a_line() {
    let mut hostile = held(3);
    hostile.client = "x\x1b[2J\nTo:      bob@example.com".into();
    hostile.mail.to = "eve@evil.org\u{202e}\nTo: bob".into();
    hostile.mail.subject = "a\rSubject: b".into();
    hostile.mail.text = "one\n\x1b]0;two".into();
    for page in [list(&[hostile.clone()], now()), mail(&hostile, now())] {
        assert!(!page.contains(['\x1b', '\r', '\u{202e}']), "{page:?}");
        assert!(page.contains("eve@evil.org??To: bob"), "{page:?}");
    }
}
