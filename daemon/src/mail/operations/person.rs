//! The mail of the whole account, for the person that owns it: every address, also those that no
//! instance has. The rules of instances are for agents, and do not apply.

use super::{
    body_part::mail_id,
    fetch::fetched,
    inbox::{Visit, newest_first},
    walk::{Tell, Walk, WalkOptions},
};
use crate::mail::{
    error::MailError,
    leases::ClientKey,
    listing::{paging::MAX_ROWS, passed_over::PassedOver, view::View},
    service::MailService,
    sharing::Sharing,
};
use std::collections::{BTreeMap, HashSet};
use tai_auth::bridge::{Bridge, Head};
use tai_proto::{
    call::{DeleteMail, FinishMail, List, ListMail, ReadMail, Search, SearchMail},
    mail::{FetchedMail, LeftOut, Mail, SearchResults, Window},
    names::{Address, Instance},
    person::{AccountInbox, MAX_UNATTENDED, Scope, Unattended, UnattendedAddress},
    text::HeaderText,
};
use tai_reader::characters::line;
use tokio::time::{Instant, timeout_at};

/// Number of the newest mails that a list examines at least, to find addresses that no client uses.
const LEAST_EXAMINED: u32 = 500;

impl<B: Bridge> MailService<B> {
    /// Lists mails, newest first. `in_use` are the instances that clients use.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn list_mail(
        &self,
        list: ListMail,
        in_use: &[Option<Instance>],
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<AccountInbox, MailError> {
        let address = self.scope_address(&list.scope, deadline).await?;
        let mut in_use_addresses = HashSet::new();
        // An instance whose address would be too long gets no mail.
        let used = in_use
            .iter()
            .filter_map(|one| self.known_address(one.as_ref()));
        in_use_addresses.extend(used.map(|used| used.key()));
        let (mut unread, mut examined) = (BTreeMap::<String, u64>::new(), 0);
        let mut count = |head: &Head| {
            examined += 1;
            let to = head.to.to_ascii_lowercase();
            if !head.read && !in_use_addresses.contains(&to) {
                *unread.entry(to).or_default() += 1;
            }
        };
        let view = view(&list.scope, &address);
        let visit = Visit {
            view,
            least: match view {
                View::Account => LEAST_EXAMINED,
                View::Agent { .. } | View::Instance { .. } => 0,
            },
            see: &mut count,
            tell,
        };
        let which = List {
            limit: list.limit,
            offset: list.offset,
            show_read: list.show_read,
            previews: false,
        };
        let inbox = self
            .list_in(visit, address.clone(), which, deadline)
            .await?;
        let is_whole = examined >= inbox.total;
        let unattended = match list.scope {
            Scope::Account => unattended(unread, (!is_whole).then_some(examined)),
            Scope::Instance(_) => Unattended::default(),
        };
        Ok(AccountInbox { inbox, unattended })
    }

    /// Finds mails, newest first.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn search_mail(
        &self,
        search: SearchMail,
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<SearchResults, MailError> {
        let address = self.scope_address(&search.scope, deadline).await?;
        let which = Search {
            query: search.query,
            limit: search.limit,
            unread_only: false,
        };
        let view = view(&search.scope, &address);
        self.search_in(view, address.clone(), which, tell, deadline)
            .await
    }

    /// Reads a part of a mail, which stays unread. Without an id, the oldest unread mail that no
    /// client holds is leased to the client. If not all mails could be examined, `left_out` tells
    /// how many. A cancelled call leaves no lease.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn read_mail(
        &self,
        client: ClientKey,
        read: ReadMail,
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<FetchedMail, MailError> {
        let address = self.scope_address(&read.scope, deadline).await?;
        let view = view(&read.scope, &address);
        if let Some(id) = read.id {
            let message = self.viewed(view, id, deadline).await?;
            let mail = self.read_then(message, read.window, |_, _| {}, deadline);
            let mail = mail.await?;
            return Ok(fetched(address, mail));
        }
        let (unread, left_out) = self.unread_of(view, tell, deadline).await?;
        let mut passed_over = PassedOver::default();
        for head in unread {
            let id = mail_id(head.id)?;
            let taken = self.take_mail(client, view, head, read.window, deadline);
            match taken.await {
                Ok(Some(mail)) => {
                    let mail = Some(Box::new(mail));
                    return Ok(FetchedMail {
                        address,
                        mail,
                        is_leased: true,
                        left_out,
                        passed_over: passed_over.ids(),
                    });
                }
                Ok(None) => {}
                Err(error) => passed_over.add(id, error)?,
            }
        }
        if let Some(error) = passed_over.into_failure() {
            return Err(error);
        }
        Ok(FetchedMail {
            address,
            mail: None,
            is_leased: false,
            left_out,
            passed_over: Vec::new(),
        })
    }

    /// Leases a mail to the client and reads a part of it; `None` if it is not unread any more, or
    /// if a client holds it.
    async fn take_mail(
        &self,
        client: ClientKey,
        view: View<'_>,
        head: Head,
        window: Window,
        deadline: Instant,
    ) -> Result<Option<Mail>, MailError> {
        let id = mail_id(head.id)?;
        if !self.leases.is_free(head.id, &head.to) {
            return Ok(None);
        }
        // An agent's look for unread mail at the address ends before, or begins after the lease.
        let key = head.to.to_ascii_lowercase();
        let turn = timeout_at(deadline, self.looks.wait(&key)).await;
        let turn = turn.map_err(|_| self.not_in_turn(&head.to))?;
        let message = match self.viewed(view, id, deadline).await {
            Ok(message) if !message.head.read => message,
            Ok(_) | Err(MailError::NoSuchMail(_) | MailError::NotYours { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(taken) = self.leases.take(client, head.id, &head.to) else {
            return Ok(None);
        };
        let Some((taken, _)) = self.grant(taken, &head.to, client, deadline).await? else {
            return Ok(None);
        };
        drop(turn);
        // Dropped after `taken`, so that other clients find the mail.
        let announcement = self.arrivals.announce_at_end(&head.to);
        let taken = taken;
        let mail = self.read_then(message, window, |_, _| {}, deadline).await?;
        announcement.cancel();
        taken.keep();
        Ok(Some(mail))
    }

    /// Returns the error of a call that did not get the turn of an address before its deadline.
    pub(super) fn not_in_turn(&self, address: &str) -> MailError {
        match &self.sharing {
            Sharing::Shared(keeper) if keeper.is_lost() => keeper.failure(),
            Sharing::Shared(_) | Sharing::Local => MailError::AddressBusy(address.to_owned()),
        }
    }

    /// Returns the unread mails of a view, oldest first, and the numbers of those that are missing.
    async fn unread_of(
        &self,
        view: View<'_>,
        tell: Tell<'_>,
        deadline: Instant,
    ) -> Result<(Vec<Head>, LeftOut), MailError> {
        let options = WalkOptions {
            view,
            bodies: false,
            page: LEAST_EXAMINED,
            most_per_page: MAX_ROWS,
            most: u32::MAX,
            tell,
        };
        let mut walk = Walk::new(options, deadline);
        let mut unread = Vec::new();
        while let Some(page) = self.next_page(&mut walk, deadline).await? {
            let heads = page.into_iter().map(|mail| mail.head);
            unread.extend(heads.filter(|head| !head.read));
        }
        let mut unread = newest_first(unread);
        unread.reverse();
        let left_out = LeftOut {
            hidden: walk.hidden,
            without_id: walk.unusable(),
            not_examined: walk.unseen(),
            taken: 0,
        };
        Ok((unread, left_out))
    }

    /// Marks a mail read, and ends the client's lease of it. Returns whether the bridge counts the
    /// mail as read.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn finish_mail(
        &self,
        client: ClientKey,
        finish: FinishMail,
        deadline: Instant,
    ) -> Result<bool, MailError> {
        let FinishMail { id } = finish;
        match self.settle(client, id, deadline).await {
            Ok(is_marked) => {
                self.leases.deliver(client, id.get(), None, |_| false);
                Ok(is_marked)
            }
            // The client has no lease of the mail, which it read by its id.
            Err(MailError::NoSuchMail(_)) => {
                let head = self.viewed(View::Account, id, deadline).await?.head;
                let admitted = self.admit(&head, id, deadline).await?;
                self.mark(id, deadline).await?;
                admitted.keep();
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    /// Deletes a mail and returns its subject. A lease of the mail ends.
    ///
    /// # Errors
    /// Any [`MailError`].
    pub(crate) async fn delete_mail(
        &self,
        delete: DeleteMail,
        deadline: Instant,
    ) -> Result<String, MailError> {
        let head = self.viewed(View::Account, delete.id, deadline).await?.head;
        self.remove(delete.id, deadline).await?;
        Ok(line(&head.subject).into_owned())
    }

    /// Returns the address of the scope's instance, or the account's own.
    async fn scope_address(&self, scope: &Scope, deadline: Instant) -> Result<Address, MailError> {
        match scope {
            Scope::Account => self.address(None, deadline).await,
            Scope::Instance(instance) => self.address(Some(instance), deadline).await,
        }
    }
}

fn view<'a>(scope: &'a Scope, address: &'a Address) -> View<'a> {
    match scope {
        Scope::Account => View::Account,
        Scope::Instance(instance) => View::Instance { instance, address },
    }
}

/// Returns the addresses with the most mails first. A sender can invent addresses.
fn unattended(unread: BTreeMap<String, u64>, examined: Option<u64>) -> Unattended {
    let mut addresses: Vec<(String, u64)> = unread.into_iter().collect();
    addresses.sort_by(|(a, n), (b, m)| (m, a).cmp(&(n, b)));
    let others = addresses.split_off(addresses.len().min(MAX_UNATTENDED));
    Unattended {
        addresses: addresses
            .into_iter()
            .map(|(address, unread)| UnattendedAddress {
                address: HeaderText::cut(line(&address)),
                unread,
            })
            .collect(),
        others: others.into_iter().map(|(_, count)| count).sum(),
        examined,
    }
}

#[cfg(test)]
#[path = "person_tests.rs"]
mod tests;
