//! Lists of an instance's mails: all mails, or the unread ones.

use super::{
    error::MailError,
    reading,
    service::MailService,
    walk::{Scope, Tell, Walk},
};
use tai_auth::bridge::{Bridge, Head};
use tai_proto::{
    call::{List, MAX_LIST},
    mail::{Envelope, Inbox},
    names::{Address, Instance, MailId},
    text::{HeaderText, Label},
};
use tokio::time::Instant;

/// Number of mails per page, the bridge's default.
const PAGE: u32 = 50;
/// Limit of mails that one call examines.
const MAX_LOOKED_AT: u32 = 5_000;

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
        if !(1..=MAX_LIST).contains(&which.limit) {
            let rule = "expected a number from 1 to 200";
            return Err(MailError::BadField {
                field: "limit",
                rule,
            });
        }
        let address = self.address(instance, deadline).await?;
        let end = u64::from(which.offset) + u64::from(which.limit);
        let mut mails = Vec::new();
        let mut walk = walk_of(instance, &address, tell);
        // One mail beyond the end shows that there are more.
        while mails.len() as u64 <= end
            && let Some(page) = self.next_page(&mut walk, deadline).await?
        {
            let heads = page.into_iter().map(|mail| mail.head);
            mails.extend(heads.filter(|head| which.show_read || !head.read));
        }
        newest_first(&mut mails);
        let more = mails.len() as u64 > end || !walk.complete;
        let rows = mails.into_iter().filter_map(envelope);
        Ok(Inbox {
            mails: rows
                .skip(which.offset as usize)
                .take(which.limit as usize)
                .collect(),
            total: match walk.complete {
                true => walk.looked_at(),
                false => walk.count,
            },
            more,
            left_out: walk.left_out,
            address,
        })
    }

    /// Returns the ids of the unread mails, oldest first: by time, then by id; and the number of
    /// unread and read mails that a rule hides.
    pub(super) async fn unread(
        &self,
        instance: Option<&Instance>,
        address: &Address,
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<(Vec<u64>, u64), MailError> {
        let mut unread = Vec::new();
        let mut walk = walk_of(instance, address, tell);
        while let Some(page) = self.next_page(&mut walk, deadline).await? {
            let heads = page.into_iter().map(|mail| mail.head);
            unread.extend(heads.filter(|head| !head.read));
        }
        let left_out = walk.left_out;
        newest_first(&mut unread);
        let unread = unread.into_iter().rev().map(|mail| mail.id).collect();
        Ok((unread, left_out))
    }
}

fn walk_of<'a>(instance: Option<&'a Instance>, address: &'a Address, tell: Tell<'a>) -> Walk<'a> {
    Walk::new(Scope {
        instance,
        address,
        bodies: false,
        page: PAGE,
        most: MAX_LOOKED_AT,
        tell,
    })
}

/// Sorts mails by time, then by id. The bridge lists the mails of one second with ascending ids
/// (trap 4).
pub(super) fn newest_first(mails: &mut [Head]) {
    mails.sort_by(|a, b| (&b.date, b.id).cmp(&(&a.date, a.id)));
}

/// Returns a mail as lists show it; `None` for a mail with the invalid id 0.
pub(super) fn envelope(mail: Head) -> Option<Envelope> {
    Some(Envelope {
        id: MailId::new(mail.id).ok()?,
        from: HeaderText::cut(reading::line(&mail.from)),
        to: HeaderText::cut(reading::line(&mail.to)),
        subject: HeaderText::cut(reading::line(&mail.subject)),
        date: Label::cut(mail.date),
        read: mail.read,
    })
}
