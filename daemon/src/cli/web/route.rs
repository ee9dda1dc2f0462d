//! The addresses of the pages, below the path of the session.

use tai_proto::names::MailId;

/// A page or an action.
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

/// An action of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Send(u64),
    Discard(u64),
    Revise(u64),
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
    /// Returns the action of a path such as `held/3/send`.
    pub(super) fn of(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        Some(match parts.as_slice() {
            ["held", number, "send"] => Self::Send(number.parse().ok()?),
            ["held", number, "discard"] => Self::Discard(number.parse().ok()?),
            ["held", number, "revise"] => Self::Revise(number.parse().ok()?),
            _ => return None,
        })
    }

    /// Returns the path of the action.
    pub(super) fn path(self) -> String {
        match self {
            Self::Send(number) => format!("held/{number}/send"),
            Self::Discard(number) => format!("held/{number}/discard"),
            Self::Revise(number) => format!("held/{number}/revise"),
        }
    }
}

fn mail_id(text: &str) -> Option<MailId> {
    MailId::new(text.parse().ok()?).ok()
}
