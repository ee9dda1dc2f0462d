//! Lists of mails.

use super::*;

fn mail(id: u64, from: &str, to: &str, subject: &str, read: bool) -> Envelope {
    Envelope {
        id: id.to_string().parse().unwrap(),
        from: from.into(),
        to: to.into(),
        subject: subject.into(),
        date: "2026-11-23T09:59:34Z".into(),
        read,
        preview: None,
    }
}

fn mails() -> Vec<Envelope> {
    let long = "A subject that is far longer than a terminal of 80 columns is wide, and then some more \
                words of it, which go on until the end of the widest screen that a person has, and beyond \
                that end, because a sender may write up to 998 bytes into a subject";
    vec![
        mail(
            12,
            "bob@example.com",
            "desk.alice@tai.chat",
            "Lunch on Friday",
            false,
        ),
        mail(
            1234567,
            "billing-department@a-company-with-a-long-name.example",
            "helpdesk.alice@tai.chat",
            long,
            false,
        ),
        mail(
            7,
            "tanaka@例え.example",
            "alice@tai.chat",
            "日本語の件名がとても長いので、四十桁の端末には収まりません。とても長いです。",
            true,
        ),
        mail(
            3,
            "a\u{1b}[31mb\u{202e}c@x.example",
            "desk.alice@tai.chat",
            "\u{1b}]0;owned\u{7}\r\n\u{9b}2J wipe\u{2067}",
            false,
        ),
        Envelope {
            date: "some \u{1b}[2J day".into(),
            ..mail(1, "", "", "", true)
        },
    ]
}

#[test]
fn a_list_fits_the_terminal_and_is_whole_in_a_pipe() {
    let mails = mails();
    for columns in [1, 20, 40, 80, 99, 100, 120, 200] {
        let text = list(&mails, Some(columns));
        let widest = text.lines().map(width).max().unwrap();
        assert!(widest <= columns, "{widest} of {columns} columns");
        assert!(!text.contains(['\u{1b}', '\u{7}', '\r', '\u{9b}', '\u{202e}', '\u{2067}']));
    }
    insta::assert_snapshot!(list(&mails, Some(40)), @"
    * 12       2026-11-23 09:59 UTC
               bob@example.com
               -> desk.alice@tai.chat
               Lunch on Friday
    * 1234567  2026-11-23 09:59 UTC
               billing-department@a-company…
               -> helpdesk.alice@tai.chat
               A subject that is far longer…
      7        2026-11-23 09:59 UTC
               tanaka@例え.example
               -> alice@tai.chat
               日本語の件名がとても長いので…
    * 3        2026-11-23 09:59 UTC
               a?[31mb?c@x.example
               -> desk.alice@tai.chat
               ?]0;owned????2J wipe?
      1        some ?[2J day
               (no sender) -> (no recipient)
               (no subject)
    ");
    insta::assert_snapshot!(list(&mails, Some(80)), @"
    * 12       2026-11-23 09:59 UTC  bob@example.com -> desk.alice@tai.chat
               Lunch on Friday
    * 1234567  2026-11-23 09:59 UTC
               billing-department@a-company-with-a-long-name.example
               -> helpdesk.alice@tai.chat
               A subject that is far longer than a terminal of 80 columns is wide, …
      7        2026-11-23 09:59 UTC  tanaka@例え.example -> alice@tai.chat
               日本語の件名がとても長いので、四十桁の端末には収まりません。とても長…
    * 3        2026-11-23 09:59 UTC  a?[31mb?c@x.example -> desk.alice@tai.chat
               ?]0;owned????2J wipe?
      1        some ?[2J day  (no sender) -> (no recipient)
               (no subject)
    ");
    insta::assert_snapshot!(list(&mails, Some(200)), @"
      ID       RECEIVED              FOR                      FROM                                  SUBJECT
    * 12       2026-11-23 09:59 UTC  desk.alice@tai.chat      bob@example.com                       Lunch on Friday
    * 1234567  2026-11-23 09:59 UTC  helpdesk.alice@tai.chat  billing-department@a-company-with-a…  A subject that is far longer than a terminal of 80 columns is wide, and then some more words of it, whi…
      7        2026-11-23 09:59 UTC  alice@tai.chat           tanaka@例え.example                   日本語の件名がとても長いので、四十桁の端末には収まりません。とても長いです。
    * 3        2026-11-23 09:59 UTC  desk.alice@tai.chat      a?[31mb?c@x.example                   ?]0;owned????2J wipe?
      1        some ?[2J day         (no recipient)           (no sender)                           (no subject)
    ");
    let piped = list(&mails, None);
    assert!(
        piped.contains("998 bytes into a subject") && !piped.contains(['…', '\u{1b}', '\u{202e}'])
    );
}

#[test]
fn mails_that_a_list_leaves_out_are_told() {
    let mails = LeftOut {
        hidden: 0,
        without_id: 1,
        not_examined: 2,
        taken: 0,
    };
    insta::assert_snapshot!(left_out(&mails).join("\n"), @"
    1 mail cannot be shown: the mail bridge lists it without a valid id
    2 mails were not examined: the mailbox exceeds the limit of one call
    ");
    assert!(left_out(&LeftOut::default()).is_empty());
}
