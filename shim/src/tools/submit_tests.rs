//! Questions for the user, and faults for the agent.

use super::*;
use tai_proto::{
    Audience,
    approval::{GoneMail, MailPreview},
    mail::Format,
};

fn preview() -> MailPreview {
    *question().mail
}

#[test]
fn an_email_that_waits_says_whether_it_may_be_lost_or_sent() {
    let lost = GoneMail {
        number: 3,
        version: "".into(),
        instance: None,
        since: "2026-11-23T10:00:00Z".into(),
        digest: "d".into(),
        state: GoneState::Lost,
    };
    let mut text = String::new();
    for (state, replaces) in [
        (HeldState::Kept, None),
        (HeldState::InMemory, Some(lost)),
        (HeldState::MaybeSent, None),
    ] {
        let fault = waits(
            &HeldMail {
                number: 7,
                version: "".into(),
                client: "c".into(),
                instance: None,
                since: "2026-11-23T10:00:00Z".into(),
                until: "2026-11-23T11:00:00Z".into(),
                state,
                replaces,
                revises: None,
                is_reply: false,
                format: Format::Markdown,
                mail: Box::new(preview()),
            },
            &Elicitation::Unsupported,
        );
        text.push_str(&format!(
            "{}\n{}\n",
            fault.what,
            fault.hint.render(Audience::Agent)
        ));
    }
    insta::assert_snapshot!(text, @"
    the email was not sent: it waits for the user's approval as number 7
    ask the user to run `taid approve 7` within an hour; do not send the email again
    the email was not sent: it waits for the user's approval as number 7; the same email held at 2026-11-23T10:00:00Z as number 3 was lost when taid stopped
    ask the user to run `taid approve 7` within an hour; it is lost if taid stops before; do not send the email again while it waits
    the email may have been sent when taid stopped; it waits as number 7 for the user to check
    ask the user to run `taid approve 7` within an hour; tell the user to ask the recipient first
    ");
}

fn question() -> Question {
    Question {
        ticket: "t".into(),
        number: 7,
        mail: Box::new(MailPreview {
            from: "desk.alice@tai.chat".into(),
            to: "bob@example.com".into(),
            subject: "lunch".into(),
            warning: "".into(),
            loads: "".into(),
            text: "| Dear Bob,\n|\n| at noon?".into(),
            details: "".into(),
            left_out: 0,
        }),
    }
}

#[test]
fn the_first_lines_of_the_question_decide() {
    insta::assert_snapshot!(message(&question(), &Profile::default()), @"
    Send to bob@example.com?
    Subject: lunch
    From: desk.alice@tai.chat
    | Dear Bob,
    |
    | at noon?
    ");
    let mut suspicious = question();
    suspicious.mail.warning = "hidden text, an invisible image".into();
    suspicious.mail.loads = "evil.example (2)".into();
    suspicious.mail.details = "Hidden from the reader:\n  | CANARY".into();
    suspicious.mail.left_out = 1234;
    let work = Profile::new("work").unwrap();
    insta::assert_snapshot!(message(&suspicious, &work), @"
    Warning: hidden text, an invisible image. Send to bob@example.com?
    Subject: lunch
    From: desk.alice@tai.chat. Loads from: evil.example (2)
    | Dear Bob,
    |
    | at noon?

    Hidden from the reader:
      | CANARY

    [1234 more bytes; to see all: `taid approve 7 --full --profile work`]
    ");
}
