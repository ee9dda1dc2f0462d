//! Request coalescing: clients that want the same page at the same moment get it from one
//! request. Only a request that has not left is joined, so that no answer is older than its
//! question. Its failure is its own: whoever joined asks alone then.

use super::{Listing, Page};
use crate::session::token::Generation;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// What has to be the same.
type Key = (Page, Generation);
type Followers = Vec<oneshot::Sender<Listing>>;

/// The requests that have not left, and who joined them.
#[derive(Debug, Default)]
pub(super) struct Coalescing(Mutex<HashMap<Key, Followers>>);

/// A part in a request.
pub(super) enum Part<'a> {
    /// Makes it.
    Leads(Leader<'a>),
    /// Is told the answer, or nothing if it failed.
    Follows(oneshot::Receiver<Listing>),
}

/// Who makes a request that others may join. Dropped before it left, nobody is told anything.
#[derive(Debug)]
pub(super) struct Leader<'a> {
    all: &'a Coalescing,
    key: Option<Key>,
}

/// Those who joined a request that has left.
#[derive(Debug, Default)]
pub(super) struct Joined(Followers);

impl Coalescing {
    /// Joins the request that is about to leave, or leads one.
    pub(super) fn part(&self, page: &Page, token: Generation) -> Part<'_> {
        let key = (page.clone(), token);
        let mut all = self.all();
        if let Some(followers) = all.get_mut(&key) {
            let (tell, told) = oneshot::channel();
            followers.push(tell);
            return Part::Follows(told);
        }
        all.insert(key.clone(), Followers::new());
        let key = Some(key);
        Part::Leads(Leader { all: self, key })
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Key, Followers>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leader<'_> {
    /// It leaves: whoever asks from now on needs another one.
    pub(super) fn leave(mut self) -> Joined {
        Joined(self.close())
    }

    fn close(&mut self) -> Followers {
        let key = self.key.take();
        let followers = key.and_then(|key| self.all.all().remove(&key));
        followers.unwrap_or_default()
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        self.close();
    }
}

impl Joined {
    /// The answer has come.
    pub(super) fn tell(self, listing: &Listing) {
        for follower in self.0 {
            // Who does not wait any more is not told.
            let _ = follower.send(listing.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(offset: u32) -> Page {
        Page {
            instance: Some("desk".into()),
            limit: 50,
            offset,
            bodies: false,
        }
    }

    fn listing(count: u64) -> Listing {
        Listing {
            mails: Vec::new(),
            count,
            has_more: false,
        }
    }

    fn leads<'a>(all: &'a Coalescing, page: &Page, token: Generation) -> Leader<'a> {
        match all.part(page, token) {
            Part::Leads(leader) => leader,
            Part::Follows(_) => panic!("joined"),
        }
    }

    fn follows(all: &Coalescing, page: &Page, token: Generation) -> oneshot::Receiver<Listing> {
        match all.part(page, token) {
            Part::Leads(_) => panic!("leads"),
            Part::Follows(told) => told,
        }
    }

    #[test]
    fn who_asks_before_it_leaves_is_told_and_who_asks_after_leads() {
        let all = Coalescing::default();
        let first = leads(&all, &page(0), 1);
        let mut told = [follows(&all, &page(0), 1), follows(&all, &page(0), 1)];
        let joined = first.leave();
        let second = leads(&all, &page(0), 1);
        let mut later = follows(&all, &page(0), 1);
        joined.tell(&listing(7));
        for told in &mut told {
            assert_eq!(told.try_recv(), Ok(listing(7)));
        }
        assert!(later.try_recv().is_err());
        second.leave().tell(&listing(8));
        assert_eq!(later.try_recv(), Ok(listing(8)));
        assert!(all.all().is_empty());
    }

    #[test]
    fn other_pages_and_other_tokens_are_other_requests() {
        let all = Coalescing::default();
        let _leaders = [
            leads(&all, &page(0), 1),
            leads(&all, &page(50), 1),
            leads(&all, &page(0), 2),
        ];
    }

    #[tokio::test]
    async fn who_follows_learns_that_it_failed_or_was_given_up() {
        let all = Coalescing::default();
        let leader = leads(&all, &page(0), 1);
        let told = follows(&all, &page(0), 1);
        drop(leader);
        assert!(told.await.is_err());
        let leader = leads(&all, &page(0), 1);
        let told = follows(&all, &page(0), 1);
        drop(leader.leave());
        assert!(told.await.is_err());
        assert!(all.all().is_empty());
    }
}
