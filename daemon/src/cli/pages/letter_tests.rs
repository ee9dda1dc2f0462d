//! One mail, and the receipt of one.

use super::*;
use tai_proto::mail::{BodySource, Envelope, Findings, Part, ReplyReceipt};

#[test]
fn a_mail_has_its_envelope_what_was_removed_and_its_body_and_moves_no_cursor() {
    let letter = Mail {
        envelope: Envelope {
            id: "7".parse().unwrap(),
            from: "bob@example.com\r\nTo: mallory".into(),
            to: "helpdesk.alice@tai.chat".into(),
            subject: "\u{1b}]0;owned\u{7}Figures\u{202e}".into(),
            date: "2026-11-23T09:59:34Z".into(),
            read: false,
            preview: None,
        },
        quoted_lines: 0,
        body: "# Figures\n\n| a | b |\n\u{1b}[2J\u{9b}31m\rwipe\u{2067}\n\tindented\n\n".into(),
        part: Part {
            number: 1,
            of: 1,
            given: 0,
        },
        source: BodySource::Html,
        findings: Findings {
            hidden: 2,
            hidden_words: 9,
            trackers: 1,
            deceptive_links: 1,
            ..Findings::default()
        },
    };
    insta::assert_snapshot!(mail(&letter), @"
    From:    bob@example.com??To: mallory
    To:      helpdesk.alice@tai.chat
    Subject: ?]0;owned?Figures?
    Date:    2026-11-23T09:59:34Z
    Id:      7

    Note: removed from this email: 2 hidden passages (9 words), 1 tracking image. Warning: 1 link with the name of another host than the target.

    # Figures

    | a | b |
    ?[2J?31m?wipe?
    	indented
    ");
}

#[test]
fn a_receipt_tells_the_recipient_the_id_and_how_a_reply_was_sent() {
    let mut receipt = SentMail {
        from: "alice@tai.chat".parse().unwrap(),
        to: "bob@example.com\u{1b}[2J".into(),
        subject: "s".into(),
        message_id: "m1".into(),
        timestamp: "".into(),
        reply: None,
        left_out: "".into(),
    };
    let new = sent(&receipt);
    receipt.reply = Some(ReplyReceipt {
        original: "7".parse().unwrap(),
        threaded: false,
    });
    receipt.message_id = "".into();
    receipt.left_out = "2 scripts".into();
    insta::assert_snapshot!(format!("{new}\n{}", sent(&receipt)), @"
    sent to bob@example.com?[2J (m1)
    sent to bob@example.com?[2J, as a new mail: the mail bridge cannot thread replies
    left out: 2 scripts
    ");
}
