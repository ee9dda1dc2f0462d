//! One poll of the whole account's mailbox, which finds the mails that arrived since the last one.
//!
//! A poll requests one mail and the count. It requests more mails only if one of the two has
//! changed, because the bridge lists each mail with its whole body (bridge-api.md, trap 3).

use super::{super::error::MailError, log::Arrival};
use std::{collections::HashSet, time::Duration};
use tai_auth::{
    bridge::{Bridge, Listing, Page},
    session::Session,
};
use tai_proto::{names::Username, text::HeaderText};
use tai_reader::characters::line;
use tai_timing::poll::{TIME_LIMIT, after_401};
use tokio::time::Instant;

/// Number of mails per page after a change.
const PAGE: u32 = 20;
/// Limit of mails that one poll examines.
const MAX_LOOKED_AT: u32 = 500;

/// The mailbox at the time of a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mailbox {
    username: Username,
    /// Date and id of the first mail of the list.
    first: (String, u64),
    count: u64,
    /// The highest id seen so far.
    highest: u64,
}

/// Result of a poll.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) mailbox: Mailbox,
    /// New mails, with addresses in lower case; `None` stands for mail to any address.
    pub(super) arrived: HashSet<Option<Arrival>>,
}

/// Polls the mailbox and compares it with the mailbox `before`.
pub(super) async fn poll<B: Bridge>(
    bridge: &B,
    session: &Session,
    before: Option<&Mailbox>,
) -> Result<Change, MailError> {
    let username = session.username(Instant::now() + TIME_LIMIT).await;
    let username = username.map_err(MailError::Session)?;
    let mut arrived = HashSet::new();
    let known = before.filter(|before| before.username == username);
    if before.is_some() && known.is_none() {
        // Another account signed in, so every watcher must look.
        arrived.insert(None);
    }
    // Before the first poll succeeds, clients wait for it.
    let patience = before.map_or(Duration::ZERO, |_| after_401(fastrand::f64()));
    let listing = newest(bridge, session, patience).await?;
    let Some(head) = listing.mails().next().map(|mail| &mail.head) else {
        // A failing bridge lists nothing, so an empty list does not prove an empty mailbox (trap 9).
        let mailbox = known.cloned().unwrap_or_else(|| Mailbox {
            username,
            first: (String::new(), 0),
            count: 0,
            highest: 0,
        });
        return Ok(Change { mailbox, arrived });
    };
    let mut first = (head.date.clone(), head.id);
    let mut count = listing.count;
    if let Some(known) = known.filter(|known| (&known.first, known.count) == (&first, count)) {
        let mailbox = known.clone();
        return Ok(Change { mailbox, arrived });
    }
    // Within one second the bridge lists the newest mail last (trap 4), so every mail of the first
    // mail's second is examined.
    let reach = known.map_or(&first.0, |known| &known.first.0).clone();
    let (known_highest, known_count) = known.map_or((0, 0), |known| (known.highest, known.count));
    let (mut highest, mut found) = (known_highest, HashSet::new());
    let mut all = false;
    let deadline = Instant::now() + TIME_LIMIT;
    for offset in (0..MAX_LOOKED_AT).step_by(PAGE as usize) {
        let page = rows(bridge, session, offset, deadline).await?;
        if let (0, Some(mail)) = (offset, page.mails().next()) {
            // Mail may have arrived since the first request.
            first = (mail.head.date.clone(), mail.head.id);
            count = page.count;
        }
        all = !page.has_more || page.mails().any(|mail| mail.head.date < reach);
        for mail in page.mails() {
            highest = highest.max(mail.head.id);
            if known.is_some() && mail.head.id > known_highest && found.insert(mail.head.id) {
                arrived.insert(Some(Arrival {
                    to: mail.head.to.to_ascii_lowercase(),
                    from: Some(mail.head.from.to_ascii_lowercase()),
                    subject: HeaderText::cut(line(&mail.head.subject)),
                }));
            }
        }
        if all {
            break;
        }
    }
    let unexplained = count > known_count + found.len() as u64;
    if known.is_some() && (!all || unexplained) {
        arrived.insert(None);
    }
    let mailbox = Mailbox {
        username,
        first,
        count,
        highest,
    };
    Ok(Change { mailbox, arrived })
}

/// Requests the first mail of the list and the count.
async fn newest<B: Bridge>(
    bridge: &B,
    session: &Session,
    patience: Duration,
) -> Result<Listing, MailError> {
    let listing = session.with_patience(TIME_LIMIT, patience, async |token, deadline| {
        bridge.newest(&token, deadline).await
    });
    Ok(listing.await?)
}

async fn rows<B: Bridge>(
    bridge: &B,
    session: &Session,
    offset: u32,
    deadline: Instant,
) -> Result<Listing, MailError> {
    let page = Page {
        instance: None,
        limit: PAGE,
        offset,
        bodies: false,
    };
    let listing = session.with_token(deadline, async |token| {
        bridge.list(&token, &page, deadline).await
    });
    Ok(listing.await?)
}
