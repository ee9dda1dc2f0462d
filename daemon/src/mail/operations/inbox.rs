//! Lists of an instance's mails: all mails, or the unread ones.

use super::walk::{Tell, Walk, WalkOptions};
use crate::mail::{
    error::MailError,
    listing::{paging::MAX_ROWS, view::View},
    sending::prepared::other_letters,
    service::MailService,
};
use std::{borrow::Cow, cmp::Reverse};
use tai_auth::bridge::{Bridge, Head};
use tai_proto::{
    call::{List, MAX_LIST, MAX_PREVIEWS},
    mail::{Envelope, Inbox, LeftOut},
    names::{Address, Instance, MailId, field_within},
    text::{HeaderText, Label},
};
use tai_reader::{characters::line, outgoing::invisible};
use tokio::time::Instant;

/// Largest first page of a walk that examines more mails than it lists.
const FIRST_PAGE: u32 = 100;
/// Time after every time of arrival.
const LATEST: [u8; 20] = *b"9999-12-31T23:59:59Z";

/// Walk of a list.
pub(super) struct Visit<'a> {
    pub(super) view: View<'a>,
    /// Number of mails to examine, if there are as many.
    pub(super) least: u32,
    /// Receiver of each examined mail of the view.
    pub(super) see: &'a mut (dyn FnMut(&Head) + Send),
    pub(super) tell: Tell<'a>,
}

impl<B: Bridge> MailService<B> {
    /// Lists the instance's mails, newest first. `tell` is called after each page.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn list(
        &self,
        instance: Option<&Instance>,
        which: List,
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<Inbox, MailError> {
        let address = self.address(instance, deadline).await?;
        let view = View::Agent {
            instance,
            address: &address,
        };
        let every = Visit {
            view,
            least: 0,
            see: &mut |_| {},
            tell,
        };
        let listed = self.list_in(every, address.clone(), which, deadline);
        listed.await.inspect(|inbox| self.note_listed(&inbox.mails))
    }

    /// As [`MailService::list`], in a view. `address` is the answer's.
    pub(super) async fn list_in(
        &self,
        visit: Visit<'_>,
        address: Address,
        which: List,
        deadline: Instant,
    ) -> Result<Inbox, MailError> {
        let Visit {
            view,
            least,
            see,
            tell,
        } = visit;
        // The rules below say these numbers.
        const { assert!(MAX_LIST == 200 && MAX_PREVIEWS == 20) };
        if !(1..=MAX_LIST).contains(&which.limit) {
            let rule = "expected a number from 1 to 200";
            return Err(MailError::BadField {
                field: "limit",
                rule,
            });
        }
        if which.previews && which.limit > MAX_PREVIEWS {
            let rule = "expected a number from 1 to 20, because the list has previews";
            return Err(MailError::BadField {
                field: "limit",
                rule,
            });
        }
        let end = which.offset.saturating_add(which.limit);
        let mut mails = Vec::new();
        let options = WalkOptions {
            view,
            bodies: false,
            // One mail beyond the end shows that there are more.
            page: end.saturating_add(1).max(least.min(FIRST_PAGE)),
            most_per_page: MAX_ROWS,
            most: u32::MAX,
            tell,
        };
        let end = end as usize;
        let mut walk = Walk::new(options, deadline);
        let mut has_enough = false;
        while !has_enough && let Some(page) = self.next_page(&mut walk, deadline).await? {
            let heads = page.into_iter().map(|mail| mail.head).inspect(&mut *see);
            mails.extend(heads.filter(|head| which.show_read || !head.read));
            let settled = mails.iter().filter(|head| walk.is_settled(head)).count();
            has_enough = settled >= end && mails.len() > end && walk.reached() >= least;
        }
        let (hidden, not_examined) = match has_enough {
            // A larger offset lists the mails that were not examined.
            true => (walk.hidden, 0),
            false => (walk.hidden, walk.unseen()),
        };
        let more = mails.len() > end;
        let rows = newest_first(mails).into_iter().filter_map(envelope);
        let rows = rows.skip(which.offset as usize);
        let mut mails: Vec<Envelope> = rows.take(which.limit as usize).collect();
        if which.previews {
            self.add_previews(&mut mails, deadline).await;
        }
        Ok(Inbox {
            mails,
            total: match walk.is_complete() {
                true => walk.looked_at(),
                false => walk.count(),
            },
            more,
            left_out: LeftOut {
                hidden,
                without_id: walk.unusable(),
                not_examined,
                taken: 0,
            },
            address,
        })
    }
}

/// Sorts mails by time, then by id. The bridge lists the mails of one second with ascending ids
/// (trap 4). A mail whose time is not a time keeps its place after the mail before it.
pub(super) fn newest_first(mails: Vec<Head>) -> Vec<Head> {
    let mut time = LATEST;
    let keyed = mails.into_iter().enumerate().map(|(at, mail)| {
        let order = match <[u8; 20]>::try_from(mail.date.as_bytes()) {
            Ok(date) if date.ends_with(b"Z") => {
                time = date;
                0
            }
            Ok(_) | Err(_) => 1 + at,
        };
        ((Reverse(time), order, Reverse(mail.id)), mail)
    });
    let mut keyed: Vec<_> = keyed.collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, mail)| mail).collect()
}

/// Returns a mail as lists show it; `None` for a mail without a valid id.
pub(super) fn envelope(mail: Head) -> Option<Envelope> {
    Some(Envelope {
        id: MailId::new(mail.id).ok()?,
        from: sender(&mail.from),
        to: header(mail.to),
        subject: header(mail.subject),
        date: Label::cut(line(&mail.date)),
        read: mail.read,
        preview: None,
    })
}

/// Returns a sender as a reader can judge it: an invisible character and letters that look like those of
/// another address are named, and the end of its address is never cut.
fn sender(from: &str) -> HeaderText {
    let mut note = String::new();
    let shown: Cow<'_, str> = match from.is_ascii() {
        true => from.into(),
        false => {
            let address = Address::in_field(from);
            note = address.map_or_else(String::new, |address| other_letters(address.as_str()));
            invisible::reveal(from).into()
        }
    };
    let room = HeaderText::MAX.saturating_sub(note.len());
    HeaderText::cut(field_within(&line(&shown), room).into_owned() + &note)
}

fn header(text: String) -> HeaderText {
    HeaderText::cut(match line(&text) {
        Cow::Borrowed(line) if line.len() == text.len() => text,
        line => line.into_owned(),
    })
}

#[cfg(test)]
#[path = "inbox_tests.rs"]
mod tests;
