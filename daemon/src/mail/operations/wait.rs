//! Waiting for a mail that meets conditions, and leasing it.
//!
//! A wait examines the unread mails once. After that only an arrival whose envelope meets the
//! conditions, or a mail that another client gave back, costs requests to the bridge: the poll of all
//! waiting clients has seen the envelopes of new mail. A mail that does not meet the conditions is
//! never leased, except for the one that another client marked and gave back, whose envelope no list
//! shows as unread.

use super::{
    walk::Tell,
    wanted::{NextMail, Reach, Wanted},
};
use crate::mail::{
    arrivals::LastPoll,
    error::MailError,
    leases::ClientKey,
    listing::past_waits::{Key, PastWait},
    search::query::Query,
    service::MailService,
    sharing::Sharing,
};
use std::{collections::HashSet, time::Duration};
use tai_auth::bridge::Bridge;
use tai_proto::{
    call::WaitFor,
    mail::{FetchedMail, LeftOut},
    names::{Address, Instance, MailId},
};
use tokio::time::Instant;

/// Time limit of the first poll. Without its result, the wait looks once more than needed.
const FIRST_POLL: Duration = Duration::from_secs(5);
/// Time for which the last look may exceed the wait.
const LAST_LOOK: Duration = Duration::from_secs(10);
/// Limit of the mails that an answer names because the bridge could not give them.
const MAX_PASSED_OVER: usize = 8;
/// Interval of looks for mails that other machines gave back, or did not deliver in time.
const STORE_POLL: Duration = Duration::from_secs(5);

impl<B: Bridge> MailService<B> {
    /// Waits for an unread mail that meets the conditions, and leases it as
    /// [`fetch`](MailService::fetch) without an id does. Returns no mail after the time limit.
    ///
    /// # Errors
    /// Any [`MailError`]. If the polls fail, the reason, and not that no mail came.
    pub(crate) async fn wait_for(
        &self,
        instance: Option<&Instance>,
        client: ClientKey,
        wait: WaitFor,
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<FetchedMail, MailError> {
        let limit = Duration::from_millis(wait.limit_ms.into());
        let until = (Instant::now() + limit).min(deadline);
        let deadline = (until + LAST_LOOK).min(deadline);
        let query = Query::of_filter(&wait.filter).map_err(|field| MailError::BadField {
            field,
            rule: "it has no letter or digit",
        })?;
        let address = self.address(instance, deadline).await?;
        let key = (address.key(), query.clone());
        // Keeps the poll running between two watches.
        let _watching = self.arrivals.watch();
        let mut wanted = Wanted {
            query: query.as_ref(),
            ..Wanted::default()
        };
        let mut past = match self.past_waits.take(&key) {
            Some(mut past) => {
                wanted.reach = Reach::Returned;
                wanted.rejected = std::mem::take(&mut past.rejected);
                past
            }
            None => {
                // The mark is older than the look, so that an arrival in between counts.
                let first = (Instant::now() + FIRST_POLL).min(until);
                let update = self.watch(instance, None, first).await;
                PastWait {
                    looked: Instant::now(),
                    // The mark 0 is older than all arrivals.
                    mark: update.map_or(0, |update| update.mark),
                    rejected: HashSet::new(),
                    left_out: LeftOut::default(),
                }
            }
        };
        let request = NextMail {
            instance,
            address: &address,
            client,
            window: wait.window,
            tell,
        };
        let mut has_ended = false;
        let mut passed_over = Vec::new();
        loop {
            let mut fetched = self.lease_next(request, &mut wanted, deadline).await?;
            for id in fetched.passed_over {
                if passed_over.len() < MAX_PASSED_OVER && !passed_over.contains(&id) {
                    passed_over.push(id);
                }
            }
            fetched.passed_over = passed_over.clone();
            if wanted.reach == Reach::Whole {
                past.left_out = fetched.left_out;
            }
            if fetched.mail.is_some() {
                return Ok(fetched);
            }
            let pause = match &self.sharing {
                Sharing::Local => until,
                Sharing::Shared(_) => until.min(Instant::now() + STORE_POLL),
            };
            let watch = self.watch_for(wanted.query, instance, Some(past.mark), pause);
            let arrived = match watch.await {
                Ok(update) => {
                    past.mark = update.mark;
                    update.arrived
                }
                // No poll has succeeded: the last look finds the reason.
                Err(_) if Instant::now() >= pause => false,
                Err(error) => return Err(error),
            };
            wanted.reach = match arrived {
                true => Reach::New,
                false if pause < until => Reach::Returned,
                false if has_ended || self.arrivals.last_poll() == LastPoll::Succeeded => {
                    return Ok(self.no_mail(address, key, past, wanted.rejected, passed_over));
                }
                // The polls fail. The last look finds the mail, or the reason.
                false => {
                    has_ended = true;
                    Reach::New
                }
            };
        }
    }

    /// Remembers a wait without a mail, unless some mails were not examined or not given. The mails
    /// that cannot be shown are told once for each look: the bridge may list them rightly by then.
    fn no_mail(
        &self,
        address: Address,
        key: Key,
        past: PastWait,
        rejected: HashSet<u64>,
        passed_over: Vec<MailId>,
    ) -> FetchedMail {
        let left_out = past.left_out;
        if left_out.not_examined == 0 && passed_over.is_empty() {
            let past = PastWait {
                rejected,
                left_out: LeftOut {
                    without_id: 0,
                    ..left_out
                },
                ..past
            };
            self.past_waits.put(key, past);
        }
        FetchedMail {
            address,
            mail: None,
            is_leased: false,
            left_out,
            passed_over,
        }
    }
}

#[cfg(test)]
#[path = "wait_tests.rs"]
mod tests;
