//! Request coalescing: callers that want the same page at the same moment share one request.
//! A caller only joins a request that has not left, so no answer is older than its question.
//! The failure of a request is not shared: each follower then makes its own request.

use super::{
    bearer::Generation,
    mail::{Listing, Page},
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// Requests with the same key have the same answer.
type Key = (Page, Generation);
type Senders = Vec<oneshot::Sender<Listing>>;

/// The requests that have not left, with their followers.
#[derive(Debug, Default)]
pub(super) struct Coalescing(Mutex<HashMap<Key, Senders>>);

/// Role of a caller in a request.
pub(super) enum Role<'a> {
    /// The caller makes the request.
    Leader(Leader<'a>),
    /// The caller receives the answer, or an error if the request failed.
    Follower(oneshot::Receiver<Listing>),
}

/// The caller that makes a request. If it is dropped before the request leaves, its followers
/// receive an error.
#[derive(Debug)]
pub(super) struct Leader<'a> {
    all: &'a Coalescing,
    key: Option<Key>,
}

/// The followers of a request that has left.
#[derive(Debug, Default)]
pub(super) struct Followers(Senders);

impl Coalescing {
    /// Joins the request that is about to leave, or becomes the leader of a new one.
    pub(super) fn join(&self, page: &Page, generation: Generation) -> Role<'_> {
        let key = (page.clone(), generation);
        let mut all = self.all();
        if let Some(followers) = all.get_mut(&key) {
            let (sender, receiver) = oneshot::channel();
            followers.push(sender);
            return Role::Follower(receiver);
        }
        all.insert(key.clone(), Senders::new());
        let key = Some(key);
        Role::Leader(Leader { all: self, key })
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Key, Senders>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leader<'_> {
    /// Closes the request to further followers, because it leaves now.
    pub(super) fn leave(mut self) -> Followers {
        Followers(self.close())
    }

    fn close(&mut self) -> Senders {
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

impl Followers {
    /// Hands the answer to each follower that still waits.
    pub(super) fn answer(self, listing: &Listing) {
        for follower in self.0 {
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
            rows: Vec::new(),
            count,
            has_more: false,
            bytes: 0,
        }
    }

    fn leader<'a>(all: &'a Coalescing, page: &Page, generation: u64) -> Leader<'a> {
        match all.join(page, Generation(generation)) {
            Role::Leader(leader) => leader,
            Role::Follower(_) => panic!("a follower"),
        }
    }

    fn follower(all: &Coalescing, page: &Page) -> oneshot::Receiver<Listing> {
        match all.join(page, Generation(1)) {
            Role::Leader(_) => panic!("a leader"),
            Role::Follower(answer) => answer,
        }
    }

    #[test]
    fn a_caller_joins_before_the_request_leaves_and_leads_the_next_one_after() {
        let all = Coalescing::default();
        let first = leader(&all, &page(0), 1);
        let mut answers = [follower(&all, &page(0)), follower(&all, &page(0))];
        let followers = first.leave();
        let second = leader(&all, &page(0), 1);
        let mut later = follower(&all, &page(0));
        followers.answer(&listing(7));
        for answer in &mut answers {
            assert_eq!(answer.try_recv(), Ok(listing(7)));
        }
        assert!(later.try_recv().is_err());
        second.leave().answer(&listing(8));
        assert_eq!(later.try_recv(), Ok(listing(8)));
        assert!(all.all().is_empty());
    }

    #[test]
    fn another_page_or_another_token_is_another_request() {
        let all = Coalescing::default();
        let _leaders = [
            leader(&all, &page(0), 1),
            leader(&all, &page(50), 1),
            leader(&all, &page(0), 2),
        ];
    }

    #[tokio::test]
    async fn a_follower_learns_that_the_request_failed_or_never_left() {
        let all = Coalescing::default();
        let first = leader(&all, &page(0), 1);
        let answer = follower(&all, &page(0));
        drop(first);
        assert!(answer.await.is_err());
        let second = leader(&all, &page(0), 1);
        let answer = follower(&all, &page(0));
        drop(second.leave());
        assert!(answer.await.is_err());
        assert!(all.all().is_empty());
    }
}
