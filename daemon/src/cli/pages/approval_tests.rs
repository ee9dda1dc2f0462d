//! Pages of `taid approve`.

use super::*;
use tai_proto::approval::MailPreview;

fn held(number: u64) -> HeldMail {
    HeldMail {
        number,
        since: "2026-11-23T10:00:00Z".into(),
        until: "2026-11-23T11:00:00Z".into(),
        mail: MailPreview {
            from: "desk.alice@tai.chat".into(),
            to: "bob@example.com".into(),
            subject: "Figures".into(),
            text: "Here they are.\n\n- 1\n- 2".into(),
            left_out: 0,
            invisible: 0,
        },
    }
}

#[test]
fn the_list_has_each_mail_and_its_remaining_time() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_429_800);
    insta::assert_snapshot!(list(&[held(3), held(4)], now), @"
       3  desk.alice@tai.chat -> bob@example.com
          Figures
          expires in 30 min
       4  desk.alice@tai.chat -> bob@example.com
          Figures
          expires in 30 min
    2 mails are waiting. `taid approve NUMBER` shows one and asks whether to send it.
    ");
    insta::assert_snapshot!(list(&[held(3)], now), @"
       3  desk.alice@tai.chat -> bob@example.com
          Figures
          expires in 30 min
    1 mail is waiting. `taid approve NUMBER` shows it and asks whether to send it.
    ");
    insta::assert_snapshot!(list(&[], now), @"no mail waits for approval");
}

#[test]
fn a_mail_is_shown_as_it_would_be_sent_with_a_note_about_omitted_parts() {
    insta::assert_snapshot!(mail(&held(3)), @"
    From:    desk.alice@tai.chat
    To:      bob@example.com
    Subject: Figures

    Here they are.

    - 1
    - 2
    ");
    let mut long = held(3);
    long.mail.left_out = 1234;
    long.mail.invisible = 2;
    insta::assert_snapshot!(mail(&long), @"
    From:    desk.alice@tai.chat
    To:      bob@example.com
    Subject: Figures

    Here they are.

    - 1
    - 2

    [1234 more bytes]

    [2 invisible characters]
    ");
}
