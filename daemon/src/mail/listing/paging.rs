//! Pages of the bridge's list: their size, and the budget of a call. The bridge filters neither by
//! read state nor by exact address, so that a call may examine the whole mailbox.

use tai_auth::bridge::Listing;
use tokio::time::{Duration, Instant};

/// Limit of rows that one request asks for, which is the bridge's (bridge-api.md, trap 4).
pub(in crate::mail) const MAX_ROWS: u32 = 200;
/// Smallest page of a walk.
const MIN_ROWS: u32 = 10;
/// Intended limit of an answer, in bytes. A list carries the whole body of each mail (trap 3).
const PAGE_BYTES: usize = 2 << 20;
/// Limit of list requests of one call: 40,000 mails of up to 10 kB.
const MAX_REQUESTS: u32 = 200;
/// Time before the deadline of a call at which it requests no further page. The rest is for the
/// requests that follow the walk.
const MARGIN: Duration = Duration::from_secs(5);

/// Returns the size of the next page: twice the last one, as long as the answers are small.
pub(super) fn next_rows(last: u32, listing: &Listing) -> u32 {
    let average = listing.bytes / listing.rows.len().max(1);
    let fitting = u32::try_from(PAGE_BYTES / average.max(1)).unwrap_or(MAX_ROWS);
    let doubled = last.saturating_mul(2);
    doubled.min(fitting).clamp(MIN_ROWS, MAX_ROWS)
}

/// Requests and time that a call may spend on lists.
#[derive(Debug, Clone, Copy)]
pub(in crate::mail) struct Budget {
    requests: u32,
    until: Instant,
}

impl Budget {
    /// Returns the budget of a call with this deadline.
    pub(in crate::mail) fn new(deadline: Instant) -> Self {
        Self {
            requests: MAX_REQUESTS,
            until: deadline.checked_sub(MARGIN).unwrap_or(deadline),
        }
    }

    /// Takes one request. Returns whether the budget had one. The first request is always granted,
    /// so that a call with a short deadline fails at its deadline and not before.
    pub(in crate::mail) fn spend(&mut self) -> bool {
        let is_first = self.requests == MAX_REQUESTS;
        let is_granted = self.requests > 0 && (is_first || Instant::now() < self.until);
        self.requests -= u32::from(is_granted);
        is_granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tai_auth::bridge::Row;

    fn listing(rows: usize, bytes_each: usize) -> Listing {
        Listing {
            rows: vec![Row::Unusable { to: String::new() }; rows],
            count: 0,
            has_more: true,
            bytes: rows * bytes_each,
        }
    }

    #[test]
    fn pages_of_small_mails_double_and_pages_of_large_mails_stay_small() {
        assert_eq!(next_rows(50, &listing(50, 1_000)), 100);
        assert_eq!(next_rows(150, &listing(150, 1_000)), 200);
        assert_eq!(next_rows(50, &listing(50, 48_000)), 43);
        assert_eq!(next_rows(50, &listing(50, 5_000_000)), 10);
        assert_eq!(next_rows(50, &listing(0, 0)), 100);
    }

    #[tokio::test(start_paused = true)]
    async fn a_budget_ends_with_its_requests_and_shortly_before_its_deadline() {
        let mut budget = Budget::new(Instant::now() + Duration::from_secs(60));
        assert_eq!((0..300).filter(|_| budget.spend()).count(), 200);
        let mut budget = Budget::new(Instant::now() + Duration::from_secs(4));
        assert!(budget.spend());
        assert!(!budget.spend());
    }
}
