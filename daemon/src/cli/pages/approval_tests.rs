//! Pages of `taid approve`.

use super::*;
use tai_proto::{approval::MailPreview, mail::Format};

fn waiting(waiting: Vec<HeldMail>) -> HeldList {
    let gone = Vec::new();
    HeldList { waiting, gone }
}

fn held(number: u64) -> HeldMail {
    HeldMail {
        number,
        version: "".into(),
        client: "claude-code 2.1".into(),
        instance: Some("desk".parse().unwrap()),
        since: "2026-11-23T10:00:00Z".into(),
        until: "2026-11-23T11:00:00Z".into(),
        state: HeldState::Kept,
        replaces: None,
        revises: None,
        is_reply: false,
        format: Format::Markdown,
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
    insta::assert_snapshot!(list(&waiting(vec![held(3), held(4)]), now(), &Profile::default()), @"
       3  desk.alice@tai.chat -> bob@example.com
          Figures
          asked by claude-code 2.1 (instance desk), expires in 30 min
       4  desk.alice@tai.chat -> bob@example.com
          Figures
          asked by claude-code 2.1 (instance desk), expires in 30 min
    2 mails are waiting. `taid approve NUMBER` shows one and asks whether to send it.
    ");
    insta::assert_snapshot!(list(&waiting(vec![held(3)]), now(), &Profile::default()), @"
       3  desk.alice@tai.chat -> bob@example.com
          Figures
          asked by claude-code 2.1 (instance desk), expires in 30 min
    1 mail is waiting. `taid approve NUMBER` shows it and asks whether to send it.
    ");
    insta::assert_snapshot!(list(&waiting(vec![]), now(), &Profile::default()), @"no mail waits for approval");
}

#[test]
fn the_mails_of_another_profile_have_a_line_with_the_command() {
    let work = Profile::new("work").unwrap();
    let lines: Vec<String> = [0, 1, 2]
        .into_iter()
        .filter_map(|count| elsewhere(&work, count))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    1 mail waits at the taid of the profile work: `taid approve --profile work`
    2 mails wait at the taid of the profile work: `taid approve --profile work`
    ");
    insta::assert_snapshot!(fitted(lines.last().unwrap(), Some(60)), @"
    2 mails wait at the taid of the profile work: `taid approve
    --profile work`
    ");
}

#[test]
fn a_mail_is_shown_as_it_would_be_sent_with_a_note_about_omitted_parts() {
    insta::assert_snapshot!(mail(&held(3), now(), &Profile::default()), @"
    To:      bob@example.com
    Subject: Figures
    From:    desk.alice@tai.chat

    | Here they are.
    |
    | - 1
    | - 2

    Asked by claude-code 2.1 (instance desk), 30 min ago
    ");
    let mut long = held(3);
    long.mail.left_out = 1234;
    long.mail.warning = "hidden text".into();
    long.mail.loads = "evil.example (2)".into();
    long.mail.details = "Hidden from the reader:\n  | CANARY".into();
    insta::assert_snapshot!(mail(&long, now(), &Profile::default()), @"
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

    Asked by claude-code 2.1 (instance desk), 30 min ago
    ");
}

#[test]
fn no_text_of_a_mail_or_client_writes_to_the_terminal_or_forges_a_line() {
    let mut hostile = held(3);
    hostile.client = "x\x1b[2J\nTo:      bob@example.com".into();
    hostile.mail.to = "eve@evil.org\u{202e}\nTo: bob".into();
    hostile.mail.subject = "a\rSubject: b".into();
    hostile.mail.text = "one\n\x1b]0;two".into();
    for page in [
        list(&waiting(vec![hostile.clone()]), now(), &Profile::default()),
        mail(&hostile, now(), &Profile::default()),
    ] {
        assert!(!page.contains(['\x1b', '\r', '\u{202e}']), "{page:?}");
        assert!(page.contains("eve@evil.org??To: bob"), "{page:?}");
    }
}

#[test]
fn a_mail_that_may_be_lost_or_sent_or_is_lost_says_so() {
    let gone = |number, state| GoneMail {
        number,
        version: "".into(),
        instance: Some("desk".parse().unwrap()),
        since: "2026-11-23T10:00:00Z".into(),
        digest: "0123".into(),
        state,
    };
    let state = |number, state| HeldMail {
        state,
        ..held(number)
    };
    let held = HeldList {
        waiting: vec![
            state(3, HeldState::InMemory),
            state(4, HeldState::MaybeSent),
        ],
        gone: vec![
            gone(5, GoneState::Lost),
            gone(6, GoneState::LostMaybeSent),
            gone(7, GoneState::Locked),
            gone(8, GoneState::Expired),
            gone(9, GoneState::ExpiredMaybeSent),
        ],
    };
    let work = Profile::new("work").unwrap();
    insta::assert_snapshot!(list(&held, now(), &work), @"
       3  desk.alice@tai.chat -> bob@example.com
          Figures
          asked by claude-code 2.1 (instance desk), expires in 30 min
          lost if taid stops: taid has no keyring to keep it
       4  desk.alice@tai.chat -> bob@example.com
          Figures
          asked by claude-code 2.1 (instance desk), expires in 30 min
          may have been sent when taid stopped: check before you approve it again
       5  lost when taid stopped, not sent; held since 2026-11-23T10:00:00Z (30 min ago) for instance desk
          to send it, ask the agent to submit it again
       6  lost when taid stopped while it sent the mail; held since 2026-11-23T10:00:00Z (30 min ago) for instance desk
          may have been sent: check before the agent submits it again
       7  cannot be decrypted now; held since 2026-11-23T10:00:00Z (30 min ago) for instance desk
          unlock the keyring, then run `taid approve --profile work` again
       8  not approved within an hour, not sent; held since 2026-11-23T10:00:00Z (30 min ago) for instance desk
          to send it, ask the agent to submit it again
       9  not approved within an hour; held since 2026-11-23T10:00:00Z (30 min ago) for instance desk
          may have been sent before: check before the agent submits it again
    2 mails are waiting. `taid approve NUMBER --profile work` shows one and asks whether to send it.
    ");
    insta::assert_snapshot!(mail(&held.waiting[1], now(), &work), @"
    To:      bob@example.com
    Subject: Figures
    From:    desk.alice@tai.chat

    | Here they are.
    |
    | - 1
    | - 2

    Asked by claude-code 2.1 (instance desk), 30 min ago
    Note: may have been sent when taid stopped: check before you approve it again
    ");
}
