//! The JSON of the commands about a person's mail, documented in packaging/docs/person.md.

use crate::cli::{person::SCHEMA, unattended::UnattendedMail};
use serde::Serialize;
use tai_proto::{
    mail::{BodySource, Envelope, Inbox, LeftOut, Mail, SearchResults, SentMail},
    note::note,
};

/// Document of `taid inbox --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct InboxJson {
    schema: u32,
    address: String,
    mails: Vec<Row>,
    total: u64,
    more: bool,
    without_id: u64,
    not_examined: u64,
    unattended: UnattendedJson,
}

/// Document of `taid search --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct SearchJson {
    schema: u32,
    address: String,
    mails: Vec<Row>,
    searched: u64,
    complete: bool,
    without_id: u64,
}

/// Document of `taid read --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct MailJson {
    schema: u32,
    mail: Option<Letter>,
    not_examined: u64,
}

/// Document of `taid send --json`.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct SentJson {
    schema: u32,
    sent: bool,
    from: String,
    to: String,
    subject: String,
    message_id: String,
    timestamp: String,
    reply_to: Option<u64>,
    threaded: bool,
    left_out: String,
}

#[derive(Debug, Serialize)]
struct Row {
    id: u64,
    from: String,
    to: String,
    subject: String,
    date: String,
    read: bool,
}

#[derive(Debug, Serialize)]
struct UnattendedJson {
    mails: u64,
    addresses: Vec<AddressJson>,
    others: u64,
    examined: Option<u64>,
    configurations_considered: bool,
}

#[derive(Debug, Serialize)]
struct AddressJson {
    address: String,
    unread: u64,
}

#[derive(Debug, Serialize)]
struct Letter {
    #[serde(flatten)]
    row: Row,
    body: String,
    source: &'static str,
    removed: Removed,
    note: Option<String>,
}

#[derive(Debug, Serialize)]
struct Removed {
    hidden_passages: u32,
    hidden_words: u32,
    trackers: u32,
    scripts: u32,
    forms: u32,
    invisible_characters: u32,
    undescribed_images: u32,
    deceptive_links: u32,
    cut: bool,
    simplified: bool,
}

impl From<Envelope> for Row {
    fn from(mail: Envelope) -> Self {
        Self {
            id: mail.id.get(),
            from: mail.from.into_string(),
            to: mail.to.into_string(),
            subject: mail.subject.into_string(),
            date: mail.date.into_string(),
            read: mail.read,
        }
    }
}

impl InboxJson {
    /// Returns the document of a list.
    pub(in crate::cli) fn new(inbox: Inbox, unattended: UnattendedMail) -> Self {
        let LeftOut {
            hidden: _,
            without_id,
            not_examined,
            taken: _,
        } = inbox.left_out;
        let mails = unattended.mails();
        let addresses = unattended.found.addresses.into_iter();
        Self {
            schema: SCHEMA,
            address: inbox.address.to_string(),
            mails: inbox.mails.into_iter().map(Row::from).collect(),
            total: inbox.total,
            more: inbox.more,
            without_id,
            not_examined,
            unattended: UnattendedJson {
                mails,
                addresses: addresses
                    .map(|one| AddressJson {
                        address: one.address.into_string(),
                        unread: one.unread,
                    })
                    .collect(),
                others: unattended.found.others,
                examined: unattended.found.examined,
                configurations_considered: unattended.with_configurations,
            },
        }
    }
}

impl From<SearchResults> for SearchJson {
    fn from(found: SearchResults) -> Self {
        Self {
            schema: SCHEMA,
            address: found.address.to_string(),
            mails: found.mails.into_iter().map(Row::from).collect(),
            searched: found.looked_at,
            complete: found.complete,
            without_id: found.left_out.without_id,
        }
    }
}

impl MailJson {
    /// Returns the document of a mail, or of none.
    pub(in crate::cli) fn new(mail: Option<Mail>, not_examined: u64) -> Self {
        Self {
            schema: SCHEMA,
            mail: mail.map(Letter::from),
            not_examined,
        }
    }
}

impl From<Mail> for Letter {
    fn from(mail: Mail) -> Self {
        let note = note(&mail.findings, mail.source);
        let findings = mail.findings;
        Self {
            row: Row::from(mail.envelope),
            body: mail.body.into_string(),
            source: match mail.source {
                BodySource::Html => "html",
                BodySource::Text => "text",
                BodySource::TextInstead => "text_instead",
                BodySource::OnlyImages => "only_images",
                BodySource::Empty => "empty",
                BodySource::TextFallback => "text_fallback",
                BodySource::Stripped => "stripped",
            },
            removed: Removed {
                hidden_passages: findings.hidden,
                hidden_words: findings.hidden_words,
                trackers: findings.trackers,
                scripts: findings.scripts,
                forms: findings.forms,
                invisible_characters: findings.invisible,
                undescribed_images: findings.undescribed_images,
                deceptive_links: findings.deceptive_links,
                cut: findings.cut,
                simplified: findings.simplified,
            },
            note,
        }
    }
}

impl From<SentMail> for SentJson {
    fn from(sent: SentMail) -> Self {
        Self {
            schema: SCHEMA,
            sent: true,
            from: sent.from.to_string(),
            to: sent.to.into_string(),
            subject: sent.subject.into_string(),
            message_id: sent.message_id.into_string(),
            timestamp: sent.timestamp.into_string(),
            reply_to: sent.reply.map(|reply| reply.original.get()),
            threaded: sent.reply.is_some_and(|reply| reply.threaded),
            left_out: sent.left_out.into_string(),
        }
    }
}
