//! Conversion of a part of a mail to the form that a client gets.

use super::inbox::envelope;
use crate::mail::{
    bodies::{history, parts::part},
    error::MailError,
    service::MailService,
};
use tai_auth::bridge::{Bridge, Message};
use tai_proto::{
    mail::{Envelope, Mail, Window},
    names::MailId,
    text::Content,
};
use tokio::time::Instant;

impl<B: Bridge> MailService<B> {
    /// Converts a part of a mail to the form that an agent gets.
    pub(super) async fn read(
        &self,
        message: Message,
        window: Window,
        deadline: Instant,
    ) -> Result<Mail, MailError> {
        let note = |mail: &Envelope, markdown: &str| {
            let (to, from, subject) = (&mail.to, &mail.from, &mail.subject);
            self.familiar.read(to, mail.id, from, subject, markdown);
        };
        self.read_then(message, window, note, deadline).await
    }

    /// Records that a list shows mails to an agent.
    pub(super) fn note_listed(&self, mails: &[Envelope]) {
        for mail in mails {
            let preview = mail.preview.as_ref().map_or("", |preview| preview.as_str());
            let (to, from, subject) = (&mail.to, &mail.from, &mail.subject);
            self.familiar.listed(to, mail.id, from, subject, preview);
        }
    }

    /// Converts a part of a mail to the form that a client gets. `then` is called with its envelope and
    /// its whole body.
    pub(super) async fn read_then(
        &self,
        message: Message,
        window: Window,
        then: impl FnOnce(&Envelope, &str),
        deadline: Instant,
    ) -> Result<Mail, MailError> {
        let (head, body) = self.body(message, deadline).await;
        let envelope = envelope(head).ok_or(NO_ID)?;
        let markdown = Content::cut(body.markdown);
        then(&envelope, &markdown);
        let (shown, quoted_lines) = match window.has_history {
            true => (markdown.as_str(), 0),
            false => history::without(&markdown, &envelope.subject, history::level(body.source)),
        };
        let (piece, of) = part(shown, window);
        if window.part == 0 || window.part > of {
            let id = envelope.id;
            return Err(MailError::NoSuchPart { id, of });
        }
        let piece = Content::cut(piece);
        Ok(Mail {
            part: self.begun.give(envelope.id.get(), window.part, of),
            envelope,
            body: piece,
            source: body.source,
            findings: body.findings,
            quoted_lines,
        })
    }
}

/// The bridge gave a mail an invalid id.
const NO_ID: MailError = MailError::BadField {
    field: "email_id",
    rule: "the bridge's id is not valid",
};

pub(super) fn mail_id(id: u64) -> Result<MailId, MailError> {
    MailId::new(id).map_err(|_| NO_ID)
}
