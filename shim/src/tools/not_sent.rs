//! Results of `send_email` and `reply_email` that were to send nothing.

use super::submission::{OF_A_PROGRAM, REPEATED, Submission, is_of_a_program};
use crate::text::line;
use tai_client::local_command;
use tai_proto::{
    approval::{HeldMail, HeldState, MailPreview, PreviewedMail},
    names::Profile,
};

/// Result of a tool that was to send nothing.
pub(super) struct NotSent {
    pub(super) text: String,
    pub(super) submission: Submission,
}

/// Renders an email that waits for the user.
pub(super) fn drafted(held: &HeldMail, is_reply: bool, profile: &Profile) -> NotSent {
    let number = held.number;
    let decide = local_command(profile, &format!("approve {number}"));
    let lost = match held.state {
        HeldState::Kept => "",
        HeldState::InMemory => ", and is lost if taid stops before",
        HeldState::MaybeSent => ", and may have been sent before taid stopped",
    };
    let notice = format!(
        "Nothing was sent. The draft waits as number {number} for the user, who sends or discards it \
         with {decide} within an hour{lost}."
    );
    not_sent(notice, &held.mail, is_reply, Some(number), "")
}

/// Renders a mail as its recipient would get it.
pub(super) fn previewed(preview: PreviewedMail, is_reply: bool) -> NotSent {
    let PreviewedMail {
        mail,
        left_out,
        asks,
    } = preview;
    let asks = match asks {
        true => " The user would be asked before it is sent.",
        false => "",
    };
    let mut notice =
        format!("Nothing was sent. The recipient would get the following email.{asks}");
    if !mail.warning.is_empty() {
        notice.push_str(&format!(" Warning: {}.", line(&mail.warning)));
    }
    not_sent(notice, &mail, is_reply, None, &left_out)
}

fn not_sent(
    mut notice: String,
    mail: &MailPreview,
    is_reply: bool,
    waits_as: Option<u64>,
    left_out: &str,
) -> NotSent {
    if is_reply && is_of_a_program(&mail.to) {
        notice.push(' ');
        notice.push_str(OF_A_PROGRAM);
    }
    if is_reply {
        notice.push('\n');
        notice.push_str(REPEATED);
    }
    let (to, from, subject) = (line(&mail.to), line(&mail.from), line(&mail.subject));
    let mut text = format!("{notice}\n\nTo: {to}\nSubject: {subject}\nFrom: {from}\n");
    if !mail.loads.is_empty() {
        text.push_str(&format!("Loads: {}\n", line(&mail.loads)));
    }
    text.push_str(&format!("\n{}", mail.text.trim_end()));
    if !mail.details.is_empty() {
        text.push_str(&format!("\n\n{}", mail.details.trim_end()));
    }
    if mail.left_out > 0 {
        text.push_str(&format!("\n\n[{} more bytes]", mail.left_out));
    }
    if !left_out.is_empty() {
        text.push_str(&format!("\n\nLeft out of the email: {}", line(left_out)));
    }
    let submission = Submission {
        sent: false,
        notice: Some(text.clone()),
        waits_as,
        to: to.into_owned(),
        from: from.into_owned(),
        subject: subject.into_owned(),
        timestamp: None,
        left_out: left_out.to_owned(),
    };
    NotSent { text, submission }
}

/// Returns the result of a dry run.
#[cfg(test)]
pub(super) fn of_test(to: &str, is_reply: bool) -> NotSent {
    let mail = MailPreview {
        from: "desk.alice@tai.chat".into(),
        to: to.into(),
        subject: "lunch".into(),
        warning: "hidden text".into(),
        loads: "evil.example".into(),
        text: "| at noon?".into(),
        details: "".into(),
        left_out: 0,
    };
    let preview = PreviewedMail {
        mail,
        left_out: "2 scripts".into(),
        asks: true,
    };
    previewed(preview, is_reply)
}
