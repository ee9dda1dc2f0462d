//! The addresses of the pages, below the path of the session.

use tai_proto::{names::MailId, text::Label};

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Overview,
    Style,
    /// A waiting mail.
    Held(u64),
    /// The HTML part of a waiting mail, for a frame.
    HeldHtml(u64),
    /// The form that changes a waiting mail.
    Edit(u64),
    /// The list of the mails of all addresses, after this many.
    Inbox(u32),
    /// A part of a mail, from 1.
    Mail(MailId, u32),
    Audit,
}

/// What a form does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Send,
    Discard,
    Revise,
}

/// An action of a form about the mail that its page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Action {
    pub(super) act: Act,
    /// [`HeldMail::number`](tai_proto::approval::HeldMail::number).
    pub(super) number: u64,
    /// [`HeldMail::version`](tai_proto::approval::HeldMail::version).
    pub(super) version: Label,
}

impl Route {
    /// Returns the page of a path such as `held/3`.
    pub(super) fn of(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        Some(match parts.as_slice() {
            [""] => Self::Overview,
            ["style.css"] => Self::Style,
            ["audit"] => Self::Audit,
            ["held", number] => Self::Held(number.parse().ok()?),
            ["held", number, "html"] => Self::HeldHtml(number.parse().ok()?),
            ["held", number, "edit"] => Self::Edit(number.parse().ok()?),
            ["mail"] => Self::Inbox(0),
            ["mail", "after", offset] => Self::Inbox(offset.parse().ok()?),
            ["mail", id] => Self::Mail(mail_id(id)?, 1),
            ["mail", id, part] => Self::Mail(mail_id(id)?, part.parse().ok()?),
            _ => return None,
        })
    }
}

impl Action {
    /// Returns the action of a path such as `held/3/VERSION/send`.
    pub(super) fn of(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        let ["held", number, version, act] = parts.as_slice() else {
            return None;
        };
        Some(Self {
            act: match *act {
                "send" => Act::Send,
                "discard" => Act::Discard,
                "revise" => Act::Revise,
                _ => return None,
            },
            number: number.parse().ok()?,
            version: (*version).into(),
        })
    }

    /// Returns the path of the action.
    pub(super) fn path(&self) -> String {
        let act = match self.act {
            Act::Send => "send",
            Act::Discard => "discard",
            Act::Revise => "revise",
        };
        format!("held/{}/{}/{act}", self.number, self.version.as_str())
    }
}

fn mail_id(text: &str) -> Option<MailId> {
    MailId::new(text.parse().ok()?).ok()
}
