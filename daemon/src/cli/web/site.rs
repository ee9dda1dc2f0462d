//! The pages and actions, as calls to the daemon.

use super::{
    gate::Gate,
    route::{Act, Action, Route},
    views::{Frame, STYLE},
};
use crate::{
    audit::verify,
    cli::{
        daemon::{Daemon, LONG, SHORT},
        error::CliError,
        pages,
        terminal::printable,
        whole,
    },
};
use std::{path::PathBuf, time::SystemTime};
use tai_proto::{
    FaultCode,
    approval::{HeldForm, HeldMail, Resolution},
    call::{ListHeld, ListMail, ReadMail, ResolveHeld, ReviseHeld, Verdict},
    mail::Window,
    names::Profile,
    person::Scope,
    text::{Content, HeaderText, Label},
};
use url::form_urlencoded;

/// Number of mails on a page of the list.
const MAILS: u32 = 50;
/// Number of the last lines of the audit log on its page.
const LINES: usize = 50;
/// Limit of a part of a mail, in bytes.
const PART: u32 = 200_000;

/// Answer of the server.
#[derive(Debug)]
pub(super) enum Reply {
    Page(String),
    /// A page about a failure.
    Failure(String),
    /// The HTML part of an outgoing mail, for a frame without rights.
    Untrusted(String),
    Style(&'static str),
    /// The browser loads this page next.
    Redirect(String),
    NotFound,
}

/// The site of one daemon and one person.
pub(in crate::cli) struct Site {
    pub(super) gate: Gate,
    daemon: Daemon,
    /// Directory and profile of the audit log.
    audit: (PathBuf, Profile),
}

impl Site {
    /// Returns the site of a daemon, whose audit log is in this directory for this profile.
    pub(in crate::cli) fn new(gate: Gate, daemon: Daemon, audit: (PathBuf, Profile)) -> Self {
        Self {
            gate,
            daemon,
            audit,
        }
    }

    fn frame(&self) -> Frame {
        Frame {
            space: self.gate.space(),
        }
    }

    /// Returns a page.
    pub(super) async fn show(&self, path: &str) -> Reply {
        let Some(route) = Route::of(path) else {
            return Reply::NotFound;
        };
        self.page(route)
            .await
            .unwrap_or_else(|error| self.failed(&error))
    }

    async fn page(&self, route: Route) -> Result<Reply, CliError> {
        let (frame, now) = (self.frame(), SystemTime::now());
        let token = |action: &Action| self.gate.token(&action.path());
        Ok(Reply::Page(match route {
            Route::Style => return Ok(Reply::Style(STYLE)),
            Route::Overview => {
                let held = self.daemon.call(ListHeld, SHORT).await?;
                let status = self.daemon.status().await?;
                frame.overview(&held, &status, now)
            }
            Route::Held(number) => {
                let (mail, whole) = self.held_as(number, HeldForm::Shown).await?;
                frame.held(&mail, &whole, token, now)
            }
            Route::HeldHtml(number) => {
                let html = whole::read(&self.daemon, number, HeldForm::Html).await?;
                return Ok(Reply::Untrusted(html.text));
            }
            Route::Edit(number) => {
                let (mail, source) = self.held_as(number, HeldForm::Source).await?;
                frame.edit(&mail, &source, token)
            }
            Route::Inbox(offset) => {
                let list = ListMail {
                    scope: Scope::Account,
                    limit: MAILS,
                    offset,
                    show_read: true,
                };
                frame.inbox(&self.daemon.call(list, LONG).await?, offset)
            }
            Route::Mail(id, part) => {
                let read = ReadMail {
                    scope: Scope::Account,
                    id: Some(id),
                    window: Window {
                        part,
                        limit: PART,
                        lines: u32::MAX,
                        has_history: true,
                    },
                };
                match self.daemon.call(read, LONG).await?.mail {
                    Some(mail) => frame.mail(&mail),
                    None => return Ok(Reply::NotFound),
                }
            }
            Route::Audit => {
                let (dir, profile) = &self.audit;
                let lines = verify::read(dir, profile).map_err(pages::audit::unreadable)?;
                let last = lines.len().saturating_sub(LINES);
                frame.audit(&pages::audit::table(
                    lines.get(last..).unwrap_or_default(),
                    None,
                ))
            }
        }))
    }

    /// Does the action of a form.
    pub(super) async fn act(&self, path: &str, body: &[u8]) -> Reply {
        let Some(action) = Action::of(path) else {
            return Reply::NotFound;
        };
        let mut form = Form::default();
        for (name, value) in form_urlencoded::parse(body) {
            match &*name {
                "token" => form.token = value.into_owned(),
                "to" => form.to = value.into_owned(),
                "subject" => form.subject = value.into_owned(),
                // Browsers send every line break as CRLF.
                "content" => form.content = value.replace("\r\n", "\n"),
                _ => {}
            }
        }
        if !self.gate.is_token(&action.path(), &form.token) {
            let error = CliError::new("the form is not from this page")
                .hint("open the mail again, and decide there");
            return self.failed(&error);
        }
        self.acted(action, form)
            .await
            .unwrap_or_else(|error| self.failed(&error))
    }

    async fn acted(&self, action: Action, form: Form) -> Result<Reply, CliError> {
        let Action {
            act,
            number,
            version,
        } = action;
        let verdict = match act {
            Act::Revise => return self.revise(number, version, form).await,
            Act::Send => Verdict::Send,
            Act::Discard => Verdict::Discard,
        };
        let decision = ResolveHeld {
            number,
            version,
            verdict,
        };
        let done = self.daemon.call(decision, LONG).await?;
        let text = match done {
            Resolution::Sent(sent) => format!("Mail {number} was sent to {}.", printable(&sent.to)),
            Resolution::Discarded { maybe_sent: false } => {
                format!("Mail {number} was discarded. Nothing was sent.")
            }
            Resolution::Discarded { maybe_sent: true } => format!(
                "Mail {number} was discarded. It may have been sent before: taid stopped during the send."
            ),
        };
        Ok(Reply::Page(self.frame().outcome(&text)))
    }

    async fn revise(&self, number: u64, version: Label, form: Form) -> Result<Reply, CliError> {
        let old = self.held(number).await?;
        // The form shows invisible characters as text. An unchanged field keeps them.
        let changed = |old: &HeaderText, new: &str| {
            (old.as_str() != new)
                .then(|| HeaderText::new(new))
                .transpose()
        };
        let too_long = |error| {
            CliError::new("the mail is too long")
                .caused_by(error)
                .hint("shorten it; the mail that waits is unchanged")
        };
        let revise = ReviseHeld {
            number,
            version,
            to: changed(&old.mail.to, form.to.trim()).map_err(too_long)?,
            subject: changed(&old.mail.subject, form.subject.trim()).map_err(too_long)?,
            content: Content::new(form.content).map_err(too_long)?,
        };
        let new = self.daemon.call(revise, LONG).await;
        let new = new.map_err(|fault| {
            let is_of_form = fault.code == FaultCode::BadRequest;
            let error = CliError::from(fault);
            match is_of_form {
                true => error.hint("go back, correct the form and save it again"),
                false => error,
            }
        })?;
        Ok(Reply::Redirect(format!(
            "{}held/{}",
            self.gate.space(),
            new.number
        )))
    }

    async fn held(&self, number: u64) -> Result<HeldMail, CliError> {
        let held = self.daemon.call(ListHeld, SHORT).await?;
        if let Some(gone) = held.gone.iter().find(|mail| mail.number == number) {
            return Err(pages::approval::missing(gone));
        }
        let mut waiting = held.waiting.into_iter();
        waiting
            .find(|mail| mail.number == number)
            .ok_or_else(|| pages::approval::not_waiting(number))
    }

    /// Returns a waiting mail and a form of it.
    async fn held_as(&self, number: u64, form: HeldForm) -> Result<(HeldMail, String), CliError> {
        let whole = whole::read(&self.daemon, number, form).await?;
        let mail = self.held(number).await?;
        match whole.version.as_ref() == Some(&mail.version) {
            true => Ok((mail, whole.text)),
            false => Err(
                CliError::new(format!("mail {number} changed while it was read"))
                    .hint("open it again"),
            ),
        }
    }

    fn failed(&self, error: &CliError) -> Reply {
        // The page has no command line of its own, so the commands are those of the person's terminal.
        let (_, profile) = &self.audit;
        Reply::Failure(self.frame().error(&error.clone().for_profile(profile)))
    }
}

/// The fields of a form.
#[derive(Default)]
struct Form {
    token: String,
    to: String,
    subject: String,
    content: String,
}
