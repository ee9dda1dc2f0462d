//! What a person reads before they approve.

use super::*;
use tai_proto::approval::Summary;

fn mail(number: u64) -> Held {
    Held {
        number,
        since: "2026-11-23T10:00:00Z".into(),
        until: "2026-11-23T11:00:00Z".into(),
        mail: Summary {
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
fn the_list_names_each_mail_and_how_long_it_waits() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_429_800);
    insta::assert_snapshot!(list(&[mail(3), mail(4)], now), @"
       3  desk.alice@tai.chat -> bob@example.com
          Figures
          dropped in 30 min 0 s
       4  desk.alice@tai.chat -> bob@example.com
          Figures
          dropped in 30 min 0 s
    2 mails wait. `taid approve NUMBER` shows one and asks.
    ");
    insta::assert_snapshot!(list(&[mail(3)], now), @"
       3  desk.alice@tai.chat -> bob@example.com
          Figures
          dropped in 30 min 0 s
    1 mail waits. `taid approve NUMBER` shows it and asks.
    ");
    insta::assert_snapshot!(list(&[], now), @"no mail waits for approval");
}

#[test]
fn a_mail_is_shown_as_it_would_be_sent_and_what_is_not_shown_is_said() {
    insta::assert_snapshot!(page(&mail(3)), @"
    From:    desk.alice@tai.chat
    To:      bob@example.com
    Subject: Figures

    Here they are.

    - 1
    - 2
    ");
    let mut long = mail(3);
    long.mail.left_out = 1234;
    long.mail.invisible = 2;
    insta::assert_snapshot!(page(&long), @"
    From:    desk.alice@tai.chat
    To:      bob@example.com
    Subject: Figures

    Here they are.

    - 1
    - 2

    [1234 bytes more]

    [2 invisible characters]
    ");
}
