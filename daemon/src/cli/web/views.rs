//! The pages, as functions of the daemon's answers.

use super::{
    html::Html,
    route::{Act, Action},
};
use crate::cli::{
    error::CliError,
    pages::{self, status::View},
    terminal::Terminal,
};
use std::time::SystemTime;
use tai_proto::{
    approval::{HeldList, HeldMail, HeldState},
    mail::{Format, Mail},
    names::Profile,
    note::note,
    person::AccountInbox,
    status::Status,
};

/// The style sheet.
pub(super) const STYLE: &str = include_str!("style.css");
/// Seconds between two loads of the overview.
const REFRESH: &str = "10";

/// The frame around a page: its links, and whether it loads itself again.
pub(super) struct Frame {
    /// Path of the session.
    pub(super) space: String,
}

/// Returns an action about a waiting mail.
fn action(act: Act, mail: &HeldMail) -> Action {
    Action {
        act,
        number: mail.number,
        version: mail.version.clone(),
    }
}

impl Frame {
    fn page(&self, title: &str, head: Html, body: Html) -> String {
        let link = |text: &str, path: &str| {
            let href = format!("{}{path}", self.space);
            Html::new().element("a", &[("href", &href)], Html::new().text(text))
        };
        let style = format!("{}style.css", self.space);
        let head = Html::new()
            .void("meta", &[("charset", "utf-8")])
            .void(
                "meta",
                &[("name", "viewport"), ("content", "width=device-width")],
            )
            .line("title", &format!("{title} - tai"))
            .void("link", &[("rel", "stylesheet"), ("href", &style)])
            .then(head);
        let links = link("Approval", "")
            .text(" ")
            .then(link("Mail", "mail"))
            .text(" ")
            .then(link("Audit log", "audit"));
        let body = Html::new()
            .element("nav", &[], links)
            .line("h1", title)
            .then(body);
        let html = Html::new()
            .element("head", &[], head)
            .element("body", &[], body);
        Html::new()
            .element("html", &[("lang", "en")], html)
            .into_document()
    }

    fn form(&self, action: &Action, token: &str, button: &str, fields: Html) -> Html {
        let target = format!("{}{}", self.space, action.path());
        let class = match action.act {
            Act::Discard => "discard",
            Act::Send | Act::Revise => "send",
        };
        let inner = Html::new()
            .void(
                "input",
                &[("type", "hidden"), ("name", "token"), ("value", token)],
            )
            .then(fields)
            .element("button", &[("class", class)], Html::new().text(button));
        Html::new().element("form", &[("method", "post"), ("action", &target)], inner)
    }

    /// Returns the first page: waiting mails and the status. It loads itself again.
    pub(super) fn overview(&self, held: &HeldList, status: &Status, now: SystemTime) -> String {
        let again = format!("{REFRESH};url={}?auto", self.space);
        let head = Html::new().void("meta", &[("http-equiv", "refresh"), ("content", &again)]);
        let mut body = Html::new();
        for mail in &held.waiting {
            let href = format!("{}held/{}", self.space, mail.number);
            let entry = pages::approval::entry(mail, now);
            let entry = Html::new().line("pre", &entry);
            body = body.element("a", &[("href", &href), ("class", "mail")], entry);
        }
        let profile = Profile::new(status.daemon.profile.clone()).unwrap_or_default();
        let rest = match held.waiting.is_empty() {
            true => pages::approval::list(held, now, &profile),
            false => pages::approval::gone(held, now, &profile),
        };
        if !rest.is_empty() {
            body = body.line("pre", &rest);
        }
        let view = View {
            now,
            terminal: Terminal::PIPE,
            ..View::here()
        };
        let status = pages::status::render(status, &view);
        body = body.line("h2", "Status").line("pre", &status);
        self.page("Waiting for your approval", head, body)
    }

    /// Returns the page of a waiting mail: what the recipient gets, and the decisions.
    pub(super) fn held(
        &self,
        mail: &HeldMail,
        whole: &str,
        token: impl Fn(&Action) -> String,
        now: SystemTime,
    ) -> String {
        let number = mail.number;
        let (send, discard) = (action(Act::Send, mail), action(Act::Discard, mail));
        let again = mail.state == HeldState::MaybeSent;
        let label = if again { "Send again" } else { "Send" };
        let part = format!("{}held/{number}/html", self.space);
        let frame = [
            ("sandbox", ""),
            ("src", part.as_str()),
            ("title", "HTML part"),
        ];
        let mut decisions = Html::new()
            .then(self.form(&send, &token(&send), label, Html::new()))
            .then(self.form(&discard, &token(&discard), "Discard", Html::new()));
        if !again {
            let edit = format!("{}held/{number}/edit", self.space);
            decisions = decisions.element("a", &[("href", &edit)], Html::new().text("Change"));
        }
        let body = Html::new()
            .line("pre", &pages::approval::entry(mail, now))
            .element("div", &[("class", "decisions")], decisions)
            .line("h2", "Text")
            .line("pre", whole)
            .line("h2", "HTML, without what it loads")
            .element("iframe", &frame, Html::new());
        self.page(&format!("Mail {number}"), Html::new(), body)
    }

    /// Returns the form that changes a waiting mail.
    pub(super) fn edit(
        &self,
        mail: &HeldMail,
        source: &str,
        token: impl Fn(&Action) -> String,
    ) -> String {
        let action = action(Act::Revise, mail);
        let field = |label: &str, name: &str, value: &str| {
            let input = [("name", name), ("value", value), ("required", "")];
            let inner = Html::new().text(label).void("input", &input);
            Html::new().element("label", &[], inner)
        };
        let label = match mail.format {
            Format::Markdown => "Content (Markdown)",
            Format::Html => "Content (HTML)",
        };
        // A parser drops the first line break of the element.
        let content = Html::new().verbatim("\n").verbatim(source);
        let area = [("name", "content"), ("rows", "20"), ("required", "")];
        let fields = field("To", "to", &mail.mail.to)
            .then(field("Subject", "subject", &mail.mail.subject))
            .element(
                "label",
                &[],
                Html::new().text(label).element("textarea", &area, content),
            );
        let mut body = Html::new();
        if mail.is_reply {
            body = body.line(
                "p",
                "This is a reply. With another recipient it becomes a new mail.",
            );
        }
        let body = body
            .then(self.form(&action, &token(&action), "Save and show", fields))
            .line("p", "Nothing is sent before you approve the changed mail.");
        self.page(&format!("Change mail {}", mail.number), Html::new(), body)
    }

    /// Returns the list of mails.
    pub(super) fn inbox(&self, list: &AccountInbox, offset: u32) -> String {
        let inbox = &list.inbox;
        let mut rows = Html::new();
        for mail in &inbox.mails {
            let href = format!("{}mail/{}", self.space, mail.id);
            let subject = match mail.subject.as_str() {
                "" => "(no subject)",
                subject => subject,
            };
            let link = Html::new().element("a", &[("href", &href)], Html::new().text(subject));
            let row = Html::new()
                .line("td", &mail.date)
                .line("td", &mail.from)
                .line("td", &mail.to)
                .element("td", &[], link);
            let class = if mail.read { "read" } else { "unread" };
            rows = rows.element("tr", &[("class", class)], row);
        }
        let mut body = Html::new().element("table", &[], rows);
        if inbox.mails.is_empty() {
            body = body.line("p", "No mails.");
        }
        if inbox.more {
            let next = offset.saturating_add(u32::try_from(inbox.mails.len()).unwrap_or(0));
            let href = format!("{}mail/after/{next}", self.space);
            body = body.element("a", &[("href", &href)], Html::new().text("Older mails"));
        }
        self.page("Mail of all addresses", Html::new(), body)
    }

    /// Returns a part of a mail that a sender wrote.
    pub(super) fn mail(&self, mail: &Mail) -> String {
        let envelope = &mail.envelope;
        let head = format!(
            "From:    {}\nTo:      {}\nDate:    {}\nSubject: {}",
            line(&envelope.from),
            line(&envelope.to),
            line(&envelope.date),
            line(&envelope.subject)
        );
        let mut body = Html::new().line("pre", &head);
        if let Some(note) = note(&mail.findings, mail.source) {
            body = body.line("p", &note);
        }
        body = body.line("pre", &mail.body);
        if !mail.part.is_last() {
            let href = format!(
                "{}mail/{}/{}",
                self.space,
                envelope.id,
                mail.part.number + 1
            );
            let label = format!("Part {} of {}", mail.part.number + 1, mail.part.of);
            body = body.element("a", &[("href", &href)], Html::new().text(&label));
        }
        self.page("Mail", Html::new(), body)
    }

    /// Returns the last lines of the audit log.
    pub(super) fn audit(&self, table: &str) -> String {
        let body = Html::new().line("pre", table);
        self.page("Audit log", Html::new(), body)
    }

    /// Returns the outcome of an action.
    pub(super) fn outcome(&self, text: &str) -> String {
        self.page("Done", Html::new(), Html::new().line("p", text))
    }

    /// Returns an error.
    pub(super) fn error(&self, error: &CliError) -> String {
        let text = error.to_string();
        let body = Html::new().line("pre", &tai_client::in_local_words(&text));
        self.page("Failed", Html::new(), body)
    }
}

/// Returns a header field as one line.
fn line(text: &str) -> String {
    crate::cli::terminal::printable(text)
}
