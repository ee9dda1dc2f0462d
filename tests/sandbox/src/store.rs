//! Accounts and mails in SQLite, with the quirks of the queries of the bridge: order, `LIKE`,
//! limits. This does not depend on HTTP.

use crate::{intake, secrets::PasswordHash};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A mail to deliver.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewMail {
    /// Envelope sender.
    pub from: String,
    /// Recipient. The last label before the `@` names the account.
    pub to: String,
    /// Subject; optional.
    pub subject: Option<String>,
    /// Text body; optional. The text of the HTML body replaces it.
    pub body_text: Option<String>,
    /// HTML body; optional.
    pub body_html: Option<String>,
    /// `YYYY-MM-DD HH:MM:SS`; `None` for the current time of the bridge.
    pub received_at: Option<String>,
    /// Whether the mail has been read, as an import may have it.
    pub is_read: bool,
}

/// A stored mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    pub id: u64,
    pub message_id: String,
    pub from: String,
    pub to: String,
    pub subject: Option<String>,
    pub body_text: Option<String>,
    pub body_html: Option<String>,
    pub is_read: bool,
    pub received_at: String,
    pub size: u64,
}

/// The part of a mailbox to list.
pub(crate) struct Page<'a> {
    pub(crate) user: &'a str,
    pub(crate) prefix: Option<&'a str>,
    /// Negative for all mails, as in SQLite.
    pub(crate) limit: i64,
    pub(crate) offset: i64,
}

pub(crate) struct Store(Connection);

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS accounts (username TEXT PRIMARY KEY, salt BLOB NOT NULL, hash BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT, user TEXT NOT NULL, message_id TEXT NOT NULL,
    sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT, body_text TEXT, body_html TEXT,
    is_read INTEGER NOT NULL DEFAULT 0, received_at TEXT NOT NULL, size INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS by_user ON mails (user, received_at DESC, id ASC);";

const COLUMNS: &str =
    "id, message_id, sender, recipient, subject, body_text, body_html, is_read, received_at, size";

impl Store {
    pub(crate) fn open(path: Option<&Path>) -> rusqlite::Result<Self> {
        let connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        connection.execute_batch(SCHEMA)?;
        Ok(Self(connection))
    }

    pub(crate) fn add_account(
        &self,
        username: &str,
        password: &PasswordHash,
    ) -> rusqlite::Result<()> {
        self.0.execute(
            "INSERT INTO accounts VALUES (?1, ?2, ?3)",
            params![username, password.salt, password.hash],
        )?;
        Ok(())
    }

    pub(crate) fn password(&self, username: &str) -> rusqlite::Result<Option<PasswordHash>> {
        self.0
            .query_row(
                "SELECT salt, hash FROM accounts WHERE username = ?1",
                [username],
                |row| {
                    Ok(PasswordHash {
                        salt: row.get(0)?,
                        hash: row.get(1)?,
                    })
                },
            )
            .optional()
    }

    /// Deletes an account and its mails. Returns whether it existed.
    pub(crate) fn delete_account(&self, username: &str) -> rusqlite::Result<bool> {
        self.0
            .execute("DELETE FROM mails WHERE user = ?1", [username])?;
        let deleted = self
            .0
            .execute("DELETE FROM accounts WHERE username = ?1", [username])?;
        Ok(deleted > 0)
    }

    /// Receives a mail by the rules of the intake. Returns its id; `None` if it is refused or no
    /// account has its address.
    pub(crate) fn deliver(&self, mail: &NewMail, now: Timestamp) -> rusqlite::Result<Option<u64>> {
        let html = mail.body_html.as_deref().filter(|html| !html.is_empty());
        let text = html.map(intake::text_of_html);
        let text = text.or_else(|| mail.body_text.clone());
        self.insert(
            &NewMail {
                body_text: text,
                ..mail.clone()
            },
            now,
        )
    }

    /// Stores a mail as it is, in the account of `to`. Returns its id; `None` if there is no such
    /// account.
    pub(crate) fn insert(&self, mail: &NewMail, now: Timestamp) -> rusqlite::Result<Option<u64>> {
        let Some(user) = intake::account(&mail.to) else {
            return Ok(None);
        };
        if self.password(&user)?.is_none() {
            return Ok(None);
        }
        let received = mail
            .received_at
            .clone()
            .unwrap_or_else(|| now.strftime("%Y-%m-%d %H:%M:%S").to_string());
        let size = mail.body_text.as_ref().map_or(0, String::len)
            + mail.body_html.as_ref().map_or(0, String::len);
        self.0
            .prepare_cached(
                "INSERT INTO mails (user, message_id, sender, recipient, subject, body_text, body_html, received_at, size, is_read)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                user, message_id(now), mail.from, mail.to, mail.subject, mail.body_text,
                mail.body_html, received, size as i64, mail.is_read
            ])?;
        Ok(u64::try_from(self.0.last_insert_rowid()).ok())
    }

    /// The page and the number of all mails that match.
    pub(crate) fn list(&self, page: &Page<'_>) -> rusqlite::Result<(Vec<Mail>, u64)> {
        // The query of the bridge: `_` and `%` in the prefix are wildcards, and the prefix `desk`
        // matches `desk.sub.user@`.
        let like = page
            .prefix
            .map_or("%".to_owned(), |prefix| format!("{prefix}.%@%"));
        let count = self
            .0
            .prepare_cached("SELECT COUNT(*) FROM mails WHERE user = ?1 AND recipient LIKE ?2")?
            .query_row(params![page.user, like], |row| row.get::<_, i64>(0))?;
        let mails = self
            .0
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM mails WHERE user = ?1 AND recipient LIKE ?2
                 ORDER BY received_at DESC, id ASC LIMIT ?3 OFFSET ?4"
            ))?
            .query_map(params![page.user, like, page.limit, page.offset], mail)?
            .collect::<Result<_, _>>()?;
        Ok((mails, count.unsigned_abs()))
    }

    pub(crate) fn get(&self, user: &str, id: i64) -> rusqlite::Result<Option<Mail>> {
        self.0
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM mails WHERE user = ?1 AND id = ?2"
            ))?
            .query_row(params![user, id], mail)
            .optional()
    }

    pub(crate) fn mark_read(&self, user: &str, id: i64) -> rusqlite::Result<bool> {
        let changed = self.0.execute(
            "UPDATE mails SET is_read = 1 WHERE user = ?1 AND id = ?2",
            params![user, id],
        )?;
        Ok(changed > 0)
    }

    pub(crate) fn delete(&self, user: &str, id: i64) -> rusqlite::Result<bool> {
        let changed = self.0.execute(
            "DELETE FROM mails WHERE user = ?1 AND id = ?2",
            params![user, id],
        )?;
        Ok(changed > 0)
    }

    pub(crate) fn unread(&self, to: &str, from: Option<&str>) -> rusqlite::Result<u64> {
        let count: i64 = self.0.query_row(
            "SELECT COUNT(*) FROM mails WHERE is_read = 0 AND recipient = ?1 AND (?2 IS NULL OR sender = ?2)",
            params![to, from],
            |row| row.get(0),
        )?;
        Ok(count.unsigned_abs())
    }

    pub(crate) fn all(&self) -> rusqlite::Result<Vec<Mail>> {
        self.0
            .prepare(&format!("SELECT {COLUMNS} FROM mails ORDER BY id"))?
            .query_map([], mail)?
            .collect()
    }
}

fn mail(row: &Row<'_>) -> rusqlite::Result<Mail> {
    Ok(Mail {
        id: row.get::<_, i64>(0)?.unsigned_abs(),
        message_id: row.get(1)?,
        from: row.get(2)?,
        to: row.get(3)?,
        subject: row.get(4)?,
        body_text: row.get(5)?,
        body_html: row.get(6)?,
        is_read: row.get::<_, i64>(7)? != 0,
        received_at: row.get(8)?,
        size: row.get::<_, i64>(9)?.unsigned_abs(),
    })
}

/// Creates a message id of the bridge: milliseconds and ten letters. It is not an RFC 5322
/// Message-ID.
pub(crate) fn message_id(now: Timestamp) -> String {
    let letters: String = std::iter::repeat_with(fastrand::lowercase)
        .take(10)
        .collect();
    format!("{}-{letters}", now.as_millisecond())
}
